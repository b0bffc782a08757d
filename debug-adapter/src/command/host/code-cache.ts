// Loads a command's bundle with the code that V8 made of it at an earlier run, kept in the same folder as translations, or when gobuf was built.
// Must stay true: V8 refuses what another version or other flags made, a damaged file is a miss, and then the bundle is compiled as ever.
import { isAscii } from 'node:buffer';
import fs from 'node:fs';
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

/** Around a bundle, as Node has it around its modules. */
const BEFORE = Buffer.from('(function (exports, require, module, __filename, __dirname) {'), AFTER = Buffer.from('\n})');
/** The text of a bundle, nearly always ASCII, as one piece: V8 would copy one that is put together of several. */
function textOf(file: string): string {
  const fd = fs.openSync(file, 'r');
  try {
    const { size } = fs.fstatSync(fd), text = Buffer.allocUnsafe(BEFORE.length + size + AFTER.length);
    text.set(BEFORE);
    let at = BEFORE.length;
    for (const end = at + size; at < end;) {
      const got = fs.readSync(fd, text, at, end - at, at - BEFORE.length);
      if (got === 0) throw new Error(`${file} has become shorter while it was read`);
      at += got;
    }
    text.set(AFTER, at);
    return text.toString(isAscii(text) ? 'latin1' : 'utf8');
  } finally { fs.closeSync(fd); }
}

/** The text that is compiled, of which code is kept. */
export const scriptOf = (file: string, cachedData?: Uint8Array): vm.Script => asEver(() => new vm.Script(textOf(file), { filename: file, ...(cachedData ? { cachedData: Buffer.from(cachedData.buffer, cachedData.byteOffset, cachedData.length) } : {}) }));

/** Bundles need nothing but Node's own modules, which this file's `require` gives as well as one of theirs (node:module takes 3 ms to load). */
function exportsOf(script: vm.Script, file: string): object {
  const module = { exports: {} };
  (script.runInThisContext() as Wrapper)(module.exports, require, module, file, path.dirname(file));
  return module.exports;
}

/** With all functions, whether they are called or not. Leaves V8's flags as they were. */
export function compiledWhole(file: string): Uint8Array {
  setFlag('--no-lazy');
  let script: vm.Script;
  try { script = scriptOf(file); } finally { setFlag('--lazy'); }
  return asEver(() => script.createCachedData());
}

/** With the functions that are called when the bundle is loaded and in what is done with it then. */
export async function compiledBy(file: string, work: (exports: object) => Promise<void>): Promise<Uint8Array> {
  const script = scriptOf(file);
  await work(exportsOf(script, file));
  return asEver(() => script.createCachedData());
}

/** Of a bundle or a file beside the bundles: what building gobuf made of it for one version of Node and one kind of processor; V8 refuses that of others. */
export const builtCode = (name: string): Uint8Array | undefined => readBeside(`${name}.code`);

/** What `require` would give for the bundle, which lies beside this one. */
export function loadBundle(name: string): object {
  const file = path.join(__dirname, name), built = builtCode(name), script = built && scriptOf(file, built);
  return exportsOf(script?.cachedDataRejected === false ? script : keptScript(file), file);
}

/** With code that an earlier run kept, or to be kept at the end of this one. */
function keptScript(file: string): vm.Script {
  const name = path.basename(file), { mtimeMs, size } = fs.statSync(file), key = `bundle ${name} ${process.version} ${process.arch} ${mtimeMs} ${size}`;
  const cachedData = wanted() ? diskCache(cacheFolder()).load(key) : undefined;
  const script = scriptOf(file, cachedData), accepted = script.cachedDataRejected === false;
  const least = cachedData && accepted ? cachedData.length * MUCH_MORE : 0;
  if (wanted() && (!accepted || LONG.has(name))) {
    const keep = () => {
      for (const event of ['exit', KEEP]) (process as NodeJS.EventEmitter).off(event, keep);
      const compiled = asEver(() => script.createCachedData());
      if (compiled.length > least) diskCache(cacheFolder()).store(key, compiled);
    };
    for (const event of ['exit', KEEP]) (process as NodeJS.EventEmitter).once(event, keep);
  }
  return script;
}

/** A file beside the bundles; undefined if it is not there. */
export function readBeside(name: string): Uint8Array | undefined {
  try { return fs.readFileSync(path.join(__dirname, name)); } catch { return undefined; }
}
