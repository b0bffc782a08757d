// Standard input and output as a protocol server uses them: bytes in as they come, texts and bytes out at once. Node's streams do the same in five times
// as many steps, which a client that waits for each answer feels.
// Must stay true: everything is written whole and in its order, also to a client that does not read for a while; only where input is a socket or
// pipe is it read so, anything else is left to Node.
import fs from 'node:fs';
import net from 'node:net';
import type { Incoming, Outgoing } from '../../dap/server';

const ROOM = 1 << 16;
const isPipe = (fd: number): boolean => { const stat = fs.fstatSync(fd); return stat.isSocket() || stat.isFIFO(); };

class Output implements Outgoing {
  constructor(private readonly stream: NodeJS.WriteStream & { fd: number }) {}

  on(event: 'error', listener: (error: Error) => void): void { this.stream.on(event, listener); }
  end(): void { this.stream.end(); }

  write(given: string | Uint8Array, encoding?: BufferEncoding): void {
    let rest: Uint8Array | undefined;
    if (this.stream.writableLength === 0) {
      try {
        const text = typeof given === 'string', length = !text || encoding === 'latin1' ? given.length : Buffer.byteLength(given, encoding);
        const written = text ? fs.writeSync(this.stream.fd, given, null, encoding) : fs.writeSync(this.stream.fd, given);
        if (written === length) return;
        rest = (text ? Buffer.from(given, encoding) : given).subarray(written);
      } catch (error) { if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') { this.stream.emit('error', error); return; } }
    }
    // The client is slow: Node keeps the rest, and waits without holding anything up.
    if (rest) this.stream.write(rest); else this.stream.write(given, encoding);
  }
}

/** Each piece is overwritten by the next. */
class Input implements Incoming {
  private take: ((piece: Buffer) => void) | undefined;
  private readonly socket = new net.Socket({
    fd: 0, readable: true, writable: false,
    onread: { buffer: Buffer.alloc(ROOM), callback: (length: number, buffer: Uint8Array) => { this.take?.((buffer as Buffer).subarray(0, length)); return true; } },
  } as net.SocketConstructorOpts);

  on(event: 'data' | 'end' | 'close' | 'error', listener: (given: never) => void): void {
    if (event === 'data') this.take = listener as (piece: Buffer) => void;
    else this.socket.on(event, listener as () => void);
  }
  resume(): void { this.socket.resume(); }
}

/** A client that has stopped reading is not waited for longer than this. */
const PATIENCE_MS = 5000;
/** When a client has read all, or gone away: the process may end. */
function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
    setTimeout(resolve, PATIENCE_MS).unref();
  });
}

export function standardIo(): { input: Incoming; output: Outgoing; drained(): Promise<void> } {
  const quick = process.platform !== 'win32';
  return { input: quick && isPipe(0) ? new Input() : process.stdin, output: quick && isPipe(1) ? new Output(process.stdout) : process.stdout, drained: () => drained(process.stdout) };
}
