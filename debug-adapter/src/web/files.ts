// Files in memory, for workers of a browser: what the extension has read through VS Code's file systems, by path.
// Must stay true: a folder is there because a file below it is; nothing is read later, so what was not sent does not exist.
import type { HostFiles } from '@gobuf/emulator/machine-types';
import type { Files } from '@gobuf/server/workspace/files';

export class MemoryFiles {
  readonly #bytes = new Map<string, Uint8Array>();
  readonly #folders = new Map<string, Set<string>>();
  readonly #stamps = new Map<string, number>();
  #changes = 0;

  constructor(files: Iterable<readonly [path: string, bytes: Uint8Array]> = []) {
    for (const [path, bytes] of files) this.put(path, bytes);
  }

  put(path: string, bytes: Uint8Array): void {
    this.#bytes.set(path, bytes);
    this.#stamps.set(path, ++this.#changes);
    for (let child = path, slash = child.lastIndexOf('/'); slash >= 0; slash = child.lastIndexOf('/')) {
      const folder = child.slice(0, slash) || '/', names = this.#folders.get(folder) ?? new Set();
      names.add(child.slice(slash + 1));
      this.#folders.set(folder, names);
      if (slash === 0) break;
      child = folder;
    }
  }

  remove(path: string): void {
    if (!this.#bytes.delete(path)) return;
    this.#folders.get(path.slice(0, path.lastIndexOf('/')) || '/')?.delete(path.slice(path.lastIndexOf('/') + 1));
  }

  has(path: string): boolean { return this.#bytes.has(path); }
  bytes(path: string): Uint8Array | undefined { return this.#bytes.get(path); }
  text(path: string): string | undefined {
    const bytes = this.#bytes.get(path);
    return bytes && new TextDecoder().decode(bytes);
  }
  list(folder: string): string[] | undefined {
    const names = this.#folders.get(folder.length > 1 ? folder.replace(/\/$/, '') : folder);
    return names && [...names].sort();
  }

  /** For the language server's core. */
  readonly sources: Files = { read: (path) => this.text(path), list: (path) => this.list(path), stamp: (path) => this.#stamps.get(path) };
  /** For a guest. */
  readonly guest: HostFiles = {
    stat: (path) => {
      const bytes = this.#bytes.get(path);
      return bytes ? { kind: 'file', size: bytes.length, mode: 0o644, mtimeSeconds: 0 } : this.list(path) && { kind: 'directory', size: 4096, mode: 0o755, mtimeSeconds: 0 };
    },
    read: (path) => this.#bytes.get(path),
    list: (path) => this.list(path),
  };
}
