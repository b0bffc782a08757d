// Records in the form in which they are kept from run to run: one after the other by their addresses, none to be believed before its page
// has been compared.
// Must stay true: numbers of records in them are those of the kept form, 0 where the other is not kept.
import { KEEP_COPIES, KEEP_COPIES_END, KEEP_LIST, RECORDS } from '../cpu-state';
import type { RowTraits } from './pattern';
import type { RecordFunctions } from './record-functions';
import { RECORD } from './record-layout';

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

/** The first `count` records by their addresses, which begin on the given pages: by turns a record's number, and the place of its page in order times 4096 plus its offset there. */
export function inOrder(words: Uint32Array, count: number, pages: readonly number[]): Uint32Array {
  const places = new Map(pages.map((page, index) => [page, index * PAGE])), all = new BigUint64Array(count), halves = new Uint32Array(all.buffer);
  let page = -1, place = 0;
  for (let number = 0, at = (RECORDS + RECORD.address) >> 2; number < count; number++, at += WORDS) {
    const low = words[at]!, offset = low & (PAGE - 1), own = words[at + 1]! * 0x100000000 + (low - offset);
    if (own !== page) { page = own; place = places.get(page)!; }
    halves[2 * number] = number;
    halves[2 * number + 1] = place + offset;
  }
  // V8's own sorting of numbers, in a tenth of the time in which a start would look for records on each byte of each page.
  all.sort();
  return halves;
}

/** Copies of records, as never executed. KEEP_TO says where the copy of each will be. */
export function copied({ words, bytes }: { words: Uint32Array; bytes: Uint8Array }, records: Uint32Array, functions: RecordFunctions): Uint8Array {
  const out = new Uint8Array(records.length * RECORD.size), most = (KEEP_COPIES_END - KEEP_COPIES) / RECORD.size;
  words.set(records, KEEP_LIST >> 2);
  for (let from = 0; from < records.length; from += most) {
    const count = Math.min(most, records.length - from);
    functions.copyRecords(from, count);
    out.set(bytes.subarray(KEEP_COPIES, KEEP_COPIES + count * RECORD.size), from * RECORD.size);
  }
  return out;
}
