// The symbol reader against Go's own debug packages, `go tool nm` and Delve, on programs of every Go version at hand.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { build, delve, hasDelve, readBytes, runTool, toolchain, toolchains } from '../testing/toolchains';
import { BinaryError, openBinary } from './index';
import type { GoBinary } from './index';

const PROGRAM = path.join(import.meta.dirname, '../goruntime/testdata/values.go');
const ORACLE = path.join(import.meta.dirname, 'testdata/oracle.go');
const all = toolchains();

// the tests are synchronous: let the runner's messages through between them
beforeEach(() => new Promise((resolve) => { setTimeout(resolve, 20); }));

/** Counts differences by kind and keeps the first of each, so that a failure says what differs. */
class Differences {
  readonly found: string[] = [];
  private readonly counts = new Map<string, number>();
  add(kind: string, text: string): void {
    const n = (this.counts.get(kind) ?? 0) + 1;
    this.counts.set(kind, n);
    if (n <= 3) this.found.push(`${kind}: ${text}`);
  }
}

function compareWithOracle(binary: GoBinary, text: string): { differences: string[]; functions: number; lines: number } {
  const d = new Differences();
  let functions = 0, lines = 0;
  for (const row of text.split('\n')) {
    const parts = row.split(' ');
    const address = parseInt(parts[1] ?? '', 16);
    if (parts[0] === 'F') {
      functions++;
      const fn = binary.functionAt(address);
      const name = parts.slice(3).join(' ');
      if (!fn || fn.entry !== address) d.add('function', row);
      else {
        if (fn.name !== name) d.add('name', `${row}, not ${fn.name}`);
        if (fn.end !== parseInt(parts[2]!, 16)) d.add('end', `${row}, not ${fn.end.toString(16)}`);
      }
    } else if (parts[0] === 'L') {
      if (binary.functionAt(address) === undefined) continue;
      lines++;
      const place = parts.slice(2, -2).join(' ');
      const [statement, prologue] = parts.slice(-2);
      const rows = binary.lineRows(address, address + 1);
      if (!rows.some((r) => `${r.file}:${r.line}` === place && String(r.isStatement) === statement && String(r.prologueEnd) === prologue)) d.add('row', row);
    } else if (parts[0] === 'T') {
      const type = binary.typeNamed(parts[1]!);
      const have = type && [type.size, ...type.fields.map((f) => `${f.name}@${f.offset}`)].join(' ');
      if (have !== parts.slice(2).join(' ')) d.add('type', `${row}, not ${have}`);
    } else if (parts[0] === 'V') {
      const name = parts.slice(2).join(' ');
      if (binary.globalVariable(name)?.address !== address) d.add('variable', `${row}, not ${binary.globalVariable(name)?.address.toString(16)}`);
    }
  }
  return { differences: d.found, functions, lines };
}

describe.skipIf(all.length === 0)('symbols (needs the go command)', () => {
  test.each(all.map((go) => [go.version, go] as const))('%s: functions, lines, types and variables as debug/dwarf reads them', (_version, go) => {
    const file = build(PROGRAM, go);
    const binary = openBinary(readBytes(file));
    expect(binary.goVersion).toMatch(new RegExp(`^${go.version.replace(/\./g, '\\.')}`));
    const { differences, functions, lines } = compareWithOracle(binary, runTool(ORACLE, [file]));
    expect(differences).toEqual([]);
    expect(functions).toBeGreaterThan(1000);
    expect(lines).toBeGreaterThan(30_000);
  });

  test.each(all.map((go) => [go.version, go] as const))('%s: text symbols and their ABI names as go tool nm prints them', (_version, go) => {
    const file = build(PROGRAM, go);
    const binary = openBinary(readBytes(file));
    const out = spawnSync(go.command, ['tool', 'nm', '-size', file], { env: go.env, encoding: 'utf8', maxBuffer: 1 << 26 }).stdout;
    const wrong: string[] = [];
    for (const line of out.split('\n')) {
      const m = /^\s*([0-9a-f]+)\s+(\d+)\s+[tT]\s+(.+)$/.exec(line);
      if (!m || m[2] === '0') continue;
      const fn = binary.functionAt(parseInt(m[1]!, 16));
      if (fn?.symbol !== m[3]!.trim() || fn.end - fn.entry !== Number(m[2])) wrong.push(`${line.trim()}, not ${fn?.symbol}`);
    }
    expect(wrong.slice(0, 5)).toEqual([]);
  });

  const local = all[0]!;

  test('position-independent programs: every address is slid by the bias', () => {
    const bytes = readBytes(build(PROGRAM, local, ['-buildmode=pie']));
    const bias = 0x5555_5555_4000;
    const plain = openBinary(bytes), slid = openBinary(bytes, { bias });
    expect(slid.pie).toBe(true);
    for (const name of ['main.main', 'runtime.schedule', 'gogo']) {
      const a = plain.functionsNamed(name)[0]!, b = slid.functionsNamed(name)[0]!;
      expect(b.entry - a.entry).toBe(bias);
      expect(slid.findLocation(name).places.map((p) => p.pc - bias)).toEqual(plain.findLocation(name).places.map((p) => p.pc));
      expect(slid.lineAt(b.entry)?.line).toBe(plain.lineAt(a.entry)?.line);
    }
    expect(slid.globalVariable('runtime.sched')!.address - plain.globalVariable('runtime.sched')!.address).toBe(bias);
    expect(slid.symbolAt(slid.globalVariable('runtime.m0')!.address)?.symbol.name).toBe('runtime.m0');
  });

  test('programs without debug information or symbols keep functions, lines and inlining', () => {
    const full = openBinary(readBytes(build(PROGRAM, local)));
    const bare = openBinary(readBytes(build(PROGRAM, local, ['-ldflags=-s -w'])));
    expect(bare.notes).toHaveLength(2);
    const main = bare.functionsNamed('main.main')[0]!;
    expect(bare.lineAt(main.entry)).toMatchObject({ line: full.lineAt(full.functionsNamed('main.main')[0]!.entry)!.line });
    expect(bare.findLocation('runtime.schedule').places).toHaveLength(1);
    expect(bare.pcsForLine(main.file, main.line).length).toBe(1);
    const inlined = (b: GoBinary): string[] => {
      const names = new Set<string>();
      for (const fn of b.functions().filter((f) => f.package === 'runtime').slice(0, 300)) for (let pc = fn.entry; pc < fn.end; pc++) for (const call of b.lineAt(pc)!.inlined) names.add(call.name);
      return [...names].sort();
    };
    expect(inlined(bare)).toEqual(inlined(full));
    expect(inlined(full).length).toBeGreaterThan(50);
  });

  test('assembly functions are found by every spelling', () => {
    const binary = openBinary(readBytes(build(PROGRAM, local)));
    const entry = binary.functionsNamed('gogo')[0]!.entry;
    for (const spelling of ['gogo', 'gogo<>', '.gogo', '·gogo<>']) expect(binary.functionsNamed(spelling)[0]?.entry).toBe(entry);
    expect(binary.functionsNamed('runtime·gogo')[0]?.symbol).toBe('runtime.gogo.abi0');
    // By the name as it is: nothing that may be meant, before and after all names are known; what was answered once is the caller's own.
    const fresh = openBinary(readBytes(build(PROGRAM, local)));
    const exact = (): (string | undefined)[] => ['runtime.gogo', 'schedule', 'runtime.nosuch', 'main.main'].map((each) => fresh.functionNamed(each)?.name);
    const before = exact();
    expect(before).toEqual(['runtime.gogo', undefined, undefined, 'main.main']);
    fresh.functionsNamed('schedule').length = 0;
    expect(fresh.functionsNamed('schedule').length).toBeGreaterThan(0);
    expect(exact()).toEqual(before);
    const names = fresh.functions().filter((fn) => !fn.wrapper).slice(0, 400).map((fn) => fn.name);
    expect(names.map((each) => fresh.functionNamed(each)?.name)).toEqual(names);
    expect(binary.functionsNamed('runtime.gogo')[0]).toMatchObject({ abi: 'ABI0', assembly: true, name: 'runtime.gogo' });
    // both sides of an ABI wrapper
    const pair = binary.functionsNamed('runtime.asmcgocall');
    expect(pair.some((f) => f.assembly)).toBe(true);
    const osinit = binary.functionsNamed('runtime.osinit');
    expect(osinit.map((f) => [f.abi, f.wrapper])).toEqual(expect.arrayContaining([['ABIInternal', false], ['ABI0', true]]));
  });

  test.skipIf(!hasDelve)('breakpoints land where Delve puts them', () => {
    const file = build(PROGRAM, local);
    const binary = openBinary(readBytes(file));
    const specs = ['runtime.gogo', 'gogo', 'mcall', 'schedule', 'rt0_go', 'aeshashbody', 'String', 'Println', 'unlock', 'main.gen', 'main.main:3', 'runtime/asm_amd64.s:430', '_rt0_amd64_linux', 'main.Point.String', '(*mutex).lock', 'nosuch'];
    binary.functions().forEach((f, i) => { if (f.name.split('.').length < 4 && !f.name.includes(':') && (f.package === 'main' || i % 25 === 0)) specs.push(f.name); });
    for (const source of binary.sources().filter((s) => /values\.go$|runtime\/asm_amd64\.s$|runtime\/proc\.go$/.test(s))) {
      const lines = binary.linesWithCode(source);
      for (let i = 0; i < lines.length; i += Math.ceil(lines.length / 40)) specs.push(`${source}:${lines[i]}`);
    }
    const answers = delve(['exec', file], specs.flatMap((s) => ['print "@@@"', `break ${s}`, 'clearall'])).split('"@@@"\n').slice(1);
    const wrong: string[] = [];
    specs.forEach((spec, i) => {
      const set = /^Breakpoint \d+ set at ((?:0x[0-9a-f]+,?)+)/m.exec(answers[i] ?? '')?.[1] ?? '';
      // Delve keeps breakpoints of its own on these
      if ((answers[i] ?? '').includes('Breakpoint exists')) return;
      // Delve puts lines of assembly wrappers (TEXT with WRAPPER) at address 0
      if (set === '0x0') return;
      const want = [...set.matchAll(/0x[0-9a-f]+/g)].map((m) => m[0]).sort().join();
      const have = [...new Set(binary.findLocation(spec).places.map((p) => `0x${p.pc.toString(16)}`))].sort().join();
      if (want !== have) wrong.push(`${spec}: ${want || 'nothing'}, not ${have || 'nothing'}`);
    });
    expect(wrong).toEqual([]);
  });

  test.each(all)('units that name a file are found without reading the others ($version)', (go) => {
    const bytes = readBytes(build(PROGRAM, go)), binary = openBinary(bytes), whole = openBinary(bytes), sources = whole.sources();
    expect(sources.length).toBeGreaterThan(100);
    for (const source of sources) {
      expect(binary.dwarf!.unitsWith(source).map(({ unit }) => unit.index), source).toEqual(whole.dwarf!.info.units.filter((unit) => whole.dwarf!.files(unit).includes(source)).map(({ index }) => index));
      expect(binary.hasSource(source)).toBe(true);
    }
    for (const none of ['/nosuch.go', 'nosuch', '', '/', 'ain.go', '/elsewhere/runtime/proc.go']) expect(binary.hasSource(none), none).toBe(false);
    expect(binary.sourcesLike('x/proc.go')).toEqual(sources.filter((source) => source.endsWith('/proc.go')));
  });

  test.each(all.slice(0, 1))('constants are found by the last element of their package\'s path ($version)', (go) => {
    const binary = openBinary(readBytes(build(PROGRAM, go)));
    expect(binary.constantNamed('abi.IntArgRegs')?.value).toBe(9n);
    expect(binary.constantNamed('internal/abi.IntArgRegs')?.value).toBe(9n);
    expect(binary.constantNamed('abi.NoSuch')).toBeUndefined();
  });

  test.each(all)('functions\' rows are the same without the units, by the host\'s search and by ours ($version)', (go) => {
    const bytes = readBytes(build(PROGRAM, go)), whole = openBinary(bytes), functions = whole.functions().filter((_, i) => i % 29 === 0);
    const find = (data: Uint8Array, what: Uint8Array, from: number): number => Buffer.from(data.buffer, data.byteOffset, data.length).indexOf(what, from);
    let alone = 0;
    for (let i = 0; i < functions.length; i += 8) {
      const some = functions.slice(i, i + 8), own = openBinary(bytes), fast = openBinary(bytes, { find });
      for (const fn of some) {
        const want = whole.lineRows(fn.entry, fn.end).map(({ pc, line, isStatement, prologueEnd }) => ({ pc, line, isStatement, prologueEnd }));
        for (const binary of [own, fast]) {
          const rows = binary.dwarf!.rowsFrom(fn.entry)?.filter(({ pc }) => pc < fn.end);
          if (rows) { expect(rows, fn.name).toEqual(want); alone++; }
          expect(binary.firstPcAfterPrologue(fn), fn.name).toBe(whole.firstPcAfterPrologue(fn));
        }
      }
    }
    expect(alone).toBeGreaterThan(functions.length);
  });

  /** DWARF 4 and 5. */
  test.skipIf(!hasDelve).each(['go1.24.11', 'local'])('packages whose functions lie on both sides of where the unit begins have lines and variables (%s)', (version) => {
    const go = toolchain(version);
    if (!go) return;
    const file = build('debug-adapter/src/symbols/testdata/signing.go', go), binary = openBinary(readBytes(file));
    const homeless = binary.functions().filter((f) => !f.name.startsWith('go:') && !binary.dwarf!.unitFor(f.entry)).map((f) => f.name);
    expect(homeless).toEqual([]);
    const sources = binary.sources().filter((source) => /crypto\/(ecdsa|ecdh)\/\w+\.go$/.test(source)), specs = sources.flatMap((source) => binary.linesWithCode(source).map((line) => `${source}:${line}`));
    expect(specs.length).toBeGreaterThan(100);
    const answers = delve(['exec', file], specs.flatMap((s) => ['print "@@@"', `break ${s}`, 'clearall'])).split('"@@@"\n').slice(1), wrong: string[] = [];
    specs.forEach((spec, i) => {
      const want = [...(/^Breakpoint \d+ set at ((?:0x[0-9a-f]+,?)+)/m.exec(answers[i] ?? '')?.[1] ?? '').matchAll(/0x[0-9a-f]+/g)].map((m) => m[0]).sort().join();
      const have = [...new Set(binary.findLocation(spec).places.map((p) => `0x${p.pc.toString(16)}`))].sort().join();
      if (want !== have) wrong.push(`${spec}: ${want || 'nothing'}, not ${have || 'nothing'}`);
    });
    expect(wrong).toEqual([]);
    const verify = binary.functionsNamed('crypto/ecdsa.VerifyASN1')[0]!;
    expect(binary.localsAt({ pc: binary.firstPcAfterPrologue(verify), cfa: 0x1000 }, { read: () => new Uint8Array(0) }).map(({ name }) => name)).toEqual(expect.arrayContaining(['pub', 'hash', 'sig']));
  });

  test.skipIf(!hasDelve).each(['go1.24.11', 'local'])('a function stops where other packages have inlined it, too, though its own never did (%s)', (version) => {
    const go = toolchain(version);
    if (!go) return;
    const file = build('debug-adapter/src/symbols/testdata/signing.go', go), binary = openBinary(readBytes(file));
    const names = [...new Set(binary.functions().filter((f) => /^(crypto|hash|internal|math)\/[\w./()*]+$/.test(f.name) && !f.wrapper).map((f) => f.name))];
    expect(names.length).toBeGreaterThan(300);
    const answers = delve(['exec', file], names.flatMap((s) => ['print "@@@"', `break ${s}`, 'clearall'])).split('"@@@"\n').slice(1), wrong: string[] = [];
    let elsewhere = 0;
    names.forEach((name, i) => {
      const addresses = /^Breakpoint \d+ set at ((?:0x[0-9a-f]+,?)+)/m.exec(answers[i] ?? '')?.[1];
      if (addresses === undefined) return;
      const want = [...addresses.matchAll(/0x[0-9a-f]+/g)].map((m) => m[0]).sort().join();
      const have = [...new Set(binary.findLocation(name).places.map((p) => `0x${p.pc.toString(16)}`))].sort().join();
      if (want !== have) wrong.push(`${name}: ${want}, not ${have || 'nothing'}`);
      const own = binary.functionsNamed(name)[0]!;
      if (want.includes(',') && binary.dwarf!.subprogramAt(own.entry)?.inlinable === false) elsewhere++;
    });
    expect(wrong).toEqual([]);
    expect(elsewhere).toBeGreaterThan(0);
  });

  test('damaged programs: one sentence or missing answers, never an exception', () => {
    const original = readBytes(build(PROGRAM, local, ['-ldflags=-compressdwarf=false']));
    let seed = 12345;
    const random = (n: number): number => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) % n;
    const exercise = (bytes: Uint8Array): void => {
      let binary: GoBinary;
      try {
        binary = openBinary(bytes);
      } catch (e) {
        expect(e).toBeInstanceOf(BinaryError);
        expect((e as Error).message).not.toContain('\n');
        return;
      }
      binary.lineAt(binary.entry);
      binary.typeNamed('runtime.g')?.fields.map((f) => f.type.name);
      binary.globalVariable('runtime.sched');
      for (const name of ['main.main', 'main.worker', 'runtime.schedule', 'runtime.gogo']) {
        for (const fn of binary.functionsNamed(name).slice(0, 3)) {
          binary.firstPcAfterPrologue(fn);
          binary.lineRows(fn.entry, Math.min(fn.end, fn.entry + 500));
          binary.localsAt({ pc: fn.entry + 20, cfa: 0x1000 }, { read: () => new Uint8Array(0) });
          binary.spDelta(fn.entry + 8);
        }
      }
    };
    for (let i = 0; i < 12; i++) {
      const bytes = original.slice();
      // half of the damage in the tables, half anywhere
      for (let k = 0; k < 300; k++) bytes[i % 2 ? random(bytes.length) : Math.floor(bytes.length / 3) + random(Math.floor((bytes.length * 2) / 3))] = random(256);
      exercise(bytes);
    }
    for (const length of [0, 3, 4, 20, 63, 64, 500, 5000, Math.floor(original.length / 2), original.length - 10]) exercise(original.slice(0, length));
  });

  test.skipIf(spawnSync('gcc', ['--version']).status !== 0)('functions of C in two parts', () => {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-c-')), file = path.join(directory, 'program');
    fs.writeFileSync(path.join(directory, 'go.mod'), 'module example.org/c\n\ngo 1.19\n');
    fs.writeFileSync(path.join(directory, 'main.go'), `package main

// #include <stdio.h>
// __attribute__((noinline, cold)) static void bad(int n) { fprintf(stderr, "no %d\\n", n); }
// __attribute__((noinline)) static int pick(int n, int *p) {
//	if (__builtin_expect(n < 0, 0)) { bad(n); p[0]++; bad(n + 1); }
//	return n * 3 + p[0];
// }
import "C"

var held C.int = 30

func main() { println(C.pick(4, &held)) }
`);
    const go = toolchain()!, built = spawnSync(go.command, ['build', '-ldflags=-linkmode external -extldflags "-static"', '-o', file, '.'], { cwd: directory, env: { ...go.env, CGO_ENABLED: '1' }, encoding: 'utf8' });
    expect(built.status, built.stderr).toBe(0);
    const names = spawnSync('nm', [file], { encoding: 'utf8' }).stdout, place = (name: string) => parseInt(new RegExp(`^(\\w+) t ${name}$`, 'm').exec(names)![1]!, 16);
    const { dwarf } = openBinary(readBytes(file));
    expect(names).toContain(' pick.cold');
    for (const name of ['pick', 'bad']) expect(dwarf!.subprogramAt(place(name) + 2)).toMatchObject({ name, low: place(name) });
    fs.rmSync(directory, { recursive: true });
  }, 120_000);

  test('foreign files are refused in one sentence', () => {
    const go = { ...toolchain()!, env: { ...toolchain()!.env, GOARCH: 'arm64' } };
    expect(() => openBinary(readBytes(build(PROGRAM, { ...go, version: `${go.version}-arm64` })), { name: 'prog' })).toThrow('prog is built for arm64; gobuf needs linux/amd64');
    expect(() => openBinary(new TextEncoder().encode('#!/bin/sh\n'), { name: 'run.sh' })).toThrow('run.sh is not an ELF program');
  });
});
