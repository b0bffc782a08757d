// While nothing is asked, what will be asked after the next instruction is answered beforehand: a client that steps asks the same at every stop.
// A step that was foreseen is told at once and done when something else is asked, or nothing is.
// Must stay true: it begins only when the client has been silent for a while; an answer is given only if that very moment has come and nothing
// but such requests and the step came between; and it is word for word what the handler would say there. A request that is
// put in just the words that were foreseen, its number aside, gets its answer without being read.

import type { Frame, StopInfo } from '../engine/types';
import type { Command, RequestContext } from './handler';
import { handlerOf } from './handlers';
import { textOf } from './message-text';
import type { Container, MadeEvent, Session } from './session';
import { hex } from './text';

/** Requests that only look. Those of gobuf's own views tell also how much is recorded, which a look ahead does not know. */
const LOOKING = new Set(['threads', 'stackTrace', 'scopes', 'variables', 'disassemble', 'readMemory']);
const onlyLooks = (command: string, args: unknown): boolean => LOOKING.has(command) || (command === 'evaluate' && (args as { context?: unknown } | undefined)?.context === 'watch');
/** These leave everything as it is, too, but what they answer is not made beforehand. Breakpoints are not among them: a step may end at one. */
const HARMLESS = new Set(['modules', 'loadedSources', 'source', 'completions', 'exceptionInfo', 'breakpointLocations', 'gotoTargets', 'stepInTargets', 'dataBreakpointInfo', 'gobuf/scheduler', 'gobuf/tls', 'gobuf/moment', 'gobuf/lanes', 'gobuf/stacks', 'gobuf/registers', 'gobuf/lastChange', 'gobuf/effects', 'gobuf/writes', 'gobuf/timeline']);
const harmless = (command: string, args: unknown): boolean => HARMLESS.has(command) || (command === 'evaluate' && (args as { context?: unknown } | undefined)?.context !== 'repl');
/** These move the guest, which is then elsewhere, or where it was foreseen. */
const STEPS = new Set(['stepIn', 'next']);

interface Numbers { from: number; to: number }
/** A request that was answered at one stop, and the numbers of frames and containers that its answer gave. */
interface Asked { command: string; args: Args; frames: Numbers; containers: Numbers; /** As the client wrote it, but for its number. */ words: string | undefined }
/** An answer's text, its body's, and what follows the request's number in the whole message. */
export interface Answer { body: string; rest: string; bytes: number; asked: Asked }
interface Args { frameId?: number; variablesReference?: number; memoryReference?: string }
/** The next stop as it is going to be: answers by request, and what the numbers in them stand for. */
export interface Rehearsal { stop: StopInfo | undefined; events: MadeEvent[]; answers: Map<string, Answer>; /** The same by the words of requests. */ byWords: Map<string, Answer>; frames: Map<number, { frame: Frame; thread: number }>; containers: Map<number, Container> }

/** Requests of one refresh follow each other faster than this once it is as long as the last one was; before that a client may take its time. */
export const SILENCE_MS = 1, PATIENCE_MS = 50;
/** A timer that keeps no process alive, where there are processes. */
export function later(work: () => void, milliseconds: number): ReturnType<typeof setTimeout> {
  const timer = setTimeout(work, milliseconds);
  (timer as unknown as { unref?(): void }).unref?.();
  return timer;
}

/** More than so many are not asked by habit. */
const MOST_ASKED = 200;

const keyOf = (command: string, args: unknown): string => `${command} ${JSON.stringify(args)}`;
const made = (name: string, body: object): MadeEvent => ({ name, text: JSON.stringify(body) });
const QUIET: RequestContext = { after: () => undefined };
const ARGUMENTS = '"arguments":', NUMBER = '"seq":';
/** Members of those names may be further in, too: which is the request's own cannot be told then. */
export const plainWords = (words: string): boolean => words.indexOf(ARGUMENTS) === words.lastIndexOf(ARGUMENTS) && words.indexOf(NUMBER) === words.lastIndexOf(NUMBER);
/** The words of a request with other arguments; undefined if it cannot be told where they are. */
function withArguments(words: string | undefined, args: unknown, others: unknown): string | undefined {
  if (words === undefined || !plainWords(words)) return undefined;
  const at = words.indexOf(ARGUMENTS), from = at + ARGUMENTS.length, text = JSON.stringify(args);
  if (at < 0 || args === undefined) return at < 0 && args === undefined ? words : undefined;
  return !words.startsWith(text, from) ? undefined : `${words.slice(0, from)}${JSON.stringify(others)}${words.slice(from + text.length)}`;
}

export class LookAhead {
  #requests = 0;
  /** How long the silence has to be that is waited for now. */
  #waiting = Infinity;
  /** What the client wanted to see at this stop; it will want the same at the next. */
  #asked: Asked[] = [];
  #askedBefore = 0;
  /** The next moment, as long as nothing has been done that may change it, and how many requests it was made of. */
  #rehearsal: Rehearsal | undefined;
  #rehearsed = 0;
  /** This moment was foreseen. */
  #prepared: Rehearsal | undefined;

  /** Told when the next stop has been foreseen. */
  onForeseen: (() => void) | undefined;

  constructor(private readonly session: Session) {}

  /** What was asked belongs to a stop that is left. */
  forget(): void {
    if (this.#asked.length > 0) this.#askedBefore = this.#asked.length;
    this.#asked = [];
    this.#rehearsed = 0;
    this.#prepared = undefined;
  }

  /** The guest has stopped. */
  arrive(): void {
    const { foreseen } = this.session.engine, rehearsal = this.#rehearsal;
    this.#rehearsal = undefined;
    if (!rehearsal || foreseen !== rehearsal) return;
    this.#prepared = rehearsal;
    this.session.frames.put(rehearsal.frames);
    this.session.containers.put(rehearsal.containers);
  }

  /** The stop at which a step by an instruction will certainly end: that very step was done on trial. */
  next(thread: number | undefined): { stop: StopInfo; events: MadeEvent[] } | undefined {
    const { stop, events = [] } = this.#rehearsal ?? {}, now = this.session.engine.stop;
    return stop && thread === stop.thread && now?.thread === thread && now.instruction + 1 === stop.instruction ? { stop, events } : undefined;
  }

  /** The body of the answer, if it has been made. */
  ready(command: string, args: unknown): string | undefined { return this.#take(this.#made?.answers.get(keyOf(command, args)))?.body; }
  /** The answer to a request that was put in just these words. */
  readyFor(words: string): { rest: string; bytes: number } | undefined { return this.#take(this.#made?.byWords.get(words)); }

  /** What was made for this moment, or the one that was told. */
  get #made(): Rehearsal | undefined {
    const { session } = this;
    if (session.owing) return this.#rehearsal;
    return this.#prepared && !session.running && session.engine.foreseen === this.#prepared ? this.#prepared : undefined;
  }
  #take(found: Answer | undefined): Answer | undefined {
    if (found) {
      this.#asked.push(found.asked);
      this.#answered();
    }
    return found;
  }

  /** What was foreseen of the next stop, in the order in which it will be asked, while it may be told. */
  get foreseen(): Rehearsal | undefined { return this.#rehearsal; }
  /** Whether answers of that rehearsal are those of now. */
  holds(rehearsal: Rehearsal): boolean { return this.#made === rehearsal; }
  /** Such an answer was given. */
  given(answer: Answer): void { this.#take(answer); }

  /** A step was told. */
  told(): void { this.#answered(); }

  /** A request is going to be answered: gives what is to be called when it has been. */
  begin(command: string, args: unknown, words?: string): (success: boolean) => void {
    const { frames, containers } = this.session;
    if (!onlyLooks(command, args)) {
      if (!STEPS.has(command) && !harmless(command, args)) this.#prepared = this.#rehearsal = undefined;
      return () => this.#answered();
    }
    const from = { frames: frames.next, containers: containers.next };
    return (success) => {
      if (success && this.#asked.length < MOST_ASKED) this.#asked.push({ command, args: args as Args, words, frames: { from: from.frames, to: frames.next }, containers: { from: from.containers, to: containers.next } });
      this.#answered();
    };
  }

  #answered(): void {
    this.#requests++;
    if (this.session.movedBy !== 'stepInstruction') return;
    const wait = this.#asked.length >= this.#askedBefore ? SILENCE_MS : PATIENCE_MS;
    if (this.#waiting <= wait) return;
    this.#waiting = wait;
    // The answer leaves first.
    queueMicrotask(() => { if (this.#waiting === wait) this.#wait(wait); });
  }

  #wait(wait: number): void {
    const seen = this.#requests;
    clearTimeout(this.#timer);
    this.#timer = later(() => {
      if (seen !== this.#requests) { this.#wait(wait); return; }
      this.now();
    }, wait);
  }
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Looks, if there is something new to look at; true if answers are ready now. */
  now(): boolean {
    const { session } = this;
    clearTimeout(this.#timer);
    this.#waiting = Infinity;
    if (session.owes) {
      void session.settled().then(() => this.now());
      return false;
    }
    if (!session.running && session.movedBy === 'stepInstruction' && this.#asked.length > this.#rehearsed) {
      this.#rehearsed = this.#asked.length;
      this.#rehearsal = this.#rehearse();
      this.onForeseen?.();
    }
    return this.#rehearsal !== undefined && this.#rehearsal.answers.size > 0;
  }

  #rehearse(): Rehearsal | undefined {
    const { session } = this, { engine } = session, asked = this.#asked, frames = [...session.frames.entries()];
    const rehearsal: Rehearsal = { stop: undefined, events: [], answers: new Map(), byWords: new Map(), frames: new Map(), containers: new Map() }, answered: (Asked | undefined)[] = [];
    const translate = (id: number, what: 'frames' | 'containers'): number | undefined => {
      const index = asked.findIndex((each) => id >= each[what].from && id < each[what].to), there = answered[index]?.[what];
      const translated = there ? there.from + id - asked[index]![what].from : Infinity;
      return there && translated < there.to ? translated : undefined;
    };
    const reference = (text: string): string | undefined => {
      const [id] = frames.find(([, { frame }]) => hex(frame.pc) === text) ?? [], there = id === undefined ? undefined : translate(id, 'frames');
      return id === undefined ? text : there === undefined ? undefined : hex(rehearsal.frames.get(there)!.frame.pc);
    };
    /** The same request about the moment to come; undefined if there will be nothing like what it is about. */
    const argsThere = (args: Args): Args | undefined => {
      const there = { ...args };
      if (typeof args.frameId === 'number' && (there.frameId = translate(args.frameId, 'frames')!) === undefined) return undefined;
      if (typeof args.variablesReference === 'number' && (there.variablesReference = translate(args.variablesReference, 'containers')!) === undefined) return undefined;
      if (typeof args.memoryReference === 'string' && (there.memoryReference = reference(args.memoryReference)!) === undefined) return undefined;
      return there;
    };
    const look = (): Rehearsal => {
      rehearsal.stop = engine.stop;
      if (engine.stop) rehearsal.events.push(made('stopped', session.stoppedBody(engine.stop)));
      for (const { command, args, words } of asked) {
        const there = argsThere(args), from = { frames: session.frames.next, containers: session.containers.next };
        let body: unknown;
        // What fails here fails again, with words, when it is asked for.
        try { body = there && handlerOf(command as Command)?.(session, there, QUIET); } catch { /* as said */ }
        if (!there || typeof body !== 'object' || body === null || body instanceof Promise) { answered.push(undefined); continue; }
        const now: Asked = { command, args: there, words: withArguments(words, args, there), frames: { from: from.frames, to: session.frames.next }, containers: { from: from.containers, to: session.containers.next } };
        answered.push(now);
        const text = textOf(body), rest = `,"success":true,"command":${JSON.stringify(command)},"body":${text}}`, answer: Answer = { body: text, rest, bytes: Buffer.byteLength(rest), asked: now };
        rehearsal.answers.set(keyOf(command, there), answer);
        if (now.words !== undefined) rehearsal.byWords.set(now.words, answer);
      }
      return rehearsal;
    };
    try { session.elsewhere(rehearsal, () => engine.lookAhead(look)); } catch { return undefined; }
    if (rehearsal.stop) rehearsal.events.push(made('gobuf/moment', session.moment(rehearsal.stop)));
    return rehearsal;
  }
}
