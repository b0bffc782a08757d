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

  /** `here` is what relative specs count from: a frame, or how to find the one that is stopped; `value` evaluates `*EXPRESSION`, while that is possible. */
  find(spec: string, here: Frame | (() => Frame | undefined), value: (expression: string) => string | undefined): Location[] {
    const found = this.named(spec, here);
    if (found.places.length === 0 && spec.startsWith('*')) {
      const address = Number(/0x[0-9a-f]+|\d+/.exec(value(spec.slice(1)) ?? '')?.[0] ?? NaN);
      if (Number.isFinite(address)) return [this.at(address)];
    }
    if (found.places.length === 0) throw new Error(found.error ?? `location ${JSON.stringify(spec)} not found`);
    return found.places.map(({ pc, file, line, function: fn }) => ({ pc, file, line, function: fn.name }));
  }

  /** The one line that a spec names, which need not have code; its pc is 0 then. */
  line(spec: string, here: Frame | (() => Frame | undefined), value: (expression: string) => string | undefined): Location {
    const { line } = this.named(spec, here);
    if (line) return { pc: 0, ...line, function: '' };
    const found = this.find(spec, here, value), functions = [...new Set(found.map((place) => place.function))];
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
