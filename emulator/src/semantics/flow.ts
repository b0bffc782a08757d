// What the emitter needs of whoever uses it: a block of translated code around the instruction, and the slots of helpers.
// Must stay true: the semantics see nothing else of the translator, so one meaning serves functions, single steps and templates.
import type { Code } from '../wasm/code';
import type { Helper } from './helpers';

/** Why translated code returns to the processor's loop; EXIT_CODE in the state area. */
export const enum ExitCode {
  none, syscall, pageFault, divideError, invalidOpcode, generalProtection, breakpointTrap, simdException, alignmentCheck,
  notImplemented, breakpoint, watch, retry, fetchFault,
}

/** A guest address that has been computed; opaque outside the emitter. */
export interface Address {
  /** Local (i64) that holds it. */
  readonly local: number;
  /** Distance from RSP, if the access is known to lie in the piece of the stack whose host address is at hand. */
  readonly stack?: number | undefined;
}

/** What a block of translated code gives the emitter; implemented by the translator, for whole functions and single steps alike. */
export interface Flow {
  /** Local that holds a general register; recorded as read, or as written. */
  gpr(index: number, write: boolean): number;
  /** Local (v128) that holds XMMn, recorded as `gpr` does; absent where vector registers stay in the state area. */
  readonly xmm?: ((index: number, write: boolean) => number) | undefined;
  /** The same for the upper half of YMMn. */
  readonly ymmHigh?: ((index: number, write: boolean) => number) | undefined;
  /** Code that will run often: memory look-ups are written out rather than called. */
  readonly inline: boolean;
  /** Local (i32) with the host address of RSP, if accesses of `bytes` at RSP + displacement may go through it. */
  stackHost(displacement: number, bytes: number): number | undefined;
  /** RSP was written. */
  stackMoved(): void;
  /** Budget local: instructions left, those of the running block already taken off. */
  readonly budget: number;
  /** Emits: leave with EXIT_CODE already set, this instruction not retired. */
  fault(): void;
  /** The same if the i32 on the stack is not 0; what lies under it stays. */
  faultIf(): void;
  /** Emits: leave for the kernel after this instruction (retired), RIP at the next one, or have the call done and go on. Ends the block. */
  systemCall(): void;
  /** How many instructions of the block, this one included, are not retired yet though taken off the budget. */
  unretired(): number;
  /** Ends of blocks. Targets are constants, or locals (i64). `branch` takes an i32 from the stack. */
  jump(target: number): void;
  branch(target: number): void;
  jumpIndirect(local: number): void;
  call(target: number): void;
  callIndirect(local: number): void;
  ret(local: number): void;
}

export interface HelperSlots {
  slot(name: string): number;
  helper(name: string): Helper;
  /** Emits the call itself; absent: through the table. */
  call?(code: Code, name: string): void;
}
