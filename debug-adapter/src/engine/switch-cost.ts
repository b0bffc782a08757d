// What a goroutine switch costs, counted exactly: every instruction from the one that leaves a goroutine to the jump into the next,
// with its loads and stores as the instruction table has them. Must stay true: the counting steps the guest itself, one thread, one
// instruction at a time, and the guest ends where it began.

import { syscallTable } from '@gobuf/emulator/kernel/syscall-table';
import { decode } from '@gobuf/emulator/x86/decoder';
import type { Instruction, MemoryOperand } from '@gobuf/emulator/x86/instruction';
import { Layouts } from '../goruntime/layout';
import type { Debugger } from './debugger';
import { gogoJump } from './trace';

export interface SwitchCost {
  instructions: number;
  loads: number;
  stores: number;
  /** System calls made on the way: with one, an operating system's switch comes on top. */
  syscalls: string[];
  /** Instructions by function, in the order in which they were first reached. */
  functions: { name: string; instructions: number; loads: number; stores: number }[];
  /** Stores into the goroutine's gobuf, and loads from the next one's: what is saved and restored. */
  saved: string[];
  restored: string[];
  from: number | undefined;
  to: number | undefined;
}

/** Loads and stores that one execution of an instruction makes; an operand that is read and written counts for both. */
export function memoryAccesses(instruction: Instruction): { loads: number; stores: number } {
  let loads = 0, stores = 0;
  const add = (access: string): void => { if (access.includes('r')) loads++; if (access.includes('w')) stores++; };
  for (const operand of instruction.operands) if (operand.kind === 'memory' && operand.size > 0) add(operand.access);
  for (const implicit of instruction.row.implicit.split(' ')) { const match = /^\[.*\]:(\w+)$/.exec(implicit); if (match) add(match[1]!); }
  return { loads, stores };
}

const MOST_INSTRUCTIONS = 200_000;
const GOBUF_FIELDS = ['sp', 'pc', 'g', 'ctxt', 'ret', 'lr', 'bp'];

/** Counts from here to the next goroutine's first instruction on this thread. Throws one sentence if the thread switches to none. */
export async function switchCost(debug: Debugger): Promise<SwitchCost> {
  const { binary, machine, stop } = debug;
  if (!machine || !stop) throw new Error('the program has not been launched');
  const start = machine.instruction, { tid, thread } = stop, jump = gogoJump(binary, (address, length) => binary.readStatic(address, length));
  if (jump === undefined) throw new Error('this program has no gogo: it cannot switch goroutines');
  const cost: SwitchCost = { instructions: 0, loads: 0, stores: 0, syscalls: [], functions: [], saved: [], restored: [], from: goid(debug), to: undefined };
  const rows = new Map<string, SwitchCost['functions'][number]>();
  const layouts = new Layouts(binary);
  try {
    for (let arrived = false; !arrived;) {
      if (cost.instructions >= MOST_INSTRUCTIONS) throw new Error(`no goroutine was switched to within ${MOST_INSTRUCTIONS} instructions`);
      const registers = machine.registers(tid), { rip } = registers;
      const bytes = machine.readMemory(rip, 15), instruction = decode(bytes, 0, rip);
      if (!instruction) throw new Error(`the instruction at 0x${rip.toString(16)} cannot be decoded`);
      const name = binary.functionAt(rip)?.name ?? '?', { loads, stores } = memoryAccesses(instruction);
      const row = rows.get(name) ?? { name, instructions: 0, loads: 0, stores: 0 };
      if (!rows.has(name)) { rows.set(name, row); cost.functions.push(row); }
      for (const sum of [row, cost]) { sum.instructions++; sum.loads += loads; sum.stores += stores; }
      if (instruction.row.name === 'SYSCALL') cost.syscalls.push(syscallTable[Number(registers.gpr[0])]?.name ?? '?');
      arrived = rip === jump;
      if (arrived) cost.to = goid(debug);
      for (const operand of instruction.operands) {
        if (operand.kind !== 'memory' || operand.size !== 64) continue;
        const address = addressOf(operand, registers.gpr);
        // Only where mcall writes and gogo reads: what else looks at a gobuf neither saves nor restores.
        const list = operand.access === 'w' && name === 'runtime.mcall' ? cost.saved : operand.access === 'r' && /gogo/.test(name) ? cost.restored : undefined;
        const field = list && address !== undefined ? gobufField(debug, layouts, address) : undefined;
        if (list && field && !list.includes(field)) list.push(field);
      }
      const before = machine.instruction;
      const now = await debug.resume('stepInstruction', { thread });
      if (machine.ended || machine.instruction === before) throw new Error(`the switch was not seen to its end: ${now.description}`);
    }
    return cost;
  } finally {
    await debug.goTo(start);
    debug.selectThread(thread);
  }
}

function goid(debug: Debugger): number | undefined {
  const tid = debug.selectedTid();
  const snapshot = debug.scheduler(), g = snapshot.threads.find((each) => each.tid === tid)?.g;
  return snapshot.gs.find(({ address }) => address === g)?.goid;
}

function addressOf(operand: MemoryOperand, gpr: readonly bigint[]): number | undefined {
  if (operand.segment !== undefined || operand.base < 0 || operand.base > 15 || operand.index >= 0) return undefined;
  return Number(BigInt.asUintN(48, gpr[operand.base] ?? 0n)) + operand.displacement;
}

/** Which word of some goroutine's gobuf lies there. */
function gobufField(debug: Debugger, layouts: Layouts, address: number): string | undefined {
  const offsets = GOBUF_FIELDS.map((name) => layouts.field('runtime.g', `sched.${name}`)?.offset);
  const g = debug.scheduler().gs.find((each) => offsets.includes(address - each.address));
  return g && GOBUF_FIELDS[offsets.indexOf(address - g.address)];
}
