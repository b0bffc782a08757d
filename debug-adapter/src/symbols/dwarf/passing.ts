// Passing over entries of the debug information that nobody wants: what each kind of entry takes is worked out once, neighbours of known length as one.
// Must stay true: it ends where reading the attributes one by one would; damage is -1, never an endless walk.
import { ByteReader } from '../byte-reader';
import { BLOCK, LEB, OTHER, SHORT_BLOCK, TEXT, lengthOf } from './forms';
import type { Abbrev, DebugInfo, Unit } from './info';

/** By the code of an entry; lengths in bytes, or what `lengthOf` says of forms without one. */
type Lengths = (Int32Array | undefined)[];

export class Passing {
  private readonly known = new Map<Abbrev[], Map<number, Lengths>>();

  constructor(private readonly info: DebugInfo) {}

  /** Units that share their abbreviations may differ in what a form takes. */
  private lengthsOf(unit: Unit): Lengths {
    let sizes = this.known.get(unit.abbrevs);
    if (!sizes) this.known.set(unit.abbrevs, sizes = new Map());
    const key = unit.version * 32 + unit.addressSize * 2 + (unit.dwarf64 ? 1 : 0);
    let lengths = sizes.get(key);
    if (!lengths) sizes.set(key, lengths = []);
    return lengths;
  }

  private make(unit: Unit, { attributes }: Abbrev): Int32Array {
    const made: number[] = [];
    for (const { form } of attributes) {
      const length = lengthOf(unit, form);
      if (length >= 0 && (made.at(-1) ?? -1) >= 0) made.push(made.pop()! + length); else made.push(length);
    }
    return Int32Array.from(made);
  }

  /** Where the attributes end that begin at `at`; -1 for damage. */
  attributes(unit: Unit, lengths: Int32Array, at: number): number {
    const data = this.info.sections.info;
    for (let i = 0; i < lengths.length; i++) {
      const length = lengths[i]!;
      if (length >= 0) at += length;
      else if (length === LEB) { while (data[at++]! >= 0x80) { /* on */ } }
      else if (length === TEXT) { while (data[at++]) { /* on */ } }
      else if (length === SHORT_BLOCK) at += 1 + data[at]!;
      else {
        const r = new ByteReader(data, at, unit.end);
        if (length === BLOCK) r.skip(r.uleb()); else this.info.value(r, unit, OTHER - length, 0);
        if (r.failed) return -1;
        at = r.pos;
      }
    }
    return at <= unit.end ? at : -1;
  }

  lengths(unit: Unit, code: number): Int32Array | undefined {
    const known = this.lengthsOf(unit), abbrev = unit.abbrevs[code];
    return known[code] ?? (abbrev && (known[code] = this.make(unit, abbrev)));
  }

  /** Over a list of siblings and all below, up to and including its null entry; -1 for damage. */
  children(unit: Unit, start: number): number {
    const data = this.info.sections.info, known = this.lengthsOf(unit), { abbrevs, end } = unit;
    for (let at = start, depth = 1; at < end;) {
      let code = data[at++]!;
      if (code >= 0x80) { code &= 0x7f; for (let factor = 0x80, byte = 0x80; byte >= 0x80 && at < end; factor *= 0x80) { byte = data[at++]!; code += (byte & 0x7f) * factor; } }
      if (code === 0) {
        if (--depth === 0) return at;
        continue;
      }
      const abbrev = abbrevs[code];
      if (!abbrev) return -1;
      at = this.attributes(unit, known[code] ??= this.make(unit, abbrev), at);
      if (at < 0) return -1;
      if (abbrev.children) depth++;
    }
    return -1;
  }
}
