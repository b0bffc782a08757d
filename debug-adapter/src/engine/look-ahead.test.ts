// Looking ahead changes nothing: a debugger that does it at every stop tells the same as one that never does.
import { afterAll, describe, expect, test } from 'vitest';
import { PINGPONG, debuggerOf, hasGo, program } from './testing/session';
import type { Debugger } from './debugger';
import type { Variable } from './types';

const open = new Set<Debugger>();
afterAll(() => { for (const debug of open) debug.dispose(); });

function started(): Debugger {
  const { debug } = debuggerOf(program(PINGPONG));
  open.add(debug);
  return debug;
}
const shown = ({ name, value, type, address }: Variable): string => `${name} ${type} ${value} ${address}`;

/** All that an editor shows of a stop; values of the guest's are looked into one level deep. */
function picture(debug: Debugger): unknown {
  const { stop } = debug, { frames, problem } = debug.stack(undefined, { levels: 20 });
  return {
    stop: { ...stop, machineStop: undefined }, problem, frames: frames.map(({ function: fn, pc, cfa, line, boundary }) => ({ fn, pc, cfa, line, boundary })),
    scopes: debug.scopes(frames[0]!).filter(({ kind }) => kind !== 'globals').map(({ name, variables }) => [name, variables().map((variable) => [shown(variable), ...(name === 'Runtime' ? [] : variable.children?.(0, 20).map(shown) ?? [])])]),
    rows: debug.disassembleRows(stop!.pc, -20, 41).map(({ address, text, isCurrent }) => `${address} ${text} ${isCurrent}`),
    threads: debug.threads().map(({ name, status }) => `${name} ${status}`),
  };
}
const look = (debug: Debugger) => (): void => { picture(debug); };

describe.skipIf(!hasGo)('looking ahead (needs the go command)', () => {
  test('every stop is as without it, through calls, switches and system calls', async () => {
    const ahead = started(), plain = started();
    for (const debug of [ahead, plain]) {
      await debug.launch();
      debug.setBreakpoint({ location: 'main.main' });
      await debug.resume('continue');
    }
    for (let i = 0; i < 700; i++) {
      ahead.lookAhead(look(ahead));
      for (const debug of [ahead, plain]) await debug.resume(i % 10 === 9 ? 'nextInstruction' : 'stepInstruction');
      if (i % 7 === 0 || i < 50) expect(picture(ahead)).toEqual(picture(plain));
      expect(ahead.stop).toEqual(plain.stop);
    }
  }, 120_000);

  test('what was seen is not taken for a moment that was changed by hand, nor for another way there', async () => {
    const debug = started();
    await debug.launch();
    debug.setBreakpoint({ location: 'main.main' });
    await debug.resume('continue');
    await debug.resume('stepInstruction');
    debug.lookAhead(look(debug));
    debug.setRegister('rbx', 0x1234n);
    await debug.resume('stepInstruction');
    const registers = debug.scopes(debug.stack().frames[0]!).find(({ kind }) => kind === 'registers')!.variables();
    expect(registers.find(({ name }) => name === 'rbx')!.value).toMatch(/^0x1234\b/);
    debug.lookAhead(look(debug));
    const before = debug.stop!.instruction;
    await debug.resume('reverseStepInstruction');
    expect(debug.stop!.instruction).toBe(before - 1);
    expect(debug.stack().frames[0]!.pc).toBe(debug.stop!.pc);
    // A look that fails leaves the present alone.
    expect(() => debug.lookAhead(() => { throw new Error('no'); })).toThrow('no');
    expect(debug.stack().frames[0]!.pc).toBe(debug.stop!.pc);
  }, 60_000);

  test('threads keep their numbers, breakpoints their counts, the recording its end, and new limits hold at once', async () => {
    const debug = started();
    await debug.launch();
    debug.setBreakpoint({ location: 'main.main' });
    const { instruction: first } = await debug.resume('continue');
    // The first moment at which there is one thread more.
    const threadsAt = async (instruction: number): Promise<number> => { await debug.goTo(instruction); return debug.threads().length; };
    const before = debug.threads().length;
    let low = first, high = first + 4_000_000;
    expect(await threadsAt(high)).toBeGreaterThan(before);
    while (low < high) { const middle = Math.floor((low + high) / 2); if (await threadsAt(middle) > before) high = middle; else low = middle + 1; }
    const fresh = started();
    await fresh.launch();
    await fresh.goTo(low - 1);
    const breakpoint = fresh.setBreakpoint({ address: (await debug.goTo(low)).pc });
    const known = fresh.threads().map(({ id }) => id), seen: number[] = [], { last } = fresh.history();
    fresh.lookAhead(() => { seen.push(...fresh.threads().map(({ id }) => id)); picture(fresh); });
    expect(seen.length).toBe(known.length + 1);
    expect(fresh.threadOfG(0x1234, 4_321)).toBe(Math.max(...known) + 1);
    expect([fresh.history().last, fresh.breakpoints().find(({ id }) => id === breakpoint.id)!.totalHits]).toEqual([last, 0]);
    // And the moment itself is right, with the number that is now taken by another.
    await fresh.resume('stepInstruction');
    expect(fresh.stop!.instruction).toBe(low);
    for (const { id, name } of fresh.threads()) if (name.startsWith('G')) expect(fresh.stack(id).frames.length, name).toBeGreaterThan(0);
    // What a look prepared with other limits is not shown.
    fresh.lookAhead(look(fresh));
    fresh.setLimits({ maxStringLen: 1 });
    await fresh.resume('stepInstruction');
    const again = started();
    await again.launch();
    again.setLimits({ maxStringLen: 1 });
    await again.goTo(fresh.stop!.instruction);
    expect((picture(fresh) as { scopes: unknown }).scopes).toEqual((picture(again) as { scopes: unknown }).scopes);
  }, 120_000);
});
