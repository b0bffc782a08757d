// What one instruction does to control flow, read from its first bytes: enough to step over calls and follow jumps.
// Must stay true: only calls, jumps, returns and system calls are told apart; everything else is 'other'.

export interface Flow {
  kind: 'call' | 'jump' | 'return' | 'syscall' | 'other';
  /** Bytes; 0 for 'other'. */
  length: number;
  /** Of direct calls and jumps. */
  target?: number;
}

const OTHER: Flow = { kind: 'other', length: 0 };

export function flowAt(bytes: Uint8Array, address: number): Flow {
  let at = 0;
  while (at < bytes.length && isPrefix(bytes[at]!)) at++;
  if ((bytes[at]! & 0xf0) === 0x40) at++;
  const opcode = bytes[at];
  if (opcode === undefined) return OTHER;
  const rel = (size: 1 | 4): Flow['target'] => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (bytes.length < at + 1 + size) return undefined;
    return address + at + 1 + size + (size === 1 ? view.getInt8(at + 1) : view.getInt32(at + 1, true));
  };
  switch (opcode) {
    case 0xe8: return { kind: 'call', length: at + 5, target: rel(4)! };
    case 0xe9: return { kind: 'jump', length: at + 5, target: rel(4)! };
    case 0xeb: return { kind: 'jump', length: at + 2, target: rel(1)! };
    case 0xc3: return { kind: 'return', length: at + 1 };
    case 0xc2: return { kind: 'return', length: at + 3 };
    case 0x0f: return bytes[at + 1] === 0x05 ? { kind: 'syscall', length: at + 2 } : OTHER;
    case 0xff: {
      const modrm = bytes[at + 1];
      if (modrm === undefined) return OTHER;
      const operation = (modrm >> 3) & 7;
      if (operation !== 2 && operation !== 4) return OTHER;
      return { kind: operation === 2 ? 'call' : 'jump', length: at + 1 + modrmLength(bytes, at + 1) };
    }
    default: return OTHER;
  }
}

function isPrefix(byte: number): boolean {
  return byte === 0x66 || byte === 0xf2 || byte === 0xf3 || byte === 0x2e || byte === 0x3e || byte === 0x64 || byte === 0x65 || byte === 0x26 || byte === 0x36;
}

function modrmLength(bytes: Uint8Array, at: number): number {
  const modrm = bytes[at]!, mod = modrm >> 6, rm = modrm & 7;
  if (mod === 3) return 1;
  let length = 1;
  let displacement = mod === 1 ? 1 : mod === 2 ? 4 : 0;
  if (rm === 4) {
    length++;
    if (mod === 0 && ((bytes[at + 1] ?? 0) & 7) === 5) displacement = 4;
  } else if (mod === 0 && rm === 5) displacement = 4;
  return length + displacement;
}

const LONGEST_CALL = 9;

/**
 * Addresses at which the bytes that end at `returnAddress` may be read as a CALL, as FF D4 (CALL SP) within 41 FF D4 (CALL R12). Execution begins an instruction
 * at one of them at most, so whoever waits for all waits for the CALL that was made; none if there is no CALL.
 */
export function callsBefore(read: (address: number, length: number) => Uint8Array, returnAddress: number): number[] {
  const window = read(returnAddress - LONGEST_CALL, LONGEST_CALL), found: number[] = [];
  if (window.length < LONGEST_CALL) return found;
  for (let length = 2; length <= LONGEST_CALL; length++) {
    const flow = flowAt(window.subarray(LONGEST_CALL - length), returnAddress - length);
    if (flow.kind === 'call' && flow.length === length) found.push(returnAddress - length);
  }
  return found;
}
