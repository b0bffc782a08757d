// The shape of functions: one TEXT per name, no way to run past the end, amd64 frames in words, PUSH and POP in balance.
// Must stay true: errors are what Go's assembler rejects; running past the end is a warning, it assembles.

import type { AssemblyFile } from '../analysis/assembly-file';
import { isCall, leaves, successors } from '../analysis/flow';
import { functionsOf, type AssemblyFunction } from '../analysis/functions';
import { perFunction } from '../analysis/per-function';
import { visibleSpan, type Problem } from '../syntax/source';

export function functionShapes(file: AssemblyFile): Problem[] {
  const problems: Problem[] = [];
  const seen = new Set<string>();
  const functions = functionsOf(file);
  functions.forEach((each, i) => {
    const key = `${each.name}${each.static ? '<>' : ''}`;
    const nameSpan = visibleSpan(each.nameToken);
    if (seen.has(key)) problems.push({ code: 'text-duplicate', severity: 'error', message: `${key.replace(/^\./, '')} has a TEXT in this file already`, span: nameSpan });
    seen.add(key);
    problems.push(...perFunction('shape', each, functions[i + 1] !== undefined, () => shapeOf(each, file, functions[i + 1] !== undefined)));
  });
  return problems;
}

function shapeOf(each: AssemblyFunction, file: AssemblyFile, follows: boolean): Problem[] {
  const problems = file.target.goarch === 'amd64' ? [...frameSize(each), ...pushes(each)] : [];
  const past = runsPastEnd(each, file);
  if (past) problems.push({ code: 'no-return', severity: 'warning', message: `execution can run past the end of ${each.name.replace(/^\./, '')}${each.static ? '<>' : ''}${follows ? ' into what the linker puts behind it' : ''}: it needs RET or a jump`, span: past });
  return problems;
}

function frameSize({ text }: AssemblyFunction): Problem[] {
  const operand = text.operands.at(-1);
  const frame = operand?.kind === 'constant' ? operand.value ?? 0n : 0n;
  const token = operand?.tokens[1];
  if (frame <= 0n || frame % 8n === 0n || !token) return [];
  const span = visibleSpan(token);
  const wanted = (frame + 7n) / 8n * 8n;
  return [{
    code: 'frame-size', severity: 'error', message: `the frame of ${frame} bytes is no multiple of 8`, span,
    ...(token.expansion ? {} : { fixes: [{ title: `Write ${wanted}`, edits: [{ span, text: String(wanted) }] }] }),
  }];
}

const DELTA: Record<string, bigint> = { PUSHL: 8n, PUSHFL: 8n, PUSHQ: 8n, PUSHFQ: 8n, PUSHW: 2n, PUSHFW: 2n, POPL: -8n, POPFL: -8n, POPQ: -8n, POPFQ: -8n, POPW: -2n, POPFW: -2n };

/** As the assembler counts: from top to bottom, whatever jumps there are; at each RET the count must be zero. */
function pushes({ statements, name }: AssemblyFunction): Problem[] {
  let depth = 0n;
  for (const { word, operands } of statements) {
    if (!word) continue;
    if (word.text === 'ADJSP') depth += operands[0]?.value ?? 0n;
    else depth += DELTA[word.text] ?? 0n;
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
  // A last load or store is how Go's own code crashes on purpose; a call there does not return.
  if (file.arch.family === 'wasm' || statement.operands.some(({ kind, value }) => kind === 'memory' || (kind === 'symbol' && value === undefined))) return undefined;
  if (/^(CALL|BL|INT|BYTE|WORD|LONG|QUAD|DWORD|NOP|UNDEF|SYSCALL|SYSALL|SVC|SWI|ECALL|EBREAK|SCALL|SBREAK|TEQ|TW|BREAK|BRK|HLT|CB|TB|B$|BR|J|UD|RFE|ERET|NOOP)/.test(word)) return undefined;
  // A copy onto itself behind a call that does not return keeps the return address inside of the function.
  const [from, to] = statement.operands.map(({ kind, registers }) => (kind === 'register' ? registers[0]?.name : undefined));
  if (from !== undefined && from === to && isCall(each.statements[last - 1]?.word?.text ?? '')) return undefined;
  const next = successors(each, file);
  const reached = new Set([0]);
  for (const at of reached) for (const target of next[at] ?? []) reached.add(target);
  return reached.has(last) ? visibleSpan(statement.word) : undefined;
}
