// Loads a command's bundle with the machine code that V8 made of it at an earlier run, kept in the same folder as translations.
// Must stay true: V8 refuses what another version or other flags made, a damaged file is a miss, and then the bundle is compiled as ever.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import vm from 'node:vm';
import { cacheFolder, diskCache } from './cache';

type Wrapper = (exports: object, require: NodeJS.Require, module: { exports: object }, file: string, folder: string) => void;
/** Only for the commands that people run over and over; `--no-cache` means this cache, too. */
const wanted = (): boolean => !process.argv.includes('--no-cache');

/** What `require` would give for the bundle, which lies beside this one. */
export function loadBundle(name: string): object {
  const file = path.join(__dirname, name);
  const code = fs.readFileSync(file, 'utf8');
  const key = `bundle ${name} ${process.version} ${process.arch} ${fs.statSync(file).mtimeMs} ${code.length}`;
  const cachedData = wanted() ? diskCache(cacheFolder()).load(key) : undefined;
  const script = new vm.Script(`(function (exports, require, module, __filename, __dirname) {${code}\n})`, { filename: file, ...(cachedData ? { cachedData: Buffer.from(cachedData.buffer, cachedData.byteOffset, cachedData.length) } : {}) });
  // By the end V8 has compiled the functions that such a command uses.
  if (wanted() && (!cachedData || script.cachedDataRejected)) process.once('exit', () => diskCache(cacheFolder()).store(key, script.createCachedData()));
  const module = { exports: {} };
  (script.runInThisContext() as Wrapper)(module.exports, createRequire(file), module, file, path.dirname(file));
  return module.exports;
}

/** A file beside the bundles. */
export const readBeside = (name: string): Uint8Array => fs.readFileSync(path.join(__dirname, name));
