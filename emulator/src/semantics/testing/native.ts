// Runs cases on the host's CPU through the compiled recorder (cpu-judge.c).
// Must stay true: the byte layout equals struct request and struct result there.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { State } from './state';
import { DEFAULT_MXCSR, ENTRY, WINDOW_SIZE } from './state';

const STATE_SIZE = 128 + 8 + 8 + 4 + 4 + 8 + 128 + 512;
const REQUEST_SIZE = STATE_SIZE + 4 + 124 + WINDOW_SIZE;
const RESULT_SIZE = STATE_SIZE + 16 + WINDOW_SIZE;

export interface Outcome {
  /** 0, or the signal: 4 SIGILL, 5 SIGTRAP, 7 SIGBUS, 8 SIGFPE, 11 SIGSEGV, 14 it never came back. */
  signal: number;
  code: number;
  address: bigint;
  state: State;
}

/** Compiles the recorder once; undefined with a reason where that is impossible. */
export function buildJudge(source: string): string | { reason: string } {
  if (process.platform !== 'linux' || process.arch !== 'x64') return { reason: 'needs x86-64 Linux' };
  const folder = join(tmpdir(), 'gobuf-cpu-judge');
  mkdirSync(folder, { recursive: true });
  const program = join(folder, 'cpu-judge');
  if (existsSync(program) && statSync(program).mtimeMs > statSync(source).mtimeMs) return program;
  const r = spawnSync('gcc', ['-O1', '-static-pie', '-fPIE', '-o', program, source], { encoding: 'utf8' });
  return r.status === 0 ? program : { reason: `gcc failed: ${r.error?.message ?? r.stderr}` };
}

function request(bytes: Uint8Array, s: State): Uint8Array {
  const out = new Uint8Array(REQUEST_SIZE), v = new DataView(out.buffer);
  for (let i = 0; i < 16; i++) v.setBigUint64(8 * i, s.gpr[i] as bigint, true);
  v.setBigUint64(128, BigInt(ENTRY), true);
  v.setBigUint64(136, BigInt(s.rflags), true);
  v.setUint32(144, s.mxcsr, true);
  v.setUint16(148, s.fcw, true);
  v.setUint16(150, s.fsw, true);
  v.setUint32(152, s.ftw, true);
  out.set(s.st, 160);
  out.set(s.ymm, 288);
  v.setUint32(STATE_SIZE, bytes.length, true);
  out.set(bytes, STATE_SIZE + 4);
  out.set(s.window, STATE_SIZE + 128);
  return out;
}

function result(b: Uint8Array): Outcome {
  const v = new DataView(b.buffer, b.byteOffset);
  const gpr = new BigUint64Array(16);
  for (let i = 0; i < 16; i++) gpr[i] = v.getBigUint64(8 * i, true);
  const sticky = v.getUint32(144, true);
  const state: State = {
    gpr, rip: Number(v.getBigUint64(128, true)), rflags: Number(v.getBigUint64(136, true) & 0xffffffffn), mxcsr: sticky || DEFAULT_MXCSR,
    fcw: v.getUint16(148, true), fsw: v.getUint16(150, true), ftw: v.getUint32(152, true),
    st: Uint8Array.from(b.subarray(160, 288)), ymm: Uint8Array.from(b.subarray(288, 800)), window: Uint8Array.from(b.subarray(STATE_SIZE + 16, STATE_SIZE + 16 + WINDOW_SIZE)),
  };
  return { signal: v.getInt32(STATE_SIZE, true), code: v.getInt32(STATE_SIZE + 4, true), address: v.getBigUint64(STATE_SIZE + 8, true), state };
}

export async function runNative(program: string, cases: readonly { bytes: Uint8Array; state: State }[]): Promise<Outcome[]> {
  const child = spawn(program, [], { stdio: ['pipe', 'pipe', 'inherit'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (c: Buffer) => chunks.push(c));
  const done = new Promise<number | null>((resolve) => child.on('close', resolve));
  child.stdin.on('error', () => undefined);
  child.stdin.setMaxListeners(0);
  child.setMaxListeners(0);
  let closed = false;
  child.once('close', () => (closed = true));
  for (const c of cases) {
    if (closed) break;
    if (child.stdin.write(request(c.bytes, c.state))) continue;
    await new Promise<void>((resolve) => {
      child.stdin.once('drain', resolve);
      child.once('close', () => resolve());
    });
  }
  child.stdin.end();
  const status = await done;
  const all = Buffer.concat(chunks);
  const out: Outcome[] = [];
  for (let at = 0; at + RESULT_SIZE <= all.length; at += RESULT_SIZE) out.push(result(all.subarray(at, at + RESULT_SIZE)));
  if (out.length < cases.length) {
    const last = cases[out.length];
    throw new Error(`the recorder died (status ${status}) at case ${out.length}: ${Buffer.from(last?.bytes ?? []).toString('hex')}`);
  }
  return out;
}
