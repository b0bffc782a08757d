// Arithmetic on 128 bits out of 64-bit WebAssembly: the high half of a product, written into any function body.
// Must stay true: operands are locals and are not changed.
import type { Code } from '../wasm/code';

/** Pushes the high 64 bits of the unsigned product of two i64 locals; makes its own locals unless given five. */
export function mulHigh(code: Code, a: number, b: number, local: () => number = () => code.local('i64')): void {
  const lowA = local(), highA = local(), lowB = local(), highB = local(), middle = local(), mask = 0xffffffff;
  code.localGet(a).i64Const(mask).i64And().localSet(lowA).localGet(a).i64Const(32).i64ShrU().localSet(highA);
  code.localGet(b).i64Const(mask).i64And().localSet(lowB).localGet(b).i64Const(32).i64ShrU().localSet(highB);
  // middle = highA * lowB + (lowA * lowB >> 32)
  code.localGet(highA).localGet(lowB).i64Mul().localGet(lowA).localGet(lowB).i64Mul().i64Const(32).i64ShrU().i64Add().localSet(middle);
  code.localGet(highA).localGet(highB).i64Mul().localGet(middle).i64Const(32).i64ShrU().i64Add();
  code.localGet(lowA).localGet(highB).i64Mul().localGet(middle).i64Const(mask).i64And().i64Add().i64Const(32).i64ShrU().i64Add();
}
