// One TEXT function of assembly files, assembled here and called with arguments from the command line: its results, or a session in it.
// Must stay true: no Go needed; what it does beyond its results (writes outside its buffers, SP or BP not given back, calls to Go) is said.
import path from 'node:path';
import { Checker } from '@gobuf/server/analysis/check';
import { readAssembly, type AssemblyFile } from '@gobuf/server/analysis/assembly-file';
import { assemble, type Assembled, type AssembledText } from '@gobuf/server/assembler/assemble';
import { layValue, splitAt, splitValues, ValueError } from '@gobuf/server/assembler/go-values';
import { differences, showValue } from '@gobuf/server/assembler/show-value';
import { GUARD, GUARD_BYTE, harness, missingSymbols, parametersOf, type Harness, type Missing, type Parameter } from '@gobuf/server/assembler/harness';
import { link, type LinkedSymbol } from '@gobuf/server/assembler/link';
import { underlying, type GoType } from '@gobuf/server/golang/types';
import { positionAt, type Problem } from '@gobuf/server/syntax/source';
import { directoryOf } from '@gobuf/server/workspace/files';
import { targetOf } from '@gobuf/server/workspace/target';
import { NEWEST_MINOR } from '@gobuf/server/workspace/goroot';
import { packagePath, symbolPrefix } from '@gobuf/server/workspace/package-path';
import { createMachine } from '@gobuf/emulator/machine';
import type { Machine, Snapshot } from '@gobuf/emulator/machine-types';
import { goParser } from './host/go-parser';
import { diskFiles, goRoot, moduleCache, slashed } from './host/sources';
import { InputError, UsageError } from './options';
import { instructionAt, territoryOf, trespasses, type Territory } from './text-territory';

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
  if (wanted === '') throw new UsageError('--text needs the name of a function, such as ·Sum');
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
    throw new InputError(`there is no TEXT ${wanted} in ${names.length === 1 ? names[0] : 'these files'}${more.length ? ' nor beside it' : ''}; there ${known.length === 1 ? 'is' : 'are'} ${known.slice(0, 12).join(', ')}${known.length > 12 ? ' …' : ''}.`);
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

/** The assembly for linux/amd64 beside a file. */
export function neighbours(program: string): string[] {
  const full = slashed(program), directory = path.posix.dirname(full);
  const minor = goRoot()?.minor ?? NEWEST_MINOR;
  return (diskFiles.list(directory) ?? []).filter((name) => name.endsWith('.s')).map((name) => path.posix.join(directory, name)).filter((file) => {
    const target = file === full ? undefined : targetOf(file, diskFiles.read(file) ?? '', minor);
    return target?.goos === 'linux' && target.goarch === 'amd64' && !target.assumeTags;
  });
}

/** The linker's name of a Go variable that the files refer to. */
export function goVariable(fn: TextFunction, name: string): string {
  const plain = name.replaceAll('·', '.').replaceAll('∕', '/'), { variables } = fn.missing;
  const found = variables.find((each) => each === plain || each.endsWith(plain.startsWith('.') ? plain : `.${plain}`));
  if (!found) throw new InputError(`the function refers to no Go variable ${name}${variables.length ? `, but to ${variables.join(', ')}` : ''}`);
  return found;
}

/** The Go variables of the function itself whose value nobody knows. */
export function unknownVariables(fn: TextFunction, variables: ReadonlyMap<string, bigint>): string | undefined {
  const named = new Set(fn.text.relocations.map(({ symbol }) => symbol));
  const unset = fn.missing.variables.filter((name) => named.has(name) && !variables.has(name) && !fn.initial.has(name));
  return unset.length ? `${unset.join(', ')} ${unset.length === 1 ? 'is a Go variable; it is 0 here' : 'are Go variables; they are 0 here'}` : undefined;
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
  /** Where it did not give what it should; empty without `expected`. */
  wrong: string[];
}

export interface CallOptions {
  /** `3; dst = [1 2]`: what it should give. */
  expected?: string;
  /** Integers and bytes are shown in hexadecimal. */
  hex?: boolean;
}

/** Calls the function and looks at what it left. */
export function call(fn: TextFunction, built: Built, options: CallOptions = {}): Outcome {
  const { program, harness: made, symbols } = built;
  const address = (name: string): number => symbols.get(name)?.address ?? 0;
  const machine = createMachine({ program, path: '/text', args: [], env: [], host: {} });
  const outcome: Outcome = { instructions: 0, results: [], memory: [], problems: [], wrong: [] };
  const { problems } = outcome;
  try {
    const stops = [fn.text.text.name, made.done, made.end, ...fn.missing.functions].map(address);
    for (const each of new Set(stops)) machine.addBreakpoint(each);
    machine.run(MOST_INSTRUCTIONS);
    // It may come by its own beginning again, in a loop or a call.
    machine.removeBreakpoint(address(fn.text.text.name));
    const start = machine.instruction;
    const sp = Number(new DataView(machine.readMemory(address(made.saved), 8).slice().buffer).getBigUint64(0, true));
    const own = [...fn.files.flatMap(({ data }) => data.map(({ name }) => name)), ...fn.missing.variables];
    const territory = territoryOf(machine, made, symbols, own, sp);
    // Results in memory hold nothing at the call: what is never written must not look like a result.
    const results = fn.parameters.filter((each) => each.result && each.type.size > 0 && made.homes.get(each) === each.offset && fn.text.text.abi !== 'ABIInternal');
    const fill = (byte: number): void => { for (const { offset, type } of results) machine.writeMemory(sp + offset, new Uint8Array(type.size).fill(byte)); };
    const untouched = (byte: number): Parameter[] => results.filter(({ offset, type }) => machine.readMemory(sp + offset, type.size).every((each) => each === byte));
    fill(GUARD_BYTE);
    const stop = runTo(machine, address(made.done), fn, built, territory, sp, problems);
    outcome.instructions = machine.instruction - start - 1;
    if (stop) {
      clobbered(machine, fn, built, sp, problems);
      const left = problems.length === 0;
      const ended = machine.snapshot();
      if (untouched(GUARD_BYTE).length) {
        // Once more with another pattern: a result may well be made of this byte.
        machine.restore(territory.entry);
        fill(~GUARD_BYTE & 255);
        while (machine.run(MOST_INSTRUCTIONS).reason === 'breakpoint' && machine.registers().rip !== address(made.done));
        const never = untouched(~GUARD_BYTE & 255);
        problems.push(...never.map(({ name }) => `${name}, a result, is never written`));
        machine.restore(ended);
      }
      if (left) machine.run(MOST_INSTRUCTIONS);
      gather(machine, fn, built, sp, outcome, options);
      machine.restore(ended);
    }
    problems.push(...trespasses(machine, territory, (pc) => placeIn(fn, symbols, pc)));
    return outcome;
  } finally {
    machine.dispose();
  }
}

/** Registers that a function must give back. */
function clobbered(machine: Machine, fn: TextFunction, { harness: made, symbols }: Built, sp: number, problems: string[]): void {
  const address = (name: string): number => symbols.get(name)?.address ?? 0;
  const { gpr, rflags, vector } = machine.registers();
  if (Number(gpr[RSP]) !== sp) problems.push(`SP is ${Math.abs(Number(gpr[RSP]) - sp)} bytes too ${Number(gpr[RSP]) > sp ? 'high' : 'low'} after the return`);
  if (Number(gpr[RBP]) !== address(made.base)) problems.push('BP, the frame pointer, is not what it was before the call');
  // Go's own calling convention keeps two more; for ABI0 the compiler's wrapper sets them again.
  if (fn.text.text.abi === 'ABIInternal') {
    if (Number(gpr[R14]) !== address(made.g)) problems.push('R14, which holds g in ABIInternal, is not what it was before the call');
    if (vector.subarray(X15, X15 + 16).some((byte) => byte !== 0)) problems.push('X15, which is zero in ABIInternal, is not zero after the return');
  }
  if (rflags & DIRECTION) problems.push('the direction flag is set on return (CLD is missing)');
}

/** Results and memory as the call has left them, and whether they are what they should be. */
function gather(machine: Machine, fn: TextFunction, { harness: made, symbols }: Built, sp: number, outcome: Outcome, { expected, hex = false }: CallOptions): void {
  const { results, memory } = outcome;
  const read = (at: number, length: number): Uint8Array => machine.readMemory(at, length);
  const bytesOf = (each: Parameter): Uint8Array => read(sp + (made.homes.get(each) ?? 0), each.type.size).slice();
  const value = (each: Parameter): string => showValue(bytesOf(each), each.type, read, hex);
  results.push(...fn.parameters.filter(({ result }) => result).map((each) => ({ name: each.name, value: value(each) })));
  const pointee = (each: Parameter): string | undefined => {
    const of = underlying(each.type);
    if (of.kind !== 'pointer' && of.kind !== 'unsafePointer') return undefined;
    const target = Number(new DataView(bytesOf(each).buffer).getBigUint64(0, true));
    const buffer = made.buffers.map(({ symbol, size }) => ({ from: (symbols.get(symbol)?.address ?? 0) + GUARD, size })).find(({ from, size }) => target >= from && target < from + size);
    if (!buffer) return undefined;
    const element: GoType = of.element?.() ?? { kind: 'basic', name: 'uint8', size: 1, align: 1 };
    const count = Math.floor((buffer.from + buffer.size - target) / Math.max(1, element.size));
    const shown: GoType = count === 1 ? element : { kind: 'array', element: () => element, length: count, size: count * element.size, align: element.align };
    return `&${showValue(read(target, shown.size).slice(), shown, read, hex)}`;
  };
  for (const each of fn.parameters.filter(({ result }) => !result)) {
    const text = underlying(each.type).kind === 'slice' ? value(each) : pointee(each);
    if (text !== undefined) memory.push({ name: each.name, value: text });
  }
  // Without a declaration nobody knows what is a result: ABIInternal's first one is in AX.
  if (fn.undeclared && fn.text.text.abi === 'ABIInternal') results.push({ name: 'AX', value: String(machine.registers().gpr[RAX]) });
  else if (fn.undeclared) for (const each of fn.parameters) results.push({ name: `${each.name}+${each.offset}(FP)`, value: value(each) });
  if (expected === undefined) return;
  for (const { parameter, text, problem } of expectations(fn, expected)) {
    if (!parameter) { outcome.wrong.push(problem); continue; }
    try {
      outcome.wrong.push(...differences(parameter.name, bytesOf(parameter), layValue(text, parameter.type, parameter.name), parameter.type, read));
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      outcome.wrong.push(error.message);
    }
  }
}

/** `3, 4; dst = [1 2]`: results in their order, and by name results and arguments as they are afterwards. */
function expectations(fn: TextFunction, expected: string): { parameter: Parameter | undefined; text: string; problem: string }[] {
  const out: ReturnType<typeof expectations> = [];
  const results = fn.parameters.filter(({ result }) => result);
  let position = 0;
  for (const part of splitAt(expected, ';').filter(Boolean)) {
    const [, name, text = ''] = /^([\p{L}_][\p{L}\p{Nd}_]*)\s*=\s*(.*)$/su.exec(part) ?? [];
    if (name !== undefined) { out.push({ parameter: fn.parameters.find((each) => each.name === name), text, problem: `${fn.name} has no argument and no result ${name}` }); continue; }
    for (const each of splitValues(part)) out.push({ parameter: results[position++], text: each, problem: `${each} is one result more than ${fn.name} has` });
  }
  return out;
}

/** `k_amd64.s:12`. */
function placeIn(fn: TextFunction, symbols: ReadonlyMap<string, LinkedSymbol>, pc: number): string {
  for (const { text, instructions } of fn.files.flatMap(({ texts }) => texts)) {
    const symbol = symbols.get(text.name);
    if (!symbol || pc < symbol.address || pc >= symbol.address + symbol.size) continue;
    const at = instructions.findLast(({ offset, bytes }) => bytes.length > 0 && symbol.address + offset <= pc);
    if (at) return `${path.basename(at.span.file.path)}:${positionAt(at.span.file, at.span.start).line + 1}`;
  }
  return `0x${pc.toString(16)}`;
}

/** False when it did not come back; the reason is among the problems. */
function runTo(machine: Machine, done: number, fn: TextFunction, { symbols }: Built, { entry }: Territory, sp: number, problems: string[]): boolean {
  const missing = new Map(fn.missing.functions.map((name) => [symbols.get(name)?.address, name]));
  for (;;) {
    const stop = machine.run(MOST_INSTRUCTIONS);
    if (stop.reason === 'breakpoint') {
      if (stop.address === done) return true;
      const name = missing.get(stop.address);
      if (name === undefined) continue;
      problems.push(name.startsWith('runtime.morestack') ? `${fn.name} asks for more stack than the 256 KiB it has here`
        : `${fn.name} calls ${name}, which no assembly here defines: it is a Go function, and needs the Go toolchain (gobuf debug)`);
      return false;
    }
    problems.push(stop.reason === 'killed' ? `it ended by ${stop.signalName} at ${crash(machine, fn, symbols, entry, sp)}` : stop.reason === 'exited' ? `it ended the process with status ${stop.code}`
      : stop.reason === 'unsupported' ? `it stopped at ${placeIn(fn, symbols, machine.registers().rip)}: ${stop.message}` : stop.reason === 'limit' ? `it did not come back within ${MOST_INSTRUCTIONS} instructions` : `it stopped: ${stop.reason}`);
    return false;
  }
}

/** Where it crashed; for a jump to nowhere, the RET that made it and what SP had to do with it. */
function crash(machine: Machine, fn: TextFunction, symbols: ReadonlyMap<string, LinkedSymbol>, entry: Snapshot, sp: number): string {
  const { rip } = machine.registers();
  if ([...symbols.values()].some(({ kind, address, size }) => kind === 'function' && rip >= address && rip < address + size)) return placeIn(fn, symbols, rip);
  const ended = machine.snapshot();
  const last = instructionAt(machine, entry, machine.instruction - 1), off = Number(machine.registers().gpr[RSP]) + 8 - sp;
  machine.restore(ended);
  return `${placeIn(fn, symbols, last)}, which goes to 0x${rip.toString(16)}, where there is no code${off === 0 ? '' : `: SP is ${Math.abs(off)} bytes too ${off > 0 ? 'high' : 'low'} there`}`;
}
