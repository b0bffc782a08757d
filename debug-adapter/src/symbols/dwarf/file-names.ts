// Which units' line tables name a file of a certain name: its bytes are looked for, so that no table is read that does not.
// Must stay true: every unit that names such a file is found; one may be found that has the bytes for another reason.
import type { DebugInfo, Unit } from './info';
import { Needle } from './needle';

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
    const { ordered } = this, needle = new Needle(name, info.find), found: Unit[] = [];
    let next = 0;
    for (let at = needle.in(line, 0); at >= 0;) {
      while (next < ordered.length && ordered[next]!.stmtList <= at) next++;
      const unit = ordered[next - 1];
      // Units may share a table.
      for (let i = next - 1; unit && i >= 0 && ordered[i]!.stmtList === unit.stmtList; i--) found.push(ordered[i]!);
      const beyond = ordered[next]?.stmtList;
      if (beyond === undefined) break;
      at = needle.in(line, beyond);
    }
    return found.sort((a, b) => a.index - b.index);
  }
}
