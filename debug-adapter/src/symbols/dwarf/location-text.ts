// A location expression as people read it: the names of its operations with their operands, and of the registers.
// Must stay true: the text is Delve's (`whatis` with show-location-expr).
import { ByteReader } from '../byte-reader';

const REGISTERS = 'Rax Rdx Rcx Rbx Rsi Rdi Rbp Rsp R8 R9 R10 R11 R12 R13 R14 R15 Rip'.split(' ');
const registerName = (number: number): string => REGISTERS[number] ?? (number >= 17 && number <= 32 ? `XMM${number - 17}` : `unknown${number}`);

/** Operations by number, with the kinds of their operands: u and s LEB128, digits a size in bytes, B a block. */
const OPERATIONS: Record<number, [name: string, operands: string]> = {
  0x03: ['addr', '8'], 0x06: ['deref', ''], 0x08: ['const1u', '1'], 0x09: ['const1s', '1'], 0x0a: ['const2u', '2'], 0x0b: ['const2s', '2'], 0x0c: ['const4u', '4'], 0x0d: ['const4s', '4'], 0x0e: ['const8u', '8'], 0x0f: ['const8s', '8'],
  0x10: ['constu', 'u'], 0x11: ['consts', 's'], 0x12: ['dup', ''], 0x1c: ['minus', ''], 0x22: ['plus', ''], 0x23: ['plus_uconst', 'u'], 0x90: ['regx', 'u'], 0x91: ['fbreg', 's'], 0x92: ['bregx', 'us'], 0x93: ['piece', 'u'],
  0x96: ['nop', ''], 0x9c: ['call_frame_cfa', ''], 0x9e: ['implicit_value', 'B'], 0x9f: ['stack_value', ''], 0xa1: ['addrx', 'u'], 0xa2: ['constx', 'u'],
  ...Object.fromEntries(Array.from({ length: 32 }, (_, i) => [[0x30 + i, [`lit${i}`, '']], [0x50 + i, [`reg${i}(${registerName(i)})`, '']], [0x70 + i, [`breg${i}(${registerName(i)})`, 's']]]).flat()),
};
const hex = (value: number | bigint): string => (value < 0 ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`);

export function locationText(code: Uint8Array): string {
  const r = new ByteReader(code);
  let out = '';
  while (!r.atEnd) {
    const op = r.u8(), [name, operands] = OPERATIONS[op] ?? [undefined, ''];
    out += name === undefined ? `${hex(op)} ` : `DW_OP_${name} `;
    for (const kind of operands) {
      let number = 0;
      switch (kind) {
        case 'u': out += `${hex(number = r.uleb())} `; break;
        case 's': out += `${hex(r.sleb())} `; break;
        case '1': out += `${hex(r.u8())} `; break;
        case '2': out += `${hex(r.u16())} `; break;
        case '4': out += `${hex(r.u32())} `; break;
        case '8': out += `${hex(r.big64())} `; break;
        default: { const size = r.uleb(); out += `${size} [${Array.from(r.bytes(size), (byte) => byte.toString(16).padStart(2, '0')).join('')}] `; }
      }
      if (kind === 'u' && (op === 0x90 || op === 0x92)) out += `(${registerName(number)})`;
    }
  }
  return out;
}
