// Scopes of a frame and the variables in them, paged; and changing one.
// Must stay true: children are read only when they are asked for, and only for the stop at which they were offered.

import type { DebugProtocol as DAP } from '@vscode/debugprotocol';
import type { Scope, Variable } from '../engine/types';
import { RequestError, type Subject } from './handler';
import { unchanging } from './message-text';
import { frameFor } from './stack';
import type { Container, Session } from './session';
import { asHex, hex } from './text';

const HINTS = { arguments: 'arguments', locals: 'locals', registers: 'registers', vectors: 'registers', runtime: undefined, globals: undefined } as const;

/** What was told of variables without children: registers that hold the same are the same objects at every stop. */
const told = new WeakMap<Variable, DAP.Variable>();

export function present(session: Session, variable: Variable, inHex: boolean): DAP.Variable {
  if (inHex || variable.children !== undefined) return presented(session, variable, inHex);
  let known = told.get(variable);
  if (!known) told.set(variable, known = unchanging(presented(session, variable, false)));
  return known;
}

function presented(session: Session, variable: Variable, inHex: boolean): DAP.Variable {
  const { name, value, type, address, evaluateName, namedChildren, indexedChildren } = variable;
  const hasChildren = variable.children !== undefined && ((namedChildren ?? 0) > 0 || (indexedChildren ?? 0) > 0 || (namedChildren === undefined && indexedChildren === undefined));
  return {
    name,
    value: inHex ? asHex(value) : value,
    type: session.client.supportsVariableType === false ? undefined : type,
    evaluateName,
    memoryReference: address === undefined ? pointerIn(variable) : hex(address),
    namedVariables: hasChildren && (namedChildren ?? 0) > 0 ? namedChildren : undefined,
    indexedVariables: hasChildren && (indexedChildren ?? 0) > 0 ? indexedChildren : undefined,
    variablesReference: hasChildren ? session.containers.add({ kind: 'variable', variable }) : 0,
    presentationHint: variable.set ? undefined : { attributes: ['readOnly'] },
  };
}

/** A register that may be an address leads to the memory there. */
function pointerIn({ value, type }: Variable): string | undefined {
  const match = /^0x[0-9a-f]+/.exec(value);
  return match && (type === undefined || /^(u?int64|uintptr|unsafe\.Pointer|\*.*)$/.test(type)) && BigInt(match[0]) >= 0x1000n && BigInt(match[0]) < 2n ** 47n ? match[0] : undefined;
}

function list(container: Container, start?: number, count?: number): Variable[] {
  if (container.kind === 'scope') {
    const all = container.variables();
    return start === undefined && count === undefined ? all : all.slice(start ?? 0, count ? (start ?? 0) + count : undefined);
  }
  return container.variable.children?.(start, count === 0 ? undefined : count) ?? [];
}

/** A function without arguments or locals has no section for them: it would be an empty heading, and a question more of the client's at every stop. */
function holdsSome({ kind, variables }: Scope): boolean {
  if (kind !== 'arguments' && kind !== 'locals') return true;
  try { return variables().length > 0; } catch { return true; }
}

export const variables: Subject = {
  capabilities: { supportsSetVariable: true, supportsValueFormattingOptions: true },
  handlers: {
    scopes(session, { frameId }) {
      const engine = session.stopped;
      const { frame, thread } = frameFor(session, frameId);
      if (!frame) throw new RequestError('scopes needs a frame.');
      return {
        scopes: engine.scopes(frame, thread).filter((scope) => (scope.kind !== 'globals' || session.launched?.showGlobalVariables === true) && holdsSome(scope)).map((scope) => ({
          name: scope.name,
          presentationHint: HINTS[scope.kind],
          expensive: scope.expensive,
          variablesReference: session.containers.add({ kind: 'scope', variables: scope.variables }),
        })),
      };
    },
    variables(session, { variablesReference, filter, start, count, format }) {
      void session.stopped;
      const container = session.containers.get(variablesReference);
      if (!container) throw new RequestError('These variables belong to an earlier stop.');
      // An `indexed` page of something that has only named children is empty, and the other way round.
      if (container.kind === 'variable' && filter === 'named' && (container.variable.namedChildren ?? 0) === 0 && (container.variable.indexedChildren ?? 0) > 0) return { variables: [] };
      return { variables: list(container, start, count).map((variable) => present(session, variable, format?.hex === true)) };
    },
    setVariable(session, { variablesReference, name, value, format }) {
      void session.stopped;
      const container = session.containers.get(variablesReference);
      if (!container) throw new RequestError('These variables belong to an earlier stop.');
      const variable = list(container).find((each) => each.name === name);
      if (!variable) throw new RequestError(`There is no ${name} here.`);
      if (!variable.set) throw new RequestError(`${name} cannot be changed.`, false);
      variable.set(value);
      // What was read of a structure before still has the old value.
      if (container.kind === 'variable') container.variable = container.variable.again?.() ?? container.variable;
      const now = list(container).find((each) => each.name === name) ?? variable;
      const shown = present(session, now, format?.hex === true);
      session.invalidate('all');
      return { value: shown.value, type: shown.type, variablesReference: shown.variablesReference, namedVariables: shown.namedVariables, indexedVariables: shown.indexedVariables, memoryReference: shown.memoryReference };
    },
  },
};
