// The machine with the real processor: a real Go program reaches the same state at an instruction by whatever way it got there.
// Skips, saying so, where there is no go command.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GuestMachine } from './machine';
import type { MachineEvent } from './machine-types';
import { tinyElf, CODE_AT, DATA_AT } from './testing/tiny-elf';
import { createCpu } from './translator/cpu';

const SOURCE = `package main
import "os"
func main() {
	c := make(chan int)
	go func() { for i := range 50 { c <- i }; close(c) }()
	sum := 0
	for v := range c { sum += v }
	b := make([]byte, 100)
	n, _ := os.Stdin.Read(b)
	os.WriteFile("/tmp/f", b[:n], 0o600)
	again, _ := os.ReadFile("/tmp/f")
	println(sum, string(again))
	os.Exit(3)
}
`;
const hasGo = spawnSync('go', ['version']).status === 0;
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'machine-test-'));
let program: Uint8Array;

beforeAll(() => {
  if (!hasGo) return;
  fs.writeFileSync(path.join(dir, 'main.go'), SOURCE);
  const built = spawnSync('go', ['build', '-o', 'program', 'main.go'], { cwd: dir, env: { ...process.env, CGO_ENABLED: '0', GOOS: 'linux', GOARCH: 'amd64', GOFLAGS: '', GOWORK: 'off' }, encoding: 'utf8' });
  if (built.status !== 0) throw new Error(built.stderr);
  program = new Uint8Array(fs.readFileSync(path.join(dir, 'program')));
});
afterAll(() => { fs.rmSync(dir, { recursive: true }); });

interface Outcome { machine: GuestMachine; output: () => string; replayed: () => string }
function start(bytes: Uint8Array): Outcome {
  let output = '', replayed = '';
  const machine = new GuestMachine({ program: bytes, path: '/p', args: [], env: [], host: { write: (_, data, again) => { if (again) replayed += new TextDecoder().decode(data); else output += new TextDecoder().decode(data); } } }, (pages, host) => createCpu(pages, host));
  return { machine, output: () => output, replayed: () => replayed };
}

describe.skipIf(!hasGo)('a real Go program (needs the go command)', () => {
  it('is as it was, whatever is tried: instructions, calls of the kernel, faults, changes by hand', () => {
    const straight = start(program), input = new TextEncoder().encode('some input');
    straight.machine.run(1e9);
    straight.machine.provideInput(input);
    straight.machine.run(1e9);
    const { machine, output } = start(program), first = machine.snapshot();
    const astray = (rip: number): void => {
      machine.setRegisters({ ...machine.registers(), rip });
      machine.run(machine.instruction + 3000);
    };
    const trials: (() => void)[] = [
      () => machine.step(), () => { for (let i = 0; i < 300; i++) machine.step(); }, () => machine.run(machine.instruction + 70_000), () => machine.run(1e9),
      () => astray(1), () => astray(machine.registers().rip), () => { machine.writeMemory(Number(machine.registers().gpr[4]) - 64, new Uint8Array(128)); machine.run(machine.instruction + 100); },
      () => { machine.provideInput(input); machine.run(1e9); }, () => { machine.restore(first); machine.run(machine.instruction + 5000); }, () => { machine.snapshot().release(); machine.signal(23); machine.step(); },
    ];
    for (let i = 0; !machine.ended; i++) {
      const trial = trials[i % trials.length]!, { instruction, currentThread } = machine, before = machine.digest(), threads = JSON.stringify(machine.threads);
      machine.tentatively(trial);
      expect([machine.instruction, machine.currentThread, machine.digest(), JSON.stringify(machine.threads), output()]).toEqual([instruction, currentThread, before, threads, machine.ended ? output() : '']);
      const stop = machine.run(machine.instruction + 9000);
      if (stop.reason === 'input') machine.provideInput(input);
    }
    expect(machine.instruction).toBe(straight.machine.instruction);
    expect(machine.digest()).toBe(straight.machine.digest());
    expect(output()).toBe('1225 some input\n');
  }, 60_000);

  it('has one future, by long runs, short runs, single steps, snapshots and going back', () => {
    const straight = start(program), marks: number[] = [], digests: string[] = [];
    const input = new TextEncoder().encode('some input');
    expect(straight.machine.run(1e9)).toEqual({ reason: 'input' });
    const asked = straight.machine.instruction;
    straight.machine.provideInput(input);
    expect(straight.machine.run(1e9)).toEqual({ reason: 'exited', code: 3 });
    const end = straight.machine.instruction;
    expect(straight.output()).toBe('1225 some input\n');

    const plain = start(program);
    for (let n = 60_000; n < end; n += 60_000) {
      plain.machine.run(n);
      if (plain.machine.instruction === asked && plain.machine.instruction < n) { plain.machine.provideInput(input); plain.machine.run(n); }
      marks.push(plain.machine.instruction);
      digests.push(plain.machine.digest());
    }
    const { machine, output, replayed } = start(program);
    let seed = 3;
    const random = (n: number): number => { seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0; return (seed >>> 8) % n; };
    const snapshots = [machine.snapshot()];
    for (const [i, mark] of marks.entries()) {
      while (machine.instruction < mark) {
        if (machine.instruction === asked && machine.currentThread === 0) machine.provideInput(input);
        if (random(4) === 0) for (let j = 0; j < 100 && machine.instruction < mark; j++) machine.step();
        else machine.run(Math.min(mark, machine.instruction + 1 + random(20_000)));
        if (random(3) === 0) snapshots.push(machine.snapshot());
      }
      expect(machine.digest()).toBe(digests[i]);
    }
    if (machine.instruction < asked) {
      expect(machine.run(1e9)).toEqual({ reason: 'input' });
      expect(machine.instruction).toBe(asked);
      machine.provideInput(input);
    }
    expect(machine.run(1e9)).toEqual({ reason: 'exited', code: 3 });
    expect([machine.instruction, output()]).toEqual([end, '1225 some input\n']);
    for (const snapshot of snapshots.reverse().filter((_, i) => i % 3 === 0)) {
      machine.restore(snapshot);
      expect(machine.instruction).toBe(snapshot.instruction);
      const next = marks.findIndex((mark) => mark >= snapshot.instruction);
      if (next >= 0) {
        expect(machine.run(marks[next]!)).toEqual({ reason: 'limit' });
        expect(machine.digest()).toBe(digests[next]);
      }
    }
    expect(machine.run(1e9)).toEqual({ reason: 'exited', code: 3 });
    expect([machine.instruction, output(), replayed().includes('1225 some input')]).toEqual([end, '1225 some input\n', true]);
    for (const snapshot of snapshots) snapshot.release();
  });

  it('stops at events', () => {
    const { machine } = start(program), seen: MachineEvent['kind'][] = [];
    machine.stopOn(new Set(['threadStart', 'futexWait', 'syscall']));
    for (;;) {
      const stop = machine.run(1e9);
      if (stop.reason !== 'event') break;
      seen.push(stop.event.kind);
    }
    expect(seen.filter((kind) => kind === 'threadStart').length).toBeGreaterThan(1);
    expect(seen).toContain('futexWait');
  });
});

describe('breakpoints, watchpoints and pokes', () => {
  // mov ecx, 5; l: add dword [rip → data], ecx; dec ecx; jnz l; mov eax, 60; xor edi, edi; syscall
  const at = (bytes: number[], offset: number): number => CODE_AT + bytes.length + offset;
  const code: number[] = [0xb9, 5, 0, 0, 0];
  const loop = CODE_AT + code.length;
  const displacement = DATA_AT - at(code, 6);
  code.push(0x01, 0x0d, displacement & 255, (displacement >> 8) & 255, (displacement >> 16) & 255, displacement >> 24);
  code.push(0xff, 0xc9, 0x75, 0xf6, 0xb8, 60, 0, 0, 0, 0x31, 0xff, 0x0f, 0x05);
  const sum = (machine: GuestMachine): number => new DataView(machine.readMemory(DATA_AT, 4).buffer).getInt32(0, true);

  it('stop before the instruction each time, and not at once when going on', () => {
    const { machine } = start(tinyElf(new Uint8Array(code)));
    machine.addBreakpoint(loop);
    for (let i = 0; i < 5; i++) {
      expect(machine.run(1e9)).toEqual({ reason: 'breakpoint', address: loop });
      expect(machine.instruction).toBe(1 + 3 * i);
    }
    expect(machine.run(1e9)).toEqual({ reason: 'exited', code: 0 });
    expect([machine.instruction, sum(machine)]).toEqual([19, 15]);
  });

  it('stop after the access that touches the watched bytes', () => {
    const { machine } = start(tinyElf(new Uint8Array(code)));
    const watchpoint = machine.addWatchpoint({ address: DATA_AT, size: 4, access: 'write' });
    expect(machine.run(1e9)).toEqual({ reason: 'watchpoint', watchpoint, address: DATA_AT, size: 4, access: 'write' });
    expect([machine.instruction, sum(machine)]).toEqual([2, 5]);
    machine.removeWatchpoint(watchpoint.id);
    machine.addWatchpoint({ address: DATA_AT + 8, size: 4, access: 'readWrite' });
    expect(machine.run(1e9)).toEqual({ reason: 'exited', code: 0 });
  });

  it('make a new future that replays with them', () => {
    const { machine } = start(tinyElf(new Uint8Array(code)));
    const begin = machine.snapshot();
    machine.run(4);
    machine.writeMemory(DATA_AT, new Uint8Array([100]));
    const registers = machine.registers();
    registers.gpr[1] = 1n;
    machine.setRegisters(registers);
    expect(machine.run(1e9)).toEqual({ reason: 'exited', code: 0 });
    const end = [machine.instruction, sum(machine)];
    expect(end).toEqual([10, 101]);
    machine.restore(begin);
    expect(sum(machine)).toBe(0);
    machine.run(1e9);
    expect([machine.instruction, sum(machine)]).toEqual(end);
    machine.restore(begin);
    machine.run(2);
    machine.writeMemory(DATA_AT, new Uint8Array([50]));
    machine.run(1e9);
    expect([machine.instruction, sum(machine)]).toEqual([19, 60]);
  });

  it('changes code that has run', () => {
    const { machine } = start(tinyElf(new Uint8Array(code)));
    const begin = machine.snapshot();
    machine.run(1e9);
    machine.restore(begin);
    machine.writeMemory(CODE_AT + 1, new Uint8Array([2]));
    expect(machine.run(1e9)).toEqual({ reason: 'exited', code: 0 });
    expect([machine.instruction, sum(machine)]).toEqual([10, 3]);
  });

  it('stops when the instruction limit or the memory limit is met', () => {
    const endless = new GuestMachine({ program: tinyElf(new Uint8Array([0xeb, 0xfe])), path: '/p', args: [], env: [], host: {}, limits: { instructions: 1000 } }, (pages, host) => createCpu(pages, host));
    expect(endless.run(1e9)).toMatchObject({ reason: 'unsupported', message: expect.stringContaining('1000 instructions') });
    // mov [rbx], al; add rbx, 4096; jmp back
    const eater = new GuestMachine({ program: tinyElf(new Uint8Array([0xbb, 0, 0, 0x50, 0, 0x88, 0x03, 0x48, 0x81, 0xc3, 0, 0x10, 0, 0, 0xeb, 0xf5]), 0x4000000), path: '/p', args: [], env: [], host: {}, limits: { memoryBytes: 1 << 20 } }, (pages, host) => createCpu(pages, host));
    expect(eater.run(1e9)).toMatchObject({ reason: 'unsupported', message: expect.stringContaining('1 MiB') });
  });

  it('are as they were when a fault was only tried', () => {
    // MOVQ AX, 0.
    const { machine } = start(tinyElf(Uint8Array.of(0x48, 0x89, 0x04, 0x25, 0, 0, 0, 0))), before = machine.digest();
    expect(machine.tentatively(() => machine.run(100))).toMatchObject({ reason: 'killed', signal: 11 });
    machine.tentatively(() => machine.step());
    expect([machine.digest(), machine.ended]).toEqual([before, undefined]);
  });

  it('faults as Linux does', () => {
    const killed = (...bytes: number[]): unknown => start(tinyElf(new Uint8Array(bytes))).machine.run(1e6);
    expect(killed(0x8b, 0x04, 0x25, 0, 0, 0, 0)).toEqual({ reason: 'killed', signal: 11, signalName: 'SIGSEGV' });
    expect(killed(0x31, 0xc9, 0xf7, 0xf1)).toEqual({ reason: 'killed', signal: 8, signalName: 'SIGFPE' });
    expect(killed(0x0f, 0x0b)).toEqual({ reason: 'killed', signal: 4, signalName: 'SIGILL' });
    expect(killed(0xcc)).toEqual({ reason: 'killed', signal: 5, signalName: 'SIGTRAP' });
    expect(killed(0xf4)).toEqual({ reason: 'killed', signal: 11, signalName: 'SIGSEGV' });
  });
});
