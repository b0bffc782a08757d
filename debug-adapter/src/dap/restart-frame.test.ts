// restartFrame goes back in time to the moment at which a frame's first instruction was about to execute: its SP is where the
// frame's was, and a step out from there ends after the stop. For frames of Go, of assembly, of g0 and of goroutines that are parked. Inlined calls and frames that no call made are refused.
import { expect, describe, test } from 'vitest';
import { dapHost } from '../command/commands/dap';
import { debuggerOf, hasGo, PINGPONG, program } from '../engine/testing/session';
import { TestClient } from './testing/client';
import type { Loose } from './testing/client';

/** Where it is tried. */
const PLACES = ['main.deep', 'main.risky', 'main.risky.func1', 'runtime.gopark', 'runtime.schedule', 'runtime.memmove', 'main.add', 'runtime.casgstatus'];

describe.skipIf(!hasGo)('restartFrame (needs the go command)', () => {
  test('leads to the beginning of each frame', async () => {
    const file = program(PINGPONG), client = new TestClient(dapHost), judge = debuggerOf(file).debug;
    await client.start({ program: file, stopOnEntry: true }, () => client.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'main.main' }] }));
    await client.move('continue', { threadId: 1 });
    await client.ask('setFunctionBreakpoints', { breakpoints: PLACES.map((name) => ({ name })) });
    await judge.launch();
    let restarted = 0, refused = 0;
    const kinds = new Set<string>();
    for (let stop = 0; stop < 30; stop++) {
      // The runtime's own places are met before the program's.
      if (stop === 12) await client.ask('setFunctionBreakpoints', { breakpoints: PLACES.filter((name) => name.startsWith('main.')).map((name) => ({ name })) });
      const { threadId } = await client.move('continue', { threadId: 1 });
      const moment = client.session!.moment().instruction, threads = (await client.ask('threads'))['threads'] as Loose[];
      const asked = stop % 6 === 5 ? threads.slice(0, 8).map(({ id }) => id as number) : [threadId as number];
      for (const thread of asked) {
        const first = await client.respond('stackTrace', { threadId: thread, levels: 12 }), count = first.success ? (first.body['stackFrames'] as Loose[]).length : 0;
        for (let index = 0; index < count; index++) {
          const rows = (await client.ask('stackTrace', { threadId: thread, levels: 12 }))['stackFrames'] as Loose[], row = rows[index]!, { frame } = client.session!.frames.get(row['id'] as number)!;
          if (row['canRestart'] !== true) {
            const { success, message } = await client.respond('restartFrame', { frameId: row['id'] });
            expect([success, message]).toEqual([false, frame.inlined ? 'That call was inlined: it has no frame that could be started again.' : 'No call made that frame: it cannot be started again.']);
            refused++;
            continue;
          }
          const arrived = await client.move('restartFrame', { frameId: row['id'] }), there = client.session!.moment().instruction;
          const top = client.session!.engine.stack(arrived['threadId'] as number, { levels: 1 }).frames[0]!;
          const what = `${frame.function} ${index} of thread ${thread} at ${moment}`;
          expect([what, top.pc.toString(16), there <= moment]).toEqual([what, frame.entry.toString(16), true]);
          // A function that sets SP has no CFA to be told by; the program's first one has no goroutine yet either.
          const { spWrite, assembly } = client.session!.engine.binary.functionAt(frame.entry)!;
          if (!spWrite) expect([what, top.cfa === frame.cfa || top.g === frame.g]).toEqual([what, true]);
          expect([what, top.function]).toEqual([what, frame.function]);
          // The frame lives from there to the stop: a step out of it, from its beginning, ends later than the stop. What is left for good, as the runtime's is, cannot be judged so.
          if (!frame.function.startsWith('runtime.')) {
            await judge.goTo(there);
            const out = await judge.resume('stepOutInstruction', { thread: judge.stop!.thread });
            expect([what, ['step', 'exited'].includes(out.reason), out.instruction > moment]).toEqual([what, true, true]);
            restarted++;
          }
          kinds.add(assembly ? 'assembly' : frame.function.startsWith('main.') ? 'main' : 'runtime');
          await client.move('gobuf/goTo', { instruction: moment });
        }
      }
    }
    expect([...kinds].sort()).toEqual(['assembly', 'main', 'runtime']);
    expect(restarted).toBeGreaterThan(40);
    expect(refused).toBeGreaterThan(10);
    for (const frameId of [0, 1, 999_999_999]) expect((await client.respond('restartFrame', { frameId })).message).toBe('That frame belongs to an earlier stop.');
    await client.ask('disconnect');
    judge.dispose();
  }, 300_000);
});
