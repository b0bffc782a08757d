// `gobuf exec`: Delve's terminal on a program that exists, with time travel.
// Must stay true: starts no other program; with --init ending in `exit` it never reads standard input.
import { GUEST_NOTES, GUEST_OPTIONS, guestOf } from '../guest';
import type { CommandSpec, Parsed } from '../options';
import { runSession, SESSION_NOTES, SESSION_OPTIONS } from '../session';

export const spec: CommandSpec = {
  name: 'exec',
  summary: 'Debugs a linux/amd64 Go program in the terminal, from its first instruction on, forwards and backwards.',
  usage: '[options] PROGRAM [--init FILE] [-- ARGS…]',
  options: [...SESSION_OPTIONS, ...GUEST_OPTIONS],
  notes: [...SESSION_NOTES, ...GUEST_NOTES],
};

export function run(parsed: Parsed): Promise<number> {
  return runSession(guestOf(parsed), parsed);
}
