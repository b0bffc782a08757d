// Small changes that Go's assembler makes before choosing an encoding: TLS accesses, addresses as LEA, floating-point constants in memory.
// Must stay true: those of progedit in cmd/internal/obj/x86 for linux; the instruction keeps its place and its label.

import type { Argument } from './argument';
import type { Instruction } from './program';

/** Instructions that take a floating-point constant, by the width of the constant. */
const SINGLE = /^(V?MOVSS|FMOVF|F(ADD|SUBR?|MUL|DIVR?|COM)F|FCOMFP|(ADD|SUB|MUL|DIV|U?COMI)SS)$/;
const DOUBLE = /^(V?MOVSD|FMOVD|F(ADD|SUBR?|MUL|DIVR?|COM)D|FCOMDP|(ADD|SUB|MUL|DIV|U?COMI)SD)$/;

export function rewrite(instruction: Instruction): void {
  const { args } = instruction;
  const [from] = args;
  const to = args.at(-1);
  if (/^MOV[QL]$/.test(instruction.mnemonic) && from?.register?.kind === 'tls' && to?.register?.kind === 'gpr') {
    Object.assign(instruction, { mnemonic: 'NOP', args: [] });
    return;
  }
  for (const argument of [from, to]) if (argument) threadLocal(argument);
  if (/^CMP[PS][SD]$/.test(instruction.mnemonic) && to?.kind === 'memory' && !to.name && !to.base && !to.index) to.kind = 'constant';
  if (from?.kind === 'address' && /^MOV[QL]$/.test(instruction.mnemonic)) {
    instruction.mnemonic = instruction.mnemonic === 'MOVQ' ? 'LEAQ' : 'LEAL';
    from.kind = 'memory';
  }
  if (from?.kind === 'float') constantInMemory(instruction, from, to);
}

/** off(BX)(TLS*1) after MOVQ TLS, BX is off(TLS). */
function threadLocal(argument: Argument): void {
  if (argument.kind !== 'memory' || argument.index?.kind !== 'tls' || argument.base?.kind !== 'gpr') return;
  argument.base = argument.index;
  delete argument.index;
  argument.scale = 0;
}

function constantInMemory(instruction: Instruction, from: Argument, to: Argument | undefined): void {
  const { mnemonic } = instruction;
  const value = from.float ?? 0;
  const zero = Object.is(value, 0);
  if (zero && /^V?MOVS[SD]$/.test(mnemonic) && to?.register?.kind === 'x' && to.register.number < 16) {
    Object.assign(instruction, { mnemonic: 'XORPS', args: [{ ...to }, to] });
    return;
  }
  const single = SINGLE.test(mnemonic);
  if (!single && !DOUBLE.test(mnemonic)) return;
  const view = new DataView(new ArrayBuffer(8));
  if (single) view.setFloat32(0, value);
  else view.setFloat64(0, value);
  const bits = single ? view.getUint32(0).toString(16).padStart(8, '0') : view.getBigUint64(0).toString(16).padStart(16, '0');
  Object.assign(from, { kind: 'memory', name: 'extern', symbol: `$f${single ? 32 : 64}.${bits}`, offset: 0n });
}
