// The machine: ties processor, address space and kernel together and gives a debugger exact control over them.
// Must stay true: the state after N instructions is the same however N was reached (run, step, snapshot and restore in any mixture).
// Over 400 lines: it only sequences what the parts do, and every public call of the machine is here.
import { MXCSR, RFLAGS_OFFSET, X87_CONTROL, X87_REGISTERS, X87_STATUS, X87_TAG, XMM, YMM_HIGH } from './cpu-state';
import { READ, WRITE } from './cpu-types';
import type { Cpu, CpuExit, CpuHost, PageSource } from './cpu-types';
import { BadProgram, parseElf } from './elf/format';
import { loadElf } from './elf/load';
import { cloneState } from './kernel/clone';
import type { Context } from './kernel/cpu-registers';
import { BASIC_FEATURES, cpuid, hasAvx } from './kernel/cpuid';
import { InputWanted, Unsupported } from './kernel/errno';
import { FileData } from './kernel/file-data';
import { STDIN_OBJECT } from './kernel/files';
import { HostView } from './kernel/host-view';
import { clocks, Kernel } from './kernel/kernel';
import { signalName } from './kernel/signal-numbers';
import { raiseFault } from './kernel/signals';
import { initialState, seedWords } from './kernel/start';
import { BOOT_TIME, QUANTUM } from './kernel/state';
import type { KernelState } from './kernel/state';
import { OutsideRecord } from './machine-record';
import type { RecordEntry } from './machine-record';
import type { Machine, MachineEvent, MachineOptions, MemoryRegion, Registers, Snapshot, Stop, ThreadInfo, Watchpoint } from './machine-types';
import { AddressSpace } from './memory/address-space';
import type { MemorySnapshot } from './memory/address-space';
import { createCpu } from './translator/cpu';
import { decode } from './translator/decoding';

export { BadProgram };

/** Guest pages, snapshots included, that fit in WebAssembly's 4 GiB beside the processor's own tables. */
const DEFAULT_MEMORY = 0xf0000000;

export type MakeCpu = (pages: PageSource, host: CpuHost, options: MachineOptions) => Cpu;

/** Loads the program; throws BadProgram (one sentence) if it cannot be run. */
export function createMachine(options: MachineOptions): Machine {
  return new GuestMachine(options, (pages, host, { cache, program }) => createCpu(pages, host, cache && { cache, program }, options.engine));
}

const SI_KERNEL = 0x80;
const LIMIT: Stop = { reason: 'limit' };
interface Access { address: number; size: number; write: boolean }

class MachineSnapshot implements Snapshot {
  released = false;
  constructor(readonly instruction: number, readonly bytes: number, readonly memory: MemorySnapshot, readonly state: KernelState, private readonly space: AddressSpace) {}
  release(): void {
    if (this.released) return;
    this.released = true;
    this.space.release(this.memory);
  }
}

export class GuestMachine implements Machine {
  readonly kernel: Kernel;
  readonly cpu: Cpu;
  private readonly space: AddressSpace;
  private readonly record = new OutsideRecord();
  private readonly breakpoints = new Set<number>();
  private watchpoints: Watchpoint[] = [];
  private nextWatchpoint = 1;
  private accesses: Access[] = [];
  private eventKinds: ReadonlySet<MachineEvent['kind']> = new Set();
  private events: MachineEvent[] = [];
  private stopped: Stop | undefined;
  debugged = false;
  /** The INT3 that has just been executed while debugged. */
  private trap: Stop & { reason: 'trap' } | undefined;
  private pagesAtSnapshot = 0;
  /** The last stop was one for input: going on without any lets the clock jump. */
  private waitedForInput = false;
  private readonly instructionLimit: number;

  constructor(private readonly options: MachineOptions, makeCpu: MakeCpu) {
    const program = parseElf(options.program);
    const memoryLimit = Math.min(options.limits?.memoryBytes ?? DEFAULT_MEMORY, DEFAULT_MEMORY);
    this.instructionLimit = options.limits?.instructions ?? Infinity;
    this.space = new AddressSpace(memoryLimit);
    const level = options.goamd64 ?? 'v3', procs = options.procs ?? 4, seed = options.seed ?? 0;
    const randomWords = [...seedWords(seed ^ 0x5bd1e995)], random = new Uint8Array(16);
    randomWords.forEach((word, i) => new DataView(random.buffer).setUint32(i * 4, word, true));
    const args = [options.path, ...options.args];
    const loaded = loadElf(this.space, program, options.program, { path: options.path, args, env: options.env, random, uid: 0, gid: 0, cpuFeatures: BASIC_FEATURES });
    const { host } = options;
    this.kernel = new Kernel(this.space, {
      host, view: new HostView(host),
      input: (length) => this.input(length), inputReady: () => (host.readInput !== undefined && !this.signalled) || this.state.input.queue.length > 0 || this.state.input.ended,
      output: (fd, bytes) => this.output(fd, bytes),
      emit: (event) => { if (this.eventKinds.has(event.kind)) this.events.push(event); }, wants: (kind) => this.eventKinds.has(kind),
    }, { procs, path: options.path, args, env: options.env, avx: hasAvx(level), uid: 0, gid: 0, ...loaded });
    this.kernel.state = initialState({ seed, entry: loaded.entry, stackPointer: loaded.stackPointer, breakStart: loaded.breakStart, cwd: options.cwd ?? '/', name: options.path.slice(options.path.lastIndexOf('/') + 1) });
    this.cpu = makeCpu(this.space, {
      cpuid: (leaf, subleaf) => cpuid(level, procs, leaf, subleaf),
      timestamp: (retired) => BigInt(this.kernel.now + retired),
      quickCall: (retired) => {
        this.entering?.();
        return this.watchpoints.length === 0 && this.kernel.quickCall(retired);
      },
      clock: { ...clocks(), elapsed: (retired) => (this.watchpoints.length === 0 && !this.eventKinds.has('syscall') ? this.kernel.elapsed + retired : undefined) },
      onAccess: (address, size, write) => { if (this.watchpoints.length > 0) this.accesses.push({ address, size, write }); },
    }, options);
    this.space.changed = (start, end, code) => { if (code) this.cpu.invalidate(start, end); else this.cpu.flushLookups(); };
    this.space.shared = () => this.cpu.flushWrites();
    this.kernel.loadCurrent();
  }

  private get state(): KernelState { return this.kernel.state; }
  get instruction(): number { return this.state.instruction; }
  get virtualTime(): number { return this.kernel.elapsed; }
  get currentThread(): number { return this.state.current; }
  get ended(): Stop | undefined { return this.stopped; }
  get mayRest(): boolean { return this.kernel.mayRest; }
  set mayRest(may: boolean) { this.kernel.mayRest = may; }

  get threads(): readonly ThreadInfo[] {
    return [...this.state.threads.values()].map((thread) => ({
      tid: thread.tid, instructions: thread.instructions,
      state: thread.tid === this.state.current ? 'running' as const : thread.wait ? thread.wait.state : 'runnable' as const,
      ...(thread.wait && thread.tid !== this.state.current ? { waitingFor: this.waitingFor(thread.wait.what, thread.wait.state, thread.wait.deadline) } : {}),
    }));
  }

  private waitingFor(what: string, state: string, deadline: number): string {
    return deadline === Infinity || state === 'sleeping' ? what : `${what}, at most until ${((deadline - BOOT_TIME) / 1e6).toFixed(3)} ms`;
  }

  // --- running ---

  run(until: number): Stop { return this.guarded(until, false); }
  step(): Stop { return this.guarded(this.instruction + 1, true); }

  /** Turns what gobuf cannot do into the stop that says so. */
  private guarded(until: number, single: boolean): Stop {
    if (this.stopped) return this.stopped;
    try { return this.advance(until, single); } catch (error) {
      // A program's file can be found written to when a page of it is wanted.
      if (error instanceof Unsupported || error instanceof BadProgram) return this.finish({ reason: 'unsupported', message: error.message });
      throw error;
    }
  }

  private finish(stop: Stop): Stop {
    this.stopped = stop;
    this.cpu.keepTranslations?.();
    return stop;
  }

  private advance(until: number, single: boolean): Stop {
    const { state, kernel, cpu } = this;
    let first = true;
    if (this.accesses.length > 0) this.accesses = [];
    this.trap = undefined;
    for (;;) {
      if (this.record.length > state.recordCursor) this.applyRecord();
      if (kernel.inputWanted) {
        this.entering?.();
        kernel.askAgain();
        if (kernel.inputWanted) return { reason: 'input' };
      }
      if (kernel.attention || state.current === 0) {
        const stop = this.settle(first);
        if (stop) return stop;
      }
      if (this.trap) return this.trap;
      if (this.events.length > 0) return { reason: 'event', event: this.events.shift()! };
      if (this.accesses.length > 0) {
        const watch = this.watchHit();
        if (watch) return watch;
      }
      const rip = this.breakpoints.size > 0 ? kernel.registers.rip : -1;
      const atBreakpoint = rip !== -1 && this.breakpoints.has(rip);
      if (atBreakpoint && !first && !single) return { reason: 'breakpoint', address: rip };
      if (state.instruction >= until) return LIMIT;
      if (state.instruction >= this.instructionLimit) return this.finish({ reason: 'unsupported', message: `the program has executed ${this.instructionLimit} instructions, the limit it was given` });
      first = false;
      this.waitedForInput = false;
      let exit: CpuExit;
      if (single || atBreakpoint) exit = cpu.step();
      else {
        const arrival = this.record.next(state.recordCursor)?.at ?? Infinity;
        const budget = Math.min(until, this.instructionLimit, arrival > state.instruction ? arrival : Infinity) - state.instruction;
        exit = cpu.run(Math.min(budget, state.quantumLeft));
        if (exit.kind === 'watch') {
          this.count(cpu.retired);
          exit = cpu.step();
        }
      }
      this.count(cpu.retired);
      this.handle(exit);
      if (state.quantumLeft <= 0) kernel.attention = true;
    }
  }

  private count(retired: number): void {
    const { state } = this;
    state.instruction += retired;
    state.quantumLeft -= retired;
    this.kernel.thread.instructions += retired;
  }

  private handle(exit: CpuExit): void {
    const { kernel } = this;
    switch (exit.kind) {
      case 'budget': case 'watch': case 'breakpoint': return;
      case 'syscall':
        this.entering?.();
        kernel.syscall();
        this.checkMemory();
        return;
      case 'notImplemented': {
        const bytes = [...exit.bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
        throw new Unsupported(`the instruction ${exit.name} (${bytes}) at 0x${kernel.registers.rip.toString(16)} is not implemented${exit.missing === undefined ? '' : ` (${exit.missing})`}`);
      }
      default:
        this.checkMemory();
        if (exit.kind === 'breakpointTrap' && this.trapped()) return;
        this.entering?.();
        raiseFault(kernel, exit);
    }
  }

  /** INT3 is complete when its trap is raised: an instruction like any other. True if the trap is the debugger's. */
  private trapped(): boolean {
    const { registers } = this.kernel, address = registers.rip;
    registers.rip += decode(this.space.peek(address, 15), 0, address)?.length ?? 1;
    this.count(1);
    if (this.debugged) this.trap = { reason: 'trap', thread: this.kernel.thread.tid, address };
    return this.debugged;
  }

  private checkMemory(): void {
    if (!this.space.exhausted) return;
    const { limit } = this.space, size = `${Math.round(limit / 2 ** 20)} MiB`;
    throw new Unsupported(`the program and its snapshots need more than the ${limit === DEFAULT_MEMORY ? `${size} that the 4 GiB of a WebAssembly memory leave them` : `${size} of memory they may use`}`);
  }

  /** Lets the kernel choose who runs next; a stop if nobody does. */
  private settle(mayWait: boolean): Stop | undefined {
    this.entering?.();
    const { kernel, state } = this;
    let jump = false;
    if (mayWait && this.waitedForInput && state.current === 0) {
      jump = true;
      this.outside({ at: state.instruction, kind: 'idle' });
      state.recordCursor++;
    }
    for (;;) {
      const result = kernel.settle(jump);
      if (state.ended) return this.endedStop();
      if (result === 'ready') return undefined;
      if (result === 'rest') return { reason: 'rest', seconds: kernel.resting!.nanoseconds / 1e9, forEver: kernel.resting!.forEver };
      this.checkMemory();
      if (result === 'idle') throw new Unsupported('every thread waits and nothing can wake any of them: the program would hang for ever');
      const next = this.record.next(state.recordCursor);
      if (next?.at === state.instruction && next.kind === 'idle') { state.recordCursor++; jump = true; continue; }
      this.waitedForInput = true;
      return { reason: 'input' };
    }
  }

  private endedStop(): Stop {
    const how = this.state.ended!;
    return this.finish('code' in how ? { reason: 'exited', code: how.code } : { reason: 'killed', signal: how.signal, signalName: signalName(how.signal) });
  }

  // --- breakpoints, watchpoints, events ---

  addBreakpoint(address: number): void {
    this.breakpoints.add(address);
    this.cpu.setBreakpoints(this.breakpoints);
  }
  removeBreakpoint(address: number): void {
    this.breakpoints.delete(address);
    this.cpu.setBreakpoints(this.breakpoints);
  }

  addWatchpoint(watchpoint: Omit<Watchpoint, 'id'>): Watchpoint {
    const added = { ...watchpoint, id: this.nextWatchpoint++ };
    this.setWatchpoints([...this.watchpoints, added]);
    return added;
  }
  removeWatchpoint(id: number): void { this.setWatchpoints(this.watchpoints.filter((watchpoint) => watchpoint.id !== id)); }

  private setWatchpoints(watchpoints: Watchpoint[]): void {
    this.watchpoints = watchpoints;
    this.space.watches = watchpoints.map(({ address, size, access }) => ({ start: address, end: address + size, access: access === 'read' ? READ : access === 'write' ? WRITE : READ | WRITE }));
    this.kernel.memory.accessed = watchpoints.length > 0 ? (address, size, write) => { this.accesses.push({ address, size, write }); } : undefined;
    this.cpu.flushLookups();
  }

  private watchHit(): Stop | undefined {
    const accesses = this.accesses;
    this.accesses = [];
    for (const access of accesses) {
      for (const watchpoint of this.watchpoints) {
        if (access.address >= watchpoint.address + watchpoint.size || access.address + access.size <= watchpoint.address) continue;
        if (watchpoint.access !== 'readWrite' && (watchpoint.access === 'write') !== access.write) continue;
        return { reason: 'watchpoint', watchpoint, address: access.address, size: access.size, access: access.write ? 'write' : 'read' };
      }
    }
    return undefined;
  }

  stopOn(kinds: ReadonlySet<MachineEvent['kind']>): void {
    this.eventKinds = new Set(kinds);
    this.events = [];
  }

  // --- registers and memory ---

  private context(tid: number | undefined): Context {
    const thread = this.state.threads.get(tid ?? this.state.current) ?? (tid === undefined ? this.state.threads.values().next().value : undefined);
    if (!thread) throw new Error(`there is no thread ${tid ?? this.state.current}`);
    return this.kernel.contextOf(thread);
  }

  registers(tid?: number): Registers {
    const c = this.context(tid), vector = new Uint8Array(512);
    const low = c.bytes(XMM, 256), high = c.bytes(YMM_HIGH, 256);
    for (let i = 0; i < 16; i++) {
      vector.set(low.subarray(i * 16, i * 16 + 16), i * 32);
      vector.set(high.subarray(i * 16, i * 16 + 16), i * 32 + 16);
    }
    return {
      gpr: Array.from({ length: 16 }, (_, i) => c.gpr64(i)), rip: c.rip, rflags: c.u32(RFLAGS_OFFSET), fsBase: c.fsBase, gsBase: c.gsBase, mxcsr: c.u32(MXCSR), vector,
      x87: { control: c.u32(X87_CONTROL), status: c.u32(X87_STATUS), tag: c.u32(X87_TAG), registers: c.bytes(X87_REGISTERS, 128).slice() },
    };
  }

  setRegisters(values: Registers, tid?: number): void {
    const target = tid ?? this.state.current;
    this.outside({ at: this.instruction, kind: 'registers', tid: target, values: structuredCopy(values) });
    this.applyRecord();
  }

  /** Gives a thread the next turn, a whole one. Recorded; throws one sentence if it cannot run now. */
  runNext(tid: number): void {
    const thread = this.state.threads.get(tid);
    if (!thread || this.stopped) throw new Error(`there is no thread ${tid}`);
    if (thread.wait) throw new Error(`thread ${tid} waits (${this.waitingFor(thread.wait.what, thread.wait.state, thread.wait.deadline)}): it cannot run now`);
    if (tid === this.state.current) return;
    this.outside({ at: this.instruction, kind: 'turn', tid });
    this.applyRecord();
  }

  private giveTurn(tid: number): void {
    const { kernel, state } = this;
    const left = state.threads.get(state.current);
    if (left) kernel.saveCurrent();
    state.runQueue = [...(left && !left.wait ? [left.tid] : []), ...state.runQueue.filter((each) => each !== tid)];
    state.current = tid;
    state.quantumLeft = QUANTUM;
    kernel.loadCurrent();
    // A call that it still has to finish, and its signals, come first.
    kernel.attention = true;
  }

  private putRegisters(values: Registers, tid: number): void {
    const c = this.context(tid);
    values.gpr.forEach((value, i) => c.setGpr64(i, value));
    c.rip = values.rip;
    c.rflags = (values.rflags & 0x50dd5) | 0x202;
    c.fsBase = values.fsBase;
    c.gsBase = values.gsBase;
    c.setU32(MXCSR, values.mxcsr);
    for (let i = 0; i < 16; i++) {
      c.bytes(XMM + i * 16, 16).set(values.vector.subarray(i * 32, i * 32 + 16));
      c.bytes(YMM_HIGH + i * 16, 16).set(values.vector.subarray(i * 32 + 16, i * 32 + 32));
    }
    c.setU32(X87_CONTROL, values.x87.control);
    c.setU32(X87_STATUS, values.x87.status);
    c.setU32(X87_TAG, values.x87.tag);
    c.bytes(X87_REGISTERS, 128).set(values.x87.registers);
  }

  readMemory(address: number, length: number): Uint8Array { return this.space.peek(address, length); }

  writeMemory(address: number, bytes: Uint8Array): number {
    const mapped = this.space.peek(address, bytes.length).length;
    if (mapped === 0) return 0;
    this.outside({ at: this.instruction, kind: 'memory', address, bytes: bytes.slice(0, mapped) });
    this.applyRecord();
    return mapped;
  }

  get pokes(): readonly { at: number; address: number; bytes: Uint8Array }[] { return this.record.pokes; }

  regions(): MemoryRegion[] {
    return this.space.regions.map(({ start, end, protection, name }) => ({ start, end, read: (protection & 1) !== 0, write: (protection & 2) !== 0, execute: (protection & 4) !== 0, name }));
  }

  // --- time ---

  snapshot(): Snapshot {
    this.kernel.saveCurrent();
    const made = this.space.pagesMade - this.pagesAtSnapshot;
    this.pagesAtSnapshot = this.space.pagesMade;
    const memory = this.space.snapshot();
    return new MachineSnapshot(this.instruction, made * 4096 + this.state.threads.size * 2048 + 16384, memory, cloneState(this.state), this.space);
  }

  get snapshotBytes(): number { return this.space.held; }

  restore(snapshot: Snapshot): void {
    if (!(snapshot instanceof MachineSnapshot) || snapshot.released) throw new Error('this snapshot has been released');
    this.entering?.();
    this.space.restore(snapshot.memory);
    this.kernel.state = cloneState(snapshot.state);
    this.settleDown();
    if (this.state.ended) this.endedStop();
    this.applyRecord();
  }

  /** The kernel's state is another: nothing is under way. */
  private settleDown(): void {
    const { kernel } = this;
    kernel.attention = kernel.inputWanted = false;
    kernel.roomForFiles = 0;
    kernel.resting = undefined;
    kernel.loadCurrent();
    this.stopped = undefined;
    this.events = [];
    this.accesses = [];
    this.trap = undefined;
    this.waitedForInput = false;
  }

  private silent = false;
  /** Called before anything but the processor changes the kernel's state while something is tried. */
  private entering: (() => void) | undefined;

  /** Does something with this very state, which may run and change everything, and undoes it all: nothing is recorded, no output is seen. */
  tentatively<T>(work: () => T): T {
    if (this.silent) return work();
    const { stopped, waitedForInput, events, pagesAtSnapshot, kernel, state, space } = this, { attention } = kernel, { instruction, quantumLeft, current } = state;
    kernel.saveCurrent();
    const thread = state.threads.get(current), context = thread?.context.slice(), instructions = thread?.instructions ?? 0;
    const memory = space.snapshot(), kept = this.record.keep(), before = space.pagesMade;
    // Most of what is tried asks nothing of the kernel: its state, the greater part of what there is to copy, is copied where something does.
    let copied: KernelState | undefined;
    this.entering = () => { copied ??= cloneState(state); };
    this.silent = true;
    try { return work(); } finally {
      this.entering = undefined;
      this.record.bringBack(kept);
      space.restore(memory);
      space.release(memory);
      const own = copied ?? state, running = own.threads.get(current);
      // What the processor itself counts and changes may have gone on before the copy was made.
      Object.assign(own, { instruction, quantumLeft });
      if (running && context) {
        running.instructions = instructions;
        running.context.set(context);
      }
      kernel.state = own;
      this.settleDown();
      this.silent = false;
      this.stopped = stopped;
      this.waitedForInput = waitedForInput;
      this.events = events;
      kernel.attention = attention;
      // What the next snapshot holds is counted as if this one had not been.
      this.pagesAtSnapshot = pagesAtSnapshot + space.pagesMade - before;
    }
  }

  // --- the outside ---

  /** Records something new from outside; what was recorded for later is no longer going to happen. */
  private outside(entry: RecordEntry): void {
    this.entering?.();
    const { state } = this;
    if (this.record.add(state.recordCursor, entry)) {
      this.record.shown[1] = state.written[1];
      this.record.shown[2] = state.written[2];
    }
  }

  /** Applies what was recorded for this moment. */
  private applyRecord(): void {
    const { state } = this;
    for (;;) {
      const entry = this.record.next(state.recordCursor);
      if (!entry || entry.at !== state.instruction || entry.kind === 'idle') return;
      this.entering?.();
      state.recordCursor++;
      if (entry.kind === 'registers') this.putRegisters(entry.values, entry.tid);
      else if (entry.kind === 'turn') this.giveTurn(entry.tid);
      else if (entry.kind === 'signal') this.kernel.post({ signo: entry.signal, code: SI_KERNEL, errno: 0 });
      else if (entry.kind === 'memory') this.space.poke(entry.address, entry.bytes);
      else {
        if (entry.bytes) state.input.queue.push(entry.bytes.slice());
        else state.input.ended = true;
        this.kernel.notify(STDIN_OBJECT);
      }
    }
  }

  provideInput(bytes: Uint8Array | undefined): void {
    if (bytes?.length === 0) return;
    this.waitedForInput = false;
    this.outside({ at: this.instruction, kind: 'input', bytes: bytes?.slice() });
    this.applyRecord();
  }

  signal(number: number): void {
    if (this.stopped) return;
    this.signalled = true;
    this.outside({ at: this.instruction, kind: 'signal', signal: number });
    this.applyRecord();
  }
  /** Signals come from outside: while one thread waits for standard input, others have to be able to run. */
  private signalled = false;

  private input(length: number): Uint8Array | 'end' | undefined {
    const { input } = this.state, { host } = this.options;
    if (host.readInput && input.queue.length === 0 && !input.ended) {
      const pieces = this.record.inputPieces;
      if (input.chunk === pieces.length) {
        const given = host.readInput(length);
        if (given === 'later' && this.signalled) return undefined;
        if (given === 'later') throw new InputWanted();
        pieces.push(given?.slice());
      }
      const piece = pieces[input.chunk];
      if (!piece || piece.length === 0) return 'end';
      const bytes = piece.slice(input.offset, input.offset + length);
      input.offset += bytes.length;
      if (input.offset >= piece.length) { input.chunk++; input.offset = 0; }
      return bytes;
    }
    const [piece] = input.queue;
    if (!piece) return input.ended ? 'end' : undefined;
    if (piece.length <= length) { input.queue.shift(); return piece; }
    input.queue[0] = piece.subarray(length);
    return piece.slice(0, length);
  }

  private output(fd: 1 | 2, bytes: Uint8Array): void {
    if (this.silent) return;
    const { written } = this.state, { shown } = this.record;
    const replayed = written[fd] < shown[fd];
    written[fd] += bytes.length;
    shown[fd] = Math.max(shown[fd], written[fd]);
    this.options.host.write?.(fd, bytes.slice(), replayed);
  }

  get translated(): number | undefined { return (this.cpu as { statistics?: { instructions: number } }).statistics?.instructions; }

  dispose(): void {
    if (!this.stopped) this.cpu.keepTranslations?.();
    this.stopped ??= { reason: 'unsupported', message: 'the machine has been disposed of' };
  }

  /** A number that two equal states share: registers, memory, kernel. For tests. */
  digest(): string {
    this.kernel.saveCurrent();
    let a = 0x811c9dc5, b = 0x9dc5811c;
    const add = (bytes: Uint8Array): void => {
      for (let i = 0; i < bytes.length; i++) {
        a = Math.imul(a ^ bytes[i]!, 0x01000193);
        b = (Math.imul(b, 31) + bytes[i]!) | 0;
      }
    };
    this.space.eachPage((address, bytes) => {
      if (bytes.every((byte) => byte === 0)) return;
      add(new TextEncoder().encode(address.toString(16)));
      add(bytes);
    });
    const plain = (_: string, value: unknown): unknown => (value instanceof FileData ? [value.size, [...value.read(0, Math.min(value.size, 4096))]] : typeof value === 'bigint' ? value.toString() : value instanceof Map ? [...value] : value instanceof Set ? [...value] : value === Infinity ? 'never' : value);
    add(new TextEncoder().encode(JSON.stringify({ ...this.state, recordCursor: 0 }, plain)));
    add(new TextEncoder().encode(JSON.stringify(this.space.regions.map(({ start, end, protection, name }) => [start, end, protection, name]))));
    return `${(a >>> 0).toString(16)}-${(b >>> 0).toString(16)}`;
  }
}

function structuredCopy(values: Registers): Registers {
  return { ...values, gpr: [...values.gpr], vector: values.vector.slice(), x87: { ...values.x87, registers: values.x87.registers.slice() } };
}
