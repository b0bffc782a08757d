// The macros that are known at a place: those defined one by one, and whole headers that are only looked into.
// Must stay true: of two definitions the first one stays; an undefined name is unknown even if a header has it.

import type { PlainHeader } from './plain-header';
import type { Macro } from './source';

export class MacroScope {
  /** null: undefined again. */
  private readonly own = new Map<string, Macro | null>();
  private readonly headers: PlainHeader[] = [];

  get(name: string): Macro | undefined {
    const own = this.own.get(name);
    if (own !== undefined) return own ?? undefined;
    for (const header of this.headers) if (header.has(name)) return header.get(name);
    return undefined;
  }

  set(macro: Macro): void { this.own.set(macro.name, macro); }

  delete(name: string): void { this.own.set(name, null); }

  /** Adds a header's macros; gives back those that were known already, in the header's order. */
  include(header: PlainHeader): Macro[] {
    const again = new Set<string>();
    for (const [name, macro] of this.own) {
      if (!header.has(name)) continue;
      if (macro) again.add(name);
      else this.own.set(name, header.get(name) as Macro);
    }
    for (const other of this.headers) {
      const [few, many] = other.size < header.size ? [other, header] : [header, other];
      for (const name of few.names()) if (many.has(name) && this.own.get(name) === undefined) again.add(name);
    }
    this.headers.push(header);
    return [...again].map((name) => header.get(name) as Macro).sort((a, b) => (a.definition?.start ?? 0) - (b.definition?.start ?? 0));
  }
}
