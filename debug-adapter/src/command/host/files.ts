// The host files a guest may see: read-only, and only below the folders it was given (the program's own, `--dir`, `--read`).
// Must stay true: a symbolic link never leads out of those folders, since every path is resolved before it is judged.
import fs from 'node:fs';
import path from 'node:path';
import type { HostFiles } from '@gobuf/emulator/machine-types';

const within = (file: string, folder: string): boolean => file === folder || file.startsWith(folder === '/' ? '/' : folder + path.sep);

/** `folders` are absolute; guest paths are host paths. */
export function confinedFiles(folders: readonly string[]): HostFiles {
  const real = [...new Set(folders.flatMap((folder) => { try { return [fs.realpathSync(folder)]; } catch { return []; } }))];
  const named = [...new Set([...folders.map((folder) => path.resolve(folder)), ...real])];

  /** The real path of `file` itself (a link is not followed when it is the last part), if the guest may see it. */
  function seen(file: string): string | undefined {
    const clean = path.resolve(file);
    try {
      const own = path.join(fs.realpathSync(path.dirname(clean)), path.basename(clean));
      return real.some((folder) => within(own, folder)) ? own : undefined;
    } catch { return undefined; }
  }
  /** Folders on the way to a visible one exist for the guest, with nothing else in them. */
  const onTheWay = (file: string): string[] => named.filter((folder) => folder !== file && within(folder, path.resolve(file)));

  return {
    stat(file) {
      const own = seen(file);
      if (own === undefined) return onTheWay(file).length > 0 || named.includes(path.resolve(file)) ? { kind: 'directory', size: 4096, mode: 0o755, mtimeSeconds: 0 } : undefined;
      try {
        const found = fs.lstatSync(own);
        const kind = found.isSymbolicLink() ? 'symlink' : found.isDirectory() ? 'directory' : found.isFile() ? 'file' : undefined;
        return kind && { kind, size: found.size, mode: found.mode & 0o777, mtimeSeconds: Math.floor(found.mtimeMs / 1000) };
      } catch { return undefined; }
    },
    read(file) {
      const own = seen(file);
      try { return own !== undefined && fs.lstatSync(own).isFile() ? fs.readFileSync(own) : undefined; } catch { return undefined; }
    },
    list(file) {
      const own = seen(file);
      if (own !== undefined) try { return fs.readdirSync(own).sort(); } catch { return undefined; }
      const clean = path.resolve(file);
      const below = onTheWay(clean);
      return below.length === 0 ? undefined : [...new Set(below.map((folder) => path.relative(clean, folder).split(path.sep)[0]!))].sort();
    },
    readLink(file) {
      const own = seen(file);
      try { return own === undefined ? undefined : fs.readlinkSync(own); } catch { return undefined; }
    },
  };
}
