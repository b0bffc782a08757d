// Which register locals of a function differ from the state area, and which are wanted, at the start of each block.
// Must stay true: a register that may differ on one way to a place where the function can be left has its value on all ways there.
import type { Block } from './graph';
import { passesOn } from './graph';
import { edges } from './layout';

/** A set of registers, a bit each, 32 to a number. */
export type Registers = readonly [number, number];

/** What one block does with the registers that may be held in locals (32 of them), a bit each. */
export interface RegisterUse {
  /** Read before a write that always happens. */
  used: number;
  /** Written, perhaps. */
  written: number;
  /** Written, certainly, up to now. */
  killed: number;
  /** Not certainly written before some place where the function can be left: if it differs there, it is needed. */
  leftAlive: number;
}
export const newUse = (): RegisterUse => ({ used: 0, written: 0, killed: 0, leftAlive: 0 });

export function solveRegisters(blocks: readonly Block[], uses: readonly RegisterUse[]): { dirty: number[]; live: number[] } {
  const dirty: number[] = blocks.map(() => 0), live: number[] = blocks.map(() => 0);
  for (let changed = true; changed;) {
    changed = false;
    for (const block of blocks) {
      if (!passesOn(block)) continue;
      const out = dirty[block.index]! | uses[block.index]!.written;
      for (const target of edges(block)) if (out & ~dirty[target]!) { dirty[target]! |= out; changed = true; }
    }
  }
  for (let changed = true; changed;) {
    changed = false;
    for (let index = blocks.length - 1; index >= 0; index--) {
      const block = blocks[index]!, { used, killed, leftAlive } = uses[index]!;
      let wanted = used | (dirty[index]! & leftAlive);
      if (passesOn(block)) for (const target of edges(block)) wanted |= live[target]! & ~killed;
      if (wanted & ~live[index]!) { live[index]! |= wanted; changed = true; }
    }
  }
  return { dirty, live };
}
