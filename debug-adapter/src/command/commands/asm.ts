// `gobuf asm`: assembles amd64 files with the bundled assembler; -S lists file:line, offset, bytes and text of every instruction.
// With -o the files are linked into a program that runs in the emulator.
// Must stay true: starts no other program; one sentence per problem, status 1 if a file cannot be assembled, the others are still listed.
import fs from 'node:fs';
import nodePath from 'node:path';
import { Checker } from '@gobuf/server/analysis/check';
import { assemble } from '@gobuf/server/assembler/assemble';
import { listing } from '@gobuf/server/assembler/listing';
import { assembleAndLink, type Source } from '@gobuf/server/assembler/package';
import { positionAt } from '@gobuf/server/syntax/source';
import { directoryOf } from '@gobuf/server/workspace/files';
import { NEWEST_MINOR } from '@gobuf/server/workspace/goroot';
import { packagePath, symbolPrefix } from '@gobuf/server/workspace/package-path';
import { goParser } from '../host/go-parser';
import { complain, print } from '../host/output';
import { diskFiles, goRoot, moduleCache, slashed } from '../host/sources';
import { InputError, UsageError, type CommandSpec, type Parsed } from '../options';

export const spec: CommandSpec = {
  name: 'asm',
  summary: 'Assembles Go assembly for amd64, with the same bytes as go tool asm; needs no Go.',
  usage: '[-S] [-o PROGRAM] FILE…',
  options: [
    { name: 'list', short: 'S', help: 'list every instruction: file:line, offset, bytes, text, with tabs between' },
    { name: 'output', short: 'o', value: 'PROGRAM', help: 'link the files into a linux/amd64 program, for gobuf run and gobuf exec' },
    { name: 'entry', value: 'SYMBOL', help: 'where the program begins (default _rt0_amd64_linux)' },
  ],
};

/** Of one file: what is no assembly at all shall not flood the terminal. */
const MOST_ERRORS = 50;

export async function run(parsed: Parsed): Promise<number> {
  if (parsed.words.length === 0) throw new UsageError('name a file');
  const root = goRoot();
  const minor = root?.minor ?? NEWEST_MINOR;
  const checker = new Checker({ files: diskFiles, parser: await goParser(), goroot: root?.path, minor, moduleCache: moduleCache() });
  const output = parsed.text('output');
  let status = 0;
  const lines: string[] = [];
  const sources: Source[] = [];
  for (const name of parsed.words) {
    // A program says where its sources are wherever it is debugged.
    const path = slashed(output === undefined ? name : nodePath.resolve(name));
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
    sources.push({ file, importPath: packagePath(directoryOf(path), diskFiles) });
    const assembled = assemble(file, { packagePath: symbolPrefix(packagePath(directoryOf(path), diskFiles) ?? 'main'), minor });
    const errors = [...file.problems, ...assembled.problems].filter(({ severity }) => severity === 'error');
    for (const { span, message } of errors.slice(0, MOST_ERRORS)) {
      const { line, column } = positionAt(span.file, span.start);
      complain(`${span.file.path === path ? name : span.file.path}:${line + 1}:${column + 1}: ${message}`);
      status = 1;
    }
    if (errors.length > MOST_ERRORS) complain(`gobuf: ${name} has ${errors.length - MOST_ERRORS} more errors (gobuf check lists all).`);
    if (parsed.flag('list')) for (const row of listing(assembled)) lines.push(`${row.file === path ? name : row.file}:${row.line}\t${row.offset.toString(16)}\t${row.bytes}\t${row.text}`);
  }
  if (lines.length) print(`${lines.join('\n')}\n`);
  if (output === undefined || status !== 0) return status;
  const { program, problems } = assembleAndLink(sources, { minor, entry: parsed.text('entry') ?? '_rt0_amd64_linux', goVersion: `go1.${minor}` });
  for (const { span, message } of problems) {
    const { line, column } = positionAt(span.file, span.start);
    complain(`${span.file.path}:${line + 1}:${column + 1}: ${message}`);
  }
  if (!program) return 1;
  try {
    fs.writeFileSync(output, program, { mode: 0o755 });
  } catch (error) {
    throw new InputError(`${output} cannot be written: ${(error as NodeJS.ErrnoException).code ?? String(error)}.`);
  }
  return 0;
}
