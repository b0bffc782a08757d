// Discovers the basic blocks that belong with an entry: direct jumps, fall-through and places calls return to, not calls.
// Must stay true: every instruction of a block lies inside the span; a block ends before a breakpoint and before any jump target.
import type { Instruction } from '../x86/instruction';

/** How control leaves an instruction. `stop`: it never goes on by itself (traps); `exit`: it leaves and comes back to the next; `enter`: a call whose callee is in the same graph. */
export type Flow = 'next' | 'jump' | 'branch' | 'call' | 'enter' | 'indirectJump' | 'indirectCall' | 'return' | 'exit' | 'stop';

const SPECIAL: Record<string, Flow> = {
  RET: 'return', SYSCALL: 'exit', INT: 'stop', INT3: 'stop', UD0: 'stop', UD1: 'stop', UD2: 'stop', HLT: 'stop', ICEBP: 'stop',
};

export function flowOf(i: Instruction): Flow {
  const name = i.row.name, first = i.operands[0];
  if (name === 'JMP') return first?.kind === 'relative' ? 'jump' : 'indirectJump';
  if (name === 'CALL') return first?.kind === 'relative' ? 'call' : 'indirectCall';
  if (first?.kind === 'relative' && name !== 'XBEGIN') return 'branch';
  return SPECIAL[name] ?? 'next';
}

export interface Block {
  start: number;
  instructions: Instruction[];
  /** Address after the last instruction. */
  end: number;
  flow: Flow;
  /** Indices of blocks in layout order; undefined where control leaves the graph. */
  taken: number | undefined;
  next: number | undefined;
  /** Position in the layout. */
  index: number;
  /** A copy of a callee's block (inline.ts); of one that returns, the address it returns to, at which `next` begins. */
  inlined: boolean;
  returnsTo: number | undefined;
  /** Why there is no instruction here: nothing could be decoded, or a breakpoint. */
  trap: 'fetch' | 'invalid' | 'breakpoint' | undefined;
}

/** All blocks are made here: V8 keeps code that has met objects of several shapes slow, or makes it again and again. */
export const newBlock = (start: number, end: number, instructions: Instruction[], flow: Flow, inlined = false, returnsTo?: number): Block => ({ start, instructions, end, flow, taken: undefined, next: undefined, index: -1, inlined, returnsTo, trap: undefined });

export interface Graph {
  entry: number;
  /** In layout order: reverse postorder, the entry first. */
  blocks: Block[];
  byAddress: Map<number, Block>;
}

export interface CodeSource {
  /** Undefined: cannot be fetched ('fetch') or decoded ('invalid'). */
  decode(address: number): Instruction | 'fetch' | 'invalid';
  isBreakpoint(address: number): boolean;
  /** Absent: always. Whether to go on at the target of a jump or branch, or after a branch or call. */
  follows?(address: number): boolean;
}

/** Farthest that a block may lie from the entry: fault sites hold a signed 24-bit distance. */
export const SPAN = 0x400000;
const LONGEST_BLOCK = 100;

/** `limit`: instructions at most. `starts`: where a block begins in any case. */
export function discover(entry: number, source: CodeSource, limit: number, starts: Iterable<number> = []): Graph {
  const decoded = new Map<number, Instruction | 'fetch' | 'invalid' | 'breakpoint'>();
  const leaders = new Set<number>([entry, ...starts]);
  const work = [entry];
  let count = 0;
  const follows = (address: number) => source.follows?.(address) ?? true;
  const inSpan = (address: number) => Math.abs(address - entry) < SPAN;
  while (work.length > 0) {
    let address = work.pop()!;
    while (!decoded.has(address)) {
      if (count >= limit || !inSpan(address)) break;
      if (source.isBreakpoint(address)) { decoded.set(address, 'breakpoint'); leaders.add(address); break; }
      const instruction = source.decode(address);
      decoded.set(address, instruction);
      count++;
      if (typeof instruction === 'string') { leaders.add(address); break; }
      const flow = flowOf(instruction), next = address + instruction.length;
      const target = instruction.operands[0]?.kind === 'relative' ? instruction.operands[0].target : undefined;
      if ((flow === 'jump' || flow === 'branch') && target !== undefined) { leaders.add(target); if (follows(target)) work.push(target); }
      if (flow === 'jump' || flow === 'indirectJump' || flow === 'return' || flow === 'stop') break;
      if (flow !== 'next') { leaders.add(next); if (!follows(next)) break; }
      address = next;
    }
  }
  return layOut(entry, decoded, leaders);
}

function layOut(entry: number, decoded: Map<number, Instruction | 'fetch' | 'invalid' | 'breakpoint'>, leaders: Set<number>): Graph {
  const byAddress = new Map<number, Block>();
  const build = (start: number): Block | undefined => {
    const known = byAddress.get(start);
    if (known) return known;
    const first = decoded.get(start);
    if (first === undefined || (first === 'fetch' && start !== entry)) return undefined;
    const block = newBlock(start, start, [], 'next');
    byAddress.set(start, block);
    if (typeof first === 'string') { block.trap = first; block.flow = 'stop'; return block; }
    for (;;) {
      const instruction = decoded.get(block.end);
      if (instruction === undefined || typeof instruction === 'string') break;
      block.instructions.push(instruction);
      block.end += instruction.length;
      block.flow = flowOf(instruction);
      if (block.flow !== 'next' || leaders.has(block.end) || block.instructions.length >= LONGEST_BLOCK) break;
    }
    return block;
  };
  const order = inLayoutOrder(build(entry)!, (block) => successorsOf(block, build));
  for (const block of order) {
    const target = targetOf(block);
    block.taken = target === undefined ? undefined : byAddress.get(target)?.index;
    block.next = fallsThrough(block) ? byAddress.get(block.end)?.index : undefined;
  }
  return { entry, blocks: order, byAddress };
}

/** All that can be reached, numbered: postorder reversed. Depth first without recursion. */
export function inLayoutOrder(root: Block, successors: (block: Block) => Block[]): Block[] {
  const order: Block[] = [], seen = new Set<Block>();
  const stack: { block: Block; successors: Block[]; at: number }[] = [];
  const visit = (block: Block) => { seen.add(block); stack.push({ block, successors: successors(block), at: 0 }); };
  visit(root);
  while (stack.length > 0) {
    const top = stack[stack.length - 1]!;
    const successor = top.successors[top.at++];
    if (!successor) { order.push(top.block); stack.pop(); } else if (!seen.has(successor)) visit(successor);
  }
  order.reverse();
  order.forEach((block, index) => { block.index = index; });
  return order;
}

/** The constant address a block may jump to. */
export function targetOf(block: Block): number | undefined {
  if (block.flow !== 'jump' && block.flow !== 'branch') return undefined;
  const operand = block.instructions[block.instructions.length - 1]!.operands[0];
  return operand?.kind === 'relative' ? operand.target : undefined;
}

/** Whether control can reach the address after the block (for calls: by returning). */
export function fallsThrough(block: Block): boolean {
  return block.flow === 'next' || block.flow === 'branch' || block.flow === 'call' || block.flow === 'indirectCall' || block.flow === 'exit';
}

/** Visited last comes next in the layout: what a backward jump goes to (the body of a loop), else the fall-through. */
function successorsOf(block: Block, build: (start: number) => Block | undefined): Block[] {
  const target = targetOf(block);
  const taken = target === undefined ? undefined : build(target);
  const next = fallsThrough(block) ? build(block.end) : undefined;
  const list = target !== undefined && target < block.start ? [next, taken] : [taken, next];
  return list.filter((each): each is Block => each !== undefined);
}

/** Whether what is in register locals and the budget's checks reach the blocks that follow: by calls and system calls everything is stored before and loaded anew after. */
export const passesOn = (block: Block): boolean => block.flow === 'next' || block.flow === 'jump' || block.flow === 'branch' || block.flow === 'enter' || block.returnsTo !== undefined;
