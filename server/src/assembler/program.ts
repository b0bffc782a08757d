// The contents of one assembly file: functions with their instructions, data symbols, and what is wrong with the statements.
// Must stay true: instructions of a function are in the order of the source, pseudo-instructions included, since 3(PC) counts them.

import type { AssemblyFile } from '../analysis/assembly-file';
import type { Operand } from '../syntax/operand';
import type { Statement } from '../syntax/parser';
import { goName } from '../syntax/lexer';
import { visibleSpan, type Problem, type Span } from '../syntax/source';
import { finish, STEP, type Steps } from '../syntax/steps';
import { ABI_SELECTOR_PACKAGES } from '../workspace/package-path';
import { argumentOf, linkerName, type Argument } from './argument';
import { DataReader, type DataSymbol } from './data';
import { spelled } from '../arch/amd64-instructions';
import { ONLY_32_BIT, WITHOUT_FORMS, formsOf } from './forms';
import { readSuffix, type Suffix } from './suffix';

/** Flags of TEXT and GLOBL, runtime/textflag.h. */
export const Flag = { NOPROF: 1, DUPOK: 2, NOSPLIT: 4, RODATA: 8, NOPTR: 16, WRAPPER: 32, NEEDCTXT: 64, TLSBSS: 256, NOFRAME: 512, REFLECTMETHOD: 1024, TOPFRAME: 2048 } as const;

export interface Instruction {
  mnemonic: string;
  suffix: Suffix | undefined;
  args: Argument[];
  /** Where it is shown and listed: the macro invocation, for a prologue the TEXT line. */
  span: Span;
  /** The statement it comes from; undefined if the assembler put it there. */
  statement: Statement | undefined;
  /** Of a branch: where it goes. */
  target?: Instruction;
  /** Bytes by which SP moves down. */
  stack?: number;
  // Filled in by the layout:
  offset: number;
  bytes: number[];
}

export interface TextSymbol {
  name: string;
  static: boolean;
  abi: string;
  flags: number;
  frame: number;
  /** undefined: not said. */
  argumentSize: number | undefined;
  statement: Statement;
  span: Span;
  instructions: Instruction[];
  /** Bytes that the assembler saves BP in, above the frame; known once the prologue is there. */
  savedBp?: number;
}

export interface Program {
  texts: TextSymbol[];
  data: DataSymbol[];
  problems: Problem[];
}

/** Instructions that only the assembler knows, with no row of their own. */
const ASSEMBLER_OWN = new Set(['CALL', 'JMP', 'RET', 'NOP', 'UNDEF', 'UD1', 'BYTE', 'WORD', 'LONG', 'QUAD', 'LOCK', 'REP', 'REPN', 'XACQUIRE', 'XRELEASE', 'ADJSP', 'JCXZL', 'JCXZQ', 'JCXZW', 'LOOP', 'LOOPEQ', 'LOOPNE', 'XBEGIN',
  'SYSENTER64', 'SYSEXIT64', 'POPAW', 'PUSHAW', 'BOUNDW', 'DUFFZERO', 'DUFFCOPY', 'END']);

export const isKnown = (mnemonic: string): boolean =>
  ASSEMBLER_OWN.has(mnemonic) || conditionOf(mnemonic) !== undefined || formsOf(mnemonic) !== undefined || ONLY_32_BIT.has(mnemonic) || WITHOUT_FORMS.has(mnemonic);

/** Condition codes by Go's name and its other spellings. */
const CONDITIONS: Record<string, number> = {};
('OS:O OC:NO CS:B,C,LO,NAE CC:AE,HS,NB,NC EQ:E,Z NE:NZ LS:BE,NA HI:A,NBE MI:S PL:NS PS:P,PE PC:NP,PO LT:L,NGE GE:NL LE:NG GT:G,NLE').split(' ').forEach((entry, code) => {
  const [name = '', others = ''] = entry.split(':');
  for (const each of [name, ...others.split(',')]) CONDITIONS[`J${each}`] = code;
});

/** The number of a conditional jump's condition. */
export const conditionOf = (mnemonic: string): number | undefined => (Object.hasOwn(CONDITIONS, mnemonic) ? CONDITIONS[mnemonic] : undefined);

export interface ProgramOptions {
  /** Import path as in symbol names. */
  packagePath: string;
  /** N of go1.N. */
  minor: number;
}

const MOST_INT32 = 0x7fffffffn;
/** Symbols that Go's assembler makes itself, with the only table that each is for. */
const STACK_MAPS = [['go_args_stackmap', 0n], ['no_pointers_stackmap', 1n]] as const;
const isAlignment = (value: bigint): boolean => value >= 8n && value <= 2048n && (value & (value - 1n)) === 0n;

/** What Go lets stand behind NOP. */
const isNopOperand = ({ kind, name, register }: Argument): boolean => kind === 'memory' || (kind === 'address' && name !== undefined) || (kind === 'register' && register !== undefined && (['gpr', 'st'].includes(register.kind) || (register.kind === 'x' && register.number < 16)));

/** Where the assembler has no import path: it cannot know which rules hold. */
const UNKNOWN_PACKAGE = 'main';

export function readProgram(file: AssemblyFile, options: ProgramOptions): Steps<Program> {
  return new ProgramReader(file, options).read();
}

/** What Go's assembler says of TEXT, DATA, GLOBL, PCDATA, FUNCDATA and PCALIGN, whose rules are the same for every GOARCH. */
export const directiveProblems = (file: AssemblyFile, options: ProgramOptions): Problem[] => finish(new ProgramReader(file, options).read()).problems;

class ProgramReader {
  private readonly texts: TextSymbol[] = [];
  private readonly problems: Problem[] = [];
  private readonly data: DataReader;
  private readonly abiAllowed: boolean;
  private readonly isAmd64: boolean;
  private current: TextSymbol | undefined;
  private labels = new Map<string, Instruction>();
  /** Of this function: the tables that FUNCDATA has named. */
  private readonly tables = new Set<bigint>();
  private jumps: { from: Instruction; argument: Argument; at: Operand | undefined }[] = [];
  private pending: Statement['labels'] = [];

  constructor(private readonly file: AssemblyFile, private readonly options: ProgramOptions) {
    this.isAmd64 = file.arch.family === 'amd64';
    this.abiAllowed = options.packagePath === UNKNOWN_PACKAGE || ABI_SELECTOR_PACKAGES.has(options.packagePath);
    this.data = new DataReader(options.packagePath, file.arch.pointerSize, (message, span) => this.report(message, span));
  }

  *read(): Steps<Program> {
    let count = 0;
    for (const statement of this.file.statements) {
      this.statement(statement);
      if (++count % STEP === 0) yield undefined;
    }
    this.resolve();
    return { texts: this.texts, data: this.data.symbols(), problems: this.problems };
  }

  private report(message: string, span: Span): void {
    this.problems.push({ code: 'assemble', severity: 'error', message, span });
  }

  private statement(statement: Statement): void {
    this.pending.push(...statement.labels);
    const { word } = statement;
    if (!word) return;
    const span = visibleSpan(word);
    if (statement.operands.some(({ kind }) => kind === 'bad')) return;
    if (!this.abiAllowed) {
      const selected = statement.operands.find(({ symbol }) => symbol?.abi !== undefined)?.symbol;
      if (selected) return this.report(`only packages of the runtime may select an ABI, so <${selected.abi?.text ?? ''}> cannot stand here`, span);
    }
    switch (word.text) {
      case 'TEXT': return this.text(statement, span);
      case 'DATA': return this.data.data(statement, span);
      case 'GLOBL': return this.data.globl(statement, span);
      case 'PCDATA': case 'FUNCDATA': return this.table(statement, span);
      case 'PCALIGN': return this.align(statement, span);
      case 'PCALIGNMAX': if (!this.isAmd64) return; return this.options.minor >= 23 ? this.alignAtMost(statement, span) : this.instruction(statement, span);
      default: if (this.isAmd64) this.instruction(statement, span);
    }
  }

  private pseudo(statement: Statement, span: Span): Instruction {
    return { mnemonic: statement.word?.text ?? '', suffix: undefined, args: [], span, statement, offset: 0, bytes: [] };
  }

  /** Tables for the runtime: no code, but what Go refuses is refused. */
  private table(statement: Statement, span: Span): void {
    const { word, operands: [key, value, ...more] } = statement, what = word?.text ?? '';
    if (!key || !value || more.length) return this.report(`${what} takes two operands, as in ${what === 'PCDATA' ? 'PCDATA $1, $0' : 'FUNCDATA $1, name<>(SB)'}`, span);
    const number = this.number(key);
    if (number === undefined || number < 0n || number > MOST_INT32) return this.report(`the first operand of ${what} is the number of a table, a constant such as $1`, span);
    if (what === 'PCDATA') {
      const given = this.number(value);
      if (given === undefined) return this.report('the second operand of PCDATA is a constant, as in PCDATA $1, $0', span);
      if (BigInt.asIntN(32, given) !== given) return this.report(`${given}, the value of PCDATA, does not fit into 32 bits`, span);
    } else {
      if (value.registers.length > 0) return this.report('the second operand of FUNCDATA is a symbol without an offset, as in name<>(SB)', span);
      const named = argumentOf(value, this.options, false, (message) => this.report(message, span));
      if (!named) return;
      if (named.kind !== 'memory' || named.symbol === undefined || named.base || named.index || named.offset !== 0n) return this.report('the second operand of FUNCDATA is a symbol without an offset, as in name<>(SB)', span);
      const [, own] = STACK_MAPS.find(([name]) => name === named.symbol) ?? [];
      if (own !== undefined && own !== number) return this.report(`${named.symbol} is for FUNCDATA $${own} only`, span);
      if (this.tables.has(number)) return this.report(`FUNCDATA $${number} stands twice in this function`, span);
      this.tables.add(number);
    }
    this.append(this.pseudo(statement, span));
  }

  private number({ kind, value, registers, symbol }: Operand): bigint | undefined {
    return kind === 'constant' && registers.length === 0 && !symbol ? value ?? 0n : undefined;
  }

  private alignAtMost(statement: Statement, span: Span): void {
    const { operands } = statement, [alignment, most] = operands.map((operand) => this.number(operand));
    if (operands.length !== 2 || alignment === undefined || most === undefined) return this.report('PCALIGNMAX takes two constants, the alignment and how many bytes it may cost, as in PCALIGNMAX $32, $15', span);
    if (!isAlignment(alignment)) return this.report(`alignment value ${alignment} of PCALIGNMAX must be a power of two from 8 to 2048`, span);
    if (most < 0n || most >= alignment) return this.report(`PCALIGNMAX can cost 0 to ${alignment - 1n} bytes, not ${most}`, span);
    this.append({ ...this.pseudo(statement, span), args: [alignment, most].map((offset) => ({ kind: 'constant', scale: 0, offset })) });
  }

  private align(statement: Statement, span: Span): void {
    if (this.isAmd64 && this.options.minor < 22) return this.report(`PCALIGN is there for amd64 since Go 1.22; the Go that is set here is 1.${this.options.minor}`, span);
    const [operand, ...more] = statement.operands;
    if (!operand || more.length || operand.kind !== 'constant' || operand.registers.length > 0) return this.report('PCALIGN takes one constant, as in PCALIGN $16', span);
    const value = operand.value ?? 0n;
    // What other GOARCHes take is their own.
    if (!this.isAmd64) return;
    if (!isAlignment(value)) return this.report(`alignment value ${value} of PCALIGN must be a power of two from 8 to 2048`, span);
    this.append({ ...this.pseudo(statement, span), args: [{ kind: 'constant', scale: 0, offset: value }] });
  }

  private text(statement: Statement, span: Span): void {
    this.resolve();
    this.labels = new Map();
    this.tables.clear();
    const { operands } = statement;
    this.current = undefined;
    if (operands.length !== 2 && operands.length !== 3) return this.report('TEXT takes a name, optional flags and a frame size, as in TEXT ·Name(SB), NOSPLIT, $0-16', span);
    const [name, ...rest] = operands;
    if (!name?.symbol || name.pseudo !== 'SB' || name.prefix || name.base || name.index || (name.value ?? 0n) !== 0n) return this.report('the first operand of TEXT is a symbol, as in ·Name(SB)', span);
    const frame = rest.at(-1);
    if (frame?.kind !== 'constant' || frame.value === undefined) return this.report('the frame size of TEXT is a constant, as in $8-16', span);
    let flags = 0;
    if (rest.length === 2) {
      const given = rest[0];
      if (!given || given.prefix || given.kind !== 'memory' || given.registers.length > 0) return this.report('the flags of TEXT are a number without $, as NOSPLIT|NOFRAME with #include "textflag.h"', span);
      flags = Number(BigInt.asUintN(32, given.value ?? 0n));
    }
    const size = frame.tokens.findIndex((token, i) => i > 1 && token.text === '-');
    const last = frame.tokens.at(-1);
    const abi = name.symbol.abi?.text ?? 'ABI0';
    if (abi === 'ABIInternal' && !(flags & Flag.NOSPLIT)) this.report('a TEXT of ABIInternal must be NOSPLIT: the assembler does not know which registers to save for the stack check', span);
    const text = goName(name.symbol.token.text);
    this.current = {
      name: name.symbol.static ? text : linkerName(text, this.options.packagePath), static: name.symbol.static, abi, flags, frame: Number(frame.value),
      argumentSize: size > 0 && last ? Number(last.text.replaceAll('_', '')) : undefined, statement, span, instructions: [],
    };
    const { name: full, static: own } = this.current;
    if (this.texts.some((other) => other.name === full && other.static === own && other.abi === abi)) this.report(`${text} is defined twice in this file`, span);
    this.texts.push(this.current);
    this.append(this.pseudo(statement, span));
  }

  private append(instruction: Instruction): void {
    for (const label of this.pending) {
      const name = goName(label.text);
      if (this.labels.has(name)) this.report(`label ${name} is defined twice in this function`, visibleSpan(label));
      else this.labels.set(name, instruction);
    }
    this.pending = [];
    this.current?.instructions.push(instruction);
  }

  private instruction(statement: Statement, span: Span): void {
    const { word, suffixes } = statement;
    const mnemonic = word?.text ?? '';
    if (!isKnown(mnemonic)) return this.report(`unrecognized instruction ${mnemonic}`, span);
    if (mnemonic === 'END') return;
    const isJump = this.file.arch.isJump(mnemonic);
    const args: Argument[] = [];
    for (const operand of statement.operands) {
      const argument = argumentOf(operand, this.options, isJump, (message) => this.report(message, span));
      if (!argument) return;
      args.push(argument);
    }
    const suffix = suffixes.length ? readSuffix(suffixes.map(({ text }) => text)) : undefined;
    if (typeof suffix === 'string') return this.report(suffix, span);
    if (mnemonic === 'NOP' && (suffix || args.length > 1 || !args.every(isNopOperand))) return this.report('invalid instruction NOP: it takes nothing, or one general register, X0 to X15, F0 to F7 or memory, and makes no code of it', span);
    const instruction: Instruction = { mnemonic: spelled(mnemonic), suffix, args, span, statement, offset: 0, bytes: [] };
    if (isJump) {
      if (args.length === 0 || args.length > 2) return this.report(`wrong number of arguments to ${mnemonic} instruction`, span);
      const last = args.at(-1);
      if (last?.kind === 'branch' && this.current) this.jumps.push({ from: instruction, argument: last, at: statement.operands.at(-1) });
    } else if (args.length > 5) return this.report(`${mnemonic} cannot have ${args.length} operands`, span);
    this.append(instruction);
  }

  /** At the end of a function: labels and 3(PC). */
  private resolve(): void {
    for (const { from, argument } of this.jumps) {
      if (argument.pcRelative) {
        const list = this.current?.instructions ?? [];
        const target = list[list.indexOf(from) + Number(argument.offset)];
        if (target) from.target = target;
        else this.report(`branch out of range: ${argument.offset}(PC) leaves the function`, from.span);
      } else {
        const target = this.labels.get(argument.label ?? '');
        if (target) from.target = target;
        else this.report(`undefined label ${argument.label ?? ''}`, from.span);
      }
    }
    this.jumps = [];
  }
}
