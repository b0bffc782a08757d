// Files that commands write: what was named, and why it cannot be.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { filesFrom } from './streams';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'streams-test-'));
afterAll(() => { fs.rmSync(folder, { recursive: true }); });

it('are named from a folder on, and refused by the name that was given', () => {
  const files = filesFrom(folder);
  files.writeFile('a', 'one');
  files.appendFile('a', ' two', false);
  files.writePieces('core', 10, [{ offset: 8, bytes: Uint8Array.of(1, 2) }]);
  expect([files.readScript('a'), fs.readFileSync(path.join(folder, 'core'))]).toEqual(['one two', Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 1, 2])]);
  expect(() => files.writeFile('no/such', '')).toThrow(/^open no\/such: no such file or directory$/);
  expect(() => files.appendFile('a/b', '', true)).toThrow(/^open a\/b: not a directory$/);
  expect(() => files.writePieces('.', 1, [])).toThrow(/^open \.: is a directory$/);
});
