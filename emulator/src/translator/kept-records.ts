// Records in the form in which they are kept from run to run: one after the other by their addresses, none to be believed before its page
// has been compared.
// Must stay true: numbers of records in them are those of the kept form, 0 where the other is not kept.
import { KEEP_COPIES, KEEP_COPIES_END, KEEP_LIST, RECORDS } from '../cpu-state';
import { LONGEST } from '../x86/before-opcode';
import type { RowTraits } from './pattern';
import type { RecordFunctions } from './record-functions';
import { RECORD, RecordMark } from './record-layout';

const PAGE = 4096, WORDS = RECORD.size >> 2;
/** An instruction that begins here or before is on one page. */
export const LAST_WHOLE = PAGE - LONGEST;

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

/** Pages on which the instruction of a record is. */
export function pagesOf(words: Uint32Array, record: number, address: number): number[] {
  const first = address - (address % PAGE), end = words[(record + RECORD.next) >> 2]! + words[(record + RECORD.next + 4) >> 2]! * 0x100000000;
  return end > first + PAGE ? [first, first + PAGE] : [first];
}

/**
 * Those of the first `count` records that are not stale, or whose page has not been compared yet, by their addresses; `to`: the place of each, by the number of its record.
 * `pages`: where they begin. Each page on which one is left is noted.
 */
export function stillRight(lookups: { words: Uint32Array; bytes: Uint8Array }, count: number, pages: Iterable<number>, unchecked: ReadonlyMap<number, number>, note: (page: number) => void): { records: Uint32Array; addresses: Float64Array; to: Uint32Array } {
  const pagesInOrder = [...new Set(pages)].sort((a, b) => a - b), ordered = inOrder(lookups.words, count, pagesInOrder), records = new Uint32Array(count), addresses = new Float64Array(count), to = new Uint32Array(count);
  // Noting a page may make the memory grow.
  const isStale = (record: number) => (lookups.bytes[record + RECORD.marks]! & RecordMark.stale) !== 0;
  let kept = 0, page = -PAGE, last = -1, isUnchecked = false, isNoted = false;
  for (let index = 0; index < 2 * count; index += 2) {
    const number = ordered[index]!, record = RECORDS + number * RECORD.size, place = ordered[index + 1]!, offset = place & (PAGE - 1);
    if (place - offset !== last) { last = place - offset; page = pagesInOrder[last / PAGE]!; isUnchecked = unchecked.has(page); isNoted = false; }
    const address = page + offset;
    if (offset > LAST_WHOLE && pagesOf(lookups.words, record, address).length > 1) {
      if (!isUnchecked && !unchecked.has(page + PAGE) && isStale(record)) continue;
      note(page + PAGE);
    } else if (!isUnchecked && isStale(record)) continue;
    if (!isNoted) { note(page); isNoted = true; }
    to[number] = RECORDS + kept * RECORD.size;
    addresses[kept] = address;
    records[kept++] = record;
  }
  return { records: records.subarray(0, kept), addresses: addresses.slice(0, kept), to };
}

/** The first `count` records by their addresses, which begin on the given pages: by turns a record's number, and the place of its page in order times 4096 plus its offset there. */
function inOrder(words: Uint32Array, count: number, pages: readonly number[]): Uint32Array {
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
