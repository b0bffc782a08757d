// Where things are: places of addresses, and Delve's location specs with the sources of this machine.
// Must stay true: a path of this machine and the one in the binary name the same place.

import type { Binary, LocationResult } from '../symbols/types';
import type { Sources } from './sources';
import type { Frame, Location } from './types';

export class Places {
  constructor(private readonly binary: Binary, private readonly sources: Sources) {}

  /** The place of an address; `pc` is told where another address than its own is looked up. */
  at(lookup: number, pc = lookup): Location {
    const place = this.binary.lineAt(lookup);
    return { pc, file: place?.file ?? '', line: place?.line ?? 0, function: place?.function.name ?? '' };
  }

  /** `here` is what relative specs count from: a frame, or how to find the one that is stopped; `code` gives the place that an expression means, while that is possible. */
  find(spec: string, here: Frame | (() => Frame | undefined), code: (expression: string) => number | undefined): Location[] {
    const found = this.named(spec, here);
    const expression = /^\*(.*)$/s.exec(spec)?.[1];
    if (found.places.length === 0 && (expression !== undefined || found.unknown)) {
      // As Delve has it, an expression needs no star where nothing has that name.
      let address: number | undefined;
      try { address = code(expression ?? spec); } catch (error) { if (expression !== undefined) throw error; }
      if (address !== undefined) return [this.at(address)];
    }
    if (found.places.length === 0) throw new Error(found.error ?? `location ${JSON.stringify(spec)} not found`);
    return found.places.map(({ pc, file, line, function: fn }) => ({ pc, file, line, function: fn.name }));
  }

  /** The one line that a spec names, which need not have code; its pc is 0 then. */
  line(spec: string, here: Frame | (() => Frame | undefined), code: (expression: string) => number | undefined): Location {
    const { line } = this.named(spec, here);
    if (line) return { pc: 0, ...line, function: '' };
    const found = this.find(spec, here, code), functions = [...new Set(found.map((place) => place.function))];
    if (spec.startsWith('/') && functions.length > 1) throw new Error(`Location ${JSON.stringify(spec)} ambiguous: ${functions.join(', ')}…`);
    return found[0]!;
  }

  private named(spec: string, here: Frame | (() => Frame | undefined)): LocationResult {
    const frame = typeof here !== 'function' ? here : /^[+-]?\w*\d$/.test(spec) ? here() : undefined;
    return this.binary.findLocation(this.specInBinary(spec), frame && { file: frame.file, line: frame.line, pc: frame.pc });
  }

  /** A path of this machine in `file:line` becomes the one in the binary. */
  private specInBinary(spec: string): string {
    const match = /^(.*\.(?:go|s)):(\d+)$/.exec(spec);
    return match && /[/\\]/.test(match[1]!) ? `${this.sources.inBinary(match[1]!)}:${match[2]}` : spec;
  }
}
