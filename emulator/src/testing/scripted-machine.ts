// A machine whose processor is a script: each step of a generator is one system call of its thread. For testing the kernel alone.
// Must stay true: everything but the processor is the real thing.
import type { Cpu, CpuExit } from '../cpu-types';
import { RAX, RDI, RSI, RDX, R10, R8, R9 } from '../kernel/cpu-registers';
import { GuestMachine } from '../machine';
import type { Host, MachineOptions, Stop } from '../machine-types';
import { DATA_AT, tinyElf } from './tiny-elf';

/** Yields [number, ...arguments]; receives the result. Or yields a count of instructions that do nothing. */
export type Script = Generator<number[] | number, void, number>;

export class ScriptedMachine {
  readonly machine: GuestMachine;
  output = '';
  private readonly scripts = new Map<number, Script>();
  private busy = new Map<number, number>();
  private nextSpawn: ((s: ScriptedMachine) => Script) | undefined;

  constructor(main: (s: ScriptedMachine) => Script, options: Partial<MachineOptions> & { host?: Host } = {}) {
    const host: Host = { write: (_, bytes) => { this.output += new TextDecoder().decode(bytes); }, ...options.host };
    this.machine = new GuestMachine({ program: tinyElf(), path: '/bin/test', args: [], env: [], ...options, host }, () => this.cpu());
    this.scripts.set(this.machine.currentThread, main(this));
  }

  /** The script of the thread that the next clone makes. */
  spawn(script: (s: ScriptedMachine) => Script): void { this.nextSpawn = script; }

  private cpu(): Cpu {
    const self = this;
    const cpu = {
      retired: 0,
      run(budget: number): CpuExit {
        const { kernel } = self.machine, tid = kernel.state.current, r = kernel.registers;
        const left = self.busy.get(tid) ?? 0;
        if (left > 0) {
          cpu.retired = Math.min(left, budget);
          self.busy.set(tid, left - cpu.retired);
          return { kind: 'budget' };
        }
        let script = self.scripts.get(tid);
        if (!script) {
          script = self.nextSpawn!(self);
          self.scripts.set(tid, script);
        }
        const step = script.next(r.gpr(RAX));
        if (step.done) throw new Error('a script ended without exit');
        cpu.retired = 1;
        if (typeof step.value === 'number') { self.busy.set(tid, step.value - 1); return { kind: 'budget' }; }
        step.value.forEach((value, i) => r.setGpr([RAX, RDI, RSI, RDX, R10, R8, R9][i]!, value));
        return { kind: 'syscall' };
      },
      step(): CpuExit { return cpu.run(1); },
      setBreakpoints(): void { /* scripts have no addresses */ },
      invalidate(): void { /* nothing is translated */ },
      flushLookups(): void { /* nothing is cached */ },
      flushWrites(): void { /* nor here */ },
    };
    return cpu;
  }

  run(limit = 1e9): Stop { return this.machine.run(limit); }

  // Guest memory, from DATA_AT on.
  write(offset: number, bytes: Uint8Array | string): number {
    const data = typeof bytes === 'string' ? new TextEncoder().encode(bytes + '\0') : bytes;
    this.machine.kernel.space.poke(DATA_AT + offset, data);
    return DATA_AT + offset;
  }
  words(offset: number, ...values: number[]): number {
    const bytes = new Uint8Array(values.length * 8), view = new DataView(bytes.buffer);
    values.forEach((value, i) => view.setBigInt64(i * 8, BigInt(value), true));
    return this.write(offset, bytes);
  }
  read(offset: number, length: number): Uint8Array { return this.machine.readMemory(DATA_AT + offset, length); }
  text(offset: number, length: number): string { return new TextDecoder().decode(this.read(offset, length)); }
  i32(offset: number): number { return new DataView(this.read(offset, 4).buffer).getInt32(0, true); }
  i64(offset: number): number { return Number(new DataView(this.read(offset, 8).buffer).getBigInt64(0, true)); }
}
