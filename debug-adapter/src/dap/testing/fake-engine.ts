// A debugger without a machine, for tests of the protocol end alone: a program counter that counts, and answers that can be recognised.

import type { BreakpointRequest, BreakpointView, DebuggerEvents, ResumeKind, ResumeOptions, StopInfo } from '../../engine/types';
import type { Engine } from '../session';

/** The same object; what it has not is refused in words when it is called, so that it is not taken for a mistake of the adapter's. */
function refusing<T extends object>(fake: T): T {
  return new Proxy(fake, {
    get(target, name) {
      if (!(name in target)) return name === 'foreseen' || name === 'then' ? undefined : () => { throw new Error(`The engine of this test has no ${String(name)}.`); };
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
    set: (target, name, value) => Reflect.set(target, name, value, target),
  });
}

export class FakeEngine {
  calls: string[] = [];
  running = false;
  stop: StopInfo | undefined;
  selectedThread = 1;
  lookAhead(): void {}
  exceptionStops = { panic: true, fatal: true };
  machine = undefined;
  disposed = false;
  #points: BreakpointView[] = [];
  #events: DebuggerEvents[] = [];
  #ids = 0;
  #paused: (() => void) | undefined;
  binary = refusing({ notes: ['a note'], goVersion: 'go1.26', hasDwarf: true, hasSymbols: true, sources: () => ['/src/main.go'], hasSource: (path: string) => path === '/src/main.go', functionAt: () => undefined, functions: () => [{ name: 'main.main' }], globalVariables: () => [{ name: 'main.total', address: 0x5000 }], allPcsForLine: () => [], lineAt: () => undefined });

  constructor(readonly write: (fd: 1 | 2, bytes: Uint8Array, replayed: boolean) => void) {}
  /** How tests hand it to the adapter. */
  get engine(): Engine { return refusing(this) as unknown as Engine; }

  #at(reason: StopInfo['reason'], instruction: number, more: Partial<StopInfo> = {}): StopInfo {
    this.stop = { reason, description: `stopped: ${reason}`, thread: 1, tid: 100, goroutine: 1, pc: 0x1000 + instruction, instruction, virtualTime: instruction, breakpoints: [], ...more };
    return this.stop;
  }
  on(events: DebuggerEvents): () => void { this.#events.push(events); return () => { this.#events = this.#events.filter((each) => each !== events); }; }
  fire(tell: (events: DebuggerEvents) => void): void { for (const each of [...this.#events]) tell(each); }
  launch(): Promise<StopInfo> { return Promise.resolve(this.#at('entry', 0)); }
  restart(): Promise<StopInfo> { return this.launch(); }
  dispose(): void { this.disposed = true; this.#paused?.(); }
  pause(): void { this.calls.push('pause'); this.#paused?.(); }
  history(): { first: number; last: number } { return { first: 0, last: this.stop?.instruction ?? 0 }; }
  threads(): unknown[] { return [{ id: 1, kind: 'm', name: 'M0 thread 100', tid: 100, status: 'running', pc: this.stop?.pc, live: true }]; }
  async resume(kind: ResumeKind, options: ResumeOptions = {}): Promise<StopInfo> {
    this.calls.push(`${kind}${options.thread === undefined ? '' : ` ${options.thread}`}`);
    this.running = true;
    this.fire((events) => events.resumed?.(kind));
    const now = this.stop?.instruction ?? 0;
    let stop: StopInfo;
    if (kind === 'continue' && this.#points.length === 0) {
      await new Promise<void>((resolve) => { this.#paused = resolve; });
      stop = this.#at('pause', now + 50);
    } else if (kind === 'continue') {
      this.write(1, new TextEncoder().encode('täg\n').subarray(0, 2), false);
      this.write(1, new TextEncoder().encode('täg\n').subarray(2), false);
      this.write(1, new TextEncoder().encode('seen before'), true);
      stop = this.#at('breakpoint', now + 10, { breakpoints: [this.#points[0]!.id] });
    } else if (kind === 'stepOut') stop = this.#at('exited', now + 10, { exitCode: 3 });
    else if (kind === 'reverseContinue') stop = this.#at('beginning', 0);
    else stop = this.#at('step', kind.startsWith('reverse') ? now - 1 : now + 1);
    this.running = false;
    this.fire((events) => events.stopped?.(stop));
    return stop;
  }
  setExceptionCondition(): void {}
  stack(thread = 1): unknown { if (thread !== 1) throw new Error(`unknown thread ${thread}`); return { frames: [{ index: 0, pc: this.stop?.pc ?? 0, function: 'main.main', file: '/src/main.go', line: 7, wrapper: false }], truncated: false }; }
  scopes(): unknown { return [{ name: 'Registers', kind: 'registers', expensive: false, variables: () => [{ name: 'rip', value: '0x1000', type: 'uint64', set: (text: string) => this.calls.push(`rip=${text}`) }, { name: 'list', value: '[3]int', indexedChildren: 3, children: (start = 0, count = 3) => [0, 1, 2].slice(start, start + count).map((i) => ({ name: `[${i}]`, value: String(i * 10) })) }] }]; }
  evaluate(expression: string): unknown {
    if (expression === 'total') return { name: expression, value: '42', type: 'int', address: 0x5000, size: 8 };
    if (expression === 'rbx') return { name: expression, value: '0xc000006000', type: 'uint64' };
    throw new Error(`there is no ${expression}`);
  }
  assign(expression: string, value: string): void { this.calls.push(`${expression}=${value}`); }
  setRegister(): void {}
  readMemory(address: number, length: number): Uint8Array { return new Uint8Array(Math.max(0, Math.min(length, 0x2000 - address))).fill(7); }
  writeMemory(address: number, bytes: Uint8Array): number { this.fire((events) => events.memoryChanged?.(address, bytes.length)); return bytes.length; }
  disassembleRows(address: number, offset: number, count: number): unknown[] { return Array.from({ length: count }, (_, i) => ({ address: address + (offset + i) * 4, bytes: new Uint8Array([0x90]), text: 'nop', valid: true, function: 'main.main', offset: 4 * i, file: '/src/main.go', line: 7 + (i >> 1) })); }
  findLocations(spec: string): unknown[] { if (spec === 'nowhere') throw new Error('Location "nowhere" not found'); return [{}]; }
  linesWithCode(file: string): number[] { return file === '/src/main.go' ? [5, 7, 9] : []; }
  source(path: string): Promise<string | undefined> { return Promise.resolve(path === '/src/main.go' ? 'package main\n' : undefined); }
  localPath(path: string): string { return path; }
  binaryPath(path: string): string { return path; }
  breakpoints(): BreakpointView[] { return this.#points; }
  setBreakpoint(request: BreakpointRequest): BreakpointView {
    if (request.location === 'nowhere') throw new Error('Location "nowhere" not found');
    const view: BreakpointView = { id: ++this.#ids, kind: 'user', verified: true, enabled: true, addresses: [request.address ?? 0x1010], file: '/src/main.go', line: Number(/:(\d+)$/.exec(request.location ?? '')?.[1] ?? 7), totalHits: 0, hitsByGoroutine: new Map(), condition: request.condition };
    this.#points.push(view);
    return view;
  }
  clearBreakpoint(id: number): BreakpointView { this.calls.push(`clear ${id}`); const [view] = this.#points.splice(this.#points.findIndex((point) => point.id === id), 1); return view!; }
  amendBreakpoint(): void {}
  watch(target: { address: number; size: number }, access: string): BreakpointView { this.calls.push(`watch ${target.address}/${target.size} ${access}`); return this.setBreakpoint({ address: target.address }); }
}
