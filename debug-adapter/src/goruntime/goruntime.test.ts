// The runtime model and values against Delve: one program per Go version is stopped by Delve and dumped to a core file, which both sides then read.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { CoreFile } from '../testing/core-file';
import { build, delve, hasDelve, readBytes, toolchains } from '../testing/toolchains';
import { openBinary } from '../symbols';
import type { GoBinary } from '../symbols';
import { fallbackPlace } from './fallback-layouts';
import { RUNTIME_FIELDS, RUNTIME_VARIABLES, inVersion } from './fields';
import { GoRuntime, GoValues } from './index';
import type { EvalScope, ThreadState } from './index';
import { Layouts } from './layout';

const PROGRAM = path.join(import.meta.dirname, 'testdata/values.go');
const all = toolchains();

beforeEach(() => new Promise((resolve) => { setTimeout(resolve, 20); }));

describe.skipIf(all.length === 0)('runtime fields (needs the go command)', () => {
  test.each(all.map((go) => [go.version, go] as const))('%s: every field relied on is there, and the table for -w programs agrees', (_version, go) => {
    const binary = openBinary(readBytes(build(PROGRAM, go)));
    const minor = binary.goVersionNumber[1];
    const layouts = new Layouts(binary);
    const wrong: string[] = [];
    for (const row of RUNTIME_FIELDS) {
      const place = layouts.field(row.type, row.path), table = fallbackPlace(`${row.type} ${row.path}`, minor);
      if ((place !== undefined) !== inVersion(row, minor)) wrong.push(`${row.type} ${row.path} is ${place ? 'there' : 'not there'}`);
      if (place?.offset !== table?.offset || place?.size !== table?.size) wrong.push(`${row.type} ${row.path}: table ${JSON.stringify(table)}, program ${JSON.stringify(place)}`);
      if (place && layouts.size(row.type) !== fallbackPlace(row.type, minor)?.size) wrong.push(`size of ${row.type}`);
    }
    for (const v of RUNTIME_VARIABLES) if ((binary.globalVariable(v.name) !== undefined) !== inVersion(v, minor)) wrong.push(`${v.name} in 1.${minor}`);
    expect(wrong).toEqual([]);
  });

  test('before the first instruction nothing is initialised and nothing throws', () => {
    const binary = openBinary(readBytes(build(PROGRAM, all[0]!)));
    const thread: ThreadState = { tid: 1, state: 'running', rip: binary.entry, rsp: 0x7fff_0000, r14: 0, fsBase: 0 };
    for (const memory of [{ read: (a: number, n: number) => binary.readStatic(a, n) }, { read: () => new Uint8Array(0) }]) {
      const s = new GoRuntime(binary, memory).snapshot([thread]);
      expect(s).toMatchObject({ phase: 'start', ps: [], ms: [] });
      expect(s.message).toMatch(/not initialised yet/);
      expect(s.threads[0]).toMatchObject({ tlsG: undefined, g: undefined, stackOf: { kind: 'os' } });
    }
  });

  test('garbage in memory ends lists and never throws', () => {
    const binary = openBinary(readBytes(build(PROGRAM, all[0]!)));
    const noise = new Uint8Array(1 << 20);
    for (let i = 0, seed = 7; i < noise.length; i++) noise[i] = (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) >>> 24;
    // words that look like small pointers, so that lists are followed
    const pointers = noise.map((b, i) => (i % 8 > 2 ? 0 : b));
    for (let round = 0; round < 4; round++) {
      const source = round % 2 ? pointers : noise;
      const memory = { read: (address: number, length: number) => { const at = (address * (round + 1)) % (1 << 19); return source.subarray(at, at + Math.min(length, 1 << 16)); } };
      const rt = new GoRuntime(binary, memory);
      const s = rt.snapshot([{ tid: 1, state: 'running', rip: 1, rsp: 2, r14: 3, fsBase: 4096 }], { maxGs: 50 });
      expect(s.phase).toBeDefined();
      const values = new GoValues(binary, rt, memory);
      for (const e of ['runtime.sched', 'main.Global', 'main.BigMap', 'runtime.allp', 'main.S', 'runtime.allm']) expect(values.print(e, {})).toBeTypeOf('string');
    }
  });
});

interface Stopped { binary: GoBinary; core: CoreFile; runtime: GoRuntime; values: GoValues; scope: EvalScope; threads: ThreadState[]; file: string; coreFile: string }

const kept = new Map<string, Stopped>(), folders: string[] = [];
// Core files of 40 MB each. A worker of vitest's has no end of its own.
afterAll(() => { for (const folder of folders) fs.rmSync(folder, { recursive: true, force: true }); });

/** The program stopped inside main.worker, as a core file. */
function stopped(version: string): Stopped {
  const known = kept.get(version);
  if (known) return known;
  const file = build(PROGRAM, all.find((go) => go.version === version)!);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-core-'));
  folders.push(folder);
  const coreFile = path.join(folder, 'core');
  delve(['exec', file], ['break main.worker:4', 'continue', `dump ${coreFile}`]);
  const binary = openBinary(readBytes(file)), core = new CoreFile(readBytes(coreFile));
  const runtime = new GoRuntime(binary, core);
  const current = core.threads.find((t) => binary.functionAt(t.registers.rip)?.name === 'main.worker')!;
  const { rip, gpr } = current.registers;
  const scope: EvalScope = { frame: { pc: rip, cfa: Number(gpr[4]) + binary.spDelta(rip)! + 8, registers: current.registers }, registers: current.registers };
  const threads = core.threads.map(({ tid, registers: r }) => ({ tid, state: 'running', rip: r.rip, rsp: Number(r.gpr[4]), r14: Number(r.gpr[14]), fsBase: r.fsBase }));
  const made = { binary, core, runtime, values: new GoValues(binary, runtime, core), scope, threads, file, coreFile };
  kept.set(version, made);
  return made;
}

/** One version of each map, gobuf and queue layout is enough here (a core file takes Delve a while). */
const compared = all.filter((go, i) => i === 0 || /^go1\.(19|22|25)\./.test(go.version));

/** The goroutine that the test looks from, for Delve's commands. */
function select(s: Stopped): string {
  return `goroutine ${s.values.evaluate('g.goid', s.scope).integer}`;
}

const EXPRESSIONS = `main.Global; *main.Global; main.BigMap; main.Sl; main.Strs; main.S; main.NilMap; main.NilS; main.Ptr2; main.Long; main.F32; main.I8; main.U64; main.Dur; main.Global.M;
main.Global.M["one"]; main.Global.Kids; main.Global.I; main.Global.E; main.Global.F; main.Global.A; main.Global.Cx; main.Global.P; main.Global.Next.Next; main.Sl[2]; main.Sl[1:3]; main.Long[3:7];
len(main.Sl); cap(main.Sl); len(main.Long); 1+2*3; main.Sl[0]+1; main.Sl[0] == 1; main.F32 * 2; &main.Sl; *main.Ptr2; id; msg; ch; runtime.sched; runtime.m0.g0; runtime.g0.sched; runtime.allgs;
runtime.allp[0].runnext; runtime.allgs[0].waitreason; runtime.allgs[0]; *runtime.allgs[1]; runtime.allm.id; main.S.(main.Point); main.Global.I.(main.Point).X; (*main.Node)(0); uint8(300); int64(main.I8);
runtime.gomaxprocs; runtime.waitReasonStrings[2]; runtime.firstmoduledata.text; main.Global.F64; main.Global.B; !main.Global.B; -main.I8; main.Global.Name + "x"; os.Args; main.worker; main.BigMap[5];
%x main.U64; %x main.Sl; runtime.mheap_.arenaHints; runtime.work.full; runtime.buildVersion; runtime.allp[0]; main.ColorVar; main.FlagVar; main.Der; main.Der.ID; main.Der.Name; main.Gen; main.GenP; main.MapStruct; main.MapBig; main.MapSet; main.MapPtr; main.MapIface; main.MapMap; main.When;
main.NilFunc; main.NilChan; main.NilIface; main.NilErr; main.NilPtr; main.PtrIface; main.ErrPtr; main.SliceIface; main.Nested; main.Bytes; main.Rune; main.Unicode; main.Matrix; main.Anon; main.Unsafe; main.LoopVar;
main.ChanStruct; main.PtrPtr; main.PtrSlice; main.PtrMap; main.Inf; main.NaN; main.Tiny; main.Huge; main.C64; main.Deep; main.FuncSlice; main.ByteArr; main.BoolSlice; main.StrPtr; main.IntPtrSlice;
main.EmptyMap; main.EmptySlice; main.Duration; main.Adder; main.Matrix[1][2]; main.SliceIface[4].(main.Point).X; main.MapStruct[0]; main.MapPtr["p"].Y; main.NilPtr == nil; main.NilIface == nil; main.Der.Base; *main.StrPtr;
main.SliceIface[1:3]; len(main.MapPtr); len(main.ChanStruct); cap(main.ChanStruct); main.Unicode[1]; string(main.Bytes[:5]); main.ColorVar == 2; main.ColorVar + 1; float64(main.Sl[1]) / 2; 7 / 2; 7.0 / 2; 1 << 10; ^5; 'a';
"a" + "b"; main.Strs[1] == "bb"; real(main.C64); %d main.Rune; %q main.Rune; %08b main.ByteArr; (*main.Point)(main.PtrIface.(*main.Point)).X; main.Adder == nil; uintptr(0x10); main.PtrIface.(*main.Point); &main.Anon; main.Anon.B;
*main.PtrPtr; **main.PtrPtr; runtime.curg.goid; undefined.thing; main.Sl[99]; main.Global.Nope; 1 / 0; main.Sl + 1; (*runtime.g)(0).goid`.split(';').map((e) => e.trim());

describe.skipIf(all.length === 0 || !hasDelve)('against Delve (needs go and dlv)', () => {
  test.each(compared.map((go) => [go.version]))('%s: values print as in Delve', (version) => {
    const { values, scope, file, coreFile } = stopped(version);
    const answers = delve(['core', file, coreFile], [select(stopped(version)), 'print "@@@"', ...EXPRESSIONS.flatMap((e) => [`print ${e}`, 'print "@@@"'])]).split('"@@@"\n').slice(1);
    const wrong: string[] = [];
    EXPRESSIONS.forEach((e, i) => {
      const want = (answers[i] ?? '').replace(/\n\nGoroutines waiting on this channel:[^]*/, '').replace(/\n$/, '');
      let have: string;
      try {
        have = values.print(e, scope);
      } catch (error) {
        have = `error: ${(error as Error).message}`;
      }
      // errors are worded differently: it is enough that both refuse
      const refused = want === '' || /^\S+:\d+: /.test(want);
      if (refused ? !have.startsWith('error: ') : have !== want) wrong.push(`${e}\n  ${have.slice(0, 300)}\n  ${want.slice(0, 300)}`);
    });
    expect(wrong).toEqual([]);
  });

  test.each(compared.map((go) => [go.version]))('%s: goroutines, threads and queues', (version) => {
    const { runtime, threads, file, coreFile } = stopped(version);
    const s = runtime.snapshot(threads);
    expect([s.phase, s.message]).toEqual(['running', undefined]);
    const theirs = [...delve(['core', file, coreFile], ['goroutines -with user', 'goroutines']).matchAll(/Goroutine (\d+) - /g)].map((m) => Number(m[1]));
    const mine = s.gs.filter((g) => g.kind === 'goroutine' && g.statusName !== 'dead').map((g) => g.goid);
    expect([...new Set(theirs)].sort((a, b) => a - b)).toEqual(mine.sort((a, b) => a - b));
    expect(s.gs.filter((g) => g.kind === 'g0')).toHaveLength(s.ms.length);
    expect(s.ms.map((m) => m.id)).toEqual(s.ms.map((_, i) => i));
    expect(s.ps).toHaveLength(s.gomaxprocs);
    const worker = s.threads.find((t) => t.function === 'main.worker')!;
    expect(worker.tlsG).toBe(worker.r14);
    expect(worker.stackOf).toMatchObject({ kind: 'goroutine', g: worker.g });
    expect(s.gs.find((g) => g.address === worker.g)).toMatchObject({ statusName: 'running', startName: expect.stringContaining('main.main.') as string, createdBy: 'main.main', mId: worker.mId });
    expect(s.gs.find((g) => g.goid === 1)!.startName).toBe('runtime.main');
    // whoever stands in a queue is runnable, in one queue only; a thread may just be about to queue another
    const queued = [...s.ps.flatMap((p) => [...p.runq.map((q) => q.goid), ...(p.runnextGoid ? [p.runnextGoid] : [])]), ...s.sched!.runq.map((q) => q.goid)];
    expect(s.gs.filter((g) => g.statusName === 'runnable').map((g) => g.goid)).toEqual(expect.arrayContaining(queued));
    expect(new Set(queued).size).toBe(queued.length);
    expect(s.sched!.midle).toHaveLength(s.sched!.nmidle);
    expect(s.sched!.pidle).toHaveLength(s.sched!.npidle);
  });

  test('names of the scheduler, registers and followed pointers', () => {
    const { values, scope, threads, runtime, binary } = stopped(all[0]!.version);
    const worker = runtime.snapshot(threads).threads.find((t) => t.function === 'main.worker')!;
    const number = (e: string): number => Number(values.evaluate(e, scope).integer);
    expect(number('g')).toBe(worker.g);
    expect(number('tls')).toBe(worker.tlsG);
    expect(number('m')).toBe(worker.m);
    expect(number('p')).toBe(worker.p);
    expect(number('R14')).toBe(worker.g);
    expect(number('rip')).toBe(worker.pc);
    expect(number('rsp - 8 + 8')).toBe(worker.sp);
    expect(number('eax')).toBe(number('rax & 0xffffffff'));
    expect(number('g.m.p.id')).toBe(number('p.id'));
    expect(number('p.m.curg.goid')).toBe(number('g.goid'));
    expect(number('stackguard - g.stack.lo')).toBe(928);
    expect(number('allgs[0].goid')).toBe(1);
    expect(number('sched.mnext')).toBe(runtime.snapshot(threads).ms.length);
    expect(number(`(*runtime.g)(0x${worker.g!.toString(16)}).goid`)).toBe(number('g.goid'));
    expect(values.evaluate('g.sched', scope)).toMatchObject({ typeName: 'runtime.gobuf', address: worker.g! + 56 });
    expect(values.evaluate('xmm0.uint32', scope).childCount).toBe(4);
    const g = values.evaluate('g', scope);
    const fields = values.children(values.children(g)[0]!);
    expect(fields.map((f) => f.name)).toEqual(binary.typeNamed('runtime.g')!.fields.map((f) => f.name));
    const map = values.evaluate('main.BigMap', scope);
    expect(map.childCount).toBe(100);
    expect(values.children(map, 90, 50)).toHaveLength(10);
    expect(values.assign(values.evaluate('main.Sl[1]', scope), '40+2', scope).memory[0]!.bytes[0]).toBe(42);
    expect(values.assign(values.evaluate('rax', scope), '7', scope).registers).toEqual([{ register: 'rax', value: 7n }]);
    expect(() => values.evaluate('main.worker(1)', scope)).toThrow('calling main.worker is not possible here');
  });
});
