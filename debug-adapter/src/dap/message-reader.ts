// Messages out of a stream of bytes: a header with the length, then so many bytes of JSON.
// Must stay true: nothing is lost or given twice however the stream is cut into chunks, which may be overwritten afterwards; what is no JSON is an error, not a message.

export const END_OF_HEADER = '\r\n\r\n';
/** What nearly every client writes for a header, and nothing else. */
export const HEADER = 'Content-Length: ';
const ZERO = 48, NINE = 57;

export class MessageReader {
  /** The beginning of a message that has not come whole. */
  #rest: Buffer | undefined;
  /** Bytes of the message whose header has been read; -1 before that. */
  #length = -1;
  /** `known` is given each text before it is read, its bytes as characters, and says whether that was all to be done; `expected` is given whole pieces and says the same of them. */
  constructor(private readonly got: (message: unknown) => void, private readonly known: (text: string) => boolean = () => false, private readonly expected: (piece: string) => boolean = () => false) {}

  /** How far the bytes at hand have been used up. */
  #at = 0;

  take(chunk: Buffer): void {
    const bytes = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk;
    this.#at = 0;
    try {
      if (this.#length < 0) this.#plain(bytes);
      for (;;) {
        if (this.#length < 0) {
          const end = bytes.indexOf(END_OF_HEADER, this.#at, 'latin1');
          if (end < 0) return;
          const length = /^Content-Length: *(\d+)/im.exec(bytes.toString('latin1', this.#at, end))?.[1];
          this.#at = end + END_OF_HEADER.length;
          if (length === undefined) continue;
          this.#length = Number(length);
        }
        if (bytes.length - this.#at < this.#length) return;
        const from = this.#at;
        this.#at += this.#length;
        this.#length = -1;
        this.#give(bytes, from);
      }
    } finally { this.#rest = this.#at < bytes.length ? Buffer.from(bytes.subarray(this.#at)) : undefined; }
  }

  #give(bytes: Buffer, from: number): void { if (this.#at > from) this.got(JSON.parse(bytes.toString('utf8', from, this.#at))); }

  /** Whole messages with plain headers, which is what a client that waits for answers sends. */
  #plain(bytes: Buffer): void {
    const text = bytes.toString('latin1');
    if (this.expected(text)) { this.#at = bytes.length; return; }
    while (text.startsWith(HEADER, this.#at)) {
      const first = this.#at + HEADER.length;
      let digits = first, length = 0;
      for (let code = text.charCodeAt(digits); code >= ZERO && code <= NINE; code = text.charCodeAt(++digits)) length = length * 10 + code - ZERO;
      const from = digits + END_OF_HEADER.length, to = from + length;
      if (digits === first || !text.startsWith(END_OF_HEADER, digits) || to > text.length) return;
      this.#at = to;
      if (!this.known(text.slice(from, to))) this.#give(bytes, from);
    }
  }
}
