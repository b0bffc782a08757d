// Prints an instruction in Go's (Plan 9) syntax as Delve does, quirks included.
// Must stay true: byte for byte the text of golang.org/x/arch/x86/x86asm.GoSyntax where that package decodes the bytes.

import { widthSuffix } from './gnu';
import type { Argument, Model } from './model';
import { ADDRESS, DATA, LOCK, REP, REPNE } from './model';
import { goRegisterName, segmentName } from './registers';
import type { SymbolName } from './symbols';
import { hex, hexImmediate, immediateSymbol, memorySymbol, targetSymbol } from './symbols';

/** Mnemonics that get B, W, L or Q for the size of the operation. */
const SIZED = new Set(('ADC ADD AND BSF BSR BT BTC BTR BTS CMP CMPXCHG CVTSI2SD CVTSI2SS CVTSD2SI CVTSS2SI CVTTSD2SI CVTTSS2SI DEC DIV FLDENV ' +
  'FRSTOR IDIV IMUL IN INC LEA MOV MOVNTI MUL NEG NOP NOT OR OUT POP POPCNT PUSH RCL RCR ROL ROR SAR SBB SHL SHLD SHR SHRD SUB TEST XADD XCHG XOR').split(' '));
const SUFFIX: Record<number, string> = { 8: 'B', 16: 'W', 32: 'L', 64: 'Q' };
const ROUNDING: Record<string, string> = { '{rn-sae}': '.RN_SAE', '{rd-sae}': '.RD_SAE', '{ru-sae}': '.RU_SAE', '{rz-sae}': '.RZ_SAE', '{sae}': '.SAE' };
const PREFIX_NAMES: Record<string, string> = { notTaken: 'PN', taken: 'PT', xacquire: 'XACQUIRE', xrelease: 'XRELEASE', bnd: 'BND' };

export function printGo(model: Model, symbolName: SymbolName): string {
  const args = model.args.map((arg) => argumentText(model, arg, symbolName)).reverse();
  const name = nameText(model);
  // Comparisons read from left to right.
  if (model.op === 'CMP') args.reverse();
  return prefixText(model) + name + (args.length > 0 ? ` ${args.join(', ')}` : '');
}

function prefixText({ prefixes }: Model): string {
  let repeat = '', last = '';
  for (const prefix of prefixes) {
    if ((prefix.byte & 0xf0) === 0x40) break;
    if (prefix.byte === REP) { if (!prefix.implicit || prefix.ignored) repeat = 'REP; '; continue; }
    if (prefix.byte === REPNE) { if (!prefix.implicit || prefix.ignored) repeat = 'REPNE; '; continue; }
    if (prefix.byte === DATA || prefix.byte === ADDRESS) { last = ''; continue; }
    if (prefix.implicit && !prefix.ignored && prefix.role === 'byte') continue;
    last = PREFIX_NAMES[prefix.role] ?? (prefix.byte === LOCK ? 'LOCK' : segmentName(prefix.byte).toUpperCase());
  }
  return repeat + (last ? `${last} ` : '');
}

function nameText(model: Model): string {
  const { op, args } = model;
  const wide = args.some((arg) => arg.kind === 'register' && arg.class === 'gpr64');
  let name = op;
  name += widthSuffix(op, model.evex, model.vectorLength).toUpperCase();
  if (/^VCVTT?S[SD]2SI$/.test(op)) name += wide ? 'Q' : '';
  else if (op === 'VCVTSI2SD' || op === 'VCVTSI2SS') name += wide || model.memoryBytes === 8 ? 'Q' : 'L';
  else if (SIZED.has(op)) {
    const [first] = args;
    const size = model.memoryBytes ? model.memoryBytes * 8 : args.length === 1 && first?.kind === 'register' && first.class === 'gpr64' ? 64 : model.dataSize;
    name += SUFFIX[size] ?? '';
  }
  if (model.broadcast) name += '.BCST';
  if (model.rounding) name += ROUNDING[model.rounding] ?? '';
  if (model.zeroing) name += '.Z';
  return name;
}

function argumentText(model: Model, arg: Argument, symbolName: SymbolName): string {
  switch (arg.kind) {
    case 'register': return goRegisterName(arg);
    case 'relative': {
      const symbol = targetSymbol(arg.target, symbolName);
      return symbol === undefined ? hex(arg.target) : `${symbol}(SB)`;
    }
    case 'immediate': {
      const symbol = immediateSymbol(model, arg.value, symbolName);
      return symbol ? `$${symbol.name}${symbol.offset}(SB)` : `$${hexImmediate(arg.value)}`;
    }
    case 'memory': {
      const symbol = memorySymbol(model, arg, symbolName);
      if (symbol) return `${symbol.name}${symbol.offset}(SB)`;
      let text = arg.segment ? `${segmentName(arg.segment).toUpperCase()}:` : '';
      text += arg.displacement !== 0n ? hex(arg.displacement) : '0';
      if (arg.base) text += `(${goRegisterName(arg.base)})`;
      if (arg.index && arg.scale !== 0) text += `(${goRegisterName(arg.index)}*${arg.scale})`;
      return text;
    }
  }
}
