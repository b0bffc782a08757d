// Programs without debug information and without symbols: panels and expressions go by the table of layouts, and say so; processors of other levels.
import { afterEach, describe, expect, test } from 'vitest';
import { build, toolchains } from '../testing/toolchains';
import { PINGPONG, debuggerOf, hasGo } from './testing/session';
import type { Debugger } from './debugger';

const open: Debugger[] = [];
afterEach(() => { for (const debug of open.splice(0)) debug.dispose(); });

const KINDS: [string, string[], Record<string, string>][] = [['-w', ['-ldflags=-w'], {}], ['-s -w', ['-ldflags=-s -w'], {}], ['GOAMD64=v3', [], { GOAMD64: 'v3' }]];

describe.skipIf(!hasGo)('stripped programs (need the go command)', () => {
  for (const go of toolchains()) for (const [name, flags, env] of KINDS) if (!env['GOAMD64'] || go === toolchains()[0]) test(`${go.version} ${name}`, async () => {
    const { debug } = debuggerOf(build(PINGPONG, { ...go, env: { ...go.env, ...env } }, [...flags, ...(env['GOAMD64'] ? ['-tags=v3'] : [])]));
    open.push(debug);
    await debug.launch();
    debug.setBreakpoint({ location: 'runtime.gopark' });
    await debug.resume('continue');
    const value = (expression: string): string => debug.evaluate(expression).value;
    const snapshot = debug.scheduler(), thread = snapshot.threads.find(({ tid }) => tid === debug.stop!.tid)!, g = snapshot.gs.find(({ address }) => address === thread.g)!, m = snapshot.ms.find(({ address }) => address === thread.m)!;
    expect(g.goid).toBe(debug.stop!.goroutine);
    expect(value('g.goid')).toBe(String(g.goid));
    expect(BigInt(value('g.sched.pc').split(' ')[0]!)).toBe(BigInt(g.sched.pc));
    expect(value('m.id')).toBe(String(m.id));
    expect(value('p.id')).toBe(String(snapshot.ps.find(({ address }) => address === m.p)!.id));
    // As with debug information: through pointers, in lists, after a cast, and the runtime's variables; with an address, so that they can be watched.
    expect(value('g.m.curg.goid')).toBe(String(g.goid));
    expect(value('g.m.p.id')).toBe(value('p.id'));
    expect(value(`(*runtime.g)(0x${g.address.toString(16)}).goid`)).toBe(String(g.goid));
    expect(value('allgs[0].goid')).toBe(String(snapshot.gs.find(({ goid }) => goid === 1)!.goid));
    expect(value('runtime.sched.nmidle')).toBe(String(snapshot.sched!.nmidle));
    expect(value('runtime.m0.g0.stack.hi')).toBe(value('runtime.g0.stack.hi'));
    expect(debug.watch({ expression: 'runtime.sched.nmidle' }, 'write').watch).toMatchObject({ size: 4 });
    expect(value('TLS')).toContain(`G${g.goid}`);
    expect(value('stackguard')).toMatch(/^0x[0-9a-f]+/);
    const scopes = debug.scopes(debug.stack().frames[0]!);
    expect(scopes.map((scope) => scope.name)).toEqual(expect.arrayContaining(['Arguments', 'Locals', 'Runtime', 'Registers']));
    for (const scope of scopes) for (const variable of scope.variables()) expect([variable.name, variable.value]).not.toEqual([variable.name, expect.stringMatching(/undefined|NaN|Cannot read/)]);
    expect(debug.stack().frames.map(({ function: fn }) => fn).at(-1)).toBe('runtime.goexit');
    for (const expression of ['g.nosuch', 'nosuch', 'allgs[0].nosuch', 'sched.nosuch.more']) expect(() => value(expression)).toThrow(/^(?!.*(Cannot read|undefined)).+/);
  }, 60_000);

  for (const go of toolchains()) test(`${go.version}: code is listed as of the program with debug information, but for names that are gone`, () => {
    const whole = debuggerOf(build(PINGPONG, go)).debug, nameless = (text: string): string => text.replace(/\[[^\]]*\]|\b0x[0-9a-f]+$|\$\S+$/g, '');
    open.push(whole);
    for (const [flags, least] of [['-ldflags=-w', 0.995], ['-ldflags=-s -w', 0.9]] as const) {
      const { debug } = debuggerOf(build(PINGPONG, go, [flags]));
      open.push(debug);
      let rows = 0, same = 0;
      for (const fn of whole.binary.functions().filter((_, i) => i % 7 === 0)) {
        const full = whole.disassembleRange(fn.entry, fn.end), bare = debug.disassembleRange(fn.entry, fn.end);
        expect(bare.map(({ address, text, line }) => `${address} ${line ?? ''} ${nameless(text)}`), fn.name).toEqual(full.map(({ address, text, line }) => `${address} ${line ?? ''} ${nameless(text)}`));
        rows += full.length;
        same += full.filter(({ text }, i) => text === bare[i]!.text).length;
      }
      expect(same / rows, flags).toBeGreaterThan(least);
    }
  }, 60_000);
});
