// Turns the runtime model's values into the engine's variables: with children on demand, assignment, and Delve's print text.
// Must stay true: a variable reads nothing of its own; writing goes through the host, which drops the recorded future.

import { GoValues } from '../goruntime/values';
import type { Assignment, EvalScope, PrintOptions } from '../goruntime/values';
import type { GoRuntime } from '../goruntime/runtime';
import type { FormatOptions, Value } from '../goruntime/value-types';
import type { GoBinary } from '../symbols';
import type { VisibleVariable } from '../goruntime/evaluate';
import type { Memory } from '../symbols/types';
import type { Variable } from './types';

/** A variable of a frame or package as `args`, `locals` and `vars` print it. */
export interface VariableRow {
  name: string;
  role: 'parameter' | 'result' | 'local';
  shadowed: boolean;
  declLine: number;
  short(): string;
  long(): string;
  variable: Variable;
}

export interface AssignmentHost { apply(assignment: Assignment): void }

/** Delve's ShortLoadConfig. */
export const SHORT: Partial<FormatOptions> = { followPointers: false, maxVariableRecurse: 0, maxStringLen: 64, maxArrayValues: 0, maxStructFields: 3 };

export class FrameValues {
  readonly go: GoValues;
  /** How much of a value is printed. */
  limits: Partial<FormatOptions> = {};

  constructor(private readonly binary: GoBinary, runtime: GoRuntime, memory: Memory, private readonly host: AssignmentHost) {
    this.go = new GoValues(binary, runtime, memory);
  }

  variable(value: Value, scope: EvalScope, expression?: string): Variable {
    const { name, text, type, typeName, address, size, childCount, indexed } = value;
    return {
      name, value: value.unreadable && text === '' ? `(unreadable ${value.unreadable})` : text, type: typeName,
      ...(address !== undefined ? { address } : {}), size, ...(expression !== undefined ? { evaluateName: expression } : {}),
      ...(childCount > 0 ? { [indexed ? 'indexedChildren' : 'namedChildren']: childCount, children: (start?: number, count?: number) => this.children(value, scope, expression, start, count) } : {}),
      ...(this.canSet(value) ? { set: (source: string) => this.host.apply(this.go.assign(value, source, scope)) } : {}),
      ...(address !== undefined && type ? { again: () => this.variable(this.go.at(name, type, address), scope, expression) } : {}),
    };
  }

  private canSet(value: Value): boolean { return value.register !== undefined || value.place.at !== 'gone'; }

  private children(value: Value, scope: EvalScope, expression: string | undefined, start = 0, count?: number): Variable[] {
    return this.go.children(value, start, count ?? 1000).map((child) => {
      let name: string | undefined;
      if (expression !== undefined) {
        if (child.name === '') name = `*${expression}`;
        else if (child.name.startsWith('[')) name = `${expression}${child.name}`;
        else if (/^[\p{L}_][\p{L}\p{N}_]*$/u.test(child.name)) name = expression.startsWith('*') ? `(${expression}).${child.name}` : `${expression}.${child.name}`;
      }
      // A pointer's target shows its fields at once.
      return this.variable(child.name === '' ? this.named(child, value) : child, scope, name);
    });
  }
  private named(child: Value, parent: Value): Value {
    // The handle of a value is the object itself: keep it, only the label changes.
    child.name = `*${parent.name}`;
    return child;
  }

  evaluate(expression: string, scope: EvalScope): Variable { return this.variable(this.go.evaluate(expression, scope), scope, expression); }
  print(expression: string, scope: EvalScope, options: PrintOptions): string { return this.go.print(expression, scope, { ...options, limits: { ...this.limits, ...options.limits } }); }
  assign(expression: string, source: string, scope: EvalScope): void {
    // As in Delve, what is wrong with the new value is said first.
    this.go.evaluate(source, scope);
    this.host.apply(this.go.assign(this.go.evaluate(expression, scope), source, scope));
  }

  /** Variables of a frame: parameters, then the locals that are declared above its line, in the order of their lines. */
  locals(scope: EvalScope): VariableRow[] {
    if (!scope.frame) return [];
    // Outermost first; a name that is declared again further in is hidden there.
    const levels = [scope, ...scope.enclosing ?? []].map((level) => this.declaredIn(level)).reverse();
    const rows = levels.flatMap((level, i) => { const inner = new Set(levels.slice(i + 1).flat().map(({ value }) => value.name)); return level.map((each) => this.row(each.value, scope, each.info.role, each.info.shadowed || inner.has(each.value.name), each.info.declLine)); });
    return [...rows.filter((row) => row.role !== 'local'), ...rows.filter((row) => row.role === 'local')];
  }
  private declaredIn(scope: EvalScope): { value: Value; info: VisibleVariable }[] {
    const infos = this.go.evaluator.declared(scope), visible = this.go.variables(scope, infos).map((value, i) => ({ value, info: infos[i]! }));
    visible.sort((a, b) => a.info.declLine - b.info.declLine);
    return [...visible.filter(({ info }) => info.role !== 'local'), ...visible.filter(({ info }) => info.role === 'local')];
  }

  private row(value: Value, scope: EvalScope, role: VariableRow['role'], shadowed: boolean, declLine: number): VariableRow {
    const name = value.name.replace(/^\((.*)\)$/, '$1');
    return {
      name, role, shadowed, declLine, variable: this.variable(value, scope, shadowed ? undefined : name),
      short: () => this.go.format(value, { limits: SHORT }), long: () => this.go.format(value, { multiLine: true, limits: this.limits }),
    };
  }

  globals(packageName: string, scope: EvalScope): Variable[] {
    return this.go.globals(packageName).map((value) => this.variable(value, scope, `${packageName.slice(packageName.lastIndexOf('/') + 1)}.${value.name}`));
  }

  globalRows(): VariableRow[] {
    return this.binary.globalVariables().map((found) => {
      const value = (): Value => this.go.at(found.name, found.type, found.address);
      return { name: found.name, role: 'local' as const, shadowed: false, declLine: 0, short: () => this.go.format(value(), { limits: SHORT }), long: () => this.go.format(value(), { multiLine: true, limits: this.limits }), get variable() { return { name: found.name, value: '' }; } };
    });
  }

  /** A pointer to one of the runtime's structures, whose fields are read only when they are asked for. */
  pointer(name: string, type: string, address: number, text: string, scope: EvalScope): Variable {
    // The program may have variables called g, m and p: `runtime.g` is never one of them.
    const known = this.binary.typeNamed(type), expression = type;
    return {
      name, value: text, type: `*${type}`, address, size: known?.size ?? 8, evaluateName: expression,
      ...(known ? { namedChildren: known.fields.length, children: (start?: number, count?: number) => this.children(this.go.at(name, known, address), scope, expression, start, count) } : {}),
    };
  }
}
