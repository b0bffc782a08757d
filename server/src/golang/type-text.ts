// Go types as text, and the fields that lie at an offset of a type: `*g`, `g.sched.pc`.
// Must stay true: plain functions of types; an element that cannot be worked out is left out, never thrown.

import { underlying, type GoType, type StructField } from './types';

/** A type as Go writes it; what has no name in this model is shortened. */
export function typeText(type: GoType): string {
  switch (type.kind) {
    case 'basic': case 'named': return type.name;
    case 'pointer': {
      const element = elementOf(type);
      return element ? `*${typeText(element)}` : 'pointer';
    }
    case 'slice': {
      const element = elementOf(type);
      return element ? `[]${typeText(element)}` : 'slice';
    }
    case 'array': return `[${type.length}]${typeText(type.element())}`;
    case 'unsafePointer': return 'unsafe.Pointer';
    case 'struct': return 'struct{…}';
    case 'interface': return type.empty ? 'any' : 'interface';
    default: return type.kind;
  }
}

export function elementOf(type: GoType): GoType | undefined {
  if (type.kind !== 'pointer' && type.kind !== 'slice') return undefined;
  try {
    return type.element?.();
  } catch {
    return undefined;
  }
}

export interface FieldPath {
  /** `sched.pc`, `stack.lo`, `x[2]`. */
  path: string;
  type: GoType;
  /** The struct that declares the last field, if it has a name, and that field. */
  owner: string | undefined;
  field: string | undefined;
  /** Bytes into the innermost value, 0 at its beginning. */
  rest: number;
}

/** The innermost field at an offset; of several of size zero the last. `size`, if known, stops at the field of that size. */
export function fieldAt(type: GoType, offset: number, size?: number): FieldPath | undefined {
  let at: FieldPath = { path: '', type, owner: undefined, field: undefined, rest: offset };
  try {
    if (offset < 0 || offset >= Math.max(1, type.size)) return undefined;
    for (let depth = 0; depth < 16; depth++) {
      const of = underlying(at.type);
      if (size !== undefined && at.rest === 0 && at.type.size === size && at.path !== '' && of.kind !== 'struct' && of.kind !== 'array') break;
      if (of.kind === 'struct') {
        const field: StructField | undefined = of.fields.findLast((each) => each.offset <= at.rest && at.rest < each.offset + each.type.size);
        if (!field) break;
        at = { path: at.path ? `${at.path}.${field.name}` : field.name, type: field.type, owner: at.type.kind === 'named' ? at.type.name : at.owner, field: field.name, rest: at.rest - field.offset };
      } else if (of.kind === 'array' && of.length > 0) {
        const element = of.element();
        if (element.size === 0) break;
        const index = Math.floor(at.rest / element.size);
        at = { ...at, path: `${at.path}[${index}]`, type: element, rest: at.rest - index * element.size };
      } else if ((of.kind === 'string' || of.kind === 'slice' || of.kind === 'interface') && of.align > 0) {
        const word = of.align;
        const names = of.kind === 'interface' ? [of.empty ? '_type' : 'tab', 'data'] : of.kind === 'string' ? ['ptr', 'len'] : ['ptr', 'len', 'cap'];
        const index = Math.floor(at.rest / word);
        const element = index === 0 ? elementOf(of) : undefined;
        const part: GoType = index === 0 ? { kind: 'pointer', size: word, align: word, ...(element ? { element: () => element } : {}) } : { kind: 'basic', name: 'int', size: word, align: word };
        return { ...at, path: `${at.path}.(${names[index] ?? ''})`, type: of.kind === 'interface' ? { kind: 'unsafePointer', size: word, align: word } : part, rest: at.rest - index * word };
      } else break;
    }
  } catch {
    return undefined;
  }
  return at;
}
