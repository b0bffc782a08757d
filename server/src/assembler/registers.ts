// Registers by the names that Go's assembler gives them, with their numbers in the encoding.
// Must stay true: AX … R15 are the 64-bit registers; a byte instruction uses their low byte; AL … R15B and AH … BH are bytes of their own.

export type RegisterKind =
  | 'gpr' | 'byte' | 'highByte' | 'mm' | 'x' | 'y' | 'z' | 'k' | 'st' | 'segment' | 'control' | 'debug' | 'test' | 'tls' | 'system' | 'pseudo';

export interface Register {
  name: string;
  kind: RegisterKind;
  /** Number in the encoding, 0…31. */
  number: number;
}

const LOW = ['AX', 'CX', 'DX', 'BX', 'SP', 'BP', 'SI', 'DI'];
const known = new Map<string, Register>();

function add(name: string, kind: RegisterKind, number: number): void {
  known.set(name, { name, kind, number });
}

LOW.forEach((name, number) => add(name, 'gpr', number));
for (let n = 8; n < 16; n++) { add(`R${n}`, 'gpr', n); add(`R${n}B`, 'byte', n); }
['AL', 'CL', 'DL', 'BL', 'SPB', 'BPB', 'SIB', 'DIB'].forEach((name, number) => add(name, 'byte', number));
['AH', 'CH', 'DH', 'BH'].forEach((name, index) => add(name, 'highByte', index + 4));
for (let n = 0; n < 32; n++) { add(`X${n}`, 'x', n); add(`Y${n}`, 'y', n); add(`Z${n}`, 'z', n); }
for (let n = 0; n < 8; n++) { add(`M${n}`, 'mm', n); add(`F${n}`, 'st', n); add(`K${n}`, 'k', n); add(`DR${n}`, 'debug', n); add(`TR${n}`, 'test', n); }
for (let n = 0; n < 16; n++) add(`CR${n}`, 'control', n);
['ES', 'CS', 'SS', 'DS', 'FS', 'GS'].forEach((name, number) => add(name, 'segment', number));
['GDTR', 'IDTR', 'LDTR', 'MSW', 'TASK', 'MAXREG'].forEach((name, number) => add(name, 'system', number));
add('TLS', 'tls', 0);
['SB', 'FP', 'PC'].forEach((name, number) => add(name, 'pseudo', number));
known.set('g', known.get('R14') as Register);

export function registerNamed(name: string): Register | undefined {
  return known.get(name);
}

const BYTES = new Map<number, Register>();
for (const register of known.values()) if (register.kind === 'byte') BYTES.set(register.number, register);

/** The low byte of a general register, where a byte instruction names it by its 64-bit name. */
export function lowByte(register: Register): Register {
  return register.kind === 'gpr' ? BYTES.get(register.number) ?? register : register;
}
