// Values of ABIInternal by name: at each instruction what is shown is what the function was called with and what it gives, whoever compiled it;
// registers, stack places and spill space of random signatures are the Go compiler's own.
// Must stay true: signatures come from a fixed seed; the compiler's answer is read from its machine code and DWARF, not from ours.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assignPlaces } from '@gobuf/server/assembler/register-abi';
import { openBinary } from '../symbols';
import type { Variable } from '../engine/types';
import { openDebugger } from './debugging';
import { buildCall, call, openText } from './text-function';

let directory = '';
beforeAll(() => { directory = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-')); });
afterAll(() => { fs.rmSync(directory, { recursive: true }); });

interface Stepped { line: number; values: Record<string, string> }

/** Steps a function from its first instruction to its caller; at each what its arguments and results are, without the unreadable. */
async function stepThrough(file: string, name: string, args: string): Promise<{ steps: Stepped[]; results: Record<string, string> }> {
  const fn = await openText(name, [file]);
  const built = buildCall(fn, args, new Map());
  const { problems, results } = call(fn, built);
  expect(problems).toEqual([]);
  const debug = openDebugger({ path: file, program: built.program, args: [], env: [], cwd: directory, readable: [], goamd64: 'v4', cache: false }, { write: () => undefined });
  const steps: Stepped[] = [];
  try {
    await debug.launch();
    let stop = await debug.runTo(fn.name);
    for (let count = 0; count < 3000; count++) {
      const [frame] = debug.stack(stop.thread, { levels: 1 }).frames;
      if (!frame || frame.function !== fn.name) break;
      const shown = debug.scopes(frame, stop.thread).find(({ kind }) => kind === 'arguments')?.variables() ?? [];
      steps.push({ line: frame.line, values: Object.fromEntries(shown.filter(({ value }) => !value.startsWith('(unreadable')).map((each: Variable) => [each.name, each.value])) });
      stop = await debug.resume('stepInstruction', { thread: stop.thread });
    }
  } finally {
    debug.dispose();
  }
  return { steps, results: Object.fromEntries(results.map(({ name: each, value }) => [each, value])) };
}

function packageOf(name: string, go: string, assembly: string): string {
  const folder = path.join(directory, name);
  fs.mkdirSync(folder);
  fs.writeFileSync(path.join(folder, 'go.mod'), 'module runtime\n');
  fs.writeFileSync(path.join(folder, 'k.go'), `package runtime\n${go}`);
  const file = path.join(folder, 'k_amd64.s');
  fs.writeFileSync(file, assembly);
  return file;
}

test('an argument is shown while its words are somewhere whole, a result once its register is final', async () => {
  const file = packageOf('flow', 'type pair struct { a int32; b uint8; c float64 }\nfunc helper()\nfunc Follow(n int, p pair, s string) (r int, y float64)\n', [
    'TEXT ·Follow<ABIInternal>(SB), 516, $24-0',
    '\tMOVQ AX, R12', '\tXORL AX, AX', '\tMOVQ DI, x-8(SP)', '\tXCHGQ R12, DX', '\tMOVB CX, 40(SP)', '\tPUSHQ SI', '\tXORL SI, SI', '\tPOPQ SI', '\tMOVSD X0, X3',
    '\tTESTQ DX, DX', '\tJEQ none', '\tMOVL BX, DX', '\tINCQ AX',
    'none:', '\tXORL DI, DI', '\tMOVQ x-8(SP), DI', '\tADDSD X0, X0', '\tRET', '',
  ].join('\n'));
  const { steps, results } = await stepThrough(file, '·Follow', '5, {-3, 9, 4.5}, "go"');
  const p = 'pair {a: -3, b: 9, c: 4.5}';
  const at = (line: number): unknown => steps.findLast((each) => each.line === line)?.values;
  expect(results).toEqual({ r: '1', y: '9' });
  const all = { n: '5', p, s: '"go"' };
  // The last step on line 2 is behind the prologue.
  expect([2, 3, 4, 5, 6, 7, 8, 9, 10].map(at)).toEqual([all, all, all, all, all, all, all, all, all]);
  // The two ways that meet at `none` leave n in different states.
  expect([13, 14].map(at)).toEqual([all, { p, s: '"go"' }]);
  expect(at(16)).toEqual({ p, s: '"go"', r: '1' });
  // The frame is gone at RET, and y is in X0.
  expect(at(19)).toEqual({ p, s: '"go"', r: '1', y: '9' });
});

const goroot = spawnSync('go', ['env', 'GOROOT'], { encoding: 'utf8' }).stdout?.trim();

describe.skipIf(!goroot)("Go's own assembly in ABIInternal", () => {
  const CALLS: [file: string, name: string, args: string][] = [
    ['internal/bytealg/equal', 'runtime·memequal', '0, 0, 2'],
    ['runtime/memmove', 'memmove', 'make(300), make(300), 300'], ['runtime/memmove', 'memmove', 'make(20), "abcdefghijklmnopqrst", 20'], ['runtime/memclr', 'memclrNoHeapPointers', '"abcdefghijklmnopqrst", 20'],
  ];

  test.each(CALLS)('%s %s(%s): never another value than the one it was called with, and the result at its RET', async (base, name, args) => {
    const previous = process.env['GOROOT'];
    process.env['GOROOT'] = goroot;
    try {
      const { steps, results } = await stepThrough(path.join(goroot, `src/${base}_amd64.s`), name, args);
      const first = steps[0]?.values ?? {};
      expect(Object.keys(first).length).toBeGreaterThan(0);
      for (const { values } of steps) for (const [each, value] of Object.entries(values)) expect([each, value]).toEqual([each, results[each] ?? first[each]]);
      expect(steps.at(-1)?.values).toMatchObject(results);
    } finally {
      if (previous === undefined) delete process.env['GOROOT'];
      else process.env['GOROOT'] = previous;
    }
  });
});

function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return Math.floor((state / 0x80000000) * below);
  };
}

const BASIC = 'bool int8 uint8 int16 uint16 int32 uint32 int64 uint64 int uint uintptr float32 float64 complex64 complex128 string []byte *int unsafe.Pointer any error func() map[int]int chan\u00a0int struct{} [0]int pair nested'.split(' ').map((each) => each.replace('\u00a0', ' '));
function randomType(next: (below: number) => number, depth = 0): string {
  const kind = next(8);
  if (depth < 3 && kind === 0) return `[${next(3)}]${randomType(next, depth + 1)}`;
  if (depth < 3 && kind === 1) return `struct { ${Array.from({ length: next(4) }, (_, i) => `${next(5) === 0 ? '_' : `f${i}`} ${randomType(next, depth + 1)}`).join('; ')} }`;
  return BASIC[next(BASIC.length)] ?? 'int';
}

describe.skipIf(!goroot)('Random signatures, judged by the Go compiler', () => {
  const TYPES = 'type pair struct { a int8; b float32 }\ntype nested struct { p pair; _ int16; z [1]pair; e struct{} }\n';
  const next = random(5), count = 120;
  const signatures = Array.from({ length: count }, (_, i) => {
    const values = (prefix: string, most: number): string => Array.from({ length: next(most) }, (__, n) => `${prefix === 'p' && next(12) === 0 ? '_' : `${prefix}${n}`} ${randomType(next)}`).join(', ');
    return `func F${i}(${values('p', 8)}) (${values('r', 6)})`;
  });

  function module(name: string): { theirs: string; go: (...args: string[]) => string } {
    const theirs = path.join(directory, name);
    fs.mkdirSync(theirs);
    fs.writeFileSync(path.join(theirs, 'go.mod'), `module ${name}\n\ngo 1.21\n`);
    const go = (...args: string[]): string => {
      const { status, stdout, stderr } = spawnSync('go', args, { cwd: theirs, encoding: 'utf8', maxBuffer: 1 << 26, env: { ...process.env, GOARCH: 'amd64', GOOS: 'linux', GOFLAGS: '', CGO_ENABLED: '0' } });
      expect([status, stderr]).toEqual([0, '']);
      return stdout;
    };
    return { theirs, go };
  }

  test('registers at the entry, places on the stack and the spill space are where it puts them', async () => {
    const file = packageOf('random', `import "unsafe"\n${TYPES}${signatures.join('\n')}\n`, signatures.map((_, i) => `TEXT ·F${i}<ABIInternal>(SB), 516, $0-0\n\tRET\n`).join(''));
    const { theirs, go } = module('compiled');
    // The call makes a prologue, whose slow path spills every register that holds an argument, if any is used afterwards.
    const used = (signature: string): string => [...signature.slice(0, signature.indexOf(') (')).matchAll(/[( ](p\d+) /g)].map(([, name]) => `call(${name})`).join('; ');
    fs.writeFileSync(path.join(theirs, 'main.go'), `package main\nimport "unsafe"\n${TYPES}//go:noinline\nfunc call(v any) { println(v) }\n${signatures.map((each) => `//go:noinline\n${each} { call(nil); ${used(each)}; return }\n`).join('')}\n` +
      `func main() {\n\tprintln(${signatures.map((_, i) => `F${i}`).join(', ')})\n}\n`);
    go('build', '-ldflags=-compressdwarf=false', '-o', 'program', '.');
    const binary = openBinary(new Uint8Array(fs.readFileSync(path.join(theirs, 'program'))), { bias: 0, name: 'program', inflate: (data) => data });
    const listing = go('tool', 'objdump', '-s', '^main\\.F\\d+$', 'program').split(/^TEXT /m);
    let spilled = 0, onStack = 0;
    for (const [i, signature] of signatures.entries()) {
      const fn = await openText(`·F${i}`, [file]);
      const { places } = assignPlaces(fn.parameters);
      const body = listing.find((each) => each.startsWith(`main.F${i}(SB)`)) ?? '';
      const slow = body.slice(0, body.indexOf('CALL runtime.morestack')).split('\n').slice(0, -1).filter((line) => !/\t(NOP|XCHGL AX, AX)/.test(line)).reverse();
      const STORE = /\tMOV\w+ (\w+), 0x([0-9a-f]+)\(SP\)/;
      const expected = slow.slice(0, slow.findIndex((line) => !STORE.test(line))).map((line) => STORE.exec(line)).map((found) => `${plainRegister(found?.[1] ?? '')} ${parseInt(found?.[2] ?? '', 16) - 8}`).sort();
      const ours = [...places].flatMap(([{ result }, { registers, spill }]) => (result ? [] : (registers ?? []).map(({ word, register }) => `${register.name} ${(spill ?? 0) + word.offset}`))).sort();
      // Where only blank ones are in registers the compiler has nothing to keep.
      const kept = [...places].some(([{ name, result }, { registers }]) => !result && name !== '_' && registers?.length);
      expect([signature, kept ? ours : []]).toEqual([signature, expected]);
      spilled += ours.length;
      const [entry] = binary.functionsNamed(`main.F${i}`);
      const named = binary.localsAt({ pc: entry?.entry ?? 0, cfa: 0 }, { read: () => new Uint8Array(0) } as never);
      for (const [parameter, { offset }] of places) {
        const place = named.find(({ name, role }) => name === parameter.name && (role === 'result') === parameter.result)?.place;
        if (place?.at !== 'memory') continue;
        expect([signature, parameter.name, offset]).toEqual([signature, parameter.name, place.address]);
        onStack++;
      }
    }
    expect(spilled).toBeGreaterThan(200);
    expect(onStack).toBeGreaterThan(20);
  });

  test('frames of ABI0 are those of its wrappers: they put each argument where it belongs and take each result from there', async () => {
    const file = packageOf('stacked', `import "unsafe"\n${TYPES}${signatures.join('\n')}\n`, signatures.map((_, i) => `TEXT ·F${i}(SB), 4, $0\n\tRET\n`).join(''));
    const { theirs, go } = module('wrapped');
    fs.copyFileSync(file, path.join(theirs, 'k_amd64.s'));
    fs.writeFileSync(path.join(theirs, 'main.go'), `package main\nimport "unsafe"\n${TYPES}var _ unsafe.Pointer\n${signatures.join('\n')}\nfunc main() {\n\tprintln(${signatures.map((_, i) => `F${i}`).join(', ')})\n}\n`);
    go('build', '-o', 'program', '.');
    const listing = go('tool', 'objdump', '-s', '^main\\.F\\d+$', 'program').split(/^TEXT /m);
    const wrong: string[] = [];
    let stored = 0, loaded = 0;
    for (const [i, signature] of signatures.entries()) {
      const fn = await openText(`·F${i}`, [file]);
      const { places } = assignPlaces(fn.parameters);
      const lines = (listing.find((each) => each.startsWith(`main.F${i}(SB)`)) ?? '').split('\n');
      const at = lines.findIndex((line) => line.includes(`CALL main.F${i}`));
      const touched = (part: string[]): Set<number> => new Set(part.flatMap((line) => { const found = /\tMOV\w+ .*?\b(?:0x)?([0-9a-f]+)\(SP\)/.exec(line); return found ? [parseInt(found[1] ?? '', 16)] : []; }));
      const before = touched(lines.slice(0, at)), after = touched(lines.slice(at));
      for (const [{ result, offset, name }, { registers }] of places) {
        // Values of more than four words are copied in blocks.
        if ((name === '_' && !result) || (registers?.length ?? 0) > 4) continue;
        for (const { word } of registers ?? []) {
          if (!(result ? after : before).has(offset + word.offset)) wrong.push(`${signature}: ${name} at ${offset}`);
          if (result) loaded++;
          else stored++;
        }
      }
    }
    expect(wrong).toEqual([]);
    expect([stored > 200, loaded > 200]).toEqual([true, true]);
  });
});

/** objdump's name of a register or of its low part. */
const plainRegister = (name: string): string => ({ AL: 'AX', BL: 'BX', CL: 'CX' }[name] ?? name.replace(/^(R\d+)[BL]$/, '$1').replace(/^([SD]I)L$/, '$1'));
