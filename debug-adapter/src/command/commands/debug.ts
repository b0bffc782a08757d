// `gobuf debug`: builds a Go package for linux/amd64, then debugs it in the terminal.
import { buildPackage } from '../go-build';
import { GUEST_NOTES, GUEST_OPTIONS, guestOf } from '../guest';
import { UsageError } from '../options';
import type { CommandSpec, Parsed } from '../options';
import { runSession, SESSION_NOTES, SESSION_OPTIONS } from '../session';

export const spec: CommandSpec = {
  name: 'debug',
  summary: 'Builds a Go main package (GOOS=linux GOARCH=amd64 CGO_ENABLED=0) and debugs it in the terminal.',
  usage: '[options] [PACKAGE] [--init FILE] [-- ARGS…]',
  options: [{ name: 'build-flag', value: 'FLAG', repeatable: true, help: 'a flag of go build instead of the default -gcflags=-N -l' }, ...SESSION_OPTIONS, ...GUEST_OPTIONS],
  notes: [...SESSION_NOTES, ...GUEST_NOTES],
};

export async function run(parsed: Parsed): Promise<number> {
  if (parsed.words.length > 1) throw new UsageError('one package: arguments of the program come after --');
  const { program, folder, goroot, again } = buildPackage('build', parsed.words[0] ?? '.', parsed.list('build-flag'));
  const guest = guestOf(parsed, program);
  return runSession({ ...guest, readable: [...guest.readable, folder] }, parsed, { goroot, rebuild: again });
}
