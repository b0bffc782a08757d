// Names that are looked through with every key somebody types, thousands of them: what can be known of each is found once.
// Must stay true: `best` gives what a look at every name alone would give, in the order of match, weight and name, cut to the first so many.

import { isSubsequence, lowered, matchClass, plainSpelling, type Typed } from './match';

export interface Found<T> { value: T; match: number; weight: number }

/** Weights are below this. */
const HEAVIEST = 1 << 20;
/** Names are fewer. */
const PLACES = 1 << 20;

export class NameIndex<T> {
  /** In the order of their names. */
  private readonly values: readonly T[];
  private readonly names: readonly string[];
  private readonly plain: readonly string[];
  private readonly lowered: readonly string[];
  /** A bit a letter that a name has, see `lettersOf`. */
  private readonly letters: Int32Array;
  private weighed: { by: unknown; weights: Int32Array } | undefined;

  constructor(values: Iterable<T>, nameOf: (value: T) => string) {
    const sorted = Array.from(values, (value): [string, T] => [nameOf(value), value]).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    this.values = sorted.map(([, value]) => value);
    this.names = sorted.map(([name]) => name);
    const plain = this.names.map(plainSpelling);
    this.plain = plain.every((name, i) => name === this.names[i]) ? this.names : plain;
    this.lowered = this.names.map(lowered);
    this.letters = Int32Array.from(this.lowered, lettersOf);
  }

  /** Where a name is among them; -1 for none of them. */
  place(name: string): number {
    let [low, high] = [0, this.names.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.names[middle] as string) < name) low = middle + 1;
      else high = middle;
    }
    return this.names[low] === name ? low : -1;
  }

  /** Weights of all, filled in once for what they depend on. */
  weights(by: object, fill: (weights: Int32Array, values: readonly T[]) => void): Int32Array {
    if (this.weighed?.by !== by) {
      const weights = this.weighed?.weights.fill(0) ?? new Int32Array(this.names.length);
      fill(weights, this.values);
      this.weighed = { by, weights };
    }
    return this.weighed.weights;
  }

  /** `begins`: only those that begin with what is typed; `without`: those that somebody else proposes. */
  best(typed: Typed, most: number, { begins = false, weights, without }: { begins?: boolean; weights?: Int32Array; without?: (value: T) => boolean } = {}): Found<T>[] {
    const { lowered: wanted } = typed;
    const letters = lettersOf(wanted);
    const first = wanted.charCodeAt(0);
    const keys: number[] = [];
    /** By match, of those without weight: the first in order are the best. */
    const light: number[] = [];
    for (let place = 0; place < this.names.length; place++) {
      if (((this.letters[place] as number) & letters) !== letters) continue;
      const name = this.lowered[place] as string;
      if (begins && wanted !== '' ? name.charCodeAt(0) !== first || !name.startsWith(wanted) : !isSubsequence(wanted, name)) continue;
      const match = matchClass(typed, this.plain[place] as string, name) ?? 0;
      const weight = Math.min(weights?.[place] ?? 0, HEAVIEST - 1);
      if (weight === 0 && (light[match] ?? 0) >= most) continue;
      if (without?.(this.values[place] as T) === true) continue;
      if (weight === 0) light[match] = (light[match] ?? 0) + 1;
      keys.push((match * HEAVIEST + HEAVIEST - 1 - weight) * PLACES + place);
    }
    const sorted = keys.length > 1 ? Float64Array.from(keys).sort().subarray(0, most) : keys;
    return Array.from(sorted, (key) => {
      const place = key % PLACES;
      return { value: this.values[place] as T, match: Math.floor(key / PLACES / HEAVIEST), weight: weights?.[place] ?? 0 };
    });
  }
}

/** A bit for each letter, and for digits, dots, underscores, slashes and whatever else: of a name that lacks one of what is typed nothing more has to be asked. */
export function lettersOf(text: string): number {
  let found = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    found |= 1 << (code >= 97 && code <= 122 ? code - 97 : code >= 48 && code <= 57 ? 26 : code === 46 ? 27 : code === 95 ? 28 : code === 47 ? 29 : 30);
  }
  return found;
}
