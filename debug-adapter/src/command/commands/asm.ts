// `gobuf asm`: assembles amd64 files with the bundled assembler; -S lists file:line, offset, bytes and text of every instruction.
// Must stay true: starts no other program; one sentence per problem, status 1 if a file cannot be assembled, the others are still listed.
import { Checker } from '@gobuf/server/analysis/check';
import { assemble } from '@gobuf/server/assembler/assemble';
import { listing } from '@gobuf/server/assembler/listing';
import { positionAt } from '@gobuf/server/syntax/source';
import { directoryOf } from '@gobuf/server/workspace/files';
import { NEWEST_MINOR } from '@gobuf/server/workspace/goroot';
import { packagePath, symbolPrefix } from '@gobuf/server/workspace/package-path';
import { goParser } from '../host/go-parser';
import { complain, print } from '../host/output';
import { diskFiles, goRoot, moduleCache, slashed } from '../host/sources';
import { UsageError, type CommandSpec, type Parsed } from '../options';

export const spec: CommandSpec = {
  name: 'asm',
  summary: 'Assembles Go assembly for amd64, with the same bytes as go tool asm; needs no Go.',
  usage: '[-S] FILE…',
  options: [{ name: 'list', short: 'S', help: 'list every instruction: file:line, offset, bytes, text, with tabs between' }],
};

export async function run(parsed: Parsed): Promise<number> {
  if (parsed.words.length === 0) throw new UsageError('name a file');
  const root = goRoot();
  const minor = root?.minor ?? NEWEST_MINOR;
  const checker = new Checker({ files: diskFiles, parser: await goParser(), goroot: root?.path, minor, moduleCache: moduleCache() });
  let status = 0;
  const lines: string[] = [];
  for (const name of parsed.words) {
    const path = slashed(name);
    const text = diskFiles.read(path);
    if (text === undefined) {
      complain(`gobuf: cannot read ${name}.`);
      status = 1;
      continue;
    }
    const file = checker.read(path, text);
    if (file.arch.family !== 'amd64') {
      complain(`gobuf: ${name} is for ${file.target.goarch}; the bundled assembler knows amd64.`);
      status = 1;
      continue;
    }
    const assembled = assemble(file, { packagePath: symbolPrefix(packagePath(directoryOf(path), diskFiles) ?? 'main'), minor });
    for (const { severity, span, message } of [...file.problems, ...assembled.problems]) {
      if (severity !== 'error') continue;
      const { line, column } = positionAt(span.file, span.start);
      complain(`${span.file.path === path ? name : span.file.path}:${line + 1}:${column + 1}: ${message}`);
      status = 1;
    }
    if (parsed.flag('list')) for (const row of listing(assembled)) lines.push(`${row.file === path ? name : row.file}:${row.line}\t${row.offset.toString(16)}\t${row.bytes}\t${row.text}`);
  }
  if (lines.length) print(`${lines.join('\n')}\n`);
  return status;
}
