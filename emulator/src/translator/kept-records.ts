// Records in the form in which they are kept from run to run: one after the other by their addresses, none to be believed before its page
// has been compared.
// Must stay true: numbers of records in them are those of the kept form, 0 where the other is not kept.
import { RECORDS } from '../cpu-state';
import type { RowTraits } from './pattern';
import { SpecialTemplate } from './places';
import { RECORD, RecordMark } from './record-layout';

const PAGE = 4096, WORDS = RECORD.size >> 2;

/** What goes with the bytes of records and the bodies of templates. */
export interface KeptRecords {
  /** Pages of code and their hashes by turns. */
  pages: number[];
  /** Templates that are not in the library: their rows and patterns in the order of their slots; [-1, 0] for one of a single place. */
  templates: [row: number, pattern: number][];
  traits: [row: number, traits: RowTraits][];
}

/** `addresses`: doubles, one of each record. */
export interface RecordsToKeep { head: KeptRecords; bytes: Uint8Array; addresses: Uint8Array; bodies: Uint8Array[] }

/** At most `most` records by their addresses: those in tables by page, and the first ones of all, which have a list of their own. */
export function inOrder(byPage: ReadonlyMap<number, Int32Array>, firstOnes: Float64Array, most: number): { addresses: Float64Array; records: Int32Array } {
  const addresses = new Float64Array(most), records = new Int32Array(most);
  let count = 0, first = 0;
  const addFirst = (below: number) => {
    for (; first < firstOnes.length && firstOnes[first]! < below; first++) { addresses[count] = firstOnes[first]!; records[count++] = RECORDS + first * RECORD.size; }
  };
  for (const page of [...byPage.keys()].sort((a, b) => a - b)) {
    const table = byPage.get(page)!;
    for (let offset = 0; offset < PAGE; offset++) {
      if (table[offset] === 0) continue;
      addFirst(page + offset);
      addresses[count] = page + offset;
      records[count++] = table[offset]!;
    }
  }
  addFirst(Infinity);
  return { addresses: addresses.subarray(0, count), records: records.subarray(0, count) };
}

/** Copies of records, as never executed. `to`: by the number of a record, where the copy will be. */
export function copied(words: Uint32Array, records: Int32Array, to: Int32Array): Uint8Array {
  const out = new Uint32Array(records.length * WORDS), bytes = new Uint8Array(out.buffer);
  // Those of instructions that follow each other were mostly made one after the other.
  for (let number = 0, end: number; number < records.length; number = end) {
    for (end = number + 1; records[end] === records[end - 1]! + RECORD.size; end++);
    out.set(words.subarray(records[number]! >> 2, (records[end - 1]! + RECORD.size) >> 2), number * WORDS);
  }
  for (let number = 0; number < records.length; number++) {
    const at = number * WORDS, first = number * RECORD.size;
    out[at + (RECORD.slot >> 2)] = out[at + (RECORD.step >> 2)] = SpecialTemplate.stale;
    for (const field of [RECORD.nextRecord >> 2, RECORD.takenRecord >> 2]) {
      const other = out[at + field]!;
      if (other !== 0) out[at + field] = to[(other - RECORDS) / RECORD.size]!;
    }
    bytes[first + RECORD.count] = bytes[first + RECORD.count + 1] = 0;
    bytes[first + RECORD.marks]! |= RecordMark.stale;
  }
  return bytes;
}

/** Kept records whose page is as it was are of use; `plain`: what executes them is their template. Alone, since it is what V8 optimises at each start: in 1 ms, with its caller in 12. */
export function freshen(words: Uint32Array, bytes: Uint8Array, from: number, end: number, plain: boolean): void {
  for (let record = RECORDS + from * RECORD.size; record < RECORDS + end * RECORD.size; record += RECORD.size) {
    bytes[record + RECORD.marks]! &= ~RecordMark.stale;
    if (plain) words[(record + RECORD.step) >> 2] = words[(record + RECORD.slot) >> 2] = words[(record + RECORD.template) >> 2]!;
  }
}
