// Numbers that stand for objects in messages. Must stay true: a number is never given twice in a session, so that a stale one
// is refused rather than taken for something else.

const FIRST = 1000;

export class Handles<T> {
  #next = FIRST;
  #held = new Map<number, T>();
  /** The number that is given next. */
  get next(): number { return this.#next; }
  add(value: T): number {
    const id = this.#next++;
    this.#held.set(id, value);
    return id;
  }
  get(id: number): T | undefined { return this.#held.get(id); }
  entries(): Iterable<[number, T]> { return this.#held.entries(); }
  clear(): void { this.#held = new Map(); }
  /** Goes on with what is held in another map; gives the one so far. */
  put(held: Map<number, T>): Map<number, T> {
    const before = this.#held;
    this.#held = held;
    return before;
  }
}
