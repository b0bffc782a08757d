// Prints an instruction in Intel's syntax as Delve does (its default), quirks included.
// Must stay true: byte for byte the text of golang.org/x/arch/x86/x86asm.IntelSyntax where that package decodes the bytes.

import { vectorCompareName } from './compare-names';
import type { Argument, Model, Prefix } from './model';
import { ADDRESS, CS, DATA, DS, ES, FS, GS, LOCK, LOOPS, REP, REPNE, SS } from './model';
import { registerName, segmentName } from './registers';
import type { SymbolName } from './symbols';
import { hex, hexImmediate, immediateSymbol, memorySymbol, targetSymbol } from './symbols';

const NAMES: Record<string, string> = {
  JAE: 'jnb', JA: 'jnbe', JGE: 'jnl', JNE: 'jnz', JG: 'jnle', JE: 'jz',
  SETAE: 'setnb', SETA: 'setnbe', SETGE: 'setnl', SETNE: 'setnz', SETG: 'setnle', SETE: 'setz',
  CMOVAE: 'cmovnb', CMOVA: 'cmovnbe', CMOVGE: 'cmovnl', CMOVNE: 'cmovnz', CMOVG: 'cmovnle', CMOVE: 'cmovz',
  LCALL: 'call far', LJMP: 'jmp far', LRET: 'ret far', ICEBP: 'int1', MOVSD_XMM: 'movsd', XLATB: 'xlat',
};

const words = (text: string): Set<string> => new Set(text.split(' '));
const SHOW_ADDRESS_SIZE = words('INSB INSD INSW OUTSB OUTSD OUTSW LOOPNE JECXZ JRCXZ LOOP LOOPE XLATB');
/** Instructions for which every operand-size prefix is shown. */
const SHOW_DATA_SIZE = words('CBW CDQE CLC CLD CLI CLTS CMC CPUID CQO CWD FDECSTP FINCSTP FNCLEX FNINIT FNOP FWAIT HLT ICEBP INSB INSD INSW ' +
  'INT INVD IRET IRETQ LAHF LEAVE LRET MONITOR MWAIT NOP OUTSB OUTSD OUTSW PAUSE POPF POPFQ PUSHF PUSHFQ RDMSR RDPMC RDTSC RDTSCP RET RSM ' +
  'SAHF STC STD STI SYSENTER SYSEXIT SYSRET UD2 WBINVD WRMSR XEND XLATB XTEST');
const ONE_BYTE_ONLY: Record<string, number> = { NOP: 0x90, RET: 0xc3, INT: 0xcc, LRET: 0xcb };
const ST0 = words('FCHS FABS FTST FLDPI FLDL2E FLDLG2 F2XM1 FXAM FLD1 FLDL2T FSQRT FRNDINT FCOS FSIN');
const ST0_ST1 = words('FPTAN FSINCOS FUCOMPP FCOMPP FYL2X FPATAN FXTRACT FPREM1 FPREM FYL2XP1 FSCALE');
const ST0_SOURCE = words('FST FSTP FISTTP FIST FISTP FBSTP');
const ST0_DESTINATION = words('FLD FXCH FCOM FCOMP FIADD FIMUL FICOM FICOMP FISUBR FIDIV FUCOM FUCOMP FILD FBLD FADD FMUL FSUB FSUBR FISUB FDIV FDIVR FIDIVR');
const STRING_SIZES: Record<string, string> = { B: 'byte ', W: 'word ', D: 'dword ', Q: 'qword ' };
const SIZES: Record<number, string> = { 1: 'byte ', 2: 'word ', 4: 'dword ', 8: 'qword ', 16: 'xmmword ', 32: 'ymmword ', 64: 'zmmword ' };
const CACHE_LINES = words('PREFETCHW PREFETCHNTA PREFETCHT0 PREFETCHT1 PREFETCHT2 CLFLUSH');
const STRING = /^(MOVS|CMPS|STOS|LODS|SCAS)([BWDQ])$/;

export function printIntel(model: Model, symbolName: SymbolName): string {
  adjustPrefixes(model);
  const prefix = prefixText(model);
  const visible = visibleArguments(model);
  let args: string[] | undefined = visible ? argumentTexts(model, visible, symbolName) : undefined;
  let name = NAMES[model.op] ?? model.op.replace('_XMM', '').toLowerCase();
  const { op } = model;
  if (op === 'CMPSD_XMM') name = 'cmpsd_xmm';
  if (op === 'NOP' && model.opcode === 0x0f) args = [...(args ?? []).slice(0, 1), model.dataSize === 16 ? 'ax' : 'eax'];
  else if (op === 'BLENDVPD' || op === 'BLENDVPS' || op === 'PBLENDVB') args = args?.slice(0, 2);
  else if (op === 'INT' && model.opcode === 0xcc) { args = undefined; name = 'int3'; }
  else if (ST0.has(op)) args = args?.length ? args : ['st0'];
  else if (ST0_ST1.has(op)) args = args?.length ? args : ['st0', 'st1'];
  else if (ST0_SOURCE.has(op)) args = args?.length === 1 ? [...args, 'st0'] : args;
  else if (ST0_DESTINATION.has(op)) args = args?.length === 1 ? ['st0', ...args] : args;
  else if (/^(MASKMOVDQU|MASKMOVQ|XLATB|OUTS[BWD])$/.test(op)) {
    const segment = model.prefixes.findLast(({ byte }) => byte === FS || byte === GS);
    if (segment) args = [...(args ?? []), segmentName(segment.byte)];
  }
  const last = model.args.at(-1);
  const compare = last?.kind === 'immediate' ? vectorCompareName(op, last.value) : undefined;
  if (compare) { args = args?.slice(0, -1); name = compare; }
  if (model.rounding) args = [...(args ?? []), model.rounding];
  return prefix + name + (args?.length ? ` ${args.join(', ')}` : '');
}

function adjustPrefixes(model: Model): void {
  const { op, prefixes } = model;
  const controlMove = op === 'MOV' && model.opcode === 0x0f && (model.secondOpcode & 0xfc) === 0x20;
  const all = (byte: number, change: (prefix: Prefix) => void): void => { for (const prefix of prefixes) if (prefix.byte === byte) change(prefix); };
  if (SHOW_ADDRESS_SIZE.has(op) || controlMove) all(ADDRESS, (prefix) => { prefix.implicit = false; });
  if (op === 'MOV' && (model.opcode & ~3) === 0xa0) all(ADDRESS, (prefix) => { prefix.implicit = true; });
  for (const { byte } of prefixes.filter((prefix) => prefix.implicit)) all(byte, (prefix) => { prefix.implicit = true; });
  for (const prefix of prefixes) {
    if (prefix.byte === DATA || (prefix.role === 'byte' && [CS, DS, ES, SS].includes(prefix.byte)) || (prefix.byte & 0xf0) === 0x40) prefix.implicit = true;
    if (LOOPS.has(op) && (prefix.role === 'taken' || prefix.role === 'notTaken')) prefix.implicit = true;
  }
  if (SHOW_DATA_SIZE.has(op) && (ONE_BYTE_ONLY[op] ?? model.opcode) === model.opcode) {
    all(DATA, (prefix) => { prefix.implicit = false; prefix.ignored = false; });
  }
}

function prefixText({ op, opcode, prefixes }: Model): string {
  let text = '';
  const seen = new Set<string>();
  for (const prefix of prefixes) {
    if (prefix.byte === REP) seen.delete('bnd');
    if (prefix.implicit || prefix.ignored) continue;
    if (prefix.role !== 'byte') seen.add(prefix.role);
    else if (prefix.byte === REPNE) text += 'repne ';
    else if (prefix.byte === REP) text += 'rep ';
    else if (prefix.byte === LOCK) seen.add('lock');
    else if (prefix.byte === DATA) seen.add('data');
    else if (prefix.byte === ADDRESS) seen.add('address');
  }
  if (op === 'JMP' && opcode === 0xeb) seen.delete('bnd');
  if (op === 'RET' || op === 'LRET') seen.delete('data');
  for (const [key, name] of [['xacquire', 'xacquire '], ['xrelease', 'xrelease '], ['lock', 'lock '], ['bnd', 'bnd '], ['taken', 'hint-taken '],
    ['notTaken', 'hint-not-taken '], ['address', 'addr32 '], ['data', 'data16 ']] as const) if (seen.has(key)) text += name;
  return text;
}

/** The arguments that are printed; undefined: none, not even an empty list. */
function visibleArguments(model: Model): Argument[] | undefined {
  const { op, args } = model;
  if (/^(INS|OUTS)[BWD]$/.test(op) || op === 'MONITOR' || op === 'MWAIT' || op === 'XLATB') return undefined;
  if (/^STOS[BWDQ]$/.test(op)) return args.slice(0, 1);
  if (/^(LODS|SCAS)[BWDQ]$/.test(op)) return args.slice(1);
  const [first, second] = args;
  // A segment register is loaded from the 16-bit register.
  if (op === 'MOV' && first?.kind === 'register' && first.class === 'segment' && second?.kind === 'register') return [first, { ...second, class: 'gpr16' }];
  if (op === 'PUSH' && first?.kind === 'immediate') return [{ kind: 'immediate', value: BigInt.asUintN(32, first.value) }];
  return args.length === 0 ? undefined : args;
}

function argumentTexts(model: Model, args: Argument[], symbolName: SymbolName): string[] {
  const texts: string[] = [];
  args.forEach((arg, i) => {
    let text = argumentText(model, arg, symbolName);
    if (i === 1 && arg.kind === 'register' && arg.class === 'k' && !model.op.startsWith('K')) {
      if (/^V(GATHER|SCATTER)PF/.test(model.op)) texts.unshift(`{${text}}`);
      else texts[0] += `${arg.index ? ` {${text}}` : ''}${model.zeroing ? ' {z}' : ''}`;
      return;
    }
    const vectorBytes = destinationBytes(model);
    if (arg.kind === 'memory' && model.broadcast && texts.length > 0 && vectorBytes && model.memoryBytes) text += `{1to${vectorBytes / model.memoryBytes}}`;
    texts.push(text);
  });
  return texts;
}

/** Bytes of the vector register written, 0 if the destination is none. */
export function destinationBytes({ args }: Model): number {
  const first = args[0];
  return first?.kind !== 'register' ? 0 : first.class === 'xmm' ? 16 : first.class === 'ymm' ? 32 : first.class === 'zmm' ? 64 : 0;
}

function argumentText(model: Model, arg: Argument, symbolName: SymbolName): string {
  switch (arg.kind) {
    case 'register': return registerName(arg);
    case 'immediate': {
      const symbol = immediateSymbol(model, arg.value, symbolName);
      return symbol ? `$${symbol.name}${symbol.offset}` : hexImmediate(arg.value);
    }
    case 'relative': return targetSymbol(arg.target, symbolName) ?? hex(arg.target);
    case 'memory': return memoryText(model, arg, symbolName);
  }
}

function sizeText({ op, memoryBytes }: Model): string {
  const vectorAddressed = /^V(?:P?GATHER|P?SCATTER)(?:PF[01])?[DQ](P?[SDQ])$/.exec(op);
  if (vectorAddressed) return /^(D|PS)$/.test(vectorAddressed[1] ?? '') ? 'dword ' : 'qword ';
  const string = STRING.exec(op);
  if (string) return STRING_SIZES[string[2] ?? ''] ?? '';
  if (op === 'INVLPG') return 'byte ';
  if (op === 'LAR') return 'word ';
  if (CACHE_LINES.has(op)) return 'zmmword ';
  return SIZES[memoryBytes] ?? '';
}

function memoryText(model: Model, arg: Argument & { kind: 'memory' }, symbolName: SymbolName): string {
  const size = sizeText(model);
  const segment = (arg.segment === FS || arg.segment === GS) && model.op !== 'LEA' && !model.vex ? arg.segment : 0;
  const symbol = memorySymbol(model, { ...arg, segment }, symbolName);
  if (symbol) return `${size}ptr [${symbol.name}${symbol.offset}]`;
  let text = arg.base ? (arg.base.class === 'ip32' ? 'rip' : registerName(arg.base)) : '';
  if (arg.scale !== 0 && arg.index) {
    const index = registerName(arg.index);
    if (arg.base) text += '+';
    if (arg.scale !== 1) text += `${arg.scale}*${index}`;
    else if (model.op === 'VMOVNTDQA') text += `${index}*1`;
    else text += !arg.base && /mm$/.test(arg.index.class) ? `1*${index}` : index;
  }
  const { displacement } = arg;
  if (displacement !== 0n) {
    if (text === '' && (displacement >= 0n || BigInt.asIntN(32, displacement) !== displacement)) text += `0x${BigInt.asUintN(64, displacement).toString(16)}`;
    else text += (displacement >= 0n ? '+' : '') + hex(displacement);
  }
  return `${size}ptr ${segment ? `${segmentName(segment)}:` : ''}[${text}]`;
}
