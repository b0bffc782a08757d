// A program in a browser's worker: an executable that was sent, or assembly that the bundled assembler makes one of, under the debugger.
// Must stay true: what needs the go command is refused with a sentence that says what to do instead.
import { createMachine } from '@gobuf/emulator/machine';
import { parseElf } from '@gobuf/emulator/elf/format';
import { loadBias } from '@gobuf/emulator/elf/load';
import { Checker } from '@gobuf/server/analysis/check';
import { assembleAndLink } from '@gobuf/server/assembler/package';
import type { GoParser } from '@gobuf/server/golang/syntax-tree';
import { positionAt } from '@gobuf/server/syntax/source';
import { directoryOf } from '@gobuf/server/workspace/files';
import { NEWEST_MINOR } from '@gobuf/server/workspace/goroot';
import { packagePath } from '@gobuf/server/workspace/package-path';
import type { LaunchArguments } from '../dap/protocol';
import { Debugger } from '../engine/debugger';
import { openBinary } from '../symbols';
import type { MemoryFiles } from './files';

const ENTRY = '_rt0_amd64_linux';

/** A program of a folder's assembly for linux/amd64. */
function assembled(folder: string, files: MemoryFiles, parser: GoParser): Uint8Array {
  const checker = new Checker({ files: files.sources, parser, goroot: undefined, minor: NEWEST_MINOR, moduleCache: undefined });
  const names = (files.list(folder) ?? []).filter((name) => name.endsWith('.s'));
  if (names.length === 0) throw new Error(`${folder} holds no assembly. VS Code in a browser has no go command: build the package for linux/amd64 and name the executable in "program".`);
  const sources = names.map((name) => `${folder}/${name}`).map((path) => ({ file: checker.read(path, files.text(path) ?? ''), importPath: packagePath(folder, files.sources) }));
  const { program, problems } = assembleAndLink(sources.filter(({ file }) => file.arch.family === 'amd64'), { minor: NEWEST_MINOR, entry: ENTRY, goVersion: `go1.${NEWEST_MINOR}` });
  const [first] = problems;
  if (program) return program;
  if (!first) throw new Error(`${folder} could not be linked.`);
  const { line, column } = positionAt(first.span.file, first.span.start);
  throw new Error(`${first.span.file.path}:${line + 1}:${column + 1}: ${first.message} (with no go command here, the folder's assembly has to be a whole program that begins at ${ENTRY})`);
}

/** Lets messages through; a timer would be slowed down by browsers. */
function yieldToHost(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    (port1 as unknown as { onmessage: () => void }).onmessage = () => { port1.close(); resolve(); };
    port2.postMessage(undefined);
  });
}

export function openProgram(launch: LaunchArguments, files: MemoryFiles, parser: GoParser, write: (fd: 1 | 2, bytes: Uint8Array, replayed: boolean) => void): Debugger {
  if (launch.mode === 'text' || launch.mode === 'test') throw new Error(`The mode ${launch.mode} needs VS Code on a computer: in a browser gobuf runs executables and whole programs of assembly.`);
  const given = files.bytes(launch.program);
  const folder = given ? directoryOf(launch.program) : launch.program.replace(/\/$/, '');
  const program = given && !/\.(s|go)$/.test(launch.program) ? given : assembled(folder, files, parser);
  const path = given ? launch.program : `${folder}/program`;
  const binary = openBinary(program, { bias: loadBias(parseElf(program)), name: path.slice(path.lastIndexOf('/') + 1) });
  const input = launch.input === undefined ? undefined : new TextEncoder().encode(launch.input);
  const makeInput = (): ((length: number) => Uint8Array | undefined) => {
    let at = 0;
    return (length) => {
      const part = (input ?? new Uint8Array(0)).subarray(at, at + length);
      at += part.length;
      return part.length > 0 ? part : undefined;
    };
  };
  return new Debugger({
    binary,
    sources: { read: (file) => files.text(file) },
    createMachine: () => createMachine({
      program, path, args: launch.args ?? [], cwd: launch.cwd ?? folder, goamd64: launch.goamd64 ?? 'v3',
      env: Object.entries(launch.env ?? {}).filter((entry): entry is [string, string] => entry[1] !== null).map(([name, value]) => `${name}=${value}`),
      ...(launch.seed === undefined ? {} : { seed: launch.seed }),
      ...(launch.procs === undefined ? {} : { procs: launch.procs }),
      host: { write, files: files.guest, ...(input === undefined && launch.console === 'internalConsole' ? {} : { readInput: makeInput() }) },
    }),
    yieldToHost,
    now: () => performance.now(),
    sleep: (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); }),
    ...(launch.snapshotMemory === undefined ? {} : { snapshotBytes: launch.snapshotMemory * 2 ** 20 }),
    ...(launch.substitutePath ? { substitutePath: launch.substitutePath.map(({ from, to }): [string, string] => [to, from]) } : {}),
  });
}
