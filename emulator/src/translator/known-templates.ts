// Which templates there are, by row and pattern: the library's, those that an earlier run kept, and those made since.
// Must stay true: the library's index is read when the first instruction is decoded, for a run whose records were kept decodes none.
import type { LibraryIndex } from './library';
import type { RowTraits } from './pattern';
import { FIRST_TEMPLATE } from './places';

/** As it lies beside the core module: how many templates, and their LibraryIndex in JSON. */
export interface Library { size: number; index: Uint8Array }

export const encodeLibrary = (index: LibraryIndex): Library => ({ size: index.patterns.length, index: new TextEncoder().encode(JSON.stringify(index)) });

/** Templates that are not in the library, from a slot on: their rows and patterns; [-1, 0] for one of a single place. And what is known of rows. */
interface More { first: number; templates: readonly (readonly [row: number, pattern: number])[]; traits: readonly (readonly [row: number, traits: RowTraits])[] }

export class KnownTemplates {
  private traits: Map<number, RowTraits> | undefined;
  /** By row, by pattern: the slot. */
  private readonly slots = new Map<number, Map<number, number>>();
  private more: More | undefined;

  constructor(private readonly library: Library) {}

  /** The first slot behind the library's. */
  get libraryEnd(): number { return FIRST_TEMPLATE + this.library.size; }

  /** Before anything else is asked. */
  adopt(more: More): void { this.more = more; }

  /** What the templates of a row cannot have as parameters, if there has been any. */
  traitsIfAny(row: number): RowTraits | undefined { return (this.traits ?? this.read()).get(row); }

  traitsOf(row: number): RowTraits {
    let traits = this.traitsIfAny(row);
    if (!traits) this.traits!.set(row, traits = { pinned: 0, immediates: false, alone: false });
    return traits;
  }

  traitsToKeep(rows: ReadonlySet<number>): [row: number, traits: RowTraits][] { return rows.size === 0 ? [] : [...this.traits ?? this.read()].filter(([row]) => rows.has(row)); }

  slot(row: number, pattern: number): number | undefined {
    if (!this.traits) this.read();
    return this.slots.get(row)?.get(pattern);
  }

  add(row: number, pattern: number, slot: number): void {
    let own = this.slots.get(row);
    if (!own) this.slots.set(row, own = new Map());
    own.set(pattern, slot);
  }

  private read(): Map<number, RowTraits> {
    const { traits, patterns } = JSON.parse(new TextDecoder().decode(this.library.index)) as LibraryIndex;
    this.traits = new Map(traits);
    patterns.forEach(([row, pattern], index) => this.add(row, pattern, FIRST_TEMPLATE + index));
    for (const [row, each] of this.more?.traits ?? []) this.traits.set(row, each);
    this.more?.templates.forEach(([row, pattern], index) => { if (row >= 0) this.add(row, pattern, this.more!.first + index); });
    return this.traits;
  }
}
