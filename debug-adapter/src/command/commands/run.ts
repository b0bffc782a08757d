// `gobuf run`: a program from its first instruction to its end, with the output and exit status it has on Linux.
// Must stay true: stdout and stderr carry the guest's own bytes only (--stats adds one last line to stderr).
import type { Machine, Stop } from '@gobuf/emulator/machine-types';
import { GUEST_NOTES, GUEST_OPTIONS, guestOf, startGuest } from '../guest';
import { readInput } from '../host/input';
import { complain, writeAll } from '../host/output';
import type { CommandSpec, Parsed } from '../options';

export const spec: CommandSpec = {
  name: 'run',
  summary: 'Runs a linux/amd64 program on the emulator, with its output and exit status (128 + n when signal n ends it).',
  usage: '[options] PROGRAM [-- ARGS…]',
  options: [{ name: 'stats', help: 'one last line of JSON on stderr: instructions, virtual and wall seconds, exit status' }, { name: 'max-seconds', value: 'N', help: 'stop a guest that is still running after this many seconds (not while it waits for input)' }, ...GUEST_OPTIONS],
  notes: GUEST_NOTES,
};

export function run(parsed: Parsed): number {
  const machine = startGuest(guestOf(parsed), { write: (fd, bytes) => writeAll(fd, bytes), readInput });
  const seconds = parsed.number('max-seconds', 1);
  const stop = seconds === undefined ? machine.run(Infinity) : runFor(machine, seconds);
  const status = exitStatus(stop);
  machine.dispose();
  if (parsed.flag('stats')) {
    complain(JSON.stringify({
      instructions: machine.instruction,
      virtualSeconds: machine.virtualTime / 1e9,
      wallSeconds: Number((performance.now() / 1e3).toFixed(6)),
      translated: machine.translated ?? 0,
      exitCode: status,
    }));
  }
  return status;
}

/** Few enough that the clock is looked at several times a second, and so many that it costs nothing. */
const INSTRUCTIONS_A_LOOK = 10_000_000;

function runFor(machine: Machine, seconds: number): Stop {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const stop = machine.run(machine.instruction + INSTRUCTIONS_A_LOOK);
    if (stop.reason !== 'limit') return stop;
    if (performance.now() >= end) return { reason: 'unsupported', message: `the program was still running after ${seconds} s, the limit it was given` };
  }
}

/** As a shell would say it; says on stderr what gobuf itself could not do. */
export function exitStatus(stop: Stop): number {
  switch (stop.reason) {
    case 'exited': return stop.code;
    case 'killed': return 128 + stop.signal;
    case 'unsupported': complain(`gobuf: ${stop.message}`); return 1;
    default: complain(`gobuf: the program stopped (${stop.reason}) before its end.`); return 1;
  }
}
