// Values in a tour: expressions of the debugger, names of the tour's own ({who}, {stack}, {instruction} …), remembered values ($name),
// and numbers written as what they mean. Must stay true: everything is read from the stopped program, nothing is made up: what
// cannot be read throws one sentence.

import type { Debugger } from '../engine/debugger';
import { goroutineStatusName, processorStatusName, stackGuardName } from '../goruntime/status';
import type { SchedulerSnapshot } from '../goruntime/types';
import { gName } from '../terminal/scheduler';
import { FORMS } from './format';
import type { Form } from './format';
import { isBundledRuntime } from './versions';

export type Kept = ReadonlyMap<string, string>;

const hex = (value: number | bigint): string => `0x${value.toString(16)}`;
export const grouped = (value: number | bigint): string => value.toString().replace(/\B(?=(\d{3})+(?!\d))/g, ' ');

/** `$name` in a text for people: what has not been kept stays as it is. */
export function nameKept(text: string, kept: Kept): string { return text.replace(/\$([A-Za-z_]\w*)/g, (whole, name: string) => kept.get(name) ?? whole); }

/** What is another thing at each step, so that its change says nothing. */
export const PASSING: ReadonlySet<string> = new Set(['instruction', 'moment', 'time', 'event', 'goroutine', 'function', 'caller']);

/** `$name` becomes what was kept. */
export function withKept(text: string, kept: Kept): string {
  return text.replace(/\$([A-Za-z_]\w*)/g, (whole, name: string) => {
    const value = kept.get(name);
    if (value === undefined) throw new Error(`nothing has been kept as ${whole}`);
    return value;
  });
}

export class TourValues {
  constructor(private readonly debug: Debugger) {}

  /** Names of the tour itself; they come before the program's variables. */
  private own(name: string): string | undefined {
    const { debug } = this, { stop } = debug;
    if (!stop) return undefined;
    switch (name) {
      case 'go': return isBundledRuntime(debug.binary) ? 'the bundled runtime' : debug.binary.goVersion.replace(/^go/, 'Go ');
      case 'moment': return String(stop.instruction);
      case 'time': return `${(stop.virtualTime / 1e6).toFixed(3)} ms`;
      case 'event': return stop.description;
      case 'goroutine': { const found = /\bG(\d+)\b/.exec(stop.description); if (!found) throw new Error('this stop is about no goroutine'); return found[1]; }
      case 'function': return debug.binary.functionAt(stop.pc)?.name ?? hex(stop.pc);
      case 'instruction': return debug.disassembleRange(stop.pc, stop.pc + 15, 'go')[0]?.text ?? '';
      case 'caller': { const { frames } = debug.stack(undefined, { levels: 2 }); return frames[1]?.function ?? 'nobody'; }
      case 'who': return this.onThread((thread, snapshot) => gName(snapshot, thread.tlsG ?? 0).replace(/^-$/, 'no goroutine'));
      case 'stack': return this.onThread((thread, snapshot) => (thread.stackOf.kind === 'os' ? 'the stack that the operating system gave' : thread.stackOf.kind === 'unknown' ? 'no known stack' : `the stack of ${gName(snapshot, thread.stackOf.g)}`));
      case 'thread': return this.onThread((thread) => (thread.mId === undefined ? `thread ${thread.tid}` : `M${thread.mId}`));
      case 'processor': return this.onThread((thread, snapshot) => (thread.p ? `P${snapshot.ps.find(({ address }) => address === thread.p)?.id ?? '?'}` : 'no P'));
      case 'spinning': return String(this.debug.scheduler().sched?.nmspinning ?? 0);
      default: return undefined;
    }
  }

  private onThread(read: (thread: SchedulerSnapshot['threads'][number], snapshot: SchedulerSnapshot) => string): string {
    const snapshot = this.debug.scheduler(), tid = this.debug.selectedTid();
    const thread = snapshot.threads.find((each) => each.tid === tid);
    if (!thread) throw new Error('this thread has ended');
    return read(thread, snapshot);
  }

  /** `g.sched.pc`, `m.id`, `p.runqhead`, `sched.npidle` without debug information: from what is known of the runtime. */
  private fromSnapshot(expression: string): string | undefined {
    const named = /^\(\*runtime\.g\)\((0x[0-9a-f]+)\)(\..*)$/.exec(expression);
    const [base, ...path] = (named ? `G${named[2]}` : expression).split('.');
    if (path.length === 0 || path.some((name) => !/^\w+$/.test(name))) return undefined;
    const snapshot = this.debug.scheduler(), thread = snapshot.threads.find((each) => each.tid === this.debug.selectedTid());
    const m = snapshot.ms.find(({ address }) => address === thread?.m);
    let at: unknown = named ? snapshot.gs.find(({ address }) => address === Number(named[1])) : base === 'g' ? snapshot.gs.find(({ address }) => address === thread?.g) : base === 'm' ? m : base === 'p' ? snapshot.ps.find(({ address }) => address === m?.p) : base === 'sched' ? snapshot.sched : undefined;
    for (const name of path) at = typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[name] : undefined;
    return typeof at === 'number' || typeof at === 'string' || typeof at === 'boolean' ? String(at) : undefined;
  }

  /** `G17` is the goroutine with that number, wherever its g lies. */
  goroutines(text: string): string {
    return text.replace(/(?<![\w.])G(\d+)(?!\w)/g, (whole, goid: string) => {
      const g = this.debug.scheduler().gs.find((each) => each.goid === Number(goid) && each.kind === 'goroutine');
      if (!g) throw new Error(`there is no ${whole}`);
      return `(*runtime.g)(${hex(g.address)})`;
    });
  }

  /** The value as the debugger writes it. */
  text(expression: string, kept: Kept): string {
    const plain = this.goroutines(withKept(expression, kept).trim());
    const own = /^[a-z]+$/.test(plain) ? this.own(plain) : undefined;
    if (own !== undefined) return own;
    try {
      const { value, type } = this.debug.evaluate(plain);
      // Newer runtimes wrap what older ones keep as plain numbers.
      return /(^|\/|")atomic\./.test(type ?? '') ? /value: (-?\w+)/.exec(value)?.[1] ?? value : value;
    } catch (error) {
      const known = this.fromSnapshot(plain);
      if (known === undefined) throw error;
      return known;
    }
  }

  number(expression: string, kept: Kept): bigint {
    let text = this.text(expression, kept);
    if (text.startsWith('*') || text.startsWith('(*')) text = this.text(`uintptr(${expression})`, kept);
    if (/(^| )nil$/.test(text)) return 0n;
    const match = /(?<![\w.])-?(?:0x[0-9a-f]+|\d+)/i.exec(text);
    if (!match) throw new Error(`${expression} is ${text}, not a number`);
    return match[0].startsWith('-') ? -BigInt(match[0].slice(1)) : BigInt(match[0]);
  }

  /** The value as a person reads it. */
  shown(expression: string, form: Form | undefined, kept: Kept): string {
    return form === undefined ? this.text(expression, kept).replace(/^"(.*)"$/s, '$1') : this.as(this.number(expression, kept), form);
  }

  private as(value: bigint, form: Form): string {
    const address = Number(BigInt.asUintN(53, value));
    switch (form) {
      case 'hex': return hex(BigInt.asUintN(64, value));
      case 'dec': return grouped(value);
      case 'bytes': return `${grouped(value)} bytes`;
      case 'status': return goroutineStatusName(address);
      case 'pstatus': return processorStatusName(address);
      case 'waitreason': return this.text(`runtime.waitReasonStrings[${value}]`, new Map()).replace(/^"|"$/g, '') || 'none';
      case 'guard': return stackGuardName(value) ?? hex(BigInt.asUintN(64, value));
      case 'func': {
        if (address === 0) return 'none';
        const fn = this.debug.binary.functionAt(address);
        return fn ? `${fn.name}${address > fn.entry ? `+${address - fn.entry}` : ''}` : hex(address);
      }
      case 'g': return value === 0n ? 'none' : gName(this.debug.scheduler(), address);
      case 'm': { const m = this.debug.scheduler().ms.find((each) => each.address === address); return value === 0n ? 'none' : m ? `M${m.id}` : hex(address); }
      case 'p': { const p = this.debug.scheduler().ps.find((each) => each.address === address); return value === 0n ? 'none' : p ? `P${p.id}` : hex(address); }
      case 'stack': {
        const snapshot = this.debug.scheduler(), g = snapshot.gs.find(({ stack }) => address > stack.lo && address <= stack.hi);
        return `${hex(address)} ${g ? `(${gName(snapshot, g.address)}'s stack)` : '(no goroutine\'s stack)'}`;
      }
    }
  }

  /** `{expression}` and `{expression|form}` filled in, and what was kept; `{{` is a brace. */
  fill(text: string, kept: Kept): string {
    return nameKept(text, kept).replace(/\{\{|\{([^{}|]+)(?:\|(\w+))?\}/g, (whole, expression: string | undefined, form: string | undefined) => {
      if (expression === undefined) return '{';
      if (form !== undefined && !FORMS.includes(form as Form)) throw new Error(`${whole}: there is no form ${form}`);
      return this.shown(expression, form as Form | undefined, kept);
    });
  }
}
