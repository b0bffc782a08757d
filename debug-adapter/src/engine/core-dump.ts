// The present moment as a Linux core file, for Delve (`dlv core`) and gdb: registers of every thread, all memory that can be read.
// Must stay true: the layout is elf.h's and the kernel's for x86-64; the thread that stopped comes first, which is the one readers select.

import { abridgedTag } from '@gobuf/emulator/kernel/signal-frame';
import type { Machine, MemoryRegion, Registers } from '@gobuf/emulator/machine-types';

/** A piece of the file at its offset; what no piece covers is zero. */
export interface CorePiece { offset: number; bytes: Uint8Array }

const EHDR = 64, PHDR = 56, PAGE = 4096, PIECE = 1 << 20;
const NT_PRSTATUS = 1, NT_FPREGSET = 2, NT_PRPSINFO = 3, NT_AUXV = 6, NT_X86_XSTATE = 0x202;
/** Index in user_regs_struct of each general register, by its number. */
const ORDER = [10, 11, 12, 5, 19, 4, 13, 14, 9, 8, 7, 6, 3, 2, 1, 0];
const [ORIG_RAX, RIP, CS, RFLAGS, SS, FS_BASE, GS_BASE] = [15, 16, 17, 18, 20, 21, 22];
/** States of an XSAVE area by bit. */
const X87_SSE = 3n, AVX = 4n;
/** Where the kernel says which states the area holds. */
const SOFTWARE_RESERVED = 464, XSTATE_HEADER = 512, YMM_HIGH = 576;

const roundUp = (value: number, to: number): number => Math.ceil(value / to) * to;

function note(name: string, type: number, data: Uint8Array): Uint8Array {
  const start = 12 + roundUp(name.length + 1, 4), bytes = new Uint8Array(start + roundUp(data.length, 4)), view = new DataView(bytes.buffer);
  view.setUint32(0, name.length + 1, true);
  view.setUint32(4, data.length, true);
  view.setUint32(8, type, true);
  bytes.set(new TextEncoder().encode(name), 12);
  bytes.set(data, start);
  return bytes;
}

/** struct elf_prstatus. */
function status(tid: number, pid: number, registers: Registers): Uint8Array {
  const bytes = new Uint8Array(336), view = new DataView(bytes.buffer);
  [tid, 1, pid, pid].forEach((id, i) => view.setInt32(32 + i * 4, id, true));
  const put = (index: number, value: bigint | number): void => view.setBigUint64(112 + index * 8, BigInt.asUintN(64, BigInt(value)), true);
  registers.gpr.forEach((value, i) => put(ORDER[i]!, value));
  put(ORIG_RAX!, -1);
  put(RIP!, registers.rip);
  put(CS!, 0x33);
  put(SS!, 0x2b);
  put(RFLAGS!, registers.rflags);
  put(FS_BASE!, registers.fsBase);
  put(GS_BASE!, registers.gsBase);
  view.setInt32(328, 1, true);
  return bytes;
}

/** An XSAVE area; its first 512 bytes are what FXSAVE writes. */
function floating({ x87, mxcsr, vector }: Registers): Uint8Array {
  const bytes = new Uint8Array(YMM_HIGH + 256), view = new DataView(bytes.buffer);
  view.setUint16(0, x87.control, true);
  view.setUint16(2, x87.status, true);
  view.setUint8(4, abridgedTag(x87.tag));
  view.setUint32(24, mxcsr, true);
  view.setUint32(28, 0xffff, true);
  bytes.set(x87.registers.subarray(0, 128), 32);
  for (let i = 0; i < 16; i++) {
    bytes.set(vector.subarray(i * 32, i * 32 + 16), 160 + i * 16);
    bytes.set(vector.subarray(i * 32 + 16, i * 32 + 32), YMM_HIGH + i * 16);
  }
  view.setBigUint64(SOFTWARE_RESERVED, X87_SSE | AVX, true);
  // A state that is as after a reset is not in use, as XSAVEOPT has it.
  view.setBigUint64(XSTATE_HEADER, bytes.subarray(YMM_HIGH).some((byte) => byte !== 0) ? X87_SSE | AVX : X87_SSE, true);
  return bytes;
}

/** struct elf_prpsinfo. */
function process(pid: number, command: string): Uint8Array {
  const bytes = new Uint8Array(136), view = new DataView(bytes.buffer), text = new TextEncoder();
  bytes[1] = 'R'.charCodeAt(0);
  [pid, 0, pid, pid].forEach((id, i) => view.setInt32(24 + i * 4, id, true));
  bytes.set(text.encode(command.slice(command.lastIndexOf('/') + 1)).subarray(0, 15), 40);
  bytes.set(text.encode(command).subarray(0, 79), 56);
  return bytes;
}

/** The program's name and arguments, where the kernel put them. */
export function commandLine(machine: Machine, startSp: number): string[] {
  const word = (at: number): number => { const bytes = machine.readMemory(at, 8); return bytes.length < 8 ? 0 : Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true)); };
  return Array.from({ length: word(startSp) }, (_, i) => {
    const start = word(startSp + 8 * (i + 1)), pieces: Uint8Array[] = [];
    for (let at = start, end = -1; end < 0;) {
      const piece = machine.readMemory(at, PAGE - (at % PAGE));
      end = piece.length === 0 ? 0 : piece.indexOf(0);
      pieces.push(piece.subarray(0, end < 0 ? piece.length : end));
      at += piece.length;
    }
    return pieces.map((piece) => new TextDecoder().decode(piece)).join('');
  });
}

/** The auxiliary vector, which the kernel put above arguments and environment; and the program's name. */
function startOf(machine: Machine, startSp: number): { auxv: Uint8Array; command: string } {
  const word = (at: number): number => { const bytes = machine.readMemory(at, 8); return bytes.length < 8 ? 0 : Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true)); };
  const first = machine.readMemory(word(startSp + 8), 80), end = first.indexOf(0);
  let at = startSp + 8 * (word(startSp) + 2);
  while (word(at) !== 0) at += 8;
  const begin = at += 8;
  while (word(at) !== 0) at += 16;
  return { auxv: machine.readMemory(begin, at + 16 - begin), command: new TextDecoder().decode(first.subarray(0, end < 0 ? 0 : end)) };
}

function header(notes: number, regions: readonly MemoryRegion[]): { bytes: Uint8Array; offsets: number[]; size: number } {
  const count = regions.length + 1, noteStart = EHDR + count * PHDR;
  const bytes = new Uint8Array(noteStart), view = new DataView(bytes.buffer), u64 = (at: number, value: number): void => view.setBigUint64(at, BigInt(value), true);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, 4, true); // ET_CORE
  view.setUint16(18, 62, true); // EM_X86_64
  view.setUint32(20, 1, true);
  u64(32, EHDR);
  view.setUint16(52, EHDR, true);
  view.setUint16(54, PHDR, true);
  view.setUint16(56, count, true);
  let at = EHDR, end = roundUp(noteStart + notes, PAGE);
  const row = (type: number, flags: number, offset: number, address: number, inFile: number, inMemory: number, align: number): void => {
    view.setUint32(at, type, true);
    view.setUint32(at + 4, flags, true);
    [offset, address, 0, inFile, inMemory, align].forEach((value, i) => u64(at + 8 + i * 8, value));
    at += PHDR;
  };
  row(4, 0, noteStart, 0, notes, 0, 4);
  const offsets = regions.map(({ start, end: stop, read, write, execute }) => {
    const offset = end, size = read ? stop - start : 0;
    row(1, (read ? 4 : 0) | (write ? 2 : 0) | (execute ? 1 : 0), offset, start, size, stop - start, PAGE);
    end += size;
    return offset;
  });
  return { bytes, offsets, size: end };
}

/** The file's size and its pieces. `startSp` is SP before the first instruction. */
export function coreDump(machine: Machine, tid: number, startSp: number): { size: number; pieces: Iterable<CorePiece> } {
  const { auxv, command } = startOf(machine, startSp), pid = machine.threads[0]!.tid;
  const threads = [...machine.threads].filter(({ state }) => state !== 'exited').sort((a, b) => Number(b.tid === tid) - Number(a.tid === tid));
  const notes = threads.flatMap((thread, i) => {
    const registers = machine.registers(thread.tid), state = floating(registers);
    return [
      note('CORE', NT_PRSTATUS, status(thread.tid, pid, registers)),
      ...(i === 0 ? [note('CORE', NT_PRPSINFO, process(pid, command)), note('CORE', NT_AUXV, auxv)] : []),
      note('CORE', NT_FPREGSET, state.subarray(0, 512)), note('LINUX', NT_X86_XSTATE, state),
    ];
  });
  const regions = machine.regions(), { bytes, offsets, size } = header(notes.reduce((sum, { length }) => sum + length, 0), regions);
  return { size, pieces: pieces() };

  function* pieces(): Generator<CorePiece> {
    yield { offset: 0, bytes };
    let at = bytes.length;
    for (const each of notes) { yield { offset: at, bytes: each }; at += each.length; }
    for (const [i, { start, end, read }] of regions.entries()) {
      if (!read) continue;
      for (let address = start; address < end; address += PIECE) {
        const piece = machine.readMemory(address, Math.min(PIECE, end - address));
        if (piece.some((byte) => byte !== 0)) yield { offset: offsets[i]! + address - start, bytes: piece };
      }
    }
  }
}
