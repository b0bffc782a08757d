// What the adapter tells the pictures of an editor: lanes, stacks, registers, effects. Truth is the machine's own registers and memory,
// and what single steps show.
import { afterEach, describe, expect, it } from 'vitest';
import { dapHost } from '@gobuf/debug-adapter/command/commands/dap';
import { type Loose, TestClient } from '@gobuf/debug-adapter/dap/testing/client';
import { openBinary } from '@gobuf/debug-adapter/symbols/index';
import { build, readBytes, toolchain } from '../../debug-adapter/src/testing/toolchains';

const go = toolchain();
let client: TestClient;
async function begin(...names: string[]): Promise<void> {
  client = new TestClient(dapHost);
  await client.start({ program: build('examples/switch', go!), stopOnEntry: true, goroot: go?.goroot }, () => client.ask('setFunctionBreakpoints', { breakpoints: names.map((name) => ({ name })) }));
}
const evaluate = async (expression: string): Promise<string> => /0x[0-9a-f]+|-?\d+/.exec(String((await client.ask('evaluate', { expression }))['result']))![0];
const rows = (value: unknown): Loose[] => value as Loose[];

describe.skipIf(!go)('what the views ask for (needs the go command)', () => {
  afterEach(async () => {
    await client.respond('disconnect');
    await client.ended;
  });

  it('lanes: new rows only, the same moment afterwards, and other requests in between are answered', async () => {
    await begin('main.main', 'main.volley');
    await client.move('continue', { threadId: 1 });
    const [first, scheduler] = await Promise.all([client.ask('gobuf/lanes', {}), client.ask('gobuf/scheduler', {})]);
    expect(rows((scheduler['snapshot'] as Loose)['gs']).length).toBeGreaterThan(3);
    const count = ((first['segments'] as Loose)['start'] as number[]).length, marks = ((first['marks'] as Loose)['at'] as number[]).length, strings = rows(first['strings']).length;
    expect(count).toBeGreaterThan(5);
    expect(first['until']).toBe((first['moment'] as Loose)['instruction']);
    await client.move('continue', { threadId: 1 });
    const second = await client.ask('gobuf/lanes', { known: { revision: first['revision'], segments: count, marks, strings } });
    expect(second['revision']).toBe(first['revision']);
    expect(second['base']).toEqual({ segments: count, marks, strings });
    expect((second['segments'] as Loose)['end']).toSatisfy((ends: number[]) => ends.every((end) => end >= (first['until'] as number)));
    expect((await client.ask('gobuf/moment'))['instruction']).toBe(second['until']);
  });

  it('effects: what the next instruction will change is what it then has changed, in gogo', async () => {
    await begin('runtime.gogo');
    let { threadId } = await client.move('continue', { threadId: 1 });
    const seen: string[] = [];
    for (let i = 0; i < 12; i++) {
      const { next } = await client.ask('gobuf/effects', { count: 4 }) as { next?: Loose };
      expect(next, `instruction ${i}`).toBeDefined();
      ({ threadId } = await client.move('stepIn', { threadId, granularity: 'instruction' }));
      const { done } = await client.ask('gobuf/effects', { count: 1 }) as { done: Loose[] };
      expect(done).toEqual([next]);
      seen.push(...rows(next!['changes']).map(({ name, afterText }) => `${String(name)} ${String(afterText)}`));
    }
    expect(seen).toEqual(expect.arrayContaining(['TLS G1', 'R14 G1', expect.stringMatching(/^SP G1's stack, hi-0x/)]));
  });

  it('registers and who changed them', async () => {
    await begin('main.volley');
    await client.move('continue', { threadId: 1 });
    const told = await client.ask('gobuf/registers', {});
    for (const { name, value } of rows(told['general'])) expect([name, BigInt(String(value))]).toEqual([name, BigInt(await evaluate(name === 'PC' ? 'rip' : String(name)))]);
    const xmm = String((told['vectors'] as string[])[15]);
    expect(xmm).toMatch(/^[0-9a-f]{64}$/);
    const { change } = await client.ask('gobuf/lastChange', { register: 'SP' }) as { change: Loose };
    expect(BigInt(String(change['after']))).toBe(BigInt(await evaluate('rsp')));
    await client.move('gobuf/goTo', { instruction: change['instruction'] });
    expect(BigInt(await evaluate('rsp'))).toBe(BigInt(String(change['before'])));
    await client.move('gobuf/goTo', { instruction: (change['instruction'] as number) + 1 });
    expect(BigInt(await evaluate('rsp'))).toBe(BigInt(String(change['after'])));
    expect((await client.respond('gobuf/lastChange', { register: 'nonsense' })).message).toMatch(/there is no register/);
  });

  it('stacks: memory word by word, the planted return address, the moves of gogo', async () => {
    await begin('main.volley', 'runtime.gogo');
    await client.move('continue', { threadId: 1 });
    const inGogo = await client.ask('gobuf/stacks', {});
    expect(rows(inGogo['moves']).map(({ from, to }) => `${String(from)}→${String(to)}`)).toEqual(expect.arrayContaining(['gobuf.sp→SP', 'DX→TLS', 'DX→R14', 'gobuf.bp→BP', 'gobuf.pc→PC', '0→gobuf.sp']));
    expect((inGogo['gobuf'] as Loose)['name']).toBe('G1');
    await client.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'main.volley' }] });
    await client.move('continue', { threadId: 1 });
    const { columns } = await client.ask('gobuf/stacks', {}) as { columns: Loose[] };
    expect(columns.length).toBe(2);
    const live = columns.find(({ live }) => live)!, words = rows(live['words']);
    for (const { address, value } of words.slice(0, 8)) {
      const { data } = await client.ask('readMemory', { memoryReference: `0x${(address as number).toString(16)}`, count: 8 });
      expect(value).toBe(`0x${Buffer.from(String(data), 'base64').reverse().toString('hex')}`);
    }
    expect(words[0]!['marks']).toContain('SP');
    expect([rows(live['frames'])[0]!['name'], ...(rows(live['frames'])[0]!['inlined'] as string[] | undefined ?? [])]).toContain('main.volley');
    expect(rows(columns.find((each) => each !== live)!['words']).some(({ kind }) => kind === 'return')).toBe(true);
    expect(words.some(({ kind, text }) => kind === 'planted' && /goexit\+1/.test(String(text)))).toBe(true);
    // In the address order of the frames each return address is the word right below the next frame.
    for (const { to } of rows(live['frames']).slice(0, -1)) expect(['return', 'planted']).toContain(words.find(({ address }) => address === (to as number) - 8)!['kind']);
  });

  const DEEP = 'debug-adapter/src/engine/testdata/pingpong.go';
  it('stacks: the saved BPs are the chain that BP begins, and an argument that was spilled is named where its value lies', async () => {
    client = new TestClient(dapHost);
    await client.start({ program: build(DEEP, go!, ['-gcflags=-N -l']), stopOnEntry: true, goroot: go!.goroot }, () => client.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'main.deep' }] }));
    let stop: Loose = {};
    for (let level = 40; level > 37; level--) stop = await client.move('continue', { threadId: 1 });
    const { columns } = await client.ask('gobuf/stacks', { words: 400 }) as { columns: Loose[] }, live = columns.find((column) => column['live'])!, words = rows(live['words']);
    const bps = words.filter(({ kind }) => kind === 'savedBp'), hex = (value: unknown): number => Number(BigInt(String(value)));
    expect(bps.length).toBeGreaterThan(3);
    expect(bps[0]!['address']).toBe(hex(await evaluate('rbp')));
    for (const [i, { value, text }] of bps.slice(0, 3).entries()) { expect(hex(value)).toBe(bps[i + 1]!['address']); expect(text).toMatch(/^saved BP of main\.(deep|main)$/); }
    expect(words.find(({ marks }) => (marks as string[]).includes('BP'))).toEqual(expect.objectContaining({ kind: 'savedBp' }));
    // Of the two frames below n is where they put it; this one has it in AX until it has executed what comes next.
    const spilled = async (): Promise<[unknown, number, unknown][]> => rows(rows((await client.ask('gobuf/stacks', { words: 400 }))['columns']).find((column) => column['live'])!['words']).filter(({ text }) => /^arg n\b/.test(String(text))).map(({ kind, value, address }) => [kind, hex(value), address]);
    expect((await spilled()).map(([kind, value]) => [kind, value]).slice(0, 2)).toEqual([['variable', 39], ['variable', 40]]);
    for (let line = 26; line < 28; line++) await client.move('next', { threadId: stop['threadId'] });
    expect((await spilled()).slice(0, 1)).toEqual([['variable', 38, hex(await evaluate('&n'))]]);
  });

  it('TLS: what the next function needs, and whether its check calls morestack, which then happens or does not', async () => {
    const binary = build('examples/stories/growth', go!), { entry } = openBinary(readBytes(binary)).functionsNamed('main.descend')[0]!, entryText = `0x${entry.toString(16)}`;
    client = new TestClient(dapHost);
    await client.start({ program: binary, stopOnEntry: true, goroot: go!.goroot }, () => client.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'main.main' }] }));
    await client.move('continue', { threadId: 1 });
    await client.ask('setFunctionBreakpoints', { breakpoints: ['main.descend', 'runtime.morestack'].map((name) => ({ name })) });
    await client.ask('setInstructionBreakpoints', { breakpoints: [{ instructionReference: entryText }] });
    const seen = { fits: 0, grows: 0, next: 0 };
    let told: { grows: boolean } | undefined, before: string | undefined, bytes: string | undefined;
    for (let stops = 0; seen.fits < 61 && stops < 2000; stops++) {
      const { threadId } = await client.move('continue', { threadId: 1 }) as { threadId: number };
      const { stackFrames } = await client.ask('stackTrace', { threadId, levels: 1 }) as { stackFrames: Loose[] }, name = String(stackFrames[0]!['name']), pc = String(stackFrames[0]!['instructionPointerReference']);
      const { notes } = await client.ask('gobuf/tls', { threadId }) as { notes: string[] }, need = notes.find((note) => /main\.descend (needs|checks)/.test(note));
      if (Number(pc) === entry) {
        expect(told, 'two entries with nothing in between').toBeUndefined();
        const [, size, verdict] = /^main\.descend needs (\d+) bytes of stack: (they fit, morestack will not be called|SP is at the guard, morestack will be called)\.$/.exec(need ?? '') ?? [];
        if (need && /^main\.descend checks its stack: stackguard0 holds stackPreempt, so morestack will be called\.$/.test(need)) { told = { grows: true }; continue; }
        expect(size, `${pc} ${String(need)}`).toBeDefined();
        expect(bytes ??= size).toBe(size);
        told = { grows: verdict!.startsWith('SP') };
        if (before !== undefined) { expect(before).toBe(`The next call in the code: ${need}`); seen.next++; before = undefined; }
      } else if (/morestack$/.test(name) && told) {
        expect(told).toEqual({ grows: true });
        seen.grows++;
        told = undefined;
      } else if (/main\.descend/.test(name)) {
        expect(told).toEqual({ grows: false });
        seen.fits++;
        told = undefined;
        before = need;
      }
    }
    expect(seen.fits).toBe(61);
    expect(seen.grows).toBeGreaterThan(1);
    expect(seen.next).toBeGreaterThan(30);
    // Only a system stack has a true stackguard1; a goroutine's holds all ones.
    const { stacks } = await client.ask('gobuf/tls', {}) as { stacks: Loose[] }, own = stacks.find(({ live }) => live)!, system = stacks.find(({ name }) => /^g0 /.test(String(name)))!;
    expect([own['stackguard1'], system['stackguard1']]).toEqual([2 ** 64, system['stackguard0']]);
  });
});
