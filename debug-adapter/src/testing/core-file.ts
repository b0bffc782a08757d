// Memory and threads out of a Linux core file (as Delve's `dump` writes them): truth for tests of the runtime model and of values.
// Must stay true: test support only; anything missing reads as unmapped.
import type { Registers } from '@gobuf/emulator/machine-types';
import type { Memory } from '../symbols/types';

export interface CoreThread { tid: number; registers: Registers }

/** Offsets of user_regs_struct by hardware register number. */
const ORDER = [10, 11, 12, 5, 19, 4, 13, 14, 9, 8, 7, 6, 3, 2, 1, 0];

export class CoreFile implements Memory {
  readonly threads: CoreThread[] = [];
  private readonly segments: { start: number; end: number; offset: number; fileEnd: number }[] = [];

  constructor(private readonly bytes: Uint8Array) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const u64 = (at: number): number => Number(view.getBigUint64(at, true));
    const table = u64(32), size = view.getUint16(54, true), count = view.getUint16(56, true);
    for (let i = 0; i < count; i++) {
      const p = table + i * size;
      const type = view.getUint32(p, true), offset = u64(p + 8), address = u64(p + 16), fileSize = u64(p + 32), memorySize = u64(p + 40);
      if (type === 1) this.segments.push({ start: address, end: address + memorySize, offset, fileEnd: offset + fileSize });
      if (type === 4) this.notes(view, offset, fileSize);
    }
    this.segments.sort((a, b) => a.start - b.start);
  }

  private notes(view: DataView, start: number, length: number): void {
    for (let at = start; at + 12 <= start + length; ) {
      const nameSize = view.getUint32(at, true), size = view.getUint32(at + 4, true), type = view.getUint32(at + 8, true);
      const data = at + 12 + Math.ceil(nameSize / 4) * 4;
      if (type === 1 && size >= 336) {
        const tid = view.getUint32(data + 32, true);
        const register = (n: number): bigint => view.getBigUint64(data + 112 + n * 8, true);
        this.threads.push({
          tid,
          registers: {
            gpr: ORDER.map(register), rip: Number(register(16)), rflags: Number(register(18)), fsBase: Number(register(21)), gsBase: Number(register(22)), mxcsr: 0x1f80,
            vector: new Uint8Array(512), x87: { control: 0x37f, status: 0, tag: 0xffff, registers: new Uint8Array(80) },
          },
        });
      }
      at = data + Math.ceil(size / 4) * 4;
    }
  }

  read(address: number, length: number): Uint8Array {
    const out = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const at = address + done;
      const s = this.segments.find((x) => at >= x.start && at < x.end);
      if (!s) break;
      const n = Math.min(length - done, s.end - at);
      const from = s.offset + (at - s.start);
      if (from < s.fileEnd) out.set(this.bytes.subarray(from, Math.min(from + n, s.fileEnd)), done);
      done += n;
    }
    return out.subarray(0, done);
  }
}
