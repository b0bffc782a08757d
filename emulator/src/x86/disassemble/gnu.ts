// Prints an instruction in GNU (AT&T) syntax as Delve does, quirks included.
// Must stay true: byte for byte the text of golang.org/x/arch/x86/x86asm.GNUSyntax where that package decodes the bytes.

import { CARRYLESS_PRODUCTS, COMPARISONS, vectorCompareName } from './compare-names';
import { destinationBytes } from './intel';
import type { Argument, Model, Register } from './model';
import { ADDRESS, CONDITIONAL_JUMPS, CS, DATA, DS, ES, FS, GS, LOOPS, REP, REPNE, SS } from './model';
import { registerName, segmentName } from './registers';
import type { SymbolName } from './symbols';
import { hex, immediateSymbol, memorySymbol, targetSymbol } from './symbols';

const NAMES: Record<string, string> = {
  CBW: 'cbtw', CDQ: 'cltd', CMPSD: 'cmpsl', CMPSD_XMM: 'cmpsd', CWD: 'cwtd', CWDE: 'cwtl', CQO: 'cqto', INSD: 'insl', IRET: 'iretw', IRETD: 'iret',
  LODSB: 'lods', LODSD: 'lods', LODSQ: 'lods', LODSW: 'lods', MOVSD: 'movsl', MOVSD_XMM: 'movsd', OUTSD: 'outsl', POPF: 'popfw', PUSHF: 'pushfw',
  SCASB: 'scas', SCASD: 'scas', SCASQ: 'scas', SCASW: 'scas', STOSB: 'stos', STOSD: 'stos', STOSQ: 'stos', STOSW: 'stos', XLATB: 'xlat',
};
const words = (text: string): Set<string> => new Set(text.split(' '));
/** With register operands DC and DE mean the other one of the pair to GNU. */
const REVERSED: Record<string, string> = { FDIV: 'FDIVR', FDIVR: 'FDIV', FSUB: 'FSUBR', FSUBR: 'FSUB', FDIVP: 'FDIVRP', FDIVRP: 'FDIVP', FSUBP: 'FSUBRP', FSUBRP: 'FSUBP' };
const HIDE_LAST_DATA = words('CVTSD2SI CVTSS2SI CVTTSD2SI CVTTSS2SI ENTER FLDENV FNSAVE FNSTENV FRSTOR LGDT LIDT LRET POP PUSH RET SGDT SIDT SYSRET XBEGIN MOVQ2DQ');
const SHOW_DATA_WITH_MEMORY = words('SLDT SMSW STR FXRSTOR XRSTOR XSAVE XSAVEOPT CMPXCHG8B');
const NO_SUFFIX = words('CMPXCHG8B FLDCW FNSTCW FNSTSW LDMXCSR LLDT LMSW LTR PCLMULQDQ SETA SETAE SETB SETBE SETE SETG SETGE SETL SETLE SETNE SETNO ' +
  'SETNP SETNS SETO SETP SETS SLDT SMSW STMXCSR STR VERR VERW VLDMXCSR VSTMXCSR');
const WITH_MODE_SUFFIX = words('CALL ENTER JMP LCALL LEAVE LJMP LRET RET SYSRET XBEGIN');
const FLOAT = words('FADD FCOM FCOMP FDIV FDIVR FIADD FICOM FICOMP FIDIV FIDIVR FILD FIMUL FIST FISTP FISTTP FISUB FISUBR FLD FMUL FST FSTP FSUB FSUBR');
const FLOAT_INTEGER = words('FIADD FICOM FICOMP FIDIV FIDIVR FILD FIMUL FIST FISTP FISTTP FISUB FISUBR');
const SHIFTS = words('SHL SHR RCL RCR ROL ROR SAR');
const CONVERSIONS = words('CVTSI2SS CVTSI2SD CVTSS2SI CVTSD2SI CVTTSD2SI CVTTSS2SI');
/** Conversions to a narrower vector get x, y or z for the width of their memory operand. */
const WIDTH_SUFFIX = words('VFPCLASSPD VFPCLASSPS VCVTTPD2DQ VCVTTPD2UDQ VCVTTPD2QQ VCVTTPD2UQQ VCVTPD2DQ VCVTPD2UDQ VCVTPD2QQ VCVTPD2UQQ VCVTPD2PS');
const SUFFIX: Record<number, string> = { 1: 'b', 2: 'w', 4: 'l', 8: 'q' };

/** The suffix x, y or z of `op`, also used (in capitals) by Go's syntax. */
export function widthSuffix(op: string, evex: boolean, length: number): string {
  if (!WIDTH_SUFFIX.has(op)) return '';
  if (evex && op !== 'VFPCLASSPD' && op !== 'VFPCLASSPS' && op !== 'VCVTPD2DQ') return '';
  return 'xyz'[length] ?? '';
}

export function printGnu(model: Model, symbolName: SymbolName): string {
  const printer = new GnuPrinter(model, symbolName);
  return printer.print();
}

class GnuPrinter {
  private args: Argument[];
  private op: string;
  private segmentsUsed = false;

  constructor(private readonly model: Model, private readonly symbolName: SymbolName) {
    this.args = [...model.args];
    this.op = model.op;
    const [first, second] = this.args;
    if (REVERSED[this.op] && (model.opcode === 0xdc || model.opcode === 0xde) && first?.kind === 'register' && second?.kind === 'register') this.op = REVERSED[this.op]!;
    if (this.op === 'MONITOR') this.args = [gpr('gpr32', 2), gpr('gpr32', 1), gpr('gpr32', 0)];
    if (this.op === 'MWAIT') this.args = [gpr('gpr64', 1), gpr('gpr64', 0)];
  }

  print(): string {
    const { model } = this;
    this.adjustPrefixes();
    let name = NAMES[this.op] ?? this.op.toLowerCase();
    name = this.addSuffix(name);
    name = this.specialName(name);
    const texts = this.argumentTexts();
    if (model.rounding) texts.push(model.rounding);
    if (!/^(LCALL|ENTER|LJMP)$/.test(this.op)) texts.reverse();
    const [prefix, hint] = this.prefixText();
    let text = prefix + name + hint;
    if (texts.length > 0) {
      const indirect = /^L?(CALL|JMP)$/.test(this.op) && (this.args[0]?.kind === 'memory' || this.args[0]?.kind === 'register');
      text += ` ${indirect ? '*' : ''}${texts.join(',')}`;
    }
    return text;
  }

  private count(byte: number): number { return this.model.prefixes.filter((prefix) => prefix.byte === byte).length; }

  private hideLast(byte: number): boolean {
    const last = this.model.prefixes.findLast((prefix) => prefix.byte === byte);
    if (last) last.implicit = true;
    return last !== undefined;
  }

  private show(byte: number): void {
    for (const prefix of this.model.prefixes) if (prefix.byte === byte) prefix.implicit = false;
  }

  private adjustPrefixes(): void {
    const { op, args, model } = this;
    const [first, second] = args;
    const memory = (arg: Argument | undefined): boolean => arg?.kind === 'memory';
    const segment = (arg: Argument | undefined): boolean => arg?.kind === 'register' && arg.class === 'segment';
    if (op === 'CRC32') {
      if (this.count(REPNE) > 1) { this.show(REPNE); this.hideLast(REPNE); }
      this.show(DATA);
      this.hideLast(DATA);
    } else if ((op === 'CVTSI2SD' || op === 'CVTSI2SS') && !memory(second)) this.hideLast(DATA);
    else if (HIDE_LAST_DATA.has(op)) this.hideLast(DATA);
    else if (/^(LOOP|LOOPE|LOOPNE|MONITOR)$/.test(op)) this.hideLast(ADDRESS);
    else if (op === 'MOV' && ((segment(second) && memory(first)) || (segment(first) && memory(second)))) this.show(DATA);
    else if (op === 'MOVDQU' && this.count(REP) > 1) { this.show(REP); this.hideLast(REP); }
    else if ((SHOW_DATA_WITH_MEMORY.has(op) && memory(first)) || op === 'SYSEXIT') this.show(DATA);
    const { prefixes } = model;
    if ((CONDITIONAL_JUMPS.has(op) || LOOPS.has(op)) && this.count(CS) > 0 && this.count(DS) > 0) {
      for (const prefix of prefixes) if (prefix.role === 'taken' || prefix.role === 'notTaken') prefix.role = 'byte';
    }
    // Only the last XACQUIRE and XRELEASE keep their name, and a MOV only if no REPNE follows.
    let acquire = false, release = false, repne = false;
    for (const prefix of prefixes.toReversed()) {
      if (prefix.byte === REPNE && prefix.role === 'byte' && !prefix.implicit) repne = true;
      if (prefix.role === 'xrelease') { if (release || (op === 'MOV' && repne)) prefix.role = 'byte'; else release = true; }
      if (prefix.role === 'xacquire') { if (acquire) prefix.role = 'byte'; else acquire = true; }
    }
  }

  /** A register operand tells the size, so that no suffix is needed. */
  private sizeIsKnown(): boolean {
    const { op } = this;
    return this.args.some((arg, i) => {
      if (arg.kind !== 'register' || op === 'MOVSX' || op === 'MOVZX' || op === 'CRC32') return false;
      if (SHIFTS.has(op) && i === 1) return false;
      if ((op === 'PUSH' || op === 'POP') && arg.class === 'segment') return false;
      if ((op === 'CVTSI2SD' || op === 'CVTSI2SS') && arg.class === 'xmm') return false;
      return /^(gpr|segment|[xyz]mm|mmx|k)/.test(arg.class);
    });
  }

  private bytesOf(arg: Argument | undefined): number {
    if (arg?.kind === 'memory') return this.model.memoryBytes;
    if (arg?.kind !== 'register') return 0;
    return { gpr8: 1, gpr8h: 1, gpr16: 2, gpr32: 4, gpr64: 8 }[arg.class as 'gpr8'] ?? 0;
  }

  private addSuffix(name: string): string {
    const { op, args, model } = this;
    if (!this.sizeIsKnown()) name = this.sizeSuffix(name);
    if (!model.vex || !args.some((arg) => arg.kind === 'memory')) return name;
    name += widthSuffix(op, model.evex, model.vectorLength);
    if (op === 'VCVTSI2SD' || op === 'VCVTSI2SS') name += model.memoryBytes === 8 ? 'q' : 'l';
    return name;
  }

  private sizeSuffix(name: string): string {
    const { op, args, model } = this;
    if (NO_SUFFIX.has(op)) return name;
    if (op === 'CRC32') return name + (SUFFIX[this.bytesOf(args[1])] ?? '');
    if (/^[LS][GI]DT$/.test(op)) return name + (SUFFIX[model.dataSize / 8] ?? '');
    if (op === 'MOVZX' || op === 'MOVSX') return name.slice(0, 4) + (SUFFIX[this.bytesOf(args[1])] ?? '') + (SUFFIX[this.bytesOf(args[0])] ?? '');
    if (/^LOOP(E|NE)?$/.test(op)) return name;
    if (WITH_MODE_SUFFIX.has(op)) {
      if (model.opcode === 0xeb) return name;
      if (model.dataSize !== 16) return `${name}q`;
      this.hideLast(DATA);
      return `${name}w`;
    }
    if (/^(FRSTOR|FNSAVE|FNSTENV|FLDENV)$/.test(op)) return model.dataSize === 16 ? `${name}s` : name;
    if (op === 'PUSH' || op === 'POP') return name + (this.hideLast(DATA) ? SUFFIX[model.dataSize / 8] ?? '' : 'q');
    if (!FLOAT.has(op)) return name + (SUFFIX[model.memoryBytes] ?? '');
    const integer = FLOAT_INTEGER.has(op);
    if (model.memoryBytes === 4) return name + (integer ? 'l' : 's');
    if (model.memoryBytes === 8) return name + (integer ? 'll' : 'l');
    return (op === 'FLD' || op === 'FSTP') && args[0]?.kind === 'memory' ? `${name}t` : name;
  }

  /** Names that contain the immediate; the immediate is then not an argument. */
  private specialName(name: string): string {
    const { op, args, model } = this;
    const last = args.at(-1);
    if (op === 'INT' && model.opcode === 0xcc) { this.args = []; return 'int3'; }
    if (op === 'XLATB') return this.hideLast(ADDRESS) ? 'xlat' : name;
    if (last?.kind !== 'immediate') return name;
    if (/^CMP(PS|PD|SD_XMM|SS)$/.test(op) && last.value >= 0n && last.value < 8n) {
      this.args.pop();
      return `cmp${COMPARISONS[Number(last.value)]}${name.slice(3)}`;
    }
    if (op === 'PCLMULQDQ' && (last.value & ~0x11n) === 0n) {
      this.args.pop();
      return CARRYLESS_PRODUCTS[Number(((last.value & 0x10n) >> 3n) | (last.value & 1n))] ?? name;
    }
    const compare = vectorCompareName(op, last.value);
    if (!compare) return name;
    this.args.pop();
    return compare;
  }

  private argumentTexts(): string[] {
    const { op, model } = this;
    const texts: string[] = [];
    this.args.forEach((arg, i) => {
      // Segment prefixes belong to the source of these.
      if (/^(MOVS[BWDQ]|OUTS[BWD])$/.test(op)) this.segmentsUsed = i === 0;
      if (arg.kind === 'immediate' && arg.value === 1n && (model.opcode & ~1) === 0xd0) return;
      let text = this.argumentText(arg);
      if (i === 1 && arg.kind === 'register' && arg.class === 'k' && !op.startsWith('K')) {
        if (texts.length > 0) texts[0] += arg.index ? ` {${text}}${model.zeroing ? ' {z}' : ''}` : model.zeroing ? '{z}' : '';
        return;
      }
      const vectorBytes = destinationBytes(model);
      if (arg.kind === 'memory' && model.broadcast && texts.length > 0 && vectorBytes && model.memoryBytes) text += `{1to${vectorBytes / model.memoryBytes}}`;
      texts.push(text);
    });
    return texts;
  }

  private argumentText(arg: Argument): string {
    const { model, symbolName } = this;
    switch (arg.kind) {
      case 'register': {
        if (CONVERSIONS.has(this.op) && model.dataSize === 16 && arg.class === 'gpr32') return gnuRegisterName({ class: 'gpr16', index: arg.index });
        if (/^(IN|OUT)(S[BWD])?$/.test(this.op) && arg.class === 'gpr16' && arg.index === 2) return '(%dx)';
        return gnuRegisterName(arg);
      }
      case 'immediate': {
        const symbol = immediateSymbol(model, arg.value, symbolName);
        return symbol ? `$${symbol.name}${symbol.offset}` : `$${hex(arg.value)}`;
      }
      case 'relative': return targetSymbol(arg.target, symbolName) ?? hex(arg.target);
      case 'memory': return this.memoryText(arg);
    }
  }

  private memoryText(arg: Argument & { kind: 'memory' }): string {
    const { op, model } = this;
    const symbol = memorySymbol(model, arg, this.symbolName);
    if (symbol) return symbol.name + symbol.offset;
    const segments = new Set<number>([arg.segment]);
    if (!/^(INS[BWD]|STOS[BWDQ]|SCAS[BWDQ])$/.test(op) && !this.segmentsUsed) {
      for (const prefix of model.prefixes.toReversed()) {
        if (prefix.implicit || prefix.role !== 'byte' || !segmentName(prefix.byte) || segments.has(prefix.byte)) continue;
        segments.add(prefix.byte);
        prefix.implicit = true;
      }
      this.segmentsUsed = true;
    }
    if (model.vex && !arg.index?.class.endsWith('mm')) for (const byte of model.vexPayload) segments.add(byte);
    let text = '';
    for (const segment of [CS, DS, SS, ES, FS, GS]) if (segments.has(segment)) text += `%${segmentName(segment)}:`;
    if (arg.displacement !== 0n) text += hex(arg.displacement);
    const { base, index, scale } = arg;
    const plainSib = !index && scale === 1 && ((base && base.index === 4 && /gpr/.test(base.class)) || (!base && !model.vex));
    if (scale === 0 || plainSib) return base ? `${text}(${gnuRegisterName(base)})` : text;
    const indexName = index ? gnuRegisterName(index) : model.addressSize === 64 ? '%riz' : '%eiz';
    const scaleText = scale !== 1 ? `,${scale}` : op === 'VMOVNTDQA' ? ',1' : '';
    return `${text}(${base ? gnuRegisterName(base) : ''},${indexName}${scaleText})`;
  }

  /** Prefixes before the name, branch hints after it. */
  private prefixText(): [prefix: string, hint: string] {
    const { prefixes } = this.model;
    let text = '', hint = '', addresses = 0, datas = 0;
    const implicitData = prefixes.some((prefix) => prefix.byte === DATA && prefix.implicit);
    for (const prefix of prefixes) {
      if (prefix.implicit) continue;
      if (prefix.role === 'notTaken') hint += ',pn';
      else if (prefix.role === 'taken') hint += ',pt';
      else if (prefix.role !== 'byte') text += `${prefix.role} `;
      else if (prefix.byte === ADDRESS) {
        // Of repeated ones all but the last are shown with the size of the mode.
        text += this.count(ADDRESS) > ++addresses ? 'addr64 ' : 'addr32 ';
      } else if (prefix.byte === DATA) {
        text += implicitData && this.count(DATA) > 1 && this.count(DATA) > ++datas ? 'data32 ' : 'data16 ';
      } else if ((prefix.byte & 0xf0) === 0x40) text += rexName(prefix.byte);
      else text += `${segmentName(prefix.byte) || ({ [REP]: 'rep', [REPNE]: 'repn' }[prefix.byte] ?? 'lock')} `;
    }
    return [text, hint];
  }
}

function gpr(cls: 'gpr32' | 'gpr64', index: number): Argument { return { kind: 'register', class: cls, index }; }

function rexName(byte: number): string {
  let bits = '';
  for (let i = 0; i < 4; i++) if (byte & (8 >> i)) bits += 'WRXB'[i];
  return bits ? `rex.${bits} ` : 'rex ';
}

function gnuRegisterName(register: Register): string {
  switch (register.class) {
    case 'st': return register.index ? `%st(${register.index})` : '%st';
    case 'mmx': return `%mm${register.index}`;
    case 'debug': return `%db${register.index}`;
    default: return `%${registerName(register)}`;
  }
}
