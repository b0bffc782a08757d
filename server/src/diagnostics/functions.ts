// The shape of functions: one TEXT per name, no way to run past the end, frames in words, PUSH and POP in balance.
// Must stay true: errors are what Go's assembler rejects; running past the end is a warning, it assembles.

import { symbolName, type AssemblyFile } from '../analysis/assembly-file';
import { isCall, leaves, successors } from '../analysis/control-flow';
import { dataOf, functionsOf, isNoFrame, type AssemblyFunction } from '../analysis/functions';
import type { Family } from '../arch/architecture';
import { perFunction } from '../analysis/per-function';
import { picker } from '../analysis/picked';
import type { Operand } from '../syntax/operand';
import type { Statement } from '../syntax/parser';
import { visibleSpan, type Problem } from '../syntax/source';
import type { Steps } from '../syntax/steps';

export function* functionShapes(file: AssemblyFile): Steps<Problem[]> {
  const problems: Problem[] = [];
  const seen = new Set<string>();
  const functions = functionsOf(file);
  for (const [i, each] of functions.entries()) {
    const key = `${each.name}${each.static ? '<>' : ''}`;
    const nameSpan = visibleSpan(each.nameToken);
    if (seen.has(key)) problems.push({ code: 'text-duplicate', severity: 'error', message: `${key.replace(/^\./, '')} has a TEXT in this file already`, span: nameSpan });
    seen.add(key);
    problems.push(...perFunction('shape', each, functions[i + 1] !== undefined, () => shapeOf(each, file, functions[i + 1] !== undefined)));
    yield undefined;
  }
  for (const { word, operands: [place] } of dataOf(file)) {
    if (word?.text !== 'GLOBL' || !place?.symbol || place.pseudo !== 'SB') continue;
    const key = `${symbolName(place.symbol.token.text, file)}${place.symbol.static ? '<>' : ''}`;
    if (seen.has(key)) problems.push({ code: 'text-duplicate', severity: 'error', message: `${key.replace(/^\./, '')} is a function and a variable in this file`, span: visibleSpan(place.symbol.token) });
  }
  return problems;
}

function shapeOf(each: AssemblyFunction, file: AssemblyFile, follows: boolean): Problem[] {
  const { family } = file.arch;
  const problems = [...frameSize(each, family), ...(family === 'amd64' || family === '386' ? pushes(each) : [])];
  const past = runsPastEnd(each, file);
  if (past) problems.push({ code: 'no-return', severity: 'warning', message: `execution can run past the end of ${each.name.replace(/^\./, '')}${each.static ? '<>' : ''}${follows ? ' into what the linker puts behind it' : ''}: it needs RET or a jump`, span: past });
  return problems;
}

/** What frames must be a multiple of (cmd/internal/obj); other GOARCHes take any. */
const WORD: Partial<Record<Family, bigint>> = { 386: 4n, amd64: 8n, arm: 4n, arm64: 8n, ppc64: 8n, s390x: 8n };

function frameSize(each: AssemblyFunction, family: Family): Problem[] {
  const { text } = each;
  const word = WORD[family] ?? 1n;
  const none = isNoFrame(each) && family !== 'amd64' && family !== '386' && family !== 'wasm';
  const operand = text.operands.at(-1);
  const frame = operand?.kind === 'constant' ? operand.value ?? 0n : 0n;
  const token = operand?.tokens[1];
  if (frame <= 0n || (!none && frame % word === 0n) || !token) return [];
  const span = visibleSpan(token);
  const wanted = none ? 0n : (frame + word - 1n) / word * word;
  return [{
    code: 'frame-size', severity: 'error', message: none ? `a NOFRAME function has no frame, but this says ${frame} bytes` : `the frame of ${frame} bytes is no multiple of ${word}`, span,
    ...(token.expansion ? {} : { fixes: [{ title: `Write ${wanted}`, edits: [{ span, text: String(wanted) }] }] }),
  }];
}

const DELTA = new Map(Object.entries({ PUSHL: 4n, PUSHFL: 4n, PUSHQ: 8n, PUSHFQ: 8n, PUSHW: 2n, PUSHFW: 2n, POPL: -4n, POPFL: -4n, POPQ: -8n, POPFQ: -8n, POPW: -2n, POPFW: -2n }));

const COUNTED = new Set(['ADJSP', 'RET', ...DELTA.keys()]);
const counted = picker(({ word }: Statement) => word !== undefined && COUNTED.has(word.text));

/** As the assembler counts: from top to bottom, whatever jumps there are; at each RET the count must be zero. */
function pushes(each: AssemblyFunction): Problem[] {
  const { name } = each;
  let depth = 0n;
  for (const { word, operands } of counted(each, undefined)) {
    if (!word) continue;
    if (word.text === 'ADJSP') depth += operands[0]?.value ?? 0n;
    else depth += DELTA.get(word.text) ?? 0n;
    if (word.text === 'RET' && depth !== 0n) {
      return [{ code: 'push-pop', severity: 'error', message: `at this RET ${depth > 0n ? `${depth} bytes more are pushed than popped` : `${-depth} bytes more are popped than pushed`} in ${name.replace(/^\./, '')}`, span: visibleSpan(word) }];
    }
  }
  return [];
}

/** The statement after which nothing comes, if it can be reached; calls are trusted not to return there. */
function runsPastEnd(each: AssemblyFunction, file: AssemblyFile): ReturnType<typeof visibleSpan> | undefined {
  const last = each.statements.findLastIndex(({ word }) => word && !['PCDATA', 'FUNCDATA', 'PCALIGN', 'PCALIGNMAX', 'DATA', 'GLOBL'].includes(word.text));
  const statement = each.statements[last];
  const word = statement?.word?.text ?? '';
  if (!statement?.word || last === 0 || leaves(word, statement.operands, file.arch.family)) return undefined;
  // A last load or store is how Go's own code crashes on purpose, but for one of the frame; a call there does not return.
  const isOfFrame = ({ pseudo, base }: Operand) => pseudo === 'FP' || pseudo === 'SP' || (pseudo === undefined && base?.name === file.arch.stackPointer);
  if (file.arch.family === 'wasm' || statement.operands.some((operand) => (operand.kind === 'memory' && !isOfFrame(operand)) || (operand.kind === 'symbol' && operand.value === undefined))) return undefined;
  if (/^(CALL|BL|INT|BYTE|WORD|LONG|QUAD|DWORD|NOP|UNDEF|SYSCALL|SYSALL|SVC|SWI|HVC|SMC|ECALL|EBREAK|SCALL|SBREAK|TEQ|TW|BREAK|BRK|HLT|CB|TB|B$|BR|J|UD|RFE|ERET|NOOP)/.test(word)) return undefined;
  // What is written as numbers behind the last label may be what does not return.
  if (each.statements.slice(Math.max(0, each.statements.findLastIndex(({ labels }) => labels.length > 0)), last).some(({ word: raw }) => /^(BYTE|WORD|LONG|QUAD|DWORD)$/.test(raw?.text ?? ''))) return undefined;
  // A copy onto itself behind a call that does not return keeps the return address inside of the function.
  const [from, to] = statement.operands.map(({ kind, registers }) => (kind === 'register' ? registers[0]?.name : undefined));
  if (from !== undefined && from === to && isCall(each.statements[last - 1]?.word?.text ?? '')) return undefined;
  const next = successors(each, file);
  const reached = new Set([0]);
  for (const at of reached) for (const target of next[at] ?? []) reached.add(target);
  return reached.has(last) ? visibleSpan(statement.word) : undefined;
}
