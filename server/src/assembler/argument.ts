// One operand as the encoder sees it: a register, memory, an address, a constant, a place to branch to.
// Must stay true: made from the parser's operand once; prologue and layout change copies of it, never the parser's.

import type { Operand } from '../syntax/operand';
import { goName } from '../syntax/lexer';
import { registerNamed, type Register } from './registers';

/** What a name in an operand is relative to: a global, a file's own symbol, the frame, the arguments. */
export type NameKind = 'extern' | 'static' | 'auto' | 'param';

export type ArgumentKind = 'register' | 'memory' | 'address' | 'constant' | 'float' | 'string' | 'list' | 'indirect' | 'branch' | 'none';

export interface Argument {
  kind: ArgumentKind;
  register?: Register;
  /** Base and index of memory. */
  base?: Register;
  index?: Register;
  scale: number;
  /** Displacement, or the value of a constant; signed 64 bits. */
  offset: bigint;
  name?: NameKind;
  /** Linker name: `runtime.memmove`, or the plain name of a static symbol. */
  symbol?: string;
  /** `ABIInternal` or `ABI0` where the operand says so. */
  abi?: string;
  float?: number;
  /** Bytes of a string constant. */
  text?: string;
  /** Highest register of a list [low-high]; `register` is the lowest. */
  high?: Register;
  /** Prefix byte of thread-local storage where it is not FS. */
  segment?: number;
  /** Of a branch `3(PC)`: instructions to skip. */
  pcRelative?: boolean;
  /** Of a branch to a label. */
  label?: string;
}

export interface ArgumentContext {
  /** Prefix of the package's own symbols, `crypto/md5`. */
  packagePath: string;
}

const fitsInt64 = (value: bigint) => BigInt.asIntN(64, value);

/** The symbol's linker name: a leading dot stands for the package. */
export function linkerName(text: string, packagePath: string): string {
  const name = goName(text);
  return name.startsWith('.') ? `${packagePath}${name}` : name.startsWith('"".') ? `${packagePath}${name.slice(2)}` : name;
}

export type Reporter = (message: string) => void;

/** undefined when the operand was already reported or cannot be used. */
export function argumentOf(operand: Operand, context: ArgumentContext, isJump: boolean, report: Reporter): Argument | undefined {
  const argument: Argument = { kind: 'none', scale: 0, offset: fitsInt64(operand.value ?? 0n) };
  switch (operand.kind) {
    case 'bad': return undefined;
    case 'register': {
      const register = registerNamed(operand.base?.name ?? '');
      if (!register || register.kind === 'pseudo') {
        report(`${operand.base?.name ?? 'this'} is a pseudo-register: it can only stand in an address, as in name+0(${operand.base?.name ?? 'SB'})`);
        return undefined;
      }
      return { ...argument, kind: 'register', register };
    }
    case 'registerList': return registerList(operand, argument, report);
    case 'constant':
      if (!operand.base && !operand.index) return { ...argument, kind: 'constant' };
      return { ...memory(operand, argument), kind: 'address' };
    case 'float': return { ...argument, kind: 'float', float: floatValue(operand) };
    case 'string': return { ...argument, kind: 'string', text: stringValue(operand.tokens.at(-1)?.text ?? '') };
    case 'label': {
      const label = goName(operand.symbol?.token.text ?? '');
      return { ...argument, kind: 'branch', label };
    }
    case 'memory':
      if (operand.pseudo === 'PC') {
        if (isJump) return { ...argument, kind: 'branch', pcRelative: true };
        report('a place relative to PC is only for jumps');
        return undefined;
      }
      return operand.prefix === '$' ? { ...memory(operand, argument), kind: 'address' } : memory(operand, argument);
    case 'symbol': return symbolArgument(operand, argument, context, report);
    default:
      report('this kind of operand does not exist on amd64');
      return undefined;
  }
}

function memory(operand: Operand, argument: Argument): Argument {
  const base = registerNamed(operand.base?.name ?? '');
  const index = registerNamed(operand.index?.name ?? '');
  const result: Argument = { ...argument, kind: 'memory', scale: operand.scale ?? 0 };
  if (base) result.base = base;
  if (index) result.index = index;
  if (index && result.scale === 0) result.scale = 1;
  return result;
}

function symbolArgument(operand: Operand, argument: Argument, context: ArgumentContext, report: Reporter): Argument | undefined {
  const { symbol, pseudo } = operand;
  if (!symbol) return undefined;
  const text = goName(symbol.token.text);
  const result = memory(operand, argument);
  if (pseudo === 'PC') { report(`${text} cannot be relative to PC`); return undefined; }
  // A name is only a comment beside FP and SP, it counts beside SB.
  if (pseudo === 'FP') result.name = 'param';
  else if (pseudo === 'SP') result.name = 'auto';
  else {
    result.name = symbol.static ? 'static' : 'extern';
    result.symbol = symbol.static ? text : linkerName(text, context.packagePath);
    if (symbol.abi) result.abi = symbol.abi.text;
  }
  if (operand.prefix === '$') result.kind = 'address';
  if (operand.prefix === '*') result.kind = 'indirect';
  return result;
}

function registerList(operand: Operand, argument: Argument, report: Reporter): Argument | undefined {
  const [low, high] = operand.registers.map(({ name }) => registerNamed(name));
  if (!low || !high || operand.registers.length !== 2 || operand.tokens.some((token) => token.text === ',')) {
    report('a register list on amd64 is a range of two registers, as in [Z0-Z3]');
    return undefined;
  }
  if (low.kind !== high.kind || !['x', 'y', 'z'].includes(low.kind)) { report(`${low.name} and ${high.name} are not vector registers of one size`); return undefined; }
  if (high.number < low.number) { report(`the range ${low.name}-${high.name} runs backwards`); return undefined; }
  return { ...argument, kind: 'list', register: low, high };
}

function floatValue(operand: Operand): number {
  let text = '';
  let negative = false;
  for (const token of operand.tokens) {
    if (token.text === '-') negative = !negative;
    else if (token.kind === 'float' || token.kind === 'integer') text = token.text;
  }
  const value = parseFloatText(text.replaceAll('_', ''));
  return negative ? -value : value;
}

/** Go's decimal and hexadecimal (0x1.8p3) floats. */
function parseFloatText(text: string): number {
  const hex = /^0[xX]([0-9a-fA-F]*)(?:\.([0-9a-fA-F]*))?[pP]([+-]?\d+)$/.exec(text);
  if (!hex) return Number(text);
  const digits = BigInt(`0x0${hex[1] ?? ''}${hex[2] ?? ''}`);
  return Number(digits) * 2 ** (Number(hex[3]) - 4 * (hex[2]?.length ?? 0));
}

const ESCAPES: Record<string, string> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\', '"': '"', "'": "'" };

/** The bytes of a quoted string as characters 0…255. */
export function stringValue(quoted: string): string {
  const body = quoted.slice(1, -1);
  let bytes = '';
  const utf8 = (text: string) => { for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte); };
  for (let i = 0; i < body.length; ) {
    const code = body.codePointAt(i) ?? 0;
    if (code !== 92) {
      const char = String.fromCodePoint(code);
      utf8(char);
      i += char.length;
      continue;
    }
    const rest = body.slice(i + 1);
    const match = /^(?:x([0-9a-fA-F]{2})|([0-7]{3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/.exec(rest);
    if (match?.[1]) bytes += String.fromCharCode(parseInt(match[1], 16));
    else if (match?.[2]) bytes += String.fromCharCode(parseInt(match[2], 8) & 255);
    else if (match) utf8(String.fromCodePoint(Math.min(parseInt(match[3] ?? match[4] ?? '0', 16), 0x10ffff)));
    else bytes += ESCAPES[rest[0] ?? ''] ?? rest[0] ?? '';
    i += 1 + (match ? match[0].length : 1);
  }
  return bytes;
}
