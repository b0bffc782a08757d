// Calls in expressions beside Delve's `call` on the same program natively, and their undoing: the program stays as it was.
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { delve, hasDelve } from '../testing/toolchains';
import { Terminal } from '../terminal/terminal';
import { debuggerOf, hasGo, program } from './testing/session';
import type { TestSession } from './testing/session';

const CALLS = path.join(import.meta.dirname, 'testdata/calls.go');
const LINE = fs.readFileSync(CALLS, 'utf8').split('\n').findIndex((line) => line.includes('n := add(')) + 2;
const ASKED = ['add(3, 4)', 'double(n)', 'double(-5)', 'half(7)', 'half(2.5)', 'p.sum()', 'join("left", text)', 'add(double(2), p.sum())', 'double(2) + 1', '1 + 2', 'w.sum()', '-unsafe w.volume()', 'w.point.sum()', 'adder(5)(6)', 'fails(3)', 'double(fails(4))', 'recovers(2)', 'recovers(0)', 'recovers(7)', 'again(5)', 'deep(2000)', 'm[main.point{1, 2}]', 'p.x', 'point.sum(*p)'];

let session: TestSession | undefined;
afterAll(() => session?.debug.dispose());

async function at(flags: string[]): Promise<TestSession> {
  session?.debug.dispose();
  session = debuggerOf(program(CALLS, flags));
  await session.debug.launch();
  session.debug.setBreakpoint({ location: `calls.go:${LINE}` });
  expect((await session.debug.resume('continue')).reason).toBe('breakpoint');
  return session;
}
/** The blocks after `Values returned:`, without indentation. */
const blocks = (text: string): string[] => [...text.matchAll(/Values returned:\n((?:\t.*\n)+)/g)].map((match) => match[1]!.replace(/^\t/gm, ''));

describe.skipIf(!hasGo)('calls in expressions (needs the go command)', () => {
  test.skipIf(!hasDelve)('return what Delve\'s call returns', async () => {
    const { debug } = await at(['-gcflags=all=-N -l']);
    let output = '';
    const terminal = new Terminal(debug, { write: (text) => { output += text; } });
    const able = ASKED.slice(0, -1);
    for (const expression of able) await terminal.execute(`call ${expression}`);
    const truth = delve(['exec', program(CALLS, ['-gcflags=all=-N -l'])], [`break calls.go:${LINE}`, 'continue', ...able.map((expression) => `call ${expression}`)]).replace(/\x1b\[\d+m/g, '');
    expect(blocks(truth)).toHaveLength(able.length);
    expect(blocks(output)).toEqual(blocks(truth));
  }, 120_000);

  test('leave no trace, whatever they do; what cannot be called is one sentence', async () => {
    const { debug, output } = await at([]);
    const now = debug.machine!.instruction, registers = JSON.stringify(debug.machine!.registers(), (_key, value: unknown) => typeof value === 'bigint' ? value.toString() : value);
    expect(debug.evaluate('p.sum()').value).toBe('7');
    expect(debug.callResults('p.move(10, 20)')).toEqual([]);
    expect(debug.evaluate('*p').value).toContain('x: 3, y: 4');
    const half = debug.evaluate('half(5)');
    expect(half.children!().map(({ name, value }) => [name, value])).toEqual([['~r0', '2.5'], ['~r1', 'error nil']]);
    for (const [expression, why] of [['fails(3)', /main\.fails panicked/], ['double(1, 2)', /too many arguments/], ['double()', /not enough arguments/], ['nosuch(1)', /could not find symbol value for nosuch/], ['strings.NoSuch(1)', /could not find symbol strings\.NoSuch/], ['double("x")', /can not convert "x" constant to int/], ['main.point{1, 2}.move(1, 1)', /cannot call pointer method move on main\.point: main\.point\{1, 2\} has no address/]] as const) expect(() => debug.evaluate(expression)).toThrow(why);
    // Literals of structs are values like others; their address is that of a copy a call can read.
    expect([['main.point{3, 4}', /x: 3, y: 4/], ['main.point{y: 9}.y', /^9$/], ['*p == main.point{3, 4}', /^true$/], ['*p == main.point{x: 3}', /^false$/], ['(&main.point{5, 6}).sum()', /^11$/]].map(([expression, text]) => [expression, (text as RegExp).test(debug.evaluate(expression as string).value)])).toEqual(['main.point{3, 4}', 'main.point{y: 9}.y', '*p == main.point{3, 4}', '*p == main.point{x: 3}', '(&main.point{5, 6}).sum()'].map((expression) => [expression, true]));
    for (const [expression, why] of [['main.point{z: 1}', /main\.point has no member z/], ['main.point{1, 2, 3}', /too many values for main\.point/], ['main.nosuch{}', /no type entry found/]] as const) expect(() => debug.evaluate(expression)).toThrow(why);
    expect(debug.machine!.instruction).toBe(now);
    expect(JSON.stringify(debug.machine!.registers(), (_key, value: unknown) => typeof value === 'bigint' ? value.toString() : value)).toBe(registers);
    expect(output()).toBe('');
    // A condition may call too; the program's own output is as without.
    for (const { id } of debug.breakpoints()) if (id > 0) debug.clearBreakpoint(id);
    debug.setBreakpoint({ location: 'main.half', condition: 'add(1, 1) == 2' });
    expect((await debug.resume('continue')).reason).toBe('breakpoint');
    expect((await debug.resume('continue')).reason).toBe('exited');
    expect(output()).toBe('10.5 <nil> 9\nbad 21 21 GOBUF-x &{4 5}\n');
    expect(() => debug.evaluate('double(2)')).toThrow();
  }, 120_000);
});
