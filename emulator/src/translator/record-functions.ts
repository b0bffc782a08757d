// WebAssembly functions that make records by recipe, copy records that are kept, and hash pages: a start would have JavaScript do it some 20 000 times
// before V8 has optimised anything of it, and the core module's machine code is there when it begins.
// Must stay true: a record made here is the one that decoding would make (records.test.ts compares them).
import { KEEP_COPIES, KEEP_LIST, KEEP_TO, NEW_SPECIALS, RECIPES, RECIPE_NODES, RECORDS, RESULT_SCRATCH } from '../cpu-state';
import { Code } from '../wasm/code';
import { ModuleBuilder } from '../wasm/module';
import type { FunctionType } from '../wasm/module';
import { TailValue } from '../x86/shape';
import { byHalves, enterPlace, enterRecord, forgetPlaces, isSpecial, knownRecord, listPage, placedRecord, recordAt } from './known-places';
import { SpecialTemplate } from './places';
import { RECIPE, Shape } from './recipe-layout';
import { RECORD, RecordMark } from './record-layout';

export interface RecordFunctions {
  /**
   * Makes records one behind the other, each leading to the next, of instructions from the one at a host address on, whose guest address comes in halves: until
   * one whose head is new, `most` of them, the first that begins behind the host address `last`, one after which control may go elsewhere, or one that leads to
   * a known record. How many; complemented if it ended in one of the last two ways. The first must not be known. What is called at them is their template; NEW_SPECIALS
   * has those for which that may be wrong.
   */
  makeRecords(host: number, high: number, low: number, record: number, last: number, most: number): number;
  /** Copies of the records in KEEP_LIST from a place in it on, to KEEP_COPIES, as never executed and stale; KEEP_TO says where a record's copy will be, 0: nowhere. */
  copyRecords(from: number, count: number): void;
  /** The addresses of the first so many records, u64 each, to KEEP_LIST and on into KEEP_TO. */
  listAddresses(count: number): void;
  /**
   * Looks up the records of so many addresses (u64) in KEEP_COPIES, of which some before have been found to be right already: those that are not stale, or waiting, go to
   * KEEP_LIST behind them, their places to KEEP_TO and their addresses (f64) to KEEP_COPIES. How many; the pages they are on (f64) go to `pages`, how many of these to RESULT_SCRATCH.
   */
  selectRecords(count: number, before: number, pages: number): number;
  /** Records, from one to before another, wait for their page, or do not: RecordMark.waiting or 0. */
  wait(record: number, end: number, mark: number): void;
  /** Kept records, from one to before another, whose page is as it was are of use: what executes them is their template. How many may be special, which KEEP_LIST then has. */
  freshen(record: number, end: number): number;
  /** The record at an address, which comes in halves; 0 if there is none. */
  known(high: number, low: number): number;
  /** A record that JavaScript made is found from now on. */
  enter(record: number): void;
  /** All records in the table, from one to before another, are forgotten. */
  forget(record: number, end: number): void;
  /** Records that begin on a page and were not taken over: how many; KEEP_LIST then has them. */
  listPage(high: number, low: number): number;
  /** Of the 4 KiB at a host address. */
  hashPage(host: number): number;
}

const SHIFT = Math.log2(RECORD.size);

/** `shape` is a local that holds a recipe's. */
const field = (code: Code, shape: number, at: Shape) => code.localGet(shape).i32Const(at).i32ShrU().i32Const(15).i32And();

function makeRecords(known: number): Code {
  const code = new Code(6), host = 0, high = 1, low = 2, record = 3, last = 4, most = 5;
  const address = code.local('i64'), next = code.local('i64'), value = code.local('i64'), node = code.local('i32'), at = code.local('i32'), recipe = code.local('i32'), shape = code.local('i32'), count = code.local('i32'), specials = code.local('i32');
  code.localGet(high).i64ExtendI32U().i64Const(32).i64Shl().localGet(low).i64ExtendI32U().i64Or().localSet(address);
  const out = code.block(), again = code.loop();
  const previous = () => code.localGet(record).i32Const(RECORD.size).i32Sub();
  code.localGet(count).when(() => {
    code.localGet(address).call(known).localTee(node).when(() => {
      previous().localGet(node).i32Store(RECORD.nextRecord).localGet(count).i32Const(-1).i32Xor().return();
    });
  });
  code.i32Const(0).localSet(node).localGet(host).localSet(at);
  const walk = code.loop();
  code.localGet(node).i32Const(9).i32Shl().localGet(at).i32Load8U().i32Const(1).i32Shl().i32Add().i32Load16S(RECIPE_NODES).localTee(node).i32Eqz().brIf(out);
  code.localGet(at).i32Const(1).i32Add().localSet(at);
  code.localGet(node).i32Const(0).i32GtS().brIf(walk).end();
  code.localGet(node).i32Const(-1).i32Xor().i32Const(RECIPE.size).i32Mul().localTee(recipe).i32Load(RECIPES + RECIPE.shape).localSet(shape);
  field(code, shape, Shape.length).i64ExtendI32U().localGet(address).i64Add().localSet(next);
  // Registers and the base lie side by side in both, and so do the records that this one leads to.
  code.localGet(record).localGet(recipe).i32Load(RECIPES + RECIPE.template).localTee(node).i32Store(RECORD.slot);
  code.localGet(record).localGet(node).i32Store(RECORD.step).localGet(record).localGet(node).i32Store(RECORD.template);
  code.localGet(record).localGet(recipe).i32Load(RECIPES + RECIPE.count).i32Store(RECORD.count);
  code.localGet(record).i64Const(0).i64Store(RECORD.nextRecord);
  code.localGet(record).localGet(recipe).i64Load(RECIPES + RECIPE.registers).i64Store(RECORD.registers);
  code.localGet(record).localGet(next).i64Store(RECORD.next).localGet(record).localGet(address).i64Store(RECORD.address);
  code.localGet(record).localGet(recipe).i64Load(RECIPES + RECIPE.immediate).i64Store(RECORD.immediate);
  // The tail: a displacement, then a value.
  field(code, shape, Shape.head).localGet(host).i32Add().localSet(at);
  field(code, shape, Shape.displacement).localTee(node).i32Eqz();
  code.if();
  code.localGet(record).localGet(recipe).i64Load(RECIPES + RECIPE.displacement).i64Store(RECORD.displacement);
  code.else().localGet(node).i32Const(1).i32Eq();
  code.if('i64');
  code.localGet(at).i64Load8S().else().localGet(at).i64Load32S().end().localSet(value);
  code.localGet(at).localGet(node).i32Add().localSet(at);
  code.localGet(shape).i32Const(1 << Shape.fromNext).i32And().when(() => code.localGet(value).localGet(next).i64Add().localSet(value));
  code.localGet(record).localGet(value).i64Store(RECORD.displacement).end();
  const done = code.block();
  const immediate = (read: () => Code) => { code.localGet(record); read().i64Store(RECORD.immediate).br(done); };
  const reads: Record<Exclude<TailValue, TailValue.none>, () => void> = {
    [TailValue.signed8]: () => { immediate(() => code.localGet(at).i64Load8S()); },
    [TailValue.signed16]: () => { immediate(() => code.localGet(at).i64Load16S()); },
    [TailValue.signed32]: () => { immediate(() => code.localGet(at).i64Load32S()); },
    [TailValue.unsigned8]: () => { immediate(() => code.localGet(at).i64Load8U()); },
    [TailValue.unsigned16]: () => { immediate(() => code.localGet(at).i64Load16U()); },
    [TailValue.whole64]: () => { immediate(() => code.localGet(at).i64Load()); },
    [TailValue.relative8]: () => { code.localGet(at).i64Load8S().localSet(value); },
    [TailValue.relative32]: () => { code.localGet(at).i64Load32S().localSet(value); },
  };
  const kinds = Object.keys(reads).map(Number), relative = code.block(), blocks = kinds.map(() => code.block());
  // The block that was opened last ends first.
  field(code, shape, Shape.value).brTable([done, ...kinds.map((_, index) => blocks[kinds.length - 1 - index]!)], done);
  for (const kind of kinds) {
    code.end();
    reads[kind as Exclude<TailValue, TailValue.none>]();
    if (kind === TailValue.relative8 || kind === TailValue.relative32) code.br(relative);
  }
  code.end();
  // A target below 0 wraps, which decoding says in its own way.
  code.localGet(value).localGet(next).i64Add().localTee(value).i64Const(0).i64LtS().brIf(out);
  code.localGet(record).localGet(value).i64Store(RECORD.target);
  // A jump back counts, a call does in any case.
  code.localGet(value).localGet(address).i64LeU().when(() => code.localGet(record).localGet(record).i32Load8U(RECORD.marks).i32Const(RecordMark.counts).i32Or().i32Store8(RECORD.marks));
  code.end();
  code.localGet(count).when(() => previous().localGet(record).i32Store(RECORD.nextRecord));
  enterPlace(code, record, value, node);
  isSpecial(code, address, node).when(() => {
    code.i32Const(0).i32Const(0).i32Load(NEW_SPECIALS).i32Const(1).i32Add().localTee(specials).i32Store(NEW_SPECIALS);
    code.localGet(specials).i32Const(2).i32Shl().localGet(record).i32Store(NEW_SPECIALS);
  });
  code.localGet(count).i32Const(1).i32Add().localSet(count);
  code.localGet(shape).i32Const(1 << Shape.ends).i32And().when(() => code.localGet(count).i32Const(-1).i32Xor().return());
  field(code, shape, Shape.length).localGet(host).i32Add().localSet(host);
  code.localGet(next).localSet(address).localGet(record).i32Const(RECORD.size).i32Add().localSet(record);
  code.localGet(host).localGet(last).i32LeU().localGet(count).localGet(most).i32LtU().i32And().brIf(again);
  return code.end().end().localGet(count);
}

function copyRecords(): Code {
  const code = new Code(2), from = 0, count = 1, to = code.local('i32'), source = code.local('i32'), other = code.local('i32');
  code.localGet(from).i32Const(2).i32Shl().localSet(from).i32Const(KEEP_COPIES).localSet(to).localGet(count).i32Eqz().when(() => code.return());
  const again = code.loop();
  code.localGet(from).i32Load(KEEP_LIST).localSet(source);
  for (const at of [RECORD.template, RECORD.registers, RECORD.next, RECORD.displacement, RECORD.immediate, RECORD.address]) code.localGet(to).localGet(source).i64Load(at).i64Store(at);
  for (const at of [RECORD.slot, RECORD.step]) code.localGet(to).i32Const(SpecialTemplate.stale).i32Store(at);
  for (const at of [RECORD.nextRecord, RECORD.takenRecord]) {
    code.localGet(to).localGet(source).i32Load(at).localTee(other).i32Eqz();
    code.if('i32');
    code.i32Const(0).else().localGet(other).i32Const(RECORDS).i32Sub().i32Const(SHIFT - 2).i32ShrU().i32Load(KEEP_TO).end().i32Store(at);
  }
  code.localGet(to).i32Const(0).i32Store16(RECORD.count).localGet(to).localGet(source).i32Load8U(RECORD.marks).i32Const(~RecordMark.waiting).i32And().i32Const(RecordMark.stale).i32Or().i32Store8(RECORD.marks);
  code.localGet(from).i32Const(4).i32Add().localSet(from).localGet(to).i32Const(RECORD.size).i32Add().localSet(to);
  return code.localGet(count).i32Const(1).i32Sub().localTee(count).brIf(again).end();
}

function listAddresses(): Code {
  const code = new Code(1), count = 0, to = code.local('i32'), record = code.local('i32'), out = code.block(), again = code.loop();
  code.localGet(count).i32Eqz().brIf(out);
  code.localGet(to).localGet(record).i64Load(RECORDS + RECORD.address).i64Store(KEEP_LIST);
  code.localGet(to).i32Const(8).i32Add().localSet(to).localGet(record).i32Const(RECORD.size).i32Add().localSet(record);
  return code.localGet(count).i32Const(1).i32Sub().localSet(count).br(again).end().end();
}

function selectRecords(known: number): Code {
  const code = new Code(3), count = 0, before = 1, pages = 2, at = code.local('i32'), to = code.local('i32'), record = code.local('i32'), marks = code.local('i32'), first = code.local('i32'), address = code.local('i64'), page = code.local('i64'), last = code.local('i64');
  code.localGet(pages).localSet(first).i64Const(-1).localSet(last).localGet(before).i32Const(2).i32Shl().localSet(before);
  const out = code.block(), again = code.loop();
  code.localGet(count).i32Eqz().brIf(out);
  const skip = code.block();
  code.localGet(at).i64Load(KEEP_COPIES).localTee(address).call(known).localTee(record).i32Load8U(RECORD.marks).localTee(marks);
  code.i32Const(RecordMark.stale).i32And().localGet(marks).i32Const(RecordMark.waiting).i32And().i32Eqz().i32And().i32Const(0).i32Ne().brIf(skip);
  // Those of the page of the instruction's first byte, and of its last.
  code.localGet(address).i64Const(12).i64ShrU().localTee(page).localGet(last).i64Ne().when(() => note());
  code.localGet(record).i64Load(RECORD.next).i64Const(1).i64Sub().i64Const(12).i64ShrU().localTee(page).localGet(last).i64GtU().when(() => note());
  code.localGet(before).localGet(record).i32Store(KEEP_LIST);
  code.localGet(record).i32Const(RECORDS).i32Sub().i32Const(SHIFT - 2).i32ShrU().localGet(before).i32Const(SHIFT - 2).i32Shl().i32Const(RECORDS).i32Add().i32Store(KEEP_TO);
  code.localGet(to).localGet(address).f64ConvertI64U().f64Store(KEEP_COPIES);
  code.localGet(before).i32Const(4).i32Add().localSet(before).localGet(to).i32Const(8).i32Add().localSet(to).end();
  code.localGet(at).i32Const(8).i32Add().localSet(at).localGet(count).i32Const(1).i32Sub().localSet(count).br(again).end().end();
  code.i32Const(0).localGet(pages).localGet(first).i32Sub().i32Const(3).i32ShrU().i32Store(RESULT_SCRATCH);
  return code.localGet(to).i32Const(3).i32ShrU();
  function note(): void {
    code.localGet(pages).localGet(page).i64Const(12).i64Shl().f64ConvertI64U().f64Store().localGet(pages).i32Const(8).i32Add().localSet(pages).localGet(page).localSet(last);
  }
}

function wait(): Code {
  const code = new Code(3), record = 0, end = 1, mark = 2, out = code.block(), again = code.loop();
  code.localGet(record).localGet(end).i32GeU().brIf(out);
  code.localGet(record).localGet(record).i32Load8U(RECORD.marks).i32Const(~RecordMark.waiting).i32And().localGet(mark).i32Or().i32Store8(RECORD.marks);
  return code.localGet(record).i32Const(RECORD.size).i32Add().localSet(record).br(again).end().end();
}

function freshen(): Code {
  const code = new Code(2), record = 0, end = 1, template = code.local('i32'), count = code.local('i32'), bit = code.local('i32'), address = code.local('i64'), out = code.block(), again = code.loop();
  code.localGet(record).localGet(end).i32GeU().brIf(out);
  code.localGet(record).localGet(record).i32Load8U(RECORD.marks).i32Const(~(RecordMark.stale | RecordMark.waiting)).i32And().i32Store8(RECORD.marks);
  code.localGet(record).localGet(record).i32Load(RECORD.template).localTee(template).i32Store(RECORD.slot).localGet(record).localGet(template).i32Store(RECORD.step);
  code.localGet(record).i64Load(RECORD.address).localSet(address);
  isSpecial(code, address, bit).when(() => {
    code.localGet(count).i32Const(2).i32Shl().localGet(record).i32Store(KEEP_LIST).localGet(count).i32Const(1).i32Add().localSet(count);
  });
  return code.localGet(record).i32Const(RECORD.size).i32Add().localSet(record).br(again).end().end().localGet(count);
}

/** Two sums of 32 bits, put together as far as a double holds them: 32 bits of one and 20 of the other. */
function hashPage(): Code {
  const code = new Code(1), host = 0, end = code.local('i32'), a = code.local('i32'), b = code.local('i32'), word = code.local('i32');
  code.localGet(host).i32Const(4096).i32Add().localSet(end).i32Const(0x9e3779b9 | 0).localSet(a).i32Const(0x85ebca6b | 0).localSet(b);
  const again = code.loop();
  code.localGet(a).localGet(host).i32Load().localTee(word).i32Xor().i32Const(0x01000193).i32Mul().localSet(a);
  code.localGet(b).localGet(word).i32Xor().localGet(a).i32Const(15).i32ShrU().i32Add().i32Const(0x5bd1e995).i32Mul().localSet(b);
  code.localGet(host).i32Const(4).i32Add().localTee(host).localGet(end).i32Ne().brIf(again).end();
  return code.localGet(a).f64ConvertI32U().f64Const(0x100000).f64Mul().localGet(b).i32Const(0xfffff).i32And().f64ConvertI32U().f64Add();
}

/** What makes them. */
export const recordFunctions = [makeRecords, copyRecords, listAddresses, selectRecords, wait, freshen, hashPage, enterRecord, forgetPlaces, placedRecord, knownRecord, recordAt, listPage];

/** Exports `RecordFunctions` from a module; the index of what gives the record of an address (i64), made if need be, or 0. */
export function addRecordFunctions(module: ModuleBuilder): number {
  const i32 = (count: number) => new Array<'i32'>(count).fill('i32'), ofAddress: FunctionType = { parameters: ['i64'], results: ['i32'] };
  const placed = module.add(ofAddress, placedRecord()), known = module.add(ofAddress, knownRecord(placed));
  const make = module.add({ parameters: i32(6), results: ['i32'] }, makeRecords(known));
  module.exportFunction('makeRecords', make);
  const others: [keyof RecordFunctions, FunctionType, Code][] = [
    ['copyRecords', { parameters: i32(2), results: [] }, copyRecords()],
    ['listAddresses', { parameters: i32(1), results: [] }, listAddresses()],
    ['selectRecords', { parameters: i32(3), results: ['i32'] }, selectRecords(known)],
    ['wait', { parameters: i32(3), results: [] }, wait()],
    ['freshen', { parameters: i32(2), results: ['i32'] }, freshen()],
    ['hashPage', { parameters: i32(1), results: ['f64'] }, hashPage()],
    ['known', { parameters: i32(2), results: ['i32'] }, byHalves(known)],
    ['enter', { parameters: i32(1), results: [] }, enterRecord()],
    ['forget', { parameters: i32(2), results: [] }, forgetPlaces()],
    ['listPage', { parameters: i32(2), results: ['i32'] }, listPage(placed)],
  ];
  for (const [name, type, code] of others) module.exportFunction(name, module.add(type, code));
  return module.add(ofAddress, recordAt(known, make));
}

/** They alone, on a memory without a processor. */
export function recordFunctionsOn(memory: WebAssembly.Memory): RecordFunctions {
  const module = new ModuleBuilder();
  module.importMemory('e', 'm', 1);
  addRecordFunctions(module);
  return new WebAssembly.Instance(new WebAssembly.Module(module.finish()), { e: { m: memory } }).exports as unknown as RecordFunctions;
}
