// What a client that steps is going to say next, letter for letter, and the bytes of all answers: made while nothing is asked, numbers included, so that
// between a request and its answer there is one comparison.
// Must stay true: only requests that are exactly what was expected, one after the other from the first, are found here.

import { END_OF_HEADER, HEADER } from './message-reader';

/** One request, without its number (as `numbered` puts it in), and the texts of the messages that answer it. */
export interface Exchange { words: string; answers(number: number): string[] }

/** How clients begin or end a request with its number. */
export const NUMBER_FIRST = '{"seq":', NUMBER_LAST = ',"seq":';
/** Of plain words without a number; undefined where they have no place for one. */
function numbered(words: string, number: number): string | undefined {
  const at = words.startsWith(NUMBER_FIRST) ? NUMBER_FIRST.length : words.endsWith(`${NUMBER_LAST}}`) ? words.length - 1 : -1;
  return at < 0 ? undefined : `${words.slice(0, at)}${number}${words.slice(at)}`;
}

export class Expected {
  /** All requests in a row, and the answers; and how far each exchange goes in them and in the numbers of messages. */
  readonly #requests: string;
  readonly #bytes: Buffer;
  readonly #asked: number[] = [0];
  readonly #answered: number[] = [0];
  readonly #sequences: number[];
  /** How many exchanges there have been. */
  done = 0;

  /** `sequence` is the number of the next message that is sent, `number` that of the client's next request. */
  constructor(exchanges: readonly Exchange[], sequence: number, readonly number: number) {
    const requests: string[] = [], answers: string[] = [];
    let asked = 0, answered = 0;
    this.#sequences = [sequence];
    for (const { words, answers: told } of exchanges) {
      const request = numbered(words, number);
      if (request === undefined) break;
      requests.push(`${HEADER}${request.length}${END_OF_HEADER}${request}`);
      asked += requests.at(-1)!.length;
      for (const text of told(number++)) {
        const message = `{"seq":${sequence++}${text}`, length = Buffer.byteLength(message), framed = `${HEADER}${length}${END_OF_HEADER}${message}`;
        answers.push(framed);
        answered += framed.length - message.length + length;
      }
      this.#asked.push(asked);
      this.#answered.push(answered);
      this.#sequences.push(sequence);
    }
    this.#requests = requests.join('');
    this.#bytes = Buffer.from(answers.join(''));
  }

  /** The number of the next message that is sent, if all was as expected so far. */
  get sequence(): number { return this.#sequences[this.done]!; }

  /** Nothing more is expected. */
  get over(): boolean { return this.done === this.#asked.length - 1; }

  /** How many of the next requests the text is, all of it; 0 if it is anything else. */
  covers(text: string): number {
    const from = this.#asked[this.done]!;
    if (!this.#requests.startsWith(text, from)) return 0;
    for (let count = 1, end = from + text.length, to; (to = this.#asked[this.done + count]) !== undefined && to <= end; count++) if (to === end) return count;
    return 0;
  }
  /** The answers to so many requests, which are had with that. */
  take(count: number): Uint8Array {
    const from = this.#answered[this.done]!;
    this.done += count;
    return this.#bytes.subarray(from, this.#answered[this.done]);
  }
}
