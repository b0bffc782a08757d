// Go types out of DWARF type entries: kind, size, fields, elements, resolved when asked for.
// Must stay true: one object per entry, so types can be compared by identity; recursion in types never recurses here.
import type { GoField, GoKind, GoType } from '../types';
import { At, Tag } from './constants';
import { numberOf, stringOf } from './forms';
import type { DebugInfo, Die } from './info';

const KINDS: readonly (GoKind | undefined)[] = [undefined, 'bool', 'int', 'int8', 'int16', 'int32', 'int64', 'uint', 'uint8', 'uint16', 'uint32', 'uint64', 'uintptr',
  'float32', 'float64', 'complex64', 'complex128', 'array', 'chan', 'func', 'interface', 'map', 'pointer', 'slice', 'string', 'struct', 'unsafe.Pointer'];

/** A type without an entry of its own (made for an expression, or where DWARF has none). */
export class MadeType implements GoType {
  readonly fields: readonly GoField[] = [];
  readonly key = undefined;
  readonly header = undefined;
  readonly runtimeType = 0;
  readonly named = false;
  constructor(readonly name: string, readonly kind: GoKind, readonly size: number, readonly elem: GoType | undefined = undefined, readonly length = 0) {}
  field(): undefined {
    return undefined;
  }
}

export const BASIC_TYPES: readonly GoType[] = ([['bool', 1], ['int', 8], ['int8', 1], ['int16', 2], ['int32', 4], ['int64', 8], ['uint', 8], ['uint8', 1], ['uint16', 2],
  ['uint32', 4], ['uint64', 8], ['uintptr', 8], ['float32', 4], ['float64', 8], ['complex64', 8], ['complex128', 16], ['string', 16], ['unsafe.Pointer', 8]] as const)
  .map(([name, size]) => new MadeType(name, name, size));

class DwarfType implements GoType {
  readonly name: string;
  readonly kind: GoKind;
  readonly named: boolean;
  private ownFields: GoField[] | undefined;
  private byName: Map<string, GoField> | undefined;

  constructor(private readonly owner: TypeReader, private readonly die: Die) {
    this.name = stringOf(die.attributes.get(At.name)) ?? this.defaultName();
    this.kind = KINDS[numberOf(die.attributes.get(At.goKind)) ?? 0] ?? this.kindByTag();
    this.named = /^[\w/.·-]+\.[\w·]+(\[.*\])?$/.test(this.name);
  }

  private defaultName(): string {
    return this.die.tag === Tag.pointerType ? `*${this.target()?.name ?? 'void'}` : '?';
  }

  private kindByTag(): GoKind {
    const size = numberOf(this.die.attributes.get(At.byteSize)) ?? 0;
    switch (this.die.tag) {
      case Tag.structType: return 'struct';
      case Tag.pointerType: return this.die.attributes.has(At.type) ? 'pointer' : 'unsafe.Pointer'; // also under another name
      case Tag.arrayType: return 'array';
      case Tag.subroutineType: return 'func';
      case Tag.baseType: {
        const encoding = numberOf(this.die.attributes.get(At.encoding));
        if (encoding === 2) return 'bool';
        if (encoding === 4) return size === 4 ? 'float32' : 'float64';
        if (encoding === 3) return size === 8 ? 'complex64' : 'complex128';
        return `${encoding === 5 || encoding === 6 ? 'int' : 'uint'}${size * 8}` as GoKind;
      }
      default: return 'void';
    }
  }

  private target(): GoType | undefined {
    const ref = numberOf(this.die.attributes.get(At.type));
    return ref === undefined ? undefined : this.owner.at(ref);
  }

  get size(): number {
    const own = numberOf(this.die.attributes.get(At.byteSize));
    if (own !== undefined) return own;
    switch (this.kind) {
      case 'pointer': case 'map': case 'chan': case 'func': case 'unsafe.Pointer': return 8;
      case 'interface': return 16;
      case 'array': return (this.elem?.size ?? 0) * this.length;
      default: return this.target()?.size ?? 0;
    }
  }

  get runtimeType(): number {
    return numberOf(this.die.attributes.get(At.goRuntimeType)) ?? 0;
  }

  get fields(): readonly GoField[] {
    if (this.ownFields) return this.ownFields;
    const fields: GoField[] = [];
    this.ownFields = fields;
    if (this.die.tag === Tag.typedef) {
      if (this.kind === 'struct') fields.push(...(this.target()?.fields ?? []));
      return fields;
    }
    for (const child of this.owner.info.children(this.die)) {
      if (child.tag !== Tag.member) continue;
      const ref = numberOf(child.attributes.get(At.type));
      const owner = this.owner;
      fields.push({
        name: stringOf(child.attributes.get(At.name)) ?? '_', offset: memberOffset(child), embedded: Boolean(child.attributes.get(At.goEmbedded)),
        get type(): GoType { return (ref !== undefined ? owner.at(ref) : undefined) ?? VOID; },
      });
    }
    return fields;
  }

  field(name: string): GoField | undefined {
    this.byName ??= new Map([...this.fields].reverse().map((f) => [f.name, f]));
    return this.byName.get(name);
  }

  get elem(): GoType | undefined {
    switch (this.kind) {
      case 'pointer': case 'array': return this.die.tag === Tag.typedef ? this.target()?.elem : this.target();
      case 'slice': case 'chan': case 'map': {
        const ref = numberOf(this.die.attributes.get(At.goElem));
        return ref !== undefined ? this.owner.at(ref) : this.field('array')?.type.elem;
      }
      default: return undefined;
    }
  }

  get key(): GoType | undefined {
    const ref = numberOf(this.die.attributes.get(At.goKey));
    return ref === undefined ? undefined : this.owner.at(ref);
  }

  get length(): number {
    if (this.kind !== 'array') return 0;
    if (this.die.tag === Tag.typedef) return this.target()?.length ?? 0;
    for (const child of this.owner.info.children(this.die)) {
      if (child.tag !== Tag.subrange) continue;
      const count = numberOf(child.attributes.get(At.count));
      if (count !== undefined) return count;
      const upper = numberOf(child.attributes.get(At.upperBound));
      if (upper !== undefined) return upper + 1;
    }
    return 0;
  }

  get header(): GoType | undefined {
    const target = this.target();
    if (this.kind === 'map' || this.kind === 'chan') return target?.kind === 'pointer' ? target.elem : target;
    return this.kind === 'interface' ? target : undefined;
  }
}

function memberOffset(die: Die): number {
  const v = die.attributes.get(At.dataMemberLocation);
  if (v instanceof Uint8Array) {
    // DWARF 2: DW_OP_plus_uconst n
    let value = 0, factor = 1;
    for (let i = 1; i < v.length; i++, factor *= 128) value += (v[i]! & 0x7f) * factor;
    return value;
  }
  return numberOf(v) ?? 0;
}

export const VOID: GoType = new MadeType('void', 'void', 0);

export class TypeReader {
  private readonly known = new Map<number, GoType>();

  constructor(readonly info: DebugInfo) {}

  at(offset: number): GoType | undefined {
    let type = this.known.get(offset);
    if (type) return type;
    // plain typedefs (a second entry of the same name) and const stand for what they name
    let die = this.info.dieAt(offset);
    for (let hops = 0; die && hops < 20 && !die.attributes.has(At.goKind) && (die.tag === Tag.typedef || die.tag === Tag.constType); hops++) {
      const ref = numberOf(die.attributes.get(At.type));
      if (ref === undefined) break;
      die = this.info.dieAt(ref);
    }
    if (!die) return undefined;
    type = this.known.get(die.offset);
    if (!type) this.known.set(die.offset, (type = new DwarfType(this, die)));
    this.known.set(offset, type);
    return type;
  }
}
