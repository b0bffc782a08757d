// The library against a real Go program: a run makes next to no template, and so no WebAssembly module, of its own.
// Skips, saying so, where there is no go command.
import { describe, expect, it } from 'vitest';
import { GuestMachine } from '../machine';
import { goProgram, hasGo } from '../testing/go-program';
import { createCpu } from './cpu';

describe.skipIf(!hasGo)('the library of templates (needs the go command)', () => {
  it('has what a Go program executes', () => {
    const { program, run } = goProgram('package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("hello", 1.5, []string{"x"}) }\n');
    let output = '', cpu: ReturnType<typeof createCpu> | undefined;
    const machine = new GuestMachine({ program, path: '/p', args: [], env: [], host: { write: (_, bytes) => { output += new TextDecoder().decode(bytes); } } }, (pages, host) => (cpu = createCpu(pages, host)));
    expect(machine.run(1e9)).toEqual({ reason: 'exited', code: 0 });
    expect(output).toBe(run());
    const { records } = (cpu as unknown as { translations: { records: { fresh: number; ownCount: number } } }).translations;
    expect(records.fresh).toBeGreaterThan(10_000);
    expect(records.ownCount).toBeLessThan(records.fresh / 1000);
  });
});
