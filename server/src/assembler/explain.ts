// Why no form of a mnemonic takes the operands that were written, in one sentence a programmer can act on.
// Must stay true: names the first operand that is wrong, or what the instruction would take; never throws.

import type { Argument } from './argument';
import type { Form } from './forms';
import { fits, isMemory, type OperandClass } from './operand-class';

const WORDS: Partial<Record<OperandClass, string>> = {
  r: 'a general register', rm: 'a general register or memory', r8: 'a byte register', rm8: 'a byte register or memory', m: 'memory', ax: 'AX', al: 'AL', cx: 'CL', cl: 'CL', dx: 'DX',
  mm: 'an M register', mmm: 'an M register or memory', mmrm: 'an M register, a general register or memory', x: 'X0…X15', xm: 'X0…X15 or memory', x0: 'X0', y: 'Y0…Y15', ym: 'Y0…Y15 or memory',
  xe: 'an X register', xme: 'an X register or memory', ye: 'a Y register', yme: 'a Y register or memory', z: 'a Z register', zm: 'a Z register or memory', k: 'a K register', km: 'a K register or memory',
  mask: 'a mask K1…K7', 'list-x': 'a list of four X registers', 'list-y': 'a list of four Y registers', 'list-z': 'a list of four Z registers such as [Z0-Z3]',
  vmx: 'memory with an index X0…X15', vmxe: 'memory with an X index', vmy: 'memory with an index Y0…Y15', vmye: 'memory with a Y index', vmz: 'memory with a Z index',
  st: 'an F register', st0: 'F0', st1: 'F1', segment: 'a segment register', control: 'a control register', debug: 'a debug register', fs: 'FS', gs: 'GS',
  i1: '$1', u2: 'a constant from 0 to 3', i8: 'a constant from -128 to 127', u8: 'a constant from 0 to 255', iu8: 'a constant from -128 to 255', s32: 'a signed 32-bit constant', u32: 'an unsigned 32-bit constant', i32: 'a 32-bit constant', i64: 'a constant',
};

const words = (wanted: OperandClass) => WORDS[wanted] ?? wanted.toUpperCase();

export function describe(argument: Argument): string {
  switch (argument.kind) {
    case 'register': return argument.register?.name ?? 'a register';
    case 'constant': return `$${argument.offset}`;
    case 'memory': return argument.symbol ? `${argument.symbol}(SB)` : 'memory';
    case 'address': return argument.symbol ? `the address of ${argument.symbol}` : 'an address';
    case 'float': return 'a floating-point constant';
    case 'string': return 'a string';
    case 'list': return `[${argument.register?.name ?? ''}-${argument.high?.name ?? ''}]`;
    default: return 'this operand';
  }
}

/** What is wrong with an address itself, whatever the instruction. */
function badAddress(argument: Argument): string | undefined {
  if (argument.kind !== 'memory') return undefined;
  const { index, base, name, symbol } = argument;
  if (index?.name === 'SP') return 'SP cannot be an index register';
  if (index?.kind === 'pseudo') return `the pseudo-register ${index.name} cannot be an index`;
  if ((name === 'extern' || name === 'static') && (base || index)) return `${symbol ?? 'a symbol'}(SB) is addressed relative to the next instruction and cannot have an index; load its address with LEAQ first`;
  return undefined;
}

export function whyNone(mnemonic: string, forms: readonly Form[], args: readonly Argument[], suffixed: boolean): string {
  const prefix = `invalid instruction ${mnemonic}`;
  for (const argument of args) {
    const problem = badAddress(argument);
    if (problem) return `${prefix}: ${problem}`;
  }
  const usable = suffixed ? forms.filter(({ evex }) => evex) : forms;
  if (usable.length === 0) return `${prefix}: only AVX-512 instructions take suffixes`;
  const sameCount = usable.filter(({ slots }) => slots.length === args.length);
  if (sameCount.length === 0) {
    const counts = [...new Set(usable.map(({ slots }) => slots.length))].sort((a, b) => a - b);
    return `${prefix}: it takes ${counts.join(' or ')} operand${counts.length === 1 && counts[0] === 1 ? '' : 's'}, not ${args.length}`;
  }
  // The form that fits longest from either side says what is missing.
  let best: { score: number; at: number; wanted: OperandClass[] } = { score: -1, at: 0, wanted: [] };
  for (const { slots } of sameCount) {
    const wrong = slots.flatMap(({ wanted }, i) => (fits(args[i] as Argument, wanted) ? [] : [i]));
    const at = wrong[0] ?? 0;
    const score = slots.length - wrong.length;
    const wanted = slots[at]?.wanted;
    if (!wanted || wrong.length === 0) continue;
    if (score > best.score) best = { score, at, wanted: [wanted] };
    else if (score === best.score && at === best.at && !best.wanted.includes(wanted)) best.wanted.push(wanted);
  }
  const argument = args[best.at];
  if (!argument) return prefix;
  const gathers = best.wanted.some((each) => each.startsWith('vm'));
  if (argument.kind === 'memory' && !isMemory(argument) && !gathers) return `${prefix}: operand ${best.at + 1} has ${argument.index?.name ?? 'a vector register'} as its index, which only gathers and scatters can have`;
  const note = argument.register?.kind === 'k' && argument.register.number === 0 ? ' (K0 means no mask)' : '';
  return `${prefix}: operand ${best.at + 1}, ${gathers && argument.kind === 'memory' ? `memory ${argument.index ? `with the index ${argument.index.name}` : 'without an index'}` : describe(argument)}, should be ${[...new Set(best.wanted.map(words))].slice(0, 4).join(', or ')}${note}`;
}
