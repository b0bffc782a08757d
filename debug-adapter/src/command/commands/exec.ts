// `gobuf exec`: Delve's terminal on a program that exists, with time travel.
// Must stay true: starts no other program (but the editor that `edit` asks for); with --init ending in `exit` it never reads standard input.
import { GUEST_NOTES, GUEST_OPTIONS, guestOf } from '../guest';
import { UsageError, type CommandSpec, type Parsed } from '../options';
import { runText, TEXT_NOTES, TEXT_OPTIONS } from '../text-command';
import { runSession, SESSION_NOTES, SESSION_OPTIONS } from '../session';

export const spec: CommandSpec = {
  name: 'exec',
  summary: 'Debugs a linux/amd64 Go program in the terminal, from its first instruction on, forwards and backwards.',
  usage: '[options] PROGRAM [--init FILE] [-- ARGS…]\n       gobuf exec --text ·FUNC [--args VALUES | --vectors FILE] FILE.s…',
  options: [...TEXT_OPTIONS, ...SESSION_OPTIONS, ...GUEST_OPTIONS],
  notes: [...SESSION_NOTES, ...TEXT_NOTES, ...GUEST_NOTES],
};

export function run(parsed: Parsed): Promise<number> {
  if (parsed.text('text') !== undefined) return runText(parsed);
  for (const option of ['args', 'vectors', 'set']) if (parsed.flag(option)) throw new UsageError(`--${option} goes with --text`);
  return runSession(guestOf(parsed), parsed);
}
