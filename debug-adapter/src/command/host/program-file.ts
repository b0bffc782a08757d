// A program's file: a small one is read whole, of a large one only the pieces that somebody wants are.
// Must stay true: what is read later belongs to what was read before: a file that has been written to since it was opened is told of, never mixed; its beginning tells (linkers write a digest of all there), since a new time alone means nothing.
import fs from 'node:fs';
import type { FileBytes } from '@gobuf/emulator/elf/file-bytes';
import { BadProgram } from '@gobuf/emulator/elf/format';

/** Reading these whole takes less than asking for their pieces. */
const SMALL = 4 << 20;
/** Pieces are as large as one call of the system brings without taking longer for it; so many are kept. */
const PIECE = 1 << 16, MOST_PIECES = 256;

export function openProgramFile(path: string): FileBytes {
  const fd = fs.openSync(path, 'r');
  try {
    if (fs.fstatSync(fd).size > SMALL) return new ProgramFile(fd, path);
  } catch (error) {
    fs.closeSync(fd);
    throw error;
  }
  try { return fs.readFileSync(fd); } finally { fs.closeSync(fd); }
}

/** Nobody says that a program is no longer needed: snapshots and listings go on holding it. */
const closing = new FinalizationRegistry<number>((fd) => { fs.closeSync(fd); });

class ProgramFile implements FileBytes {
  readonly length: number;
  private written: number;
  /** With the headers and, in what Go and others link, a digest of all the rest. */
  private readonly beginning: Uint8Array;
  private readonly pieces = new Map<number, Uint8Array>();

  constructor(private readonly fd: number, private readonly path: string) {
    const { size, mtimeMs } = fs.fstatSync(fd);
    this.length = size;
    this.written = mtimeMs;
    this.pieces.set(0, this.beginning = this.bytes(0, PIECE));
    closing.register(this, fd);
  }

  subarray(start: number, end: number): Uint8Array {
    const from = Math.min(Math.max(0, start), this.length), to = Math.min(Math.max(from, end), this.length);
    const first = Math.floor(from / PIECE), into = from - first * PIECE;
    if (to - from >= PIECE) return this.read(from, to);
    const piece = this.piece(first);
    if (into + to - from <= piece.length) return piece.subarray(into, into + to - from);
    const both = new Uint8Array(to - from);
    both.set(piece.subarray(into));
    both.set(this.piece(first + 1).subarray(0, to - from - (piece.length - into)), piece.length - into);
    return both;
  }

  private piece(index: number): Uint8Array {
    let piece = this.pieces.get(index);
    if (!piece) {
      if (this.pieces.size >= MOST_PIECES) this.pieces.clear();
      this.pieces.set(index, piece = this.read(index * PIECE, Math.min((index + 1) * PIECE, this.length)));
    }
    return piece;
  }

  private read(from: number, to: number): Uint8Array {
    const bytes = this.bytes(from, to), { size, mtimeMs } = fs.fstatSync(this.fd);
    if (size !== this.length) this.changed();
    if (mtimeMs !== this.written) {
      // `go install` gives a program that is up to date the time of the day.
      if (!this.bytes(0, PIECE).every((byte, i) => byte === this.beginning[i])) this.changed();
      this.written = mtimeMs;
    }
    return bytes;
  }

  /** A buffer of its own: tables of words are looked at as they lie in it. */
  private bytes(from: number, to: number): Uint8Array {
    const bytes = new Uint8Array(to - from);
    for (let at = 0; at < bytes.length;) {
      const got = fs.readSync(this.fd, bytes, at, bytes.length - at, from + at);
      if (got === 0) this.changed();
      at += got;
    }
    return bytes;
  }

  private changed(): never { throw new BadProgram(`${this.path} has been written to since it was opened: start it anew`); }
}
