// The protocol end of the adapter: takes requests off a stream, looks their handler up in the table, and answers each exactly once.
// Must stay true: no request is left without an answer, errors are one sentence, and nothing a client sends ends the process.

import { ProtocolServer } from '@vscode/debugadapter/lib/protocol';
import { Event, Response } from '@vscode/debugadapter/lib/messages';
import type { DebugProtocol as DAP } from '@vscode/debugprotocol';
import { checkedArguments } from './arguments';
import { type Exchange, Expected, NUMBER_FIRST, NUMBER_LAST } from './expected';
import { type Command, RequestError } from './handler';
import { handlerOf } from './handlers';
import { type Answer, later, LookAhead, plainWords, PATIENCE_MS, type Rehearsal, SILENCE_MS } from './look-ahead';
import { MessageReader } from './message-reader';
import { textOf } from './message-text';
import { type DapHost, type MadeEvent, Session } from './session';
import { sentence } from './text';

/** Answered also while a search runs the guest through its past. */
const AT_ONCE = new Set(['initialize', 'pause', 'cancel', 'disconnect', 'terminate']);
const MOVES = new Set(['continue', 'next', 'stepIn', 'stepOut', 'stepBack', 'reverseContinue', 'restart', 'restartFrame', 'goto', 'gobuf/reverseStep', 'gobuf/goTo', 'gobuf/runTo', 'gobuf/runToEvent']);
/** A client may ask its user first. */
const ANSWERS_WITHIN_MS = 120_000;

/** An event's message after its number. */
const eventText = ({ name, text }: MadeEvent): string => `,"type":"event","event":${JSON.stringify(name)},"body":${text}}`;

/** Where requests come from; a piece need not hold after it was given. */
export interface Incoming {
  on(event: 'data', listener: (piece: Buffer) => void): unknown;
  on(event: 'end' | 'close', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  resume(): unknown;
}
/** Where answers go. */
export interface Outgoing {
  on(event: 'error', listener: (error: Error) => void): unknown;
  write(text: string, encoding: BufferEncoding): unknown;
  write(bytes: Uint8Array): unknown;
  end(): unknown;
}

export class DapServer extends ProtocolServer {
  readonly session: Session;
  /** Requests that are being answered, for `cancel` and for the order of answers. */
  readonly #pending = new Map<number, { cancelled: boolean }>();
  readonly #ahead: LookAhead;

  constructor(host: DapHost) {
    super();
    this.session = new Session(host, {
      event: (name, body) => this.sendEvent(new Event(name, body) as DAP.Event),
      request: (command, args) => new Promise((resolve, reject) => {
        this.sendRequest(command, args, ANSWERS_WITHIN_MS, (response) => { if (response.success) resolve(response.body); else reject(new RequestError(`The client refused ${command}: ${response.message}`, false)); });
      }),
      cancelRequest: (id) => { const pending = this.#pending.get(id); if (pending) pending.cancelled = true; return pending !== undefined; },
      end: () => this.#end(),
    });
    this.#ahead = this.session.ahead = new LookAhead(this.session);
    this.#ahead.onForeseen = () => this.#expect();
    this.session.catchUp = () => this.#catchUp();
    this.on('close', () => this.#end());
    this.on('error', () => this.#end());
  }

  /** The library's `start` reads `input` with an event and two copies for each message. */
  serve(input: Incoming, output: Outgoing): void {
    this.#output = output;
    // Where the library writes its own messages to.
    (this as unknown as { _writableStream: object })._writableStream = { write: (text: string) => this.#gather(text, Buffer.byteLength(text) === text.length), end: () => { this.#flush(); output.end(); } };
    const reader = new MessageReader((message) => {
      if (this.#lastWords !== undefined && typeof message === 'object' && message !== null) this.#words.set(message, this.#lastWords);
      this.#lastWords = undefined;
      this.handleMessage(message as DAP.ProtocolMessage);
    }, (text) => this.#known(text), (piece) => this.#asExpected(piece));
    input.on('data', (chunk: Buffer) => {
      this.#reading = true;
      try { reader.take(chunk); } catch (error) { this.emit('error', error); } finally { this.#reading = false; }
      // The end of a movement may be a few promises away: it is told in the same write.
      if (this.#waiting.length > 0) if (this.session.running && !this.session.owes) this.#flushSoon(); else this.#flush();
    });
    input.on('close', () => this.emit('close'));
    for (const stream of [input, output]) stream.on('error', (error: Error) => this.emit('error', error));
    input.resume();
  }

  /** How requests that wait to be answered were put, without their numbers. */
  readonly #words = new WeakMap<object, string>();
  #lastWords: string | undefined;

  /** Requests in the very words of one whose answer is made already, or of the last step, are answered without being read: the number is all that differs. */
  #known(text: string): boolean {
    let from = 0, to = 0;
    if (text.startsWith(NUMBER_FIRST)) {
      from = NUMBER_FIRST.length;
      to = text.indexOf(',', from);
    } else {
      from = text.lastIndexOf(NUMBER_LAST) + NUMBER_LAST.length;
      to = text.length - 1;
    }
    const number = text.slice(from, to);
    this.#lastWords = undefined;
    if (to <= from || from < NUMBER_FIRST.length || !/^[1-9]\d{0,14}$/.test(number)) return false;
    const words = text.slice(0, from) + text.slice(to);
    this.#lastWords = words;
    this.#lastNumber = Number(number);
    if (this.session.searching) return false;
    const step = this.#step;
    if (step && step.words === words) return this.#stepsAsForeseen(Number(number), step.thread);
    const ready = this.#ahead.readyFor(words);
    if (!ready) return false;
    const library = this as unknown as { _sequence: number }, head = `{"seq":${library._sequence++},"type":"response","request_seq":${number}`;
    this.#gather(`Content-Length: ${head.length + ready.bytes}\r\n\r\n${head}${ready.rest}`, ready.bytes === ready.rest.length);
    return true;
  }
  /** The number of the last request. */
  #lastNumber = 0;

  /** What the client says next if it goes on as it did, and what was foreseen of it. */
  #expected: { talk: Expected; /** Exchanges that all else knows of. */ noted: number; rehearsal: Rehearsal; answers: Answer[]; thread: number } | undefined;
  #expect(): void {
    const step = this.#step, rehearsal = this.#ahead.foreseen, told = step && this.#ahead.next(step.thread), library = this as unknown as { _sequence: number };
    this.#expected = undefined;
    if (!step || !told || !rehearsal || !this.#output) return;
    const exchanges: Exchange[] = [{ words: step.words, answers: (number) => [`,"type":"response","request_seq":${number},"success":true,"command":"stepIn"}`, ...told.events.map(eventText)] }];
    const answers = [...rehearsal.byWords.values()];
    for (const { asked: { words }, rest } of answers) exchanges.push({ words: words!, answers: (number) => [`,"type":"response","request_seq":${number}${rest}`] });
    this.#expected = { talk: new Expected(exchanges, library._sequence, this.#lastNumber + 1), noted: 0, rehearsal, answers, thread: step.thread };
    this.#awaitSilence(false);
  }
  /** Answers what comes just as expected. Nothing else is done then: on a machine with few processors the client has its answer when this one rests. */
  #asExpected(piece: string): boolean {
    const expected = this.#expected;
    if (!expected) return false;
    const { talk, rehearsal, thread } = expected, { done } = talk, count = talk.covers(piece), library = this as unknown as { _sequence: number };
    if (count > 0 && library._sequence === talk.sequence && this.#waiting.length === 0 && !this.session.searching) {
      // Where something is not noted yet, nothing came between.
      if (done > expected.noted || (done > 0 ? this.#ahead.holds(rehearsal) : count === 1 && !this.session.running && this.#ahead.next(thread) !== undefined)) {
        this.#output!.write(talk.take(count));
        library._sequence = talk.sequence;
        this.#lastNumber = talk.number + talk.done - 1;
        this.#awaitSilence(talk.over);
        return true;
      }
    }
    this.#catchUp();
    this.#expected = undefined;
    return false;
  }
  /** Setting a timer takes as long as all else of an answer: while one runs there is none set before the last. */
  #patience: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #awaitSilence(over: boolean): void {
    if (over) this.#silence = later(() => { this.#catchUp(); this.#ahead.now(); }, SILENCE_MS);
    else this.#patience ??= later(() => { this.#patience = undefined; this.#catchUp(); }, PATIENCE_MS);
  }
  /** Notes what was answered as expected: that the step was told, and what was asked at that stop. */
  #catchUp(): void {
    const expected = this.#expected;
    if (!expected || expected.noted === expected.talk.done) return;
    const { noted, talk: { done }, answers, thread } = expected;
    expected.noted = done;
    if (noted === 0) {
      this.session.stepAsForeseen(thread, () => undefined);
      this.#ahead.told();
    }
    for (let i = Math.max(noted, 1); i < done; i++) this.#ahead.given(answers[i - 1]!);
  }
  /** The last step by an instruction. */
  #step: { words: string; thread: number } | undefined;

  #output: Outgoing | undefined;
  #reading = false;
  #waiting: string[] = [];
  /** All that waits is ASCII: it need not be encoded. */
  #plain = true;
  /** Messages of one turn of the event loop leave in one write: each write costs more than making most messages. */
  #gather(text: string, plain: boolean): void {
    if (!plain) this.#plain = false;
    if (this.#waiting.push(text) === 1 && !this.#reading) this.#flushSoon();
  }
  #flushSoon(): void { setImmediate(() => this.#flush()); }
  #flush(): void {
    if (this.#waiting.length === 0) return;
    const text = this.#waiting.join(''), encoding = this.#plain ? 'latin1' : 'utf8';
    this.#waiting = [];
    this.#plain = true;
    this.#output?.write(text, encoding);
  }

  #tell(events: readonly MadeEvent[]): void {
    const library = this as unknown as { _sequence: number };
    for (const event of events) this.#frame(`{"seq":${library._sequence++}${eventText(event)}`);
    this.#flush();
  }

  /** A response to a stream is put together from texts that were made before; the numbers go on from the library's. */
  override sendResponse(response: DAP.Response): void {
    if (!this.#output) { super.sendResponse(response); return; }
    const { request_seq, command, success, message, body } = response;
    this.#respond(request_seq, command, success, `${message === undefined ? '' : `,"message":${JSON.stringify(message)}`}${body === undefined ? '' : `,"body":${textOf(body as object)}`}`);
  }
  #respond(request: number, command: string, success: boolean, more: string): void {
    const library = this as unknown as { _sequence: number };
    const text = `{"seq":${library._sequence++},"type":"response","request_seq":${request},"success":${success},"command":${JSON.stringify(command)}${more}}`;
    this.#frame(text);
  }
  #frame(text: string): void {
    const length = Buffer.byteLength(text);
    this.#gather(`Content-Length: ${length}\r\n\r\n${text}`, length === text.length);
  }

  /** Handlers that answer at once are answered in the order of their requests; only those that wait may be overtaken. */
  protected override dispatchRequest(request: DAP.Request): void {
    const { searching } = this.session;
    if (searching && !AT_ONCE.has(request.command)) {
      // What moves the guest ends a search; everything else waits for it, in its order.
      if (MOVES.has(request.command)) this.session.engine.pause();
      void searching.then(() => Promise.resolve()).then(() => { this.dispatchRequest(request); });
      return;
    }
    const ready = this.#output ? this.#ahead.ready(request.command, request.arguments) : undefined;
    if (ready !== undefined) { this.#respond(request.seq, request.command, true, `,"body":${ready}`); return; }
    if (this.#output && request.command === 'stepIn') {
      const { threadId, granularity, targetId } = (request.arguments ?? {}) as DAP.StepInArguments;
      if (granularity === 'instruction' && targetId === undefined) {
        const words = this.#words.get(request);
        this.#step = words === undefined || !plainWords(words) ? undefined : { words, thread: threadId };
        if (this.#stepsAsForeseen(request.seq, threadId)) return;
      }
    }
    if (this.session.owes) { void this.session.settled().then(() => { this.dispatchRequest(request); }); return; }
    const after: (() => void)[] = [], answered = this.#ahead.begin(request.command, request.arguments, this.#words.get(request));
    const pending = { cancelled: false };
    this.#pending.set(request.seq, pending);
    const done = (body: unknown): void => {
      if (pending.cancelled) failed(new RequestError('cancelled', true, true));
      else this.#send(request, { success: true, ...(body === undefined ? {} : { body }) }, after, answered);
    };
    const failed = (error: unknown): void => {
      if (pending.cancelled || (error instanceof RequestError && error.cancelled)) { this.#send(request, { success: false, message: 'cancelled' }, [], answered); return; }
      const text = sentence(error);
      this.#send(request, { success: false, message: text, body: { error: { id: 1, format: text, showUser: error instanceof RequestError && !error.quiet } } }, [], answered);
    };
    try {
      const handler = handlerOf(request.command as Command);
      if (!handler) throw new RequestError(`gobuf does not answer the request ${JSON.stringify(request.command)}.`);
      const body = handler(this.session, checkedArguments(request.command as Command, request.arguments), { after: (work) => after.push(work) });
      if (body instanceof Promise) body.then(done, failed);
      else done(body);
    } catch (error) { failed(error); }
  }

  #stepsAsForeseen(number: number, thread: number): boolean {
    const told = this.session.stepAsForeseen(thread, (events) => {
      this.#respond(number, 'stepIn', true, '');
      this.#tell(events);
    });
    if (told) this.#ahead.told();
    return told;
  }

  #send(request: DAP.Request, answer: Partial<DAP.Response>, after: (() => void)[], answered: (success: boolean) => void): void {
    this.#pending.delete(request.seq);
    this.sendResponse(Object.assign(new Response(request), answer) as DAP.Response);
    for (const work of after) {
      try { work(); } catch (error) { this.session.complain(sentence(error)); }
    }
    answered(answer.success === true);
  }

  #ended = false;
  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#silence);
    clearTimeout(this.#patience);
    this.#flush();
    this.session.dispose();
    this.emit('ended');
  }
}
