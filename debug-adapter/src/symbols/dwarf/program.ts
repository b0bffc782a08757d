// The DWARF view of a whole program: which unit covers a pc, subprograms, inlined calls, variables, types and constants by name.
// Must stay true: units are scanned one at a time and only when a question needs them; each at most once.
import { sortAsGo } from '../go-sort';
import { ByteReader } from '../byte-reader';
import type { FrameContext, GoType, Memory, VariableInfo } from '../types';
import { At, Tag } from './constants';
import { TypeReader } from './go-types';
import { numberOf, stringOf } from './forms';
import { DebugInfo } from './info';
import type { Die, DwarfSections, Unit } from './info';
import { END_SEQUENCE, readLineFiles, readLineTable, readSequence } from './lines';
import type { LineTable, PlainRow } from './lines';
import { locationText } from './location-text';
import { FileNames } from './file-names';
import { InlinedSites } from './inlined-sites';
import { Needle } from './needle';
import type { Find } from './needle';
import { NameIndex } from './name-index';
import { FrameVariables } from './frame-variables';
import type { DwarfHost } from './frame-variables';

export interface Subprogram { low: number; high: number; name: string; die: number; declFile: number; declLine: number; trampoline: boolean; unit: Unit; /** It is the out-of-line copy of a function that its own package inlines. */ inlinable: boolean }
export interface InlinedNode { offset: number; depth: number; ranges: [number, number][]; origin: number; callFile: number; callLine: number }
interface UnitRange { low: number; high: number; unit: Unit }
interface Global { name: string; address: number; type: GoType; location(): string }

/** Each takes a search through the line tables. */
const FEW = 32;

export class DwarfProgram {
  readonly info: DebugInfo;
  readonly types: TypeReader;
  private readonly lineTables = new Map<number, LineTable>();
  private readonly fileTables = new Map<number, string[]>();
  private readonly sequences = new Map<number, { low: number; high: number; first: number; last: number }[]>();
  private readonly names: NameIndex;
  private readonly variables: FrameVariables;
  private readonly runtimeTypes = new Map<number, number>();
  private readonly subprograms = new Map<number, { low: number; die: number }[]>();
  private ranges: UnitRange[] | undefined;
  private sites: InlinedSites | undefined;
  private readonly origins = new Map<number, { name: string; file: number; line: number; unit: Unit }>();

  constructor(sections: DwarfSections, readonly bias: number, find?: Find, private readonly host?: DwarfHost) {
    this.info = new DebugInfo(sections, bias, find);
    this.fileNames = new FileNames(this.info);
    this.types = new TypeReader(this.info);
    this.names = new NameIndex(this.info);
    this.variables = new FrameVariables(this.info, this.types, host);
  }

  /** Unit that contains a pc: of the package whose name the code has, if it is there, which spares reading what all the others cover. */
  unitFor(pc: number): Unit | undefined {
    if (this.ranges) return at(this.ranges, pc);
    const likely = at(this.likely, pc);
    if (likely) return likely;
    const name = this.host?.packageAt?.(pc);
    if (name !== undefined && !this.looked.has(name)) {
      this.looked.add(name);
      for (const unit of this.info.units) if (unit.name === name) this.cover(unit, this.likely);
      this.likely.sort((x, y) => x.low - y.low);
      const found = at(this.likely, pc);
      if (found) return found;
    }
    const all = this.ranges = [] as UnitRange[];
    for (const unit of this.info.units) this.cover(unit, all);
    all.sort((x, y) => x.low - y.low);
    return at(all, pc);
  }
  private readonly looked = new Set<string>();
  private readonly likely: UnitRange[] = [];
  private cover(unit: Unit, into: UnitRange[]): void {
    for (const [low, high] of unit.entry ? this.info.ranges(unit.entry) : []) if (high > low) into.push({ low, high, unit });
  }

  lines(unit: Unit): LineTable {
    let table = this.lineTables.get(unit.index);
    if (!table) this.lineTables.set(unit.index, (table = readLineTable(this.info, unit)));
    return table;
  }

  /** Units that name a file by that path, with its numbers there. */
  unitsWith(file: string): { unit: Unit; numbers: number[] }[] {
    return this.unitsNaming(file).flatMap((unit) => {
      const numbers: number[] = [];
      this.files(unit).forEach((each, i) => { if (each === file) numbers.push(i); });
      return numbers.length > 0 ? [{ unit, numbers }] : [];
    });
  }

  /** Paths that end in the same name as this one. */
  filesLike(path: string): Set<string> {
    const end = `/${path.slice(path.lastIndexOf('/') + 1)}`;
    return new Set(this.unitsNaming(path).flatMap((unit) => this.files(unit).filter((file) => file === end.slice(1) || file.endsWith(end))));
  }
  private readonly fileNames: FileNames;
  private unitsNaming(path: string): readonly Unit[] { return this.fileNames.unitsNaming(path.slice(path.lastIndexOf('/') + 1)); }

  files(unit: Unit): string[] {
    let files = this.fileTables.get(unit.index);
    if (!files) this.fileTables.set(unit.index, (files = readLineFiles(this.info, unit)));
    return files;
  }

  /** Rows of a function that has a sequence of its own, without the units' entries: as long as nobody has read them, for a few functions; of a large program they take longer than all else. */
  rowsFrom(entry: number): readonly PlainRow[] | undefined {
    if (!this.alone.has(entry)) {
      if (this.info.unitsAreRead || this.alone.size >= FEW) return undefined;
      this.alone.set(entry, readSequence(this.info, entry));
    }
    return this.alone.get(entry);
  }
  private readonly alone = new Map<number, readonly PlainRow[] | undefined>();

  /** Rows [first, last) of the sequence that covers pc; the row at `last - 1` ends it. */
  sequence(unit: Unit, pc: number): { table: LineTable; first: number; last: number } | undefined {
    const table = this.lines(unit);
    let list = this.sequences.get(unit.index);
    if (!list) {
      list = [];
      for (let i = 0, first = 0; i < table.count; i++) {
        if (!(table.flags[i]! & END_SEQUENCE)) continue;
        if (i > first) list.push({ low: table.address[first]!, high: table.address[i]!, first, last: i + 1 });
        first = i + 1;
      }
      list.sort((a, b) => a.low - b.low);
      this.sequences.set(unit.index, list);
    }
    const s = list[lastNotAbove(list, pc, (x) => x.low)];
    return s && pc < s.high ? { table, first: s.first, last: s.last } : undefined;
  }

  /** Where a unit's functions are described, by their first address: of thousands one is wanted, so no more is read of the others. */
  private unitSubprograms(unit: Unit): { low: number; die: number }[] {
    let list = this.subprograms.get(unit.index);
    if (list) return list;
    this.subprograms.set(unit.index, list = []);
    for (const die of this.info.topLevelPlaces(unit, Tag.subprogram)) {
      const low = numberOf(this.info.attributeAt(die, At.lowPc)) ?? this.lowestOf(unit, die);
      if (low !== undefined) list.push({ low, die });
    }
    return list.sort((x, y) => x.low - y.low);
  }

  /** Of a function in several parts, as C compilers make them, the first; undefined where there is no code. */
  private lowestOf(unit: Unit, offset: number): number | undefined {
    const die = this.info.attributeAt(offset, At.ranges) === undefined ? undefined : this.info.die(unit, offset);
    return die && this.info.ranges(die)[0]?.[0];
  }

  subprogramAt(pc: number): Subprogram | undefined {
    const unit = this.unitFor(pc);
    if (!unit) return undefined;
    const list = this.unitSubprograms(unit), at = list[lastNotAbove(list, pc, (x) => x.low)];
    if (!at) return undefined;
    let found = this.subprogram.get(at.die);
    if (!found && (found = this.readSubprogram(unit, at.die))) this.subprogram.set(at.die, found);
    return found && pc < found.high ? found : undefined;
  }
  private readonly subprogram = new Map<number, Subprogram>();
  private readSubprogram(unit: Unit, offset: number): Subprogram | undefined {
    const die = this.info.die(unit, offset), range = die && this.info.ranges(die)[0];
    if (!range) return undefined;
    const origin = numberOf(die.attributes.get(At.abstractOrigin)), from = origin === undefined ? undefined : this.origin(origin);
    return {
      low: range[0], high: range[1], name: stringOf(die.attributes.get(At.name)) ?? from?.name ?? '', die: offset, unit,
      declFile: numberOf(die.attributes.get(At.declFile)) ?? from?.file ?? 0, declLine: numberOf(die.attributes.get(At.declLine)) ?? from?.line ?? 0,
      trampoline: Boolean(die.attributes.get(At.trampoline)), inlinable: origin !== undefined,
    };
  }

  /** Name and declaration of an abstract subprogram. */
  origin(offset: number): { name: string; file: number; line: number; unit: Unit } | undefined {
    let o = this.origins.get(offset);
    if (!o) {
      const die = this.info.dieAt(offset);
      if (!die) return undefined;
      o = { name: stringOf(die.attributes.get(At.name)) ?? '', file: numberOf(die.attributes.get(At.declFile)) ?? 0, line: numberOf(die.attributes.get(At.declLine)) ?? 0, unit: die.unit };
      this.origins.set(offset, o);
    }
    return o;
  }

  /** Inlined calls inside a subprogram, deepest first (as Delve orders them). */
  inlinedCalls(subprogram: Subprogram): InlinedNode[] {
    const out: InlinedNode[] = [];
    const visit = (die: Die, depth: number): void => {
      for (const child of this.info.children(die)) {
        if (child.tag === Tag.inlinedSubroutine) {
          out.push({
            offset: child.offset, depth: depth + 1, ranges: this.info.ranges(child), origin: numberOf(child.attributes.get(At.abstractOrigin)) ?? 0,
            callFile: numberOf(child.attributes.get(At.callFile)) ?? 0, callLine: numberOf(child.attributes.get(At.callLine)) ?? 0,
          });
        }
        if (child.hasChildren) visit(child, depth + 1);
      }
    };
    const die = this.info.die(subprogram.unit, subprogram.die);
    if (die) visit(die, 0);
    return out.map((n, i) => ({ n, i })).sort((a, b) => b.n.depth - a.n.depth || a.i - b.i).map((x) => x.n);
  }

  /** Every inlined call of the program and every function that was inlined (found once). */
  inlined(): InlinedSites { return this.sites ??= new InlinedSites(this.info, (unit) => this.files(unit)); }

  /** Does a function with a body have inlined copies? A package that does not inline its own function says nothing of it: one that does has another entry of that name. */
  hasCopies(fn: Subprogram): boolean {
    if (fn.inlinable) return true;
    // Nothing imports package main.
    if (fn.name.startsWith('main.')) return false;
    const { info } = this.info.sections, needle = new Needle(fn.name, this.info.find), first = needle.in(info, 0);
    return first >= 0 && needle.in(info, first + 1) >= 0;
  }

  /** Functions that exist as inlined copies, by name. */
  abstractFunctions(): ReadonlyMap<string, number[]> { return this.inlined().functionsByName(); }

  typeNamed(name: string): GoType | undefined {
    const die = this.names.find('type', name, 'runtime');
    return die && this.types.at(die.offset);
  }

  typeNames(): string[] {
    const names = new Set<string>();
    for (const die of this.names.all('type', undefined)) names.add(stringOf(die.attributes.get(At.name)) ?? '');
    return [...names];
  }

  /** `value` as DW_AT_go_runtime_type has it (offset of runtime._type, slid by the bias because of its form). */
  typeWithRuntimeType(value: number): GoType | undefined {
    let offset = this.runtimeTypes.get(value);
    if (offset === undefined) {
      offset = value > 0 ? this.names.typeOf(value + this.bias) ?? -1 : -1;
      this.runtimeTypes.set(value, offset);
    }
    return offset < 0 ? undefined : this.types.at(offset);
  }

  global(name: string): Global | undefined {
    const die = this.names.find('variable', name, packageOf(name));
    return die && this.variable(die);
  }

  /** In the order of the debug information, whatever was looked up before. */
  allGlobals(packageName: string | undefined): Global[] {
    const out: Global[] = [];
    for (const die of this.names.all('variable', packageName)) {
      const v = this.variable(die);
      if (v && (packageName === undefined || packageOf(v.name) === packageName)) out.push(v);
    }
    return out;
  }

  private variable(die: Die): Global | undefined {
    const name = stringOf(die.attributes.get(At.name)), location = die.attributes.get(At.location), type = this.types.at(numberOf(die.attributes.get(At.type)) ?? -1);
    if (name === undefined || !(location instanceof Uint8Array) || !type) return undefined;
    const code = new ByteReader(location);
    const op = code.u8();
    const address = op === 0x03 && location.length === 9 ? code.u64() + this.bias : op === 0xa1 ? this.info.indexedAddress(die.unit, code.uleb()) : this.bias;
    return address === this.bias ? undefined : { name, address, type, location: () => `[block] ${locationText(location)}` };
  }

  constant(name: string): { value: bigint; type: GoType | undefined } | undefined {
    const attributes = this.names.find('constant', name, packageOf(name))?.attributes, value = attributes?.get(At.constValue);
    return typeof value === 'number' || typeof value === 'bigint' ? { value: BigInt(value), type: this.types.at(numberOf(attributes!.get(At.type)) ?? -1) } : undefined;
  }

  /** Constants of a named type, from the type's own package, by value. */
  constantsOfType(type: GoType): { name: string; value: bigint }[] {
    const known = this.typeConstants.get(type);
    if (known) return known;
    const packageName = packageOf(type.name);
    const out: { name: string; value: bigint }[] = [];
    for (const offset of this.constantsBy(packageName, type)) {
      const attributes = this.info.dieAt(offset)?.attributes, name = stringOf(attributes?.get(At.name)) ?? '', value = attributes?.get(At.constValue);
      if ((typeof value !== 'number' && typeof value !== 'bigint') || !name.startsWith(`${packageName}.`)) continue;
      out.push({ name, value: BigInt(value) });
    }
    // Of several with one value Delve names the one that its sorting brings first.
    const sorted = sortAsGo(out, (a, b) => (a.value < b.value ? -1 : a.value > b.value ? 1 : 0));
    this.typeConstants.set(type, sorted);
    return sorted;
  }
  /** Where a package's constants of a type are, in their order: packages have thousands, most of which no value is ever named by, and of those only the type is read. */
  private constantsBy(packageName: string, type: GoType): number[] {
    let places = this.constantPlaces.get(packageName);
    if (!places) {
      this.constantPlaces.set(packageName, places = new Map());
      for (const offset of this.names.places('constant', packageName)) {
        const of = numberOf(this.info.attributeAt(offset, At.type)) ?? -1, there = places.get(of);
        if (there) there.push(offset); else places.set(of, [offset]);
      }
    }
    // A type may be described in several units.
    return [...places].filter(([of]) => this.types.at(of) === type).flatMap(([, offsets]) => offsets).sort((a, b) => a - b);
  }
  private readonly constantPlaces = new Map<string, Map<number, number[]>>();
  private readonly typeConstants = new WeakMap<GoType, { name: string; value: bigint }[]>();

  /** Variables that the closure at pc captured, with their offsets in the closure object (Go ≥ 1.23). */
  closureFields(pc: number): { name: string; offset: number; type: GoType }[] {
    const subprogram = this.subprogramAt(pc);
    const root = subprogram && this.info.die(subprogram.unit, subprogram.die);
    if (!root) return [];
    const out: { name: string; offset: number; type: GoType }[] = [];
    for (const child of this.info.children(root)) {
      const offset = numberOf(child.attributes.get(At.goClosureOffset));
      const type = this.types.at(numberOf(child.attributes.get(At.type)) ?? -1);
      if (offset !== undefined && type) out.push({ name: stringOf(child.attributes.get(At.name)) ?? '', offset, type });
    }
    return out;
  }

  /** Variables in scope at the frame's pc. */
  locals(frame: FrameContext, memory: Memory): VariableInfo[] {
    const subprogram = this.subprogramAt(frame.pc);
    if (!subprogram) return [];
    const root = this.info.die(subprogram.unit, subprogram.die);
    if (!root) return [];
    // innermost inlined call decides whose variables are shown; depth decides who hides whom
    const found: { die: Die; depth: number }[] = [];
    let scope: { die: Die; depth: number }[] = found;
    const visit = (die: Die, depth: number): void => {
      for (const child of this.info.children(die)) {
        if (child.tag === Tag.variable || child.tag === Tag.formalParameter) scope.push({ die: child, depth });
        else if (child.tag === Tag.lexicalBlock || child.tag === Tag.inlinedSubroutine) {
          if (!this.rangesOf(child).some(([low, high]) => frame.pc >= low && frame.pc < high)) continue;
          if (child.tag === Tag.inlinedSubroutine) scope = [];
          visit(child, depth + 1);
          if (child.tag === Tag.inlinedSubroutine) return;
        }
      }
    };
    visit(root, 0);
    return this.variables.describe(scope, frame, memory);
  }

  /** Variables of each inlined level at pc, outermost (the physical function) first. */
  localsByLevel(frame: FrameContext, memory: Memory): VariableInfo[][] {
    const subprogram = this.subprogramAt(frame.pc);
    const root = subprogram && this.info.die(subprogram.unit, subprogram.die);
    if (!root) return [];
    const levels: { die: Die; depth: number }[][] = [[]];
    const visit = (die: Die, depth: number, level: number): void => {
      for (const child of this.info.children(die)) {
        if (child.tag === Tag.variable || child.tag === Tag.formalParameter) levels[level]!.push({ die: child, depth });
        else if ((child.tag === Tag.lexicalBlock || child.tag === Tag.inlinedSubroutine) && this.rangesOf(child).some(([low, high]) => frame.pc >= low && frame.pc < high)) {
          if (child.tag === Tag.inlinedSubroutine) (levels[level + 1] ??= []);
          visit(child, depth + 1, child.tag === Tag.inlinedSubroutine ? level + 1 : level);
        }
      }
    };
    visit(root, 0, 0);
    return levels.map((l) => this.variables.describe(l, frame, memory));
  }

  private readonly knownRanges = new WeakMap<Die, [number, number][]>();
  private rangesOf(die: Die): [number, number][] {
    let found = this.knownRanges.get(die);
    if (!found) this.knownRanges.set(die, found = this.info.ranges(die));
    return found;
  }
}

export function packageOf(name: string): string {
  const slash = name.lastIndexOf('/');
  const dot = name.indexOf('.', slash + 1);
  return dot < 0 ? '' : decodeURIComponent(name.slice(0, dot).replace(/%(?![0-9a-f]{2})/gi, '%25'));
}

const at = (ranges: readonly UnitRange[], pc: number): Unit | undefined => { const r = ranges[lastNotAbove(ranges, pc, (x) => x.low)]; return r && pc < r.high ? r.unit : undefined; };

/** Index of the last element whose key is ≤ value in a sorted list, or -1. */
export function lastNotAbove<T>(list: readonly T[], value: number, key: (x: T) => number): number {
  let low = 0, high = list.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if (key(list[mid]!) <= value) low = mid + 1;
    else high = mid;
  }
  return low - 1;
}
