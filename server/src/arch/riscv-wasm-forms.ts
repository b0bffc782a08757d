// Operand forms where Go's sources have no table of them: riscv64 by the encoding of each instruction, wasm by its name.
// Must stay true: which instruction has which encoding comes from Go's sources; here is only how operands of an encoding are written.

import type { GoNode } from '../golang/syntax-tree';
import { instructionName, memberOf, membersOf } from './go-tables';
import type { OperandForm } from './operand-forms';

const MASK = 'V0';
const masked = (...operands: string[]): string[][] => [operands, [...operands.slice(0, -1), MASK, operands.at(-1) ?? 'V']];

/** By the names of cmd/internal/obj/riscv's encodings. */
const ENCODINGS: Record<string, string[][]> = {
  rIII: [['R', 'R', 'R']], rII: [['R', 'R']], rFFF: [['F', 'F', 'F'], ['F', 'F', 'R']], rFFFF: [['F', 'F', 'F', 'F']], rFFI: [['F', 'F', 'R']], rFI: [['F', 'R']], rIF: [['R', 'F']], rFF: [['F', 'F']], rFV: [['F', 'V']], rVF: [['V', 'F']], rIV: [['R', 'V']],
  rVVV: masked('V', 'V', 'V'), rVIV: masked('R', 'V', 'V'), rVFV: masked('F', 'V', 'V'), rVVi: masked('$const', 'V', 'V'), rVVu: masked('$const', 'V', 'V'), rVV: masked('V', 'V'), rVI: masked('V', 'R'),
  iII: [['$const', 'R', 'R'], ['$const', 'R']], iF: [['offset(R)', 'F']], iV: masked('(R)', 'V'), iIIV: masked('(R)', 'R', 'V'), iVIV: masked('(R)', 'V', 'V'),
  sI: [['R', 'offset(R)']], sF: [['F', 'offset(R)']], sV: [['V', '(R)'], ['V', MASK, '(R)']], sVII: [['V', 'R', '(R)'], ['V', 'R', MASK, '(R)']], sVIV: [['V', 'V', '(R)'], ['V', 'V', MASK, '(R)']],
  b: [['R', 'R', 'label']], u: [['$const', 'R']], j: [['R', 'label'], ['label']], vsetvli: [['R', 'E8', 'M1', 'TA', 'MA', 'R'], ['$const', 'E8', 'M1', 'TA', 'MA', 'R']], vsetivli: [['$const', 'E8', 'M1', 'TA', 'MA', 'R']], vsetvl: [['R', 'R', 'R']],
  ca: [['R', 'R']], cb: [['R', 'label'], ['$const', 'R']], ci: [['$const', 'R']], ciw: [['$const', 'SP', 'R']], cj: [['label']], cl: [['offset(R)', 'R']], cr: [['R', 'R']], cs: [['R', 'offset(R)']], css: [['R', 'offset(SP)']],
};

/** What the assembler makes of several instructions, or writes in other ways, by name. */
const WRITTEN: [RegExp, string[][]][] = [
  [/^MOV[BHW]?U?$/, [['R', 'R'], ['$const', 'R'], ['offset(R)', 'R'], ['R', 'offset(R)'], ['name(SB)', 'R'], ['R', 'name(SB)'], ['$name(SB)', 'R']]],
  [/^MOV[FD]$/, [['F', 'F'], ['offset(R)', 'F'], ['F', 'offset(R)'], ['name(SB)', 'F'], ['F', 'name(SB)'], ['$float', 'F']]],
  [/^L[BHWD]U?$/, [['offset(R)', 'R']]], [/^(BEQZ|BNEZ|BLTZ|BLEZ|BGTZ|BGEZ)$/, [['R', 'label']]], [/^B(GT|GTU|LE|LEU)$/, [['R', 'R', 'label']]],
  [/^(JMP|CALL)$/, [['label'], ['name(SB)'], ['(R)']]], [/^JALR$/, [['R', 'R'], ['R', 'offset(R)'], ['R']]], [/^(NEG|NEGW|NOT|SEQZ|SNEZ)$/, [['R', 'R'], ['R']]], [/^F(ABS|NEG|SQRT)[SD]$/, [['F', 'F']]], [/^F(NE)[SD]$/, [['F', 'F', 'R']]],
  [/^CJ(AL)?R$/, [['R']]], [/^RD(CYCLE|TIME|INSTRET)$/, [['R']]], [/^CSRR(W|S|C)I?$/, [['R', 'CSR', 'R'], ['$const', 'CSR', 'R'], ['R', 'CSR']]], [/^(LR)[WD]$/, [['(R)', 'R']]], [/^(SC|AMO\w+)[WD]$/, [['R', '(R)', 'R']]], [/^RET$/, [[], ['name(SB)']]],
  [/^VMVVV$/, [['V', 'V']]], [/^VMVVX$/, [['R', 'V']]], [/^VMVVI$/, [['$const', 'V']]],
  [/^CL[WD]SP$/, [['offset(SP)', 'R']]], [/^CFLDSP$/, [['offset(SP)', 'F']]], [/^CFSDSP$/, [['F', 'offset(SP)']]], [/^CFLD$/, [['offset(R)', 'F']]], [/^CFSD$/, [['F', 'offset(R)']]],
];

const form = (operands: string[], classes: string): OperandForm => ({ operands, classes });

/** `rows` are the elements of cmd/internal/obj/riscv's table of instructions, `mnemonics` all that this Go has. */
export function riscvForms(rows: Iterable<GoNode>, mnemonics: ReadonlySet<string>): ReadonlyMap<string, OperandForm[]> {
  const forms = new Map<string, OperandForm[]>();
  const add = (name: string, lists: string[][], says: string) => {
    const known = forms.get(name) ?? [];
    for (const operands of lists) if (!known.some((each) => each.operands.join() === operands.join())) known.push(form(operands, says));
    forms.set(name, known);
  };
  for (const row of rows) {
    // `AADD & obj.AMask: {enc: rIIIEncoding, immForm: AADDI, ternary: true}`
    const { key, value } = memberOf(row);
    const name = key?.endsWith(' & obj.AMask') === true ? instructionName(key.slice(0, key.indexOf(' '))) : undefined;
    if (name === undefined) continue;
    const members = new Map(membersOf(value).map((member) => [member.key, member.value.text]));
    const encoding = members.get('enc')?.replace(/Encoding$/, '') ?? '';
    const own = WRITTEN.find(([pattern]) => pattern.test(name));
    const lists = own?.[1] ?? ENCODINGS[encoding];
    if (!lists) continue;
    add(name, lists, `encoding ${encoding}`);
    if (members.has('immForm') && !own) add(name, [['$const', ...(lists[0] ?? []).slice(1)]], 'with a constant');
    if (members.get('ternary') === 'true') add(name, [['R', 'R'], ...(members.has('immForm') ? [['$const', 'R']] : [])], 'the last operand is also the second');
  }
  for (const name of ['MOV', 'MOVB', 'MOVBU', 'MOVH', 'MOVHU', 'MOVW', 'MOVWU', 'MOVF', 'MOVD', 'BEQZ', 'BNEZ', 'BLTZ', 'BLEZ', 'BGTZ', 'BGEZ', 'BGT', 'BGTU', 'BLE', 'BLEU', 'JMP', 'CALL', 'RET', 'NEG', 'NEGW', 'NOT', 'SEQZ', 'SNEZ', 'FABSS', 'FABSD', 'FNEGS', 'FNEGD', 'FNES', 'FNED', 'RDCYCLE', 'RDTIME', 'RDINSTRET']) {
    const own = WRITTEN.find(([pattern]) => pattern.test(name));
    // Only what this Go's sources speak of.
    if (own && !forms.has(name) && (/^(JMP|CALL|RET)$/.test(name) || mnemonics.has(name))) add(name, own[1], 'made of other instructions');
  }
  return forms;
}

/** Operands of WebAssembly's instructions: values are on a stack, so that only constants, registers and offsets are written. */
const WASM: [RegExp, string[][]][] = [
  [/^(Get|Set|Tee)$/, [['R'], ['SP']]], [/^(I32|I64)Const$/, [['$const'], ['$name(SB)']]], [/^F(32|64)Const$/, [['$float']]], [/Load(8|16|32)?[SU]?$/, [['$offset'], ['offset(R)'], ['name+offset(FP)']]], [/Store(8|16|32)?$/, [['$offset'], ['offset(R)'], ['name+offset(FP)']]],
  [/^(Local|Global)(Get|Set|Tee)$/, [['$number']]], [/^Br(If)?$/, [['$levels']]], [/^BrTable$/, [['R']]], [/^(Call|CALL|CALLNORESUME|JMP)$/, [['name(SB)'], []]], [/^CallIndirect$/, [['$type']]], [/^MOV[BHWD]$/, [['R', 'R'], ['$const', 'R'], ['offset(R)', 'R'], ['R', 'offset(R)'], ['$const', 'offset(R)'], ['offset(R)', 'offset(R)'], ['name(SB)', 'R'], ['$name(SB)', 'R']]], [/^WORD$/, [['$const']]],
];

/** `mnemonics` are those of cmd/internal/obj/wasm/anames.go. */
export function wasmForms(mnemonics: readonly string[]): ReadonlyMap<string, OperandForm[]> {
  const names = mnemonics.filter((name) => !/^(Last|LAST)$/.test(name));
  return new Map(['CALL', 'JMP', 'RET', ...names].map((name) => [name, (WASM.find(([pattern]) => pattern.test(name))?.[1] ?? [[]]).map((operands) => form(operands, operands.length ? '' : 'takes what is on the stack of values'))]));
}
