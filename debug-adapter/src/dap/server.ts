// The protocol end of the adapter: takes requests off a stream, looks their handler up in the table, and answers each exactly once.
// Must stay true: no request is left without an answer, errors are one sentence, and nothing a client sends ends the process.

import { ProtocolServer } from '@vscode/debugadapter/lib/protocol';
import { Event, Response } from '@vscode/debugadapter/lib/messages';
import type { DebugProtocol as DAP } from '@vscode/debugprotocol';
import { type Command, RequestError } from './handler';
import { handlerOf } from './handlers';
import { type DapHost, Session } from './session';
import { sentence } from './text';

export class DapServer extends ProtocolServer {
  readonly session: Session;
  /** Requests that are being answered, for `cancel` and for the order of answers. */
  readonly #pending = new Map<number, { cancelled: boolean }>();

  constructor(host: DapHost) {
    super();
    this.session = new Session(host, {
      event: (name, body) => this.sendEvent(new Event(name, body) as DAP.Event),
      cancelRequest: (id) => { const pending = this.#pending.get(id); if (pending) pending.cancelled = true; return pending !== undefined; },
      end: () => this.#end(),
    });
    this.on('close', () => this.#end());
    this.on('error', () => this.#end());
  }

  protected override dispatchRequest(request: DAP.Request): void {
    void this.#answer(request);
  }

  async #answer(request: DAP.Request): Promise<void> {
    const response = new Response(request) as DAP.Response;
    const after: (() => void)[] = [];
    const pending = { cancelled: false };
    this.#pending.set(request.seq, pending);
    try {
      const handler = handlerOf(request.command as Command);
      if (!handler) throw new RequestError(`gobuf does not answer the request ${JSON.stringify(request.command)}.`);
      const args: unknown = request.arguments ?? {};
      if (typeof args !== 'object' || args === null) throw new RequestError(`The arguments of ${request.command} are not an object.`);
      const body = await handler(this.session, args, { after: (work) => after.push(work) });
      if (pending.cancelled) throw new RequestError('cancelled', true, true);
      if (body !== undefined) response.body = body;
    } catch (error) {
      after.length = 0;
      response.success = false;
      if (pending.cancelled || (error instanceof RequestError && error.cancelled)) response.message = 'cancelled';
      else {
        const text = sentence(error);
        response.message = text;
        response.body = { error: { id: 1, format: text, showUser: error instanceof RequestError ? !error.quiet : false } };
      }
    }
    this.#pending.delete(request.seq);
    this.sendResponse(response);
    for (const work of after) {
      try { work(); } catch (error) { this.session.complain(sentence(error)); }
    }
  }

  #ended = false;
  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.session.dispose();
    this.emit('ended');
  }
}
