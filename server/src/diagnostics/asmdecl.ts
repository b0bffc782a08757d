// Compares assembly functions with their Go declarations: argument sizes, names, offsets, widths, missing results (vet's asmdecl).
// Must stay true: the same lines as `go vet -asmdecl`, which reads the text line by line and knows no macros; messages and ranges are ours.

import type { Family } from '../arch/architecture';
import type { AssemblyFile } from '../analysis/assembly-file';
import type { ArgumentPart, FunctionFrame } from '../golang/arguments';
import { positionAt, type Fix, type Problem } from '../syntax/source';
import { move } from '../analysis/skeleton';
import type { Steps } from '../syntax/steps';
import { operandWidth } from './operand-width';

/** What vet knows of an architecture beside its registers. */
interface Conventions { linkRegister: boolean; resultRegisters: string[]; writesResult: string[] }
const CONVENTIONS: Record<Family, Conventions> = {
  386: { linkRegister: false, resultRegisters: [], writesResult: [] },
  amd64: { linkRegister: false, resultRegisters: ['AX', 'X0'], writesResult: ['SYSCALL'] },
  arm: { linkRegister: true, resultRegisters: [], writesResult: [] },
  arm64: { linkRegister: true, resultRegisters: ['R0', 'F0'], writesResult: ['SVC'] },
  loong64: { linkRegister: true, resultRegisters: ['R4', 'F0'], writesResult: ['SYSCALL'] },
  mips: { linkRegister: true, resultRegisters: [], writesResult: [] },
  mips64: { linkRegister: true, resultRegisters: [], writesResult: [] },
  ppc64: { linkRegister: true, resultRegisters: ['R3', 'F1'], writesResult: ['SYSCALL'] },
  riscv64: { linkRegister: true, resultRegisters: ['X10', 'F10'], writesResult: ['ECALL'] },
  s390x: { linkRegister: true, resultRegisters: [], writesResult: [] },
  wasm: { linkRegister: false, resultRegisters: [], writesResult: [] },
};

/** The frame of a Go function without a body; 'unknown' where its types cannot be worked out, undefined where there is none. */
export type FrameOf = (name: string) => FunctionFrame | 'unknown' | undefined;

const TEXT_LINE = /\bTEXT\b(.*)·([^(]+)\(SB\)(?:\s*,\s*([0-9A-Z|+()]+))?(?:\s*,\s*\$(-?[0-9]+)(?:-([0-9]+))?)?/;
const NAMED = /\$?([a-zA-Z0-9_\u{FF}-\u{10FFFF}]+)(?:\+([0-9]+))\(FP\)/gu;
const UNNAMED = /[^+\-0-9](([0-9]+)\(FP\))/g;
const ON_STACK = /[^+\-0-9](([0-9]+)\(([A-Z0-9]+)\))/g;
const OPCODE = /^\s*(?:[A-Z0-9a-z_]+:)?\s*([A-Z]+)\s*([^,]*)(?:,\s*(.*))?/;

const worthBy = new Map<string, RegExp>();

/** What a line holds that is worth reading. */
function worthReading(stackPointer: string): RegExp {
  let found = worthBy.get(stackPointer);
  if (!found) worthBy.set(stackPointer, (found = new RegExp(`TEXT|RET|\\(FP\\)|\\b${stackPointer}\\b|DATA|GLOBL|CallImport`, 'g')));
  return found;
}

interface Current {
  name: string;
  abi: string;
  frame: FunctionFrame | undefined;
  /** Types unknown, or no Go function: only what needs no frame is checked. */
  unknown: boolean;
  localSize: number;
  argumentSize: number;
  noFrame: boolean;
  wroteStackPointer: boolean;
  wroteResult: boolean;
  returns: { line: number; column: number }[];
}

/** A function a step: the first time its declaration is looked for in the Go files. */
export function asmdecl(file: AssemblyFile, packagePath: string | undefined, frameOf: FrameOf): Steps<Problem[]> {
  return new Checker(file, packagePath, frameOf).run();
}

class Checker {
  private readonly problems: Problem[] = [];
  private readonly conventions: Conventions;
  private current: Current | undefined;
  private lineStart = 0;

  constructor(private readonly file: AssemblyFile, private readonly packagePath: string | undefined, private readonly frameOf: FrameOf) {
    this.conventions = CONVENTIONS[file.arch.family];
  }

  *run(): Steps<Problem[]> {
    const { source, arch } = this.file;
    const { text, lineStarts } = source;
    const worth = worthReading(arch.stackPointer);
    for (let number = 0; number < lineStarts.length; number++) {
      // Most lines say nothing that is looked for here; in ABIInternal code any register may.
      if (this.current?.abi !== 'ABIInternal') {
        worth.lastIndex = lineStarts[number] ?? 0;
        const found = worth.exec(text);
        if (!found) break;
        number = positionAt(source, found.index).line;
      }
      this.lineStart = lineStarts[number] ?? 0;
      const next = lineStarts[number + 1];
      const whole = text.slice(this.lineStart, next === undefined ? undefined : next - 1);
      const comment = whole.indexOf('//');
      if (this.line(comment < 0 ? whole : whole.slice(0, comment))) yield undefined;
    }
    this.finish();
    return this.problems;
  }

  private report(message: string, from: number, length: number, fixes: Fix[] = []): void {
    const start = this.lineStart + from;
    this.problems.push({ code: 'asmdecl', severity: 'warning', message, span: { file: this.file.source, start, end: start + length }, ...(fixes.length ? { fixes } : {}) });
  }

  /** Writes something else over a stretch of this line. */
  private fix(text: string, from: number, length: number): Fix {
    const start = this.lineStart + from;
    return { title: length ? `Write ${text.trim().replace(/^, /, '')}` : `Add ${text.replace(/^, /, '')}`, edits: [{ span: { file: this.file.source, start, end: start + length }, text }] };
  }

  /** Whether a function begins there. */
  private line(line: string): boolean {
    const text = TEXT_LINE.exec(line);
    if (text) { this.finish(); this.begin(text); return true; }
    this.within(line);
    return false;
  }

  private within(line: string): void {
    if (line.includes('TEXT') && line.includes('SB')) { this.finish(); this.current = undefined; return; }
    const { current, conventions } = this;
    const ret = line.includes('RET') && !line.includes('(SB)') ? line.indexOf('RET') : -1;
    if (!current) return;
    if (ret >= 0) current.returns.push({ line: this.lineStart, column: ret });
    if (/\b(DATA|GLOBL)\b/.test(line)) current.frame = undefined;
    const stack = this.file.arch.stackPointer;
    if ([`, ${stack}`, `,\t${stack}`, `NOP ${stack}`, `NOP\t${stack}`].some((part) => line.includes(part))) {
      current.wroteStackPointer = true;
      return;
    }
    if (this.file.arch.family === 'wasm' && line.includes('CallImport')) current.wroteResult = true;
    if (current.abi === 'ABIInternal' && [...conventions.writesResult, ...conventions.resultRegisters].some((word) => line.includes(word))) current.wroteResult = true;
    this.stackOperands(line, current);
    if (!current.frame) return;
    this.unnamedOperands(line, current.frame);
    this.namedOperands(line, current, current.frame);
  }

  private begin(text: RegExpExecArray): void {
    const [whole, path = '', fullName = '', flags = '', frame, args] = text;
    const otherPackage = path.trim().replaceAll('∕', '/');
    if (otherPackage && otherPackage !== this.packagePath) { this.current = undefined; return; }
    const selector = /^(.+)<(ABI.+)>$/.exec(fullName);
    const name = selector?.[1] ?? fullName;
    const known = this.frameOf(name);
    const argumentSize = Number(args ?? 0);
    const at = text.index + whole.indexOf(fullName);
    if (known && known !== 'unknown' && argumentSize !== known.size && ((flags !== '7' && !flags.includes('NOSPLIT')) || argumentSize !== 0)) {
      this.report(`${name}: the arguments of its Go declaration take ${known.size} bytes, not ${argumentSize}; write $${frame ?? 0}-${known.size}`, text.index, whole.length, [this.sizeFix(whole, text.index, flags, frame, known.size)]);
    }
    const word = this.file.arch.pointerSize;
    const noFrame = flags.includes('NOFRAME');
    if (!known && !name.includes('<>') && !noFrame) this.report(`${name} has no Go declaration`, at, fullName.length);
    this.current = {
      name, abi: selector?.[2] ?? '', frame: known === 'unknown' ? undefined : known, unknown: known === 'unknown',
      localSize: Number(frame ?? 0) + word + (this.conventions.linkRegister && !noFrame ? word : 0), argumentSize, noFrame,
      wroteStackPointer: false, wroteResult: false, returns: [],
    };
  }

  /** `whole` is the line from TEXT to the end of the sizes, as far as it is there. */
  private sizeFix(whole: string, at: number, flags: string, frame: string | undefined, size: number): Fix {
    const sizes = /\$(-?\d+)(-\d+)?$/.exec(whole);
    const text = `$${frame ?? 0}-${size}`;
    return sizes ? this.fix(text, at + sizes.index, sizes[0].length) : this.fix(`${flags ? '' : ', 0'}, ${text}`, at + whole.length, 0);
  }

  /** Reports RETs of a function whose unnamed result nothing was stored to. */
  private finish(): void {
    const { current } = this;
    const result = current?.frame?.parts.get('ret');
    if (!current || !result || current.wroteResult) return;
    const where = current.abi === 'ABIInternal' ? 'a result register' : `ret+${result.offset}(FP), ${result.size} bytes`;
    const here = this.lineStart;
    for (const { line, column } of current.returns) {
      this.lineStart = line;
      this.report(`${current.name} returns without writing its result to ${where}`, column, 3);
    }
    this.lineStart = here;
    current.returns = [];
  }

  private stackOperands(line: string, current: Current): void {
    if (current.wroteStackPointer || current.noFrame) return;
    for (const match of line.matchAll(ON_STACK)) {
      const [, operand = '', digits = '0', register] = match;
      if (register !== this.file.arch.stackPointer) continue;
      const beyond = Number(digits) - current.localSize;
      if (beyond < 0) continue;
      const at = match.index + 1;
      const part = current.frame?.byOffset.get(beyond);
      if (part) this.report(`${operand} is an argument: write ${part.name}+${beyond}(FP)`, at, operand.length, [this.fix(`${part.name}+${beyond}(FP)`, at, operand.length)]);
      else if (beyond >= current.argumentSize) this.report(`${operand} points beyond the argument frame`, at, operand.length);
      else this.report(`${operand} reaches into the argument frame: use a name and (FP)`, at, operand.length);
    }
  }

  private unnamedOperands(line: string, frame: FunctionFrame): void {
    for (const match of line.matchAll(UNNAMED)) {
      const [, operand = '', digits = '0'] = match;
      const part = frame.byOffset.get(Number(digits));
      this.report(`${operand} has no name${part ? `: offset ${digits} is ${part.name}+${part.offset}(FP)` : ''}`, match.index + 1, operand.length, part ? [this.fix(`${part.name}+${part.offset}(FP)`, match.index + 1, operand.length)] : []);
    }
  }

  private namedOperands(line: string, current: Current, frame: FunctionFrame): void {
    for (const match of line.matchAll(NAMED)) {
      const [operand, name = '', digits = '0'] = match;
      const offset = Number(digits);
      if (name === 'ret' || name.startsWith('ret_')) current.wroteResult = true;
      const part = frame.parts.get(name);
      if (part) { this.variable(line, operand, match.index, offset, part); continue; }
      if (name === 'argframe' && offset === 0) continue;
      const there = frame.byOffset.get(offset);
      this.report(`${current.name} has no argument or result ${name}${there ? `: offset ${offset} is ${there.name}+${there.offset}(FP)` : ''}`, match.index, operand.length,
        there ? [this.fix(`${operand.startsWith('$') ? '$' : ''}${there.name}+${there.offset}(FP)`, match.index, operand.length)] : []);
    }
  }

  private variable(line: string, operand: string, at: number, offset: number, part: ArgumentPart): void {
    const { family, pointerSize } = this.file.arch;
    const word = OPCODE.exec(line)?.[1];
    if (word === undefined) {
      if (!line.trim().startsWith('//')) this.report('no instruction can be found on this line', at, operand.length);
      return;
    }
    if (offset !== part.offset) {
      const inner = part.inner.map(({ name, offset: inside }) => `${name}+${inside}(FP)`);
      this.report(`the offset of ${part.name} is ${part.offset}: write ${[`${part.name}+${part.offset}(FP)`, ...inner].join(' or ')}`, at, operand.length,
        [`${part.name}+${part.offset}(FP)`, ...inner].map((text) => this.fix(`${operand.startsWith('$') ? '$' : ''}${text}`, at, operand.length)));
      return;
    }
    const width = operandWidth(family, word);
    const moved = line.indexOf(operand) > line.indexOf(',') ? width.destination : width.source;
    const isAddress = width.address || operand.startsWith('$');
    const first = part.shape === 'string' || part.shape === 'slice' || part.shape === 'interface' ? part.inner[0] ?? part : part;
    const expected = isAddress ? pointerSize : first.size;
    if (moved === 0) return;
    // One instruction may load both parts of a complex number.
    const fits = isAddress || first.shape === 'plain' || first.shape === 'complex' ? moved === expected && !(first.shape === 'complex' && !isAddress && moved !== part.size) : false;
    if (fits) return;
    const inner = part.inner.length ? `, made of ${part.inner.map(({ name, offset: inside }) => `${name}+${inside}(FP)`).join(', ')}` : '';
    this.report(`${word} moves ${moved} bytes, ${operand} is ${isAddress ? `an address of ${pointerSize}` : `${first.description}, ${first.size}`} bytes${inner}`, at, operand.length, this.widthFixes(line, word, operand, at, part, moved));
  }

  /** A part of the moved width, or the move of the argument's width. */
  private widthFixes(line: string, word: string, operand: string, at: number, part: ArgumentPart, moved: number): Fix[] {
    const fixes = part.inner.filter(({ size }) => size === moved).map(({ name, offset }) => this.fix(`${name}+${offset}(FP)`, at, operand.length));
    const other = part.shape === 'plain' ? move(this.file.arch, part.size)?.word : undefined;
    const from = line.search(new RegExp(`\\b${word}\\b`));
    if (other && from >= 0 && move(this.file.arch, moved)?.word === word) fixes.push(this.fix(other, from, word.length));
    return fixes;
  }
}

/** For tests and the command line: the line of a problem, counted from one. */
export const lineOf = (problem: Problem): number => positionAt(problem.span.file, problem.span.start).line + 1;
