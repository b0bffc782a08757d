// `gobuf trace` tells story 1, the boot, in its order, and every goroutine switch; twice the same bytes, for every Go version at hand.
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { build, toolchain, VERSIONS } from '../../debug-adapter/src/testing/toolchains';
import { gobuf } from '../support/processes';

interface Event { instruction: number; event: string; function?: string; goroutine?: number }
const MILESTONES = ['rt0_go', 'check', 'args', 'osinit', 'schedinit', 'newproc', 'mstart', 'schedule', 'execute', 'gogo', 'main'].map((name) => `runtime.${name}`).concat('main.main');
const toolchains = [toolchain(), ...VERSIONS.map((version) => toolchain(version))].filter((go) => go !== undefined);

describe.skipIf(toolchains.length === 0)('gobuf trace (needs the go command)', () => {
  test.each(toolchains.map((go) => [go.version, go] as const))('%s: boot in order, switches, the same twice', async (_version, go) => {
    const binary = build('examples/switch', go);
    const options = { cwd: path.dirname(binary) };
    const first = await gobuf(['trace', '--json', binary], options);
    expect(first.status, first.stderr).toBe(0);
    expect(first.stderr).toBe('');
    const events = first.stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as Event);
    const order = events.filter((each, i) => !each.event.includes('switch') && MILESTONES.includes(each.function ?? '') && events.findIndex((other) => other.function === each.function && !other.event.includes('switch')) === i);
    expect(order.map((each) => each.function)).toEqual(MILESTONES);
    for (let i = 1; i < events.length; i++) expect(events[i]!.instruction).toBeGreaterThanOrEqual(events[i - 1]!.instruction);
    const goroutines = new Set(events.filter((each) => each.event.includes('switch')).map((each) => each.goroutine));
    expect(goroutines.has(1)).toBe(true);
    // main and volley hand over three times each way
    const switches = events.filter((each) => each.event.includes('switch') && (each.goroutine ?? 0) > 0);
    expect(switches.length).toBeGreaterThan(6);
    expect((await gobuf(['trace', '--json', binary], options)).stdout).toBe(first.stdout);
  });

  test('for people: one line each, no output of the program', async () => {
    const binary = build('examples/switch', toolchains[0]!);
    const told = await gobuf(['trace', binary]);
    const text = Buffer.from(told.stdout, 'latin1').toString('utf8');
    expect(told.status).toBe(0);
    expect(text).toMatch(/runtime\.rt0_go/);
    expect(text).toMatch(/G1 → g0 → G\d+ {2}\d+ instructions/);
    expect(text).not.toMatch(/^round/m);
  });
});
