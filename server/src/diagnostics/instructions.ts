// Mnemonics that the user's Go does not have for the file's GOARCH, and names that stand for a header that is not included.
// Must stay true: judged only by the user's own Go sources; what is reported Go's assembler rejects.

import type { AssemblyFile } from '../analysis/assembly-file';
import { beforeFunctions, functionsOf } from '../analysis/functions';
import { inEach, perFunction } from '../analysis/per-function';
import { picker } from '../analysis/picked';
import { PSEUDO_OP_HELP } from '../analysis/pseudo-ops';
import type { Family } from '../arch/architecture';
import { frequency } from '../arch/frequent';
import { isSuffix } from '../arch/suffixes';
import { ONLY_32_BIT } from '../assembler/forms';
import { similar, type Mnemonics } from '../arch/mnemonics';
import type { Operand } from '../syntax/operand';
import type { Statement } from '../syntax/parser';
import { macroNamed } from '../syntax/preprocessor';
import { visibleSpan, type Edit, type Problem, type SourceFile } from '../syntax/source';
import type { Steps } from '../syntax/steps';
import { baseName } from '../workspace/files';

export function* unknownMnemonics(file: AssemblyFile, mnemonics: Mnemonics | undefined): Steps<Problem[]> {
  if (!mnemonics) return [];
  return [...unknownIn(beforeFunctions(file), file, mnemonics), ...yield* inEach(functionsOf(file), (each) => perFunction('mnemonics', each, mnemonics, () => unknownIn(file.arch.family === 'amd64' ? unusual(each, mnemonics) : each.statements, file, mnemonics)))];
}

/** All that can be said of nearly every amd64 statement is that there is such an instruction. */
const isUsual = ({ word, suffixes }: Statement, { names }: Mnemonics): boolean => word !== undefined && suffixes.length === 0 && names.has(word.text);
const unusual = picker((statement, mnemonics: Mnemonics) => !isUsual(statement, mnemonics));

function unknownIn(statements: readonly Statement[], file: AssemblyFile, mnemonics: Mnemonics): Problem[] {
  const problems: Problem[] = [];
  const { family } = file.arch;
  for (const statement of statements) {
    const { word, suffixes, operands } = statement;
    if (!word || (family === 'amd64' && isUsual(statement, mnemonics))) continue;
    const span = visibleSpan(word);
    // The amd64 assembler says so itself.
    if (family !== 'wasm' && family !== 'amd64' && file.arch.isJump(word.text)) {
      if (operands.length === 0) problems.push({ code: 'syntax', severity: 'error', message: `${word.text} needs a place to go to`, span });
      else if (operands.length > (MOST_JUMP_OPERANDS[family] ?? 2)) problems.push({ code: 'syntax', severity: 'error', message: `${operands.length} operands are too many for a jump`, span });
    }
    for (const suffix of suffixes) if (isSuffix(suffix.text, family) === false) problems.push({ code: 'syntax', severity: 'error', message: `${file.target.goarch} has no suffix .${suffix.text}`, span: visibleSpan(suffix) });
    if (mnemonics.names.has(word.text)) continue;
    const inMacro = word.expansion && !word.visible;
    const meant = likely(similar(word.text, mnemonics), word.text, family);
    const macro = macroNamed(file.preprocessed, word.text);
    const message = macro?.parameters ? `macro ${word.text} needs its arguments in parentheses right after the name`
      : `${file.target.goarch} has no instruction ${word.text}${meant.length ? `; is ${meant.slice(0, 3).join(', ')} meant?` : ''}`;
    problems.push({ code: 'mnemonic', severity: 'error', message, span, ...(inMacro || macro ? {} : { fixes: meant.map((text) => ({ title: `Write ${text}`, edits: [{ span, text }] })) }) });
  }
  return problems;
}

/** Of jumps that compare first (cmd/asm/internal/asm, asmJump). */
const MOST_JUMP_OPERANDS: Partial<Record<Family, number>> = { arm64: 3, loong64: 3, mips: 3, mips64: 3, riscv64: 3, ppc64: 4, s390x: 4 };

/** Of thousands of statements hardly one. */
const withNames = picker(({ operands }: Statement) => operands.some(({ kind }) => kind === 'special'));

/**
 * Names alone as operands that are no special ones: they look like symbols or labels. `special` is asked only where there is such a name, as in few files: Go's sources
 * are read for it; `from` stands for what it answers from.
 */
export function unknownOperands(file: AssemblyFile, from: object, special: () => ReadonlySet<string> | undefined): Steps<Problem[]> {
  return inEach(functionsOf(file), (each) => perFunction('operands', each, from, () => {
    const problems: Problem[] = [];
    for (const { operands } of withNames(each, undefined)) {
      for (const { kind, tokens } of operands) {
        if (kind !== 'special') continue;
        const [name] = tokens;
        if (name && special()?.has(name.text) === false) problems.push({ code: 'syntax', severity: 'error', message: `${name.text} is neither a register nor followed by (SB), (FP) or (SP)`, span: visibleSpan(name) });
      }
    }
    return problems;
  }));
}

/** The go command reads a constraint before the code and the directives; Go's assembler refuses it behind them, but for one right below a directive. */
export function misplacedConstraints({ source, statements: [first], preprocessed: { inactive } }: AssemblyFile): Problem[] {
  const { text } = source;
  const token = first?.labels[0] ?? first?.word;
  const span = token && visibleSpan(token);
  const code = span?.file === source ? span.start : text.length;
  const isCommented = (at: number) => text.lastIndexOf('/*', at) > text.lastIndexOf('*/', at);
  const hash = text.includes('//go:build') ? [...text.slice(0, code).matchAll(/^[ \t]*#/gm)].find(({ index }) => !isCommented(index))?.index ?? Infinity : Infinity;
  const problems: Problem[] = [];
  for (let at = text.indexOf('//go:build', Math.min(code, hash)); at >= 0; at = text.indexOf('//go:build', at + 1)) {
    if (inactive.some(({ file, start, end }) => file === source && start <= at && at < end)) continue;
    const line = text.lastIndexOf('\n', at) + 1;
    // A line of its own; what stands within a block comment is none.
    if (text.slice(line, at).trim() !== '' || !/^\/\/go:build\s/.test(text.slice(at, at + 11)) || isCommented(at)) continue;
    const before = text.slice(text.lastIndexOf('\n', line - 2) + 1, line);
    if (at < code && /^[ \t]*#[ \t]*(?!include)/.test(before)) continue;
    const newline = text.indexOf('\n', at);
    problems.push({ code: 'constraint-misplaced', severity: 'error', message: 'a //go:build line must come before the code and its directives', span: { file: source, start: at, end: newline < 0 ? text.length : newline } });
  }
  return problems;
}

/** Those that are meant most likely first: of the word's own size, then by how much they are used; on amd64 only what it has. */
function likely(names: readonly string[], word: string, family: Family): string[] {
  const size = family === 'amd64' ? 'Q' : 'L';
  const order = (name: string) => (name === word.toUpperCase() ? 2000 : name === `${word.toUpperCase()}${size}` ? 1000 : frequency(name, family));
  return names.filter((name) => family !== 'amd64' || !ONLY_32_BIT.has(name)).sort((a, b) => order(b) - order(a));
}

/** Headers by the names they define that people write without them. */
const HEADERS: [header: string, name: RegExp][] = [
  ['textflag.h', /^(NOPROF|DUPOK|NOSPLIT|RODATA|NOPTR|WRAPPER|NEEDCTXT|TLSBSS|NOFRAME|REFLECTMETHOD|TOPFRAME|ABIWRAPPER)$/],
  ['funcdata.h', /^(PCDATA_\w+|FUNCDATA_\w+|GO_ARGS|GO_RESULTS_INITIALIZED|NO_LOCAL_POINTERS|ArgsSizeUnknown)$/],
];

/** Gives problems at a name of a missing header their reason and the include that puts them right. */
export function missingIncludes(problems: Problem[], file: AssemblyFile, isGoAsmName: (name: string) => boolean): Problem[] {
  const included = new Set(file.preprocessed.includes.map(({ name }) => baseName(name)));
  return problems.map((problem) => {
    const { span } = problem;
    if (problem.code !== 'syntax' && problem.code !== 'mnemonic' || span.file !== file.source) return problem;
    const { text } = file.source;
    const names = text.slice(span.start, span.end).match(/[\p{L}_][\p{L}\p{Nd}_]*/gu) ?? [];
    // T_field(R1) is found wrong at R1.
    const before = /([\p{L}_][\p{L}\p{Nd}_]*)\($/u.exec(text.slice(Math.max(0, span.start - 200), span.start))?.[1];
    for (const name of before === undefined ? names : [...names, before]) {
      if (name !== before && isGoAsmName(`const_${name}`) && !isGoAsmName(name)) {
        const edits = [{ span, text: `const_${name}` }];
        if (text.slice(span.start, span.end) === name) return { ...problem, message: `${name} is a Go constant: here it is const_${name}, of go_asm.h`, fixes: [{ title: `Write const_${name}`, edits: included.has('go_asm.h') ? edits : [includeEdit(file.source, 'go_asm.h'), ...edits] }] };
      }
      const header = HEADERS.find(([, pattern]) => pattern.test(name))?.[0] ?? (isGoAsmName(name) ? 'go_asm.h' : undefined);
      if (header === undefined || included.has(header)) continue;
      return { ...problem, message: `${name} is defined in ${header}, which this file does not include`, fixes: [{ title: `Add #include "${header}"`, edits: [includeEdit(file.source, header)] }] };
    }
    return problem;
  });
}

/** Flags that nobody defines are no error behind a jump: Go's assembler still reads a name alone as a label, and takes it for 0. */
export function zeroFlags(problems: Problem[], file: AssemblyFile): Problem[] {
  return problems.map((problem) => {
    const { code, span } = problem;
    if (code !== 'syntax' || span.file !== file.source) return problem;
    const at = file.statements.findIndex(({ word, operands }) => (word?.text === 'TEXT' || word?.text === 'GLOBL') && operands.length === 3 && isAlone(operands[1], span));
    const before = file.statements.slice(0, Math.max(at, 0)).findLast(({ word }) => word && !Object.hasOwn(PSEUDO_OP_HELP, word.text));
    if (!before?.word || !file.arch.isJump(before.word.text)) return problem;
    return { ...problem, severity: 'warning', message: `${problem.message}: behind a jump Go's assembler takes it for 0` };
  });
}

const isAlone = (operand: Operand | undefined, { start, end }: Problem['span']): boolean => operand?.tokens.length === 1 && operand.tokens[0]?.kind === 'identifier' && operand.tokens[0].start === start && operand.tokens[0].end === end;

/** After the last include, else before the first line that is neither comment nor blank. */
export function includeEdit(source: SourceFile, header: string): Edit {
  const line = `#include "${header}"\n`;
  const includes = [...source.text.matchAll(/^#include\s.*\n/gm)];
  const last = includes.at(-1);
  const at = last ? last.index + last[0].length : /^(?:[ \t]*(?:\/\/.*)?\n|\/\*[\s\S]*?\*\/[ \t]*\n)*/.exec(source.text)?.[0].length ?? 0;
  return { span: { file: source, start: at, end: at }, text: last ? line : `${line}\n` };
}
