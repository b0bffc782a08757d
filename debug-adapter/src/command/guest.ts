// The guest as a command line or a launch request describes it, and the host services it gets.
// Must stay true: nothing of the host reaches the guest but what is named here (program's folder, --dir, --read, environment).
import fs from 'node:fs';
import path from 'node:path';
import type { FileBytes } from '@gobuf/emulator/elf/file-bytes';
import { createMachine } from '@gobuf/emulator/machine';
import type { Host, Machine } from '@gobuf/emulator/machine-types';
import { cacheFolder, diskCache } from './host/cache';
import { v8Engine } from './host/engine';
import { confinedFiles } from './host/files';
import { openProgramFile } from './host/program-file';
import { InputError, UsageError } from './options';
import type { OptionSpec, Parsed } from './options';

const LEVELS = ['v1', 'v2', 'v3', 'v4'] as const;
const MEBIBYTE = 2 ** 20;

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
  /** Absolute. */
  path: string;
  program: FileBytes;
  args: string[];
  /** `K=V`. */
  env: string[];
  cwd: string;
  /** Folders it may read, besides its program's own. */
  readable: string[];
  goamd64: (typeof LEVELS)[number];
  seed?: number;
  procs?: number;
  memoryBytes?: number;
  instructions?: number;
  cache: boolean;
}

/** A fresh guest before its first instruction. */
export function startGuest(guest: Guest, host: Omit<Host, 'files'>): Machine {
  const { path: file, program, args, env, cwd, goamd64, seed, procs, memoryBytes, instructions } = guest;
  return createMachine({
    program, path: file, args, env, cwd, goamd64,
    ...(seed === undefined ? {} : { seed }),
    ...(procs === undefined ? {} : { procs }),
    limits: { ...(memoryBytes === undefined ? {} : { memoryBytes }), ...(instructions === undefined ? {} : { instructions }) },
    ...(guest.cache ? { cache: diskCache(cacheFolder()) } : {}),
    engine: v8Engine(),
    host: { ...host, files: confinedFiles([path.dirname(file), ...guest.readable]) },
  });
}

/** A program's file, open; InputError with one sentence where there are none. */
export function readProgram(name: string): { path: string; program: FileBytes } {
  const file = path.resolve(name);
  try {
    if (fs.statSync(file).isDirectory()) throw new InputError(`${name} is a directory, not a program.`);
    return { path: file, program: openProgramFile(file) };
  } catch (error) {
    if (error instanceof InputError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    const why = { ENOENT: 'there is no such file', EACCES: 'reading it is not allowed', ENOTDIR: 'there is no such file', ERR_FS_FILE_TOO_LARGE: 'it is too large' }[code ?? ''] ?? code ?? String(error);
    throw new InputError(`${name} cannot be read: ${why}.`);
  }
}

/** The one word that names the program. */
export function programWord(parsed: Parsed): string {
  const [name, ...others] = parsed.words;
  if (name === undefined) throw new UsageError('name a program');
  if (others.length > 0) throw new UsageError(`one program, not ${parsed.words.length}: arguments of the program come after --`);
  return name;
}

/** Everything that the options and words of a command line say about the guest. */
export function guestOf(parsed: Parsed, name = programWord(parsed)): Guest {
  const seed = parsed.number('seed'), procs = parsed.number('procs', 1);
  const memory = parsed.number('max-memory', 1), instructions = parsed.number('max-instructions', 1);
  const goamd64 = LEVELS.find((each) => each === (parsed.text('goamd64') ?? 'v3'));
  if (!goamd64) throw new UsageError(`--goamd64 is one of ${LEVELS.join(', ')}`);
  for (const variable of parsed.list('env')) if (!/^[^=]+=/.test(variable)) throw new UsageError(`--env needs K=V, not ${JSON.stringify(variable)}`);
  const folders = (option: string): string[] => parsed.list(option).map((given) => {
    const full = path.resolve(given);
    if (!fs.statSync(full, { throwIfNoEntry: false })?.isDirectory()) throw new UsageError(`--${option} ${given} is not a directory`);
    return full;
  });
  const dirs = folders('dir'), readable = folders('read');
  const cwd = dirs[0] ?? process.cwd();
  return {
    ...readProgram(name), args: parsed.rest ?? [], env: environment(parsed.list('env'), cwd), cwd, readable: [...dirs, ...readable], goamd64, cache: !parsed.flag('no-cache'),
    ...(seed === undefined ? {} : { seed }),
    ...(procs === undefined ? {} : { procs }),
    ...(memory === undefined ? {} : { memoryBytes: memory * MEBIBYTE }),
    ...(instructions === undefined ? {} : { instructions }),
  };
}

/** This process's environment, gobuf's own variables excepted; `extra` wins. */
function environment(extra: readonly string[], cwd: string): string[] {
  const variables = new Map(Object.entries(process.env).filter(([name, value]) => value !== undefined && !name.startsWith('GOBUF')));
  // A PWD that names another folder than --dir would be believed by some programs.
  if (variables.has('PWD')) variables.set('PWD', cwd);
  for (const variable of extra) variables.set(variable.slice(0, variable.indexOf('=')), variable.slice(variable.indexOf('=') + 1));
  return [...variables].map(([name, value]) => `${name}=${value}`);
}
