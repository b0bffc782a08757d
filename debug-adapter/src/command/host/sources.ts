// Files as the language server's core asks for them, read from the host's disk.
// Must stay true: an unreadable file is undefined, not an exception; paths reach the core with forward slashes.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { findGoRoot, type GoRoot } from '@gobuf/server/workspace/goroot';
import type { Files } from '@gobuf/server/workspace/files';

export const diskFiles: Files = {
  read(file) {
    try { return fs.readFileSync(file, 'utf8'); } catch { return undefined; }
  },
  stamp(file) {
    return fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  },
  list(directory) {
    try { return fs.readdirSync(directory).sort(); } catch { return undefined; }
  },
};

export const slashed = (file: string): string => path.resolve(file).split(path.sep).join('/');

/** `given` (an option) comes before the environment's GOROOT, and that before the place of the go command on PATH; no program is started. */
export function goRoot(given?: string): GoRoot | undefined {
  return findGoRoot(given ?? process.env['GOROOT'], diskFiles, besideCommand());
}

/** The folder above the bin folder that the go command on PATH really lies in. */
function besideCommand(): string[] {
  for (const directory of (process.env['PATH'] ?? '').split(path.delimiter)) {
    if (!directory) continue;
    try {
      return [path.dirname(path.dirname(fs.realpathSync(path.join(directory, process.platform === 'win32' ? 'go.exe' : 'go'))))];
    } catch { /* not here */ }
  }
  return [];
}

/** Where the go command keeps downloaded modules. */
export function moduleCache(): string {
  const gopath = (process.env['GOPATH'] ?? '').split(path.delimiter)[0] || path.join(os.homedir(), 'go');
  return (process.env['GOMODCACHE'] || path.join(gopath, 'pkg', 'mod')).split(path.sep).join('/');
}
