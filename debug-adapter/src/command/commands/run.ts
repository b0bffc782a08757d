// `gobuf run`: a program from its first instruction to its end, with the output and exit status it has on Linux.
// Must stay true: stdout and stderr carry the guest's own bytes only (--stats adds one last line to stderr).
import type { Machine, Stop } from '@gobuf/emulator/machine-types';
import { GUEST_NOTES, GUEST_OPTIONS, guestOf, startGuest } from '../guest';
import { LONG_RUN, growNewSpace } from '../host/flags';
import { StandardInput } from '../host/input';
import { HostSignals } from '../host/signals';
import { complain, writeAll } from '../host/output';
import type { CommandSpec, Parsed } from '../options';

export const spec: CommandSpec = {
  name: 'run',
  summary: 'Runs a linux/amd64 program on the emulator, with its output and exit status (128 + n when signal n ends it).',
  usage: '[options] PROGRAM [-- ARGS…]',
  options: [{ name: 'stats', help: 'one last line of JSON on stderr: instructions, virtual and wall seconds, exit status' }, { name: 'max-seconds', value: 'N', help: 'stop a guest that is still running after this many seconds (not while it waits for input)' }, ...GUEST_OPTIONS],
  notes: GUEST_NOTES,
};

export async function run(parsed: Parsed): Promise<number> {
  const input = new StandardInput();
  const machine = startGuest(guestOf(parsed), { write: (fd, bytes) => writeAll(fd, bytes), readInput: (length) => input.read(length) });
  const stop = await runToEnd(machine, input, parsed.number('max-seconds', 1));
  const status = exitStatus(stop);
  machine.dispose();
  if (parsed.flag('stats')) {
    complain(JSON.stringify({
      instructions: machine.instruction,
      virtualSeconds: machine.virtualTime / 1e9,
      wallSeconds: Number(process.uptime().toFixed(6)),
      translated: machine.translated ?? 0,
      exitCode: status,
    }));
  }
  return status;
}

/** Few enough that signals and the clock are seen to several times a second, and so many that it costs nothing. */
const INSTRUCTIONS_A_TURN = 10_000_000;
/** Milliseconds of jumping from timer to timer without a deed, after which the program has a tenth of a processor. */
const PATIENCE = 5000, REST_FOR_WORK = 9;

async function runToEnd(machine: Machine, input: StandardInput, seconds = Infinity): Promise<Stop> {
  // The global `performance` is a module of Node's that takes longer to load than many a program to run.
  const clock = (): number => process.uptime() * 1000;
  const end = clock() + seconds * 1000;
  machine.mayRest = true;
  let signals: HostSignals | undefined, quietSince = 0, rested = 0;
  for (;;) {
    const stop = machine.run(machine.instruction + INSTRUCTIONS_A_TURN), now = clock();
    if (stop.reason !== 'limit' && stop.reason !== 'input' && stop.reason !== 'rest') return stop;
    if (now >= end) return { reason: 'unsupported', message: `the program was still running after ${seconds} s, the limit it was given` };
    if (!signals) {
      growNewSpace(LONG_RUN);
      // A program that ends soon has been ended by them until now.
      signals = new HostSignals((signal) => {
        machine.signal(signal);
        input.interrupt();
      });
    }
    if (stop.reason === 'limit') await signals.turn();
    else if (stop.reason === 'input') {
      const given = await input.next();
      if (given !== 'interrupted') machine.provideInput(given);
    } else if (stop.forEver) await signals.rest(Math.min(stop.seconds * 1000, end - now));
    else {
      if (now - rested > PATIENCE) quietSince = now;
      if (now - quietSince > PATIENCE) await signals.rest(Math.min(stop.seconds * 1000, (now - rested) * REST_FOR_WORK, end - now));
      rested = clock();
    }
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
