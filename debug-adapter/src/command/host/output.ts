// Writes to the process's own stdout and stderr, synchronously and wholly, so that nothing is lost when the process exits and the
// two streams keep their order. Must stay true: a reader that went away ends the process as SIGPIPE would.
import fs from 'node:fs';

const PAUSE = new Int32Array(new SharedArrayBuffer(4));
const SIGPIPE_STATUS = 128 + 13;

/** Sleeps without spinning; the only way in a synchronous program. */
export function pause(milliseconds: number): void {
  Atomics.wait(PAUSE, 0, 0, milliseconds);
}

export function writeAll(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) {
    try {
      at += fs.writeSync(fd, bytes, at, bytes.length - at);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'EAGAIN') pause(1);
      else if (code === 'EPIPE') process.exit(SIGPIPE_STATUS);
      else throw error;
    }
  }
}

export function print(text: string): void {
  writeAll(1, Buffer.from(text));
}

export function complain(text: string): void {
  writeAll(2, Buffer.from(text.endsWith('\n') ? text : `${text}\n`));
}
