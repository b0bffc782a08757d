// This process's standard input for a guest: files at once, what comes when it comes (pipes, terminals) as soon as it does.
// Must stay true: nothing is opened before the guest asks; while it waits, signals and timers of this process are seen to.
import fs from 'node:fs';

const MOST = 1 << 20;

export class StandardInput {
  private sort: 'file' | 'stream' | undefined;
  private readonly chunks: Uint8Array[] = [];
  private ended = false;
  private opened = false;
  private wake: (() => void) | undefined;

  /** The next bytes (at least one), undefined at the end, or `later`: `next` waits for them. */
  read(length: number): Uint8Array | undefined | 'later' {
    this.sort ??= sortOfInput();
    if (this.sort === 'stream') return 'later';
    const buffer = Buffer.allocUnsafe(Math.max(1, Math.min(length, MOST)));
    try {
      const count = fs.readSync(0, buffer, 0, buffer.length, null);
      return count === 0 ? undefined : new Uint8Array(buffer.buffer, buffer.byteOffset, count);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') { this.sort = 'stream'; return 'later'; }
      // Standard input is closed, or nothing can be read there. EOF: Windows' name for its end.
      if (['EOF', 'EBADF', 'EISDIR', 'ENXIO', 'EIO', 'EINVAL'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
      throw error;
    }
  }

  /** What has come, as soon as something has; undefined at the end; `interrupted` if `interrupt` is called before. */
  async next(): Promise<Uint8Array | undefined | 'interrupted'> {
    this.open();
    if (this.chunks.length === 0 && !this.ended) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
        process.stdin.resume();
      });
      this.wake = undefined;
      if (this.chunks.length === 0 && !this.ended) return 'interrupted';
    }
    return this.chunks.shift();
  }
  interrupt(): void { this.wake?.(); }

  private open(): void {
    if (this.opened) return;
    this.opened = true;
    const end = (): void => { this.ended = true; this.wake?.(); };
    try {
      process.stdin.on('data', (chunk: Buffer) => {
        this.chunks.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length));
        process.stdin.pause();
        this.wake?.();
      });
      for (const event of ['end', 'close', 'error']) process.stdin.on(event, end);
    } catch { end(); }
  }
}

function sortOfInput(): 'file' | 'stream' {
  try {
    const stat = fs.fstatSync(0);
    // A terminal, or a device like /dev/null.
    if (stat.isCharacterDevice()) return process.stdin.isTTY ? 'stream' : 'file';
    return stat.isFIFO() || stat.isSocket() ? 'stream' : 'file';
  } catch { return 'file'; }
}
