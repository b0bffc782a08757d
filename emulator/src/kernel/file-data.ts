// The bytes of a file in memory, in chunks that snapshots share until one side writes.
// Must stay true: a chunk not in `own` is never written; bytes beyond `size` in the last chunk are zero, and so is what no bit of `held` stands for.

export const CHUNK = 1 << 16;
/** What a hole is made of. */
const BLOCK = 4096;

/** Bits of the blocks of a chunk that a range touches. */
function blocksOf(into: number, length: number): number {
  const first = Math.floor(into / BLOCK), last = Math.floor((into + length - 1) / BLOCK);
  return length > 0 ? (2 << last) - (1 << first) : 0;
}
/** Those that lie wholly in it; `toEnd`: what comes behind the range is nothing. */
function maskOf(into: number, length: number, toEnd: boolean): number {
  const first = Math.ceil(into / BLOCK), end = toEnd ? Math.ceil((into + length) / BLOCK) : Math.floor((into + length) / BLOCK);
  return end > first ? (1 << end) - (1 << first) : 0;
}

export class FileData {
  private own = new Set<number>();
  private chunks: (Uint8Array | undefined)[] = [];
  /** Which blocks of each chunk were written, a bit each. */
  private held: (number | undefined)[] = [];
  /** Ranges that were given room, in order and apart. */
  private reserved: [number, number][] = [];
  size = 0;

  static of(bytes: Uint8Array): FileData {
    const data = new FileData();
    data.write(0, bytes);
    return data;
  }

  read(offset: number, length: number): Uint8Array {
    const count = Math.max(0, Math.min(length, this.size - offset));
    const result = new Uint8Array(count);
    for (let done = 0; done < count;) {
      const at = offset + done, chunk = this.chunks[Math.floor(at / CHUNK)], into = at % CHUNK, n = Math.min(count - done, CHUNK - into);
      if (chunk) result.set(chunk.subarray(into, into + n), done);
      done += n;
    }
    return result;
  }

  private writable(index: number): Uint8Array {
    let chunk = this.chunks[index];
    if (!chunk || !this.own.has(index)) {
      chunk = chunk ? chunk.slice() : new Uint8Array(CHUNK);
      this.chunks[index] = chunk;
      this.own.add(index);
    }
    return chunk;
  }

  write(offset: number, bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length;) {
      const at = offset + done, into = at % CHUNK, n = Math.min(bytes.length - done, CHUNK - into);
      const index = Math.floor(at / CHUNK);
      this.writable(index).set(bytes.subarray(done, done + n), into);
      this.held[index] = (this.held[index] ?? 0) | blocksOf(into, n);
      done += n;
    }
    if (offset + bytes.length > this.size) this.size = offset + bytes.length;
  }

  truncate(size: number): void {
    if (size < this.size) {
      const keep = Math.ceil(size / CHUNK);
      this.chunks.length = Math.min(this.chunks.length, keep);
      this.held.length = Math.min(this.held.length, keep);
      for (const index of this.own) if (index >= keep) this.own.delete(index);
      if (size % CHUNK !== 0 && this.chunks[keep - 1]) {
        this.writable(keep - 1).fill(0, size % CHUNK);
        this.held[keep - 1]! &= blocksOf(0, size % CHUNK);
      }
      this.reserved = this.reserved.map(([from, to]): [number, number] => [from, Math.min(to, size)]).filter(([from, to]) => from < to);
    }
    this.size = size;
  }

  /** Makes a range zeros again. What it has of blocks is let go of. */
  punch(start: number, end: number): void {
    for (let at = start; at < Math.min(end, this.size, this.chunks.length * CHUNK);) {
      const index = Math.floor(at / CHUNK), into = at % CHUNK, n = Math.min(end - at, CHUNK - into);
      if (this.chunks[index]) {
        // The last block of a file may be wholly in it, too.
        const whole = maskOf(into, n, end >= this.size);
        this.held[index]! &= ~whole;
        if (this.held[index] === 0) { this.chunks[index] = undefined; this.own.delete(index); } else this.writable(index).fill(0, into, into + n);
      }
      at += n;
    }
    this.reserved = this.reserved.flatMap(([from, to]) => [[from, Math.min(to, start)], [Math.max(from, end), to]] as [number, number][]).filter(([from, to]) => from < to);
  }

  /** Pieces of a range that are there. */
  *pieces(start: number, end: number): Generator<[number, number]> {
    for (let index = Math.floor(start / CHUNK); index < this.chunks.length && index * CHUNK < end; index++) {
      if (this.chunks[index]) yield [Math.max(start, index * CHUNK), Math.min(end, (index + 1) * CHUNK)];
    }
  }

  /** Room for a range, which stays a hole. */
  reserve(start: number, end: number): void {
    this.reserved.push([start, end]);
    this.reserved.sort(([a], [b]) => a - b);
    const joined: [number, number][] = [];
    for (const [from, to] of this.reserved) {
      const last = joined[joined.length - 1];
      if (last && from <= last[1]) last[1] = Math.max(last[1], to);
      else joined.push([from, to]);
    }
    this.reserved = joined;
  }

  /** Where the next block that was written begins, from `from` on; the size if there is none. */
  nextData(from: number): number { return this.scan(from, true); }
  nextHole(from: number): number { return this.scan(from, false); }

  private scan(from: number, wanted: boolean): number {
    for (let at = from; at < this.size;) {
      const index = Math.floor(at / CHUNK), held = this.held[index] ?? 0, block = at - at % BLOCK;
      if (((held >> ((at % CHUNK) / BLOCK)) & 1) === (wanted ? 1 : 0)) return at;
      at = held === 0 ? (index + 1) * CHUNK : block + BLOCK;
    }
    return this.size;
  }

  /** Blocks of BLOCK bytes that were written or have room. */
  get blocks(): number {
    let count = 0;
    for (const [from, to] of this.reserved) count += Math.ceil(to / BLOCK) - Math.floor(from / BLOCK);
    this.held.forEach((held, index) => {
      for (let i = 0; i < CHUNK / BLOCK; i++) {
        const at = index * CHUNK + i * BLOCK;
        if ((((held ?? 0) >> i) & 1) !== 0 && !this.reserved.some(([from, to]) => from < at + BLOCK && at < to)) count++;
      }
    });
    return count;
  }

  /** Bytes of chunks that exist. */
  get allocated(): number { return this.chunks.reduce((sum, chunk) => sum + (chunk ? CHUNK : 0), 0); }

  cloneForSnapshot(): FileData {
    const copy = new FileData();
    copy.chunks = this.chunks.slice();
    copy.held = this.held.slice();
    copy.reserved = this.reserved.map(([from, to]) => [from, to]);
    copy.size = this.size;
    this.own = new Set();
    return copy;
  }
}
