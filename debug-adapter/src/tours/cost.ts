// The cost of goroutine switches as small tables: one switch function by function, and all of a run in a few figures, beside what an
// operating system has to keep of a thread. Must stay true: gobuf's figures are counted; the others are sizes of the architecture.

import type { Debugger } from '../engine/debugger';
import { switchCost } from '../engine/switch-cost';
import { table } from './render';
import { grouped } from './values';

/**
 * What a thread that was interrupted anywhere must get back on x86-64: 16 general registers, RIP, RFLAGS and the bases of FS and GS; and the vector
 * state, which XSAVE writes as 512 bytes for x87 and SSE, 64 of header and 256 for the upper halves of the YMM registers (Intel SDM vol. 1, 13.4).
 */
const OS_WORDS = 16 + 1 + 1 + 2, OS_VECTOR_BYTES = 512 + 64 + 256;
const g = (id: number | undefined): string => (id === undefined ? 'no goroutine' : id === 0 ? 'g0' : `G${id}`);

export async function costLines(debug: Debugger): Promise<string> {
  const cost = await switchCost(debug);
  const rows = [...cost.functions].sort((a, b) => b.instructions - a.instructions);
  const most = rows.slice(0, 8), rest = rows.slice(8);
  const sum = (key: 'instructions' | 'loads' | 'stores'): number => rest.reduce((all, row) => all + row[key], 0);
  const lines = table([
    [`${g(cost.from)} → g0 → ${g(cost.to)}`, 'instructions', 'loads', 'stores'],
    ...most.map(({ name, instructions, loads, stores }) => [name, grouped(instructions), grouped(loads), grouped(stores)]),
    ...(rest.length ? [[`${rest.length} other functions`, grouped(sum('instructions')), grouped(sum('loads')), grouped(sum('stores'))]] : []),
    ['together', grouped(cost.instructions), grouped(cost.loads), grouped(cost.stores)],
  ], [false, true, true, true]);
  return [
    ...lines, '',
    ...table([
      ['saved', 'a goroutine switch', 'a thread switch of an operating system'],
      ['general registers', `${cost.saved.length} words: ${cost.saved.join(', ')}`, `${OS_WORDS} words: 16 registers, RIP, RFLAGS, FS and GS base`],
      ['vector registers', 'none', `${OS_VECTOR_BYTES} bytes (x87, SSE and AVX, by XSAVE)`],
      ['system calls', cost.syscalls.length ? `${cost.syscalls.length}: ${[...new Set(cost.syscalls)].join(', ')}` : 'none', 'into the kernel and out again'],
    ]),
    `gogo reads ${cost.restored.length} words back: ${cost.restored.join(', ')}`,
  ].join('\n');
}

/** Every switch of the program's undisturbed run whose beginning was seen. */
export async function runLines(debug: Debugger): Promise<string> {
  const costs: number[] = [];
  let all = 0, instructions = 0;
  for await (const event of debug.trace()) {
    instructions = event.instruction;
    if (event.event !== 'switch') continue;
    all++;
    if (event.cost !== undefined) costs.push(event.cost);
  }
  if (costs.length === 0) return `${grouped(instructions)} instructions, ${all} switches, none from one goroutine to another on the same thread.`;
  costs.sort((a, b) => a - b);
  const total = costs.reduce((sum, cost) => sum + cost, 0);
  return table([
    ['instructions of the run, all threads', grouped(instructions)],
    ['arrivals in a goroutine (gogo)', grouped(all)],
    ['of these, switches from another goroutine', grouped(costs.length)],
    ['instructions of a switch: least, median, most', `${grouped(costs[0]!)}, ${grouped(costs[costs.length >> 1]!)}, ${grouped(costs.at(-1)!)}`],
    ['instructions of all switches', `${grouped(total)} (${((100 * total) / instructions).toFixed(1)} % of the run)`],
  ]).join('\n');
}
