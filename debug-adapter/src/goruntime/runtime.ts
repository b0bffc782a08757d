// Go's scheduler read out of guest memory: Gs, Ms, Ps and sched, at any moment from the first instruction on.
// Must stay true: nothing here throws or loops on garbage; lists are bounded and cycles end them; what is not there yet is left out.
// Over 400 lines: a reader for each structure, and the snapshot that puts them together; they share the layouts and caches.
import type { GoBinary } from '../symbols/binary';
import type { FunctionInfo, Memory } from '../symbols/types';
import { addressFromCode, waitReasonCount } from './code-addresses';
import { Layouts } from './layout';
import { GuestMemory, StructView, numberAt } from './memory';
import { G_SCAN, goroutineStatusName, isSystem, processorStatusName, stackGuardName } from './status';
import type { GInfo, GobufInfo, MInfo, PInfo, SchedInfo, SchedulerSnapshot, ThreadState, ThreadView } from './types';

const MAX_MS = 10_010, MAX_PS = 100_000, MAX_LIST = 200_000;

export interface SnapshotOptions {
  /** Goroutines described in full (all Ms' g0 and gsignal come in addition). Default 100 000. */
  maxGs?: number;
  /** Leave out goroutines whose status is dead. */
  skipDead?: boolean;
}

export class GoRuntime {
  readonly layouts: Layouts;
  readonly memory: GuestMemory;
  private readonly addresses = new Map<string, number>();
  private waitReasons: string[] | undefined;
  private readonly functionNames = new Map<number, string>();

  constructor(readonly binary: GoBinary, memory: Memory) {
    this.layouts = new Layouts(binary);
    this.memory = new GuestMemory(memory);
  }

  /** Address of a runtime package variable, 0 when the program does not have it or tells nobody. */
  variable(name: string): number {
    let address = this.addresses.get(name);
    if (address === undefined) {
      address = this.binary.globalVariable(name)?.address ?? this.binary.symbolNamed(name)?.address ?? (this.binary.hasSymbols ? 0 : addressFromCode(this.binary, this.layouts, name));
      this.addresses.set(name, address);
    }
    return address;
  }

  private struct(type: string, address: number): StructView | undefined {
    return address > 0 && address % 8 === 0 ? StructView.read(this.memory, this.layouts.type(type), address) : undefined;
  }

  get g0Address(): number { return this.variable('runtime.g0'); }
  get m0Address(): number { return this.variable('runtime.m0'); }

  private name(pc: number): string | undefined {
    if (!pc) return undefined;
    let name = this.functionNames.get(pc);
    if (name === undefined) {
      const f = this.binary.functionAt(pc);
      name = f ? (pc === f.entry ? f.name : `${f.name}+${pc - f.entry}`) : '';
      this.functionNames.set(pc, name);
    }
    return name || undefined;
  }

  private functionOf(pc: number): FunctionInfo | undefined {
    return pc ? this.binary.functionAt(pc) : undefined;
  }

  waitReasonName(reason: number): string | undefined {
    if (!this.waitReasons || this.waitReasons.length === 0) {
      const address = this.variable('runtime.waitReasonStrings');
      const symbol = this.binary.symbolNamed('runtime.waitReasonStrings');
      const count = Math.floor((this.binary.globalVariable('runtime.waitReasonStrings')?.type.size ?? symbol?.size ?? 0) / 16) || (this.binary.hasSymbols ? 0 : waitReasonCount(this.binary));
      const names: string[] = [];
      const headers = address ? this.memory.bytes(address, count * 16) : new Uint8Array(0);
      for (let i = 0; i * 16 + 16 <= headers.length; i++) names.push(this.memory.string(numberAt(headers, i * 16, 8), numberAt(headers, i * 16 + 8, 8), 200));
      // position-independent programs relocate these strings at their start
      if (!names.some((name) => name !== '')) return undefined;
      this.waitReasons = names;
    }
    return this.waitReasons[reason] || undefined;
  }

  // ---- one structure ----

  readG(address: number, kind: GInfo['kind'] = 'goroutine'): GInfo | undefined {
    const v = this.struct('runtime.g', address);
    if (!v) return undefined;
    const n = (path: string): number => v.number(path) ?? 0;
    const status = n('atomicstatus'), guard = v.big('stackguard0') ?? 0n;
    const m = n('m'), startpc = n('startpc'), gopc = n('gopc');
    const start = this.functionOf(startpc), creator = this.functionOf(gopc ? gopc - 1 : 0);
    const g: GInfo = {
      address, goid: n('goid'), kind, system: kind === 'goroutine' && isSystem(start), status, statusName: goroutineStatusName(status), scan: (status & G_SCAN) !== 0,
      stack: { lo: n('stack.lo'), hi: n('stack.hi') }, stackguard0: Number(guard), stackguard1: n('stackguard1'), sched: this.gobuf(v),
      syscallsp: v.number('syscallsp'), syscallpc: v.number('syscallpc'), stktopsp: v.number('stktopsp'), m, lockedm: n('lockedm'), gopc, startpc,
      startName: start?.name, createdBy: creator?.name, parentGoid: v.number('parentGoid'), preempt: v.flag('preempt'), preemptStop: v.flag('preemptStop'), asyncSafePoint: v.flag('asyncSafePoint'),
      schedlink: v.number('schedlink'), waiting: v.number('waiting'),
    };
    const sentinel = stackGuardName(guard);
    if (sentinel) g.stackguard0Name = sentinel;
    if ((status & ~G_SCAN) === 4) {
      g.waitReason = this.waitReasonName(n('waitreason'));
      g.waitSince = v.number('waitsince');
    }
    if (m) g.mId = this.idOfM(m);
    return g;
  }

  private gobuf(v: StructView): GobufInfo {
    const n = (path: string): number => v.number(path) ?? 0;
    const out: GobufInfo = { sp: n('sched.sp'), pc: n('sched.pc'), g: n('sched.g'), ctxt: n('sched.ctxt'), bp: n('sched.bp'), lr: v.number('sched.lr'), ret: v.number('sched.ret') };
    out.pcName = this.name(out.pc);
    return out;
  }

  goid(g: number): number {
    const f = this.layouts.field('runtime.g', 'goid');
    return g && f ? this.memory.u64(g + f.offset) ?? 0 : 0;
  }

  private idOfM(m: number): number | undefined {
    const f = this.layouts.field('runtime.m', 'id');
    return f && m ? this.memory.u64(m + f.offset) : undefined;
  }

  private idOfP(p: number): number | undefined {
    const f = this.layouts.field('runtime.p', 'id');
    return f && p ? this.memory.u32(p + f.offset) : undefined;
  }

  readM(address: number): MInfo | undefined {
    const v = this.struct('runtime.m', address);
    if (!v) return undefined;
    const n = (path: string): number => v.number(path) ?? 0;
    const tlsBytes = v.raw('tls');
    const tls: number[] = [];
    for (let i = 0; i + 8 <= tlsBytes.length; i += 8) tls.push(numberAt(tlsBytes, i, 8));
    const preemptoff = v.raw('preemptoff');
    const text = preemptoff.length === 16 ? this.memory.string(numberAt(preemptoff, 0, 8), numberAt(preemptoff, 8, 8), 200) : '';
    const mstartfn = n('mstartfn'), curg = n('curg'), p = n('p'), procid = n('procid');
    const fnpc = mstartfn ? this.memory.u64(mstartfn) ?? 0 : 0;
    const m: MInfo = {
      address, id: v.signed('id') ?? 0, procid, isM0: address === this.m0Address, g0: n('g0'), gsignal: n('gsignal'), curg, p, nextp: n('nextp'), oldp: n('oldp'), tls,
      spinning: v.flag('spinning'), blocked: v.flag('blocked'), incgo: v.flag('incgo'), locks: v.signed('locks'), mallocing: v.signed('mallocing'), throwing: v.number('throwing'),
      lockedg: v.number('lockedg'), parkKey: v.number('park.key'), schedlink: v.number('schedlink'), idle: false,
    };
    if (text) m.preemptoff = text;
    if (curg) m.curgGoid = this.goid(curg);
    if (p) m.pId = this.idOfP(p);
    if (fnpc) m.mstartfn = this.name(fnpc);
    return m;
  }

  readP(address: number): PInfo | undefined {
    const v = this.struct('runtime.p', address);
    if (!v) return undefined;
    const n = (path: string): number => v.number(path) ?? 0;
    const status = n('status'), m = n('m'), head = n('runqhead'), tail = n('runqtail'), runnext = n('runnext');
    const ring = v.raw('runq');
    const slots = ring.length / 8;
    const runq: PInfo['runq'] = [];
    const length = (tail - head) >>> 0;
    if (slots > 0 && length <= slots) {
      for (let i = 0; i < length; i++) {
        const g = numberAt(ring, (((head + i) >>> 0) % slots) * 8, 8);
        runq.push({ g, goid: this.goid(g) });
      }
    }
    const gFree = this.gList(v.number('gFree.head') ?? v.number('gFree.gList.head') ?? 0);
    const p: PInfo = {
      address, id: v.signed('id') ?? 0, status, statusName: processorStatusName(status), m, schedtick: n('schedtick'), syscalltick: n('syscalltick'), mcache: n('mcache'),
      runqhead: head, runqtail: tail, runnext, runq, gFreeCount: v.signed('gFree.size') ?? v.signed('gFree.n') ?? gFree.length, gFree, timers: v.number('timers.len') ?? v.number('numTimers'),
      preempt: v.flag('preempt'), idle: false,
    };
    if (m) p.mId = this.idOfM(m);
    if (runnext) p.runnextGoid = this.goid(runnext);
    return p;
  }

  /** Gs linked by schedlink. */
  private gList(head: number): number[] {
    const link = this.layouts.field('runtime.g', 'schedlink');
    return link ? this.chain(head, (g) => this.memory.u64(g + link.offset)) : [];
  }

  private chain(head: number, next: (at: number) => number | undefined, limit = MAX_LIST): number[] {
    const out: number[] = [];
    const seen = new Set<number>();
    for (let at: number | undefined = head; at && at < 2 ** 47 && !seen.has(at) && out.length < limit; at = next(at)) {
      seen.add(at);
      out.push(at);
    }
    return out;
  }

  readSched(): SchedInfo | undefined {
    const v = this.struct('runtime.schedt', this.variable('runtime.sched'));
    if (!v) return undefined;
    const n = (path: string): number => v.number(path) ?? 0;
    const mLink = this.layouts.field('runtime.m', 'schedlink'), mNode = this.layouts.field('runtime.m', 'idleNode.next');
    const midle = v.has('midle.obj')
      ? this.chain(n('midle.obj'), (m) => (mNode ? this.memory.u64(m + mNode.offset) : undefined), MAX_MS)
      : this.chain(n('midle'), (m) => (mLink ? this.memory.u64(m + mLink.offset) : undefined), MAX_MS);
    const pLink = this.layouts.field('runtime.p', 'link');
    const runq = this.gList(n('runq.head')).map((g) => ({ g, goid: this.goid(g) }));
    const gFreeStack = this.gList(n('gFree.stack.head')), gFreeNoStack = this.gList(n('gFree.noStack.head'));
    const freeSize = v.signed('gFree.stack.size');
    return {
      goidgen: v.number('goidgen'), nmidle: v.signed('nmidle') ?? 0, nmidlelocked: v.signed('nmidlelocked'), mnext: n('mnext'), maxmcount: n('maxmcount'), nmsys: v.signed('nmsys'), midle,
      pidle: this.chain(n('pidle'), (p) => (pLink ? this.memory.u64(p + pLink.offset) : undefined), MAX_PS), npidle: v.signed('npidle') ?? 0, nmspinning: v.signed('nmspinning') ?? 0,
      runqsize: v.signed('runq.size') ?? v.signed('runqsize') ?? runq.length, runq, gFreeStack, gFreeNoStack,
      gFreeCount: freeSize !== undefined ? freeSize + (v.signed('gFree.noStack.size') ?? 0) : v.signed('gFree.n') ?? gFreeStack.length + gFreeNoStack.length,
      gcwaiting: Boolean(v.number('gcwaiting')), stopwait: v.signed('stopwait'), sysmonwait: v.flag('sysmonwait'), ngsys: v.signed('ngsys'), disabled: v.flag('disable.user'),
    };
  }

  // ---- lists ----

  /** Addresses in runtime.allgs. */
  allgs(limit = 1_000_000): number[] {
    return this.pointerSlice('runtime.allgs', limit);
  }

  allgsLength(): number {
    const address = this.variable('runtime.allgs');
    const length = address ? this.memory.u64(address + 8) ?? 0 : 0;
    return length < 100_000_000 ? length : 0;
  }

  allp(): number[] {
    return this.pointerSlice('runtime.allp', MAX_PS).filter((p) => p !== 0);
  }

  private pointerSlice(name: string, limit: number): number[] {
    const address = this.variable(name);
    if (!address) return [];
    const header = this.memory.bytes(address, 16);
    if (header.length < 16) return [];
    const pointer = numberAt(header, 0, 8), length = Math.min(numberAt(header, 8, 8), limit);
    const data = pointer ? this.memory.bytes(pointer, length * 8) : new Uint8Array(0);
    const out: number[] = [];
    for (let i = 0; i + 8 <= data.length; i += 8) out.push(numberAt(data, i, 8));
    return out;
  }

  /** Ms from runtime.allm; m0 alone before that list exists. */
  allm(): number[] {
    const head = this.variable('runtime.allm');
    const first = head ? this.memory.u64(head) ?? 0 : 0;
    const link = this.layouts.field('runtime.m', 'alllink');
    const list = first && link ? this.chain(first, (m) => this.memory.u64(m + link.offset), MAX_MS) : [];
    if (list.length === 0 && this.m0Address) {
      const g0 = this.layouts.field('runtime.m', 'g0');
      if (g0 && this.memory.u64(this.m0Address + g0.offset)) return [this.m0Address];
    }
    return list.reverse();
  }

  // ---- threads ----

  /** g as thread-local storage has it: -8(FS); undefined while FS has no base. */
  tlsG(fsBase: number): number | undefined {
    return fsBase ? this.memory.u64(fsBase + this.tlsOffset) : undefined;
  }

  /** Offset of the g slot from FS. */
  get tlsOffset(): number { return this.binary.tlsOffset; }

  /** Every address that is a G for sure: allgs, and each M's g0, gsignal, curg. Before them, runtime.g0. */
  private knownGs(ms: readonly MInfo[]): Map<number, GInfo['kind']> {
    const known = new Map<number, GInfo['kind']>();
    for (const g of this.allgs()) known.set(g, 'goroutine');
    for (const m of ms) {
      if (m.curg && !known.has(m.curg)) known.set(m.curg, 'goroutine');
      if (m.g0) known.set(m.g0, 'g0');
      if (m.gsignal) known.set(m.gsignal, 'gsignal');
    }
    if (this.g0Address) known.set(this.g0Address, 'g0');
    return known;
  }

  threadView(t: ThreadState, ms: readonly MInfo[] = this.allm().flatMap((m) => this.readM(m) ?? []), known: ReadonlyMap<number, GInfo['kind']> = this.knownGs(ms)): ThreadView {
    const fn = this.functionOf(t.rip);
    const tlsG = this.tlsG(t.fsBase);
    const tlsValid = tlsG !== undefined && known.has(tlsG), r14Valid = known.has(t.r14);
    const inGoCode = fn?.abi === 'ABIInternal' && !fn.wrapper;
    const g = inGoCode && r14Valid ? t.r14 : tlsValid ? tlsG : r14Valid && inGoCode ? t.r14 : undefined;
    // gogo sets TLS, then R14; mcall R14, then TLS. Elsewhere ABI0 code and wrappers may hold anything in R14.
    const bothShouldHold = inGoCode || (fn !== undefined && fn.abi === undefined && fn.spWrite) || fn?.funcId === 'gogo' || fn?.funcId === 'mcall';
    const view: ThreadView = {
      tid: t.tid, state: t.state, pc: t.rip, sp: t.rsp, function: fn?.name, tlsG, r14: t.r14, g, disagree: tlsValid && r14Valid && tlsG !== t.r14 && bothShouldHold,
      m: undefined, p: undefined, stackOf: { kind: 'unknown' },
    };
    if (t.waitingFor !== undefined) view.waitingFor = t.waitingFor;
    const mField = this.layouts.field('runtime.g', 'm');
    const owner = ms.find((m) => m.procid === t.tid && m.procid !== 0) ?? (g && mField ? ms.find((m) => m.address === this.memory.u64(g + mField.offset)) : undefined)
      ?? (tlsG === undefined && ms.length === 1 ? ms[0] : undefined);
    if (owner) {
      view.m = owner.address;
      view.mId = owner.id;
      view.p = owner.p || undefined;
    }
    view.stackOf = this.stackOf(t.rsp, [owner?.g0, owner?.gsignal, owner?.curg, tlsG, t.r14, this.g0Address], known);
    return view;
  }

  /** Whose stack an SP is on; likely owners first, then every G. */
  stackOf(sp: number, first: readonly (number | undefined)[], known: ReadonlyMap<number, GInfo['kind']>): ThreadView['stackOf'] {
    const lo = this.layouts.field('runtime.g', 'stack.lo'), hi = this.layouts.field('runtime.g', 'stack.hi');
    if (!lo || !hi) return { kind: 'unknown' };
    const holds = (g: number): { lo: number; hi: number } | undefined => {
      const b = this.memory.bytes(g + lo.offset, 16);
      if (b.length < 16) return undefined;
      const low = numberAt(b, 0, 8), high = numberAt(b, 8, 8);
      return sp > low && sp <= high && low !== 0 && high - low < 2 ** 31 ? { lo: low, hi: high } : undefined;
    };
    const answer = (g: number): ThreadView['stackOf'] | undefined => {
      const bounds = holds(g);
      return bounds && { g, kind: known.get(g) ?? 'goroutine', goid: this.goid(g), ...bounds };
    };
    for (const g of first) {
      if (!g || !known.has(g)) continue;
      const found = answer(g);
      if (found) return found;
    }
    for (const g of known.keys()) {
      const found = answer(g);
      if (found) return found;
    }
    return { kind: 'os' };
  }

  // ---- everything ----

  snapshot(threads: readonly ThreadState[], options: SnapshotOptions = {}): SchedulerSnapshot {
    const out: SchedulerSnapshot = { phase: 'noGo', goVersion: this.binary.goVersion, gomaxprocs: 0, ncpu: 0, m0: this.m0Address, g0: this.g0Address, gs: [], gsTotal: 0, ms: [], ps: [], sched: undefined, threads: [] };
    if (this.layouts.size('runtime.g') === 0) {
      out.message = 'The layout of the Go runtime of this program is not known: it has no debug information and its Go version is not in the table.';
      return out;
    }
    const stripped = this.variable('runtime.allgs') === 0;
    // With a symbol table the runtime's variables would be in it.
    if (stripped && this.binary.hasSymbols) out.message = 'There is no Go runtime in this program: no goroutines, threads of Go or processors.';
    else if (stripped) out.message = 'The program has no symbols (built with -ldflags=-s), so the lists of Gs, Ps and sched cannot be found; what the threads run is shown.';
    const addresses = this.allm();
    // Every M that has run has a thread; those that have none are in no list that can be found.
    if (this.variable('runtime.allm') === 0) {
      const field = this.layouts.field('runtime.g', 'm');
      for (const t of threads) {
        const g = this.tlsG(t.fsBase), m = g && field ? this.memory.u64(g + field.offset) ?? 0 : 0;
        if (m && !addresses.includes(m) && this.readM(m)) addresses.push(m);
      }
    }
    const ms = addresses.flatMap((m) => this.readM(m) ?? []);
    const known = this.knownGs(ms);
    out.sched = this.readSched();
    const idleMs = new Set(out.sched?.midle), idlePs = new Set(out.sched?.pidle);
    for (const m of ms) m.idle = idleMs.has(m.address);
    out.ms = ms;
    const ps = this.allp();
    if (stripped) for (const m of ms) for (const p of [m.p, m.nextp, m.oldp]) if (p && !ps.includes(p)) ps.push(p);
    out.ps = ps.flatMap((p) => this.readP(p) ?? []);
    for (const p of out.ps) p.idle = idlePs.has(p.address);
    out.gomaxprocs = this.variable('runtime.gomaxprocs') ? this.memory.u32(this.variable('runtime.gomaxprocs')) ?? 0 : out.ps.filter(({ statusName }) => statusName !== 'dead').length;
    const ncpu = this.variable('runtime.ncpu') || this.variable('runtime.numCPUStartup');
    out.ncpu = ncpu ? this.memory.u32(ncpu) ?? 0 : 0;
    out.threads = threads.map((t) => this.threadView(t, ms, known));
    const running = new Map(out.threads.flatMap((t) => (t.g ? [[t.g, t.tid] as const] : [])));
    for (const m of ms) {
      for (const [g, kind] of [[m.g0, 'g0'], [m.gsignal, 'gsignal']] as const) {
        const info = g ? this.readG(g, kind) : undefined;
        if (info) out.gs.push(info);
      }
    }
    if (ms.length === 0 && this.g0Address) {
      const info = this.readG(this.g0Address, 'g0');
      if (info && info.stack.hi !== 0) out.gs.push(info);
    }
    out.gsTotal = this.allgsLength();
    const limit = options.maxGs ?? 100_000;
    for (const address of this.allgs(limit)) {
      const info = this.readG(address);
      if (info && !(options.skipDead && info.statusName === 'dead')) out.gs.push(info);
    }
    // What runs is told whatever the limit (and, without symbols, though the list of all is not known).
    if (stripped || out.gsTotal > limit) {
      const there = new Set(out.gs.map(({ address }) => address));
      for (const address of [...ms.map(({ curg }) => curg), ...out.threads.map(({ g }) => g ?? 0)]) {
        const info = address && !there.has(address) ? this.readG(address) : undefined;
        there.add(address);
        if (info) out.gs.push(info);
      }
    }
    for (const g of out.gs) {
      const tid = running.get(g.address);
      if (tid !== undefined) g.thread = tid;
    }
    if (ms.length === 0) {
      out.phase = 'start';
      out.message ??= 'The Go runtime is not initialised yet: rt0_go has not tied m0 and g0.';
    } else if (out.ps.length === 0) {
      out.phase = 'boot';
      out.message ??= 'The scheduler is not initialised yet: schedinit has not made the Ps.';
    } else out.phase = 'running';
    return out;
  }
}
