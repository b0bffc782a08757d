// Numbers that stand for objects in messages. Must stay true: a number is never given twice in a session, so that a stale one
// is refused rather than taken for something else.

const FIRST = 1000;

export class Handles<T> {
  #next = FIRST;
  readonly #held = new Map<number, T>();
  add(value: T): number {
    const id = this.#next++;
    this.#held.set(id, value);
    return id;
  }
  get(id: number): T | undefined { return this.#held.get(id); }
  clear(): void { this.#held.clear(); }
}
