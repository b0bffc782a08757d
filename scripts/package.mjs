// `npm run package`: builds and makes gobuf-VERSION.vsix with vsce, from a folder that holds only what is shipped; without network, since all is bundled.
// Must stay true: the package stays below LIMIT_BYTES, holds every file that package.json names, and its texts come from l10n/ in each language.
//   --out FILE  where to write it
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { localised } from './localise.mjs';
import { installPackages, root } from './setup.mjs';

const LIMIT_BYTES = 5_000_000;
const SHIPPED = ['README.md', 'CHANGELOG.md', 'LICENSE', 'dist', 'syntaxes', 'client/media', 'client/snippets', 'client/walkthrough', 'docs'];
/** Of the manifest's fields, those that only developing needs. A browser's extension host refuses "type": "module". */
const DEVELOPMENT = ['type', 'workspaces', 'bin', 'scripts', 'devDependencies', 'overrides', 'private', 'dependencies'];

/** Files of the extension that the manifest names, as paths inside the package. */
function filesOf(manifest) {
  const found = new Set([manifest.main, manifest.browser, manifest.icon].filter(Boolean));
  const visit = (value) => {
    if (typeof value === 'string' && /^\.?\/?[\w./-]+\/[\w.-]+\.(json|js|md|svg|png|tmLanguage)$/.test(value)) found.add(value);
    else if (value && typeof value === 'object') for (const each of Object.values(value)) visit(each);
  };
  visit(manifest.contributes);
  return [...found].map((file) => path.posix.normalize(file));
}

installPackages();
const source = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
const { values: options } = parseArgs({ options: { out: { type: 'string' } } });
const out = path.resolve(options.out ?? path.join(root, `${source.name}-${source.version}.vsix`));
// A folder left by an older build must not travel along.
fs.rmSync(path.join(root, 'dist'), { recursive: true, force: true });
if (spawnSync(process.execPath, [path.join(root, 'scripts', 'build.mjs')], { cwd: root, stdio: 'inherit' }).status !== 0) process.exit(1);

const stage = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-package-'));
try {
  for (const name of SHIPPED) fs.cpSync(path.join(root, name), path.join(stage, name), { recursive: true, filter: (file) => !/\.(ts|map|svg|code)$/.test(file) && path.relative(root, file) !== path.join('docs', 'images') });
  const { manifest, files } = localised(source);
  for (const field of DEVELOPMENT) delete manifest[field];
  delete manifest.engines.node;
  fs.writeFileSync(path.join(stage, 'package.json'), JSON.stringify(manifest, null, 2));
  for (const [name, text] of files) {
    fs.mkdirSync(path.dirname(path.join(stage, name)), { recursive: true });
    fs.writeFileSync(path.join(stage, name), text);
  }
  const { createVSIX, listFiles } = await import('@vscode/vsce');
  const inside = new Set((await listFiles({ cwd: stage, dependencies: false })).map((file) => file.split(path.sep).join('/')));
  const named = [...filesOf(manifest), ...files.filter(([name]) => name.startsWith('package.nls')).flatMap(([, text]) => Object.values(JSON.parse(text)).filter((each) => /^[\w./-]+\.md$/.test(each)))];
  const missing = named.filter((file) => !inside.has(file));
  if (missing.length > 0) throw new Error(`package.json names files that the package would lack: ${missing.join(', ')}`);
  fs.mkdirSync(path.dirname(out), { recursive: true });
  await createVSIX({ cwd: stage, packagePath: out, dependencies: false, allowMissingRepository: true, rewriteRelativeLinks: false });
  const { size } = fs.statSync(out);
  console.log(`${path.basename(out)}: ${inside.size} files, ${(size / 1e6).toFixed(2)} MB`);
  if (size > LIMIT_BYTES) throw new Error(`That is more than ${LIMIT_BYTES / 1e6} MB.`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally { fs.rmSync(stage, { recursive: true, force: true }); }
