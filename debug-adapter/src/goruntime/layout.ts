// Where a runtime field is in this very binary: offset, size, type, from its DWARF types (or, for -w binaries, from the table kept per version).
// Must stay true: an unknown field answers undefined and its readers leave the value out.
import type { Binary, GoType } from '../symbols/types';
import { FALLBACK_LAYOUTS } from './fallback-layouts';

export interface FieldPlace { offset: number; size: number }

export class Layouts {
  private readonly known = new Map<string, FieldPlace | undefined>();
  private readonly sizes = new Map<string, number>();
  /** True when the places come from the per-version table instead of DWARF. */
  readonly fromTable: boolean;
  private readonly table: Record<string, readonly [number, number]> | undefined;

  constructor(private readonly binary: Binary) {
    this.fromTable = !binary.hasDwarf;
    if (this.fromTable) {
      const minors = Object.keys(FALLBACK_LAYOUTS).map(Number).sort((a, b) => a - b);
      const want = binary.goVersionNumber[1] || minors[minors.length - 1];
      // a version between two known ones is nearest to the older
      const minor = [...minors].reverse().find((m) => m <= (want ?? 0)) ?? minors[0];
      this.table = minor === undefined ? undefined : FALLBACK_LAYOUTS[minor];
    }
  }

  field(type: string, path: string): FieldPlace | undefined {
    const key = `${type} ${path}`;
    if (this.known.has(key)) return this.known.get(key);
    const place = this.find(type, path);
    this.known.set(key, place);
    return place;
  }

  private find(type: string, path: string): FieldPlace | undefined {
    if (this.table) {
      const row = this.table[`${type} ${path}`];
      return row && { offset: row[0], size: row[1] };
    }
    let at: GoType | undefined = this.binary.typeNamed(type);
    let offset = 0;
    for (const name of path.split('.')) {
      const f = at?.field(name);
      if (!f) return undefined;
      offset += f.offset;
      at = f.type;
    }
    return at && { offset, size: at.size };
  }

  size(type: string): number {
    let size = this.sizes.get(type);
    if (size === undefined) {
      size = this.table ? this.table[type]?.[1] ?? 0 : this.binary.typeNamed(type)?.size ?? 0;
      this.sizes.set(type, size);
    }
    return size;
  }
}
