// Expressions from watches, hovers and the debug console, where the terminal's commands work too; and their completion.
// Must stay true: an expression never moves the guest; a command that does tells the client by events.

import type { DebugProtocol as DAP } from '@vscode/debugprotocol';
import type { Variable } from '../engine/types';
import { RequestError, type Subject } from './handler';
import { frameFor } from './stack';
import type { Session } from './session';
import { hex, sentence } from './text';
import { present } from './variables';

const REGISTERS = ['rax', 'rbx', 'rcx', 'rdx', 'rsi', 'rdi', 'rbp', 'rsp', 'r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15', 'rip', 'rflags', ...Array.from({ length: 16 }, (_, i) => `x${i}`)];
const RUNTIME = ['g', 'm', 'p', 'sched', 'TLS', 'stackguard', 'allgs', 'allm', 'allp', 'runtime.g0', 'runtime.m0', 'runtime.sched', 'runtime.gomaxprocs', 'runtime.ncpu'];
const MOST_COMPLETIONS = 200;
/** Commands whose names are also expressions people ask for: as an expression first. */
const EXPRESSION_FIRST = new Set(['g', 'm', 'p', 'sched', 'TLS', 'tls', 'stackguard', 'x']);

/** What an assembly author writes means these: `gobuf_sp(BX)`, `(g_sched+gobuf_sp)(SI)`, `AX` as Go's 64-bit name. */
const GO_REGISTERS: Record<string, string> = { AX: 'rax', BX: 'rbx', CX: 'rcx', DX: 'rdx', SI: 'rsi', DI: 'rdi', BP: 'rbp', SP: 'rsp', ...Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`R${i + 8}`, `r${i + 8}`])), ...Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`X${i}`, `x${i}`])) };

export function fromAssembly(expression: string): string {
  const text = expression.trim();
  const register = GO_REGISTERS[text];
  if (register) return register;
  const field = /^([A-Za-z]\w*?)_(\w+)\((\w+)\)$/.exec(text), base = field && GO_REGISTERS[field[3]!];
  if (field && base) return `(*runtime.${field[1]})(${base}).${field[2]}`;
  const nested = /^\(([A-Za-z]\w*?)_(\w+)\+\w+?_(\w+)\)\((\w+)\)$/.exec(text), nestedBase = nested && GO_REGISTERS[nested[4]!];
  if (nested && nestedBase) return `(*runtime.${nested[1]})(${nestedBase}).${nested[2]}.${nested[3]}`;
  const argument = /^([\p{L}_]\w*)\+\d+\(FP\)$/u.exec(text);
  if (argument) return argument[1]!;
  const symbol = /^([\p{L}_][\p{L}\p{N}_∕·.]*)\(SB\)$/u.exec(text);
  if (symbol) return symbol[1]!.replaceAll('∕', '/').replaceAll('·', '.');
  return text.includes('·') ? text.replaceAll('·', '.') : text;
}

async function inConsole(session: Session, expression: string, frameId: number | undefined, value: () => DAP.EvaluateResponse['body']): Promise<DAP.EvaluateResponse['body']> {
  const line = expression.trim(), word = line.split(/\s+/)[0] ?? '';
  const isCommand = session.terminal?.names().includes(word) ?? false;
  if (isCommand && !(EXPRESSION_FIRST.has(word) && word !== 'sched' && word !== 'tls' && line === word)) {
    void session.stopped;
    return { result: (await session.terminal!.execute(line, frameFor(session, frameId))).replace(/\n$/, ''), variablesReference: 0 };
  }
  try { return value(); } catch (error) {
    if (isCommand) return { result: (await session.terminal!.execute(line, frameFor(session, frameId))).replace(/\n$/, ''), variablesReference: 0 };
    throw new RequestError(sentence(error));
  }
}

function variableNames(session: Session, frameId: number | undefined): string[] {
  const { frame, thread } = frameFor(session, frameId);
  if (!frame) return [];
  return session.engine.scopes(frame, thread).filter((scope) => scope.kind === 'arguments' || scope.kind === 'locals').flatMap((scope) => scope.variables().map((variable) => variable.name));
}

/** What may stand behind the dot: a pointer's one child is what it points to. */
function fieldsOf(variable: Variable): Variable[] {
  const children = variable.children?.() ?? [];
  return children.length === 1 && children[0]!.name.startsWith('*') ? children[0]!.children?.() ?? [] : children;
}

export const evaluation: Subject = {
  capabilities: { supportsEvaluateForHovers: true, supportsSetExpression: true, supportsCompletionsRequest: true, completionTriggerCharacters: ['.', ' '], supportsClipboardContext: true },
  handlers: {
    evaluate(session, { expression, frameId, context, format }) {
      if (expression.trim() === '') throw new RequestError('There is no expression.');
      const value = (): DAP.EvaluateResponse['body'] => {
        const engine = session.stopped;
        const { frame, thread } = frameFor(session, frameId);
        const shown = present(session, engine.evaluate(context === 'repl' ? expression.trim() : fromAssembly(expression), frame, thread), format?.hex === true);
        return { result: shown.value, type: shown.type, variablesReference: shown.variablesReference, namedVariables: shown.namedVariables, indexedVariables: shown.indexedVariables, memoryReference: shown.memoryReference, presentationHint: shown.presentationHint };
      };
      return context === 'repl' ? inConsole(session, expression, frameId, value) : value();
    },
    setExpression(session, { expression, value, frameId, format }) {
      const engine = session.stopped;
      const { frame, thread } = frameFor(session, frameId);
      engine.assign(fromAssembly(expression), value, frame, thread);
      const shown = present(session, engine.evaluate(fromAssembly(expression), frame, thread), format?.hex === true);
      session.invalidate('all');
      return { value: shown.value, type: shown.type, variablesReference: shown.variablesReference, memoryReference: shown.memoryReference };
    },
    completions(session, { text, column, frameId }) {
      const engine = session.stopped;
      const before = text.slice(0, Math.max(0, column - 1));
      const word = /[\p{L}\p{N}_.·/*()]*$/u.exec(before)?.[0] ?? '';
      const first = before.trim() === word.trim();
      const start = before.length - word.length, length = word.length;
      const targets: DAP.CompletionItem[] = [];
      const offer = (label: string, type: DAP.CompletionItemType, detail?: string): void => {
        if (label !== word && label.startsWith(word) && targets.length < MOST_COMPLETIONS && !targets.some((target) => target.label === label)) targets.push({ label, type, detail, start, length });
      };
      if (first) for (const name of session.terminal?.names() ?? []) offer(name, 'keyword', 'command');
      // After a dot: the fields of what stands before it.
      const dot = word.lastIndexOf('.');
      if (dot > 0 && !word.startsWith('runtime.')) {
        try { for (const child of fieldsOf(engine.evaluate(word.slice(0, dot), frameFor(session, frameId).frame, frameFor(session, frameId).thread))) offer(`${word.slice(0, dot)}.${child.name}`, 'field', child.type); } catch { /* not an expression yet */ }
      }
      try { for (const name of variableNames(session, frameId)) offer(name, 'variable'); } catch { /* the frame is gone */ }
      for (const name of REGISTERS) offer(name, 'value', 'register');
      for (const name of RUNTIME) offer(name, 'variable', 'runtime');
      if (word.includes('.') && targets.length < MOST_COMPLETIONS) for (const { name, address } of engine.binary.globalVariables(word.slice(0, dot))) offer(name, 'variable', hex(address));
      const command = before.trim().split(/\s+/)[0] ?? '';
      if (/^(b|break|c|continue|l|list|disass|disassemble|t|trace|until)$/.test(command) && word.length >= 2) for (const { name } of engine.binary.functions()) offer(name, 'function');
      return { targets };
    },
  },
};
