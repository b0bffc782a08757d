// Lists the instructions of a function the way Delve does, line for line.
// Must stay true: if Delve's listing of the bytes has no undecodable line, ours is the same; else ours is the right one.

import { decode } from '../decoder';
import type { Flavour, SymbolName } from '../disassemble';
import { UNDECODABLE, disassemble } from '../disassemble';
import type { Instruction } from '../instruction';

export interface ListedInstruction {
  address: number;
  bytes: Uint8Array;
  /** `?` for a byte that begins no instruction. */
  text: string;
  /** Undefined where the text is `?`. */
  instruction: Instruction | undefined;
}

/**
 * Instructions of `bytes`, which begin at `address`. Delve's decoder takes the byte after VZEROUPPER and VZEROALL for a ModRM
 * byte, so its next lines are off; `asDelve` follows it there unless that leads to bytes it cannot decode.
 */
export function listing(bytes: Uint8Array, address: number, flavour: Flavour, symbolName: SymbolName, asDelve = true): ListedInstruction[] {
  const quirky = asDelve && walk(bytes, address, true);
  const lines = quirky && quirky.every((line) => line.instruction) ? quirky : walk(bytes, address, false);
  for (const line of lines) if (line.instruction) line.text = disassemble(line.instruction, flavour, symbolName);
  return lines;
}

function walk(bytes: Uint8Array, address: number, asDelve: boolean): ListedInstruction[] {
  const lines: ListedInstruction[] = [];
  for (let offset = 0; offset < bytes.length;) {
    let instruction = decode(bytes, offset, address + offset);
    let length = instruction?.length ?? 1;
    if (asDelve && instruction && /^VZERO/.test(instruction.row.name)) {
      length = lengthWithModrm(bytes, offset + length) - offset;
      if (offset + length > bytes.length) { instruction = undefined; length = 1; }
    }
    lines.push({ address: address + offset, bytes: bytes.slice(offset, offset + length), text: UNDECODABLE, instruction });
    offset += length;
  }
  return lines;
}

/** The offset after a ModRM byte at `at`, its SIB and displacement; `at` if the bytes end there. */
function lengthWithModrm(bytes: Uint8Array, at: number): number {
  const modrm = bytes[at];
  if (modrm === undefined) return at;
  const mod = modrm >> 6, hasSib = mod !== 3 && (modrm & 7) === 4;
  const base = hasSib ? (bytes[at + 1] ?? 0) & 7 : modrm & 7;
  const displacement = mod === 1 ? 1 : mod === 2 || (mod === 0 && base === 5) ? 4 : 0;
  return at + 1 + (hasSib ? 1 : 0) + displacement;
}
