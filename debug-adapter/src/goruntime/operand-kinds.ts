// What kind of operand a value is in an expression, and its name in messages about it.
// Must stay true: untyped constants are told from values of a type, as Go tells them.
import type { GoType } from '../symbols/types';
import { bytesOf } from './go-text';
import type { Loaded } from './load';

/** A value, with its constant form when it is an untyped literal. */
export type Operand = Loaded & { constant?: bigint | number | string | boolean | null; register?: string; /** Made by `&x`: shown as an address only. */ addressOnly?: boolean; /** As it was written. */ source?: string; /** It has a type, though it is known as a constant: `string(x)`. */ typed?: boolean; /** A constant of the program's by name. */ declared?: boolean };

/** Whether values of one type are values of the other but for the name. */
export function alike(a: GoType, b: GoType, depth = 0): boolean {
  if (a === b) return true;
  // Types that hold themselves.
  if (depth > 8) return false;
  if (a.kind !== b.kind || a.size !== b.size || a.length !== b.length || a.fields.length !== b.fields.length) return false;
  if (a.elem && b.elem && (a.kind === 'slice' || a.kind === 'array')) return alike(a.elem, b.elem, depth + 1);
  return a.fields.every((field, i) => field.name === b.fields[i]!.name && field.offset === b.fields[i]!.offset && (field.type.name === b.fields[i]!.type.name || alike(field.type, b.fields[i]!.type, depth + 1)));
}

export const NIL_KINDS: ReadonlySet<string> = new Set(['pointer', 'unsafe.Pointer', 'chan', 'map', 'interface', 'slice', 'func']);
export const isShift = (op: string): boolean => op === '<<' || op === '>>';
export const isUntyped = (v: Operand): boolean => (v.constant !== undefined && !v.typed) || v.type?.name === UNTYPED_COMPLEX;
/** The type of `2i`. */
export const UNTYPED_COMPLEX = 'complex';
export const isInteger = (v: Operand): boolean => typeof v.constant === 'bigint' || (v.constant === undefined && /^u?int(8|16|32|64|ptr)?$/.test(v.kind));
export const isNumber = (v: Operand): boolean => isInteger(v) || typeof v.constant === 'number' || (v.constant === undefined && /^(float|complex)/.test(v.kind));
/** Names of types and kinds in messages: untyped constants are int, float64, string or bool. */
export const typeText = (v: Operand): string => (v.constant === null ? 'nil' : typeof v.constant === 'bigint' ? 'int' : v.typeName);
/** Delve has one kind for integers of all sizes. */
export const kindText = (v: Operand): string => (typeof v.constant === 'bigint' ? 'int' : v.kind === 'pointer' ? 'ptr' : /^u?int(8|16|32|64|ptr)?$/.test(v.kind) ? v.kind.replace(/\d+$|ptr$/, '') : v.kind);
export const quoted = (v: Operand): string => JSON.stringify(v.source ?? v.name);

export function mismatched(a: Operand, b: Operand): string { return `mismatched types ${JSON.stringify(a.typeName)} and ${JSON.stringify(b.typeName)}`; }
/** What a register holds may be of any integer's type: `rsp - g.stackguard0`. */
export const mixesWithRegister = (a: Operand, b: Operand): boolean => (a.register ?? b.register) !== undefined && isInteger(a) && isInteger(b);

/** Values that Go's compiler knows as constants too. */
export const isPlain = (v: Operand): boolean => v.constant !== null && (isNumber(v) || v.kind === 'bool' || v.kind === 'string');

/** Texts in the order of their bytes, as Go compares them. */
export function byBytes(a: string, b: string): number {
  const [x, y] = [bytesOf(a), bytesOf(b)], at = x.findIndex((byte, i) => byte !== y[i]);
  return at < 0 ? x.length - y.length : y[at] === undefined ? 1 : x[at]! - y[at];
}
