// The user's breakpoints: their addresses, conditions and hits. Hits are remembered by moment, so that counts are right after
// going back too. Must stay true: ids are never reused; a hit is counted once however often its moment is replayed.

import type { BreakpointView, EventFilter } from './types';

export interface Breakpoint {
  id: number;
  name: string | undefined;
  kind: 'user' | 'watch' | 'exception' | 'event';
  enabled: boolean;
  addresses: number[];
  file: string;
  line: number;
  function: string;
  condition: string | undefined;
  hitCondition: string | undefined;
  hitConditionPerGoroutine: boolean;
  logMessage: string | undefined;
  trace: boolean;
  traceReturn: boolean;
  watch: { expression: string; address: number; size: number; access: 'read' | 'write' | 'readWrite'; machineId: number | undefined; /** A register of a thread instead of memory. */ register?: { name: string; tid: number } } | undefined;
  event: EventFilter | undefined;
  /** Ordered by moment. */
  hits: { instruction: number; goid: number }[];
  /** `on` commands of the terminal, run when it is hit. */
  commands: string[];
  problem: string | undefined;
}

export class BreakpointTable {
  private readonly all = new Map<number, Breakpoint>();
  private nextId = 1;

  add(fields: Partial<Breakpoint> & Pick<Breakpoint, 'kind'>): Breakpoint {
    const breakpoint: Breakpoint = {
      id: this.idFor(fields.id), name: undefined, enabled: true, addresses: [], file: '', line: 0, function: '', condition: undefined, hitCondition: undefined,
      hitConditionPerGoroutine: false, logMessage: undefined, trace: false, traceReturn: false, watch: undefined, event: undefined, hits: [], commands: [], problem: undefined, ...withoutUndefined(fields),
    };
    this.all.set(breakpoint.id, breakpoint);
    return breakpoint;
  }

  /** Numbers go on after one that was given. */
  private idFor(given: number | undefined): number {
    if (given !== undefined && given >= this.nextId) this.nextId = given + 1;
    return given ?? this.nextId++;
  }

  skipNumber(): void { this.nextId++; }

  get(id: number): Breakpoint | undefined { return this.all.get(id); }
  named(name: string): Breakpoint | undefined { return [...this.all.values()].find((breakpoint) => breakpoint.name === name); }
  remove(id: number): void { this.all.delete(id); }
  list(): Breakpoint[] { return [...this.all.values()].sort((a, b) => a.id - b.id); }
  at(address: number): Breakpoint[] { return this.list().filter((breakpoint) => breakpoint.enabled && breakpoint.addresses.includes(address)); }
  watching(machineId: number): Breakpoint[] { return this.list().filter((breakpoint) => breakpoint.enabled && breakpoint.watch?.machineId === machineId); }
  forgetHits(): void { for (const breakpoint of this.all.values()) breakpoint.hits = []; }
  forgetHitsAfter(instruction: number): void { for (const breakpoint of this.all.values()) breakpoint.hits = breakpoint.hits.filter((hit) => hit.instruction <= instruction); }
}

function withoutUndefined<T extends object>(fields: T): T { return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T; }

/** Notes a hit, unless this moment is known already. */
export function noteHit(breakpoint: Breakpoint, instruction: number, goid: number): void {
  const { hits } = breakpoint;
  let at = hits.length;
  while (at > 0 && hits[at - 1]!.instruction >= instruction) at--;
  if (hits[at]?.instruction === instruction) return;
  hits.splice(at, 0, { instruction, goid });
}

/** Hits up to and including a moment, all and by goroutine. */
export function hitCounts(breakpoint: Breakpoint, instruction: number): { total: number; byGoroutine: Map<number, number> } {
  const byGoroutine = new Map<number, number>();
  let total = 0;
  for (const hit of breakpoint.hits) {
    if (hit.instruction > instruction) break;
    total++;
    byGoroutine.set(hit.goid, (byGoroutine.get(hit.goid) ?? 0) + 1);
  }
  return { total, byGoroutine };
}

/** `> 5`, `== 3`, `% 2`, or a bare number, which means "from that hit on". Throws one sentence on other text. */
export function hitConditionHolds(condition: string, hits: number): boolean {
  const match = /^\s*(==|!=|>=|<=|>|<|%|)\s*(\d+)\s*$/.exec(condition);
  if (!match) throw new Error(`unable to parse breakpoint hit condition: "${condition}"\nhit conditions should be of the form "number" or "OP number"`);
  const value = Number(match[2]);
  switch (match[1]) {
    case '>=': return hits >= value;
    case '!=': return hits !== value;
    case '>': return hits > value;
    case '<': return hits < value;
    case '<=': return hits <= value;
    case '%': return value !== 0 && hits % value === 0;
    // A number alone is what `==` with it is.
    default: return hits === value;
  }
}

export function viewOf(breakpoint: Breakpoint, instruction: number): BreakpointView {
  const { total, byGoroutine } = hitCounts(breakpoint, instruction);
  const { id, name, kind, enabled, addresses, file, line, condition, hitCondition, logMessage, trace, watch, event, problem } = breakpoint;
  return {
    id, kind, enabled, addresses: [...addresses], verified: !problem, totalHits: total, hitsByGoroutine: byGoroutine, trace, ...(breakpoint.traceReturn ? { traceReturn: true } : {}),
    ...(name !== undefined ? { name } : {}), ...(problem ? { message: problem } : {}), ...(file ? { file, line } : {}), ...(breakpoint.function ? { function: breakpoint.function } : {}),
    ...(condition !== undefined ? { condition } : {}), ...(hitCondition !== undefined ? { hitCondition } : {}), ...(breakpoint.hitConditionPerGoroutine ? { hitConditionPerGoroutine: true } : {}), ...(logMessage !== undefined ? { logMessage } : {}),
    ...(watch ? { watch: { expression: watch.expression, address: watch.address, size: watch.size, access: watch.access, ...(watch.register ? { register: watch.register.name } : {}) } } : {}),
    ...(event ? { event } : {}),
  };
}
