// `gobuf check`: diagnostics of assembly files, as text or as JSON lines; folders are searched.
// Must stay true: exit status 1 exactly if an error was found or a file could not be read; only --tools starts another program.
import fs from 'node:fs';
import path from 'node:path';
import { Checker } from '@gobuf/server/analysis/check';
import { beside } from '@gobuf/server/diagnostics/tools';
import { positionAt } from '@gobuf/server/syntax/source';
import { NEWEST_MINOR } from '@gobuf/server/workspace/goroot';
import { goParser } from '../host/go-parser';
import { goTools } from '../host/go-tools';
import { complain, print } from '../host/output';
import { packageStore } from '../host/package-store';
import { diskFiles, goRoot, moduleCache, slashed } from '../host/sources';
import { UsageError, type CommandSpec, type Parsed } from '../options';

export const spec: CommandSpec = {
  name: 'check',
  summary: 'Checks Go assembly: syntax, macros, labels, and what `go vet` says of declarations and the frame pointer; each file for its own GOOS and GOARCH.',
  usage: '[--json] [--tools] FILE|DIR…',
  options: [{ name: 'json', help: 'one line of JSON per finding: file, line, col, severity, code, message' }, { name: 'tools', help: 'also ask go tool asm and go vet, for the GOOS and GOARCH of each file, and show what only they find' }],
};

export async function run(parsed: Parsed): Promise<number> {
  if (parsed.words.length === 0) throw new UsageError('name a file or a directory');
  const root = goRoot();
  const checker = new Checker({ files: diskFiles, parser: await goParser(), goroot: root?.path, minor: root?.minor ?? NEWEST_MINOR, moduleCache: moduleCache(), store: packageStore(__filename) });
  let status = 0;
  const tools = parsed.flag('tools') ? goTools(root?.path, () => { complain('gobuf: the go command is not here, so its tools were not asked.'); status = 1; }) : undefined;
  for (const name of parsed.words.flatMap(assemblyIn)) {
    const text = diskFiles.read(name);
    if (text === undefined) {
      complain(`gobuf: cannot read ${name}.`);
      status = 1;
      continue;
    }
    const { file: read, problems } = checker.check(slashed(name), text);
    const findings = tools ? await tools(checker.forTools(read)) : [];
    for (const { span, severity, code, message } of [...problems, ...beside(problems, findings, read.source)]) {
      const { line, column } = positionAt(span.file, span.start);
      if (severity === 'error') status = 1;
      const file = span.file.path === slashed(name) ? name : span.file.path;
      print(parsed.flag('json') ? `${JSON.stringify({ file, line: line + 1, col: column + 1, severity, code, message })}\n` : `${file}:${line + 1}:${column + 1}: ${severity === 'error' ? '' : `${severity}: `}${message} (${code})\n`);
    }
  }
  return status;
}

/** The file itself, or the .s files of a folder and those below it. */
function assemblyIn(name: string): string[] {
  if (!fs.statSync(name, { throwIfNoEntry: false })?.isDirectory()) return [name];
  const entries = fs.readdirSync(name, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    if (entry.isDirectory()) return entry.name === 'testdata' || /^[._]/.test(entry.name) ? [] : assemblyIn(path.join(name, entry.name));
    return entry.name.endsWith('.s') ? [path.join(name, entry.name)] : [];
  });
}
