// Flags as such, traps, system calls, CPUID, time stamps, bases of FS and GS, fences and hints.
// Must stay true: what leaves to the machine has its exit code set before; nothing here knows Linux.
import { FS_BASE, GS_BASE, RESULT_SCRATCH, RFLAGS_OFFSET } from '../cpu-state';
import type { Instruction, MemoryOperand, Operand } from '../x86/instruction';
import type { Emitter, SemanticsTable } from './emitter';
import { Condition, ExitCode, STATUS } from './emitter';
import { addToStackPointer, push, top } from './move';

const RAX = 0, RCX = 1, RDX = 2, RBX = 3, R11 = 11;
const DIRECTION = 0x400;
/** What POPF can change in user mode beside the status flags: DF, NT, AC, ID. */
const POPPABLE = 0x400 | 0x4000 | 0x40000 | 0x200000;

/** Pushes RFLAGS as an i64. */
function readAll(e: Emitter): void {
  e.readFlagBits();
  e.code.i64ExtendI32U();
  e.readState(RFLAGS_OFFSET);
  e.code.i64Const(~STATUS).i64And().i64Or();
}

function setDirection(e: Emitter, on: boolean): void {
  e.writeState(RFLAGS_OFFSET, () => {
    e.readState(RFLAGS_OFFSET);
    if (on) e.code.i64Const(DIRECTION).i64Or(); else e.code.i64Const(~DIRECTION).i64And();
  });
}

const pushFlags = (bytes: 2 | 8) => (e: Emitter): void => { readAll(e); push(e, e.toScratch('i64'), bytes); };
const popFlags = (bytes: 2 | 8) => (e: Emitter): void => {
  const value = top(e, bytes), { code } = e, mask = bytes === 2 ? POPPABLE & 0xffff : POPPABLE;
  addToStackPointer(e, bytes);
  e.writeState(RFLAGS_OFFSET, () => {
    e.readState(RFLAGS_OFFSET);
    code.i64Const(~mask).i64And().localGet(value).i64Const(mask).i64And().i64Or();
  });
  e.setFlagBits(() => code.localGet(value).i32WrapI64().i32Const(STATUS).i32And());
};

const trap = (exit: ExitCode) => (e: Emitter): void => e.raise(exit);
/** Cache lines are flushed where memory can be read. */
const touch = (e: Emitter, i: Instruction): void => { e.hostRead(e.address(i.operands[0] as MemoryOperand), 1); e.code.drop(); };
const nothing = (): void => undefined;

/** EDX:EAX from RESULT_SCRATCH. */
function resultPair(e: Emitter): void {
  e.writeGpr(RAX, 32, () => e.code.i32Const(0).i64Load32U(RESULT_SCRATCH));
  e.writeGpr(RDX, 32, () => e.code.i32Const(0).i64Load32U(RESULT_SCRATCH + 4));
}
function timeStamp(e: Emitter): void {
  e.code.localGet(e.flow.budget).i32Const(e.flow.unretired()).i32Add();
  e.helper('timestamp');
  resultPair(e);
}

const readBase = (offset: number) => (e: Emitter, i: Instruction): void => {
  e.readState(offset);
  e.write(i.operands[0] as Operand, e.toScratch('i64'));
};
const writeBase = (offset: number) => (e: Emitter, i: Instruction): void => {
  const value = e.value(i.operands[0] as Operand);
  e.code.localGet(value).i64Const(47).i64ShrU().i64Eqz().i32Eqz().seldom(() => e.raise(ExitCode.generalProtection));
  e.writeState(offset, () => e.code.localGet(value));
};

export const system: SemanticsTable = {
  SYSCALL(e) {
    e.writeGpr(RCX, 64, () => e.nextAddress());
    e.writeGpr(R11, 64, () => readAll(e));
    e.flow.systemCall();
  },
  CPUID(e) {
    e.readGpr(RAX, 32);
    e.code.i32WrapI64();
    e.readGpr(RCX, 32);
    e.code.i32WrapI64();
    e.helper('cpuid');
    [RAX, RBX, RCX, RDX].forEach((register, index) => e.writeGpr(register, 32, () => e.code.i32Const(0).i64Load32U(RESULT_SCRATCH + 4 * index)));
  },
  RDTSC: timeStamp,
  RDTSCP(e) { timeStamp(e); e.writeGpr(RCX, 32, () => e.code.i64Const(0)); },
  XGETBV(e) {
    // XCR0: x87, SSE and AVX state; index 1 is the same set in use.
    e.readGpr(RCX, 32);
    e.code.i64Const(1).i64GtU().seldom(() => e.raise(ExitCode.generalProtection));
    e.writeGpr(RAX, 32, () => e.code.i64Const(7));
    e.writeGpr(RDX, 32, () => e.code.i64Const(0));
  },
  INT(e, i) {
    const operand = i.operands[0];
    e.raise(operand?.kind === 'immediate' && (operand.value & 0xffn) !== 3n ? ExitCode.generalProtection : ExitCode.breakpointTrap);
  },
  INT3: trap(ExitCode.breakpointTrap), ICEBP: trap(ExitCode.breakpointTrap),
  UD0: trap(ExitCode.invalidOpcode), UD1: trap(ExitCode.invalidOpcode), UD2: trap(ExitCode.invalidOpcode),
  HLT: trap(ExitCode.generalProtection), CLI: trap(ExitCode.generalProtection), STI: trap(ExitCode.generalProtection),
  CLC(e) { e.overrideFlags(() => e.code.i32Const(0)); },
  STC(e) { e.overrideFlags(() => e.code.i32Const(1)); },
  CMC(e) { e.condition(Condition.AE); const carry = e.toScratch('i32'); e.overrideFlags(() => e.code.localGet(carry)); },
  CLD(e) { setDirection(e, false); },
  STD(e) { setDirection(e, true); },
  LAHF(e) { e.readFlagBits(); const bits = e.toScratch('i32'); e.writeHigh8(RAX, () => e.code.localGet(bits).i32Const(0xd5).i32And().i32Const(2).i32Or().i64ExtendI32U()); },
  SAHF(e) {
    e.readFlagBits();
    const before = e.toScratch('i32');
    e.readHigh8(RAX);
    const value = e.toScratch('i64');
    e.setFlagBits(() => e.code.localGet(before).i32Const(0x800).i32And().localGet(value).i32WrapI64().i32Const(0xd5).i32And().i32Or());
  },
  PUSHF: pushFlags(2), PUSHFQ: pushFlags(8), POPF: popFlags(2), POPFQ: popFlags(8),
  RDFSBASE: readBase(FS_BASE), RDGSBASE: readBase(GS_BASE), WRFSBASE: writeBase(FS_BASE), WRGSBASE: writeBase(GS_BASE),
  RDPID(e, i) { e.code.i64Const(0); e.write(i.operands[0] as Operand, e.toScratch('i64')); },
  PAUSE: nothing, LFENCE: nothing, MFENCE: nothing, SFENCE: nothing, ENDBR64: nothing, ENDBR32: nothing, FWAIT: nothing,
  PREFETCHNTA: nothing, PREFETCHT0: nothing, PREFETCHT1: nothing, PREFETCHT2: nothing, PREFETCHW: nothing, PREFETCHWT1: nothing,
  CLFLUSH: touch, CLFLUSHOPT: touch, CLWB: touch,
  CLDEMOTE: nothing, SERIALIZE: nothing, RDSSPD: nothing, RDSSPQ: nothing,
};
