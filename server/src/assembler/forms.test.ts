// Every form of every mnemonic, with operands of its kinds at their limits and with every suffix: what `go tool asm` takes and refuses, and its bytes.
// Must stay true: the operands are made from the table's own forms, so a form that Go's assembler has not is found, and one that it has more of where mnemonics share kinds.
import { expect, test } from 'vitest';
import { readAssembly } from '../analysis/assembly-file';
import { positionAt } from '../syntax/source';
import { assemble } from './assemble';
import { formsOf, mnemonics } from './forms';
import { hex } from './listing';
import type { OperandClass } from './operand-class';
import { goAssemble, goMinor, goroot } from './testing/go-asm';

const nothing = { read: () => undefined, list: () => undefined };
const BATCH = 8000;
/** Every line takes a minute, a sixteenth of them is tried otherwise. */
const WHOLE = process.env['GOBUF_WHOLE'] === '1';
const NUMBERS = ['$0', '$1', '$3', '$4', '$-1', '$127', '$128', '$-128', '$-129', '$255', '$256', '$0x7fffffff', '$-0x80000000', '$0x80000000', '$0xffffffff', '$0x100000000'];
const GENERAL = ['AX', 'SP', 'BP', 'DI', 'R8', 'R15'], MEMORY = ['(AX)', '8(SP)', '-128(R13)(R12*8)', '4096(BX)', 'foo(SB)'];
const BYTE = ['AL', 'DL', 'DIB', 'R8B', 'AH'];
const vectors = (kind: string): string[] => [0, 5, 15, 16, 31].map((number) => `${kind}${number}`);
const indexed = (kind: string): string[] => [`(AX)(${kind}1*1)`, `64(R13)(${kind}15*8)`, `(AX)(${kind}20*4)`];

/** Operands to try where a form wants a class: good ones, and those just outside. */
function samples(wanted: OperandClass): string[] {
  if (/^(i|u|s|iu)\d+$/.test(wanted)) return NUMBERS;
  const of = /^([xyz])(e?)(m?)e?$/.exec(wanted)?.[1]?.toUpperCase();
  if (of) return [...vectors(of), ...(wanted.includes('m') ? MEMORY : [])];
  const vector = /^vm([xyz])/.exec(wanted)?.[1]?.toUpperCase();
  if (vector) return indexed(vector);
  switch (wanted) {
    case 'r': case 'ax': case 'cx': case 'dx': return GENERAL.concat('CX', 'DX', 'CL');
    case 'rm': return [...GENERAL, ...MEMORY];
    case 'r8': case 'al': case 'cl': return [...BYTE, 'AX', 'DI', 'CL'];
    case 'rm8': return [...BYTE, 'AX', 'SP', ...MEMORY];
    case 'm': return MEMORY;
    case 'x0': return ['X0', 'X1'];
    case 'mm': return ['M0', 'M7'];
    case 'mmm': return ['M0', 'M7', ...MEMORY];
    case 'mmrm': return ['M0', 'AX', ...MEMORY];
    case 'k': return ['K0', 'K7'];
    case 'km': return ['K0', 'K7', ...MEMORY];
    case 'mask': return ['K1', 'K7', 'K0'];
    case 'list-x': return ['[X0-X3]', '[X16-X19]', '[X1-X4]'];
    case 'list-y': return ['[Y0-Y3]'];
    case 'list-z': return ['[Z0-Z3]', '[Z28-Z31]'];
    case 'st': return ['F0', 'F1', 'F7'];
    case 'st0': return ['F0'];
    case 'st1': return ['F1'];
    case 'segment': return ['DS', 'CS', 'FS'];
    case 'fs': return ['FS'];
    case 'gs': return ['GS'];
    case 'control': return ['CR0', 'CR8'];
    case 'debug': return ['DR0', 'DR7'];
    case 'branch': return [];
    default: return [wanted.toUpperCase()];
  }
}

/** Operands of every other kind. */
const FOREIGN = ['M2', 'X3', 'Y3', 'Z3', 'K2', 'CX', 'CL', '(DX)', '$2', 'F2', '(AX)(X2*1)'];
const SUFFIXES = ['.Z', '.BCST', '.SAE', '.RN_SAE', '.RZ_SAE', '.BCST.Z', '.RU_SAE.Z', '.SAE.Z'];

function lines(): string[] {
  const out = new Set<string>();
  for (const mnemonic of mnemonics()) {
    // go tool asm knows it and fails on each of its operands, without a line.
    if (mnemonic === 'FLDENV') continue;
    for (const { slots, evex } of formsOf(mnemonic) ?? []) {
      const choices = slots.map(({ wanted }) => samples(wanted));
      if (choices.some((list) => list.length === 0)) continue;
      const base = choices.map((list) => list[0] ?? ''), other = choices.map((list) => list[1] ?? list[0] ?? '');
      // One operand at a time leaves the others as they are; gathers want different registers.
      const first = base.map((each, i) => (i > 0 && /^[XYZ]0$/.test(each) ? other[i] ?? each : each));
      choices.forEach((list, i) => { for (const each of [...list, ...FOREIGN]) out.add(`${mnemonic} ${first.with(i, each).join(', ')}`); });
      out.add(`${mnemonic} ${first.map((each) => each.replace(/^X\d+$/, 'M3')).join(', ')}`);
      out.add(`${mnemonic} ${first.toReversed().join(', ')}`);
      if (!evex) continue;
      const memory = first.map((each, i) => choices[i]?.find((choice) => choice.startsWith('(')) ?? each);
      for (const suffix of SUFFIXES) { out.add(`${mnemonic}${suffix} ${first.join(', ')}`); out.add(`${mnemonic}${suffix} ${memory.join(', ')}`); }
    }
  }
  return [...out];
}

/** What Go's assembler takes though it means nothing, refused here on purpose. */
const SENSELESS = [
  // A general register in place of an M one, or an M one in place of a general one.
  /^P\w+ (\$\d+, )?CX, M\d$/, /^CVTPL2P[SD] CX, X5$/, /^P(EXTR|INSR)[BDQ] \$0, .*M2/,
  // A register where the instruction only has memory; the processor has another instruction there or none.
  /^(INVLPG|INVPCID|CMPXCHG(8|16)B|XRSTORS?(64)?) C[XL]\b/, /^MOVNT\w+ \w+, CX$/, /^MOV[HL]P[SD] X\d+, X\d+$/,
  // CL for CX.
  /^(NOT|NEG)[WLQ] CL$/, /^MOV[SZ]WW CL, AX$/, /^F(UCOM|COMD)PP F0, F2$/,
];

/** What differs from Go's answer for lines that are assembled together, each as a function of its own. */
function differing(lines: readonly string[]): { wrong: string[]; taken: number } {
  const text = (skipped: ReadonlySet<number>): string => lines.map((line, i) => `TEXT t${i}(SB), 4, $0\n\t${skipped.has(i) ? 'NOP' : line}\n`).join('');
  const refused = new Set<number>();
  let theirs = goAssemble(text(refused));
  for (let round = 0; round < 60 && theirs.rejected.size; round++) {
    for (const line of theirs.rejected) refused.add((line - 1) >> 1);
    theirs = goAssemble(text(refused));
  }
  expect(theirs.functions.size).toBe(lines.length);
  const file = readAssembly('x_amd64.s', text(new Set()), nothing, { goroot: undefined, minor: goMinor });
  const result = assemble(file, { packagePath: 'p', minor: goMinor });
  const ours = new Set([...file.problems, ...result.problems].map(({ span }) => positionAt(span.file, span.start).line >> 1));
  const bytes = new Map(result.texts.map(({ text: { name }, bytes: code }) => [name, hex([...code])]));
  const wrong = lines.flatMap((line, i) => {
    if (ours.has(i) && !refused.has(i) && SENSELESS.some((pattern) => pattern.test(line))) return [];
    if (refused.has(i) !== ours.has(i)) return [`${refused.has(i) ? 'taken' : 'refused'}: ${line}`];
    const is = bytes.get(`t${i}`) ?? '', should = theirs.functions.get(`t${i}`) ?? '';
    return ours.has(i) || is === should ? [] : [`${line}: ${is}, should be ${should}`];
  });
  return { wrong, taken: lines.length - refused.size };
}

test.skipIf(!goroot || goMinor < 24)("every form is one of Go's, with the same limits and the same bytes", { timeout: 400_000 }, async () => {
  const all = lines().filter((_, i) => WHOLE || i % 16 === 0), wrong: string[] = [];
  let taken = 0;
  for (let i = 0; i < all.length; i += BATCH) {
    const part = differing(all.slice(i, i + BATCH));
    wrong.push(...part.wrong);
    taken += part.taken;
    await new Promise((resolve) => { setImmediate(resolve); });
  }
  expect(taken).toBeGreaterThan(4000);
  expect(wrong).toEqual([]);
});
