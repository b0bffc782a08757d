// The structure of a function's control flow in WebAssembly's terms: loops as spans of the layout, places that can be entered,
// and where the budget is checked.
// Must stay true: loops nest; every backward jump goes to the header of a loop around it; between two checks at most
// `need` instructions are retired.
import type { Block, Graph } from './graph';
import { passesOn } from './graph';

export interface Loop { header: number; last: number; parent: Loop | undefined }

export interface Layout {
  graph: Graph;
  /** Innermost loop of each block. */
  loopOf: (Loop | undefined)[];
  /** Loops by header, outermost first. */
  loopsAt: Map<number, Loop>;
  /** Block index → selector (1…, perhaps with gaps) for blocks that can be entered from outside; the function's entry is always selector 0. */
  selectors: Map<number, number>;
  /** Instructions that may be retired from this block's start to the next check; undefined if it does not check. */
  need: (number | undefined)[];
}

/** Longest way between two checks of the budget, unless a single block is longer. */
const CHECK_DISTANCE = 64;

export function edges(block: Block): number[] {
  const list: number[] = [];
  if (block.taken !== undefined) list.push(block.taken);
  // A call comes back through the host's stack, into the same place.
  if (block.next !== undefined) list.push(block.next);
  return list;
}

/** `known`: selectors by address, of places that can be entered and check the budget in any case. */
export function layOutLoops(graph: Graph, known?: ReadonlyMap<number, number>): Layout {
  const { blocks } = graph, last = new Map<number, number>();
  for (const block of blocks) {
    for (const target of edges(block)) if (target <= block.index) last.set(target, Math.max(last.get(target) ?? 0, block.index));
  }
  // Spans that overlap without nesting: the outer one grows.
  const headers = [...last.keys()].sort((a, b) => a - b);
  for (let changed = true; changed;) {
    changed = false;
    const open: number[] = [];
    for (const header of headers) {
      while (open.length > 0 && last.get(open[open.length - 1]!)! < header) open.pop();
      const end = last.get(header)!;
      for (const outer of open) if (last.get(outer)! < end) { last.set(outer, end); changed = true; }
      open.push(header);
    }
  }
  const loopOf: (Loop | undefined)[] = [], loopsAt = new Map<number, Loop>();
  let current: Loop | undefined;
  for (let index = 0; index < blocks.length; index++) {
    while (current && current.last < index) current = current.parent;
    const end = last.get(index);
    if (end !== undefined) { current = { header: index, last: end, parent: current }; loopsAt.set(index, current); }
    loopOf[index] = current;
  }
  const enterable = new Set<number>(headers);
  if (known) for (const block of blocks) if (!block.inlined && known.has(block.start)) enterable.add(block.index);
  for (const block of blocks) {
    if ((block.flow === 'call' || block.flow === 'indirectCall' || block.flow === 'exit') && block.next !== undefined) enterable.add(block.next);
    for (const target of edges(block)) if (target > block.index && entersMiddle(loopOf, block.index, target)) enterable.add(target);
  }
  const need = budgetChecks(blocks, last, enterable);
  need.forEach((value, index) => { if (value !== undefined) enterable.add(index); });
  const selectors = new Map<number, number>();
  let highest = known ? Math.max(0, ...known.values()) : 0;
  for (const index of [...enterable].sort((a, b) => a - b)) selectors.set(index, (blocks[index]!.inlined ? undefined : known?.get(blocks[index]!.start)) ?? ++highest);
  return { graph, loopOf, loopsAt, selectors, need };
}

/** The outermost loop around `target` that does not contain `from`. */
export function loopEntered(loopOf: (Loop | undefined)[], from: number, target: number): Loop | undefined {
  let found: Loop | undefined;
  for (let loop = loopOf[target]; loop && (from < loop.header || from > loop.last); loop = loop.parent) found = loop;
  return found;
}
function entersMiddle(loopOf: (Loop | undefined)[], from: number, target: number): boolean {
  const loop = loopEntered(loopOf, from, target);
  return loop !== undefined && loop.header !== target;
}

function budgetChecks(blocks: Block[], headers: Map<number, number>, enterable: Set<number>): (number | undefined)[] {
  const checks = new Set<number>([0, ...headers.keys(), ...enterable]);
  const distance: number[] = [];
  for (let index = blocks.length - 1; index >= 0; index--) {
    const block = blocks[index]!, own = block.instructions.length;
    let after = 0;
    if (passesOn(block)) {
      for (const target of edges(block)) {
        if (checks.has(target)) continue;
        if (own + distance[target]! > CHECK_DISTANCE) checks.add(target);
        else after = Math.max(after, distance[target]!);
      }
    }
    distance[index] = own + after;
  }
  return blocks.map((_, index) => (checks.has(index) ? distance[index] : undefined));
}
