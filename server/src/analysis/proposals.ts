// What is proposed at one place: collected from lists of thousands, put in order, cut.
// Must stay true: the first of one label counts; the order is by how a name fits what is typed, then by rank, score and label. What is shown of a thing is made once and
// never changed: with each letter hundreds are collected, and garbage of that kind costs more than finding them.

import { isSubsequence, lowered, matchClass, plainSpelling, type Typed } from './match';

export type CompletionKind = 'instruction' | 'register' | 'label' | 'function' | 'variable' | 'macro' | 'constant' | 'field' | 'argument' | 'directive' | 'file' | 'snippet';

export interface Completion {
  readonly label: string;
  readonly kind: CompletionKind;
  readonly insert: string;
  readonly detail?: string;
  /** `insert` has places to type in, as in LSP snippets. */
  readonly snippet?: boolean;
  /** What typing is compared with, where it is not the label. */
  readonly filter?: string;
}

/** Of what fits by its letters in no better way. */
const WORST = 6;

/** Ranks are below this, and scores within half of that. */
const RANKS = 16, SCORES = 2 ** 40;

export class Proposals {
  private readonly items: Completion[] = [];
  /** In their order. */
  private readonly keys: number[] = [];
  private readonly labels = new Set<string>();

  constructor(readonly typed: Typed) {}

  get count(): number { return this.items.length; }

  /** A lower rank is earlier among those that fit what is typed as well, a higher score among those of its rank. `match`: how it fits, where that is known. */
  add(item: Completion, rank: number, score = 0, match = matchOf(this.typed, item.filter ?? item.label)): void {
    if (match === undefined || this.labels.has(item.label)) return;
    this.labels.add(item.label);
    this.items.push(item);
    this.keys.push((match * RANKS + rank) * SCORES + SCORES / 2 - score);
  }

  best(most: number): Completion[] {
    const { items, keys } = this;
    const last = keys.length > most ? Float64Array.from(keys).sort()[most - 1] as number : Infinity;
    const chosen: number[] = [];
    for (let i = 0; i < keys.length; i++) if ((keys[i] as number) <= last) chosen.push(i);
    chosen.sort((a, b) => (keys[a] as number) - (keys[b] as number) || ((items[a] as Completion).label < (items[b] as Completion).label ? -1 : 1));
    return chosen.slice(0, most).map((i) => items[i] as Completion);
  }
}

/** Of what a proposal is compared with; undefined where it does not fit. */
function matchOf(typed: Typed, name: string): number | undefined {
  if (typed.lowered === '') return 0;
  const text = lowered(name);
  return isSubsequence(typed.lowered, text) ? matchClass(typed, nameAlone(plainSpelling(name)), nameAlone(text)) ?? WORST : undefined;
}

/** Without the offset and the register behind it. */
function nameAlone(text: string): string {
  const end = text.search(/[+(]/);
  return end < 0 ? text : text.slice(0, end);
}

/** Makes what is shown of a thing once. */
export function shownOnce<K extends object>(make: (of: K) => Completion): (of: K) => Completion {
  const known = new WeakMap<K, Completion>();
  return (of) => {
    let item = known.get(of);
    if (!item) known.set(of, (item = make(of)));
    return item;
  };
}
