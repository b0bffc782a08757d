// The guest's standard streams on this machine: its own process's, or files that `restart` names; and files that commands write.
// Must stay true: a file that cannot be opened leaves the streams as they were.
import fs from 'node:fs';
import path from 'node:path';
import type { Redirects, TerminalHost } from '../../terminal/context';
import { writeAll } from './output';

export class Streams {
  private names: readonly (readonly [fd: number, name: string])[] = [];
  private readonly files = new Map<number, number>();
  private input: Uint8Array | 'later' | undefined;

  constructor(private readonly given: Uint8Array | 'later' | undefined) { this.input = given; }

  redirect({ stdin, stdout, stderr }: Redirects): void {
    const input = stdin === undefined ? this.given : fs.readFileSync(path.resolve(stdin));
    const names = [[1, stdout], [2, stderr]].flatMap(([fd, name]) => (name === undefined ? [] : [[Number(fd), path.resolve(String(name))] as const]));
    for (const [, name] of names) fs.closeSync(fs.openSync(name, 'a'));
    this.names = names;
    this.input = input;
  }

  /** The program starts (again): what it reads; its files are empty. */
  readonly start = (): Uint8Array | 'later' | undefined => {
    this.close();
    for (const [fd, name] of this.names) this.files.set(fd, fs.openSync(name, 'w'));
    return this.input;
  };

  readonly write = (fd: 1 | 2, bytes: Uint8Array, replayed: boolean): void => { if (!replayed) writeAll(this.files.get(fd) ?? fd, bytes); };

  close(): void {
    for (const file of this.files.values()) fs.closeSync(file);
    this.files.clear();
  }
}

/** As Go words them. */
const REASONS: Record<string, string> = { ENOENT: 'no such file or directory', EACCES: 'permission denied', EISDIR: 'is a directory', ENOTDIR: 'not a directory', EROFS: 'read-only file system', ENOSPC: 'no space left on device' };
/** Why a file that was named cannot be written, by that name. */
function written<T>(name: string, write: () => T): T {
  try { return write(); } catch (error) {
    const reason = REASONS[(error as NodeJS.ErrnoException).code ?? ''];
    throw reason === undefined ? error : new Error(`open ${name}: ${reason}`);
  }
}

/** The files of commands (`source`, `transcript`, `dump`, `breakpoints -save`), named from a folder on. */
export function filesFrom(folder: string): Required<Pick<TerminalHost, 'readScript' | 'writeFile' | 'appendFile' | 'writePieces'>> {
  const full = (name: string): string => path.resolve(folder, name);
  return {
    readScript: (name) => { try { return fs.readFileSync(full(name), 'utf8'); } catch { return undefined; } },
    writeFile: (name, text) => written(name, () => fs.writeFileSync(full(name), text)),
    appendFile: (name, text, anew) => written(name, () => fs.writeFileSync(full(name), text, { flag: anew ? 'w' : 'a' })),
    // With holes; for its owner only, since it holds a program's memory.
    writePieces(name, size, pieces) {
      const file = written(name, () => fs.openSync(full(name), 'w', 0o600));
      try {
        fs.ftruncateSync(file, size);
        for (const { offset, bytes } of pieces) for (let at = 0; at < bytes.length;) at += fs.writeSync(file, bytes, at, bytes.length - at, offset + at);
      } finally { fs.closeSync(file); }
    },
  };
}
