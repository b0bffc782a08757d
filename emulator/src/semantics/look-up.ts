// The look-up of a guest page in the tables of readable and of writable pages, as WebAssembly.
// Must stay true: an entry that holds nothing never fits: its page lies on another entry (translator/lookups.ts), so that page
// and crossing are told by one comparison.
import { TLB_MASK } from '../cpu-state';
import type { Code } from '../wasm/code';

const PAGE = 4096;

/**
 * Pushes whether `table` holds the page of an access of `bytes` (or what pushes their number as an i64) at the i64 local `address`, all of
 * them on that page; the i32 local `index` is set to the entry's offset.
 */
export function lookUp(code: Code, address: number, bytes: number | (() => void), table: number, index: number): void {
  code.localGet(address).i64Const(8).i64ShrU().i32WrapI64().i32Const(TLB_MASK).i32And().localTee(index).i64Load(table);
  // The same page gives the offset on it, another one something larger.
  code.localGet(address).i64Xor().i64Const(typeof bytes === 'number' ? PAGE - bytes : PAGE);
  if (typeof bytes !== 'number') { bytes(); code.i64Sub(); }
  code.i64LeU();
}

/** Pushes the host address, after a look-up that found the page. */
export function found(code: Code, address: number, table: number, index: number): void {
  code.localGet(address).i32WrapI64().localGet(index).i32Load(table + 8).i32Add();
}
