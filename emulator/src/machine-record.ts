// What came from outside, with the instruction count at which it came, so that running again from a snapshot gives the same future.
// Must stay true: entries are ordered by `at`; something new at a past moment drops the entries after it.
import type { Registers } from './machine-types';

export type RecordEntry =
  | { at: number; kind: 'input'; bytes: Uint8Array | undefined }
  /** All threads slept although standard input was wanted, and time was allowed to go on. */
  | { at: number; kind: 'idle' }
  | { at: number; kind: 'registers'; tid: number; values: Registers }
  | { at: number; kind: 'memory'; address: number; bytes: Uint8Array }
  | { at: number; kind: 'signal'; signal: number }
  /** A thread was given the next turn. */
  | { at: number; kind: 'turn'; tid: number };

export class OutsideRecord {
  private readonly entries: RecordEntry[] = [];
  /** Pieces of the host's non-interactive standard input in the order they were read; undefined is its end. */
  readonly inputPieces: (Uint8Array | undefined)[] = [];
  /** Bytes of output that the host has seen. */
  readonly shown = { 1: 0, 2: 0 };

  /** For what is tried and undone. */
  keep(): RecordEntry[] { return [...this.entries]; }
  bringBack(entries: readonly RecordEntry[]): void { this.entries.splice(0, this.entries.length, ...entries); }

  get length(): number { return this.entries.length; }
  get pokes(): Extract<RecordEntry, { kind: 'memory' }>[] { return this.entries.filter((entry) => entry.kind === 'memory'); }
  next(cursor: number): RecordEntry | undefined { return this.entries[cursor]; }

  /** Adds an entry at the cursor, dropping the recorded future; returns whether there was one. */
  add(cursor: number, entry: RecordEntry): boolean {
    const dropped = this.entries.length > cursor;
    this.entries.length = cursor;
    this.entries.push(entry);
    return dropped;
  }
}
