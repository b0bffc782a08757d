// `gobuf fmt`: the formatter for Go assembly, with gofmt's flags.
// Must stay true: a file is written whole or not at all; one that cannot be formatted is named with its reason and left as it is.
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { structuredPatch } from 'diff';
import { format, FormatError } from '@gobuf/server/format/format';
import { complain, print } from '../host/output';
import { UsageError, type CommandSpec, type Parsed } from '../options';

export const spec: CommandSpec = {
  name: 'fmt',
  summary: 'Formats Go assembly; without a flag the result goes to stdout. Without FILE it reads stdin.',
  usage: '[-l] [-d] [-w] [FILE…]',
  options: [
    { name: 'list', short: 'l', help: 'name the files whose formatting differs' },
    { name: 'diff', short: 'd', help: 'show the difference instead of the result' },
    { name: 'write', short: 'w', help: 'write the result to the file' },
  ],
};

export function run(parsed: Parsed): number {
  if (parsed.words.length === 0) {
    if (parsed.flag('write')) throw new UsageError('-w needs a file');
    return one('<stdin>', fs.readFileSync(0, 'utf8'), parsed);
  }
  let status = 0;
  for (const name of parsed.words) {
    let text: string;
    try {
      text = fs.readFileSync(name, 'utf8');
    } catch {
      complain(`gobuf: cannot read ${name}.`);
      status = 1;
      continue;
    }
    status = Math.max(status, one(name, text, parsed));
  }
  return status;
}

function one(name: string, text: string, parsed: Parsed): number {
  let formatted: string;
  try {
    formatted = format(text);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    complain(`${name}: ${error.message}.`);
    return 1;
  }
  const [list, diff, write] = [parsed.flag('list'), parsed.flag('diff'), parsed.flag('write')];
  if (!list && !diff && !write) { print(formatted); return 0; }
  if (formatted === text) return 0;
  if (list) print(`${name}\n`);
  if (diff) print(unified(name, text, formatted));
  if (write) {
    try {
      replaceFile(name, formatted);
    } catch (error) {
      complain(`gobuf: cannot write ${name}: ${(error as NodeJS.ErrnoException).code ?? 'unknown error'}.`);
      return 1;
    }
  }
  return 0;
}

function unified(name: string, before: string, after: string): string {
  const { hunks } = structuredPatch(`${name}.orig`, name, before, after);
  const lines = hunks.flatMap((hunk) => [`@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`, ...hunk.lines]);
  return [`diff ${name}.orig ${name}`, `--- ${name}.orig`, `+++ ${name}`, ...lines, ''].join('\n');
}

/** Through a file beside it, so that a crash or a full disk cannot leave half a file; a link's target is replaced, not the link. */
function replaceFile(name: string, text: string): void {
  const target = fs.realpathSync(name);
  const { mode } = fs.statSync(target);
  const beside = path.join(path.dirname(target), `.${path.basename(target)}.${randomBytes(4).toString('hex')}`);
  try {
    fs.writeFileSync(beside, text, { mode });
    fs.renameSync(beside, target);
  } catch (error) {
    fs.rmSync(beside, { force: true });
    throw error;
  }
}
