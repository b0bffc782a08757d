// Sorts as Go's slices.SortFunc does, so that elements which compare equal come out in the same order as in Delve's tables.
// Must stay true: the same comparisons and swaps as the pattern-defeating quicksort of Go 1.19 and later; the result is not stable.

/** Ranges up to this length are sorted by insertion; pivots of ranges from 50 on are medians of medians. */
const SHORT = 12, NINTHER = 50, MOST_SWAPS = 12, MOST_SHIFTS = 5;

export function sortAsGo<T>(items: readonly T[], compare: (a: T, b: T) => number): T[] {
  const result = [...items];
  new PatternSort(result, compare).range(0, result.length, bitLength(result.length));
  return result;
}

function bitLength(n: number): number {
  return n === 0 ? 0 : 32 - Math.clz32(n);
}

class PatternSort<T> {
  private swaps = 0;

  constructor(private readonly items: T[], private readonly compare: (a: T, b: T) => number) {}

  private less(i: number, j: number): boolean { return this.compare(this.items[i] as T, this.items[j] as T) < 0; }

  private swap(i: number, j: number): void {
    const { items } = this;
    const kept = items[i] as T;
    items[i] = items[j] as T;
    items[j] = kept;
  }

  /** Sorts [from, to); `budget` unbalanced pivots are allowed before heap sort takes over. */
  range(from: number, to: number, budget: number): void {
    let balanced = true, partitioned = true;
    for (;;) {
      const length = to - from;
      if (length <= SHORT) return this.insertion(from, to);
      if (budget === 0) return this.heap(from, length);
      if (!balanced) { this.scatter(from, length); budget--; }
      let pivot = this.choosePivot(from, length);
      let ascending = this.swaps === 0;
      if (this.swaps === MOST_SWAPS) {
        for (let i = from, j = to - 1; i < j; i++, j--) this.swap(i, j);
        pivot = to - 1 - (pivot - from);
        ascending = true;
      }
      if (balanced && partitioned && ascending && this.almostSorted(from, to)) return;
      if (from > 0 && !this.less(from - 1, pivot)) { from = this.splitEqual(from, to, pivot); continue; }
      const [middle, wasPartitioned] = this.split(from, to, pivot);
      partitioned = wasPartitioned;
      const left = middle - from, right = to - middle;
      balanced = Math.min(left, right) >= Math.floor(length / 8);
      if (left < right) { this.range(from, middle, budget); from = middle + 1; } else { this.range(middle + 1, to, budget); to = middle; }
    }
  }

  private insertion(from: number, to: number): void {
    for (let i = from + 1; i < to; i++) for (let j = i; j > from && this.less(j, j - 1); j--) this.swap(j, j - 1);
  }

  private heap(first: number, length: number): void {
    const sift = (root: number, end: number): void => {
      for (;;) {
        let child = 2 * root + 1;
        if (child >= end) return;
        if (child + 1 < end && this.less(first + child, first + child + 1)) child++;
        if (!this.less(first + root, first + child)) return;
        this.swap(first + root, first + child);
        root = child;
      }
    };
    for (let i = Math.trunc((length - 1) / 2); i >= 0; i--) sift(i, length);
    for (let i = length - 1; i >= 0; i--) { this.swap(first, first + i); sift(0, i); }
  }

  /** Moves three elements at pseudo-random; the numbers depend on the length alone. */
  private scatter(from: number, length: number): void {
    if (length < 8) return;
    const mask = BigInt(2 ** bitLength(length) - 1);
    const word = (value: bigint): bigint => BigInt.asUintN(64, value);
    let random = BigInt(length);
    const middle = from + Math.floor(length / 4) * 2;
    for (let i = middle - 1; i <= middle + 1; i++) {
      random = word(random ^ (random << 13n));
      random ^= random >> 7n;
      random = word(random ^ (random << 17n));
      const other = Number(random & mask);
      this.swap(i, from + (other >= length ? other - length : other));
    }
  }

  /** Counts in `swaps` how many pairs it met in descending order. */
  private choosePivot(from: number, length: number): number {
    const quarter = Math.floor(length / 4);
    let i = from + quarter, j = from + quarter * 2, k = from + quarter * 3;
    this.swaps = 0;
    if (length >= NINTHER) {
      i = this.median(i - 1, i, i + 1);
      j = this.median(j - 1, j, j + 1);
      k = this.median(k - 1, k, k + 1);
    }
    return this.median(i, j, k);
  }

  private median(a: number, b: number, c: number): number {
    if (this.less(b, a)) { this.swaps++; [a, b] = [b, a]; }
    if (this.less(c, b)) { this.swaps++; b = c; }
    if (this.less(b, a)) { this.swaps++; b = a; }
    return b;
  }

  /** Repairs a few misplaced elements; true if the range is sorted then. */
  private almostSorted(from: number, to: number): boolean {
    let i = from + 1;
    for (let shifts = 0; shifts < MOST_SHIFTS; shifts++) {
      while (i < to && !this.less(i, i - 1)) i++;
      if (i === to) return true;
      if (to - from < NINTHER) return false;
      this.swap(i, i - 1);
      if (i - from >= 2) for (let j = i - 1; j >= 1 && this.less(j, j - 1); j--) this.swap(j, j - 1);
      if (to - i >= 2) for (let j = i + 1; j < to && this.less(j, j - 1); j++) this.swap(j, j - 1);
    }
    return false;
  }

  /** Smaller elements before the pivot, others after it; also tells whether they already were. */
  private split(from: number, to: number, pivot: number): [middle: number, wasPartitioned: boolean] {
    this.swap(from, pivot);
    let i = from + 1, j = to - 1, exchanges = 0;
    for (;; exchanges++) {
      while (i <= j && this.less(i, from)) i++;
      while (i <= j && !this.less(j, from)) j--;
      if (i > j) break;
      this.swap(i++, j--);
    }
    this.swap(j, from);
    return [j, exchanges === 0];
  }

  /** Elements equal to the pivot first, if none is smaller; where the rest begins. */
  private splitEqual(from: number, to: number, pivot: number): number {
    this.swap(from, pivot);
    let i = from + 1, j = to - 1;
    for (;;) {
      while (i <= j && !this.less(from, i)) i++;
      while (i <= j && this.less(from, j)) j--;
      if (i > j) return i;
      this.swap(i++, j--);
    }
  }
}
