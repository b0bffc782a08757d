// Operands that an instruction does not take, judged by Go's assembler: it refuses all that is reported, in Go's own assembly changed at random; of what is there nothing is reported.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { Checker } from '../analysis/check';
import type { Family } from '../arch/architecture';
import { operandForms } from '../arch/operand-forms';
import { disk, goroot, parser } from '../testing/fixture';
import { finish } from '../syntax/steps';
import { unfitOperands } from './unfit-operands';

const hasGo = spawnSync('go', ['version']).status === 0;
const root = goroot?.path ?? '';
const checker = new Checker({ files: disk, parser, goroot: root, minor: goroot?.minor ?? 26, moduleCache: undefined });
const formsOf = (family: Family) => operandForms(family, checker.options);
/** The statement of each finding. */
const unfit = (file: ReturnType<Checker['read']>): string[] => finish(unfitOperands(file, () => formsOf(file.arch.family), checker.mnemonics(file))).map(({ span }) => span.file.text.slice(span.start).split('\n')[0] ?? '');

function* assembly(folder: string): Generator<string> {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* assembly(file);
    // The assembler's own tests of what is wrong.
    else if (/\.s$/.test(file) && !/(error|validation)\.s$/.test(file)) yield file;
  }
}

/** Operands of all kinds, by GOARCH. */
const COMMON = ['$1', '$0', 'x<>(SB)', '$x<>(SB)', 'x-8(SP)'];
const OPERANDS: Record<string, string[]> = {
  arm: ['R3', 'F3', '8(R2)', ...COMMON], arm64: ['R3', 'F3', 'V4', 'V4.B16', '8(R2)', '(R2)', ...COMMON], loong64: ['R4', 'F4', 'V3', 'X3', '8(R5)', ...COMMON], mips: ['R3', 'F4', '8(R2)', ...COMMON],
  mips64: ['R3', 'F4', '8(R2)', ...COMMON], ppc64: ['R3', 'F4', 'V3', 'VS3', 'CR1', '8(R4)', '(R4)(R5)', ...COMMON], riscv64: ['X5', 'F4', 'V3', '8(X6)', ...COMMON], s390x: ['R3', 'F4', 'V3', '8(R4)', '(R4)(R5*1)', ...COMMON],
};

/** Statements of Go's own assembly, by family; and of how many nothing is to be said. */
function statements(): { byFamily: Map<string, string[]>; count: number; reported: string[] } {
  const byFamily = new Map<string, Set<string>>(), reported: string[] = [];
  let count = 0;
  for (const name of assembly(path.join(root, 'src'))) {
    const file = checker.read(name, fs.readFileSync(name, 'utf8'), undefined, true), { family } = file.arch;
    if (!(family in OPERANDS)) continue;
    count += file.statements.length;
    reported.push(...unfit(file).map((text) => `${family} ${text}`));
    const own = byFamily.get(family) ?? new Set();
    byFamily.set(family, own);
    for (const { word, operands } of file.statements) {
      if (!word || word.expansion || operands.length === 0 || file.arch.isJump(word.text) || !formsOf(family)?.has(word.text) || operands.some(({ tokens }) => tokens.some(({ expansion }) => expansion))) continue;
      own.add([word.text, ...operands.map(({ tokens }) => file.source.text.slice(tokens[0]?.start, tokens.at(-1)?.end))].join('\t'));
    }
  }
  return { byFamily: new Map([...byFamily].map(([family, own]) => [family, [...own]])), count, reported };
}

/** Those of the statements that Go's assembler refuses; what stops it altogether, too. */
function refused(lines: readonly string[], goarch: string, folder: string): Set<string> {
  const found = new Set<string>();
  const judge = (some: readonly string[]): void => {
    for (let left = some; left.length > 0;) {
      fs.writeFileSync(path.join(folder, `m_${goarch}.s`), around(left));
      const { status, stdout, stderr } = spawnSync('go', ['tool', 'asm', '-e', '-p', 'm', '-o', path.join(folder, 'm.o'), path.join(folder, `m_${goarch}.s`)], { encoding: 'utf8', env: { ...process.env, GOOS: 'linux', GOARCH: goarch }, maxBuffer: 1 << 28 });
      if (status === 0) return;
      const bad = new Set([...`${stdout}${stderr}`.matchAll(/m_\w+\.s:(\d+)/g)].map(([, line]) => left[Number(line) - 2]).filter((line) => line !== undefined));
      if (bad.size === 0 && left.length > 1) { judge(left.slice(0, left.length >> 1)); judge(left.slice(left.length >> 1)); return; }
      for (const line of bad.size === 0 ? left : bad) found.add(line);
      left = left.filter((line) => !found.has(line));
    }
  };
  judge(lines);
  return found;
}
const around = (lines: readonly string[]): string => `TEXT x<>(SB), 4, $16-0\n${lines.map((line) => `\t${line}\n`).join('')}\tRET\n`;

const CHANGED = 600;

/** The runner wants to hear from its worker. */
const breath = (): Promise<void> => new Promise((done) => { setImmediate(done); });

test.skipIf(!goroot || !hasGo)('Go refuses what is reported, and writes nothing of it', { timeout: 600_000 }, async () => {
  const { byFamily, count, reported } = statements(), folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-unfit-'));
  expect(reported).toEqual([]);
  expect(count).toBeGreaterThan(50_000);
  let state = 5;
  const next = (below: number): number => { state = (Math.imul(state, 1664525) + 1013904223) >>> 0; return Math.floor((state / 2 ** 32) * below); };
  try {
    for (const [family, lines] of byFamily) {
      await breath();
      const others = OPERANDS[family] ?? [], changed = new Set<string>(), goarch = family === 'ppc64' ? 'ppc64le' : family;
      while (changed.size < CHANGED) {
        const [word = '', ...operands] = (lines[next(lines.length)] ?? '').split('\t'), at = next(operands.length);
        operands.splice(at, next(5) === 0 && operands.length > 1 ? 1 : next(8) > 0 ? 1 : 0, ...(next(8) > 0 ? [others[next(others.length)] ?? ''] : []));
        if (operands.length > 0) changed.add(`${word}\t${operands.join(', ')}`);
      }
      const texts = [...changed], bad = refused(texts, goarch, folder), own = unfit(checker.read(path.join(folder, `m_${goarch}.s`), around(texts), undefined, true));
      expect([family, own.filter((text) => !bad.has(text))]).toEqual([family, []]);
      // Much is refused for other reasons: the number of operands, values.
      expect(own.length, `${family}: of ${bad.size}`).toBeGreaterThan(bad.size * 0.05);
    }
  } finally { fs.rmSync(folder, { recursive: true }); }
});

test.skipIf(!goroot).each([
  ['arm64', 'ADD R1, (R2), R3', /^ADD does not take these operands; it takes R, R, R; or/], ['arm64', 'SUB $1, R2', undefined], ['arm64', 'RET', undefined], ['arm', 'ADD (R1), R2, R3', /^ADD does not/], ['ppc64le', 'ADD (R3), R4, R5', /^ADD does not/],
  ['s390x', 'MULLD (R1)(R2*1), (R3)', /^MULLD does not/], ['loong64', 'ADDV (R4), R5, R6', /^ADDV does not/], ['loong64', 'SUBV $4, R5', undefined], ['mips64', 'ADDV (R4), R5, R6', /^ADDV does not/], ['riscv64', 'ADD X5, F1, X6', /^ADD does not/],
] as const)('%s: %s', (goarch, statement, message) => {
  const text = `TEXT x<>(SB), 4, $16-0\n\t${statement}\n\tRET\n`, found = checker.check(`/m/m_${goarch}.s`, text).problems.filter(({ code }) => code === 'assemble').map((each) => each.message);
  expect(found).toEqual(message ? [expect.stringMatching(message)] : []);
});
