// What `run`, `trace`, `exec` and the others have in common: the options that describe the guest, and the host services it gets.
// Must stay true: nothing of the host reaches the guest but what is named here (program's folder, --dir, --read, environment).
import fs from 'node:fs';
import path from 'node:path';
import { createMachine } from '@gobuf/emulator/machine';
import type { Host, Machine, MachineOptions } from '@gobuf/emulator/machine-types';
import { cacheFolder, diskCache } from './host/cache';
import { confinedFiles } from './host/files';
import { InputError, UsageError } from './options';
import type { OptionSpec, Parsed } from './options';

const LEVELS = ['v1', 'v2', 'v3', 'v4'] as const;

export const GUEST_OPTIONS: OptionSpec[] = [
  { name: 'seed', value: 'N', help: 'seed of the guest\'s random numbers (default 0)' },
  { name: 'procs', value: 'N', help: 'processors the guest sees (default 4)' },
  { name: 'goamd64', value: 'LEVEL', help: 'what its CPUID answers: v1, v2, v3 (default) or v4' },
  { name: 'dir', value: 'DIR', help: 'the guest\'s working directory, readable (default: the current one)' },
  { name: 'read', value: 'DIR', repeatable: true, help: 'a further folder that the guest may read' },
  { name: 'env', value: 'K=V', repeatable: true, help: 'a variable of the guest\'s, besides those of this process' },
  { name: 'no-cache', help: 'neither use nor keep translated code' },
  { name: 'max-memory', value: 'MIB', help: 'stop a guest that maps more memory than this' },
  { name: 'max-instructions', value: 'N', help: 'stop a guest that executes more instructions than this' },
];

export const GUEST_NOTES = [
  'The guest reads its program\'s own folder, DIR of --dir and --read, and a private /tmp in memory; it writes only to that /tmp.',
  'Translated code is kept in the folder that the environment variable GOBUF_CACHE names, by default the user\'s cache folder.',
];

export interface Guest {
  /** Absolute path. */
  path: string;
  program: Uint8Array;
  args: string[];
  start(host: Host): Machine;
}

/** The one program that `words` names, read. */
export function readProgram(words: readonly string[]): { path: string; program: Uint8Array } {
  if (words.length === 0) throw new UsageError('name a program');
  if (words.length > 1) throw new UsageError(`one program, not ${words.length}: arguments of the program come after --`);
  const file = path.resolve(words[0]!);
  try {
    if (fs.statSync(file).isDirectory()) throw new InputError(`${words[0]} is a directory, not a program.`);
    return { path: file, program: fs.readFileSync(file) };
  } catch (error) {
    if (error instanceof InputError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    const why = { ENOENT: 'there is no such file', EACCES: 'reading it is not allowed', ENOTDIR: 'there is no such file', ERR_FS_FILE_TOO_LARGE: 'it is too large' }[code ?? ''] ?? code ?? String(error);
    throw new InputError(`${words[0]} cannot be read: ${why}.`);
  }
}

/** Everything the options and words of a command line say about the guest. */
export function guest(parsed: Parsed, found = readProgram(parsed.words)): Guest {
  const seed = parsed.number('seed'), procs = parsed.number('procs', 1);
  const level = LEVELS.find((each) => each === (parsed.text('goamd64') ?? 'v3'));
  if (!level) throw new UsageError(`--goamd64 is one of ${LEVELS.join(', ')}`);
  for (const variable of parsed.list('env')) if (!/^[^=]+=/.test(variable)) throw new UsageError(`--env needs K=V, not ${JSON.stringify(variable)}`);
  const folder = (name: string) => (given: string): string => {
    const full = path.resolve(given);
    if (!fs.statSync(full, { throwIfNoEntry: false })?.isDirectory()) throw new UsageError(`--${name} ${given} is not a directory`);
    return full;
  };
  const dirs = parsed.list('dir').map(folder('dir')), readable = parsed.list('read').map(folder('read'));
  const cwd = dirs[0] ?? process.cwd();
  const memory = parsed.number('max-memory', 1), instructions = parsed.number('max-instructions', 1);
  const files = confinedFiles([path.dirname(found.path), ...dirs, ...readable]);
  const options: Omit<MachineOptions, 'host'> = {
    ...found,
    args: parsed.rest ?? [],
    env: environment(parsed.list('env'), cwd),
    cwd,
    goamd64: level,
    ...(seed === undefined ? {} : { seed }),
    ...(procs === undefined ? {} : { procs }),
    limits: { ...(memory === undefined ? {} : { memoryBytes: memory * 2 ** 20 }), ...(instructions === undefined ? {} : { instructions }) },
    ...(parsed.flag('no-cache') ? {} : { cache: diskCache(cacheFolder()) }),
  };
  return { ...found, args: options.args, start: (host) => createMachine({ ...options, host: { files, ...host } }) };
}

/** This process's environment, gobuf's own variables excepted; `extra` wins. */
function environment(extra: readonly string[], cwd: string): string[] {
  const variables = new Map(Object.entries(process.env).filter(([name, value]) => value !== undefined && !name.startsWith('GOBUF')));
  // PWD would betray a --dir that differs from it.
  if (variables.has('PWD')) variables.set('PWD', cwd);
  for (const variable of extra) variables.set(variable.slice(0, variable.indexOf('=')), variable.slice(variable.indexOf('=') + 1));
  return [...variables].map(([name, value]) => `${name}=${value}`);
}
