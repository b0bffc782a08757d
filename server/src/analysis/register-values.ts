// What a register holds, as Go would say it: a type, and from where it came.
// Must stay true: two values are joined to what holds of both, or to nothing.

import { fieldAt, elementOf, typeText, type FieldPath } from '../golang/type-text';
import { underlying, type GoType } from '../golang/types';
import type { PackageKnowledge } from './package-knowledge';

export interface Value {
  /** undefined: only the place it came from is known. */
  type: GoType | undefined;
  /** What it is, as Go would say it: `g.m`, `&g.sched`, `first`. */
  text: string;
}

/** The field that `offset(register)` is, given what the register holds. */
export function fieldThrough(value: Value | undefined, offset: number, size: number | undefined, knowledge: PackageKnowledge | undefined): (FieldPath & { text: string; struct: GoType }) | undefined {
  const struct = value?.type && pointed(value.type, knowledge);
  if (!value || !struct) return undefined;
  const field = fieldAt(struct, offset, size);
  if (!field) return undefined;
  const base = (value.text.startsWith('&') ? value.text.slice(1) : value.text) || typeText(struct);
  return { ...field, struct, text: field.path === '' ? `*${base}` : `${base}.${field.path}`.replace('.[', '[') };
}

/** What a pointer points to; the runtime's guintptr, muintptr and puintptr point to a G, an M and a P. */
export function pointed(type: GoType, knowledge: PackageKnowledge | undefined): GoType | undefined {
  const direct = elementOf(type.kind === 'named' ? underlyingSafely(type) ?? type : type);
  if (direct) return direct;
  const hidden = type.kind === 'named' ? /^([gmp])uintptr$/.exec(type.name)?.[1] : undefined;
  return hidden ? knowledge?.runtimeType(hidden) : undefined;
}

function underlyingSafely(type: GoType): GoType | undefined {
  try { return underlying(type); } catch { return undefined; }
}

/** What is known of a register where two paths meet; undefined: nothing. */
export function join(a: Value, b: Value): Value | undefined {
  if (a === b || (a.text === b.text && sameType(a.type, b.type))) return a;
  if (!sameType(a.type, b.type)) return undefined;
  const text = a.text.includes(' or ') || b.text === a.text ? a.text : '';
  return text === a.text ? a : { type: a.type, text };
}

const sameType = (a: GoType | undefined, b: GoType | undefined): boolean => a === b || (a !== undefined && b !== undefined && typeText(a) === typeText(b));

export interface Leaf { name: string; type: GoType }

/** The words of a value in registers, undefined where the ABI puts it on the stack. */
export function leavesOf(part: { name: string; type: GoType; shape: string; inner: { name: string; type: GoType; shape: string; inner: never[] | unknown[] }[] }): Leaf[] | undefined {
  if (part.shape === 'array') return undefined;
  if (part.inner.length === 0) return [{ name: part.name, type: part.type }];
  const all: Leaf[] = [];
  for (const each of part.inner) {
    const found = leavesOf(each as typeof part);
    if (!found) return undefined;
    all.push(...found);
  }
  return all;
}

export function isFloat(type: GoType): boolean {
  const of = underlyingSafely(type);
  return of?.kind === 'basic' && /^float/.test(of.name);
}
