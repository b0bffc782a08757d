// A client of the adapter over in-memory streams, for tests: sends requests, waits for events, and keeps a transcript of short lines.
// Must stay true: waits end with an event or with the adapter's end, never with a guess about time.

import { PassThrough } from 'node:stream';
import type { DebugProtocol as DAP } from '@vscode/debugprotocol';
import { serveStreams } from '../serve';
import type { DapHost, Session } from '../session';
import { OWN_MISTAKE } from '../text';

/** Any body of a response or event: tests know what they asked for. */
export interface Loose { [name: string]: any } // eslint-disable-line @typescript-eslint/no-explicit-any

export class TestClient {
  readonly events: (DAP.Event & { body: Loose })[] = [];
  readonly responses: DAP.Response[] = [];
  readonly ended: Promise<void>;
  readonly input = new PassThrough();
  readonly #output = new PassThrough();
  readonly #waiting = new Map<number, (response: DAP.Response) => void>();
  readonly #listeners = new Set<() => void>();
  #seq = 0;
  #session: Session | undefined;
  #rest: Buffer = Buffer.alloc(0);
  #closed = false;
  /** The adapter's messages are numbered one after the other. */
  #heard = 0;
  /** Number of the last request, for `cancel`. */
  get lastSequence(): number { return this.#seq; }
  /** Messages in order, as short normalised lines. */
  readonly transcript: string[] = [];

  /** What this client answers when the adapter asks it; undefined is a refusal. */
  answer: ((command: string, args: Loose) => object | undefined) | undefined;

  constructor(host: DapHost) {
    this.#output.on('data', (chunk: Buffer) => this.#read(chunk));
    this.ended = serveStreams(host, this.input, this.#output, (session) => { this.#session = session; }).then(() => { this.#closed = true; for (const listener of [...this.#listeners]) listener(); });
  }

  #read(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const head = this.#rest.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(/Content-Length: (\d+)/.exec(this.#rest.toString('utf8', 0, head))?.[1]);
      if (this.#rest.length < head + 4 + length) return;
      const message = JSON.parse(this.#rest.toString('utf8', head + 4, head + 4 + length)) as DAP.ProtocolMessage;
      this.#rest = this.#rest.subarray(head + 4 + length);
      if (message.seq !== ++this.#heard) this.mistakes.push(`message ${this.#heard} has the number ${message.seq}`);
      if (message.type === 'response') {
        const response = message as DAP.Response;
        this.responses.push(response);
        this.transcript.push(`← ${response.command}${response.success ? '' : ` refused: ${response.message}`}`);
        if (response.message?.includes(OWN_MISTAKE)) this.mistakes.push(`${response.command}: ${response.message}`);
        this.#waiting.get(response.request_seq)?.(response);
        this.#waiting.delete(response.request_seq);
      } else if (message.type === 'request') {
        const { seq, command, arguments: args } = message as DAP.Request;
        this.transcript.push(`  asks ${command}`);
        const body = this.answer?.(command, args as Loose);
        this.sendRaw(JSON.stringify({ seq: ++this.#seq, type: 'response', request_seq: seq, command, success: body !== undefined, ...(body === undefined ? { message: 'not here' } : { body }) }));
      } else {
        const event = message as DAP.Event & { body: Loose };
        this.events.push(event);
        if (event.event === 'output' && String(event.body['output']).includes(OWN_MISTAKE)) this.mistakes.push(String(event.body['output']));
        this.transcript.push(`  event ${event.event}${line(event)}`);
        for (const listener of [...this.#listeners]) listener();
      }
    }
  }

  sendRaw(text: string): void { this.input.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`); }

  /** Requests end with their number, as VS Code's do; else they begin with it. */
  numberLast = false;

  /** What the adapter calls a mistake of its own. */
  readonly mistakes: string[] = [];

  /** The whole response, refused or not; a refusal that is a mistake of the adapter's own is thrown. */
  respond(command: string, args?: unknown): Promise<DAP.Response & { body: Loose }> {
    const seq = ++this.#seq;
    this.transcript.push(`→ ${command}`);
    const answer = new Promise<DAP.Response>((resolve, reject) => this.#waiting.set(seq, (response) => { if (this.mistakes.length > 0) reject(new Error(this.mistakes.splice(0).join('\n'))); else resolve(response); }));
    this.sendRaw(JSON.stringify(this.numberLast ? { command, arguments: args, type: 'request', seq } : { seq, type: 'request', command, arguments: args }));
    return answer as Promise<DAP.Response & { body: Loose }>;
  }
  /** Resolves when nothing moves the program. */
  async settled(): Promise<void> { await this.#session?.settled(); }
  get session(): Session | undefined { return this.#session; }
  /** The body; throws the refusal. */
  async ask(command: string, args?: unknown): Promise<Loose> {
    const response = await this.respond(command, args);
    if (!response.success) throw new Error(response.message);
    return response.body ?? {};
  }
  /** The first event of this name after `from` events. */
  event(name: string, from = 0): Promise<Loose> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = this.events.slice(from).find((event) => event.event === name);
        const over = name === 'stopped' && this.events.slice(from).some((event) => event.event === 'terminated');
        if (!found && over) { this.#listeners.delete(look); reject(new Error('the program ended before it stopped')); } else if (found) { this.#listeners.delete(look); resolve(found.body ?? {}); } else if (this.#closed) { this.#listeners.delete(look); reject(new Error(`the adapter ended before ${name}`)); }
      };
      this.#listeners.add(look);
      look();
    });
  }
  /** Sends what moves the program and gives the stop. */
  async move(command: string, args: object = {}): Promise<Loose> {
    const from = this.events.length;
    await this.ask(command, args);
    return this.event('stopped', from);
  }
  /** Restarts with a program that has to be made again: the client configures it as at a start. */
  async restartAnew(args: object = {}, configure?: () => Promise<unknown>): Promise<Loose> {
    const from = this.events.length;
    await this.ask('restart', args);
    await this.event('initialized', from);
    await configure?.();
    const then = this.events.length;
    await this.ask('configurationDone');
    return this.event('stopped', then);
  }
  async start(launch: object, configure?: () => Promise<unknown>): Promise<Loose> {
    await this.ask('initialize', { adapterID: 'gobuf', linesStartAt1: true, columnsStartAt1: true, pathFormat: 'path', supportsMemoryEvent: true, supportsInvalidatedEvent: true, supportsProgressReporting: true, supportsVariableType: true, supportsRunInTerminalRequest: this.answer !== undefined });
    await this.ask('launch', launch);
    await this.event('initialized');
    await configure?.();
    const from = this.events.length;
    await this.ask('configurationDone');
    return this.event('stopped', from);
  }
}

function line({ event, body }: DAP.Event & { body: Loose }): string {
  if (event === 'stopped') return ` ${body['reason']} thread ${body['threadId']}${body['hitBreakpointIds'] ? ` breakpoints ${body['hitBreakpointIds']}` : ''}`;
  if (event === 'output') return ` ${body['category']} ${JSON.stringify(body['output'])}`;
  if (event === 'exited') return ` ${body['exitCode']}`;
  return '';
}
