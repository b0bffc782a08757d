// The bytes of a file in memory, in chunks that snapshots share until one side writes.
// Must stay true: a chunk not in `own` is never written; bytes beyond `size` in the last chunk are zero.

export const CHUNK = 1 << 16;

export class FileData {
  private own = new Set<number>();
  private chunks: (Uint8Array | undefined)[] = [];
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
      this.writable(Math.floor(at / CHUNK)).set(bytes.subarray(done, done + n), into);
      done += n;
    }
    if (offset + bytes.length > this.size) this.size = offset + bytes.length;
  }

  truncate(size: number): void {
    if (size < this.size) {
      const keep = Math.ceil(size / CHUNK);
      this.chunks.length = Math.min(this.chunks.length, keep);
      for (const index of this.own) if (index >= keep) this.own.delete(index);
      if (size % CHUNK !== 0 && this.chunks[keep - 1]) this.writable(keep - 1).fill(0, size % CHUNK);
    }
    this.size = size;
  }

  /** Bytes of chunks that exist. */
  get allocated(): number { return this.chunks.reduce((sum, chunk) => sum + (chunk ? CHUNK : 0), 0); }

  cloneForSnapshot(): FileData {
    const copy = new FileData();
    copy.chunks = this.chunks.slice();
    copy.size = this.size;
    this.own = new Set();
    return copy;
  }
}
