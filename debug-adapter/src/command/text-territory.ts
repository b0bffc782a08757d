// What one called TEXT function may write (its frame, its arguments' buffers, the files' own data), and who wrote elsewhere.
// Must stay true: all memory that can be written is compared, not only the guards; the writer is found by running the call again.
import { GUARD, GUARD_BYTE, type Harness } from '@gobuf/server/assembler/harness';
import type { LinkedSymbol } from '@gobuf/server/assembler/link';
import type { Machine, Snapshot } from '@gobuf/emulator/machine-types';

interface Area { from: number; to: number }
interface Named extends Area { name: string; /** How its bytes are counted. */ of: 'buffer' | 'string' | 'own' | 'frame' }

export interface Territory {
  entry: Snapshot;
  before: { start: number; bytes: Uint8Array }[];
  allowed: Area[];
  /** What can be named near a write. */
  named: Named[];
}

/** At the function's first instruction. `own`: the symbols that the function may write. */
export function territoryOf(machine: Machine, made: Harness, symbols: ReadonlyMap<string, LinkedSymbol>, own: readonly string[], sp: number): Territory {
  const area = (name: string): Area => { const symbol = symbols.get(name); return { from: symbol?.address ?? 0, to: (symbol?.address ?? 0) + (symbol?.size ?? 0) }; };
  const buffers = made.buffers.map(({ symbol, label, size, readOnly }): Named => { const from = (symbols.get(symbol)?.address ?? 0) + GUARD; return { from, to: from + size, name: label, of: readOnly ? 'string' : 'buffer' }; });
  // A zero that is written into a gap of zeros would not be seen.
  for (const { address, size } of [...symbols].flatMap(([name, symbol]) => (/^gobuf\.(buffer\d+)?gap$/.test(name) ? [symbol] : []))) machine.writeMemory(address, new Uint8Array(size).fill(GUARD_BYTE));
  const stack = machine.regions().find(({ start, end, write }) => write && start <= sp && sp < end);
  const regions = machine.regions().filter(({ write }) => write).map(({ start, end }) => ({ start: start === stack?.start ? sp : start, end }));
  return {
    entry: machine.snapshot(),
    before: regions.map(({ start, end }) => ({ start, bytes: machine.readMemory(start, end - start).slice() })),
    allowed: [...buffers.filter(({ of }) => of === 'buffer'), ...own.map(area), area(made.saved), { from: sp, to: sp + made.calleeSize }],
    named: [...buffers, { ...area(made.g), name: 'g', of: 'own' }, { ...area('gobuf.tls'), name: 'the thread-local storage', of: 'own' }, { from: sp, to: sp + made.calleeSize, name: "the caller's frame", of: 'frame' }],
  };
}

/** What was written elsewhere, a sentence for each thing that it lies next to; `where` names a place in the code. */
export function trespasses(machine: Machine, { before, allowed, named, entry }: Territory, where: (pc: number) => string): string[] {
  const found = new Map<Named | undefined, number[]>();
  for (const { start, bytes } of before) {
    const after = machine.readMemory(start, bytes.length);
    for (let i = 0; i < bytes.length; i++) {
      if (bytes[i] === after[i] || allowed.some(({ from, to }) => start + i >= from && start + i < to)) continue;
      const near = nearest(named, start + i);
      const addresses = found.get(near) ?? [];
      if (addresses.length < MOST_BYTES) addresses.push(start + i);
      found.set(near, addresses);
    }
  }
  const end = machine.instruction;
  return [...found].map(([near, addresses]) => {
    const first = addresses[0] ?? 0, count = `${addresses.length === MOST_BYTES ? 'over ' : ''}${addresses.length} byte${addresses.length === 1 ? '' : 's'} written`;
    const writer = writerOf(machine, entry, first, end);
    const by = writer === undefined ? '' : `, by ${where(writer)}`;
    if (!near) return `${count} at 0x${first.toString(16)}, which is nobody's${by}`;
    if (near.of === 'own') return `${near.name}: ${count}, the first at offset ${first - near.from}${by}`;
    if (near.of === 'frame') return `${near.name}: ${count} above the ${near.to - near.from} bytes of arguments and results, the first at ${first - near.from}(FP)${by}`;
    if (near.of === 'string' && first >= near.from && first < near.to) return `${near.name}: ${count} into a string, which nobody may change, the first at offset ${first - near.from}${by}`;
    return `${near.name}: ${count} outside its ${near.to - near.from} bytes, the first at offset ${first - near.from}${by}`;
  });
}

const MOST_BYTES = 4096;
/** A write farther from everything than this belongs to nothing. */
const FAR = 4096;

function nearest(named: readonly Named[], address: number): Named | undefined {
  let best: Named | undefined, least = FAR;
  for (const each of named) {
    const distance = address < each.from ? each.from - address : address >= each.to ? address - each.to + 1 : 0;
    if (distance < least) { best = each; least = distance; }
  }
  return best;
}

/** The instruction that first wrote the byte. The machine is left at it. */
function writerOf(machine: Machine, entry: Snapshot, address: number, end: number): number | undefined {
  machine.restore(entry);
  const watch = machine.addWatchpoint({ address, size: 1, access: 'write' });
  let stop = machine.run(end);
  while (stop.reason === 'breakpoint') stop = machine.run(end);
  machine.removeWatchpoint(watch.id);
  if (stop.reason !== 'watchpoint') return undefined;
  return instructionAt(machine, entry, machine.instruction - 1);
}

/** PC of the instruction that is executed next after `count` of them; the machine is left there. */
export function instructionAt(machine: Machine, entry: Snapshot, count: number): number {
  machine.restore(entry);
  for (let stop = machine.run(count); stop.reason === 'breakpoint' && machine.instruction < count;) stop = machine.run(count);
  return machine.registers().rip;
}
