// Answers that were made beforehand are word for word those that would have been made: a session that looks ahead at every stop beside one
// that never does, through calls, returns, switches, system calls, changes by hand and steps back.
import { describe, expect, test, vi } from 'vitest';
import { dapHost } from '../command/commands/dap';
import { PINGPONG, hasGo, program } from '../engine/testing/session';
import { Expected } from './expected';
import { TestClient } from './testing/client';
import type { Loose } from './testing/client';

/** Numbers of frames and containers mean nothing by themselves: they are told by the order in which they are met. */
function numbered(): (body: Loose) => unknown {
  const met = new Map<string, number>(), number = (kind: string, id: number): number => { const key = `${kind} ${id}`; if (!met.has(key)) met.set(key, met.size); return met.get(key)!; };
  return (body) => JSON.parse(JSON.stringify(body, (key, value: unknown) => (key === 'id' && typeof value === 'number' && value >= 1000 ? number('frame', value) : key === 'variablesReference' && typeof value === 'number' && value > 0 ? number('container', value) : value))) as unknown;
}

const WATCHES = ['rax', 'TLS', 'runtime.sched.nmidle', 'i', 'nonsense('];

/** All that an editor asks for at a stop, with what is watched and two levels of what is open. */
async function refresh(client: TestClient, thread: number): Promise<unknown[]> {
  const answers: unknown[] = [], shown = numbered();
  const ask = async (command: string, args: object): Promise<Loose> => { const { success, message, body = {} } = await client.respond(command, args); answers.push([command, success ? shown(body) : message]); return body; };
  await ask('threads', {});
  const { stackFrames } = await ask('stackTrace', { threadId: thread, startFrame: 0, levels: 20 }) as { stackFrames: Loose[] };
  for (const frame of stackFrames.slice(0, 2)) {
    const { scopes } = await ask('scopes', { frameId: frame['id'] }) as { scopes: Loose[] };
    const first = await Promise.all(scopes.map(({ variablesReference }) => ask('variables', { variablesReference }) as Promise<{ variables: Loose[] }>));
    for (const { variablesReference } of first.flatMap(({ variables }) => variables ?? []).filter(({ variablesReference: reference }) => reference > 0).slice(0, 3)) await ask('variables', { variablesReference });
  }
  const top = stackFrames[0]!;
  for (const expression of WATCHES) await ask('evaluate', { expression, frameId: top['id'], context: 'watch' });
  await ask('disassemble', { memoryReference: top['instructionPointerReference'], instructionOffset: -20, instructionCount: 41, resolveSymbols: true });
  await ask('readMemory', { memoryReference: '0xc000000000', count: 64 });
  return answers;
}

describe.skipIf(!hasGo)('answers that were made beforehand (needs the go command)', () => {
  test('are those that would have been made', async () => {
    const ahead = new TestClient(dapHost), plain = new TestClient(dapHost);
    for (const client of [ahead, plain]) {
      await client.start({ program: program(PINGPONG), stopOnEntry: true }, () => client.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'main.main' }, { name: 'runtime.mcall' }, { name: 'runtime.gogo' }] }));
      do await client.move('continue', { threadId: 1 }); while (((await client.ask('stackTrace', { threadId: 1, levels: 1 }))['stackFrames'] as Loose[])[0]!['name'] !== 'main.main');
    }
    plain.session!.ahead = undefined;
    const expected = vi.spyOn(Expected.prototype, 'take');
    let foreseen = 0, told = 0, owed = 0, thread = 1, rounds = 0;
    const both = async (command: string, args: object): Promise<void> => {
      ahead.numberLast = rounds % 20 >= 10;
      const stops = await Promise.all([ahead, plain].map((client) => client.move(command, { threadId: thread, ...args })));
      expect(stops[0]).toEqual(stops[1]);
      if (ahead.session!.owes) owed++;
      // What is told and not yet done looks the same.
      if (rounds % 3 === 0) await ahead.settled();
      if (ahead.session!.ahead!.ready('threads', {}) !== undefined) told++;
      thread = stops[0]!['threadId'] as number;
      expect(await refresh(ahead, thread)).toEqual(await refresh(plain, thread));
      await ahead.settled();
      if (ahead.session!.ahead!.now()) foreseen++;
      rounds++;
    };
    const step = { granularity: 'instruction' };
    for (let stretch = 0; stretch < 3; stretch++) {
      for (let i = 0; i < 18; i++) await both(i % 9 === 8 ? 'next' : 'stepIn', step);
      await both('continue', {});
    }
    for (let i = 0; i < 6; i++) await both(i % 2 === 0 ? 'stepBack' : 'stepIn', step);
    // What gobuf's views ask at every stop, searches of the past among it, leaves what was prepared as it is.
    for (let i = 0, before = told; i < 8; i++) {
      for (const client of [ahead, plain]) await Promise.all([client.ask('gobuf/scheduler', {}), client.ask('gobuf/effects', { count: 16 }), client.ask('gobuf/tls', {}), client.ask('gobuf/registers', {})]);
      await both('stepIn', step);
      for (const client of [ahead, plain]) await client.ask('gobuf/effects', { count: 16 });
      expect(await refresh(ahead, thread)).toEqual(await refresh(plain, thread));
      if (i === 7) expect(told - before).toBeGreaterThan(4);
    }
    // What is changed by hand is seen at the next stop.
    for (const register of ['r8', 'r9']) {
      for (const client of [ahead, plain]) await client.ask('evaluate', { expression: `set ${register} = 0x1234`, context: 'repl' });
      await both('stepIn', step);
      const [rows] = (await refresh(ahead, thread)).filter((answer) => JSON.stringify(answer).includes(`"name":"${register}","value":"0x1234`));
      expect(rows).toBeDefined();
    }
    // Most steps were foreseen, and what was foreseen was told.
    expect(foreseen).toBeGreaterThan(rounds / 2);
    expect(told).toBeGreaterThan(rounds / 2);
    // Much of it was expected letter for letter, up to the first request that fails.
    expect(expected.mock.calls.length).toBeGreaterThan(rounds * 3);
    expected.mockRestore();
    expect(ahead.events.filter(({ event }) => event === 'stopped').length).toBe(plain.events.filter(({ event }) => event === 'stopped').length);
    expect(ahead.events.filter(({ event }) => event === 'gobuf/moment').map(({ body }) => body)).toEqual(plain.events.filter(({ event }) => event === 'gobuf/moment').map(({ body }) => body));
    expect(owed).toBeGreaterThan(rounds / 3);
    // A request's number is its own, not one of its arguments'.
    await ahead.settled();
    ahead.session!.ahead!.now();
    for (const text of ['{"seq":9001,"type":"request","command":"threads","arguments":{"a":1,"seq":5}}', '{"type":"request","command":"threads","arguments":{"a":1,"seq":5},"seq":9002}', '{"type":"request","seq":9003,"command":"threads","arguments":{"a":{"arguments":{}},"seq":5}}']) {
      for (let i = 0; i < 3; i++) {
        const seen = ahead.responses.length;
        ahead.sendRaw(text);
        await ahead.respond('threads', {});
        expect(ahead.responses[seen]!.request_seq).toBe(Number(/900\d/.exec(text)![0]));
        await both('stepIn', step);
        await ahead.settled();
        ahead.session!.ahead!.now();
      }
    }
    // Requests that have to wait for what is owed are answered in their order, with what needs no waiting behind them.
    await both('stepIn', step);
    await ahead.settled();
    ahead.session!.ahead!.now();
    await ahead.move('stepIn', { threadId: thread, ...step });
    expect(ahead.session!.owes).toBe(true);
    const before = ahead.responses.length;
    const asked = [['threads', {}], ['evaluate', { expression: 'rip', context: 'hover' }], ['stackTrace', { threadId: thread, startFrame: 0, levels: 20 }], ['pause', { threadId: thread }], ['threads', {}]] as const;
    const answers = await Promise.all(asked.map(([command, args]) => ahead.respond(command, args)));
    expect(ahead.responses.slice(before).map(({ command }) => command)).toEqual(asked.map(([command]) => command));
    expect(answers.map(({ success }) => success)).toEqual([true, true, true, false, true]);
    expect(answers[3]!.message).toBe('The program is stopped already.');
    expect(answers[1]!.body['result']).toContain((answers[2]!.body['stackFrames'] as Loose[])[0]!['instructionPointerReference']);
    for (const client of [ahead, plain]) await client.ask('disconnect');
  }, 300_000);
});
