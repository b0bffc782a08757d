// Messages out of a stream of bytes: a header with the length, then so many bytes of JSON.
// Must stay true: nothing is lost or given twice however the stream is cut into chunks, which may be overwritten afterwards; what is no JSON is an error, not a message.

const END_OF_HEADER = '\r\n\r\n';

export class MessageReader {
  /** The beginning of a message that has not come whole. */
  #rest: Buffer | undefined;
  /** Bytes of the message whose header has been read; -1 before that. */
  #length = -1;
  constructor(private readonly got: (message: unknown) => void) {}

  take(chunk: Buffer): void {
    const bytes = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk;
    let at = 0;
    try {
      for (;;) {
        if (this.#length < 0) {
          const end = bytes.indexOf(END_OF_HEADER, at, 'latin1');
          if (end < 0) return;
          const length = /^Content-Length: *(\d+)/im.exec(bytes.toString('latin1', at, end))?.[1];
          at = end + END_OF_HEADER.length;
          if (length === undefined) continue;
          this.#length = Number(length);
        }
        if (bytes.length - at < this.#length) return;
        const text = bytes.toString('utf8', at, at + this.#length);
        at += this.#length;
        this.#length = -1;
        if (text !== '') this.got(JSON.parse(text));
      }
    } finally { this.#rest = at < bytes.length ? Buffer.from(bytes.subarray(at)) : undefined; }
  }
}
