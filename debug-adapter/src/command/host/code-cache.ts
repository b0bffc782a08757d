// Loads a command's bundle with the code that V8 made of it at an earlier run, kept in the same folder as translations, or when gobuf was built.
// Must stay true: V8 refuses what another version or other flags made, a damaged file is a miss, and then the bundle is compiled as ever.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import vm from 'node:vm';
import { cacheFolder, diskCache } from './cache';
import { asEver } from './flags';
import { setFlag } from './node-bindings';

type Wrapper = (exports: object, require: NodeJS.Require, module: { exports: object }, file: string, folder: string) => void;
/** Only for the commands that people run over and over; `--no-cache` means this cache, too. */
const wanted = (): boolean => !process.argv.includes('--no-cache');

/** Servers that run for long: a later session may have compiled much more than the one whose code is kept. */
const LONG = new Set(['lsp.js', 'dap.js']), MUCH_MORE = 1.1;

/** An event of the process by which a bundle says that its code should be kept now: it may be killed before its end. V8's flags must be as they were at the start. */
export const KEEP = 'gobuf keeps code';

/** The text that is compiled, of which code is kept. */
export const scriptOf = (file: string, cachedData?: Uint8Array): vm.Script => asEver(() => new vm.Script(`(function (exports, require, module, __filename, __dirname) {${fs.readFileSync(file, 'utf8')}\n})`, { filename: file, ...(cachedData ? { cachedData: Buffer.from(cachedData.buffer, cachedData.byteOffset, cachedData.length) } : {}) }));

/** With all functions, whether they are called or not. Leaves V8's flags as they were. */
export function compiledWhole(file: string): Uint8Array {
  setFlag('--no-lazy');
  let script: vm.Script;
  try { script = scriptOf(file); } finally { setFlag('--lazy'); }
  return asEver(() => script.createCachedData());
}

/** Of a bundle or a file beside the bundles: what building gobuf made of it for one version of Node and one kind of processor; V8 refuses that of others. */
export const builtCode = (name: string): Uint8Array | undefined => readBeside(`${name}.code`);

/** What `require` would give for the bundle, which lies beside this one. */
export function loadBundle(name: string): object {
  const file = path.join(__dirname, name);
  const { mtimeMs, size } = fs.statSync(file), key = `bundle ${name} ${process.version} ${process.arch} ${mtimeMs} ${size}`;
  const cachedData = wanted() ? diskCache(cacheFolder()).load(key) : undefined;
  const script = scriptOf(file, cachedData ?? builtCode(name)), accepted = script.cachedDataRejected === false;
  // By the end V8 has compiled the functions that such a command uses; what was built has them all.
  const least = cachedData && accepted ? cachedData.length * MUCH_MORE : 0;
  if (wanted() && (!accepted || LONG.has(name))) {
    const keep = () => {
      for (const event of ['exit', KEEP]) (process as NodeJS.EventEmitter).off(event, keep);
      const compiled = asEver(() => script.createCachedData());
      if (compiled.length > least) diskCache(cacheFolder()).store(key, compiled);
    };
    for (const event of ['exit', KEEP]) (process as NodeJS.EventEmitter).once(event, keep);
  }
  const module = { exports: {} };
  (script.runInThisContext() as Wrapper)(module.exports, createRequire(file), module, file, path.dirname(file));
  return module.exports;
}

/** A file beside the bundles; undefined if it is not there. */
export function readBeside(name: string): Uint8Array | undefined {
  try { return fs.readFileSync(path.join(__dirname, name)); } catch { return undefined; }
}
