// Bundles what is shipped into dist/: the `gobuf` command (a small file that loads one bundle per subcommand, so that `run` starts
// without the debugger's code) and, where it exists, the VS Code extension. `--watch` rebuilds on change. Works in a fresh clone.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { installPackages, root } from './setup.mjs';

installPackages();
const { default: esbuild } = await import('esbuild');
const dist = path.join(root, 'dist');
const COMMANDS = 'debug-adapter/src/command';
const EXTENSION = 'client/src/extension.ts';
const common = { absWorkingDir: root, bundle: true, platform: 'node', format: 'cjs', target: 'node20', supported: { 'dynamic-import': false }, logLevel: 'warning', logOverride: { 'import-is-undefined': 'error' }, minify: true, keepNames: false, sourcemap: process.argv.includes('--sourcemap') ? 'linked' : false, legalComments: 'none',
  // The bundles are CommonJS, where web-tree-sitter's ES module cannot find itself.
  alias: { 'web-tree-sitter': path.join(root, 'node_modules/web-tree-sitter/web-tree-sitter.cjs') } };

/**
 * Node's own modules as objects that inherit from them: esbuild makes of each import of a CommonJS module a copy with a getter for every own name, and
 * those of fs, os, path and the like are some hundreds, at every start. Modules that are functions are left to esbuild.
 */
const nodeModules = {
  name: 'node-modules',
  setup(build) {
    build.onResolve({ filter: /^node:/ }, async ({ path: name, kind }) => (kind === 'import-statement' && typeof (await import(name)).default === 'object' ? { path: name, namespace: 'node' } : undefined));
    build.onLoad({ filter: /.*/, namespace: 'node' }, ({ path: name }) => ({ contents: `module.exports = Object.create(require(${JSON.stringify(name)}));` }));
  },
};

/** Turns main.ts's `import('./commands/x')` into a load of dist/commands/x.js, with kept code, at the moment it is asked for. */
const separateCommands = {
  name: 'separate-commands',
  setup(build) {
    build.onResolve({ filter: /^\.\/commands\/[\w-]+$/ }, (found) => (found.kind === 'dynamic-import' ? { path: found.path, namespace: 'command' } : undefined));
    build.onLoad({ filter: /.*/, namespace: 'command' }, ({ path: name }) => ({ contents: `module.exports = require('./host/code-cache').loadBundle('${name.slice(2)}.js');`, resolveDir: path.join(root, COMMANDS) }));
  },
};

/** The core module, which takes a fifth of a second to make: its length, the size of its library, the module, the library's index; and recipes of frequent instructions. */
async function makeCore(translatorSource) {
  const { buildCore, buildRecipes } = await import(`data:text/javascript;base64,${Buffer.from(translatorSource).toString('base64')}`);
  const { wire, library } = buildCore(), head = Buffer.alloc(8);
  head.writeUInt32LE(wire.length);
  head.writeUInt32LE(library.size, 4);
  return { core: Buffer.concat([head, wire, library.index]), recipes: buildRecipes(library) };
}
/** What is done with that: nobody asks the translator's bundle for it. */
const MADE = ['buildCore', 'builtMachineCode', 'buildRecipes', 'builtRecipes', 'fingerprint'];
const withoutMade = {
  name: 'without-made',
  setup(build) {
    build.onResolve({ filter: /^\.\/(core|common-recipes|fingerprint)$/ }, ({ path: name, importer }) => (path.basename(importer) === 'translator.ts' ? { path: name, namespace: 'made' } : undefined));
    build.onLoad({ filter: /.*/, namespace: 'made' }, () => ({ contents: `const made = () => { throw new Error('this was made when gobuf was built'); };\nexport { ${MADE.map((name) => `made as ${name}`).join(', ')} };` }));
  },
};

/** What takes it apart again; the statement before gives `bytes`. */
const READ_CORE = `const head = new DataView(bytes.buffer, bytes.byteOffset), end = 8 + head.getUint32(0, true);
return { wire: bytes.subarray(8, end), library: { size: head.getUint32(4, true), index: bytes.subarray(end) } };`;

/**
 * Commands load what makes code of code (emulator/src/translator/translator.ts) only when it is needed, since a run whose code was kept does
 * without. Its fingerprint, which says whether kept code is still good, is then that of the whole bundle and of the emulator's sources.
 */
async function separateTranslator() {
  const entry = 'emulator/src/translator/translator.ts', decoding = 'emulator/src/translator/decoding.ts';
  const exportsOf = ({ metafile }, file) => Object.values(metafile.outputs).find((output) => output.entryPoint === file).exports;
  const whole = await esbuild.build({ ...common, entryPoints: [entry], format: 'esm', write: false, metafile: true, outdir: dist }), { outputFiles } = whole;
  const names = exportsOf(whole, entry), decodingNames = exportsOf(await esbuild.build({ ...common, entryPoints: [decoding], format: 'esm', write: false, metafile: true, outdir: dist }), decoding);
  const source = outputFiles.find((file) => file.path.endsWith('.js')).contents, { core, recipes } = await makeCore(source), hash = createHash('sha256').update(source);
  // What is kept is also what the rest of the emulator has made of it.
  for (const file of fs.readdirSync(path.join(root, 'emulator/src'), { recursive: true }).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts')).sort()) hash.update(fs.readFileSync(path.join(root, 'emulator/src', file)));
  const mark = hash.digest().readUInt32LE();
  fs.mkdirSync(path.join(dist, 'commands'), { recursive: true });
  fs.writeFileSync(path.join(dist, 'commands', 'core.bin'), core);
  fs.writeFileSync(path.join(dist, 'commands', 'recipes.bin'), recipes);
  // Each is the function itself from its first call on.
  const bundled = (bundle, list) => [`let made;\nconst load = () => (made ??= require("./host/code-cache").loadBundle("${bundle}"));`, ...list.map((name) => `export let ${name} = (...given) => (${name} = load().${name})(...given);`)].join('\n');
  const contents = {
    [entry]: [
      'const { builtCode, readBeside } = require("./host/code-cache");',
      `export const buildCore = () => { const bytes = readBeside("core.bin"); if (!bytes) throw new Error("commands/core.bin, a part of gobuf, is missing: build or install it again"); ${READ_CORE} };`,
      'export const builtMachineCode = () => builtCode("core"), builtRecipes = () => readBeside("recipes.bin");',
      `export const fingerprint = () => ${mark};`,
      bundled('translator.js', names.filter((name) => !MADE.includes(name))),
    ].join('\n'),
    [decoding]: bundled('decoding.js', decodingNames),
  };
  const separation = (files) => ({
    name: 'separate-translator',
    setup(build) {
      build.onResolve({ filter: /\/(translator|decoding)$/ }, (found) => {
        const file = path.relative(root, path.resolve(found.resolveDir, `${found.path}.ts`)).split(path.sep).join('/');
        return files.includes(file) ? { path: file, namespace: 'translator' } : undefined;
      });
      build.onLoad({ filter: /.*/, namespace: 'translator' }, ({ path: file }) => ({ contents: contents[file], resolveDir: path.join(root, COMMANDS) }));
    },
  });
  // Only what never shows code does without the instruction table.
  const separate = (command) => separation(command === 'run' ? [entry, decoding] : [entry]);
  // Where there are no files, it is part of the bundle.
  const within = {
    name: 'core-within',
    setup(build) {
      build.onResolve({ filter: /^\.\/core$/ }, (found) => (path.relative(root, found.importer) === path.normalize(entry) ? { path: 'core', namespace: 'core' } : undefined));
      build.onLoad({ filter: /.*/, namespace: 'core' }, () => ({ contents: `const bytes = Uint8Array.from(atob('${core.toString('base64')}'), (each) => each.charCodeAt(0));\nexport function buildCore() { ${READ_CORE} }\nexport const builtMachineCode = () => undefined, builtRecipes = builtMachineCode;` }));
    },
  };
  return { separate, within, core };
}

const { separate: translator, within: coreWithin, core } = await separateTranslator();
const commands = fs.readdirSync(path.join(root, COMMANDS, 'commands')).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts')).map((name) => `${COMMANDS}/commands/${name}`);
const jobs = [
  { ...common, entryPoints: [`${COMMANDS}/main.ts`], outfile: path.join(dist, 'gobuf.js'), banner: { js: '#!/usr/bin/env node' }, plugins: [nodeModules, separateCommands] },
  { ...common, entryPoints: ['emulator/src/translator/decoding.ts'], outfile: path.join(dist, 'commands', 'decoding.js'), plugins: [nodeModules] },
  { ...common, entryPoints: ['emulator/src/translator/translator.ts'], outfile: path.join(dist, 'commands', 'translator.js'), plugins: [nodeModules, withoutMade] },
  ...commands.map((file) => ({ ...common, entryPoints: [file], outdir: path.join(dist, 'commands'), plugins: [nodeModules, translator(path.basename(file, '.ts'))] })),
];
/** The language client is half of the extension, and activation need not wait for it: a bundle of its own. */
const LANGUAGE = 'client/src/language/server.ts';
const separateLanguage = {
  name: 'separate-language',
  setup(build) {
    build.onResolve({ filter: /^\.\/server$/ }, (found) => (found.kind === 'dynamic-import' ? { path: './language.js', external: true } : undefined));
  },
};
jobs.push(
  { ...common, entryPoints: [EXTENSION], outfile: path.join(dist, 'extension.js'), external: ['vscode'], plugins: [separateLanguage] },
  { ...common, entryPoints: [LANGUAGE], outfile: path.join(dist, 'language.js'), external: ['vscode'] },
);

/** In a browser: the extension, and a worker each for the language server and the debugger. What they name of Node is put in here. */
const NODE_PARTS = path.join(root, 'debug-adapter/src/web/node-parts.ts');
const web = {
  ...common, platform: 'browser', target: 'es2022', conditions: ['browser'], mainFields: ['browser', 'module', 'main'], define: { 'process.env.NODE_ENV': '"production"', 'import.meta.url': '"https://gobuf.invalid/"' },
  alias: { 'web-tree-sitter': path.join(root, 'node_modules/web-tree-sitter/web-tree-sitter.js'), 'node:path': 'path-browserify', 'node:util': NODE_PARTS, 'node:crypto': NODE_PARTS, 'node:net': NODE_PARTS, events: path.join(root, 'node_modules/events/events.js'), path: 'path-browserify' },
};
jobs.push(
  { ...web, entryPoints: ['client/src/web/extension.ts'], outfile: path.join(dist, 'web', 'extension.js'), external: ['vscode'] },
  ...['lsp', 'dap'].map((name) => ({ ...web, format: 'iife', entryPoints: [`debug-adapter/src/web/${name}-worker.ts`], plugins: [coreWithin], outfile: path.join(dist, 'web', `${name}-worker.js`), external: ['fs/promises', 'module'] })),
);

/**
 * The code of what every run needs, for the Node that builds: machine code of the core module, of which a run would compile what it uses, and bytecode of
 * the bundles. Another version, processor or set of flags is refused by V8, and then what is kept in the cache does as well.
 */
const BUILT = { 'decoding.js': 'script', 'translator.js': 'script', 'run.js': 'command' };
function makeCode() {
  const script = path.join(dist, 'built-code.cjs'), folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-core-')), wire = path.join(folder, 'wire');
  try {
    esbuild.buildSync({ ...common, entryPoints: [path.join(root, COMMANDS, 'host/built-code.ts')], outfile: script });
    fs.writeFileSync(wire, core.subarray(8, 8 + core.readUInt32LE(0)));
    const make = (how, from, to) => {
      spawnSync(process.execPath, [script, how, from, to], { stdio: 'ignore' });
      if (!fs.existsSync(to)) console.warn(`${path.relative(root, to)} could not be made with this version of Node: gobuf does without, and starts more slowly.`);
    };
    make('module', wire, path.join(dist, 'commands', 'core.code'));
    for (const [name, how] of Object.entries(BUILT)) make(how, path.join(dist, 'commands', name), path.join(dist, 'commands', `${name}.code`));
  } finally { for (const file of [script, folder]) fs.rmSync(file, { recursive: true, force: true }); }
}
/** V8 knows a bundle by its length alone. Also what an interrupted build left. */
const forgetCode = () => { for (const name of fs.readdirSync(path.join(dist, 'commands'))) if (/\.code(\.|$)/.test(name)) fs.rmSync(path.join(dist, 'commands', name)); };

/** The tours, and the sources of the programs that they are about. */
function copyTours() {
  const into = path.join(dist, 'tours');
  fs.rmSync(into, { recursive: true, force: true });
  fs.cpSync(path.join(root, 'tours'), into, { recursive: true });
  // A browser cannot list an extension's folder.
  fs.writeFileSync(path.join(into, 'index.json'), JSON.stringify(fs.readdirSync(into).filter((name) => name.endsWith('.tour.yaml'))));
  fs.cpSync(path.join(root, 'examples/stories'), path.join(into, 'stories'), { recursive: true });
  fs.cpSync(path.join(root, 'examples/runtime'), path.join(into, 'runtime'), { recursive: true, filter: (file) => !/\.(md|gobuf)$|\.vscode/.test(file) });
}

// The pages of webviews run in a browser.
const PAGES = 'client/src/pages';
if (fs.existsSync(path.join(root, PAGES))) jobs.push({ ...common, platform: 'browser', format: 'iife', target: 'es2022', entryPoints: fs.readdirSync(path.join(root, PAGES)).filter((name) => name.endsWith('.ts') && name !== 'page.ts' && !name.endsWith('.test.ts')).map((name) => `${PAGES}/${name}`), outdir: path.join(dist, 'pages') });

fs.mkdirSync(dist, { recursive: true });
forgetCode();
// The package's own type is "module"; the bundles are CommonJS because Node starts those some 10 ms faster.
fs.writeFileSync(path.join(dist, 'package.json'), '{ "type": "commonjs" }\n');
if (process.argv.includes('--watch')) {
  for (const job of jobs) await (await esbuild.context(job)).watch();
} else {
  // One bundle that fails (esbuild has said why) leaves the others usable.
  const results = await Promise.allSettled(jobs.map((job) => esbuild.build(job)));
  if (results.some((result) => result.status === 'rejected')) process.exitCode = 1;
  for (const file of ['web-tree-sitter/web-tree-sitter.wasm', 'tree-sitter-go/tree-sitter-go.wasm']) fs.copyFileSync(path.join(root, 'node_modules', file), path.join(dist, path.basename(file)));
  copyTours();
  makeCode();
  if (fs.existsSync(path.join(dist, 'gobuf.js'))) fs.chmodSync(path.join(dist, 'gobuf.js'), 0o755);
}
