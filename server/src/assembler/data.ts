// DATA and GLOBL: the bytes, size and flags of each data symbol, and where addresses are to be filled in.
// Must stay true: DATA of a symbol goes upwards without overlap; what GLOBL does not cover is zero.

import type { Statement } from '../syntax/parser';
import type { Span } from '../syntax/source';
import { argumentOf, type Argument } from './argument';
import type { Relocation } from './encode';

export interface DataSymbol {
  name: string;
  static: boolean;
  size: number;
  flags: number;
  bytes: Uint8Array;
  relocations: Relocation[];
  /** Has a GLOBL; DATA alone defines nothing. */
  declared: boolean;
  span: Span;
}

interface Growing { name: string; static: boolean; size: number; flags: number; content: number[]; relocations: Relocation[]; declared: boolean; span: Span; last: number }

/** No symbol of a source file is this large; a mistyped offset must not exhaust the memory. */
const LARGEST = 1 << 28;

export class DataReader {
  private readonly known = new Map<string, Growing>();

  constructor(private readonly packagePath: string, private readonly pointerSize: number, private readonly report: (message: string, span: Span) => void) {}

  symbols(): DataSymbol[] {
    return [...this.known.values()].map(({ content, last: _last, ...symbol }) => {
      const bytes = new Uint8Array(Math.max(symbol.size, content.length));
      bytes.set(content.map((byte) => byte ?? 0));
      return { ...symbol, size: bytes.length, bytes };
    });
  }

  private symbol(argument: Argument, span: Span): Growing {
    const key = `${argument.name}:${argument.symbol}`;
    let symbol = this.known.get(key);
    if (!symbol) {
      symbol = { name: argument.symbol ?? '', static: argument.name === 'static', size: 0, flags: 0, content: [], relocations: [], declared: false, span, last: 0 };
      this.known.set(key, symbol);
    }
    return symbol;
  }

  private address(statement: Statement, at: number, span: Span, what: string, offsetAllowed: boolean): Argument | undefined {
    const operand = statement.operands[at];
    // Names and register names are told apart by the parser; which registers there are does not matter here.
    const isPlain = operand?.registers.length === 0;
    const argument = operand && isPlain ? argumentOf(operand, { packagePath: this.packagePath }, false, (message) => this.report(message, span)) : undefined;
    if (isPlain && !argument) return undefined;
    if (argument?.kind !== 'memory' || argument.symbol === undefined || argument.base || argument.index || (!offsetAllowed && argument.offset !== 0n)) {
      this.report(`the first operand of ${what} is a symbol, as in name<>${offsetAllowed ? '+8' : ''}(SB)`, span);
      return undefined;
    }
    return argument;
  }

  data(statement: Statement, span: Span): void {
    if (statement.operands.length !== 2) return this.report('DATA takes a symbol with offset and width, and a value, as in DATA x<>+0(SB)/8, $1', span);
    const place = this.address(statement, 0, span, 'DATA', true);
    const operand = statement.operands[1];
    if (operand && operand.registers.length > 0) return this.report('the value of DATA must be a constant, a string or the address of a symbol', span);
    const value = operand && argumentOf(operand, { packagePath: this.packagePath }, false, (message) => this.report(message, span));
    if (!place || !value) return;
    const width = Number(statement.operands[0]?.tokens.at(-1)?.text ?? '');
    if (!Number.isInteger(width) || width <= 0) return this.report('the width of DATA must be a number of bytes', span);
    const offset = Number(place.offset);
    if (offset < 0 || offset + width > LARGEST) return this.report(`the offset ${offset} of DATA is outside any symbol`, span);
    const symbol = this.symbol(place, span);
    if (offset < symbol.last) return this.report(`overlapping DATA entry for ${symbol.name}: offset ${offset} lies before ${symbol.last}`, span);
    symbol.last = offset + width;
    const bytes = this.bytesOf(value, width, span);
    if (!bytes) return;
    while (symbol.content.length < offset) symbol.content.push(0);
    bytes.forEach((byte, i) => { symbol.content[offset + i] = byte; });
    if (value.kind === 'address') {
      symbol.relocations.push({ kind: 'address', offset, size: 8, symbol: value.symbol, local: value.name === 'static', abi: value.abi, addend: Number(value.offset) });
    }
  }

  private bytesOf(value: Argument, width: number, span: Span): number[] | undefined {
    const bytes = new Uint8Array(width);
    const view = new DataView(bytes.buffer);
    switch (value.kind) {
      case 'constant':
        if (![1, 2, 4, 8].includes(width)) { this.report(`an integer of DATA is 1, 2, 4 or 8 bytes wide, not ${width}`, span); return undefined; }
        for (let i = 0, rest = BigInt.asUintN(64, value.offset); i < width; i++, rest >>= 8n) bytes[i] = Number(rest & 255n);
        return [...bytes];
      case 'float':
        if (width === 4) view.setFloat32(0, value.float ?? 0, true);
        else if (width === 8) view.setFloat64(0, value.float ?? 0, true);
        else { this.report(`a floating-point number of DATA is 4 or 8 bytes wide, not ${width}`, span); return undefined; }
        return [...bytes];
      case 'string': {
        const text = value.text ?? '';
        if (text.length > width) { this.report(`the string of ${text.length} bytes does not fit into ${width}`, span); return undefined; }
        return [...bytes].map((_, i) => (i < text.length ? text.charCodeAt(i) : 0));
      }
      case 'address':
        if (value.symbol === undefined) break;
        if (width !== this.pointerSize) { this.report(`an address in DATA is ${this.pointerSize} bytes wide, not ${width}`, span); return undefined; }
        return [...bytes];
      default:
    }
    this.report('the value of DATA must be a constant, a string or the address of a symbol', span);
    return undefined;
  }

  globl(statement: Statement, span: Span): void {
    const { operands } = statement;
    if (operands.length !== 2 && operands.length !== 3) return this.report('GLOBL takes a symbol, optional flags and a size, as in GLOBL x<>(SB), RODATA, $16', span);
    const place = this.address(statement, 0, span, 'GLOBL', false);
    if (!place) return;
    const size = operands.at(-1);
    if (size?.kind !== 'constant' || size.registers.length > 0) return this.report('the size of GLOBL is a constant, as in $16', span);
    const flags = operands.length === 3 ? operands[1] : undefined;
    if (flags && (flags.prefix || flags.kind !== 'memory' || flags.registers.length > 0)) return this.report('the flags of GLOBL are a number without $, as RODATA|NOPTR with #include "textflag.h"', span);
    const symbol = this.symbol(place, span);
    const bytes = Number(size.value ?? 0n);
    if (bytes < 0 || bytes > LARGEST) return this.report(`${bytes} bytes are no size for a symbol`, span);
    if (symbol.declared) return this.report(`${symbol.name} is declared twice`, span);
    symbol.declared = true;
    symbol.size = bytes;
    symbol.flags = Number(BigInt.asUintN(32, flags?.value ?? 0n));
    symbol.span = span;
  }
}
