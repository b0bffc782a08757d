// clock_gettime of the clocks that programs ask for most, answered in WebAssembly: Go's scheduler wants to know the time at every second switch, and asking
// JavaScript for it took an eighth to a quarter of a program that only switches.
// Must stay true: what is written and returned is what the kernel's call would; whatever is not plain is left to that.
import { CLOCK_CALL, CLOCK_ELAPSED, CLOCK_OFFSETS, GPR, STATE_BASE, WRITE_TLB } from '../cpu-state';
import type { CpuHost } from '../cpu-types';
import { found, lookUp } from '../semantics/look-up';
import type { Code } from '../wasm/code';
import type { Lookups } from './lookups';

const RAX = 0, RSI = 6, RDI = 7;
const TIMESPEC = 16, SECOND = 1_000_000_000n;
const register = (number: number): number => STATE_BASE + GPR + 8 * number;

/** In a helper whose first argument is how many instructions of the slice are not retired yet: returns 1 if the call in the registers has been answered. */
export function answerClock(code: Code): void {
  const at = code.local('i64'), index = code.local('i32'), now = code.local('i64'), clock = code.local('i64');
  code.i32Const(0).i64Load(register(RAX)).i32Const(0).i64Load32U(CLOCK_CALL).i64Eq();
  code.i32Const(0).i64Load(register(RDI)).localTee(clock).i64Const(2).i64LtU().i32And();
  code.i32Const(0).i64Load(CLOCK_ELAPSED).localTee(now).i64Const(0).i64GeS().i32And();
  code.when(() => {
    code.i32Const(0).i64Load(register(RSI)).localSet(at);
    lookUp(code, at, TIMESPEC, WRITE_TLB, index);
    code.when(() => {
      found(code, at, WRITE_TLB, index);
      code.localSet(index);
      code.localGet(now).localGet(0).i64ExtendI32U().i64Sub().localGet(clock).i32WrapI64().i32Const(3).i32Shl().i64Load(CLOCK_OFFSETS).i64Add().localSet(now);
      code.localGet(index).localGet(now).i64Const(SECOND).i64DivU().i64Store();
      code.localGet(index).localGet(now).i64Const(SECOND).i64RemU().i64Store(8);
      code.i32Const(0).i64Const(0).i64Store(register(RAX)).i32Const(1).return();
    });
  });
}

/** What does not change while a program runs. */
export function setClock({ words }: Lookups, clock: CpuHost['clock']): void {
  words[CLOCK_CALL >> 2] = clock?.call ?? 0xffffffff;
  clock?.offsets.forEach((offset, i) => {
    words[(CLOCK_OFFSETS >> 2) + 2 * i] = Number(offset & 0xffffffffn);
    words[(CLOCK_OFFSETS >> 2) + 2 * i + 1] = Number(offset >> 32n);
  });
}

/** Before a slice is executed that ends after so many instructions of this run. */
export function tellTime(lookups: Lookups, clock: CpuHost['clock'], end: number): void {
  lookups.refresh();
  const { words } = lookups, elapsed = clock?.elapsed(end), at = CLOCK_ELAPSED >> 2;
  words[at] = elapsed === undefined ? 0xffffffff : elapsed % 0x100000000;
  words[at + 1] = elapsed === undefined ? 0xffffffff : elapsed / 0x100000000;
}
