// A file's bytes and which of its blocks are there, against the simplest thing that could be right: every byte and every block by itself.
import { describe, expect, it } from 'vitest';
import { CHUNK, FileData } from './file-data';

const BLOCK = 4096, MOST = 4 * CHUNK;

/** Every byte, every written block, every block that was given room. */
class Model {
  bytes = new Uint8Array(0);
  held = new Set<number>();
  kept = new Set<number>();
  resize(size: number): void {
    const next = new Uint8Array(size);
    next.set(this.bytes.subarray(0, size));
    for (const set of [this.held, this.kept]) for (const block of set) if (size < this.bytes.length && block * BLOCK >= size) set.delete(block);
    this.bytes = next;
  }
  write(at: number, bytes: Uint8Array): void {
    if (at + bytes.length > this.bytes.length) this.resize(at + bytes.length);
    this.bytes.set(bytes, at);
    for (let i = at; i < at + bytes.length; i++) this.held.add(Math.floor(i / BLOCK));
  }
  punch(start: number, end: number): void {
    this.bytes.fill(0, start, end);
    for (const block of this.held) if (block * BLOCK >= start && Math.min((block + 1) * BLOCK, this.bytes.length) <= end) this.held.delete(block);
  }
  next(from: number, held: boolean): number {
    for (let at = from; at < this.bytes.length; at = (Math.floor(at / BLOCK) + 1) * BLOCK) if (this.held.has(Math.floor(at / BLOCK)) === held) return at;
    return this.bytes.length;
  }
}

describe('the bytes of a file', () => {
  it('are there, and its holes are where nothing was written, whatever was done to it; a snapshot keeps them', () => {
    let seed = 7;
    const random = (below: number): number => { seed = (Math.imul(seed, 1103515245) + 12345) >>> 0; return Math.floor((seed / 2 ** 32) * below); };
    const place = (): number => random(3) === 0 ? random(MOST / BLOCK) * BLOCK : random(MOST);
    const data = new FileData(), model = new Model();
    let kept: { data: FileData; bytes: Uint8Array; holes: number } | undefined;
    const same = (): void => {
      expect(data.size).toBe(model.bytes.length);
      expect(Buffer.compare(data.read(0, MOST * 2), model.bytes)).toBe(0);
      for (let n = 0; n < 5; n++) {
        const at = random(data.size);
        expect([at, data.nextData(at), data.nextHole(at)]).toEqual([at, model.next(at, true), model.next(at, false)]);
      }
      expect(data.blocks).toBe(new Set([...model.held, ...model.kept]).size);
    };
    for (let step = 0; step < 400; step++) {
      const at = place(), length = random(4) === 0 ? random(CHUNK * 2) : random(BLOCK * 2);
      switch (random(6)) {
        case 0: case 1: case 2: { const bytes = Uint8Array.from({ length }, () => random(3)); data.write(at, bytes); model.write(at, bytes); break; }
        case 3: data.punch(at, Math.min(at + length, Math.max(at, data.size))); model.punch(at, Math.min(at + length, Math.max(at, model.bytes.length))); break;
        case 4: data.truncate(at); model.resize(at); break;
        default:
          if (kept) { expect(Buffer.compare(kept.data.read(0, MOST * 2), kept.bytes)).toBe(0); expect(kept.data.nextHole(0)).toBe(kept.holes); }
          kept = { data: data.cloneForSnapshot(), bytes: model.bytes.slice(), holes: model.next(0, false) };
      }
      same();
    }
  });

  it('count blocks that were only given room once, until they are cut off or punched', () => {
    const data = new FileData();
    data.reserve(0, 10_000);
    expect([data.size, data.blocks]).toEqual([0, 3]);
    data.reserve(8192, 18_192);
    data.write(4096, new Uint8Array(9000));
    expect([data.blocks, data.nextData(0), data.nextHole(4096)]).toEqual([5, 4096, 13_096]);
    data.truncate(5000);
    expect(data.blocks).toBe(2);
    data.punch(0, 4096);
    expect([data.blocks, data.read(0, 5000).some((byte) => byte !== 0)]).toEqual([1, false]);
    // A hole of a terabyte takes no time.
    data.truncate(2 ** 40);
    data.punch(0, 2 ** 40);
    expect([data.blocks, data.allocated]).toEqual([0, 0]);
  });
});
