// Types, package variables and constants of a program by name: a hash and an offset per entry in growing arrays, so that even programs with
// hundreds of thousands of types are indexed without making a string for each.
// Must stay true: units are scanned one at a time, those likely to hold the answer first, each at most once; the first entry of a name wins.
import { ByteReader } from '../byte-reader';
import { At, Form, Tag } from './constants';
import { numberOf, stringOf } from './forms';
import { TYPE_TAGS } from './info';
import type { DebugInfo, Die, Unit } from './info';

/** Entries of one kind (types, variables, constants). */
class Entries {
  count = 0;
  hashes = new Uint32Array(256);
  offsets = new Float64Array(256);
  /** Types: DW_AT_go_runtime_type. */
  extra = new Float64Array(256);

  add(hash: number, offset: number, extra: number): void {
    if (this.count === this.hashes.length) {
      const grow = <T extends Uint32Array | Float64Array>(old: T, made: T): T => { made.set(old); return made; };
      this.hashes = grow(this.hashes, new Uint32Array(this.count * 2));
      this.offsets = grow(this.offsets, new Float64Array(this.count * 2));
      this.extra = grow(this.extra, new Float64Array(this.count * 2));
    }
    this.hashes[this.count] = hash;
    this.offsets[this.count] = offset;
    this.extra[this.count++] = extra;
  }
}

export type NamedKind = 'type' | 'variable' | 'constant';

export class NameIndex {
  private readonly scanned = new Set<number>();
  private readonly entries: Record<NamedKind, Entries> = { type: new Entries(), variable: new Entries(), constant: new Entries() };
  private readonly answers = new Map<string, Die | undefined>();
  private readonly encoder = new TextEncoder();

  constructor(private readonly info: DebugInfo) {}

  /** The first entry of that kind and name; `packageName` says whose unit to scan first. */
  find(kind: NamedKind, name: string, packageName: string): Die | undefined {
    const key = `${kind} ${name}`;
    if (this.answers.has(key)) return this.answers.get(key);
    const bytes = this.encoder.encode(name);
    const hash = hashOf(bytes, 0, bytes.length);
    const e = this.entries[kind];
    let from = 0, found: Die | undefined;
    const look = (): boolean => {
      for (; from < e.count && !found; from++) {
        if (e.hashes[from] !== hash) continue;
        const die = this.info.dieAt(e.offsets[from]!);
        if (die && stringOf(die.attributes.get(At.name)) === name) found = die;
      }
      return found !== undefined;
    };
    // variables and constants stand in their own package's units, types anywhere
    if (kind !== 'type' && this.info.units.some((u) => u.name === packageName)) {
      for (const unit of this.info.units) if (unit.name === packageName) this.scanUnit(unit);
      look();
    } else this.scan(packageName, look);
    this.answers.set(key, found);
    return found;
  }

  /** The type whose DW_AT_go_runtime_type is `value`. */
  typeOf(value: number): number | undefined {
    const e = this.entries.type;
    let from = 0, found: number | undefined;
    this.scan('runtime', () => {
      for (; from < e.count && found === undefined; from++) if (e.extra[from] === value) found = e.offsets[from];
      return found !== undefined;
    });
    return found;
  }

  /** Where all entries of a kind are, in the order of the debug information; those of one package's units where one is named. */
  places(kind: NamedKind, packageName: string | undefined): number[] {
    for (const unit of this.info.units) if (packageName === undefined || unit.name === packageName) this.scanUnit(unit);
    const e = this.entries[kind], all = [...e.offsets.slice(0, e.count).sort()];
    return packageName === undefined ? all : all.filter((offset) => this.info.unitAt(offset)?.name === packageName);
  }

  /** The same, read. */
  *all(kind: NamedKind, packageName: string | undefined): Iterable<Die> {
    for (const offset of this.places(kind, packageName)) {
      const die = this.info.dieAt(offset);
      if (die) yield die;
    }
  }

  private scan(packageName: string, done: () => boolean): void {
    if (done()) return;
    const rest: Unit[] = [];
    for (const unit of this.info.units) {
      if (this.scanned.has(unit.index)) continue;
      if (unit.name === packageName) {
        this.scanUnit(unit);
        if (done()) return;
      } else rest.push(unit);
    }
    // the linker gathers the types in one of the runtime's units
    rest.sort((a, b) => Number(b.name === 'runtime') - Number(a.name === 'runtime'));
    for (const unit of rest) {
      this.scanUnit(unit);
      if (done()) return;
    }
  }

  private scanUnit(unit: Unit): void {
    if (this.scanned.has(unit.index)) return;
    this.scanned.add(unit.index);
    const { info } = this;
    const root = unit.entry;
    if (!root?.hasChildren) return;
    const data = info.sections.info;
    const r = new ByteReader(data, root.next, unit.end);
    while (!r.atEnd) {
      const offset = r.pos;
      const code = r.uleb();
      if (code === 0) return;
      const abbrev = unit.abbrevs[code];
      if (!abbrev) return;
      const kind = abbrev.tag === Tag.variable ? 'variable' : abbrev.tag === Tag.constant ? 'constant' : TYPE_TAGS.has(abbrev.tag) ? 'type' : undefined;
      if (!kind) {
        const next = info.passing.attributes(unit, info.passing.lengths(unit, code)!, r.pos);
        if (next < 0) return;
        r.pos = next;
      } else {
        let hash = -1, extra = 0;
        for (const a of abbrev.attributes) {
          if (a.at === At.name && a.form === Form.string) {
            const start = r.pos;
            r.skipString();
            hash = hashOf(data, start, r.pos - 1);
          } else if (a.at === At.name) {
            const bytes = this.encoder.encode(stringOf(info.value(r, unit, a.form, a.implicit)) ?? '');
            hash = hashOf(bytes, 0, bytes.length);
          } else if (a.at === At.goRuntimeType) extra = numberOf(info.value(r, unit, a.form, a.implicit)) ?? 0;
          else info.skipForm(r, unit, a.form);
        }
        if (r.failed) return;
        if (hash >= 0) this.entries[kind].add(hash, offset, extra);
      }
      if (abbrev.children) {
        const next = info.afterChildren(unit, r.pos);
        if (next < 0) return;
        r.pos = next;
      }
    }
  }
}

/** FNV-1a. */
export function hashOf(data: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ data[i]!, 0x01000193);
  return hash >>> 0;
}
