// Puts small functions into the graphs of hot ones that call them: a call otherwise stores and loads registers, looks the stack's page up and
// checks budget and return address, which takes longer than many a callee. What those call in turn stays a call.
// Must stay true: the callee's copies mean what its code means, also where they are left: the return address is on the stack, and is compared.
import type { Block, Graph } from './graph';
import { SPAN, inLayoutOrder, newBlock, targetOf } from './graph';

/** Instructions and blocks of a callee, and instructions that all of them together may add to a caller. */
const MOST_INSTRUCTIONS = 64, MOST_BLOCKS = 24, MOST_ADDED = 400;

export const countOf = (graph: Graph): number => graph.blocks.reduce((count, block) => count + block.instructions.length, 0);

/** Whether the graph of a callee is small and returns, and leaves by no jump but those of branches to what has not been executed. */
export function canBeInlined(callee: Graph): boolean {
  const { blocks } = callee;
  if (blocks.length > MOST_BLOCKS || countOf(callee) > MOST_INSTRUCTIONS) return false;
  return blocks.some(({ flow }) => flow === 'return')
    && blocks.every((block) => block.trap === undefined && ((block.flow === 'next' || block.flow === 'call' || block.flow === 'indirectCall') ? block.next !== undefined : block.flow === 'branch' || block.flow === 'return' || (block.flow === 'jump' && block.taken !== undefined)));
}

export interface Inlined { graph: Graph; /** [start, end) of copied blocks, by twos. */ spans: number[] }

function copyOf(block: Block): Block {
  const copy = newBlock(block.start, block.end, block.instructions, block.flow, block.inlined, block.returnsTo);
  copy.taken = block.taken;
  copy.next = block.next;
  copy.trap = block.trap;
  return copy;
}

/** `calleeOf`: the graph of what is called, if it is to be put in the place of the call. */
export function inlineCalls(graph: Graph, calleeOf: (target: number) => Graph | undefined, limit: number): Inlined {
  const spans: number[] = [], taken = new Map<Block, Block>(), next = new Map<Block, Block>();
  const own = graph.blocks.map(copyOf);
  const link = (blocks: readonly Block[]) => {
    for (const block of blocks) {
      if (block.taken !== undefined) taken.set(block, blocks[block.taken]!);
      if (block.next !== undefined) next.set(block, blocks[block.next]!);
    }
  };
  link(own);
  let room = Math.min(MOST_ADDED, limit - countOf(graph));
  for (const block of own) {
    if (block.flow !== 'call' || block.next === undefined) continue;
    const operand = block.instructions.at(-1)!.operands[0], target = operand?.kind === 'relative' ? operand.target : undefined;
    const callee = target === undefined || target === graph.entry || Math.abs(target - graph.entry) > SPAN / 2 ? undefined : calleeOf(target), size = callee ? countOf(callee) : 0;
    if (!callee || size > room) continue;
    room -= size;
    const back = next.get(block)!, copies = callee.blocks.map((each) => { const copy = copyOf(each); copy.inlined = true; if (each.flow === 'return') copy.returnsTo = block.end; return copy; });
    link(copies);
    for (const copy of copies) {
      spans.push(copy.start, Math.max(copy.end, copy.start + 1));
      if (copy.returnsTo !== undefined) next.set(copy, back);
    }
    block.flow = 'enter';
    next.delete(block);
    taken.set(block, copies[0]!);
  }
  if (spans.length === 0) return { graph, spans };
  const blocks = inLayoutOrder(own[0]!, (block) => {
    const target = targetOf(block), list = target !== undefined && target < block.start ? [next.get(block), taken.get(block)] : [taken.get(block), next.get(block)];
    return list.filter((each): each is Block => each !== undefined);
  });
  for (const block of blocks) { block.taken = taken.get(block)?.index; block.next = next.get(block)?.index; }
  return { graph: { entry: graph.entry, blocks, byAddress: new Map(blocks.filter(({ inlined }) => !inlined).map((block) => [block.start, block])) }, spans };
}
