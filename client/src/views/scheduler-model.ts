// The rows of the "Goroutines · Threads · Processors" tree, made from what the adapter says of one stop. No vscode here.
// Must stay true: ids are stable from stop to stop (the tree stays expanded), and a row is marked exactly when its words changed.

import type { GInfo, MInfo, Place, PInfo, SchedulerResult } from '../../../debug-adapter/src/dap/protocol';
import { l10n } from '../l10n';
import { inWords } from './engine-words';
import { address, bytes, grouped } from './words';

export interface Row {
  id: string;
  label: string;
  description?: string;
  tooltip?: string;
  /** Name of a product icon, and a colour of the theme. */
  icon?: string;
  color?: string;
  open?: boolean;
  children?: () => Row[];
  /** What its commands work on. */
  place?: Place;
  thread?: number;
  address?: number;
  /** Of a goroutine's row. */
  goid?: number;
  changed?: boolean;
  /** Shows more rows instead of leading to a place. */
  more?: boolean;
  /** What names its value for a watch, "stop when this changes" and "who wrote this". */
  expression?: string;
}

/** Rows whose label is not the field's name; others that are no field have none. */
const FIELD_NAMES: Record<string, string> = { status: 'atomicstatus', 'created by': '', 'starts at': '', stack: 'stack', 'SP on': '', runq: 'runq', gFree: '', timers: '', 'idle Ps': 'pidle', 'idle Ms': 'midle', gomaxprocs: '', ncpu: '' };
/** Rows that are no field of the runtime's and have words for a name. */
const labels = (): Record<string, string> => ({ 'created by': l10n.t('created by'), 'starts at': l10n.t('starts at'), 'SP on': l10n.t('SP on'), 'idle Ps': l10n.t('idle Ps'), 'idle Ms': l10n.t('idle Ms') });
function expressionOf(owner: string, name: string): string | undefined {
  const field = FIELD_NAMES[name] ?? name, [kind, id] = owner.split(' ');
  if (field === '') return kind === 'sched' && name === 'gomaxprocs' ? 'runtime.gomaxprocs' : undefined; // ncpu has another name in each few Go versions, and never changes
  if (kind === 'g' || kind === 'm') return `(*runtime.${kind})(0x${id}).${field}`;
  return kind === 'p' ? `runtime.allp[${id}].${kind === 'p' && field === 'atomicstatus' ? 'status' : field}` : kind === 'sched' ? `runtime.sched.${field}` : undefined;
}

/** Rows of one page; more are behind rows like `201 … 400`. */
const PAGE = 200;

const ICONS: Record<string, [icon: string, color?: string]> = {
  running: ['play-circle', 'charts.green'], runnable: ['circle-filled', 'charts.blue'], waiting: ['watch', 'charts.yellow'], syscall: ['plug', 'charts.orange'],
  preempted: ['debug-pause', 'charts.yellow'], copystack: ['layers', 'charts.purple'], dead: ['circle-slash', 'disabledForeground'], idle: ['circle-outline', 'disabledForeground'],
  system: ['server-process', 'disabledForeground'], leaked: ['warning', 'charts.red'],
};
const ORDER = ['running', 'runnable', 'syscall', 'waiting', 'preempted', 'copystack', 'leaked', 'idle', 'dead'];

export function shortFunction(name: string | undefined): string {
  return name === undefined ? '' : name.replace(/^.*\/(?=[^/]+$)/, '');
}

export type Grouping = 'status' | 'function' | 'waitReason' | 'p' | 'none';
export const GROUPINGS: readonly Grouping[] = ['status', 'function', 'waitReason', 'p', 'none'];

const GLOBAL = -1;

class Model {
  readonly #gs: Map<number, GInfo>;
  /** By address of a g: the P that has it next or queued, -1 for the global queue. */
  readonly #queuedOn = new Map<number, { p: number; next: boolean }>();
  constructor(readonly result: SchedulerResult, readonly grouping: Grouping, readonly filter = '') {
    const { gs, ps, sched } = result.snapshot;
    this.#gs = new Map(gs.map((g) => [g.address, g]));
    for (const { g } of sched?.runq ?? []) this.#queuedOn.set(g, { p: GLOBAL, next: false });
    for (const p of ps) { for (const { g } of p.runq) this.#queuedOn.set(g, { p: p.id, next: false }); if (p.runnext) this.#queuedOn.set(p.runnext, { p: p.id, next: true }); }
  }

  gName(g: GInfo | undefined): string {
    if (!g) return '';
    if (g.kind === 'goroutine') return `G${g.goid}`;
    const owner = this.result.snapshot.ms.find((m) => m.g0 === g.address || m.gsignal === g.address);
    return owner ? l10n.t('{0} of M{1}', g.kind, owner.id) : g.kind;
  }
  /** A queue's goroutines in the order in which they will run, all of them. */
  queue(id: string, list: readonly { g: number; goid: number }[]): Partial<Row> {
    if (list.length === 0) return {};
    return { children: () => this.paged(id, list.map(({ g, goid }, index): Row => {
      const place = this.result.placeOfG[g], thread = this.result.threadOfG[g];
      return { id: `${id} ${index}`, label: `${index + 1}. G${goid}`, description: shortFunction(this.#gs.get(g)?.startName), icon: 'circle-filled', color: 'charts.blue', address: g, goid, ...(place ? { place } : {}), ...(thread === undefined ? {} : { thread }) };
    })) };
  }
  queued = (list: readonly { goid: number }[]): string => `[${list.slice(0, 8).map(({ goid }) => `G${goid}`).join(' ')}${list.length > 8 ? ' …' : ''}]`;

  top(): Row[] {
    const { snapshot } = this.result;
    const goroutines = snapshot.gs.filter((g) => g.kind === 'goroutine' && this.passes(g));
    const alive = goroutines.filter((g) => g.statusName !== 'dead' && g.statusName !== 'idle');
    const rows: Row[] = [];
    if (snapshot.message) rows.push({ id: 'message', label: inWords(snapshot.message), icon: 'info' });
    rows.push(
      { id: 'goroutines', label: l10n.t('Goroutines'), description: this.untold > 0 ? l10n.t('the first {0} of {1}', grouped(snapshot.gsTotal - this.untold), grouped(snapshot.gsTotal)) : String(alive.length), icon: 'symbol-event', open: true, children: () => [...this.goroutines(goroutines), ...this.rest()] },
      { id: 'threads', label: l10n.t('Threads (M)'), description: String(Math.max(snapshot.ms.length, snapshot.threads.length)), icon: 'vm', open: true, children: () => this.threads() },
      { id: 'processors', label: l10n.t('Processors (P)'), description: snapshot.ps.length === 0 ? l10n.t('none yet') : String(snapshot.ps.length), icon: 'chip', open: true, children: () => snapshot.ps.map((p) => this.processor(p)) },
    );
    const { sched } = snapshot;
    if (sched) {
      rows.push({
        id: 'scheduler', label: l10n.t('Scheduler'), icon: 'settings-gear',
        description: [`runq ${sched.runqsize}`, l10n.t('idle Ps {0}', sched.npidle), l10n.t('idle Ms {0}', sched.nmidle), l10n.t('spinning {0}', sched.nmspinning), ...(sched.gcwaiting ? ['gcwaiting'] : [])].join(' · '),
        children: () => this.scheduler(),
      });
    }
    return rows;
  }

  /** Goroutines that the adapter was not asked for. */
  get untold(): number { const { gs, gsTotal } = this.result.snapshot; return Math.max(0, gsTotal - gs.filter((g) => g.kind === 'goroutine').length); }
  rest(): Row[] {
    if (this.untold === 0) return [];
    return [{ id: 'more', label: l10n.t('{0} more…', grouped(this.untold)), description: this.filter.trim() === '' ? l10n.t('show them') : l10n.t('look for the filter there, too'), icon: 'ellipsis', more: true }];
  }

  /** Each word of the filter must stand in the goroutine's name, status, wait reason, P or functions. */
  passes(g: GInfo): boolean {
    if (this.filter.trim() === '') return true;
    const text = [this.gName(g), g.statusName, g.waitReason, g.startName, this.result.placeOfG[g.address]?.function, g.createdBy, this.processorOf(g)].filter(Boolean).join(' ').toLowerCase();
    return this.filter.toLowerCase().split(/\s+/).every((word) => text.includes(word));
  }
  /** The P that runs it or has it in its queue. */
  processorOf(g: GInfo): string | undefined {
    const running = this.result.snapshot.ps.find((each) => each.mId !== undefined && each.mId === g.mId), id = running?.id ?? this.#queuedOn.get(g.address)?.p ?? GLOBAL;
    return id === GLOBAL ? undefined : `P${id}`;
  }
  keyOf(g: GInfo): string {
    switch (this.grouping) {
      case 'function': return shortFunction(g.startName) || l10n.t('unknown function');
      case 'waitReason': return g.statusName === 'waiting' ? g.waitReason ?? 'waiting' : g.statusName;
      case 'p': return this.processorOf(g) ?? l10n.t('no P');
      default: return '';
    }
  }

  goroutines(all: GInfo[]): Row[] {
    const system = this.result.snapshot.gs.filter((g) => g.kind !== 'goroutine' && this.passes(g));
    if (this.grouping !== 'none' && this.grouping !== 'status') {
      const groups = new Map<string, GInfo[]>();
      for (const g of all) if (g.statusName !== 'dead') { const key = this.keyOf(g), members = groups.get(key); if (members) members.push(g); else groups.set(key, [g]); }
      const rows = [...groups].sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1)).map(([key, members]) => ({ ...this.group(`${this.grouping} ${key}`, key, members, true), icon: 'list-tree', color: undefined }));
      return system.length > 0 ? [...rows, this.group('system', l10n.t('g0 and gsignal'), system, false)] : rows;
    }
    if (this.grouping === 'none') return [...this.paged('all', all.map((g) => this.goroutine(g))), ...this.paged('s', system.map((g) => this.goroutine(g)))];
    const rows: Row[] = [];
    for (const status of [...ORDER, ...new Set(all.map((g) => g.statusName).filter((name) => !ORDER.includes(name)))]) {
      const members = all.filter((g) => g.statusName === status && (status === 'running' || !g.system));
      if (members.length > 0) rows.push(this.group(status, status, members, status !== 'dead' && status !== 'idle'));
    }
    const runtime = all.filter((g) => g.system && g.statusName !== 'running');
    if (runtime.length > 0) rows.push(this.group('runtime', l10n.t("runtime's own"), runtime, false));
    if (system.length > 0) rows.push(this.group('system', l10n.t('g0 and gsignal'), system, false));
    return rows;
  }
  group(id: string, label: string, members: GInfo[], open: boolean): Row {
    const [icon, color] = ICONS[id] ?? ICONS['system']!;
    return { id: `group ${id}`, label, description: String(members.length), icon, color, open, children: () => this.paged(`group ${id}`, members.map((g) => this.goroutine(g))) };
  }
  paged(id: string, rows: Row[]): Row[] {
    if (rows.length <= PAGE) return rows;
    const pages: Row[] = [];
    for (let from = 0; from < rows.length; from += PAGE) {
      const part = rows.slice(from, from + PAGE);
      pages.push({ id: `${id} page ${from}`, label: `${from + 1} … ${from + part.length}`, icon: 'ellipsis', children: () => part });
    }
    return pages;
  }

  goroutine(g: GInfo): Row {
    const place = this.result.placeOfG[g.address];
    const [icon, color] = ICONS[g.kind === 'goroutine' ? g.statusName : 'system'] ?? ['circle-outline'];
    const p = this.result.snapshot.ps.find((each) => each.mId !== undefined && each.mId === g.mId);
    const queue = this.#queuedOn.get(g.address);
    const where = g.statusName === 'running' && g.mId !== undefined ? l10n.t('on {0}', `M${g.mId}${p ? `/P${p.id}` : ''}`)
      : queue ? queue.p === GLOBAL ? l10n.t('global queue') : queue.next ? `P${queue.p} runnext` : l10n.t('P{0} queue', queue.p)
        : g.statusName === 'waiting' ? g.waitReason ?? 'waiting' : g.kind === 'goroutine' && this.grouping === 'status' ? '' : g.kind === 'goroutine' ? g.statusName : '';
    return {
      id: `g ${g.address.toString(16)}`,
      label: this.gName(g),
      description: [shortFunction(g.startName ?? (g.kind === 'goroutine' ? undefined : place?.function)), where, g.lockedm ? l10n.t('locked to its M') : '', place?.function && g.startName && place.function !== g.startName ? l10n.t('in {0}', shortFunction(place.function)) : ''].filter(Boolean).join(' · '),
      tooltip: [
        g.startName ? l10n.t('{0} runs {1}', this.gName(g), g.startName) : this.gName(g),
        `${l10n.t('status {0}', g.statusName)}${g.scan ? ` ${l10n.t('(being scanned)')}` : ''}`, g.waitReason ? l10n.t('waits for: {0}', g.waitReason) : '',
        g.createdBy ? (g.parentGoid ? l10n.t('created by {0} in G{1}', g.createdBy, g.parentGoid) : l10n.t('created by {0}', g.createdBy)) : '',
        l10n.t('{0} at {1}', 'runtime.g', address(g.address)),
      ].filter(Boolean).join('\n'),
      icon, color, place, thread: this.result.threadOfG[g.address], address: g.address, ...(g.kind === 'goroutine' ? { goid: g.goid } : {}),
      children: () => this.fieldsOfG(g),
    };
  }
  field(owner: string, name: string, value: string | number | boolean | undefined, extra: Partial<Row> = {}): Row[] {
    return value === undefined || value === '' ? [] : [{ id: `${owner} .${name}`, label: labels()[name] ?? name, description: String(value), ...(expressionOf(owner, name) === undefined ? {} : { expression: expressionOf(owner, name)! }), ...extra }];
  }
  fieldsOfG(g: GInfo): Row[] {
    const id = `g ${g.address.toString(16)}`, field = (name: string, value: string | number | boolean | undefined, extra?: Partial<Row>): Row[] => this.field(id, name, value, extra);
    const size = g.stack.hi - g.stack.lo;
    return [
      ...field('status', `${g.statusName}${g.scan ? ' + scan' : ''}`),
      ...field('stack', g.stack.hi === 0 ? l10n.t('none') : `${bytes(size)}, ${address(g.stack.lo)} … ${address(g.stack.hi)}`, { address: g.stack.lo }),
      ...field('stackguard0', g.stackguard0Name ?? address(g.stackguard0)),
      ...field('sched.sp', g.sched.sp === 0 ? '0' : address(g.sched.sp), { address: g.sched.sp || undefined }),
      ...field('sched.pc', g.sched.pc === 0 ? '0' : `${address(g.sched.pc)}${g.sched.pcName ? ` ${g.sched.pcName}` : ''}`, { place: g.sched.pc === 0 ? undefined : { pc: g.sched.pc } }),
      ...field('sched.bp', g.sched.bp === 0 ? undefined : address(g.sched.bp)),
      ...field('m', g.mId === undefined ? undefined : `M${g.mId}`),
      ...field('lockedm', g.lockedm === 0 ? undefined : address(g.lockedm)),
      ...field('waitreason', g.waitReason),
      ...field('preempt', g.preempt === true ? l10n.t('asked for') : undefined),
      ...field('created by', g.createdBy),
      ...field('starts at', g.startName),
    ];
  }

  threads(): Row[] {
    const { snapshot } = this.result;
    const rows = snapshot.ms.map((m) => this.machine(m));
    for (const thread of snapshot.threads) {
      // Before the runtime has an M for it, a thread is only the operating system's.
      if (snapshot.ms.some((m) => m.procid === thread.tid || m.address === thread.m)) continue;
      rows.push({ id: `t ${thread.tid}`, label: l10n.t('thread {0}', thread.tid), description: [thread.waitingFor ?? thread.state, shortFunction(thread.function)].filter(Boolean).join(' · '), icon: 'vm-outline', thread: this.result.threadOfTid[thread.tid], place: { pc: thread.pc, function: thread.function } });
    }
    return rows;
  }
  machine(m: MInfo): Row {
    const { snapshot } = this.result, id = `m ${m.address.toString(16)}`;
    const thread = snapshot.threads.find((each) => each.m === m.address || (m.procid !== 0 && each.tid === m.procid));
    const on = thread?.g === undefined ? undefined : this.#gs.get(thread.g);
    const state = m.spinning ? l10n.t('spinning') : thread?.waitingFor ? l10n.t('asleep: {0}', thread.waitingFor) : m.idle ? l10n.t('idle') : '';
    return {
      id, label: `M${m.id}`,
      description: [on ? l10n.t('runs {0}', this.gName(on)) : '', m.pId === undefined ? l10n.t('no P') : `P${m.pId}`, m.curg !== 0 && m.curg !== on?.address ? `curg G${m.curgGoid ?? '?'}` : '', state, shortFunction(m.mstartfn)].filter(Boolean).join(' · '),
      tooltip: [l10n.t('{0} at {1}', 'runtime.m', address(m.address)), m.procid ? l10n.t('Linux thread {0}', m.procid) : '', thread?.function ? l10n.t('in {0}', thread.function) : ''].filter(Boolean).join('\n'),
      icon: m.spinning ? 'sync' : thread?.waitingFor || m.idle ? 'vm-outline' : 'vm-running',
      thread: thread && this.result.threadOfTid[thread.tid], address: m.address, place: thread && { pc: thread.pc, function: thread.function },
      children: () => [
        ...this.field(id, 'g0', m.g0 === 0 ? undefined : address(m.g0), { address: m.g0 }),
        ...this.field(id, 'gsignal', m.gsignal === 0 ? undefined : address(m.gsignal), { address: m.gsignal }),
        ...this.field(id, 'curg', m.curg === 0 ? 'nil' : `G${m.curgGoid ?? '?'} ${address(m.curg)}`, { address: m.curg || undefined }),
        ...this.field(id, 'p', m.pId === undefined ? 'nil' : `P${m.pId}`),
        ...this.field(id, 'nextp', m.nextp === 0 ? undefined : address(m.nextp)),
        ...this.field(id, 'oldp', m.oldp === 0 ? undefined : address(m.oldp)),
        ...this.field(id, 'locks', m.locks),
        ...this.field(id, 'spinning', m.spinning),
        ...this.field(id, 'blocked', m.blocked),
        ...this.field(id, 'procid', m.procid),
        ...this.field(id, 'mstartfn', m.mstartfn),
        ...this.field(id, 'SP on', thread && ('g' in thread.stackOf ? l10n.t("{0}'s stack", this.gName(this.#gs.get(thread.stackOf.g)) || thread.stackOf.kind) : thread.stackOf.kind === 'os' ? l10n.t("the thread's OS stack") : undefined)),
      ],
    };
  }

  processor(p: PInfo): Row {
    const id = `p ${p.id}`;
    return {
      id, label: `P${p.id}`,
      description: [p.mId === undefined ? p.statusName : `${p.statusName} ${l10n.t('on {0}', `M${p.mId}`)}`, p.runnext ? `runnext G${p.runnextGoid ?? '?'}` : '', p.runq.length > 0 ? `runq ${this.queued(p.runq)}` : ''].filter(Boolean).join(' · '),
      tooltip: l10n.t('{0} at {1}', 'runtime.p', address(p.address)),
      icon: p.statusName === 'running' ? 'chip' : 'circle-large-outline', color: p.statusName === 'running' ? 'charts.green' : p.statusName === 'gcstop' ? 'charts.red' : 'disabledForeground',
      address: p.address,
      children: () => [
        ...this.field(id, 'status', p.statusName),
        ...this.field(id, 'm', p.mId === undefined ? 'nil' : `M${p.mId}`),
        ...this.field(id, 'schedtick', grouped(p.schedtick)),
        ...this.field(id, 'syscalltick', grouped(p.syscalltick)),
        ...this.field(id, 'runnext', p.runnext === 0 ? 'nil' : `G${p.runnextGoid ?? '?'}`, { address: p.runnext || undefined }),
        ...this.field(id, 'runq', `${p.runq.length}${p.runq.length > 0 ? ` ${this.queued(p.runq)}` : ''} (${l10n.t('head {0}, tail {1}', p.runqhead, p.runqtail)})`, this.queue(`${id} runq`, p.runq)),
        ...this.field(id, 'gFree', p.gFreeCount),
        ...this.field(id, 'timers', p.timers),
        ...this.field(id, 'mcache', p.mcache === 0 ? undefined : address(p.mcache), { address: p.mcache }),
      ],
    };
  }

  scheduler(): Row[] {
    const { snapshot } = this.result, { sched } = snapshot;
    if (!sched) return [];
    const m = (at: number): string => { const found = snapshot.ms.find((each) => each.address === at); return found ? `M${found.id}` : address(at); };
    const p = (at: number): string => { const found = snapshot.ps.find((each) => each.address === at); return found ? `P${found.id}` : address(at); };
    const field = (name: string, value: string | number | boolean | undefined, extra?: Partial<Row>): Row[] => this.field('sched', name, value, extra);
    return [
      ...field('runq', `${sched.runqsize}${sched.runq.length > 0 ? ` ${this.queued(sched.runq)}` : ''}`, this.queue('runq', sched.runq)),
      ...field('idle Ps', `${sched.npidle}${sched.pidle.length > 0 ? ` [${sched.pidle.map(p).join(' ')}]` : ''}`),
      ...field('idle Ms', `${sched.nmidle}${sched.midle.length > 0 ? ` [${sched.midle.map(m).join(' ')}]` : ''}`),
      ...field('nmspinning', sched.nmspinning),
      ...field('gcwaiting', sched.gcwaiting ? l10n.t('yes: the world is being stopped') : l10n.t('no')),
      ...field('sysmonwait', sched.sysmonwait === undefined ? undefined : sched.sysmonwait ? l10n.t('yes') : l10n.t('no')),
      ...field('gFree', l10n.t('{0} ({1} with stack)', sched.gFreeCount, sched.gFreeStack.length)),
      ...field('goidgen', sched.goidgen),
      ...field('mnext', sched.mnext),
      ...field('gomaxprocs', snapshot.gomaxprocs),
      ...field('ncpu', snapshot.ncpu),
    ];
  }
}

/** Rows of a stop by id, without the fields of goroutines: those are looked up by the row that they belong to. */
export type Seen = ReadonlyMap<string, Row>;
const textOf = (row: Row): string => `${row.label} ${row.description ?? ''}`;

/** Marks what has other words than at the stop before: rows that are not there were not there then. */
function mark(rows: Row[], before: ((id: string) => Row | undefined) | undefined): Row[] {
  return rows.map((row) => {
    const old = before?.(row.id), { children } = row;
    const inside = before && ((): ((id: string) => Row | undefined) => {
      let own: Map<string, Row> | undefined;
      return (id) => before(id) ?? (own ??= new Map(old?.children?.().map((each) => [each.id, each]))).get(id);
    })();
    return { ...row, changed: before !== undefined && (old === undefined || textOf(old) !== textOf(row)), ...(children ? { children: () => mark(children(), inside) } : {}) };
  });
}

/** The rows of a stop, marked against those of the stop before (whichever groups and pages they stood in), and what the next stop is compared with. */
export function schedulerRows(result: SchedulerResult, grouping: Grouping, before: Seen | undefined, filter = ''): { rows: Row[]; seen: Seen } {
  const top = new Model(result, grouping, filter).top(), seen = new Map<string, Row>();
  const walk = (list: Row[]): void => { for (const row of list) { seen.set(row.id, row); if (row.children && !row.id.startsWith('g ')) walk(row.children()); } };
  walk(top);
  return { rows: mark(top, before && ((id) => before.get(id))), seen };
}
