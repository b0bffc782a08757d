// DWARF 4 of linked functions: their extents, the words of their frames by name, and arguments and results by name and Go type where a declaration says them.
// Must stay true: what Go's compiler writes for the same types (names, kinds, members), so that every reader of Go programs reads these.

import { underlying, SIGNED, type GoType } from '../golang/types';
import { frameOffset, locationsOf, type Code } from './debug-locations';
import { ByteWriter } from './elf-writer';
import { frameNames } from './frame-names';
import { depthsOf, type LinkedFunction } from './function-table';

/** An argument or a result; the offset is that in a frame of ABI0. */
export interface DebugParameter { name: string; type: GoType; offset: number; result: boolean }

const Tag = { array: 0x01, parameter: 0x05, member: 0x0d, pointer: 0x0f, unit: 0x11, struct: 0x13, typedef: 0x16, subrange: 0x21, base: 0x24, subprogram: 0x2e, variable: 0x34 } as const;
const At = { location: 0x02, name: 0x03, byteSize: 0x0b, stmtList: 0x10, lowPc: 0x11, highPc: 0x12, language: 0x13, producer: 0x25, count: 0x37, memberLocation: 0x38, encoding: 0x3e, external: 0x3f, frameBase: 0x40, type: 0x49, variableParameter: 0x4b, goKind: 0x2900, goElem: 0x2902, goEmbedded: 0x2903 } as const;
const Form = { addr: 0x01, string: 0x08, data1: 0x0b, flag: 0x0c, udata: 0x0f, ref4: 0x13, secOffset: 0x17, exprloc: 0x18 } as const;
const GO = 0x16, CALL_FRAME_CFA = 0x9c;

/** Go's reflect.Kind. */
const KINDS = ' bool int int8 int16 int32 int64 uint uint8 uint16 uint32 uint64 uintptr float32 float64 complex64 complex128 array chan func interface map pointer slice string struct unsafe.Pointer'.split(' ');
const kind = (name: string): number => KINDS.indexOf(name);
const ALIASES: Record<string, string> = { byte: 'uint8', rune: 'int32' };

type Row = readonly [tag: number, children: boolean, ...attributes: (readonly [at: number, form: number])[]];
/** The shapes of entries; the number of each is its place here, from 1. */
const ABBREVIATIONS = {
  unit: [Tag.unit, true, [At.name, Form.string], [At.producer, Form.string], [At.language, Form.data1], [At.stmtList, Form.secOffset], [At.lowPc, Form.addr], [At.highPc, Form.addr]],
  subprogram: [Tag.subprogram, true, [At.name, Form.string], [At.lowPc, Form.addr], [At.highPc, Form.addr], [At.frameBase, Form.exprloc], [At.external, Form.flag]],
  parameter: [Tag.parameter, false, [At.name, Form.string], [At.variableParameter, Form.flag], [At.type, Form.ref4], [At.location, Form.exprloc]],
  listed: [Tag.parameter, false, [At.name, Form.string], [At.variableParameter, Form.flag], [At.type, Form.ref4], [At.location, Form.secOffset]],
  variable: [Tag.variable, false, [At.name, Form.string], [At.type, Form.ref4], [At.location, Form.exprloc]],
  base: [Tag.base, false, [At.name, Form.string], [At.encoding, Form.data1], [At.byteSize, Form.data1], [At.goKind, Form.data1]],
  pointer: [Tag.pointer, false, [At.name, Form.string], [At.goKind, Form.data1], [At.type, Form.ref4]],
  unsafePointer: [Tag.pointer, false, [At.name, Form.string], [At.goKind, Form.data1]],
  struct: [Tag.struct, true, [At.name, Form.string], [At.byteSize, Form.udata], [At.goKind, Form.data1]],
  slice: [Tag.struct, true, [At.name, Form.string], [At.byteSize, Form.udata], [At.goKind, Form.data1], [At.goElem, Form.ref4]],
  member: [Tag.member, false, [At.name, Form.string], [At.memberLocation, Form.udata], [At.type, Form.ref4], [At.goEmbedded, Form.flag]],
  array: [Tag.array, true, [At.name, Form.string], [At.type, Form.ref4], [At.byteSize, Form.udata], [At.goKind, Form.data1]],
  subrange: [Tag.subrange, false, [At.count, Form.udata]],
  interface: [Tag.typedef, false, [At.name, Form.string], [At.type, Form.ref4], [At.goKind, Form.data1]],
} as const satisfies Record<string, Row>;
type Shape = keyof typeof ABBREVIATIONS;

function abbreviations(): Uint8Array {
  const out = new ByteWriter();
  Object.values(ABBREVIATIONS).forEach(([tag, children, ...attributes], i) => {
    out.uleb(i + 1); out.uleb(tag); out.u8(children ? 1 : 0);
    for (const [at, form] of attributes) { out.uleb(at); out.uleb(form); }
    out.u8(0); out.u8(0);
  });
  out.u8(0);
  return out.bytes();
}

/** A type as Go's debug information names it. */
export function typeName(type: GoType): string {
  switch (type.kind) {
    case 'named': return type.name;
    case 'basic': return ALIASES[type.name] ?? type.name;
    case 'pointer': return type.element ? `*${typeName(type.element())}` : 'unsafe.Pointer';
    case 'slice': return `[]${type.element ? typeName(type.element()) : 'uint8'}`;
    case 'array': return `[${type.length}]${typeName(type.element())}`;
    case 'struct': return `struct { ${type.fields.map(({ name, type: of }) => `${name} ${typeName(of)}`).join('; ')} }`;
    case 'interface': return type.empty ? 'interface {}' : 'interface';
    case 'string': return 'string';
    default: return 'unsafe.Pointer';
  }
}

const scalar = (name: string, size: number): GoType => ({ kind: 'basic', name, size, align: size });
const UINT8 = scalar('uint8', 1), INT = scalar('int', 8);
const pointerTo = (element: GoType): GoType => ({ kind: 'pointer', size: 8, align: 8, element: () => element });
const UNSAFE: GoType = { kind: 'unsafePointer', size: 8, align: 8 };
const INTERFACE: GoType = { kind: 'struct', size: 16, align: 8, fields: [{ name: '_type', embedded: false, type: UNSAFE, offset: 0 }, { name: 'data', embedded: false, type: UNSAFE, offset: 8 }] };

class Writer {
  readonly out = new ByteWriter();
  private readonly known = new Map<string, number>();
  private readonly wanted: { type: GoType; name: string }[] = [];
  private readonly asked = new Set<string>();
  private readonly references: { at: number; name: string }[] = [];

  entry(shape: Shape): ByteWriter {
    this.out.uleb(Object.keys(ABBREVIATIONS).indexOf(shape) + 1);
    return this.out;
  }

  /** Types may refer to themselves: a reference is filled in when all are written. */
  reference(type: GoType): void {
    const name = typeName(type);
    if (!this.asked.has(name)) { this.asked.add(name); this.wanted.push({ type, name }); }
    this.references.push({ at: this.out.length, name });
    this.out.u32(0);
  }

  types(): void {
    for (let next = this.wanted.shift(); next; next = this.wanted.shift()) {
      this.known.set(next.name, this.out.length);
      this.type(underlying(next.type), next.name);
    }
    for (const { at, name } of this.references) this.out.setU32(at, this.known.get(name) ?? 0);
  }

  private type(type: GoType, name: string): void {
    switch (type.kind) {
      case 'basic': {
        const plain = ALIASES[type.name] ?? type.name;
        const encoding = plain === 'bool' ? 2 : plain.startsWith('float') ? 4 : plain.startsWith('complex') ? 3 : SIGNED.has(plain) ? 5 : 7;
        const out = this.entry('base');
        out.cstring(name); out.u8(encoding); out.u8(type.size); out.u8(Math.max(0, kind(plain)));
        return;
      }
      case 'pointer': {
        if (!type.element) return this.unsafePointer(name);
        const out = this.entry('pointer');
        out.cstring(name); out.u8(kind('pointer'));
        return this.reference(type.element());
      }
      case 'string': return this.members('struct', name, 16, 'string', undefined, [['str', 0, pointerTo(UINT8)], ['len', 8, INT]]);
      case 'slice': {
        const element = type.element?.() ?? UINT8;
        return this.members('slice', name, 24, 'slice', element, [['array', 0, pointerTo(element)], ['len', 8, INT], ['cap', 16, INT]]);
      }
      case 'struct': return this.members('struct', name, type.size, 'struct', undefined, type.fields.map(({ name: field, offset, type: of, embedded }) => [field, offset, of, embedded] as const));
      case 'array': {
        const out = this.entry('array');
        out.cstring(name);
        this.reference(type.element());
        out.uleb(type.size); out.u8(kind('array'));
        this.entry('subrange').uleb(type.length);
        out.u8(0);
        return;
      }
      case 'interface': {
        const out = this.entry('interface');
        out.cstring(name);
        this.reference(INTERFACE);
        out.u8(kind('interface'));
        return;
      }
      default: return this.unsafePointer(name);
    }
  }

  private unsafePointer(name: string): void {
    const out = this.entry('unsafePointer');
    out.cstring(name);
    out.u8(kind('unsafe.Pointer'));
  }

  private members(shape: 'struct' | 'slice', name: string, size: number, of: string, element: GoType | undefined, list: readonly (readonly [name: string, offset: number, type: GoType, embedded?: boolean])[]): void {
    const out = this.entry(shape);
    out.cstring(name); out.uleb(size); out.u8(kind(of));
    if (element) this.reference(element);
    for (const [field, offset, type, embedded] of list) {
      this.entry('member');
      out.cstring(field); out.uleb(offset);
      this.reference(type);
      out.u8(embedded ? 1 : 0);
    }
    out.u8(0);
  }
}

export interface DebugInfo { info: Uint8Array; abbreviations: Uint8Array; locations: Uint8Array }

export interface DebugOptions {
  low: number;
  high: number;
  producer: string;
  parametersOf: (name: string) => readonly DebugParameter[];
  /** A function's bytes with its relocations done. */
  codeOf: (address: number) => Uint8Array | undefined;
}

function codeAt({ bytes, instructions }: LinkedFunction['assembled'], linked: Uint8Array | undefined): Code {
  const depths = new Map([...depthsOf(instructions)].filter(([each]) => each.bytes.length > 0).map(([{ offset }, depth]) => [offset, depth]));
  return { bytes: linked ?? bytes, offsets: [...depths.keys()], depthAt: (offset) => depths.get(offset) };
}

export function debugInfo(functions: readonly LinkedFunction[], { low, high, producer, parametersOf, codeOf }: DebugOptions): DebugInfo {
  const writer = new Writer(), { out } = writer, lists = new ByteWriter();
  out.u32(0); out.u16(4); out.u32(0); out.u8(8);
  writer.entry('unit');
  out.cstring('assembly'); out.cstring(producer); out.u8(GO); out.u32(0); out.u64(low); out.u64(high);
  for (const { name, address, assembled } of functions) {
    writer.entry('subprogram');
    out.cstring(name); out.u64(address); out.u64(address + assembled.bytes.length); out.uleb(1); out.u8(CALL_FRAME_CFA); out.u8(1);
    const parameters = parametersOf(name);
    for (const [parameter, location] of parameters.length ? locationsOf(parameters, assembled.text.abi, codeAt(assembled, codeOf(address))) : []) {
      const listed = Array.isArray(location);
      writer.entry(listed ? 'listed' : 'parameter');
      out.cstring(parameter.name); out.u8(parameter.result ? 1 : 0);
      writer.reference(parameter.type);
      if (!listed) { out.uleb(location.length); out.raw(location); continue; }
      out.u32(lists.length);
      // Relative to where the unit begins.
      for (const { from, to, expression } of location) { lists.u64(address + from - low); lists.u64(address + to - low); lists.u16(expression.length); lists.raw(expression); }
      lists.u64(0); lists.u64(0);
    }
    for (const { name: local, offset, type } of frameNames(assembled)) {
      writer.entry('variable');
      out.cstring(local);
      writer.reference(type);
      const location = frameOffset(offset);
      out.uleb(location.length); out.raw(location);
    }
    out.u8(0);
  }
  writer.types();
  out.u8(0);
  out.setU32(0, out.length - 4);
  return { info: out.bytes(), abbreviations: abbreviations(), locations: lists.bytes() };
}
