// Where the records of instructions are, by address: a hash table in linear memory, which WebAssembly asks when control comes to a place for the
// first time, so that JavaScript is asked only for what is not there yet.
// Must stay true: a record is found from the moment it is complete until all are dropped; one that was taken over from an earlier run is not in the
// table, but in order among the first.
import { CODE_PAGES, FRESH_RECORDS, JUMP_CACHE, KEEP_LIST, KEPT_RECORDS, NEW_SPECIALS, NEXT_RECORD, OFTEN, PLACES, PLACE_BITS, RECORDS, RECORDS_END, SPECIAL_PLACES } from '../cpu-state';
import { Code } from '../wasm/code';
import { LAST_WHOLE } from './kept-records';
import { INTERPRET_SLOT } from './places';
import { RECORD, RecordMark } from './record-layout';

/** Instructions that are made into records at once, as far as no transfer of control comes between. */
export const RUN = 64;
const MASK = (1 << PLACE_BITS) - 1;
/** Entries for a piece of 1 KiB lie side by side, one for two bytes; the pieces lie anywhere. */
const PIECE_BITS = 10;

/** Leaves in `index` the entry to begin with for the address in an i64 local. */
function firstEntry(code: Code, address: number, index: number): void {
  code.localGet(address).i64Const(PIECE_BITS).i64ShrU().i32WrapI64().i32Const(0x9e3779b1 | 0).i32Mul().i32Const(32 - (PLACE_BITS - PIECE_BITS + 1)).i32ShrU().i32Const(PIECE_BITS - 1).i32Shl();
  code.localGet(address).i32WrapI64().i32Const(1).i32ShrU().i32Const((1 << (PIECE_BITS - 1)) - 1).i32And().i32Or().localSet(index);
}
const following = (code: Code, index: number) => code.localGet(index).i32Const(1).i32Add().i32Const(MASK).i32And().localSet(index);

/** The record in the local is found from now on. Uses `index` and `address` as it likes. */
export function enterPlace(code: Code, record: number, address: number, index: number): void {
  code.localGet(record).i64Load(RECORD.address).localSet(address);
  firstEntry(code, address, index);
  const out = code.block(), again = code.loop();
  code.localGet(index).i32Const(2).i32Shl().i32Load(PLACES).i32Eqz().brIf(out);
  following(code, index).br(again).end().end();
  code.localGet(index).i32Const(2).i32Shl().localGet(record).i32Store(PLACES);
}
export function enterRecord(): Code {
  const code = new Code(1);
  enterPlace(code, 0, code.local('i64'), code.local('i32'));
  return code;
}

/** (from, to): records from one to before another are not found any more, and none that was entered is left. */
export function forgetPlaces(): Code {
  const code = new Code(2), record = 0, end = 1, address = code.local('i64'), index = code.local('i32'), out = code.block(), again = code.loop();
  code.localGet(record).localGet(end).i32GeU().brIf(out);
  code.localGet(record).i64Load(RECORD.address).localSet(address);
  firstEntry(code, address, index);
  const next = code.loop();
  code.localGet(index).i32Const(2).i32Shl().i32Load(PLACES).when(() => {
    code.localGet(index).i32Const(2).i32Shl().i32Const(0).i32Store(PLACES);
    following(code, index).br(next);
  });
  return code.end().localGet(record).i32Const(RECORD.size).i32Add().localSet(record).br(again).end().end();
}

/** Of the 65536 bits of SPECIAL_PLACES, the one for an address. */
const specialBit = (address: number): number => { const low = address % 0x100000000; return (low ^ (low >>> 16)) & 0xffff; };
export function markSpecial(bytes: Uint8Array, address: number): void { const bit = specialBit(address); bytes[SPECIAL_PLACES + (bit >> 3)]! |= 1 << (bit & 7); }
/** Pushes whether the address in an i64 local may be special. */
export function isSpecial(code: Code, address: number, bit: number): Code {
  code.localGet(address).i32WrapI64().localTee(bit).localGet(bit).i32Const(16).i32ShrU().i32Xor().i32Const(0xffff).i32And().localTee(bit);
  return code.i32Const(3).i32ShrU().i32Load8U(SPECIAL_PLACES).localGet(bit).i32Const(7).i32And().i32ShrU().i32Const(1).i32And();
}

/** (address: i64) → the record in the table, or 0. */
export function placedRecord(): Code {
  const code = new Code(1), address = 0, index = code.local('i32'), record = code.local('i32');
  firstEntry(code, address, index);
  const out = code.block(), again = code.loop();
  code.localGet(index).i32Const(2).i32Shl().i32Load(PLACES).localTee(record).i32Eqz().brIf(out);
  code.localGet(record).i64Load(RECORD.address).localGet(address).i64Eq().brIf(out);
  following(code, index).br(again).end().end();
  return code.localGet(record);
}

/** (address: i64) → the record, or 0. */
export function knownRecord(placed: number): Code {
  const code = new Code(1), address = 0, record = code.local('i32'), low = code.local('i32'), high = code.local('i32'), middle = code.local('i32');
  code.localGet(address).call(placed).localTee(record).when(() => code.localGet(record).return());
  code.i32Const(0).i32Load(KEPT_RECORDS).localTee(high).i32Eqz().when(() => code.i32Const(0).return());
  const place = (number: number) => code.localGet(number).i32Const(RECORD.size).i32Mul();
  const out = code.block(), again = code.loop();
  code.localGet(low).localGet(high).i32GeU().brIf(out);
  code.localGet(low).localGet(high).i32Add().i32Const(1).i32ShrU().localSet(middle);
  place(middle).i64Load(RECORDS + RECORD.address).localGet(address).i64LtU();
  code.if();
  code.localGet(middle).i32Const(1).i32Add().localSet(low).else().localGet(middle).localSet(high).end();
  code.br(again).end().end();
  code.localGet(low).i32Const(0).i32Load(KEPT_RECORDS).i32LtU().when(() => {
    place(low).i32Const(RECORDS).i32Add().localTee(record).i64Load(RECORD.address).localGet(address).i64Eq().when(() => code.localGet(record).return());
  });
  return code.i32Const(0);
}

/** (high, low) → what a function of an address gives: for JavaScript, whose numbers are no i64. */
export function byHalves(of: number): Code {
  return new Code(2).localGet(0).i64ExtendI32U().i64Const(32).i64Shl().localGet(1).i64ExtendI32U().i64Or().call(of);
}

/** (address: i64) → the record, made if that can be done without JavaScript; else 0. */
export function recordAt(known: number, makeRecords: number): Code {
  const code = new Code(1), address = 0, record = code.local('i32'), entry = code.local('i32'), host = code.local('i32'), count = code.local('i32'), offset = code.local('i32');
  code.localGet(address).call(known).localTee(record).when(() => code.localGet(record).return());
  const none = code.block();
  code.i32Const(0).i32Load(NEW_SPECIALS).brIf(none);
  code.i32Const(0).i32Load(NEXT_RECORD).localTee(record).i32Const(RECORDS_END - RUN * RECORD.size).i32GtU().brIf(none);
  code.localGet(address).i32WrapI64().i32Const(4095).i32And().localTee(offset).i32Const(LAST_WHOLE).i32GtU().brIf(none);
  code.localGet(address).i64Const(12).i64ShrU().i32WrapI64().i32Const(255).i32And().i32Const(4).i32Shl().localTee(entry).i64Load(CODE_PAGES);
  code.localGet(address).i64Const(-4096).i64And().i64Const(1).i64Or().i64Ne().brIf(none);
  code.localGet(entry).i32Load(CODE_PAGES + 8).localSet(host);
  code.localGet(host).localGet(offset).i32Add().localGet(address).i64Const(32).i64ShrU().i32WrapI64().localGet(address).i32WrapI64().localGet(record).localGet(host).i32Const(LAST_WHOLE).i32Add().i32Const(RUN).call(makeRecords).localTee(count);
  code.i32Const(0).i32LtS().when(() => code.localGet(count).i32Const(-1).i32Xor().localSet(count));
  code.localGet(count).i32Eqz().brIf(none);
  code.i32Const(0).localGet(record).localGet(count).i32Const(RECORD.size).i32Mul().i32Add().i32Store(NEXT_RECORD);
  code.i32Const(0).i32Const(0).i32Load(FRESH_RECORDS).localGet(count).i32Add().i32Store(FRESH_RECORDS);
  // What is special about them has to be asked before they are executed.
  code.i32Const(0).i32Load(NEW_SPECIALS).brIf(none);
  return code.localGet(record).return().end().i32Const(0);
}

/** (address: i64, its entry in the jump cache) → 1 when what executes the code there has been entered, 0 after setting EXIT_CODE. */
export function arrive(record: number, miss: number): Code {
  const code = new Code(2), address = 0, entry = 1, found = code.local('i32'), ask = code.block();
  code.i32Const(0).i32Load(OFTEN).i32Eqz().brIf(ask);
  code.localGet(address).call(record).localTee(found).i32Eqz().brIf(ask);
  // There is translated code, or what was taken over has not been compared yet.
  code.localGet(found).i32Load(RECORD.slot).i32Eqz().brIf(ask);
  code.localGet(found).i32Load8U(RECORD.marks).i32Const(RecordMark.stale).i32And().brIf(ask);
  code.localGet(entry).localGet(address).i64Store(JUMP_CACHE).localGet(entry).i32Const(INTERPRET_SLOT).i32Store(JUMP_CACHE + 8).localGet(entry).localGet(found).i32Store(JUMP_CACHE + 12);
  return code.i32Const(1).return().end().call(miss);
}

/** (high, low) of a page → how many records in the table begin on it; KEEP_LIST then has them. */
export function listPage(placed: number): Code {
  const code = new Code(2), address = code.local('i64'), left = code.local('i32'), record = code.local('i32'), count = code.local('i32');
  code.localGet(0).i64ExtendI32U().i64Const(32).i64Shl().localGet(1).i64ExtendI32U().i64Or().localSet(address).i32Const(4096).localSet(left);
  const again = code.loop();
  code.localGet(address).call(placed).localTee(record).when(() => {
    code.localGet(count).i32Const(2).i32Shl().localGet(record).i32Store(KEEP_LIST).localGet(count).i32Const(1).i32Add().localSet(count);
  });
  code.localGet(address).i64Const(1).i64Add().localSet(address);
  return code.localGet(left).i32Const(1).i32Sub().localTee(left).brIf(again).end().localGet(count);
}
