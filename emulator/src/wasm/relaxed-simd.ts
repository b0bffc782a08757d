// Whether WebAssembly here has relaxed SIMD, of the kind whose multiply-add rounds once. The standard leaves that open; V8 does where the processor has FMA.
// Must stay true: the answer is found by computing, not by names of engines, and what is translated by it is kept for where it is the same.
import { Code } from './code';
import { ModuleBuilder } from './module';

let known: boolean | undefined;

/** Whether relaxed instructions exist and f64x2RelaxedMadd and f32x4RelaxedMadd are fused. */
export function hasRelaxedSimd(): boolean { return (known ??= compute()); }
/** Whether somebody has asked, and been told yes. */
export const usesRelaxedSimd = (): boolean => known === true;

/** (1 + e)² − (1 + 2e) is e² if nothing is lost on the way, otherwise 0. */
function compute(): boolean {
  const code = new Code(0), wide = 2 ** -27, narrow = 2 ** -12;
  code.f64Const(1 + wide).f64x2Splat().f64Const(1 + wide).f64x2Splat().f64Const(-1 - 2 * wide).f64x2Splat().f64x2RelaxedMadd().f64Const(wide * wide).f64x2Splat().f64x2Eq().i64x2AllTrue();
  code.f32Const(1 + narrow).f32x4Splat().f32Const(1 + narrow).f32x4Splat().f32Const(-1 - 2 * narrow).f32x4Splat().f32x4RelaxedMadd().f32Const(narrow * narrow).f32x4Splat().f32x4Eq().i32x4AllTrue();
  const module = new ModuleBuilder();
  module.exportFunction('fused', module.add({ parameters: [], results: ['i32'] }, code.i32And()));
  try { return (new WebAssembly.Instance(new WebAssembly.Module(module.finish())).exports['fused'] as () => number)() === 1; } catch { return false; }
}
