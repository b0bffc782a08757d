// Addresses read out of the runtime's code, against the linker's symbol table in every Go version at hand; and a stripped program,
// and ones linked with C, against the same program with its symbols and Delve's stack.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { PINGPONG, debuggerOf } from '../engine/testing/session';
import { openBinary } from '../symbols';
import { build, readBytes, toolchain, toolchains } from '../testing/toolchains';
import { addressFromCode, waitReasonCount } from './code-addresses';
import { Layouts } from './layout';

const go = toolchain();
const hasC = spawnSync('gcc', ['--version']).status === 0;

describe.skipIf(!go)('without symbols (needs the go command)', () => {
  for (const each of toolchains()) test(`code tells where the linker put them (${each.version})`, () => {
    const binary = openBinary(readBytes(build(PINGPONG, each)));
    const layouts = new Layouts(binary);
    for (const name of ['allgs', 'allp', 'sched', 'waitReasonStrings']) expect([name, addressFromCode(binary, layouts, `runtime.${name}`)]).toEqual([name, binary.symbolNamed(`runtime.${name}`)!.address]);
    expect(waitReasonCount(binary)).toBe(binary.symbolNamed('runtime.waitReasonStrings')!.size / 16);
    expect(binary.tlsOffset).toBe(-8);
  }, 120_000);

  test('a stripped program shows the same scheduler', async () => {
    const shown = async (flags: string[]): Promise<unknown> => {
      const { debug } = debuggerOf(build(PINGPONG, go!, flags));
      await debug.launch();
      // A place that is the same in both: prologues cannot be told without debug information.
      await debug.runTo(debug.binary.functionsNamed('main.main')[0]!.entry);
      const { gs, ps, ms, sched } = debug.scheduler();
      const seen = {
        gs: gs.map(({ kind, goid, statusName, waitReason, startName, stack }) => [kind, goid, statusName, waitReason, startName, stack.hi - stack.lo]).sort((a, b) => Number(a[1]) - Number(b[1]) || String(a[0]).localeCompare(String(b[0]))),
        ps: ps.map(({ id, statusName, schedtick, runq }) => [id, statusName, schedtick, runq.map(({ goid }) => goid)]), ms: ms.map(({ id, curgGoid }) => [id, curgGoid]), midle: sched?.midle.length, runq: sched?.runqsize,
      };
      debug.dispose();
      return seen;
    };
    expect(await shown(['-ldflags=-s -w'])).toEqual(await shown([]));
  }, 120_000);

  test.skipIf(!hasC)('a static program with C in it, slid or not: functions, g and the stack in gogo', async () => {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-cgo-'));
    fs.writeFileSync(path.join(directory, 'main.go'), 'package main\n\n// static int twice(int n) { return 2 * n; }\nimport "C"\n\nvar count int\n\nfunc main() { count = int(C.twice(21)); println(count) }\n');
    fs.writeFileSync(path.join(directory, 'go.mod'), 'module example.org/cgo\n\ngo 1.19\n');
    for (const [name, flags] of [['static', ['-ldflags=-linkmode external -extldflags "-static"']], ['pie', ['-buildmode=pie', '-ldflags=-linkmode external -extldflags "-static-pie"']]] as const) {
      const file = path.join(directory, name);
      const built = spawnSync(go!.command, ['build', ...flags, '-o', file, '.'], { cwd: directory, env: { ...go!.env, CGO_ENABLED: '1' }, encoding: 'utf8' });
      if (built.status !== 0) throw new Error(built.stderr);
      const { debug, output } = debuggerOf(file, name === 'pie' ? { binary: openBinary(readBytes(file), { bias: (await machineBase(file)) }) } : {});
      await debug.launch();
      debug.setBreakpoint({ location: 'runtime.gogo' });
      const stop = await debug.resume('continue');
      // As Delve shows the static one natively, with -mode simple.
      expect(debug.stack().frames.filter(({ inlined }) => !inlined).map((frame) => frame.function)).toEqual(['gogo', 'execute', 'schedule', 'mstart1', 'mstart0', 'mstart', 'rt0_go'].map((fn) => `runtime.${fn}`));
      expect(stop.goroutine).toBe(0);
      expect(debug.scheduler().gs.some(({ goid, statusName }) => goid === 1 && statusName === 'running')).toBe(true);
      for (const { id } of debug.breakpoints()) if (id > 0) debug.clearBreakpoint(id);
      debug.setBreakpoint({ location: 'main.main' });
      await debug.resume('continue');
      await debug.resume('next');
      expect(debug.evaluate('main.count').value).toBe('42');
      expect((await debug.resume('continue')).reason).toBe('exited');
      expect(output()).toBe('42\n');
      debug.dispose();
    }
    fs.rmSync(directory, { recursive: true });
  }, 120_000);
});

/** Where the loader puts a position-independent program. */
async function machineBase(file: string): Promise<number> {
  const [{ parseElf }, { loadBias }] = await Promise.all([import('@gobuf/emulator/elf/format'), import('@gobuf/emulator/elf/load')]);
  return loadBias(parseElf(readBytes(file)));
}
