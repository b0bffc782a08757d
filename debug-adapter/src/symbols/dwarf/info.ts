// .debug_info: units, abbreviations and entries (DIEs) of DWARF 2 to 5.
// Must stay true: nothing is parsed before it is asked for, and a damaged section ends a walk instead of throwing.
import { ByteReader, cstringAt } from '../byte-reader';
import { At, Form, Tag } from './constants';
import { BLOCK, LEB, SHORT_BLOCK, TEXT, lengthOf, numberOf } from './forms';
import type { Find } from './needle';
import { Passing } from './passing';
import { Unit } from './unit';

export type { Unit } from './unit';

export interface DwarfSections {
  info: Uint8Array; abbrev: Uint8Array; line: Uint8Array; str: Uint8Array; lineStr: Uint8Array; addr: Uint8Array; strOffsets: Uint8Array;
  ranges: Uint8Array; rnglists: Uint8Array; loc: Uint8Array; loclists: Uint8Array;
}

export type AttributeValue = number | bigint | string | Uint8Array;

export interface Attribute { at: number; form: number; implicit: number }
export interface Abbrev { code: number; tag: number; children: boolean; attributes: Attribute[] }

/** One debugging information entry. References are absolute offsets into .debug_info. */
export interface Die {
  offset: number;
  tag: number;
  hasChildren: boolean;
  /** Offset of what follows (first child or next sibling). */
  next: number;
  unit: Unit;
  attributes: Attributes;
}

/** An entry's values, beside the list of what they are: there are many entries and few such lists. */
export class Attributes {
  constructor(private readonly list: readonly Attribute[], private readonly values: readonly AttributeValue[]) {}

  private index(wanted: number): number {
    const { list } = this;
    // The last one counts where there are two.
    for (let i = list.length - 1; i >= 0; i--) if (list[i]!.at === wanted) return i;
    return -1;
  }

  has(at: number): boolean { return this.index(at) >= 0; }
  get(at: number): AttributeValue | undefined { return this.values[this.index(at)]; }
  /** Of an attribute whose meaning depends on it. */
  form(at: number): number | undefined { return this.list[this.index(at)]?.form; }
}

export class DebugInfo {
  private found: Unit[] | undefined;
  private readonly abbrevTables = new Map<number, Abbrev[]>();
  readonly passing = new Passing(this);

  constructor(readonly sections: DwarfSections, readonly bias: number, readonly find?: Find) {}

  get unitsAreRead(): boolean { return this.found !== undefined; }
  get units(): readonly Unit[] { return this.found ??= this.readUnits(); }

  private readUnits(): Unit[] {
    const units: Unit[] = [], r = new ByteReader(this.sections.info);
    while (!r.atEnd) {
      const offset = r.pos;
      let length = r.u32();
      const dwarf64 = length === 0xffffffff;
      if (dwarf64) length = r.u64();
      const end = r.pos + length;
      const version = r.u16();
      if (r.failed || end > r.end || version < 2 || version > 5) break;
      let unitType = 1, abbrevOffset: number, addressSize: number;
      if (version >= 5) {
        unitType = r.u8();
        addressSize = r.u8();
        abbrevOffset = dwarf64 ? r.u64() : r.u32();
      } else {
        abbrevOffset = dwarf64 ? r.u64() : r.u32();
        addressSize = r.u8();
      }
      if (unitType === 1 || unitType === 3) {
        units.push(new Unit(this, units.length, offset, end, version, dwarf64, addressSize, this.abbrevTable(abbrevOffset), r.pos));
      }
      r.pos = end;
    }
    return units;
  }

  private abbrevTable(offset: number): Abbrev[] {
    const known = this.abbrevTables.get(offset);
    if (known) return known;
    const table: Abbrev[] = [];
    const r = new ByteReader(this.sections.abbrev, offset);
    while (!r.atEnd) {
      const code = r.uleb();
      if (code === 0) break;
      const abbrev: Abbrev = { code, tag: r.uleb(), children: r.u8() !== 0, attributes: [] };
      for (;;) {
        const at = r.uleb(), form = r.uleb();
        const implicit = form === Form.implicitConst ? Number(r.sleb()) : 0;
        if ((at === 0 && form === 0) || r.failed) break;
        abbrev.attributes.push({ at, form, implicit });
      }
      if (code < 100000) table[code] = abbrev;
    }
    this.abbrevTables.set(offset, table);
    return table;
  }

  unitAt(offset: number): Unit | undefined {
    let low = 0, high = this.units.length - 1;
    while (low < high) {
      const mid = (low + high + 1) >> 1;
      if (this.units[mid]!.offset <= offset) low = mid;
      else high = mid - 1;
    }
    const unit = this.units[low];
    return unit && offset >= unit.offset && offset < unit.end ? unit : undefined;
  }

  /** The entry at an absolute offset; undefined for a null entry (end of siblings) or damage. */
  die(unit: Unit, offset: number): Die | undefined {
    const r = new ByteReader(this.sections.info, offset, unit.end);
    const abbrev = unit.abbrevs[r.uleb()];
    if (!abbrev || r.failed) return undefined;
    const values: AttributeValue[] = [];
    for (const { form, implicit } of abbrev.attributes) values.push(this.value(r, unit, form, implicit));
    return r.failed ? undefined : { offset, tag: abbrev.tag, hasChildren: abbrev.children, next: r.pos, unit, attributes: new Attributes(abbrev.attributes, values) };
  }

  /** One attribute of an entry, without reading the others. */
  attributeAt(offset: number, wanted: number): AttributeValue | undefined {
    const unit = this.unitAt(offset), r = new ByteReader(this.sections.info, offset, unit?.end ?? 0);
    for (const { at, form, implicit } of unit?.abbrevs[r.uleb()]?.attributes ?? []) {
      if (at !== wanted) { this.skipForm(r, unit!, form); continue; }
      const value = this.value(r, unit!, form, implicit);
      return r.failed ? undefined : value;
    }
    return undefined;
  }

  dieAt(offset: number): Die | undefined {
    const unit = this.unitAt(offset);
    return unit && this.die(unit, offset);
  }

  private readonly childLists = new Map<number, Die[]>();

  /** Kept for a while: the same functions are asked about at every stop. */
  children(die: Die): readonly Die[] {
    const known = this.childLists.get(die.offset);
    if (known) return known;
    const list = this.readChildren(die);
    if (this.childLists.size > 4000) this.childLists.clear();
    this.childLists.set(die.offset, list);
    return list;
  }

  private readChildren(die: Die): Die[] {
    const out: Die[] = [];
    if (!die.hasChildren) return out;
    let at = die.next;
    for (;;) {
      const child = this.die(die.unit, at);
      if (!child) return out;
      out.push(child);
      at = child.hasChildren ? this.afterChildren(die.unit, child.next) : child.next;
      if (at < 0) return out;
    }
  }

  /** Skips a list of siblings (and all below) up to and including its null entry; -1 on damage. */
  afterChildren(unit: Unit, start: number): number { return this.passing.children(unit, start); }

  /** Where the unit's top-level entries with a tag are. */
  topLevelPlaces(unit: Unit, tag: number): number[] {
    const found: number[] = [], root = unit.entry;
    if (!root?.hasChildren) return found;
    const r = new ByteReader(this.sections.info, root.next, unit.end);
    while (!r.atEnd) {
      const offset = r.pos, code = r.uleb(), abbrev = unit.abbrevs[code];
      if (!abbrev) return found;
      if (abbrev.tag === tag) found.push(offset);
      r.pos = this.passing.attributes(unit, this.passing.lengths(unit, code)!, r.pos);
      if (abbrev.children && r.pos >= 0) r.pos = this.afterChildren(unit, r.pos);
      if (r.pos < 0) return found;
    }
    return found;
  }

  skipForm(r: ByteReader, unit: Unit, form: number): void {
    const length = lengthOf(unit, form);
    switch (length) {
      case LEB: r.uleb(); return;
      case TEXT: r.skipString(); return;
      case SHORT_BLOCK: r.skip(r.u8()); return;
      case BLOCK: r.skip(r.uleb()); return;
      default: if (length >= 0) r.skip(length); else this.value(r, unit, form, 0);
    }
  }

  value(r: ByteReader, unit: Unit, form: number, implicit: number): AttributeValue {
    const s = this.sections;
    const offset = (): number => (unit.dwarf64 ? r.u64() : r.u32());
    switch (form) {
      case Form.addr: return r.u64() + this.bias;
      case Form.block1: return r.bytes(r.u8());
      case Form.block2: return r.bytes(r.u16());
      case Form.block4: return r.bytes(r.u32());
      case Form.block: case Form.exprloc: return r.bytes(r.uleb());
      case Form.data1: case Form.flag: return r.u8();
      case Form.data2: return r.u16();
      case Form.data4: return r.u32();
      case Form.data8: { const big = r.big64(); return big <= 9007199254740991n ? Number(big) : big; }
      case Form.data16: return r.bytes(16);
      case Form.sdata: return r.sleb();
      case Form.udata: return r.uleb();
      case Form.string: return r.cstring();
      case Form.strp: return cstringAt(s.str, offset());
      case Form.lineStrp: return cstringAt(s.lineStr, offset());
      case Form.secOffset: return offset();
      case Form.flagPresent: return 1;
      case Form.implicitConst: return implicit;
      case Form.ref1: return unit.offset + r.u8();
      case Form.ref2: return unit.offset + r.u16();
      case Form.ref4: return unit.offset + r.u32();
      case Form.ref8: return unit.offset + r.u64();
      case Form.refUdata: return unit.offset + r.uleb();
      case Form.refAddr: return unit.version < 3 ? r.u64() : offset();
      case Form.refSig8: return r.u64();
      case Form.strx: return this.indexedString(unit, r.uleb());
      case Form.strx1: return this.indexedString(unit, r.u8());
      case Form.strx2: return this.indexedString(unit, r.u16());
      case Form.strx3: return this.indexedString(unit, r.u24());
      case Form.strx4: return this.indexedString(unit, r.u32());
      case Form.addrx: return this.indexedAddress(unit, r.uleb());
      case Form.addrx1: return this.indexedAddress(unit, r.u8());
      case Form.addrx2: return this.indexedAddress(unit, r.u16());
      case Form.addrx3: return this.indexedAddress(unit, r.u24());
      case Form.addrx4: return this.indexedAddress(unit, r.u32());
      case Form.loclistx: case Form.rnglistx: return r.uleb();
      case Form.indirect: return this.value(r, unit, r.uleb(), 0);
      case Form.strpSup: case Form.refSup4: return r.u32();
      case Form.refSup8: return r.u64();
      default:
        r.failed = true;
        return 0;
    }
  }

  private indexedString(unit: Unit, index: number): string {
    const size = unit.dwarf64 ? 8 : 4;
    const r = new ByteReader(this.sections.strOffsets, unit.strOffsetsBase + index * size);
    return cstringAt(this.sections.str, size === 8 ? r.u64() : r.u32());
  }

  indexedAddress(unit: Unit, index: number): number {
    return new ByteReader(this.sections.addr, unit.addrBase + index * unit.addressSize).u64() + this.bias;
  }

  /** Address ranges of an entry: DW_AT_ranges, or low_pc with high_pc. */
  ranges(die: Die): [number, number][] {
    const list = die.attributes.get(At.ranges);
    if (typeof list === 'number') return die.unit.version >= 5 ? this.rnglist(die.unit, list, die.attributes.form(At.ranges) === Form.rnglistx) : this.oldRanges(die.unit, list);
    const low = numberOf(die.attributes.get(At.lowPc)), high = numberOf(die.attributes.get(At.highPc));
    if (low === undefined || high === undefined) return [];
    const form = die.attributes.form(At.highPc)!;
    const isAddress = form === Form.addr || form === Form.addrx || (form >= Form.addrx1 && form <= Form.addrx4);
    return [[low, isAddress ? high : low + high]];
  }

  private oldRanges(unit: Unit, offset: number): [number, number][] {
    const out: [number, number][] = [];
    const r = new ByteReader(this.sections.ranges, offset);
    let base = unit.lowPc;
    while (!r.atEnd) {
      // All ones are -1.
      const low = r.offset64(), high = r.offset64();
      if (low === 0 && high === 0) break;
      if (low === -1) base = high + this.bias;
      else out.push([base + low, base + high]);
    }
    return out;
  }

  private rnglist(unit: Unit, value: number, indexed: boolean): [number, number][] {
    const out: [number, number][] = [];
    const size = unit.dwarf64 ? 8 : 4;
    const at = indexed ? unit.rnglistsBase + new ByteReader(this.sections.rnglists, unit.rnglistsBase + value * size).u32() : value;
    const r = new ByteReader(this.sections.rnglists, at);
    let base = unit.lowPc;
    while (!r.atEnd) {
      switch (r.u8()) {
        case 0: return out;
        case 1: base = this.indexedAddress(unit, r.uleb()); break;
        case 2: out.push([this.indexedAddress(unit, r.uleb()), this.indexedAddress(unit, r.uleb())]); break;
        case 3: { const start = this.indexedAddress(unit, r.uleb()); out.push([start, start + r.uleb()]); break; }
        case 4: out.push([base + r.ulebOffset(), base + r.ulebOffset()]); break;
        case 5: base = r.u64() + this.bias; break;
        case 6: out.push([r.u64() + this.bias, r.u64() + this.bias]); break;
        case 7: { const start = r.u64() + this.bias; out.push([start, start + r.uleb()]); break; }
        default: return out;
      }
    }
    return out;
  }
}

export const TYPE_TAGS: ReadonlySet<number> = new Set([Tag.arrayType, Tag.baseType, Tag.structType, Tag.pointerType, Tag.subroutineType, Tag.typedef, Tag.unspecifiedType, Tag.constType]);
