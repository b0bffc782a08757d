// Where calls were inlined, and the functions that exist as inlined copies: the one walk through all of .debug_info, which makes a few
// numbers of each and no object, so that a program of 100 MB is walked in a fraction of a second.
// Must stay true: sites stand in the order of the debug information; damage ends a unit's walk, not the others'.
import { ByteReader } from '../byte-reader';
import { At, Form, Tag } from './constants';
import { numberOf, stringOf } from './forms';
import type { Abbrev, Attribute, DebugInfo, Unit } from './info';
import { hashOf } from './name-index';
import { List } from './number-list';

const encoder = new TextEncoder();

/** What is wanted of an entry. */
const NOTHING = 0, FUNCTION = 1, SITE = 2;

interface Plan { attributes: readonly Attribute[]; lengths: Int32Array; children: boolean; kind: number; /** It is an abstract function. */ abstract: boolean }

export interface InlinedSite { low: number; origin: number; file(): string; line: number }

export class InlinedSites {
  private readonly origins = new List();
  private readonly offsets = new List();
  private readonly lines = new List();
  private readonly functions = new List();
  private readonly hashes = new List();
  private byName: Map<string, number[]> | undefined;
  private readonly plans = new Map<Abbrev[], Map<string, (Plan | undefined)[]>>();

  constructor(private readonly info: DebugInfo, private readonly files: (unit: Unit) => string[]) {
    for (const unit of info.units) this.walk(unit);
  }

  /** Functions that exist as inlined copies (DW_AT_inline), by name. */
  functionsByName(): ReadonlyMap<string, number[]> {
    if (this.byName) return this.byName;
    const names = this.byName = new Map<string, number[]>();
    for (let i = 0; i < this.functions.count; i++) {
      const offset = this.functions.at(i), name = this.nameAt(offset), list = names.get(name);
      if (list) list.push(offset); else names.set(name, [offset]);
    }
    return names;
  }

  private nameAt(offset: number): string { return stringOf(this.info.attributeAt(offset, At.name)) ?? ''; }

  /** Those of one name, without making a text of every other one. */
  functionsNamed(name: string): number[] {
    const found: number[] = [], bytes = encoder.encode(name), hash = hashOf(bytes, 0, bytes.length);
    for (let i = 0; i < this.hashes.count; i++) if (this.hashes.at(i) === hash && this.nameAt(this.functions.at(i)) === name) found.push(this.functions.at(i));
    return found;
  }

  /** Sites of the functions at these offsets. */
  of(origins: ReadonlySet<number>): InlinedSite[] {
    const found: InlinedSite[] = [];
    if (origins.size > 0) for (let i = 0; i < this.origins.count; i++) if (origins.has(this.origins.at(i))) found.push(...this.site(i));
    return found;
  }
  /** Sites of calls in that line of some file. */
  inLine(line: number): InlinedSite[] {
    const found: InlinedSite[] = [];
    for (let i = 0; i < this.lines.count; i++) if (this.lines.at(i) === line) found.push(...this.site(i));
    return found;
  }

  private site(i: number): InlinedSite[] {
    const die = this.info.dieAt(this.offsets.at(i)), range = die && this.info.ranges(die)[0];
    if (!die || !range) return [];
    return [{ low: range[0], origin: this.origins.at(i), line: this.lines.at(i), file: () => this.files(die.unit)[numberOf(die.attributes.get(At.callFile)) ?? 0] ?? '' }];
  }

  private walk(unit: Unit): void {
    const { info } = this, data = info.sections.info, root = unit.entry, { end } = unit, plans = this.plansOf(unit);
    if (!root?.hasChildren) return;
    /** `live`: the lists up to that depth are of a function's body, or of what was inlined into it, and nothing else. */
    let at = root.next, depth = 1, live = 1;
    while (at < end) {
      const start = at;
      let code = data[at++]!;
      if (code >= 0x80) { code &= 0x7f; for (let factor = 0x80, byte = 0x80; byte >= 0x80 && at < end; factor *= 0x80) { byte = data[at++]!; code += (byte & 0x7f) * factor; } }
      if (code === 0) {
        if (--depth === 0) return;
        if (live > depth) live = depth;
        continue;
      }
      const plan = plans[code] ?? this.plan(unit, plans, code);
      if (!plan) return;
      const wanted = plan.kind === FUNCTION ? depth === 1 : plan.kind === SITE && depth > 1 && depth <= live;
      if (wanted && (plan.kind === SITE || plan.abstract)) {
        at = this.take(unit, plan, start, at);
      } else {
        at = info.passing.attributes(unit, plan.lengths, at);
      }
      if (at < 0) return;
      if (!plan.children) continue;
      depth++;
      if (wanted && !plan.abstract) live = depth;
    }
  }

  /** Keeps what is wanted of an entry; gives where the next one is, -1 for damage. */
  private take(unit: Unit, plan: Plan, start: number, at: number): number {
    const { info } = this, r = new ByteReader(info.sections.info, at, unit.end);
    if (plan.kind === FUNCTION) {
      let hash = 0;
      for (const { at: attribute, form, implicit } of plan.attributes) {
        if (attribute !== At.name) info.skipForm(r, unit, form);
        else if (form === Form.string) {
          const from = r.pos;
          r.skipString();
          hash = hashOf(r.data, from, r.pos - 1);
        } else {
          const name = encoder.encode(stringOf(info.value(r, unit, form, implicit)) ?? '');
          hash = hashOf(name, 0, name.length);
        }
      }
      if (r.failed) return -1;
      this.functions.add(start);
      this.hashes.add(hash);
      return r.pos;
    }
    let origin: number | undefined, line = 0;
    for (const { at: attribute, form, implicit } of plan.attributes) {
      if (attribute === At.abstractOrigin) origin = numberOf(info.value(r, unit, form, implicit));
      else if (attribute === At.callLine) line = numberOf(info.value(r, unit, form, implicit)) ?? 0;
      else info.skipForm(r, unit, form);
    }
    if (r.failed) return -1;
    if (origin !== undefined) {
      this.offsets.add(start);
      this.origins.add(origin);
      this.lines.add(line);
    }
    return r.pos;
  }

  private plansOf(unit: Unit): (Plan | undefined)[] {
    let sizes = this.plans.get(unit.abbrevs);
    if (!sizes) this.plans.set(unit.abbrevs, sizes = new Map());
    const key = `${unit.version} ${unit.dwarf64} ${unit.addressSize}`;
    let plans = sizes.get(key);
    if (!plans) sizes.set(key, plans = []);
    return plans;
  }

  private plan(unit: Unit, plans: (Plan | undefined)[], code: number): Plan | undefined {
    const abbrev = unit.abbrevs[code];
    if (!abbrev) return undefined;
    return plans[code] = {
      attributes: abbrev.attributes, lengths: this.info.passing.lengths(unit, code)!, children: abbrev.children, kind: abbrev.tag === Tag.subprogram ? FUNCTION : abbrev.tag === Tag.inlinedSubroutine ? SITE : NOTHING,
      abstract: abbrev.tag === Tag.subprogram && abbrev.attributes.some(({ at }) => at === At.inline),
    };
  }
}
