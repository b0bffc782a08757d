// Reads the process's standard input synchronously, for a guest whose read(2) cannot wait for an event loop.
// Must stay true: works for files, pipes and terminals, also where another process made the descriptor non-blocking.
import fs from 'node:fs';
import { pause } from './output';

/** The next bytes (at least one), or undefined at the end. */
export function readInput(length: number): Uint8Array | undefined {
  const buffer = Buffer.allocUnsafe(Math.max(1, Math.min(length, 1 << 20)));
  for (let wait = 1; ; wait = Math.min(wait * 2, 20)) {
    try {
      const count = fs.readSync(0, buffer, 0, buffer.length, null);
      return count === 0 ? undefined : new Uint8Array(buffer.buffer, buffer.byteOffset, count);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'EAGAIN') pause(wait);
      // EOF: Windows' name for the end of a pipe. EBADF: standard input is closed. EISDIR, ENXIO, EIO: nothing can be read there.
      else if (code === 'EOF' || code === 'EBADF' || code === 'EISDIR' || code === 'ENXIO' || code === 'EIO') return undefined;
      else throw error;
    }
  }
}
