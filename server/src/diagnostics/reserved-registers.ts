// Registers that Go keeps a meaning for: the frame pointer everywhere, g (R14) and the zero register (X15) in ABIInternal code of amd64.
// Must stay true: a write is reported only if on some path the function is left, or calls, before anything could have put the value back; what macros hide counts too.
// Package runtime is left out for the frame pointer, as vet does: switching stacks is its business.

import type { AssemblyFile } from '../analysis/assembly-file';
import { isCall, leaves, successors } from '../analysis/control-flow';
import { flowOf, isFollowed } from '../analysis/flow';
import { functionsOf, isNoFrame, type AssemblyFunction } from '../analysis/functions';
import { registerAccess } from '../analysis/instruction-access';
import type { PackageKnowledge } from '../analysis/package-knowledge';
import { inEach, perFunction } from '../analysis/per-function';
import { typeText } from '../golang/type-text';
import type { Statement } from '../syntax/parser';
import { positionAt, visibleSpan, type Problem } from '../syntax/source';
import type { Steps } from '../syntax/steps';

/** Without `now` only what is known already is said. */
export function reservedRegisters(file: AssemblyFile, knowledge: PackageKnowledge | undefined, now = true): Steps<Problem[]> {
  const { goarch } = file.target;
  return inEach(goarch === 'amd64' || goarch === 'arm64' ? functionsOf(file) : [], (each) => perFunction('reserved registers', each, knowledge, () => [
    ...(file.packagePath === 'runtime' ? [] : framePointer(each, file)),
    ...(goarch === 'amd64' && each.text.operands[0]?.symbol?.abi?.text === 'ABIInternal' ? [...zeroRegister(each, file), ...currentG(each, file, knowledge)] : []),
  ], now || isFollowed(each, knowledge)));
}

interface Rule {
  register: string;
  /** The statement puts the right value back, or keeps it somewhere. */
  restores(statement: Statement): boolean;
  /** The statement relies on the value beside leaving the function. */
  needs(statement: Statement): boolean;
  message(line: number, how: string): string;
}

/** The assembler itself saves the frame pointer of a function that has a frame. */
function framePointer(each: AssemblyFunction, file: AssemblyFile): Problem[] {
  const register = file.target.goarch === 'arm64' ? 'R29' : 'BP';
  const frame = Number(each.text.operands.at(-1)?.value ?? 0n);
  const calls = each.statements.some(({ word }) => isCall(word?.text ?? ''));
  if (!isNoFrame(each) && (frame > 0 || calls)) return [];
  // Saved somewhere, it is trusted to come back.
  if (each.statements.some((statement) => mentions(statement, register) && registerAccess(statement, file.arch.family).reads.includes(register))) return [];
  // A function that sets the stack pointer, or never returns, changes stacks: what it takes from there is the frame pointer that belongs to the new one.
  const { stackPointer } = file.arch;
  const changesStack = !each.statements.some(({ word }) => word?.text === 'RET') || each.statements.some(({ operands }) => operands.length > 1 && operands.at(-1)?.kind === 'register' && operands.at(-1)?.base?.name === stackPointer);
  const isFromStack = ({ operands }: Statement): boolean => operands.length > 1 && operands[0]?.base?.name === stackPointer;
  return unrestored(each, file, {
    register, restores: (statement) => changesStack && isFromStack(statement), needs: () => false,
    message: (line, how) => `${register} is the frame pointer: it is overwritten here, nothing in this function saves it, and line ${line} ${how}; save it, or give the function a frame`,
  });
}

function zeroRegister(each: AssemblyFunction, file: AssemblyFile): Problem[] {
  return unrestored(each, file, {
    // A general register moved there is taken for a zero one.
    register: 'X15', restores: (statement) => isZeroing(statement) || (/^V?MOV[QLD]$/.test(statement.word?.text ?? '') && statement.operands[0]?.kind === 'register' && !/^[XYZ]/.test(statement.operands[0].base?.name ?? 'X')), needs: (statement) => isCall(statement.word?.text ?? ''),
    message: (line, how) => `X15 is zero in ABIInternal code: it is overwritten here, and line ${line} ${how} before XORPS X15, X15 puts it right`,
  });
}

/** R14 is right again where flow analysis proves that it holds a *g, or where it is loaded from where it may have been kept. */
function currentG(each: AssemblyFunction, file: AssemblyFile, knowledge: PackageKnowledge | undefined): Problem[] {
  const isKept = each.statements.some(({ operands }) => operands[0]?.kind === 'register' && operands[0].base?.name === 'R14' && operands.length > 1);
  const holdsG = (statement: Statement): boolean => {
    const type = flowOf(each, file, knowledge).after(statement)?.values.get('R14')?.type;
    return type !== undefined && typeText(type) === '*g';
  };
  return unrestored(each, file, {
    register: 'R14', restores: (statement) => /^(MOVQ|POPQ|LEAQ)$/.test(statement.word?.text ?? '') && (isKept || statement.operands.some(({ index, base }) => index?.name === 'TLS' || base?.name === 'TLS') || holdsG(statement)),
    needs: (statement) => isCall(statement.word?.text ?? ''),
    message: (line, how) => `R14 holds the current g in ABIInternal code: it is overwritten here, and line ${line} ${how} before g is back`,
  });
}

const mentions = ({ operands, word }: Statement, register: string): boolean => word?.text === 'PUSHAL' || operands.some(({ registers }) => registers.some(({ name }) => name === register));

function isZeroing({ word, operands }: Statement): boolean {
  return /^(V?XORP[SD]|V?PXOR[DQ]?)$/.test(word?.text ?? '') && operands.every(({ kind, base }) => kind === 'register' && /^[XYZ]15$/.test(base?.name ?? ''));
}

/** Writes from which a path leads out of the function, or to a statement that needs the value, with nothing on it that restores it. */
function unrestored(each: AssemblyFunction, file: AssemblyFile, rule: Rule): Problem[] {
  const { statements } = each;
  const { family } = file.arch;
  const writes = statements.flatMap((statement, i) => {
    const plain = statement.operands.some(({ kind, base }) => kind === 'register' && base !== undefined) || statement.operands.length === 0;
    return plain && !isCall(statement.word?.text ?? '') && registerAccess(statement, family).writes.includes(rule.register) && !rule.restores(statement) ? [i] : [];
  });
  if (writes.length === 0) return [];
  const next = successors(each, file);
  const reachable = reach([0], next, () => false);
  for (const write of writes) {
    if (!reachable.has(write)) continue;
    const found = [...reach(next[write] ?? [], next, (i) => rule.restores(statements[i] as Statement))].sort((a, b) => a - b).find((i) => {
      const statement = statements[i] as Statement;
      return !rule.restores(statement) && (rule.needs(statement) || isExit(statement, next[i] ?? [], file));
    });
    const end = found === undefined ? undefined : statements[found];
    const word = statements[write]?.word;
    if (!end?.word || !word) continue;
    const at = visibleSpan(end.word);
    return [{ code: 'register-clobber', severity: 'warning', message: rule.message(positionAt(at.file, at.start).line + 1, rule.needs(end) ? 'calls' : 'leaves the function'), span: visibleSpan(word) }];
  }
  return [];
}

/** RET, or a jump to another function. A stop or an endless loop leaves nothing. */
function isExit({ word, operands }: Statement, next: readonly number[], file: AssemblyFile): boolean {
  const name = word?.text ?? '';
  if (next.length > 0 || !leaves(name, operands, file.arch.family)) return false;
  return name === 'RET' || operands.some(({ pseudo }) => pseudo === 'SB');
}

function reach(from: readonly number[], next: readonly number[][], stops: (index: number) => boolean): Set<number> {
  const found = new Set(from);
  for (const at of found) if (!stops(at)) for (const target of next[at] ?? []) found.add(target);
  return found;
}
