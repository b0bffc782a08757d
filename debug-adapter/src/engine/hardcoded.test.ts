// Breakpoints that a program has written in itself: beside Delve natively, backwards as forwards, and without a debugger.
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { dapHost } from '../command/commands/dap';
import { TestClient } from '../dap/testing/client';
import { Terminal } from '../terminal/terminal';
import { delve, hasDelve } from '../testing/toolchains';
import { debuggerOf, hasGo, machineOf, program } from './testing/session';
import type { TraceEvent } from './types';

const SOURCE = path.join(import.meta.dirname, 'testdata/hardcoded.go');
const SCRIPT = ['continue', 'next', 'next', 'continue', 'si', 'break runtime.breakpoint', 'continue', 'si', 'clearall', 'step', 'continue'];
/** The lines that say where and why a program stopped. */
const stops = (text: string): string[] => text.replace(/\x1b\[\d+m/g, '').split('\n').flatMap((line) => /^(?:\(dlv\) )*(> .*|Process .* exited.*)$/.exec(line)?.[1]?.replace(/Process \d+/, 'Process').replace(/ \S*\//, ' ') ?? []);

describe.skipIf(!hasGo)('runtime.Breakpoint (needs the go command)', () => {
  test.skipIf(!hasDelve).each([[[]], [['-gcflags=all=-N -l']]])('stops where and as it does in Delve, built with %j', async (flags: string[]) => {
    const file = program(SOURCE, flags), { debug, output } = debuggerOf(file);
    await debug.launch();
    let printed = '';
    const terminal = new Terminal(debug, { write: (text) => { printed += text; } });
    for (const line of SCRIPT) { try { await terminal.execute(line); } catch (error) { printed += `${(error as Error).message}\n`; } }
    const truth = stops(delve(['exec', file], SCRIPT));
    expect(truth.filter((line) => line.includes('[hardcoded-breakpoint]')).length).toBeGreaterThanOrEqual(2);
    expect(stops(printed)).toEqual(truth);
    expect(output()).toBe('6\n');
    debug.dispose();
  }, 60_000);

  test('is the same moment from either side, and a watch or a search of the past goes over it', async () => {
    const { debug } = debuggerOf(program(SOURCE));
    await debug.launch();
    const seen: { instruction: number; pc: number; tid: number }[] = [];
    for (let stop = await debug.resume('continue'); stop.reason === 'trap'; stop = await debug.resume('continue')) seen.push({ instruction: stop.instruction, pc: stop.pc, tid: stop.tid });
    expect(seen).toHaveLength(3);
    const back: typeof seen = [];
    for (let stop = await debug.resume('reverseContinue'); stop.reason === 'trap'; stop = await debug.resume('reverseContinue')) back.unshift({ instruction: stop.instruction, pc: stop.pc, tid: stop.tid });
    expect(back).toEqual(seen);
    const [first, second] = seen;
    // A moment is a number: over the INT3s to the second stop, and the registers are those of the stop.
    await debug.goTo(0);
    expect((await debug.goTo(second!.instruction)).pc).toBe(second!.pc);
    expect((await debug.resume('reverseContinue')).instruction).toBe(first!.instruction);
    // The instruction itself is one step, in both directions.
    const { pc } = debug.findLocations('runtime.breakpoint')[0]!;
    await debug.goTo(0);
    const before = await debug.runTo(pc);
    const after = await debug.resume('stepInstruction');
    expect([after.reason, after.pc - before.pc, after.instruction - before.instruction]).toEqual(['step', 1, 1]);
    expect((await debug.resume('reverseStepInstruction')).instruction).toBe(before.instruction);
    await debug.goTo(second!.instruction);
    const { writes } = await debug.writesTo(Number(debug.registers().find(({ name }) => name === 'Rsp')!.integer!) - 8, 8, { most: 3 });
    expect(writes.at(-1)!.instruction).toBeLessThan(second!.instruction);
    expect(debug.stop).toMatchObject({ instruction: second!.instruction });
    debug.dispose();
  }, 60_000);

  test('is a breakpoint for a client, and SIGTRAP without a debugger', async () => {
    const file = program(SOURCE), client = new TestClient(dapHost);
    const body = await client.start({ program: file, stopOnEntry: false });
    expect(body).toMatchObject({ reason: 'breakpoint', description: 'hardcoded breakpoint' });
    const { stackFrames: [top] } = await client.ask('stackTrace', { threadId: body['threadId'], levels: 1 }) as { stackFrames: [{ name: string; line: number }] };
    expect(top).toMatchObject({ name: 'main.double', line: 12 });
    let text = '';
    const machine = machineOf(file, (written) => { text += written; });
    for (let stop = machine.run(1e8); stop.reason !== 'exited'; stop = machine.run(1e8)) expect(stop.reason).toBe('limit');
    expect(machine.ended).toEqual({ reason: 'exited', code: 2 });
    expect(text).toMatch(/^SIGTRAP: trace trap\nPC=0x[0-9a-f]+ m=\d+ sigcode=128\n/);
    machine.dispose();
    // The run as a whole is told as the session has it.
    const { debug } = debuggerOf(file), endOf = async (): Promise<unknown> => { let last: TraceEvent | undefined; for await (const event of debug.trace()) last = event; return [last!.event, last!['code']]; };
    expect(await endOf()).toEqual(['exited', 2]);
    await debug.launch();
    expect(await endOf()).toEqual(['exited', 0]);
    debug.dispose();
    await client.ask('disconnect');
  }, 60_000);
});
