// Parses one operand of an assembly statement: registers, symbols with offset and pseudo-register, memory, constants, lists.
// Must stay true: accepts what cmd/asm/internal/asm's operand() accepts for every GOARCH, never throws, reports why not with a place.
// Long because all forms of an operand share the place that has been read up to.

import type { Architecture } from '../arch/architecture';
import { isExtension } from '../arch/suffixes';
import { goName } from './lexer';
import { visibleSpan, type PreprocessedToken, type Problem } from './source';

export type PseudoRegister = 'SB' | 'FP' | 'SP' | 'PC';

export interface SymbolReference {
  /** As written; `goName(token.text)` is the linker's form. */
  token: PreprocessedToken;
  /** `name<>`: known in this file only. */
  static: boolean;
  /** `<ABI0>` or `<ABIInternal>`. */
  abi: PreprocessedToken | undefined;
}

export interface RegisterUse {
  token: PreprocessedToken;
  /** `AX`, or `R(10)` spelled out. */
  name: string;
}

export type OperandKind =
  | 'register' | 'symbol' | 'label' | 'memory' | 'constant' | 'float' | 'string'
  | 'registerList' | 'registerPair' | 'shift' | 'extension' | 'special' | 'bad';

export interface Operand {
  kind: OperandKind;
  tokens: PreprocessedToken[];
  prefix: '$' | '*' | undefined;
  symbol?: SymbolReference;
  /** Value of a constant, or the offset of a memory or symbol operand. Signed 64 bits. */
  value?: bigint;
  pseudo?: PseudoRegister;
  base?: RegisterUse;
  index?: RegisterUse;
  scale?: number;
  /** Every register that the operand names, in order. */
  registers: RegisterUse[];
}

export interface OperandContext {
  arch: Architecture;
  isJump: boolean;
  report(problem: Problem): void;
}

export function parseOperand(tokens: PreprocessedToken[], context: OperandContext): Operand {
  const operand = new OperandParser(tokens, context).parse();
  // A list that has grown keeps room for 17: copies have the size of what is in them.
  operand.registers = operand.registers.slice();
  return operand;
}

/** Parentheses and signs that an expression may nest; a hostile one must not exhaust the stack. */
const MOST_DEPTH = 1000;

class OperandParser {
  private at = 0;
  private reported = false;
  private depth = 0;
  private readonly operand: Operand;

  constructor(private readonly tokens: PreprocessedToken[], private readonly context: OperandContext) {
    this.operand = { kind: 'bad', tokens, prefix: undefined, registers: [] };
  }

  private peek(ahead = 0): string {
    return this.tokens[this.at + ahead]?.text ?? '';
  }

  private token(): PreprocessedToken | undefined {
    return this.tokens[this.at];
  }

  private fail(message: string, token = this.token() ?? this.tokens.at(-1)): void {
    if (this.reported || !token) return;
    this.reported = true;
    this.context.report({ code: 'syntax', severity: 'error', message, span: visibleSpan(token) });
  }

  private expect(text: string): boolean {
    if (this.peek() === text) { this.at++; return true; }
    this.fail(`expected ${text}, found ${this.peek() || 'the end of the operand'}`);
    return false;
  }

  private end(): void {
    if (this.at < this.tokens.length) this.fail(`unexpected ${this.peek()} after the operand`);
  }

  private startsRegister(ahead = 0): boolean {
    const token = this.tokens[this.at + ahead];
    if (token?.kind !== 'identifier') return false;
    const { registers, registerPrefixes } = this.context.arch;
    return registers.has(token.text) || (registerPrefixes.has(token.text) && this.peek(ahead + 1) === '(');
  }

  parse(): Operand {
    const { operand } = this;
    const first = this.peek();
    if (first === '$' || first === '*') { operand.prefix = first; this.at++; }
    if (this.peek() === '[') this.registerList();
    else if (this.startsRegister()) this.plainRegister();
    else if (this.token()?.kind === 'identifier') this.symbol();
    else if (this.peek() === '(' && this.startsRegister(1)) this.indirect();
    else this.constant();
    this.judge();
    if (this.reported) operand.kind = 'bad';
    return operand;
  }

  /** What the assembler of amd64 here says itself. */
  private judge(): void {
    const { operand: { kind, base, prefix }, context: { arch, isJump } } = this;
    if (arch.family === 'amd64') return;
    if (kind === 'register' && base && !isJump && this.isPseudo(base.name)) this.fail(`${base.name} is a pseudo-register: it can only stand in an address, as in name+0(${base.name})`, base.token);
    if (isJump && prefix === '$' && kind === 'symbol') this.fail('a jump goes to name(SB), without $');
  }

  /** Stands for no register of the machine. */
  private isPseudo(name: string): boolean {
    return name === 'SB' || name === 'FP' || name === 'PC' || (name === 'SP' && this.context.arch.stackPointer !== 'SP');
  }

  private register(): RegisterUse | undefined {
    const token = this.token();
    if (!token || !this.startsRegister()) {
      this.fail(`expected a register, found ${this.peek() || 'the end of the operand'}`);
      return undefined;
    }
    this.at++;
    let name = token.text;
    if (!this.context.arch.registers.has(name)) {
      this.at++;
      const number = this.token();
      if (number?.kind !== 'integer') this.fail(`expected the number of the register after ${name}(`);
      this.at++;
      this.expect(')');
      const most = this.largest(name);
      if (number && most >= 0 && !(Number(number.text) <= most)) this.fail(`${name}(${number.text}) is no register: there are ${name}(0) to ${name}(${most})`, number);
      name = `${name}(${number?.text ?? ''})`;
    }
    const use = { token, name };
    this.operand.registers.push(use);
    return use;
  }

  /** The number of the last register with such a name; -1 if they have no names of their own. */
  private largest(prefix: string): number {
    let most = -1;
    for (const name of this.context.arch.registers) if (name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length))) most = Math.max(most, Number(name.slice(prefix.length)));
    return most;
  }

  private atShift(): boolean {
    return ['<<', '>>', '->', '@>'].includes(this.peek());
  }

  private plainRegister(): void {
    const { operand } = this;
    const { family } = this.context.arch;
    const use = this.register();
    if (use) operand.base = use;
    operand.kind = 'register';
    if (operand.prefix === '$') this.fail(`$ cannot stand before register ${use?.name ?? ''}`);
    if (this.atShift() && (family === 'arm' || family === 'arm64')) {
      this.shift();
      operand.kind = 'shift';
      if (this.peek() === '(') { this.at++; this.register(); this.expect(')'); }
    } else if (this.peek() === '.' && (family === 'arm64' || family === 'loong64')) {
      this.extension();
      operand.kind = 'extension';
    } else if ([':', ',', '+'].includes(this.peek())) {
      this.at++;
      this.register();
      operand.kind = 'registerPair';
    }
    this.end();
  }

  private shift(): void {
    this.at++;
    if (this.startsRegister()) this.register();
    else this.expression();
  }

  /** `.UXTW<<2`, `.B16`, `.S[1]`, or `<<3` inside an index. */
  private extension(): void {
    if (this.peek() === '.') {
      this.at++;
      const name = this.token();
      const { family } = this.context.arch;
      const register = this.operand.registers.at(-1)?.name ?? '';
      if (name?.kind !== 'identifier') this.fail('expected the name of an extension or arrangement after the period');
      else if (family === 'arm64' && /^[VR]/.test(register) && !isExtension(name.text, register)) this.fail(`${register} has no ${register.startsWith('V') ? 'arrangement' : 'extension'} ${name.text}`, name);
      this.at++;
    }
    if (this.peek() === '<<') { this.at++; this.expression(); }
    else if (this.peek() === '[') { this.at++; this.expression(); this.expect(']'); }
  }

  private registerList(): void {
    const { operand } = this;
    const { family } = this.context.arch;
    operand.kind = 'registerList';
    if (operand.prefix) this.fail('a register list takes no prefix');
    if (!['arm', 'arm64', '386', 'amd64'].includes(family)) this.fail(`there are no register lists on ${family}`);
    const one = () => {
      this.register();
      if (this.peek() === '.') this.extension();
      else if (family === 'arm64') this.expect('.');
    };
    this.expect('[');
    while (!this.reported && this.peek() !== ']') {
      if (!this.token()) return this.fail("missing ']' at the end of the register list");
      one();
      if (this.peek() === '-') { this.at++; one(); }
      if (this.peek() !== ']') this.expect(',');
    }
    this.at++;
    this.end();
  }

  private symbol(): void {
    const { operand, context } = this;
    const token = this.token() as PreprocessedToken;
    this.at++;
    const alone = this.at === this.tokens.length;
    if (alone && context.isJump && !operand.prefix) {
      operand.kind = 'label';
      operand.symbol = { token, static: false, abi: undefined };
      return;
    }
    if (context.arch.specialOperand?.(token.text) && alone) { operand.kind = 'special'; return; }
    const symbol: SymbolReference = { token, static: false, abi: undefined };
    operand.symbol = symbol;
    operand.kind = 'symbol';
    if (this.peek() === '<') {
      this.at++;
      if (this.token()?.kind === 'identifier') {
        symbol.abi = this.token();
        if (!ABIS.has(this.peek())) this.fail(`<${this.peek()}> is no ABI: there are <ABI0> and <ABIInternal>`);
        this.at++;
      }
      else symbol.static = true;
      this.expect('>');
    }
    if (this.peek() === '+' || this.peek() === '-') operand.value = this.expression();
    if (this.at === this.tokens.length) {
      if (context.isJump && !operand.prefix) {
        operand.kind = 'label';
        if (operand.value) context.report({ code: 'label-offset', severity: 'warning', message: "a label takes no offset: Go's assembler goes to the label itself", span: visibleSpan(token) });
        return;
      }
      return this.fail(`${goName(token.text)} is neither a register nor followed by (SB), (FP) or (SP)`, token);
    }
    this.expect('(');
    const pseudo = this.peek();
    if (pseudo === 'SB' || pseudo === 'FP' || pseudo === 'SP' || pseudo === 'PC') operand.pseudo = pseudo;
    else this.fail(`expected SB, FP, SP or PC, found ${pseudo || 'the end of the operand'}`);
    this.at++;
    this.expect(')');
    if (this.peek() === '(') this.indexed();
    this.end();
  }

  private constant(): void {
    const { operand } = this;
    const token = this.token();
    if (!token) return this.fail('an operand is missing');
    const rest = this.tokens.slice(this.at);
    if (rest.some((part) => part.kind === 'float')) {
      operand.kind = 'float';
      if (operand.prefix !== '$') this.fail('a floating-point constant needs a $');
      return this.floating();
    }
    if (token.kind === 'string') {
      operand.kind = 'string';
      if (operand.prefix !== '$') this.fail('a string constant needs a $');
      this.at++;
      return this.end();
    }
    operand.value = this.expression();
    operand.kind = operand.prefix === '$' ? 'constant' : 'memory';
    if (this.peek() === '(' && !this.reported) this.indirect();
    else this.end();
  }

  private floating(): void {
    while (['+', '-', '('].includes(this.peek())) this.at++;
    if (this.token()?.kind !== 'float') this.fail(`unexpected ${this.peek()} in a floating-point constant`);
    this.at++;
    while (this.peek() === ')') this.at++;
    this.end();
  }

  /** `(R)`, `(R*scale)`, `(R)(R*scale)`, `(R, R)`, `(R+R)`, `(PC)`. */
  private indirect(): void {
    const { operand } = this;
    const { family } = this.context.arch;
    operand.kind = 'memory';
    this.expect('(');
    const name = this.peek();
    const base = this.register();
    if (!base) return;
    if (this.peek() === '*') {
      operand.index = base;
      this.scale();
      this.expect(')');
      return this.end();
    }
    operand.base = base;
    const joined = this.peek();
    if (joined === ',' || joined === '+' || joined === ':') {
      if (joined === ',' && family !== 'arm' && family !== 'arm64') this.fail('(register, register) exists only on arm and arm64');
      if (joined === '+' && family !== 'ppc64') this.fail('(register+register) exists only on ppc64');
      this.at++;
      this.register();
      if (joined === ',') operand.kind = 'registerPair';
    }
    this.expect(')');
    if (name === 'SB' || name === 'FP') this.fail(`${name} can only be used with a name, as in x${name === 'FP' ? '+8' : ''}(${name})`, base.token);
    else if (name === 'SP' && this.isPseudo(name)) this.fail(`SP can only be used with a name, as in x-8(SP): the stack pointer is ${this.context.arch.stackPointer}`, base.token);
    if (name === 'PC') operand.pseudo = 'PC';
    if (this.peek() === '(') this.indexed();
    this.end();
  }

  private indexed(): void {
    const { operand } = this;
    this.expect('(');
    const index = this.register();
    if (index) operand.index = index;
    if (this.peek() === '*') this.scale();
    else if (this.peek() === '.' || this.peek() === '<<') this.extension();
    this.expect(')');
  }

  private scale(): void {
    this.at++;
    const text = this.peek();
    if (!['1', '2', '4', '8'].includes(text)) this.fail(`the scale must be 1, 2, 4 or 8, not ${text || 'nothing'}`);
    this.operand.scale = Number(text);
    const { family } = this.context.arch;
    // (R1)(R2*1) is the same as (R1)(R2).
    if ((family === 'arm64' || family === 'ppc64') && (text !== '1' || (family === 'arm64' && !this.operand.base && !this.operand.symbol))) this.fail(`there are no scaled addresses on ${family}`);
    this.at++;
  }

  /** Go's precedence: + - | ^ below * / % << >> &; 64 bits. */
  private expression(): bigint {
    let value = this.term();
    for (;;) {
      const operator = this.peek();
      if (!['+', '-', '|', '^'].includes(operator)) return BigInt.asIntN(64, value);
      this.at++;
      const right = this.term();
      value = BigInt.asUintN(64, operator === '+' ? value + right : operator === '-' ? value - right : operator === '|' ? value | right : value ^ right);
    }
  }

  private term(): bigint {
    let value = this.factor();
    for (;;) {
      const operator = this.peek();
      if (!['*', '/', '%', '<<', '>>', '&'].includes(operator)) return value;
      const token = this.token();
      this.at++;
      const right = this.factor();
      if ((operator === '/' || operator === '%') && right === 0n) { this.fail(operator === '/' ? 'division by zero' : 'modulo by zero', token); return 0n; }
      if ((operator === '<<' || operator === '>>') && BigInt.asIntN(64, right) < 0n) { this.fail(`${operator} by a negative count`, token); return 0n; }
      const negative = BigInt.asIntN(64, value) < 0n;
      if (negative && (operator === '/' || operator === '%' || operator === '>>')) this.fail(`${operator} of a value with its highest bit set`, token);
      if (operator === '*') value *= right;
      else if (operator === '/') value /= right;
      else if (operator === '%') value %= right;
      else if (operator === '&') value &= right;
      else if (right >= 64n) value = 0n;
      else value = operator === '<<' ? value << right : value >> right;
      value = BigInt.asUintN(64, value);
    }
  }

  private factor(): bigint {
    if (this.depth >= MOST_DEPTH) {
      this.fail(`this expression is nested more than ${MOST_DEPTH} deep`);
      this.at = this.tokens.length;
      return 0n;
    }
    this.depth++;
    try { return this.operandOfExpression(); } finally { this.depth--; }
  }

  private operandOfExpression(): bigint {
    const token = this.token();
    this.at++;
    if (!token) { this.at--; this.fail('a value is missing at the end of the operand'); return 0n; }
    if (token.kind === 'integer') return BigInt.asUintN(64, this.integer(token));
    if (token.kind === 'char') return BigInt(characterValue(token.text));
    if (token.text === '+') return this.factor();
    if (token.text === '-') return BigInt.asUintN(64, -this.factor());
    if (token.text === '~') return BigInt.asUintN(64, ~this.factor());
    if (token.text === '(') {
      const value = this.expression();
      this.expect(')');
      return BigInt.asUintN(64, value);
    }
    this.fail(`unexpected ${token.text} in an expression`, token);
    return 0n;
  }

  private integer(token: PreprocessedToken): bigint {
    const text = token.text.replaceAll('_', '');
    const octal = /^0[0-7]+$/.test(text) ? `0o${text.slice(1)}` : text;
    try {
      const value = BigInt(octal);
      if (value >> 64n) this.fail(`${token.text} does not fit in 64 bits`, token);
      return value;
    } catch {
      this.fail(`${token.text} is not a number`, token);
      return 0n;
    }
  }
}

const ABIS = new Set(['ABI0', 'ABIInternal']);

const ESCAPES: Record<string, number> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, '\\': 92, "'": 39, '"': 34 };

/** The code point of a character constant with its quotes. */
function characterValue(text: string): number {
  const body = text.slice(1, -1);
  if (!body.startsWith('\\')) return body.codePointAt(0) ?? 0;
  const rest = body.slice(1);
  const numeric = /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))$/.exec(rest);
  const digits = numeric?.[1] ?? numeric?.[2] ?? numeric?.[3];
  if (digits) return parseInt(digits, 16);
  return /^[0-7]{3}$/.test(rest) ? parseInt(rest, 8) : ESCAPES[rest] ?? 0;
}
