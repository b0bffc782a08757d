// Records in the form in which they are kept from run to run: one after the other by their addresses, none to be believed before its page
// has been compared.
// Must stay true: numbers of records in them are those of the kept form, 0 where the other is not kept.
import { KEEP_COPIES, KEEP_COPIES_END, KEEP_LIST, KEEP_TO, RESULT_SCRATCH } from '../cpu-state';
import { LONGEST } from '../x86/before-opcode';
import type { RowTraits } from './pattern';
import type { RecordFunctions } from './record-functions';
import { RECORD } from './record-layout';

const PAGE = 4096;
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

/** So many addresses are looked up at once, with room for the pages that they are on, at most two each. */
const PIECE = Math.floor((KEEP_COPIES_END - KEEP_COPIES) / 3 / 8), PIECE_PAGES = KEEP_COPIES + PIECE * 8;

/**
 * Of the first `count` records those that are not stale, or wait for their page to be compared: KEEP_LIST and KEEP_TO are left as `copyRecords` wants them.
 * Gives their addresses, in order, and the pages they are on.
 */
export function stillRight(lookups: { bytes: Uint8Array }, count: number, functions: RecordFunctions): { addresses: Float64Array; pages: Set<number> } {
  const { bytes } = lookups, { buffer } = bytes, kept = new Float64Array(count), pages = new Set<number>();
  functions.listAddresses(count);
  // V8's own sorting of numbers, in a tenth of the time in which a start would look for records on each byte of each page.
  const addresses = new BigUint64Array(buffer, KEEP_LIST, count).slice().sort();
  bytes.fill(0, KEEP_TO, KEEP_TO + 4 * count);
  let right = 0;
  for (let from = 0; from < count; from += PIECE) {
    const piece = addresses.subarray(from, from + PIECE);
    new BigUint64Array(buffer, KEEP_COPIES, PIECE).set(piece);
    const more = functions.selectRecords(piece.length, right, PIECE_PAGES), pageCount = new Uint32Array(buffer, RESULT_SCRATCH, 1)[0]!;
    kept.set(new Float64Array(buffer, KEEP_COPIES, more), right);
    for (const page of new Float64Array(buffer, PIECE_PAGES, pageCount)) pages.add(page);
    right += more;
  }
  return { addresses: kept.slice(0, right), pages };
}

/** Copies of the records that `stillRight` found, as never executed. */
export function copied({ bytes }: { bytes: Uint8Array }, count: number, functions: RecordFunctions): Uint8Array {
  const out = new Uint8Array(count * RECORD.size), most = (KEEP_COPIES_END - KEEP_COPIES) / RECORD.size;
  for (let from = 0; from < count; from += most) {
    const now = Math.min(most, count - from);
    functions.copyRecords(from, now);
    out.set(bytes.subarray(KEEP_COPIES, KEEP_COPIES + now * RECORD.size), from * RECORD.size);
  }
  return out;
}
