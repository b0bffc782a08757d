// A program around one TEXT function: its arguments in memory, a small g and thread-local storage, the call, and a place to stop after it.
// Must stay true: the function gets what the Go compiler would give it; what it refers to and nobody defines is a trap with a name, or zero.

import type { FunctionFrame } from '../golang/arguments';
import { roundUp, type GoType } from '../golang/types';
import type { Assembled } from './assemble';
import { layValue, sharedBuffer, splitValues, ValueError, type Buffer, type Pointer, type Shared } from './go-values';
import { assignPlaces, type Place, type Word } from './register-abi';

export interface Parameter { name: string; type: GoType; offset: number; result: boolean }

/** Arguments and results by the Go declaration; without one, words as long as the TEXT's argument size says. */
export function parametersOf(frame: FunctionFrame | undefined, argumentSize: number): Parameter[] {
  if (frame) return frame.values.map(({ name, type, offset }, i) => ({ name, type, offset, result: i >= frame.argumentCount }));
  const word: GoType = { kind: 'basic', name: 'uint64', size: 8, align: 8 };
  return Array.from({ length: Math.floor(argumentSize / 8) }, (_, i) => ({ name: `arg${i}`, type: word, offset: i * 8, result: false }));
}

export interface Harness {
  source: string;
  entry: string;
  /** Symbols: the frame of arguments and results, the instruction after the call, the buffers with their guards. */
  frame: string;
  frameSize: number;
  /** Bytes of the frame, from SP at the call, that the function may change. */
  calleeSize: number;
  /** Where each value lies from SP at the call, when the call has come back. */
  homes: Map<Parameter, number>;
  done: string;
  end: string;
  /** Holds SP at the call. */
  saved: string;
  /** What BP points at during the call. */
  base: string;
  /** The g that R14 and TLS hold. */
  g: string;
  buffers: { symbol: string; label: string; size: number; readOnly: boolean }[];
}

/** Bytes before and after each buffer that nobody may write. */
export const GUARD = 64;
export const GUARD_BYTE = 0xa5;
/** Bytes behind each buffer's guard, so that what is written far from one is not taken for the next one's. */
export const GAP = 1024;

export interface HarnessOptions {
  /** Linker name. */
  target: string;
  abi: string;
  parameters: readonly Parameter[];
  /** `1, [2 3], "x"`. */
  args: string;
  frameSize: number;
  missing: Missing;
  /** Values of Go variables: name to number. */
  variables: ReadonlyMap<string, bigint>;
  /** What other Go variables begin with. */
  initial: ReadonlyMap<string, Uint8Array>;
}

export interface Missing { functions: string[]; variables: string[] }

/** What the files refer to and none of them defines. */
export function missingSymbols(files: readonly Assembled[]): Missing {
  const defined = new Set(files.flatMap((file) => [...file.texts.map(({ text }) => text.name), ...file.data.filter(({ declared }) => declared).map(({ name }) => name)]));
  const functions = new Set<string>(), variables = new Set<string>();
  for (const file of files) {
    for (const { relocations } of [...file.texts, ...file.data]) {
      for (const { symbol, kind, local } of relocations) {
        if (symbol === undefined || local || defined.has(symbol) || symbol.startsWith('$f')) continue;
        (kind === 'call' ? functions : variables).add(symbol);
      }
    }
  }
  for (const name of functions) variables.delete(name);
  return { functions: [...functions], variables: [...variables] };
}

/** The name as it is written in assembly. */
const written = (name: string): string => name.replaceAll('.', '·').replaceAll('/', '∕');

export function harness(options: HarnessOptions): Harness {
  const { parameters } = options;
  const inputs = parameters.filter(({ result }) => !result);
  const values = splitValues(options.args);
  if (values.length !== inputs.length) throw new ValueError(`${values.length} argument${values.length === 1 ? ' is' : 's are'} given, ${inputs.length} ${inputs.length === 1 ? 'is' : 'are'} needed: ${inputs.map(({ name }) => name).join(', ') || 'none'}`);
  const { homes, places, callee, frameSize } = layout(options);
  // What lies above belongs to the caller: it is looked at afterwards.
  const size = roundUp(Math.max(frameSize, 8), 16) + GUARD;
  const frame: Buffer = { bytes: new Uint8Array(size).fill(GUARD_BYTE, frameSize), pointers: [], label: 'frame' };
  // In ABIInternal the stack's results and the spill space hold nothing at the call: zeros would hide who relies on them.
  if (places) frame.bytes.fill(GUARD_BYTE, 0, callee);
  const shared = new Map<string, Shared>();
  inputs.forEach((parameter, i) => {
    const { name, type } = parameter, offset = homes.get(parameter) ?? 0;
    const laid = layValue(values[i] ?? '', type, name, shared);
    frame.bytes.set(laid.bytes, offset);
    for (const pointer of laid.pointers) frame.pointers.push({ ...pointer, offset: offset + pointer.offset });
    const own = sharedBuffer(laid, type);
    if (own) shared.set(name, own);
  });
  const lines: string[] = [];
  const buffers: Harness['buffers'] = [];
  lines.push('GLOBL gobuf·tls(SB), 16, $64', 'GLOBL gobuf·g(SB), 16, $512', `GLOBL gobuf·gap(SB), 16, $${GAP}`);
  emit(lines, 'gobuf·frame', frame, 0, buffers, new Map());
  options.missing.functions.forEach((name, i) => {
    // Whoever steps into one is told, and stops.
    const text = new TextEncoder().encode(name.startsWith('runtime.morestack') ? `${options.target} asks for more stack than the 256 KiB it has here\n` : `${name} is a Go function, which no assembly here defines: it needs the Go toolchain (gobuf debug)\n`);
    text.forEach((byte, at) => lines.push(`DATA gobuf·missing${i}+${at}(SB)/1, $${byte}`));
    lines.push(`GLOBL gobuf·missing${i}(SB), 24, $${text.length}`,
      `TEXT ${written(name)}(SB), 516, $0`, '\tMOVL $1, AX', '\tMOVL $2, DI', `\tLEAQ gobuf·missing${i}(SB), SI`, `\tMOVL $${text.length}, DX`, '\tSYSCALL', '\tUD2');
  });
  for (const name of options.missing.variables) {
    const value = options.variables.get(name), initial = (value === undefined && options.initial.get(name)) || new Uint8Array();
    if (value !== undefined) lines.push(`DATA ${written(name)}+0(SB)/8, $0x${BigInt.asUintN(64, value).toString(16)}`);
    initial.forEach((byte, i) => { if (byte) lines.push(`DATA ${written(name)}+${i}(SB)/1, $${byte}`); });
    lines.push(`GLOBL ${written(name)}(SB), 16, $${Math.max(512, initial.length)}`);
  }
  const target = `${written(options.target)}(SB)`;
  lines.push(
    'TEXT gobuf·start(SB), 2564, $0',
    // The thread pointer lies behind the word that holds g.
    '\tLEAQ gobuf·tls+8(SB), SI', '\tMOVL $0x1002, DI', '\tMOVL $158, AX', '\tSYSCALL',
    '\tLEAQ gobuf·g(SB), R14', '\tMOVQ R14, (TLS)', '\tMOVQ SP, 8(R14)', '\tLEAQ -262144(SP), AX', '\tMOVQ AX, (R14)', '\tMOVQ AX, 16(R14)', '\tMOVQ AX, 24(R14)',
    `\tSUBQ $${size}, SP`, '\tANDQ $~63, SP',
    '\tLEAQ gobuf·frame(SB), SI', '\tMOVQ SP, DI', `\tMOVL $${size}, CX`, '\tREP; MOVSB',
    // What is left in registers must not look like something.
    ...['AX', 'BX', 'CX', 'DX', 'SI', 'DI', 'R8', 'R9', 'R10', 'R11', 'R12', 'R13', 'R15'].map((name) => `\tMOVQ $0x${'dead'.repeat(3)}, ${name}`),
    ...words(false, places, homes).map(({ word, at, register }) => `\t${load(word)} ${at}(SP), ${register}`),
    '\tXORPS X15, X15', '\tMOVQ SP, gobuf·saved(SB)', '\tLEAQ gobuf·base(SB), BP',
    `\tCALL ${target}`, '\tJMP gobuf·done(SB)',
    'TEXT gobuf·done(SB), 2564, $0',
    ...words(true, places, homes).map(({ word, at, register }) => `\t${store(word)} ${register}, ${at}(SP)`),
    '\tJMP gobuf·end(SB)',
    'TEXT gobuf·end(SB), 2564, $0', '\tMOVL $231, AX', '\tXORL DI, DI', '\tSYSCALL', '\tUD2',
    'GLOBL gobuf·saved(SB), 16, $16', 'GLOBL gobuf·base(SB), 16, $16', '',
  );
  return { source: lines.join('\n'), entry: 'gobuf.start', frame: 'gobuf.frame', frameSize: size, calleeSize: callee, homes, done: 'gobuf.done', end: 'gobuf.end', saved: 'gobuf.saved', base: 'gobuf.base', g: 'gobuf.g', buffers };
}

/** DATA for a piece of memory and for those it points to, each between guards; one that several point to is there once. */
function emit(lines: string[], symbol: string, { bytes, pointers }: Buffer, guard: number, buffers: Harness['buffers'], known: Map<Buffer, string>): void {
  const whole = new Uint8Array(bytes.length + 2 * guard).fill(GUARD_BYTE);
  whole.set(bytes, guard);
  const view = new DataView(whole.buffer);
  const at = new Map(pointers.map((pointer): [number, Pointer] => [pointer.offset, pointer]));
  for (let i = 0; i < whole.length;) {
    const pointer = at.get(i - guard);
    if (pointer) {
      const { target } = pointer, name = known.get(target) ?? `gobuf·buffer${buffers.length}`;
      if (!known.has(target)) {
        known.set(target, name);
        buffers.push({ symbol: name.replace('·', '.'), label: target.label, size: target.bytes.length, readOnly: target.readOnly ?? false });
        emit(lines, name, target, GUARD, buffers, known);
      }
      lines.push(`DATA ${symbol}+${i}(SB)/8, $${name}+${GUARD + (pointer.at ?? 0)}(SB)`);
      i += 8;
      continue;
    }
    const wide = i + 8 <= whole.length && ![1, 2, 3, 4, 5, 6, 7].some((ahead) => at.has(i + ahead - guard)) ? 8 : 1;
    const value = wide === 8 ? view.getBigUint64(i, true) : BigInt(whole[i] ?? 0);
    if (value !== 0n) lines.push(`DATA ${symbol}+${i}(SB)/${wide}, $0x${value.toString(16)}`);
    i += wide;
  }
  lines.push(`GLOBL ${symbol}(SB), 16, $${Math.max(whole.length, 1)}`);
  if (guard > 0) lines.push(`GLOBL ${symbol}gap(SB), 16, $${GAP}`);
}

/** Values that travel in registers have their homes in memory above all that the callee may use. */
function layout({ abi, parameters, frameSize }: HarnessOptions): { homes: Map<Parameter, number>; places?: Map<Parameter, Place>; callee: number; frameSize: number } {
  if (abi !== 'ABIInternal') return { homes: new Map(parameters.map((each) => [each, each.offset])), callee: frameSize, frameSize };
  const { places, size } = assignPlaces(parameters);
  const callee = roundUp(Math.max(size, frameSize), 8);
  const homes = new Map<Parameter, number>();
  let end = callee;
  for (const [parameter, { offset }] of places) {
    homes.set(parameter, offset ?? end);
    if (offset === undefined) end = roundUp(end + parameter.type.size, 8);
  }
  return { homes, places, callee, frameSize: end };
}

/** Of arguments or of results, each word of those in registers. */
const words = (results: boolean, places: Map<Parameter, Place> | undefined, homes: Map<Parameter, number>): { word: Word; at: number; register: string }[] =>
  [...places ?? []].flatMap(([parameter, { registers }]) => (registers && parameter.result === results ? registers.map(({ word, register: { name: register } }) => ({ word, at: (homes.get(parameter) ?? 0) + word.offset, register })) : []));

const load = ({ float, size }: Word): string => (float ? (size === 4 ? 'MOVSS' : 'MOVSD') : size === 1 ? 'MOVBLZX' : size === 2 ? 'MOVWLZX' : size === 4 ? 'MOVL' : 'MOVQ');
const store = ({ float, size }: Word): string => (float ? (size === 4 ? 'MOVSS' : 'MOVSD') : size === 1 ? 'MOVB' : size === 2 ? 'MOVW' : size === 4 ? 'MOVL' : 'MOVQ');
