// Random edits over Go's own assembly: reading only the lines around an edit must give what reading the whole file gives.
import { beforeEach, expect, test } from 'vitest';
import type { Operand } from '../syntax/operand';
import { visibleSpan, type PreprocessedToken, type Span } from '../syntax/source';
import { disk, goroot, parser } from '../testing/fixture';
import type { AssemblyFile } from './assembly-file';
import { Checker } from './check';
import { statementsOnLine } from './entity';
import { symbolsOf } from './file-summary';
import { functionsOf } from './functions';
import { edited } from './incremental';
import { fileUsage } from './usage';

// The runner hears from its worker only between tests, and gives it up after a minute.
beforeEach(() => new Promise((resolve) => { setTimeout(resolve, 0); }));

/** Everything that is known of a file, with the places, as plain text lines. */
export function dump(file: AssemblyFile): string[] {
  const name = (of: Span['file']) => (of === file.source ? '' : of.path);
  const span = (of: Span) => `${name(of.file)}${of.start}-${of.end}`;
  const token = (of: PreprocessedToken) => {
    const chain: string[] = [];
    for (let at = of.expansion; at; at = at.parent) chain.push(`${at.macro.name}@${span(at.call)}`);
    return `${of.kind} ${JSON.stringify(of.text)} ${span(of)} sees ${span(visibleSpan(of))} ${chain.join(' ')}`;
  };
  const operand = ({ kind, prefix, value, pseudo, base, index, scale, registers, symbol, tokens }: Operand) =>
    `  ${kind} ${prefix ?? ''} ${value ?? ''} ${pseudo ?? ''} ${base?.name ?? ''} ${index?.name ?? ''} ${scale ?? ''} [${registers.map((each) => each.name).join()}] ${symbol?.token.text ?? ''}${symbol?.static ? '<>' : ''}\n${tokens.map((each) => `    ${token(each)}`).join('\n')}`;
  const { preprocessed } = file;
  return [
    JSON.stringify(file.target), String(file.source.lineStarts.length),
    ...file.statements.map(({ labels, word, suffixes, operands }) => [...labels.map((each) => `${token(each)}:`), word ? token(word) : 'nothing', ...suffixes.map(token), ...operands.map(operand)].join('\n')),
    ...file.problems.map((each) => `problem ${each.code} ${each.message} ${span(each.span)}`).sort(),
    ...functionsOf(file).map((each) => `function ${each.name} ${span(each.span)} ${file.statements.indexOf(each.text)} ${each.statements.length} ${each.statements.at(-1) === file.statements[file.statements.indexOf(each.text) + each.statements.length - 1]}`),
    ...symbolsOf(file).map((each) => `symbol ${each.name} ${each.static} ${each.kind} ${span(each.span)}`),
    ...Array.from({ length: 40 }, (_, i) => Math.floor((i * file.source.text.length) / 40)).map((at) => `at ${at}: ${statementsOnLine(file, at).map((each) => file.statements.indexOf(each)).join()}`),
    ...preprocessed.macros.map((macro) => `macro ${macro.name} ${macro.definition ? span(macro.definition) : ''} ${macro.definition?.file === file.source ? macro.body.map((each) => `${each.token.text}${each.token.start}`).join(' ') : ''}`),
    ...preprocessed.uses.map((use) => `use ${use.macro.name} ${span(use.span)}`),
    ...preprocessed.bodyUses.map((use) => `body ${use.macro.name} ${span(use.span)}`),
    ...preprocessed.includes.map((include) => `include ${include.name} ${span(include.span)}`),
    ...preprocessed.inactive.map((each) => `inactive ${span(each)}`),
    ...[...preprocessed.expansions].map(([at, tokens]) => `expansion ${at}\n${tokens.map(token).join('\n')}`),
    ...preprocessed.conditionalUses.map((at) => `conditional use ${at}`),
    ...preprocessed.changes.map(({ at, header, defined, undefined_ }) => `change ${at} ${undefined_ ?? ''} ${header?.path ?? ''} ${defined?.name ?? ''}`),
  ];
}

const findings = (checker: Checker, file: AssemblyFile): string[] => checker.check(file.source.path, file.source.text, file).problems
  .map(({ code, message, span, fixes }) => `${code} ${message} ${span.file === file.source ? '' : span.file.path}${span.start}-${span.end} ${(fixes ?? []).map(({ title, edits }) => `${title} ${edits.map((edit) => `${edit.span.start}-${edit.span.end}${edit.text}`).join()}`).join()}`);

/** As toEqual, which is slow on long lists. */
function same(a: string[], b: string[]): void {
  if (a.join('\n') !== b.join('\n')) expect(a).toEqual(b);
}

function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const SCRAPS = ['\n', '\tMOVQ AX, BX\n', 'x', ' ', ',', '(', ')', 'loop:', '\nagain:\n', '$', '·', '<>', '\t', '/', '*', '#', '\\', '"', "'", ';', '\r\n', '#define Z 1\n', '/* */', '// a\n', 'TEXT ·f(SB), 4, $0\n', '\u{1F600}', '0'];

/** What a file uses and how often. */
const usage = (file: AssemblyFile): string[] => Object.entries(fileUsage(file)).flatMap(([kind, counts]) => Array.from(counts as ReadonlyMap<string, number>, ([name, count]) => `${kind} ${name} ${count}`)).sort();

const FILES: [name: string, rounds: number][] = [
  ['internal/runtime/atomic/atomic_amd64.s', 120], ['runtime/asm_amd64.s', 40], ['runtime/sys_linux_arm64.s', 60], ['internal/bytealg/index_ppc64x.s', 60], ['math/floor_s390x.s', 80], ['internal/bytealg/indexbyte_wasm.s', 60],
  ['crypto/md5/md5block_amd64.s', 60], ['vendor/golang.org/x/crypto/chacha20poly1305/chacha20poly1305_amd64.s', 6], ['internal/runtime/atomic/atomic_mipsx.s', 80], ['runtime/rt0_linux_riscv64.s', 80], ['runtime/memclr_386.s', 60], ['crypto/internal/fips140/sha256/sha256block_loong64.s', 40], ['runtime/asm_arm64.s', 40],
];

test.skipIf(!goroot).each(FILES)('%s edited line by line', (name, rounds) => {
  const path = `${goroot?.path ?? ''}/src/${name}`;
  let text = disk.read(path);
  if (text === undefined) return;
  const checker = new Checker({ files: disk, parser, goroot: goroot?.path, minor: goroot?.minor ?? 26, moduleCache: undefined });
  const next = numbers(name.length * 104729);
  let file = checker.read(path, text);
  let quick = 0;
  for (let round = 0; round < rounds; round++) {
    const at = next(text.length + 1);
    const cut = next(5) === 0 ? next(120) : next(3);
    text = text.slice(0, at) + (next(4) ? SCRAPS[next(SCRAPS.length)] ?? '' : '') + text.slice(at + cut);
    const again = edited(file, text);
    if (again) quick++;
    const whole = checker.read(path, text);
    file = again ?? whole;
    if (again) {
      same(dump(again), dump(whole));
      same(usage(again), usage(whole));
      // Now and then the findings are asked for too, so that those of other functions are kept and moved.
      if (next(3) === 0) same(findings(checker, again), findings(checker, whole));
    }
    // Now and then a clean start: torn files take the whole way ever more often.
    if (round % 12 === 11) file = checker.read(path, (text = disk.read(path) ?? ''));
  }
  expect(quick, 'edits that needed no reading of the whole file').toBeGreaterThan(rounds / 5);
});

test('lines that nobody reads: within block comments and what an #ifdef leaves out nothing is read again', () => {
  const path = '/p/f_amd64.s';
  const start = `/*
 * about it
 */
TEXT ·f(SB), 4, $0
#ifdef GOOS_plan9
	MOVQ	AX, BX // never
	// don't
	MOVQ	BX, CX
#ifdef GOARCH_amd64
	NOT assembly at " all
#endif
	JMP	nowhere
#else
	NOP
#endif
	/* two
	   lines */ ADDQ	AX, BX
	JMP	l /* not
	at the margin */
l:	RET
far:
	// about it

#ifdef GOOS_plan9
	MOVQ	CX, SI
#endif
	// more
	MOVQ	DX, DI
	JMP	far
#ifdef OPEN
	MOVQ	CX, DX
`;
  const checker = new Checker({ files: { read: () => undefined, list: () => undefined }, parser, goroot: undefined, minor: 26, moduleCache: undefined });
  const quick: string[] = [];
  for (const [at, mark] of Array.from(start.matchAll(/.*\n|$/g), ({ index, 0: line }) => [index, line] as const)) {
    for (const scrap of ['\n', 'x\n', '\tMOVQ\tAX, BX\n', '\t"\n', '#endif\n', '*/\n', '/*\n', 'a \\\n']) {
      const before = checker.read(path, start);
      const inserted = start.slice(0, at) + scrap + start.slice(at);
      const whole = checker.read(path, inserted);
      const again = edited(before, inserted);
      if (again) same(dump(again), dump(whole));
      if (again && scrap === '\n') quick.push(mark.trim());
      const back = edited(again ?? whole, start);
      if (back) same(dump(back), dump(checker.read(path, start)));
    }
  }
  expect(quick).toEqual(expect.arrayContaining(['* about it', '*/', 'MOVQ\tAX, BX // never', 'MOVQ\tBX, CX', 'NOT assembly at " all', 'JMP\tnowhere', 'lines */ ADDQ\tAX, BX', 'MOVQ\tCX, DX', '// about it', 'MOVQ\tCX, SI', '// more', 'MOVQ\tDX, DI', '']));
});

test('what an include brought stays before what is edited behind it', () => {
  const texts: Record<string, string> = { '/p/h.h': '#define B 1\n#ifdef GOOS_linux\n#endif\n', '/p/f_amd64.s': '#include "h.h"\nTEXT ·f(SB), 4, $B\n\tRET\n' };
  const checker = new Checker({ files: { read: (path) => texts[path], list: () => undefined }, parser, goroot: undefined, minor: 26, moduleCache: undefined });
  const text = `${texts['/p/f_amd64.s']?.replace('RET', 'MOVQ\t$B, AX') ?? ''}`;
  for (const next of [text, text.replace('·f', '·ff'), text.replace('$B\n', '$B-0\n')]) {
    const again = edited(checker.read('/p/f_amd64.s', text.replace('AX', 'BX')), next);
    expect(again).toBeDefined();
    if (again) same(dump(again), dump(checker.read('/p/f_amd64.s', next)));
  }
});

test('conditions that begin and end in a macro keep to the lines where it is used', () => {
  const path = '/p/f_arm64.s';
  const text = `#define BREAK	\\
#ifdef GOOS_windows	\\
	BRK	\\
#else	\\
	BRK	$0	\\
#endif	\\

#define OPEN	\\
#ifdef GOOS_linux
#define KNOWN	\\
#ifdef GOOS_linux	\\
	NOOP	\\
#endif
TEXT ·f(SB), 4, $0
	MOVD	R0, R1
	BREAK
	MOVD	R1, R2
	RET
TEXT ·g(SB), 4, $0
	BREAK
l:
	BREAK
	B	l
`;
  const checker = new Checker({ files: { read: () => undefined, list: () => undefined }, parser, goroot: undefined, minor: 26, moduleCache: undefined });
  const quick = new Set<string>();
  let last = '';
  for (const [at, mark] of Array.from(text.matchAll(/.*\n|$/g), ({ index, 0: line }) => [index, line] as const)) {
    for (const scrap of ['\n', 'x\n', '\tMOVD\tR0, R1\n', '\tBREAK\n', '\tOPEN\n', '\tKNOWN\n', 'm:\n', '#endif\n']) {
      const inserted = text.slice(0, at) + scrap + text.slice(at);
      const whole = checker.read(path, inserted);
      const again = edited(checker.read(path, text), inserted);
      if (again) same(dump(again), dump(whole));
      if (again && scrap === '\n') quick.add(`${last.trim()} | ${mark.trim()}`);
      const back = edited(again ?? whole, text);
      if (back) same(dump(back), dump(checker.read(path, text)));
    }
    last = mark;
  }
  expect([...quick]).toEqual(expect.arrayContaining(['TEXT ·f(SB), 4, $0 | MOVD\tR0, R1', 'MOVD\tR0, R1 | BREAK', 'BREAK | MOVD\tR1, R2', 'RET | TEXT ·g(SB), 4, $0', 'B\tl | ']));
});

/** Files with macros of all kinds: with arguments, with other macros in them, that make whole functions, of numbers. */
const WITH_MACROS: [name: string, rounds: number][] = [
  ['runtime/asm_amd64.s', 36], ['crypto/internal/fips140/sha256/sha256block_loong64.s', 36], ['runtime/asm_arm64.s', 24],
];
const IN_MACROS = [' ', '\n', '\\\n', ' \\\n', '\tMOVQ AX, BX; \\\n', 'x', ',', '(', ')', '1', ' + 1', '; NOP', 'again:', ' // a', '"', '/*', '#define Z 1\n', '#undef Z\n', '#ifdef Z\n', '#endif\n', '\tRET\n', 'DISPATCH', 'TEXT ·f(SB), 4, $0\n'];

test.skipIf(!goroot).each(WITH_MACROS)('macros of %s edited', (name, rounds) => {
  const path = `${goroot?.path ?? ''}/src/${name}`;
  const start = disk.read(path);
  if (start === undefined) return;
  const checker = new Checker({ files: disk, parser, goroot: goroot?.path, minor: goroot?.minor ?? 26, moduleCache: undefined });
  const next = numbers(name.length * 7919);
  let text = start;
  let file = checker.read(path, text);
  let quick = 0, tried = 0;
  for (let round = 0; round < rounds; round++) {
    const macros = Array.from(text.matchAll(/^#define(?:.*\\\n)*.*\n/gm), ({ index, 0: whole }) => [index, index + whole.length] as const);
    const [from = 0, to = 0] = macros[next(macros.length)] ?? [];
    if (to === 0) return;
    tried++;
    const at = from + next(to - from + 1);
    text = text.slice(0, at) + (next(6) ? IN_MACROS[next(IN_MACROS.length)] ?? '' : '') + text.slice(at + (next(3) ? 0 : next(9)));
    const again = edited(file, text);
    const whole = checker.read(path, text);
    file = again ?? whole;
    if (again) {
      quick++;
      same(dump(again), dump(whole));
      same(usage(again), usage(whole));
      if (next(3) === 0) same(findings(checker, again), findings(checker, whole));
    }
    // Torn files take the whole way ever more often.
    if (round % 3 === 2) file = checker.read(path, (text = start));
  }
  expect(quick, 'edits that needed no reading of the whole file').toBeGreaterThan(tried / 8);
});

test('an edit in a macro is read where the macro is used', () => {
  const path = '/p/f_amd64.s';
  const text = `#define TWO 2
#define FOUR (TWO+TWO)
#define LOAD(from, to) \\
	MOVQ	from, to; \\
	ADDQ	$TWO, to
#define MAKE(name) \\
TEXT name(SB), 4, $FOUR*2; \\
	LOAD(8(AX), CX); \\
	RET
MAKE(·f)
TEXT ·g(SB), 4, $0
l:
	LOAD((AX), BX)
	MOVQ	$FOUR, CX
#ifdef TWO
	JMP	l
#else
	RET
#endif
#undef FOUR
	RET
`;
  const checker = new Checker({ files: { read: () => undefined, list: () => undefined }, parser, goroot: undefined, minor: 26, moduleCache: undefined });
  const quick: string[] = [];
  const edits: [from: string, to: string][] = [
    ['TWO 2', 'TWO 3'], ['TWO 2', 'TWO'], ['TWO 2', 'TWO 1+1'], ['LOAD(from, to)', 'LOAD(to, from)'], ['LOAD(from, to)', 'LOAD(from)'], ['MOVQ	from, to; ', 'MOVQ	from, to'], ['	ADDQ	$TWO, to', '	ADDQ	$TWO, to; m:'], ['	ADDQ', '	ADDQ	DX, to; \\\n	ADDQ'],
    ['TEXT name', 'TEXT ·x'], ['	RET\nMAKE', 'MAKE'], ['#define TWO', '#define ONE 1\n#define TWO'], ['#define TWO', '#define THREE 3\n#define TWO'], ['#define TWO 2\n', ''], ['#define FOUR (TWO+TWO)', '#define FOUR LOAD'], ['#define TWO 2', '#define TWO 2\n#define TWO 3'], ['#define LOAD', '\n#define LOAD'],
  ];
  for (const [from, to] of edits) {
    const changed = text.replace(from, () => to);
    expect(changed).not.toBe(text);
    for (const [before, after] of [[text, changed], [changed, text]] as const) {
      const again = edited(checker.read(path, before), after);
      const whole = checker.read(path, after);
      if (!again) continue;
      if (before === text) quick.push(to);
      same([after, ...dump(again), ...findings(checker, again), ...usage(again)], [after, ...dump(whole), ...findings(checker, whole), ...usage(whole)]);
    }
  }
  expect(quick).toEqual(expect.arrayContaining(['TWO 3', 'TWO', 'LOAD(to, from)', 'TEXT ·x', '#define ONE 1\n#define TWO', '\n#define LOAD']));
});

test('the end of a file without a newline', () => {
  const path = '/p/f_amd64.s';
  const start = 'TEXT ·f(SB), 4, $0\n\tMOVQ\tAX, BX\n\tRET';
  const variants = [start, `${start}\n`, `${start}\n\n`, `${start} // x`, `${start}\n// x`, `${start};`, `${start}\nl:`, `${start}\nl:\n\tRET`, start.replace('AX', 'CX'), start.replace('\tMOVQ', '\n\tMOVQ'), '', 'x', '\n'];
  const checker = new Checker({ files: { read: () => undefined, list: () => undefined }, parser, goroot: undefined, minor: 26, moduleCache: undefined });
  for (const before of variants) for (const after of variants) {
    const again = edited(checker.read(path, before), after);
    if (again) same([before, after, ...dump(again), ...findings(checker, again)], [before, after, ...dump(checker.read(path, after)), ...findings(checker, checker.read(path, after))]);
  }
});
