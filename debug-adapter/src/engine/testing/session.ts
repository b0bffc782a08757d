// Debuggers on real programs for the engine's and the terminal's tests.
// Must stay true: the guest's output is kept, not printed; the same program gives the same instruction counts.

import fs from 'node:fs';
import path from 'node:path';
import { createMachine } from '@gobuf/emulator/machine';
import type { Machine } from '@gobuf/emulator/machine-types';
import { openBinary } from '../../symbols';
import { build, toolchain } from '../../testing/toolchains';
import { Debugger } from '../debugger';
import type { DebuggerOptions } from '../types';

export const PINGPONG = path.join(import.meta.dirname, '../testdata/pingpong.go');
export const hasGo = toolchain() !== undefined;

export function program(source: string, flags: readonly string[] = []): string { return build(source, toolchain()!, flags); }


export function machineOf(file: string, write: (text: string) => void = () => undefined, env: string[] = []): Machine {
  return createMachine({ program: fs.readFileSync(file), path: `/program/${path.basename(file)}`, args: [], env, cwd: '/program', host: { write: (_fd, bytes, replayed) => { if (!replayed) write(new TextDecoder().decode(bytes)); } } });
}

export interface TestSession { debug: Debugger; output(): string }

export function debuggerOf(file: string, options: Partial<DebuggerOptions> = {}): TestSession {
  let output = '';
  const debug = new Debugger({
    binary: openBinary(fs.readFileSync(file)), createMachine: () => machineOf(file, (text) => { output += text; }),
    sources: { read: (source) => { try { return fs.readFileSync(source, 'utf8'); } catch { return undefined; } } },
    yieldToHost: () => new Promise((resolve) => { setImmediate(resolve); }), now: () => performance.now(), ...options,
  });
  return { debug, output: () => output };
}
