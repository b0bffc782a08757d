// One TEXT function of assembly files, assembled here and called with arguments from the command line: its results, or a session in it.
// Must stay true: no Go needed; what it does beyond its results (writes outside its buffers, SP or BP not given back, calls to Go) is said.
import path from 'node:path';
import { Checker } from '@gobuf/server/analysis/check';
import { readAssembly, type AssemblyFile } from '@gobuf/server/analysis/assembly-file';
import { assemble, type Assembled, type AssembledText } from '@gobuf/server/assembler/assemble';
import { layValue, showValue, splitValues, ValueError, type Laid } from '@gobuf/server/assembler/go-values';
import { GUARD, harness, missingSymbols, parametersOf, type Harness, type Missing, type Parameter } from '@gobuf/server/assembler/harness';
import { link, type LinkedSymbol } from '@gobuf/server/assembler/link';
import { underlying } from '@gobuf/server/golang/types';
import { positionAt, type Problem } from '@gobuf/server/syntax/source';
import { directoryOf } from '@gobuf/server/workspace/files';
import { NEWEST_MINOR } from '@gobuf/server/workspace/goroot';
import { packagePath, symbolPrefix } from '@gobuf/server/workspace/package-path';
import { createMachine } from '@gobuf/emulator/machine';
import type { Machine } from '@gobuf/emulator/machine-types';
import { goParser } from './host/go-parser';
import { diskFiles, goRoot, moduleCache, slashed } from './host/sources';
import { InputError, UsageError } from './options';

const MOST_INSTRUCTIONS = 1e9;
const RAX = 0, RSP = 4, RBP = 5, R14 = 14, X15 = 15 * 32, DIRECTION = 1 << 10;

export interface TextFunction {
  name: string;
  text: AssembledText;
  files: Assembled[];
  parameters: Parameter[];
  frameSize: number;
  missing: Missing;
  /** Go variables among the missing whose initializers are constants, with their bytes. */
  initial: Map<string, Uint8Array>;
  minor: number;
  /** Of a function without a Go declaration. */
  undeclared: boolean;
  /** Arguments and results of every function of these files that has a Go declaration, by linker name. */
  declared: ReadonlyMap<string, Parameter[]>;
}

const sentence = ({ span, message }: Problem): string => {
  const { line, column } = positionAt(span.file, span.start);
  return `${span.file.path}:${line + 1}:${column + 1}: ${message}`;
};

/** Reads and assembles the files and finds the function; InputError with one sentence otherwise. Of `more` files those that can be assembled come along. */
export async function openText(wanted: string, names: readonly string[], more: readonly string[] = []): Promise<TextFunction> {
  if (names.length === 0) throw new UsageError('name the assembly files after the options');
  const root = goRoot();
  const minor = root?.minor ?? NEWEST_MINOR;
  const checker = new Checker({ files: diskFiles, parser: await goParser(), goroot: root?.path, minor, moduleCache: moduleCache() });
  const files: Assembled[] = [];
  const owners = new Map<AssembledText, { directory: string; prefix: string }>();
  let target: AssemblyFile['target'] | undefined;
  for (const name of [...names, ...more]) {
    const full = slashed(path.resolve(name));
    const text = diskFiles.read(full);
    const optional = !names.includes(name);
    if (text === undefined && optional) continue;
    if (text === undefined) throw new InputError(`${name} cannot be read.`);
    const file = checker.read(full, text);
    if (file.arch.family !== 'amd64' && optional) continue;
    if (file.arch.family !== 'amd64') throw new InputError(`${name} is for ${file.target.goarch}; the bundled assembler knows amd64.`);
    target ??= file.target;
    const directory = directoryOf(full);
    const prefix = symbolPrefix(packagePath(directory, diskFiles) ?? 'main');
    const assembled = assemble(file, { packagePath: prefix, minor });
    const problem = [...file.problems, ...assembled.problems].find(({ severity }) => severity === 'error');
    if (problem && optional) continue;
    if (problem) throw new InputError(sentence(problem));
    for (const each of assembled.texts) owners.set(each, { directory, prefix });
    files.push(assembled);
  }
  const plain = wanted.replaceAll('·', '.').replaceAll('∕', '/').replace(/\(SB\)$/, '').replace(/<\w*>$/, '');
  const found = [...owners].filter(([{ text }, { prefix }]) => text.name === plain || text.name === `${prefix}.${plain.replace(/^\./, '')}`);
  const [first] = found;
  if (!first) {
    const known = [...owners.keys()].map(({ text }) => text.name);
    throw new InputError(`there is no TEXT ${wanted} in ${names.length === 1 ? names[0] : 'these files'}; there ${known.length === 1 ? 'is' : 'are'} ${known.slice(0, 12).join(', ')}${known.length > 12 ? ' …' : ''}.`);
  }
  const [text, { directory, prefix }] = first;
  const short = text.text.name.startsWith(`${prefix}.`) ? text.text.name.slice(prefix.length + 1) : text.text.name;
  const knowledge = target && checker.knowledge(directory, target);
  const frameOf = (of: AssembledText): ReturnType<NonNullable<typeof knowledge>['frame']> => {
    const place = owners.get(of), own = place && target && checker.knowledge(place.directory, target), { name } = of.text;
    if (!own || of.text.static) return undefined;
    const plainName = name.startsWith(`${place.prefix}.`) ? name.slice(place.prefix.length + 1) : name;
    return own.frame(plainName) ?? own.frame(own.linknamed(name) ?? plainName);
  };
  const frame = frameOf(text);
  if (frame === 'unknown') throw new InputError(`a type in the Go declaration of ${short} cannot be worked out.`);
  const size = text.text.argumentSize ?? 0;
  const missing = missingSymbols(files), initial = new Map<string, Uint8Array>();
  for (const name of missing.variables) {
    const bytes = name.startsWith(`${prefix}.`) ? knowledge?.initialValue(name.slice(prefix.length + 1)) : undefined;
    if (bytes) initial.set(name, bytes);
  }
  const parameters = parametersOf(frame, size);
  const declared = new Map<string, Parameter[]>();
  for (const each of owners.keys()) {
    const known = each === text ? frame : frameOf(each);
    if (known && known !== 'unknown') declared.set(each.text.name, each === text ? parameters : parametersOf(known, 0));
  }
  return {
    name: text.text.name, text, files, parameters, frameSize: Math.max(frame?.size ?? 0, size), missing, initial, minor, undeclared: frame === undefined, declared,
  };
}

export interface Built { program: Uint8Array; harness: Harness; symbols: Map<string, LinkedSymbol> }

export function buildCall(fn: TextFunction, args: string, variables: ReadonlyMap<string, bigint>): Built {
  let made: Harness;
  try {
    made = harness({ target: fn.name, abi: fn.text.text.abi, parameters: fn.parameters, args, frameSize: fn.frameSize, missing: fn.missing, variables, initial: fn.initial });
  } catch (error) {
    throw error instanceof ValueError ? new InputError(`${error.message}.`) : error;
  }
  const around = assemble(readAssembly('gobuf_harness_amd64.s', made.source, diskFiles, { goroot: undefined, minor: fn.minor }), { packagePath: 'gobuf', minor: fn.minor });
  const { program, problems, symbols } = link([...fn.files, around], { goVersion: `go1.${fn.minor}`, entry: made.entry, parametersOf: (name) => fn.declared.get(name) ?? (name === fn.name ? fn.parameters : []) });
  const [problem] = [...around.problems, ...problems];
  if (!program) throw new InputError(problem ? sentence(problem) : 'the function cannot be linked.');
  return { program, harness: made, symbols: new Map(symbols.map((symbol) => [symbol.name, symbol])) };
}

export interface Outcome {
  instructions: number;
  /** Every result by name, then the arguments that point to memory as they are afterwards. */
  results: { name: string; value: string }[];
  memory: { name: string; value: string }[];
  /** What it did that it must not do; the call counts as failed. */
  problems: string[];
}

/** Calls the function and looks at what it left. */
export function call(fn: TextFunction, { program, harness: made, symbols }: Built): Outcome {
  const address = (name: string): number => symbols.get(name)?.address ?? 0;
  const problems: string[] = [];
  let output = '';
  const machine = createMachine({ program, path: '/text', args: [], env: [], host: { write: (_, bytes) => { output += new TextDecoder().decode(bytes); } } });
  try {
    const stops = [fn.text.text.name, made.done, made.end, ...fn.missing.functions].map(address);
    for (const each of new Set(stops)) machine.addBreakpoint(each);
    machine.run(MOST_INSTRUCTIONS);
    const start = machine.instruction;
    const stop = runTo(machine, address(made.done), fn, symbols, problems);
    const instructions = machine.instruction - start - 1;
    if (!stop) return { instructions, results: [], memory: [], problems };
    const sp = Number(new DataView(machine.readMemory(address(made.saved), 8).slice().buffer).getBigUint64(0, true));
    const { gpr, rflags, vector } = machine.registers();
    if (Number(gpr[RSP]) !== sp) problems.push(`SP is ${Math.abs(Number(gpr[RSP]) - sp)} bytes too ${Number(gpr[RSP]) > sp ? 'high' : 'low'} after the return`);
    if (Number(gpr[RBP]) !== address(made.base)) problems.push('BP, the frame pointer, is not what it was before the call');
    // Go's own calling convention keeps two more; for ABI0 the compiler's wrapper sets them again.
    if (fn.text.text.abi === 'ABIInternal') {
      if (Number(gpr[R14]) !== address(made.g)) problems.push('R14, which holds g in ABIInternal, is not what it was before the call');
      if (vector.subarray(X15, X15 + 16).some((byte) => byte !== 0)) problems.push('X15, which is zero in ABIInternal, is not zero after the return');
    }
    if (rflags & DIRECTION) problems.push('the direction flag is set on return (CLD is missing)');
    if (problems.length === 0) machine.run(MOST_INSTRUCTIONS);
    for (const { symbol, label, size } of made.buffers) problems.push(...outside(machine.readMemory(address(symbol), size + 2 * GUARD), size, label));
    const read = (at: number, length: number): Uint8Array => machine.readMemory(at, length);
    const home = (parameter: Parameter): number => sp + (made.homes.get(parameter) ?? 0);
    const value = (each: Parameter): string => showValue(read(home(each), each.type.size).slice(), each.type, read);
    const results = fn.parameters.filter(({ result }) => result).map((each) => ({ name: each.name, value: value(each) }));
    const pointee = (each: Parameter): string | undefined => {
      const of = underlying(each.type), element = of.kind === 'pointer' ? of.element?.() : undefined;
      const target = element && Number(new DataView(read(home(each), 8).slice().buffer).getBigUint64(0, true));
      return element && target ? `&${showValue(read(target, element.size).slice(), element, read)}` : undefined;
    };
    const memory = fn.parameters.filter(({ result }) => !result).flatMap((each) => {
      const text = underlying(each.type).kind === 'slice' ? value(each) : pointee(each);
      return text === undefined ? [] : [{ name: each.name, value: text }];
    });
    // Without a declaration nobody knows what is a result: ABIInternal's first one is in AX.
    if (fn.undeclared && fn.text.text.abi === 'ABIInternal') results.push({ name: 'AX', value: String(gpr[RAX]) });
    else if (fn.undeclared) for (const each of fn.parameters) results.push({ name: `${each.name}+${each.offset}(FP)`, value: value(each) });
    return { instructions, results, memory, problems };
  } finally {
    machine.dispose();
  }
}

/** False when it did not come back; the reason is among the problems. */
function runTo(machine: Machine, done: number, fn: TextFunction, symbols: Map<string, LinkedSymbol>, problems: string[]): boolean {
  const where = (): string => {
    const rip = machine.registers().rip;
    for (const { text, instructions } of fn.files.flatMap(({ texts }) => texts)) {
      const symbol = symbols.get(text.name);
      if (!symbol || rip < symbol.address || rip >= symbol.address + symbol.size) continue;
      const at = instructions.findLast(({ offset, bytes }) => bytes.length > 0 && symbol.address + offset <= rip);
      return at ? ` at ${path.basename(at.span.file.path)}:${positionAt(at.span.file, at.span.start).line + 1}` : '';
    }
    return ` at 0x${rip.toString(16)}`;
  };
  const missing = new Map(fn.missing.functions.map((name) => [symbols.get(name)?.address, name]));
  for (;;) {
    const stop = machine.run(MOST_INSTRUCTIONS);
    if (stop.reason === 'breakpoint') {
      if (stop.address === done) return true;
      const name = missing.get(stop.address);
      // Its own entry again: it calls itself.
      if (name === undefined) continue;
      problems.push(name.startsWith('runtime.morestack') ? `${fn.name} asks for more stack than the 256 KiB it has here`
        : `${fn.name} calls ${name}, which no assembly here defines: it is a Go function, and needs the Go toolchain (gobuf debug)`);
      return false;
    }
    problems.push(stop.reason === 'killed' ? `it ended by ${stop.signalName}${where()}` : stop.reason === 'exited' ? `it ended the process with status ${stop.code}`
      : stop.reason === 'unsupported' ? stop.message : stop.reason === 'limit' ? `it did not come back within ${MOST_INSTRUCTIONS} instructions` : `it stopped: ${stop.reason}`);
    return false;
  }
}

/** Writes into the guards around a buffer. */
function outside(bytes: Uint8Array, size: number, label: string): string[] {
  const changed = [...bytes].flatMap((byte, i) => ((i < GUARD || i >= GUARD + size) && byte !== 0xa5 ? [i - GUARD] : []));
  const [first] = changed;
  if (first === undefined) return [];
  return [`${label}: ${changed.length} byte${changed.length === 1 ? '' : 's'} written outside its ${size} bytes, the first at offset ${first}`];
}

/** `=> 3; dst = [1 2]`: what a call should give, checked by layout, so that 0x10 equals 16. */
export function compare(fn: TextFunction, expected: string, outcome: Outcome): string[] {
  const wrong = [...outcome.problems];
  if (wrong.length) return wrong;
  const inputs = new Map(fn.parameters.map((each) => [each.name, each]));
  const check = (name: string, text: string): void => {
    const parameter = inputs.get(name);
    const got = [...outcome.results, ...outcome.memory].find((each) => each.name === name)?.value;
    if (!parameter || got === undefined) { wrong.push(`there is no result ${name}`); return; }
    if (normal(parameter, got) !== normal(parameter, text)) wrong.push(`${name} is ${got}, should be ${text}`);
  };
  const results = fn.parameters.filter(({ result }) => result).map(({ name }) => name);
  let position = 0;
  for (const part of expected.split(';').map((each) => each.trim()).filter(Boolean)) {
    const named = /^([\p{L}_][\p{L}\p{Nd}_]*)\s*=\s*(.*)$/su.exec(part);
    if (named && inputs.has(named[1] ?? '')) { check(named[1] ?? '', named[2] ?? ''); continue; }
    for (const text of splitValues(part)) {
      const name = results[position++];
      if (name === undefined) wrong.push(`${text} is one result more than ${fn.name} has`);
      else check(name, text);
    }
  }
  return wrong;
}

/** The value's bytes and those it points to, as text. */
function normal({ type, name }: Parameter, text: string): string {
  try {
    const flat = ({ bytes, pointers }: Laid): string => `${Buffer.from(bytes).toString('hex')}${pointers.map(({ target }) => `[${flat(target)}]`).join('')}`;
    // A capacity says nothing about the contents.
    return flat(layValue(text, type, name));
  } catch {
    return text;
  }
}
