// What Go's assembler adds to a function: the stack check, the frame pointer, the frame itself, and their undoing before each RET.
// Must stay true: the same instructions in the same order as cmd/internal/obj/x86 of the Go version (1.21 and later save BP with PUSHQ,
// earlier ones store it in the frame); names relative to FP and SP become offsets from the hardware's SP.

import type { Argument } from './argument';
import { Flag, type Instruction, type TextSymbol } from './program';
import type { Span } from '../syntax/source';
import { registerNamed, type Register } from './registers';

export interface PrologueOptions {
  /** N of go1.N. */
  minor: number;
}

/** internal/abi: frames up to SMALL need no room of their own above the guard; larger than BIG may wrap around. */
const STACK_SMALL = 128;
const STACK_BIG = 4096;
const STACK_GUARD0 = 16n;

const reg = (name: string): Argument => ({ kind: 'register', register: registerNamed(name) as Register, scale: 0, offset: 0n });
const constant = (value: number): Argument => ({ kind: 'constant', scale: 0, offset: BigInt(value) });
const at = (base: string, offset: bigint | number): Argument => ({ kind: 'memory', base: registerNamed(base) as Register, scale: 0, offset: BigInt(offset) });

/** Calls that take no arguments and so do not make a function need a frame pointer's room. */
const ZERO_ARGUMENT_CALLS = /^runtime\.panic(divide|wrap|shift|Bounds|Extend)$/;

/** Rewrites the instructions; returns the ones to assemble. Reports what makes the frame inconsistent. */
export function addPrologue(text: TextSymbol, options: PrologueOptions, report: (message: string, instruction: Instruction) => void): Instruction[] {
  const source = text.instructions;
  const [head] = source;
  if (!head || source.length < 2) return source;
  const make = (mnemonic: string, ...args: Argument[]): Instruction => ({ mnemonic, suffix: undefined, args, span: text.span, statement: undefined, offset: 0, bytes: [] });
  let frame = Math.max(text.frame, 0);
  const calls = source.filter(({ mnemonic }) => mnemonic === 'CALL' || mnemonic.startsWith('DUFF'));
  const pushes = options.minor >= 21;
  const bp = !(text.flags & Flag.NOFRAME) && !(frame === 0 && calls.length === 0) && (pushes || frame > 0 || !(text.flags & Flag.NOSPLIT)) ? 8 : 0;
  frame += bp;
  text.savedBp = bp;
  if (frame % 8 !== 0) report(`the frame of ${text.name}, ${text.frame} bytes, is not a multiple of 8`, head);
  const noSplit = (text.flags & Flag.NOSPLIT) !== 0 || (frame < STACK_SMALL && calls.every(({ mnemonic, args }) =>
    (mnemonic === 'CALL' ? ZERO_ARGUMENT_CALLS.test(args[0]?.symbol ?? '') : true) && frame < STACK_SMALL - 8));
  const out: Instruction[] = [head];
  const tail: Instruction[] = [];
  const wraps = (text.flags & Flag.WRAPPER) !== 0 && options.minor < 26;
  if (!noSplit) stackCheck(text, frame, out, tail, make);
  else if (wraps && text.abi !== 'ABIInternal') out.push(make('MOVQ', at('TLS', 0), reg('R14')));
  if (pushes && bp) out.push({ ...make('PUSHQ', reg('BP')), stack: 8 }, make('MOVQ', reg('SP'), reg('BP')));
  const local = pushes ? frame - bp : frame;
  if (local) out.push({ ...adjust(make, local), stack: local });
  if (!pushes && bp) out.push(make('MOVQ', reg('BP'), at('SP', frame - bp)), make('LEAQ', at('SP', frame - bp), reg('BP')));
  if (wraps) wrapper(frame, out, tail, make, tail.length ? text.span : (source.at(-1) ?? head).span);
  body(source.slice(1), out, frame, bp, local, options.minor, report, text);
  out.push(...tail);
  return out;
}

type Make = (mnemonic: string, ...args: Argument[]) => Instruction;

/** ADDQ or SUBQ of SP, whichever has the smaller immediate. */
function adjust(make: Make, bytes: number): Instruction {
  if (bytes === 128 || (bytes < 0 && bytes !== -128)) return make('ADDQ', constant(-bytes), reg('SP'));
  return make('SUBQ', constant(bytes), reg('SP'));
}

function stackCheck(text: TextSymbol, frame: number, out: Instruction[], tail: Instruction[], make: Make): void {
  const first = out.length;
  if (text.abi !== 'ABIInternal') out.push(make('MOVQ', at('TLS', 0), reg('R14')));
  const call = make('CALL', { kind: 'memory', name: 'extern', symbol: text.flags & Flag.NEEDCTXT ? 'runtime.morestack' : 'runtime.morestack_noctxt', scale: 0, offset: 0n });
  const guard = at('R14', STACK_GUARD0);
  const jump = (mnemonic: string): Instruction => ({ ...make(mnemonic, { kind: 'branch', scale: 0, offset: 0n }), target: call });
  if (frame <= STACK_SMALL) out.push(make('CMPQ', reg('SP'), guard));
  else if (frame <= STACK_BIG) out.push(make('LEAQ', at('SP', -(frame - STACK_SMALL)), reg('R12')), make('CMPQ', reg('R12'), guard));
  else out.push(make('MOVQ', reg('SP'), reg('R12')), make('SUBQ', constant(frame - STACK_SMALL), reg('R12')), jump('JCS'), make('CMPQ', reg('R12'), guard));
  out.push(jump('JLS'));
  const back = make('JMP', { kind: 'branch', scale: 0, offset: 0n });
  back.target = out[first] as Instruction;
  // The end of the function belongs to its beginning: there is no frame yet.
  tail.push({ ...make('NOP'), stack: -frame }, call, { ...back, stack: frame });
}

/** Until Go 1.25 a wrapper adjusts the argument pointer of a panic that is running: g._panic.argp, if it is this frame's. */
function wrapper(frame: number, out: Instruction[], tail: Instruction[], make: Make, span: Span): void {
  const end = make('NOP');
  const first = tail.length;
  const adjustStart = make('LEAQ', at('SP', frame + 8), reg('R13'));
  const jump = (mnemonic: string, target: Instruction): Instruction => ({ ...make(mnemonic, { kind: 'branch', scale: 0, offset: 0n }), target });
  out.push(make('MOVQ', at('R14', 32), reg('R12')), make('TESTQ', reg('R12'), reg('R12')), jump('JNE', adjustStart), end);
  tail.push(adjustStart, make('CMPQ', at('R12', 0), reg('R13')), jump('JNE', end), make('MOVQ', reg('SP'), at('R12', 0)), jump('JMP', end));
  for (const instruction of tail.slice(first)) instruction.span = span;
}

const STACK_CHANGE: Record<string, number> = { PUSHL: 4, PUSHFL: 4, PUSHQ: 8, PUSHFQ: 8, PUSHW: 2, PUSHFW: 2, POPL: -4, POPFL: -4, POPQ: -8, POPFQ: -8, POPW: -2, POPFW: -2 };

function body(source: Instruction[], out: Instruction[], frame: number, bp: number, local: number, minor: number, report: (message: string, instruction: Instruction) => void, text: TextSymbol): void {
  let moved = frame;
  for (const instruction of source) {
    // Names are resolved in the first, the last and the operand after the first, as Go's assembler does.
    const { args } = instruction;
    args.forEach((argument, i) => {
      if (i > 1 && i !== args.length - 1) return;
      if (argument.name === 'auto') argument.offset += BigInt(moved - bp);
      else if (argument.name === 'param') argument.offset += BigInt(moved + 8);
    });
    if (instruction.mnemonic === 'ADJSP') {
      const bytes = Number(args[0]?.offset ?? 0n);
      moved += bytes;
      out.push(Object.assign(instruction, bytes === 0 ? { mnemonic: 'NOP', args: [] } : { ...pickInstruction(bytes) }, { stack: bytes }));
      continue;
    }
    const change = STACK_CHANGE[instruction.mnemonic];
    if (change !== undefined) {
      moved += change;
      instruction.stack = change;
    }
    if (instruction.mnemonic !== 'RET') { out.push(instruction); continue; }
    if (moved !== frame) report(`${text.name}: unbalanced PUSH/POP: ${Math.abs(moved - frame)} bytes too ${moved > frame ? 'many' : 'few'} are on the stack at this RET`, instruction);
    leave(instruction, out, frame, bp, local, minor);
  }
}

function pickInstruction(bytes: number): Pick<Instruction, 'mnemonic' | 'args'> {
  const { mnemonic, args } = adjust((name, ...operands) => ({ mnemonic: name, suffix: undefined, args: operands, span: undefined as never, statement: undefined, offset: 0, bytes: [] }), bytes);
  return { mnemonic, args };
}

/** The frame is given back before RET; the instruction object itself becomes the first of the sequence, because branches point at it. */
function leave(instruction: Instruction, out: Instruction[], frame: number, bp: number, local: number, minor: number): void {
  const { args } = instruction;
  const pushes = minor >= 21;
  const steps: Pick<Instruction, 'mnemonic' | 'args' | 'stack'>[] = [];
  if (frame !== 0) {
    if (!pushes && bp) steps.push({ mnemonic: 'MOVQ', args: [at('SP', frame - bp), reg('BP')] });
    if (local) steps.push({ ...pickInstruction(-local), stack: -local });
    if (pushes && bp) steps.push({ mnemonic: 'POPQ', args: [reg('BP')], stack: -bp });
  }
  // What follows a RET comes from a branch with the frame still there.
  const [to] = args;
  const tailCall = to && (to.symbol !== undefined || (to.kind === 'register' && minor >= 27));
  steps.push({ mnemonic: tailCall ? 'JMP' : 'RET', args, stack: frame });
  const { span, statement } = instruction;
  steps.forEach((step, i) => {
    if (i === 0) out.push(Object.assign(instruction, { stack: undefined }, step));
    else out.push({ suffix: undefined, span, statement, offset: 0, bytes: [], ...step });
  });
}
