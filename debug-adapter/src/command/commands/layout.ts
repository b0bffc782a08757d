// `gobuf layout`: go_asm.h of a package, as the compiler writes it, worked out from the sources alone.
// Must stay true: a name that cannot be worked out is said on stderr (status 1); the others are printed all the same.
import { asmHeader, headerText } from '@gobuf/server/golang/asm-header';
import { Packages } from '@gobuf/server/golang/packages';
import { NEWEST_MINOR } from '@gobuf/server/workspace/goroot';
import { isTarget } from '@gobuf/server/workspace/target';
import { goParser } from '../host/go-parser';
import { complain, print } from '../host/output';
import { diskFiles, goRoot, moduleCache, slashed } from '../host/sources';
import { InputError, UsageError, type CommandSpec, type Parsed } from '../options';

export const spec: CommandSpec = {
  name: 'layout',
  summary: 'Prints go_asm.h of the package in DIR: constants, struct sizes and field offsets for the assembler.',
  usage: '[--goos OS] [--goarch ARCH] DIR',
  options: [
    { name: 'goos', value: 'OS', help: 'the system the package is built for (default linux)' },
    { name: 'goarch', value: 'ARCH', help: 'the architecture (default amd64)' },
  ],
};

export async function run(parsed: Parsed): Promise<number> {
  const [name, ...more] = parsed.words;
  if (name === undefined || more.length) throw new UsageError('name one directory');
  const target = { goos: parsed.text('goos') ?? 'linux', goarch: parsed.text('goarch') ?? 'amd64' };
  if (!isTarget(target)) throw new UsageError(`Go has no target ${target.goos}/${target.goarch}`);
  const root = goRoot();
  const directory = slashed(name);
  const packages = new Packages({ parser: await goParser(), files: diskFiles, target, goroot: root?.path, minor: root?.minor ?? NEWEST_MINOR, moduleCache: moduleCache() });
  const owner = packages.read(directory);
  if (!owner) throw new InputError(`${name} holds no Go files for ${target.goos}/${target.goarch}.`);
  const header = asmHeader(owner, packages);
  print(headerText(header));
  for (const problem of header.problems) complain(`gobuf layout: ${problem}.`);
  return header.problems.length ? 1 : 0;
}
