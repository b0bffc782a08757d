// A unit of the debug information: what its header says, and, once somebody asks, what its own entry says.
// Must stay true: of a unit that nobody asks about no entry is read; bases are known before the attributes that need them are read.
import { ByteReader } from '../byte-reader';
import { At, Form } from './constants';
import { numberOf, stringOf } from './forms';
import type { Abbrev, DebugInfo, Die } from './info';

const BASES: ReadonlyMap<number, 'strOffsetsBase' | 'addrBase' | 'rnglistsBase' | 'loclistsBase'> = new Map([[At.strOffsetsBase, 'strOffsetsBase'], [At.addrBase, 'addrBase'], [At.rnglistsBase, 'rnglistsBase'], [At.loclistsBase, 'loclistsBase']]);

interface Own {
  /** Absent where it is damaged. */
  entry: Die | undefined;
  strOffsetsBase: number;
  addrBase: number;
  rnglistsBase: number;
  loclistsBase: number;
  name: string;
  compDir: string;
  lowPc: number;
  stmtList: number;
  producer: string;
  packageName: string;
}

export class Unit {
  private own: Own | undefined;
  private nameAlone: string | undefined;

  constructor(
    private readonly info: DebugInfo, readonly index: number, readonly offset: number, readonly end: number, readonly version: number, readonly dwarf64: boolean,
    readonly addressSize: number, readonly abbrevs: Abbrev[], readonly firstDie: number,
  ) {}

  get entry(): Die | undefined { return this.known.entry; }
  get strOffsetsBase(): number { return this.known.strOffsetsBase; }
  get addrBase(): number { return this.known.addrBase; }
  get rnglistsBase(): number { return this.known.rnglistsBase; }
  get loclistsBase(): number { return this.known.loclistsBase; }
  get compDir(): string { return this.known.compDir; }
  get lowPc(): number { return this.known.lowPc; }
  get stmtList(): number { return this.known.stmtList; }
  get producer(): string { return this.known.producer; }
  get packageName(): string { return this.known.packageName; }

  /** Compilers put it first: a package's units are found without reading the others' entries. */
  get name(): string { return this.own?.name ?? (this.nameAlone ??= this.firstString() ?? this.known.name); }

  private firstString(): string | undefined {
    const r = new ByteReader(this.info.sections.info, this.firstDie, this.end), first = this.abbrevs[r.uleb()]?.attributes[0];
    if (first?.at !== At.name || first.form !== Form.string) return undefined;
    const name = r.cstring();
    return r.failed ? undefined : name;
  }

  private get known(): Own {
    if (this.own) return this.own;
    const head = this.dwarf64 ? 16 : 8;
    const own = this.own = { entry: undefined, strOffsetsBase: head, addrBase: head, rnglistsBase: head + 4, loclistsBase: head + 4, name: '', compDir: '', lowPc: 0, stmtList: -1, producer: '', packageName: '' } as Own;
    this.readBases(own);
    const die = own.entry = this.info.die(this, this.firstDie);
    if (!die) return own;
    const string = (at: number): string => stringOf(die.attributes.get(at)) ?? '';
    own.name = string(At.name);
    own.compDir = string(At.compDir);
    own.producer = string(At.producer);
    own.packageName = string(At.goPackageName);
    own.lowPc = numberOf(die.attributes.get(At.lowPc)) ?? 0;
    own.stmtList = numberOf(die.attributes.get(At.stmtList)) ?? -1;
    return own;
  }

  /** The bases stand in the same entry as the attributes that need them, so they are looked for first. */
  private readBases(own: Own): void {
    const { info } = this, r = new ByteReader(info.sections.info, this.firstDie, this.end), found: Partial<Own> = {};
    for (const { at, form, implicit } of this.abbrevs[r.uleb()]?.attributes ?? []) {
      const base = BASES.get(at);
      if (!base) { info.skipForm(r, this, form); continue; }
      const value = numberOf(info.value(r, this, form, implicit));
      if (value !== undefined) found[base] = value;
    }
    if (!r.failed) Object.assign(own, found);
  }
}
