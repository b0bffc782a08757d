// Bundles are compiled from their text, whatever is in it.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { scriptOf } from './code-cache';

it.each([['ASCII', 'runtime.gogo'], ['in Latin', 'gr\u00fcn'], ['as in Go assembly', 'runtime\u00b7gogo\u2215\u{1f9e9}']])('%s', (_, text) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-bundle-')), file = path.join(folder, 'bundle.js'), module = { exports: {} };
  try {
    fs.writeFileSync(file, `module.exports = ['${text}', /${text}/.source, __filename];`);
    (scriptOf(file).runInThisContext() as (...given: unknown[]) => void)(module.exports, undefined, module, file, folder);
    expect(module.exports).toEqual([text, text, file]);
  } finally { fs.rmSync(folder, { recursive: true, force: true }); }
});
