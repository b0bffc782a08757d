// Stores over what the assembler itself keeps in a frame: the return address or the saved link register, the saved frame pointer, and the caller's word behind the end.
// Must stay true: nothing is said of functions that move SP themselves or have no frame, where the place is not certain, nor of stores of the very register that is saved there;
// what lies further up are arguments, which vet's asmdecl judges. Places are those of cmd/internal/obj for the file's GOARCH (frame-writes.test.ts reads them out of its listings).

import type { AssemblyFile } from '../analysis/assembly-file';
import { frameOf } from '../analysis/file-summary';
import { functionsOf, isNoFrame, type AssemblyFunction } from '../analysis/functions';
import { moveSize, operandAccess, writesRegister } from '../analysis/instruction-access';
import { inEach, perFunction } from '../analysis/per-function';
import { picker } from '../analysis/picked';
import type { Architecture, Family } from '../arch/architecture';
import type { Operand } from '../syntax/operand';
import type { Statement } from '../syntax/parser';
import { visibleSpan, type Problem } from '../syntax/source';
import type { Steps } from '../syntax/steps';

export function frameWrites(file: AssemblyFile): Steps<Problem[]> {
  return inEach(file.arch.family === 'wasm' ? [] : functionsOf(file), (each) => perFunction('frame writes', each, undefined, () => writesOf(each, file.arch)));
}

interface Kept { from: number; to: number; what: string }

const LINK: Partial<Record<Family, string>> = { arm: 'R14', arm64: 'R30', loong64: 'R1', mips: 'R31', mips64: 'R31', riscv64: 'X1', s390x: 'R14' };

/** What is kept at which distance from SP; the first to be met is told. */
export function keptWords(each: AssemblyFunction, { family, pointerSize, linkSize }: Architecture): Kept[] {
  const { frame, leaf } = frameOf(each, family);
  if (family === 'amd64') return [{ from: frame - 8, to: frame, what: 'the saved frame pointer' }, { from: frame, to: frame + 8, what: 'the return address' }];
  if (family === '386') return [{ from: frame, to: frame + pointerSize, what: 'the return address' }];
  const kept: Kept[] = [];
  // A leaf returns by the register, but on arm and riscv64, which load it back always.
  if (!leaf || family === 'arm' || family === 'riscv64') kept.push({ from: 0, to: linkSize, what: 'the saved link register, to which this function returns' });
  if (family === 'arm64') kept.push({ from: frame - 8, to: frame, what: "the caller's saved frame pointer" });
  kept.push({ from: frame, to: frame + linkSize, what: "the caller's saved link register" });
  return kept;
}

function writesOf(each: AssemblyFunction, arch: Architecture): Problem[] {
  const { family } = arch;
  const problems: Problem[] = [];
  const declared = Number(each.text.operands.at(-1)?.value ?? 0n);
  if (declared <= 0 || isNoFrame(each)) return problems;
  const uses = onStack(each, arch);
  if (uses.length === 0 || moving(each, arch).length > 0) return problems;
  const kept = keptWords(each, arch);
  for (const statement of uses) {
    statement.operands.forEach((operand, i) => {
      if (!isStack(operand, arch) || operand.index || !isWritten(statement, i, family)) return;
      const from = Number(operand.value ?? 0n) + firstStored(statement);
      const to = from + (moveSize(statement.word?.text ?? '', family) ?? 1);
      const hit = kept.find((each) => from < each.to && to > each.from);
      const first = operand.tokens[0];
      const last = operand.tokens.at(-1);
      if (!hit || from < 0 || !first || !last || isLink(statement.operands[0], family)) return;
      const start = visibleSpan(first);
      const range = usable(each, arch);
      problems.push({ code: 'frame-write', severity: 'warning', message: `this overwrites ${hit.what}: the frame of $${declared} is ${range.from}(${arch.stackPointer}) to ${range.to}(${arch.stackPointer})`, span: { ...start, end: Math.max(start.end, visibleSpan(last).end) } });
    });
  }
  return problems;
}

/** With a place on the stack. */
const onStack = picker(({ operands }: Statement, arch: Architecture) => operands.some((operand) => isStack(operand, arch)));
const moving = picker(movesStack);

/** The function's own part of the frame. */
function usable(each: AssemblyFunction, { family, linkSize }: Architecture): { from: number; to: number } {
  const declared = Number(each.text.operands.at(-1)?.value ?? 0n);
  const from = family === 'amd64' || family === '386' ? 0 : family === 'ppc64' ? 32 : linkSize;
  return { from, to: from + declared };
}

const isStack = ({ kind, base, symbol, pseudo }: Operand, arch: Architecture): boolean => kind === 'memory' && !symbol && !pseudo && isStackPointer(base?.name, arch);

const isStackPointer = (name: string | undefined, { family, stackPointer }: Architecture): boolean => name !== undefined && (name === stackPointer || (family === 'riscv64' && name === 'X2'));

const isLink = (operand: Operand | undefined, family: Family): boolean => operand?.kind === 'register' && operand.base !== undefined && (operand.base.name === LINK[family] || operand.base.name === 'LR' || (family === 'riscv64' && operand.base.name === 'RA'));

function isWritten(statement: Statement, index: number, family: Family): boolean {
  if (family === 'amd64' || family === '386') return ['w', 'rw'].includes(operandAccess(statement, family)[index] ?? '');
  // Elsewhere memory that comes last is stored to: loads and prefetches have it first; s390x compares memory with memory.
  return index > 0 && index === statement.operands.length - 1 && !/^(CLC|CMP|TEST|PRF|BR|JMP|CALL)/.test(statement.word?.text ?? '');
}

/** arm's MOVM.IB counts up before it stores; with other suffixes than IA it goes down from SP. */
function firstStored({ word, suffixes }: Statement): number {
  if (word?.text !== 'MOVM') return 0;
  return suffixes.some(({ text }) => text.includes('IB')) ? 4 : suffixes.some(({ text }) => text.includes('D')) ? -Infinity : 0;
}

/** Beside calls, whose return puts it back. */
function movesStack(statement: Statement, arch: Architecture): boolean {
  const { word, operands, suffixes } = statement;
  if (!word || /^(CALL|RET|TEXT)$/.test(word.text)) return false;
  if (arch.family === 'amd64' || arch.family === '386') return word.text === 'ADJSP' || writesRegister(statement, 'SP', arch.family);
  const last = operands.at(-1);
  if (last?.kind === 'register' && isStackPointer(last.base?.name, arch)) return true;
  // Forms that write the address back: .W and .P of arm and arm64, …U of ppc64.
  const writesBack = suffixes.some(({ text }) => text.includes('W') || text.includes('P')) || (arch.family === 'ppc64' && word.text.endsWith('U'));
  return writesBack && operands.some(({ kind, base }) => kind === 'memory' && isStackPointer(base?.name, arch));
}
