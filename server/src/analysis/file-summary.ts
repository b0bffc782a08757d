// What other files need to know of an assembly file: its symbols, who calls whom, the stack its functions take; small enough to be kept for files that are not open.
// Must stay true: nothing here holds on to tokens or statements; frames are those of cmd/internal/obj for the file's GOARCH.

import type { Family } from '../arch/architecture';
import { visibleSpan, type SourceFile, type Span } from '../syntax/source';
import { finish, STEP, type Steps } from '../syntax/steps';
import { symbolName, type AssemblyFile } from './assembly-file';
import { callsOf, type Call } from './calls';
import { isCall } from './control-flow';
import { dataOf, functionsOf, isNoFrame, isNoSplit, type AssemblyFunction } from './functions';

export interface AssemblySymbol { name: string; static: boolean; kind: 'function' | 'data'; span: Span }

/** A call as the linker's stack check sees it: how far the stack has grown there, and what is called; nothing for an indirect one. */
export interface StackEdge { height: number; target: { name: string; static: boolean } | undefined }

export interface FunctionSummary {
  name: string;
  static: boolean;
  span: Span;
  /** Also where the assembler says so itself, of leaves with a small frame. */
  noSplit: boolean;
  /** The most bytes it takes itself. */
  height: number;
  edges: StackEdge[];
  calls: Call[];
}

export interface FileSummary { source: SourceFile; packagePath: string | undefined; functions: FunctionSummary[]; symbols: AssemblySymbol[] }

const kept = new WeakMap<AssemblyFile, FileSummary>();

export const summaryOf = (file: AssemblyFile): FileSummary => kept.get(file) ?? finish(summaryInSteps(file));

export function* summaryInSteps(file: AssemblyFile): Steps<FileSummary> {
  const summary: FileSummary = { source: file.source, packagePath: file.packagePath, symbols: symbolsOf(file), functions: [] };
  let statements = 0;
  for (const each of functionsOf(file)) {
    if ((statements += each.statements.length) > STEP) {
      statements = 0;
      yield undefined;
    }
    summary.functions.push(functionSummary(each, file));
  }
  kept.set(file, summary);
  return summary;
}

/** The same of a file at hand: what takes a look at every statement waits until somebody wants it. Not to be kept longer than the file. */
export const summaryAtHand = (file: AssemblyFile): FileSummary => kept.get(file) ?? {
  source: file.source, packagePath: file.packagePath,
  get symbols() { return symbolsOf(file); },
  get functions() { return summaryOf(file).functions; },
};

const symbols = new WeakMap<AssemblyFile, AssemblySymbol[]>();

/** Functions and data that a file defines. */
export function symbolsOf(file: AssemblyFile): AssemblySymbol[] {
  const known = symbols.get(file);
  if (known) return known;
  const found: AssemblySymbol[] = functionsOf(file).map(({ name, static: isStatic, nameToken }) => ({ name, static: isStatic, kind: 'function', span: visibleSpan(nameToken) }));
  for (const { word, operands } of dataOf(file)) {
    const symbol = word?.text === 'GLOBL' ? operands[0]?.symbol : undefined;
    if (symbol) found.push({ name: symbolName(symbol.token.text, file), static: symbol.static, kind: 'data', span: visibleSpan(symbol.token) });
  }
  symbols.set(file, found);
  return found;
}

function functionSummary(each: AssemblyFunction, file: AssemblyFile): FunctionSummary {
  const { family, isJump } = file.arch;
  const { frame, noSplit } = frameOf(each, family);
  let height = frame;
  let highest = frame;
  const edges: StackEdge[] = [];
  for (const { word, operands } of each.statements) {
    const name = word?.text ?? '';
    const [operand] = operands;
    const call = isCall(name) || name === 'DUFFZERO' || name === 'DUFFCOPY';
    if (call || (COUNTED_JUMPS.has(family) && operand?.pseudo === 'SB' && (isJump(name) || (name === 'RET' && family === 'arm')))) {
      const target = operands.find(({ pseudo, symbol }) => pseudo === 'SB' && symbol)?.symbol;
      const toLabel = !target && operands.some(({ kind }) => kind === 'label');
      if (!toLabel) edges.push({ height, target: target && { name: symbolName(target.token.text, file), static: target.static } });
    }
    height += pushed(name, operand?.value, family);
    highest = Math.max(highest, height);
  }
  return { name: each.name, static: each.static, span: visibleSpan(each.nameToken), noSplit, height: highest, edges, calls: callsOf(each, file) };
}

/** Families where the linker's record of a jump to a symbol is that of a call. */
const COUNTED_JUMPS: ReadonlySet<Family> = new Set(['386', 'amd64', 'arm', 'arm64', 'loong64', 'ppc64', 'riscv64', 's390x']);

/** By how much an instruction moves SP, where the assembler keeps count (x86). */
function pushed(word: string, value: bigint | undefined, family: Family): number {
  if (family !== 'amd64' && family !== '386') return 0;
  const match = /^(PUSH|POP)(?:F|A)?([WLQ])$/.exec(word);
  if (match) return (match[2] === 'W' ? 2 : match[2] === 'L' ? 4 : 8) * (match[1] === 'PUSH' ? 1 : -1);
  return word === 'ADJSP' ? Number(value ?? 0n) : 0;
}

/** What is below the frame: the saved link register, or what the ABI wants (cmd/internal/sys: FixedFrameSize). */
const FIXED: Record<Family, number> = { 386: 0, amd64: 0, arm: 4, arm64: 8, loong64: 8, mips: 4, mips64: 8, ppc64: 32, riscv64: 8, s390x: 8, wasm: 0 };
/** abi.StackSmall. */
const SMALL = 128;
const LEAVES_WITHOUT_CHECK: ReadonlySet<Family> = new Set(['amd64', 'arm64', 'loong64', 'ppc64', 's390x']);

/** The frame as the assembler makes it, with the saved frame pointer or link register, and whether it checks the stack. */
export function frameOf(each: AssemblyFunction, family: Family): { frame: number; noSplit: boolean; leaf: boolean } {
  const declared = Number(each.text.operands.at(-1)?.value ?? 0n);
  const size = Math.max(0, declared);
  const leaf = !each.statements.some(({ word }) => word && (isCall(word.text) || word.text.startsWith('DUFF')));
  const none = isNoFrame(each) || declared < 0 || (size === 0 && leaf);
  let frame = size;
  if (!none) {
    if (family === 'amd64') frame += 8;
    else frame += FIXED[family];
    // arm64 keeps the stack at 16 bytes and the frame pointer on top.
    if (family === 'arm64') frame += frame % 16 === 8 ? 8 : 16;
    if ((family === 'mips64' || family === 'loong64') && frame % 8) frame += 4;
  }
  return { frame, leaf, noSplit: isNoSplit(each) || (leaf && frame < SMALL && LEAVES_WITHOUT_CHECK.has(family)) };
}
