// Turns addresses in operands into symbols the way Delve's three printers do.
// Must stay true: a symbol is only looked up for absolute and RIP-relative memory operands without segment and SIB.

import type { Argument, Model } from './model';

/** The function or variable at an address: its name and where it starts; undefined if there is none. */
export type SymbolName = (address: number) => { name: string; base: number } | undefined;

/** `name` or `name+offset` for a memory argument that is a plain address. */
export function memorySymbol(model: Model, arg: Argument & { kind: 'memory' }, symbolName: SymbolName): { name: string; offset: string } | undefined {
  if (arg.segment !== 0 || arg.displacement === 0n || arg.index || arg.scale !== 0) return undefined;
  const relative = arg.base?.class === 'ip64' || arg.base?.class === 'ip32';
  if (arg.base && !relative) return undefined;
  const address = BigInt.asUintN(64, relative ? arg.displacement + model.address + model.length : arg.displacement);
  const symbol = symbolName(Number(address));
  if (!symbol || symbol.name === '') return undefined;
  const offset = BigInt.asIntN(64, address - BigInt(symbol.base));
  return { name: symbol.name, offset: offset === 0n ? '' : signed(offset) };
}

/** The name of a branch target that is the start of a symbol, else undefined. */
export function targetSymbol(target: bigint, symbolName: SymbolName): string | undefined {
  const symbol = symbolName(Number(target));
  return symbol && symbol.name !== '' && BigInt(symbol.base) === target ? symbol.name : undefined;
}

/** Immediates of 32-bit MOV and PUSH may be addresses: `name` or `name+offset`. */
export function immediateSymbol(model: Model, value: bigint, symbolName: SymbolName): { name: string; offset: string } | undefined {
  if ((model.op !== 'MOV' && model.op !== 'PUSH') || model.dataSize !== 32) return undefined;
  const address = BigInt.asUintN(64, value);
  const symbol = symbolName(Number(address));
  if (!symbol || symbol.name === '') return undefined;
  const offset = BigInt.asUintN(64, address - BigInt(symbol.base));
  return { name: symbol.name, offset: offset === 0n ? '' : `+${offset}` };
}

function signed(value: bigint): string {
  return value < 0n ? String(value) : `+${value}`;
}

/** Hexadecimal with sign: -0x10. */
export function hex(value: bigint): string {
  return value < 0n ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}

/** Signed if it fits 32 bits, else as an unsigned 64-bit number. */
export function hexImmediate(value: bigint): string {
  return BigInt.asIntN(32, value) === value ? hex(value) : `0x${BigInt.asUintN(64, value).toString(16)}`;
}
