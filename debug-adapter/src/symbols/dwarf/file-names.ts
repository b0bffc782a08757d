// Which units' line tables name a file of a certain name: its bytes are looked for, so that no table is read that does not.
// Must stay true: every unit that names such a file is found; one may be found that has the bytes for another reason.
import type { DebugInfo, Unit } from './info';

const encoder = new TextEncoder();

/** Where bytes lie in data, from an offset on; -1 if nowhere. Skips by what cannot be the end of them (Horspool). */
function find(data: Uint8Array, bytes: Uint8Array, skips: Uint8Array, from: number): number {
  const last = bytes.length - 1, end = data.length;
  for (let at = from + last; at < end; at += skips[data[at]!]!) {
    let k = last;
    while (k >= 0 && data[at - last + k] === bytes[k]) k--;
    if (k < 0) return at - last;
  }
  return -1;
}

export class FileNames {
  private ordered: Unit[] | undefined;

  constructor(private readonly info: DebugInfo) {}

  /** `name` is the last element of a path. */
  unitsNaming(name: string): readonly Unit[] {
    let known = this.known.get(name);
    if (!known) this.known.set(name, known = this.search(name));
    return known;
  }
  private readonly known = new Map<string, readonly Unit[]>();

  private search(name: string): readonly Unit[] {
    const { info } = this, { line, lineStr } = info.sections;
    // Tables whose names lie elsewhere cannot be told apart so.
    if (lineStr.length > 0 || name === '') return info.units;
    this.ordered ??= info.units.filter((unit) => unit.stmtList >= 0).sort((a, b) => a.stmtList - b.stmtList);
    const { ordered } = this, bytes = encoder.encode(`${name}\0`), skips = new Uint8Array(256).fill(Math.min(255, bytes.length)), found: Unit[] = [];
    for (let i = 0; i < bytes.length - 1; i++) skips[bytes[i]!] = Math.min(255, bytes.length - 1 - i);
    let next = 0;
    for (let at = find(line, bytes, skips, 0); at >= 0;) {
      while (next < ordered.length && ordered[next]!.stmtList <= at) next++;
      const unit = ordered[next - 1];
      // Units may share a table.
      for (let i = next - 1; unit && i >= 0 && ordered[i]!.stmtList === unit.stmtList; i--) found.push(ordered[i]!);
      const beyond = ordered[next]?.stmtList;
      if (beyond === undefined) break;
      at = find(line, bytes, skips, beyond);
    }
    return found.sort((a, b) => a.index - b.index);
  }
}
