// Small changes that Go's assembler makes before choosing an encoding: TLS accesses, addresses as LEA, floating-point constants in memory.
// Must stay true: those of progedit in cmd/internal/obj/x86; the instruction keeps its place and its label, further ones follow it.

import type { Argument } from './argument';
import type { Instruction } from './program';
import { registerNamed, type Register } from './registers';

/** Instructions that take a floating-point constant, by the width of the constant. */
const SINGLE = /^(V?MOVSS|FMOVF|F(ADD|SUBR?|MUL|DIVR?|COM)F|FCOMFP|(ADD|SUB|MUL|DIV|U?COMI)SS)$/;
const DOUBLE = /^(V?MOVSD|FMOVD|F(ADD|SUBR?|MUL|DIVR?|COM)D|FCOMDP|(ADD|SUB|MUL|DIV|U?COMI)SD)$/;

/** Systems where code finds thread-local storage only through a variable. */
const INDIRECT = new Set(['windows', 'plan9']);

/** Returns the instructions to put in its place, itself first. */
export function rewrite(instruction: Instruction, goos: string): Instruction[] {
  const more = threadLocalAccess(instruction, goos);
  const { args } = instruction;
  const [from] = args;
  const to = args.at(-1);
  if (/^CMP[PS][SD]$/.test(instruction.mnemonic) && to?.kind === 'memory' && !to.name && !to.base && !to.index) to.kind = 'constant';
  // MOVW takes the address of a name only: of $8(AX) Go's assembler forgets the register.
  if (from?.kind === 'address' && (/^MOV[QL]$/.test(instruction.mnemonic) || (instruction.mnemonic === 'MOVW' && from.name !== undefined))) {
    instruction.mnemonic = `LEA${instruction.mnemonic.at(-1) ?? ''}`;
    from.kind = 'memory';
  }
  if (from?.kind === 'float') constantInMemory(instruction, from, to);
  return [instruction, ...more];
}

/** The accesses to TLS of one instruction; also for those that the prologue adds. Returns instructions that must follow. */
export function threadLocalAccess(instruction: Instruction, goos: string): Instruction[] {
  const { args } = instruction;
  const [from] = args;
  const to = args.at(-1);
  const move = /^MOV[QL]$/.test(instruction.mnemonic);
  const load = move && from?.register?.kind === 'tls' && to?.register?.kind === 'gpr';
  if (INDIRECT.has(goos)) return indirect(instruction, goos, load);
  if (load) {
    Object.assign(instruction, { mnemonic: 'NOP', args: [] });
    return [];
  }
  for (const argument of [from, to]) {
    if (!argument) continue;
    threadLocal(argument);
    if ((goos === 'darwin' || goos === 'ios') && argument.kind === 'memory' && argument.base?.kind === 'tls') argument.segment = GS_PREFIX;
  }
  return [];
}

const GS_PREFIX = 0x65;

/** Windows and Plan 9: MOVQ TLS, R loads where thread-local storage is; 0(TLS) becomes that and an access through R. */
function indirect(instruction: Instruction, goos: string, load: boolean): Instruction[] {
  const { args, mnemonic } = instruction;
  const [from, to] = args;
  const register = to?.register;
  const after: Instruction[] = [];
  const follow = (argument: Argument): void => { after.push({ ...instruction, mnemonic, args: [argument, { ...(to as Argument) }] }); };
  if (goos === 'windows') for (const argument of args) if (argument.index?.kind === 'tls') { delete argument.index; argument.scale = 0; }
  const direct = /^MOV[QL]$/.test(mnemonic) && from?.kind === 'memory' && from.base?.kind === 'tls' && register?.kind === 'gpr';
  if (!register || (!load && !direct)) return after;
  const offset = direct ? from.offset : 0n;
  instruction.args = [{ kind: 'memory', name: 'extern', symbol: goos === 'windows' ? 'runtime.tls_g' : '_privates', scale: 0, offset: 0n }, { ...(to as Argument) }];
  if (goos === 'windows') follow({ kind: 'memory', base: register, index: registerNamed('GS') as Register, scale: 1, offset: 0n });
  if (direct) follow({ kind: 'memory', base: register, ...(goos === 'plan9' ? { index: registerNamed('TLS') as Register } : {}), scale: goos === 'plan9' ? 1 : 0, offset });
  return after;
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
