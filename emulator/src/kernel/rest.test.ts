// Programs that wait for ever: the host may rest instead of jumping from one look of Go's sysmon to the next, and nothing in the guest is different for it.
import { describe, expect, it } from 'vitest';
import { createMachine } from '../machine';
import type { Stop } from '../machine-types';
import { goProgram, hasGo } from '../testing/go-program';

const SOURCE = `package main

import (
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"time"
)

func main() {
	heap := make([][]byte, 0)
	for i := 0; i < 200; i++ {
		heap = append(heap, make([]byte, 40_000))
	}
	runtime.GC()
	switch os.Args[1] {
	case "signal":
		c := make(chan os.Signal, 1)
		signal.Notify(c, os.Interrupt)
		fmt.Println("got", <-c)
	case "ticks":
		n := 0
		go func() {
			for range time.Tick(time.Second) {
				n++
			}
		}()
		select {}
	case "sleep":
		time.Sleep(5 * time.Hour)
		fmt.Println("awake")
	case "read":
		b := make([]byte, 10)
		n, err := os.Stdin.Read(b)
		fmt.Println(n, err)
	}
	fmt.Println(len(heap))
}
`;

describe.runIf(hasGo)('a program that waits (needs the go command)', () => {
  const { program } = goProgram(SOURCE);
  const start = (what: string, readInput?: () => Uint8Array | undefined | 'later') => {
    let output = '';
    const machine = createMachine({ program, path: '/waits', args: [what], env: [], host: { write: (_, bytes) => { output += new TextDecoder().decode(bytes); }, ...(readInput && { readInput }) } });
    return { machine, output: () => output };
  };
  type Rest = Stop & { reason: 'rest' };

  it('lets the host rest for as long as nothing can come, and has the signal that ends that', () => {
    const { machine, output } = start('signal'), plain = start('signal').machine;
    machine.mayRest = true;
    let rested = 0;
    for (let n = 0; n < 50; n++) {
      const stop = machine.run(Infinity);
      expect(stop).toMatchObject({ reason: 'rest', forEver: true });
      rested += (stop as Rest).seconds;
    }
    expect(rested).toBeGreaterThan(1000);
    machine.mayRest = false;
    const until = machine.instruction + 1000;
    for (const each of [machine, plain]) expect(each.run(until)).toEqual({ reason: 'limit' });
    expect([plain.instruction, plain.virtualTime]).toEqual([machine.instruction, machine.virtualTime]);
    machine.mayRest = true;
    // Back in the past the same signal comes at the same moment.
    const snapshot = machine.snapshot();
    for (let n = 0; n < 3; n++) expect(machine.run(Infinity)).toMatchObject({ reason: 'rest' });
    machine.signal(2);
    expect(machine.run(Infinity)).toEqual({ reason: 'exited', code: 0 });
    const end = machine.instruction;
    machine.restore(snapshot);
    for (;;) if (machine.run(Infinity).reason !== 'rest') break;
    expect([machine.instruction, output()]).toEqual([end, 'got interrupt\n200\ngot interrupt\n200\n']);
  }, 60_000);

  it('says where timers may make something of it, and rests for no sleep that ends', () => {
    const { machine } = start('ticks');
    machine.mayRest = true;
    const first = machine.run(Infinity);
    expect(first).toMatchObject({ reason: 'rest', forEver: false });
    expect(machine.virtualTime).toBeGreaterThan(3600e9);
    const sleeper = start('sleep');
    expect(sleeper.machine.run(Infinity)).toEqual({ reason: 'exited', code: 0 });
    expect(sleeper.output()).toBe('awake\n200\n');
  }, 60_000);

  it('waits for input that comes later with all of its threads, and goes on with others once a signal has come', () => {
    const later = start('read', () => 'later');
    expect(later.machine.run(Infinity)).toEqual({ reason: 'input' });
    const at = later.machine.instruction;
    expect(later.machine.run(Infinity)).toEqual({ reason: 'input' });
    expect(later.machine.instruction).toBe(at);
    later.machine.provideInput(new TextEncoder().encode('abc'));
    expect(later.machine.run(Infinity)).toEqual({ reason: 'exited', code: 0 });
    const once = start('read', () => new TextEncoder().encode('abc'));
    expect(once.machine.run(Infinity)).toEqual({ reason: 'exited', code: 0 });
    expect([once.output(), once.machine.instruction]).toEqual([later.output(), later.machine.instruction]);
    const killed = start('read', () => 'later').machine;
    expect(killed.run(Infinity)).toEqual({ reason: 'input' });
    killed.signal(15);
    expect(killed.run(Infinity)).toEqual({ reason: 'killed', signal: 15, signalName: 'SIGTERM' });
  }, 60_000);
});
