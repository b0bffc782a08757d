// The loops over records that execute guest code instruction by instruction: one for code that is not worth translating yet, one for
// single steps. In WebAssembly, part of the core module.
// Must stay true: exactly the budget is retired unless something else ends it; a record is left for the next only after its instruction.
import { EXIT_CODE, JUMP_CACHE, OFTEN, RIP_OFFSET, STATE_BASE } from '../cpu-state';
import { ExitCode } from '../semantics/flow';
import { Code } from '../wasm/code';
import { jumpCacheEntry } from './jump-cache';
import { INTERPRET_SLOT } from './places';
import { RECORD, RecordMark } from './record-layout';

interface Calls { record: number; arrive: number; refresh: number; warm: number; quickCall: number; translated: number; templates: number }

const rip = (code: Code) => code.i32Const(0).i64Load(STATE_BASE + RIP_OFFSET);
const leave = (code: Code, budget: number) => code.localGet(budget).i32Const(-1).i32Xor().return();

/** Counts that a record was gone to; what it is then to be done with is up to `warm`. Uses the local as it likes. */
function count(code: Code, record: number, local: number, calls: Calls): void {
  code.localGet(record).localGet(record).i32Load16U(RECORD.count).i32Const(1).i32Add().localTee(local).i32Store16(RECORD.count);
  code.localGet(local).i32Const(0).i32Load(OFTEN).i32Eq().when(() => code.call(calls.warm));
}

/** What translated code calls: it counts as any transfer of control does. `loop` is the function that `interpret` makes. */
export function interpretCalled(calls: Calls, loop: number): Code {
  const code = new Code(3);
  count(code, 0, code.local('i32'), calls);
  return code.localGet(0).localGet(1).localGet(2).returnCall(loop);
}

/** (record, budget, host stack left) → budget left, complemented if an exit came: a translated function like any other, whose selector is a record. */
export function interpret(calls: Calls): Code {
  const code = new Code(3), record = 0, budget = 1, depth = 2, slot = code.local('i32'), to = code.local('i32'), entry = code.local('i32'), address = code.local('i64');
  const again = code.loop();
  // Translated code goes on here.
  code.localGet(record).i32Load(RECORD.slot).localTee(slot).i32Eqz().when(() => code.localGet(budget).return());
  code.localGet(budget).i32Eqz().when(() => code.i32Const(-1).return());
  code.localGet(record).localGet(budget).localGet(depth).localGet(slot).callIndirect(calls.translated, calls.templates).localTee(budget);
  code.i32Const(0).i32LtS().when(() => {
    code.i32Const(0).i32Load(EXIT_CODE).i32Const(ExitCode.syscall).i32Ne().when(() => code.localGet(budget).return());
    // Everything is in the state area by now: calls that are answered inside translated code are answered here, too.
    code.localGet(budget).i32Const(-1).i32Xor().localTee(budget).call(calls.quickCall).i32Eqz().when(() => leave(code, budget));
    code.i32Const(0).i32Const(ExitCode.none).i32Store(EXIT_CODE);
  });
  rip(code).localTee(address).localGet(record).i64Load(RECORD.next).i64Eq().when(() => {
    code.localGet(record).i32Load(RECORD.nextRecord).localTee(to).i32Eqz().when(() => {
      code.call(calls.record).localTee(to).i32Eqz().when(() => leave(code, budget));
      code.localGet(record).localGet(to).i32Store(RECORD.nextRecord);
    });
    code.localGet(to).localSet(record).br(again);
  });
  // Elsewhere: where it went last, or where the jump cache says.
  const known = code.block();
  code.localGet(record).i32Load(RECORD.takenRecord).localTee(to);
  code.if();
  code.localGet(to).i64Load(RECORD.address).localGet(address).i64Eq().brIf(known).end();
  jumpCacheEntry(code, address);
  code.localTee(entry).i64Load(JUMP_CACHE).localGet(address).i64Ne().when(() => {
    code.localGet(address).localGet(entry).call(calls.arrive).i32Eqz().when(() => leave(code, budget));
  });
  code.localGet(entry).i32Load(JUMP_CACHE + 8).i32Const(INTERPRET_SLOT).i32Ne().when(() => code.localGet(budget).return());
  code.localGet(record).localGet(entry).i32Load(JUMP_CACHE + 12).localTee(to).i32Store(RECORD.takenRecord).end();
  code.localGet(record).i32Load8U(RECORD.marks).i32Const(RecordMark.counts).i32And().when(() => {
    count(code, to, entry, calls);
  });
  code.localGet(to).localSet(record).br(again).end().unreachable();
  return code;
}

/** (record, count, host stack left) → instructions left, complemented if an exit came. Knows no translations, and counts nothing. */
export function steps(calls: Calls): Code {
  const code = new Code(3), record = 0, budget = 1, depth = 2, to = code.local('i32'), address = code.local('i64');
  code.i32Const(0).i32Const(ExitCode.none).i32Store(EXIT_CODE);
  const again = code.loop();
  code.localGet(record).localGet(budget).localGet(depth).localGet(record).i32Load(RECORD.step).callIndirect(calls.translated, calls.templates).localTee(budget);
  code.i32Const(0).i32LeS().when(() => code.localGet(budget).return());
  rip(code).localTee(address).localGet(record).i64Load(RECORD.next).i64Eq();
  const link = (field: number) => {
    code.call(calls.record).localTee(to).i32Eqz().when(() => leave(code, budget));
    code.localGet(record).localGet(to).i32Store(field);
  };
  code.if();
  code.localGet(record).i32Load(RECORD.nextRecord).localTee(to).i32Eqz().when(() => link(RECORD.nextRecord));
  code.else().localGet(record).i32Load(RECORD.takenRecord).localTee(to);
  code.if('i32');
  code.localGet(to).i64Load(RECORD.address).localGet(address).i64Ne().else().i32Const(1).end();
  code.when(() => link(RECORD.takenRecord));
  code.end();
  code.localGet(to).localSet(record).br(again).end().unreachable();
  return code;
}

/** What stands in a record whose code may have changed, or has not been compared yet. */
export function stale(calls: Calls): Code {
  const code = new Code(3);
  code.call(calls.refresh).i32Eqz().when(() => leave(code, 1));
  return code.localGet(0).localGet(1).localGet(2).localGet(0).i32Load(RECORD.step).returnCallIndirect(calls.translated, calls.templates);
}

/** What stands in a record with a breakpoint, and in one without an instruction. */
export function ends(exit: ExitCode): Code {
  const code = new Code(3);
  code.i32Const(0).i32Const(exit).i32Store(EXIT_CODE);
  return code.localGet(1).i32Const(-1).i32Xor();
}
