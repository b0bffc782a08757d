// What a 64-bit value is, in a few words: a G, M or P, an address on a stack, a place in code, a variable of the program, a sentinel.
// Must stay true: only what the program's own data proves is said; a number that is nothing known stays without words.

import { stackGuardName } from '../goruntime/status';
import type { GInfo, SchedulerSnapshot } from '../goruntime/types';
import type { Binary } from '../symbols/types';
import { RuntimeWords } from './guest';

export type ValueKind = 'g' | 'm' | 'p' | 'gobuf' | 'stack' | 'code' | 'data' | 'sentinel' | 'none';
export interface ValueWords { kind: ValueKind; text: string }

const NONE: ValueWords = { kind: 'none', text: '' };
const hex = (value: number): string => `0x${value.toString(16)}`;

const indices = new WeakMap<SchedulerSnapshot, Map<number, GInfo>>();
function gAt(snapshot: SchedulerSnapshot, address: number): GInfo | undefined {
  let index = indices.get(snapshot);
  if (!index) { index = new Map(snapshot.gs.map((g) => [g.address, g])); indices.set(snapshot, index); }
  return index.get(address);
}

export function nameOfG(snapshot: SchedulerSnapshot, address: number): string | undefined {
  const g = gAt(snapshot, address);
  if (!g) return address !== 0 && address === snapshot.g0 ? 'g0 of M0' : undefined;
  if (g.kind === 'goroutine') return `G${g.goid}`;
  const owner = snapshot.ms.find((m) => m.g0 === address || m.gsignal === address);
  return `${g.kind}${owner ? ` of M${owner.id}` : ''}`;
}

/** `main.main+0x4a`; undefined outside code. */
export function codeWords(binary: Binary, address: number): string | undefined {
  const fn = binary.functionAt(address);
  return fn && `${fn.name}${address > fn.entry ? `+${hex(address - fn.entry)}` : ''}`;
}

const schedOffsets = new WeakMap<Binary, number | undefined>();
function schedOffset(binary: Binary): number | undefined {
  if (!schedOffsets.has(binary)) schedOffsets.set(binary, new RuntimeWords(binary, { readMemory: (address, length) => binary.readStatic(address, length) }).gOffset('sched'));
  return schedOffsets.get(binary);
}

export function wordsOf(binary: Binary, snapshot: SchedulerSnapshot, value: bigint): ValueWords {
  const sentinel = stackGuardName(value);
  if (sentinel) return { kind: 'sentinel', text: sentinel };
  if (value < 0x1000n || value >= 1n << 47n) return NONE;
  const address = Number(value), g = nameOfG(snapshot, address);
  if (g) return { kind: 'g', text: g };
  const m = snapshot.ms.find((each) => each.address === address), p = snapshot.ps.find((each) => each.address === address);
  if (m) return { kind: 'm', text: `M${m.id}` };
  if (p) return { kind: 'p', text: `P${p.id}` };
  const offset = schedOffset(binary), holder = offset === undefined ? undefined : nameOfG(snapshot, address - offset);
  if (holder) return { kind: 'gobuf', text: `&${holder}.sched` };
  const on = snapshot.gs.find(({ stack }) => stack.hi > 0 && address >= stack.lo && address <= stack.hi);
  if (on) return { kind: 'stack', text: `${nameOfG(snapshot, on.address)}'s stack, ${address === on.stack.lo ? 'lo' : `hi-${hex(on.stack.hi - address)}`}` };
  const code = codeWords(binary, address);
  if (code) return { kind: 'code', text: code };
  const symbol = binary.symbolAt(address);
  return symbol ? { kind: 'data', text: `${symbol.symbol.name}${symbol.offset ? `+${hex(symbol.offset)}` : ''}` } : NONE;
}
