// Loads a command's bundle with the machine code that V8 made of it at an earlier run, kept in the same folder as translations.
// Must stay true: V8 refuses what another version or other flags made, a damaged file is a miss, and then the bundle is compiled as ever.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import vm from 'node:vm';
import { cacheFolder, diskCache } from './cache';
import { asEver } from './flags';

type Wrapper = (exports: object, require: NodeJS.Require, module: { exports: object }, file: string, folder: string) => void;
/** Only for the commands that people run over and over; `--no-cache` means this cache, too. */
const wanted = (): boolean => !process.argv.includes('--no-cache');

/** Servers that run for long: a later session may have compiled much more than the one whose code is kept. */
const LONG = new Set(['lsp.js', 'dap.js']), MUCH_MORE = 1.1;

/** An event of the process by which a bundle says that its code should be kept now: it may be killed before its end. V8's flags must be as they were at the start. */
export const KEEP = 'gobuf keeps code';

/** What `require` would give for the bundle, which lies beside this one. */
export function loadBundle(name: string): object {
  const file = path.join(__dirname, name);
  const code = fs.readFileSync(file, 'utf8');
  const key = `bundle ${name} ${process.version} ${process.arch} ${fs.statSync(file).mtimeMs} ${code.length}`;
  const cachedData = wanted() ? diskCache(cacheFolder()).load(key) : undefined;
  const script = asEver(() => new vm.Script(`(function (exports, require, module, __filename, __dirname) {${code}\n})`, { filename: file, ...(cachedData ? { cachedData: Buffer.from(cachedData.buffer, cachedData.byteOffset, cachedData.length) } : {}) }));
  // By the end V8 has compiled the functions that such a command uses.
  const least = cachedData && !script.cachedDataRejected ? cachedData.length * MUCH_MORE : 0;
  if (wanted() && (least === 0 || LONG.has(name))) {
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

/** A file beside the bundles. */
export const readBeside = (name: string): Uint8Array => fs.readFileSync(path.join(__dirname, name));
