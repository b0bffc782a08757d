// Makes a debugger for a guest on Node: sources from disk, Go's tree from GOROOT, a clock, and a way to let messages through.
// Must stay true: starts no other program; the guest's standard input is given beforehand or recorded as it comes, so that going back and forth is exact.
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { parseElf } from '@gobuf/emulator/elf/format';
import { loadBias } from '@gobuf/emulator/elf/load';
import { Debugger } from '../engine/debugger';
import type { GuestInput, SourceFiles } from '../engine/types';
import { openBinary } from '../symbols';
import { LONG_RUN, growNewSpace } from './host/flags';
import { modulePaths } from './host/modules';
import { startGuest } from './guest';
import type { Guest } from './guest';

export interface DebuggingOptions {
  write(fd: 1 | 2, bytes: Uint8Array, replayed: boolean): void;
  /** What the guest reads from its standard input, asked for at each start; nothing by default. `'later'`: what `provideInput` gives, and it stops when it wants more. */
  input?: GuestInput | (() => Uint8Array | 'later' | undefined);
  substitutePath?: [from: string, to: string][];
  goroot?: string;
  snapshotBytes?: number;
}

const MOST_SOURCE_BYTES = 16 << 20;

/** Text of sources that lie on this disk. */
export const diskSources: SourceFiles = {
  read(file) {
    try {
      return path.isAbsolute(file) && fs.statSync(file).size <= MOST_SOURCE_BYTES ? fs.readFileSync(file, 'utf8') : undefined;
    } catch { return undefined; }
  },
};

/** Deflate makes at most so many bytes of one. */
const MOST_OF_A_BYTE = 1032;
/** In one piece where Node's own choice is thousands, which it then copies together; no larger than the data can become, whatever a section claims. */
const oneChunk = (data: Uint8Array, size: number): zlib.ZlibOptions => ({ maxOutputLength: size, chunkSize: Math.max(1024, Math.min(size, data.length * MOST_OF_A_BYTE)) + 1024 });

/** At once, when it is wanted: handing it to other threads beforehand and waiting for them takes longer. */
const inflate = (data: Uint8Array, size: number): Uint8Array => zlib.inflateSync(data, oneChunk(data, size));

const find = (data: Uint8Array, bytes: Uint8Array, from: number): number => Buffer.from(data.buffer, data.byteOffset, data.length).indexOf(bytes, from);

export function openDebugger(guest: Guest, options: DebuggingOptions): Debugger {
  growNewSpace(LONG_RUN);
  const goroot = options.goroot ?? process.env['GOROOT'];
  // What cannot be run is not debugged either: the same sentences as gobuf run's.
  const bias = loadBias(parseElf(guest.program));
  const binary = openBinary(guest.program, { bias, name: path.basename(guest.path), inflate, find });
  const given = typeof options.input === 'function' ? undefined : options.input;
  const inputOf = (): { readInput?(length: number): Uint8Array | undefined } => {
    const input = typeof options.input === 'function' ? options.input() : undefined;
    if (given || input === 'later') return {};
    let at = 0;
    return {
      readInput(length) {
        if (!input || at >= input.length) return undefined;
        const part = input.subarray(at, at + length);
        at += part.length;
        return part;
      },
    };
  };
  return new Debugger({
    binary,
    sources: diskSources,
    createMachine: () => startGuest(guest, { write: options.write, ...inputOf() }),
    ...(given ? { input: given } : {}),
    yieldToHost: () => new Promise((resolve) => { setImmediate(resolve); }),
    now: () => performance.now(),
    sleep: (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); }),
    modulePaths: () => modulePaths(binary.buildInfo, [path.dirname(guest.path), guest.cwd]),
    ...(options.snapshotBytes === undefined ? {} : { snapshotBytes: options.snapshotBytes }),
    ...(options.substitutePath ? { substitutePath: options.substitutePath } : {}),
    ...(goroot ? { goroot } : {}),
  });
}
