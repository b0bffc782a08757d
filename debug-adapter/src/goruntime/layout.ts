// Where a runtime field is in this very binary: offset, size, type, from its DWARF types (or, for -w binaries, from the table kept per version).
// Must stay true: an unknown field answers undefined and its readers leave the value out.
import type { Binary, GoType } from '../symbols/types';
import { MEASURED, fallbackPlace } from './fallback-layouts';

export interface FieldPlace { offset: number; size: number }

export class Layouts {
  private readonly known = new Map<string, FieldPlace | undefined>();
  private readonly sizes = new Map<string, number>();
  /** True when the places come from the per-version table instead of DWARF. */
  readonly fromTable: boolean;
  private readonly minor: number;

  constructor(private readonly binary: Binary) {
    this.fromTable = !binary.hasDwarf;
    this.minor = binary.goVersionNumber[1] || MEASURED.newest;
  }

  field(type: string, path: string): FieldPlace | undefined {
    const key = `${type} ${path}`;
    if (this.known.has(key)) return this.known.get(key);
    const place = this.find(type, path);
    this.known.set(key, place);
    return place;
  }

  private find(type: string, path: string): FieldPlace | undefined {
    if (this.fromTable) return fallbackPlace(`${type} ${path}`, this.minor);
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
      size = this.fromTable ? fallbackPlace(type, this.minor)?.size ?? 0 : this.binary.typeNamed(type)?.size ?? 0;
      this.sizes.set(type, size);
    }
    return size;
  }
}
