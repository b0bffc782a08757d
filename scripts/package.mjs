// `npm run package`: builds and makes gobuf-VERSION.vsix with vsce; without network, since everything is bundled already.
// Must stay true: the package stays below LIMIT_BYTES and holds every file that package.json names; what is wrong is said and fails.
//   --out FILE  where to write it
import fs from 'node:fs';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { installPackages, root } from './setup.mjs';

const LIMIT_BYTES = 5_000_000;

/** Files of the extension that the manifest names, as paths inside the package. */
function filesOf(manifest) {
  const found = new Set([manifest.main, manifest.browser, manifest.icon].filter(Boolean));
  const visit = (value) => {
    if (typeof value === 'string' && /^\.\/.*\.\w+$/.test(value)) found.add(value);
    else if (value && typeof value === 'object') for (const each of Object.values(value)) visit(each);
  };
  visit(manifest.contributes);
  return [...found].map((file) => path.posix.normalize(file));
}

installPackages();
const manifest = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
const { values: options } = parseArgs({ options: { out: { type: 'string' } } });
const out = path.resolve(options.out ?? path.join(root, `${manifest.name}-${manifest.version}.vsix`));
// A folder left by an older build must not travel along.
fs.rmSync(path.join(root, 'dist'), { recursive: true, force: true });
if (spawnSync(process.execPath, [path.join(root, 'scripts', 'build.mjs')], { cwd: root, stdio: 'inherit' }).status !== 0) process.exit(1);
fs.mkdirSync(path.dirname(out), { recursive: true });
const { createVSIX, listFiles } = await import('@vscode/vsce');
const inside = new Set((await listFiles({ cwd: root, dependencies: false })).map((file) => file.split(path.sep).join('/')));
const missing = filesOf(manifest).filter((file) => !inside.has(file));
if (missing.length > 0) {
  console.error(`package.json names files that the package would lack: ${missing.join(', ')}`);
  process.exit(1);
}
await createVSIX({ cwd: root, packagePath: out, dependencies: false, allowMissingRepository: true, skipLicense: false, rewriteRelativeLinks: false });
const { size } = fs.statSync(out);
console.log(`${path.basename(out)}: ${inside.size} files, ${(size / 1e6).toFixed(2)} MB`);
if (size > LIMIT_BYTES) {
  console.error(`That is more than ${LIMIT_BYTES / 1e6} MB.`);
  process.exit(1);
}
