// `gobuf test`: builds a Go package's tests for linux/amd64, then debugs the test program in the terminal.
import { buildPackage } from '../go-build';
import { GUEST_NOTES, GUEST_OPTIONS, guestOf } from '../guest';
import { UsageError } from '../options';
import type { CommandSpec, Parsed } from '../options';
import { runSession, SESSION_NOTES, SESSION_OPTIONS } from '../session';

export const spec: CommandSpec = {
  name: 'test',
  summary: 'Builds a Go package\'s tests (go test -c, GOOS=linux GOARCH=amd64 CGO_ENABLED=0) and debugs them in the terminal.',
  usage: '[options] [PACKAGE] [--init FILE] [-- ARGS…]',
  options: [{ name: 'build-flag', value: 'FLAG', repeatable: true, help: 'a flag of go test -c instead of the default -gcflags=-N -l' }, ...SESSION_OPTIONS, ...GUEST_OPTIONS],
  notes: ['ARGS are those of a test program: -test.run NAME, -test.v. It runs in the package\'s own folder.', ...SESSION_NOTES, ...GUEST_NOTES],
};

export async function run(parsed: Parsed): Promise<number> {
  if (parsed.words.length > 1) throw new UsageError('one package: arguments of the test program come after --');
  const { program, folder, goroot, again } = buildPackage('test', parsed.words[0] ?? '.', parsed.list('build-flag'));
  const guest = guestOf(parsed, program);
  return runSession({ ...guest, cwd: parsed.list('dir').length > 0 ? guest.cwd : folder, readable: [...guest.readable, folder] }, parsed, { goroot, rebuild: again });
}
