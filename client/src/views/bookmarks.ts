// Bookmarks in the time of a run: moments with a name, kept with the workspace, by program. No vscode here but types.
// Must stay true: they are in the order of their moments, one a moment; a name that is empty says where the moment is.

export interface Bookmark { program: string; instruction: number; name: string }
export interface Store { get<T>(key: string, otherwise: T): T; update(key: string, value: unknown): Thenable<void> }
const KEY = 'gobuf.bookmarks';

export class Bookmarks {
  constructor(readonly store: Store) {}
  #all(): Bookmark[] { return this.store.get<Bookmark[]>(KEY, []); }
  of(program: string): Bookmark[] { return this.#all().filter((each) => each.program === program).sort((a, b) => a.instruction - b.instruction); }
  set(bookmark: Bookmark): Thenable<void> { return this.store.update(KEY, [...this.#all().filter((each) => each.program !== bookmark.program || each.instruction !== bookmark.instruction), bookmark]); }
  remove({ program, instruction }: Bookmark): Thenable<void> { return this.store.update(KEY, this.#all().filter((each) => each.program !== program || each.instruction !== instruction)); }
  /** The next one after a moment, or the last one before it. */
  next(program: string, instruction: number, back: boolean): Bookmark | undefined {
    const all = this.of(program);
    return back ? all.filter((each) => each.instruction < instruction).at(-1) : all.find((each) => each.instruction > instruction);
  }
}
