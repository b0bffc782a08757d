// Values that hold themselves: what is being loaded, so that they are cut where they come to themselves again.
// Must stay true: what comes to an end by itself, as structs within each other do by their number, is not cut.

/** So many of a kind within each other must be as good as endless. */
const MOST_WITHIN = 16;

interface Value { base: number; length: number }

export class Within {
  private slices = new Set<string>();
  private readonly channels = new Set<string>();

  /** `again`: it holds itself with no struct between. */
  slice(value: Value, work: (again: boolean) => void): void { this.enter(this.slices, value, work); }
  /** What a channel holds is counted anew, so structs do not end it. */
  channel(value: Value, work: (again: boolean) => void): void { this.enter(this.channels, value, work); }
  struct(work: () => void): void {
    const outer = this.slices;
    this.slices = new Set();
    try { work(); } finally { this.slices = outer; }
  }

  private enter(set: Set<string>, { base, length }: Value, work: (again: boolean) => void): void {
    const key = `${base} ${length}`;
    if (set.has(key) || set.size >= MOST_WITHIN) { work(true); return; }
    set.add(key);
    try { work(false); } finally { set.delete(key); }
  }
}
