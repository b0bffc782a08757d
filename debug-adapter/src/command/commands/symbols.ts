// `gobuf symbols`: the text symbols that assembly files define and refer to, as `go tool asm -gensymabis` prints them.
// Must stay true: an unreadable file costs one sentence and status 1, the others are still listed.
import { readAssembly } from '@gobuf/server/analysis/assembly-file';
import { symbolAbis } from '@gobuf/server/analysis/symbol-abis';
import { directoryOf } from '@gobuf/server/workspace/files';
import { NEWEST_MINOR } from '@gobuf/server/workspace/goroot';
import { packagePath } from '@gobuf/server/workspace/package-path';
import { complain, print } from '../host/output';
import { diskFiles, goRoot, slashed } from '../host/sources';
import { UsageError, type CommandSpec, type Parsed } from '../options';

export const spec: CommandSpec = {
  name: 'symbols',
  summary: 'Lists `def SYM ABI` and `ref SYM ABI` of assembly files; several files each get a line `# FILE` before theirs.',
  usage: 'FILE…',
  options: [],
};

export function run(parsed: Parsed): number {
  if (parsed.words.length === 0) throw new UsageError('name a file');
  const root = goRoot();
  let status = 0;
  const lines: string[] = [];
  for (const name of parsed.words) {
    const path = slashed(name);
    if (parsed.words.length > 1) lines.push(`# ${name}`);
    const text = diskFiles.read(path);
    if (text === undefined) {
      complain(`gobuf: cannot read ${name}.`);
      status = 1;
      continue;
    }
    const file = readAssembly(path, text, diskFiles, { goroot: root?.path, minor: root?.minor ?? NEWEST_MINOR });
    for (const { kind, name: symbol, abi } of symbolAbis(file, packagePath(directoryOf(path), diskFiles))) lines.push(`${kind} ${symbol} ${abi}`);
  }
  if (lines.length) print(`${lines.join('\n')}\n`);
  return status;
}
