// The client's terminal as the debugged program's standard input and output: the client runs `gobuf tty` in it, which connects back to here.
// Must stay true: only who knows the secret is let in, over loopback; what is typed is kept until the program asks; the end of the terminal is the end of input.

import { randomBytes } from 'node:crypto';
import net from 'node:net';
import type { DebugProtocol as DAP } from '@vscode/debugprotocol';
import type { GuestInput } from '../engine/types';
import { RequestError } from './handler';

/** The variable that tells `gobuf tty` where to connect and with which secret. */
export const TTY_VARIABLE = 'GOBUF_TTY';
const CONNECTS_WITHIN_MS = 60_000;

export class GuestTerminal implements GuestInput {
  #typed: Uint8Array[] = [];
  #ended = false;
  #wake: (() => void) | undefined;
  #cancelled = false;
  #socket: net.Socket | undefined;

  private constructor() {}

  /** Asks the client for a terminal and waits until `gobuf tty` in it has connected. */
  static async open(kind: 'integrated' | 'external', title: string, cwd: string, command: { args: string[]; env: Record<string, string> }, ask: (args: DAP.RunInTerminalRequestArguments) => Promise<void>): Promise<GuestTerminal> {
    const terminal = new GuestTerminal(), secret = randomBytes(16).toString('hex');
    const server = net.createServer({ allowHalfOpen: true });
    await new Promise<void>((resolve, reject) => { server.once('error', reject); server.listen(0, '127.0.0.1', resolve); });
    try {
      const { port } = server.address() as net.AddressInfo;
      const connected = new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => reject(new RequestError('The terminal was opened, but nothing in it has connected to the debugger.', false)), CONNECTS_WITHIN_MS);
        server.on('connection', (socket) => terminal.#greet(socket, secret, () => { clearTimeout(timer); resolve(); }));
      });
      connected.catch(() => { /* awaited below, unless asking fails first */ });
      await ask({ kind, title, cwd, args: command.args, env: { ...command.env, [TTY_VARIABLE]: `127.0.0.1:${port} ${secret}` } });
      await connected;
      return terminal;
    } finally { server.close(); }
  }

  #greet(socket: net.Socket, secret: string, accepted: () => void): void {
    let first = Buffer.alloc(0);
    socket.on('error', () => socket.destroy());
    const hello = (chunk: Buffer): void => {
      first = Buffer.concat([first, chunk]);
      const end = first.indexOf('\n');
      if (end < 0 && first.length <= secret.length) return;
      socket.off('data', hello);
      if (this.#socket || first.toString('latin1', 0, Math.max(0, end)) !== secret) { socket.destroy(); return; }
      this.#socket = socket;
      if (first.length > end + 1) this.#type(first.subarray(end + 1));
      socket.on('data', (typed) => this.#type(typed));
      socket.on('end', () => this.#end());
      socket.on('close', () => this.#end());
      accepted();
    };
    socket.on('data', hello);
  }

  #type(bytes: Uint8Array): void { this.#typed.push(new Uint8Array(bytes)); this.#wake?.(); }
  #end(): void { this.#ended = true; this.#wake?.(); }

  async wait(): Promise<Uint8Array | undefined | 'cancelled'> {
    this.#cancelled = false;
    while (this.#typed.length === 0 && !this.#ended && !this.#cancelled) await new Promise<void>((resolve) => { this.#wake = resolve; });
    this.#wake = undefined;
    return this.#cancelled ? 'cancelled' : this.#typed.shift();
  }
  cancel(): void { this.#cancelled = true; this.#wake?.(); }

  write(bytes: Uint8Array): void { if (this.#socket && !this.#socket.destroyed) this.#socket.write(bytes); }
  close(): void { this.#socket?.end(); this.#socket?.unref(); this.#end(); }
}
