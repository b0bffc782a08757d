// Where a runtime field is in this very binary: offset, size, type, from its DWARF types (or, for -w binaries, from the table kept per version).
// Must stay true: an unknown field answers undefined and its readers leave the value out.
import type { Binary, GoType } from '../symbols/types';
import { MEASURED, fallbackPlace } from './fallback-layouts';

export interface FieldPlace { offset: number; size: number }

/** One struct type: its size and the places of its fields, remembered by path. */
export class TypeLayout {
  private readonly known = new Map<string, FieldPlace | undefined>();

  constructor(readonly size: number, private readonly find: (path: string) => FieldPlace | undefined) {}

  field(path: string): FieldPlace | undefined {
    let place = this.known.get(path);
    if (place === undefined && !this.known.has(path)) this.known.set(path, (place = this.find(path)));
    return place;
  }
}

export class Layouts {
  private readonly types = new Map<string, TypeLayout>();
  private readonly minor: number;
  private table: boolean | undefined;

  constructor(private readonly binary: Binary) {
    this.minor = binary.goVersionNumber[1] || MEASURED.newest;
  }

  /** True when the places come from the per-version table: no debug information, or none (readable) about the runtime. */
  get fromTable(): boolean {
    return (this.table ??= !this.binary.hasDwarf || !this.binary.typeNamed('runtime.g')?.size);
  }

  type(name: string): TypeLayout {
    let layout = this.types.get(name);
    if (!layout) {
      const size = this.fromTable ? fallbackPlace(name, this.minor)?.size ?? 0 : this.binary.typeNamed(name)?.size ?? 0;
      this.types.set(name, (layout = new TypeLayout(size, (path) => this.find(name, path))));
    }
    return layout;
  }

  field(type: string, path: string): FieldPlace | undefined {
    return this.type(type).field(path);
  }

  size(type: string): number {
    return this.type(type).size;
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
}
