// `gobuf exec --text`: calls one TEXT function with values, runs a table of test vectors, or opens a session at its first instruction.
// Must stay true: status 0 only if every call kept to its rules and gave what the table says.
import fs from 'node:fs';
import path from 'node:path';
import type { Guest } from './guest';
import { complain, print } from './host/output';
import { InputError, UsageError, type OptionSpec, type Parsed } from './options';
import { runSession } from './session';
import { buildCall, call, goVariable, neighbours, openText, unknownVariables, type Outcome, type TextFunction } from './text-function';

export const TEXT_OPTIONS: OptionSpec[] = [
  { name: 'text', value: '·FUNC', help: 'one TEXT function of the named .s files, assembled here, instead of a program' },
  { name: 'args', value: 'VALUES', help: 'its arguments: 1, -2, 0x1f, 2.5, 1-2i, true, "text", hex(00ff), [1 2 3], make(64), nil, {1, 2}; a pointer is written as what it points to; dst, dst[2:5], &dst[3] point into the memory of an earlier argument dst' },
  { name: 'vectors', value: 'FILE', help: 'a table, a row a line: VALUES => RESULTS; NAME = VALUE, where NAME is a result or a slice as it is afterwards' },
  { name: 'set', value: 'NAME=VALUE', repeatable: true, help: 'a Go variable that the function reads (·useAVX2=1); without it such variables are 0' },
  { name: 'hex', help: 'with --text: integers and bytes are shown in hexadecimal, bytes as hex(00ff)' },
  { name: 'step', help: 'with --text: a session at the function\'s first instruction, also where the input is no terminal' },
];

export const TEXT_NOTES = ['With --text arguments have the types of the function\'s Go declaration beside the .s file; without one they are words of the frame, as long as the TEXT line says.'];

export async function runText(parsed: Parsed): Promise<number> {
  const [first] = parsed.words;
  const beside = first === undefined ? [] : neighbours(path.resolve(first)).filter((each) => !parsed.words.some((word) => path.resolve(word) === path.resolve(each)));
  const fn = await openText(parsed.text('text') ?? '', parsed.words, beside);
  const variables = new Map(parsed.list('set').map((given) => variable(given, fn)));
  if (fn.undeclared) complain(`gobuf: no Go declaration of ${fn.name} was found: its arguments are ${fn.parameters.length} words.`);
  const unknown = unknownVariables(fn, variables);
  if (unknown) complain(`gobuf: ${unknown} (--set NAME=VALUE).`);
  const vectors = parsed.text('vectors');
  if (vectors !== undefined) {
    if (parsed.flag('args')) throw new UsageError('--args and --vectors exclude each other');
    return runVectors(fn, vectors, variables);
  }
  const built = buildCall(fn, parsed.text('args') ?? '', variables);
  const outcome = call(fn, built, { hex: parsed.flag('hex') });
  show(fn, outcome);
  const interactive = parsed.flag('step') || parsed.flag('init') || (process.stdin.isTTY === true && process.stdout.isTTY === true);
  if (!interactive) return outcome.problems.length ? 1 : 0;
  const file = path.resolve(first ?? '.');
  const guest: Guest = { path: file, program: built.program, args: [], env: [], cwd: process.cwd(), readable: [], goamd64: 'v4', cache: false };
  return runSession(guest, parsed, { before: [`break ${fn.name}`, 'continue'] });
}

function variable(given: string, fn: TextFunction): [string, bigint] {
  const [name = '', value = ''] = given.split('=');
  let found: string;
  try {
    found = goVariable(fn, name);
  } catch (error) {
    throw error instanceof InputError ? new UsageError(`--set ${given}: ${error.message}`) : error;
  }
  try {
    return [found, BigInt(value)];
  } catch {
    throw new UsageError(`--set ${given}: ${value || 'nothing'} is not a number`);
  }
}

function show(fn: TextFunction, { instructions, results, memory, problems }: Outcome): void {
  for (const { name, value } of [...results, ...memory]) print(`${name} = ${value}\n`);
  for (const problem of problems) complain(`gobuf: ${problem}.`);
  print(`${fn.name}: ${instructions} instructions\n`);
}

function runVectors(fn: TextFunction, file: string, variables: ReadonlyMap<string, bigint>): number {
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch (error) {
    throw new InputError(`${file}, which --vectors names, cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}.`);
  }
  let passed = 0, total = 0, failed: string | undefined;
  text.split('\n').forEach((line, i) => {
    const row = line.trim();
    if (row === '' || row.startsWith('#')) return;
    total++;
    // Not the arrow in a text.
    const [, args = '', expected] = /^((?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|(?!=>)[^"'])*)=>(.*)$/su.exec(row) ?? [];
    if (expected === undefined) {
      print(`FAIL ${file}:${i + 1}: a row is VALUES => RESULTS\n`);
      return;
    }
    try {
      const outcome = call(fn, buildCall(fn, args.trim(), variables), { expected });
      const wrong = [...outcome.problems, ...outcome.wrong];
      if (wrong.length === 0) passed++;
      else failed ??= args.trim();
      print(`${wrong.length ? 'FAIL' : 'ok  '} ${String(outcome.instructions).padStart(8)} instructions  ${row}${wrong.length ? `: ${wrong.join('; ')}` : ''}\n`);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      print(`FAIL ${file}:${i + 1}: ${error.message}\n`);
    }
  });
  if (failed !== undefined) complain(`gobuf: --args '${failed.replaceAll("'", "'\\''")}' --step instead of --vectors steps the first row that failed.`);
  print(`vectors: ${passed} of ${total} pass\n`);
  return passed === total && total > 0 ? 0 : 1;
}
