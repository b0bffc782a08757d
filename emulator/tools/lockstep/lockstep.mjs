// Compares the emulator with the host's CPU, register by register, over a real program up to its first clone.
// usage: node emulator/tools/lockstep/lockstep.mjs PROGRAM [MAX] — needs gcc, x86-64 Linux and ptrace. Exit status 1 on the first difference.
// Records of the native side: M address length bytes (memory given by the kernel), then I, S, C or X (entry, instruction, system call,
// CPUID and the like) with 16 registers, RIP, RFLAGS, FS base, XMM, upper YMM halves, MXCSR.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const here = path.dirname(fileURLToPath(import.meta.url));
const [program, max = '400000'] = process.argv.slice(2);
if (!program) { console.error('usage: lockstep.mjs PROGRAM [MAX]'); process.exit(2); }
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'lockstep-'));
execFileSync('gcc', ['-O2', '-o', path.join(dir, 'trace'), path.join(here, 'trace.c')]);
await build({ entryPoints: [path.join(here, '../../src/machine.ts')], bundle: true, format: 'esm', platform: 'node', outfile: path.join(dir, 'machine.mjs'), logLevel: 'error' });
const { createMachine } = await import(pathToFileURL(path.join(dir, 'machine.mjs')));

const machine = createMachine({ program: new Uint8Array(fs.readFileSync(program)), path: program, args: [], env: [], host: {} });
const { kernel, cpu } = machine, { space } = kernel;
const NAMES = ['rax', 'rcx', 'rdx', 'rbx', 'rsp', 'rbp', 'rsi', 'rdi', 'r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15', 'rip'];
const STATUS = 0x8d5, AF = 0x10;
const RECORD = 19 * 8 + 512 + 4;

function symbol(address) {
  try { return execFileSync('go', ['tool', 'addr2line', program], { input: `0x${address.toString(16)}\n` }).toString().replace('\n', ' ').trim(); } catch { return ''; }
}

function load(view, at) {
  const r = kernel.registers;
  for (let i = 0; i < 16; i++) r.setGpr64(i, view.getBigUint64(at + i * 8, true));
  r.rip = Number(view.getBigUint64(at + 128, true));
  r.rflags = (Number(view.getBigUint64(at + 136, true)) & 0xcd5) | 0x202;
  r.fsBase = Number(view.getBigUint64(at + 144, true));
}

/** Mapping calls are done at the native addresses. */
function mapping(before, result) {
  const [rax, rdi, rsi, rdx, r10] = before.map(Number);
  if (result < 0 && result > -4096) return;
  if (rax === 9) space.map({ start: result, end: result + Math.ceil(rsi / 4096) * 4096, protection: rdx & 7, name: '', shared: false });
  else if (rax === 11) space.unmap(rdi, rdi + Math.ceil(rsi / 4096) * 4096);
  else if (rax === 10) space.protect(rdi, rdi + Math.ceil(rsi / 4096) * 4096, rdx & 7);
  else if (rax === 28 && rdx === 4) space.discard(rdi, rdi + Math.ceil(rsi / 4096) * 4096);
  void r10;
}

let count = 0, flagDifferences = new Map();
function compare(view, at, bytes) {
  const r = kernel.registers, here0 = Number(rip);
  const problems = [];
  for (let i = 0; i < 17; i++) {
    const native = view.getBigUint64(at + i * 8, true), ours = i < 16 ? r.gpr64(i) : BigInt(r.rip);
    if (native !== ours) problems.push(`${NAMES[i]}: native ${native.toString(16)}, here ${ours.toString(16)}`);
  }
  const xmm = r.bytes(0x140, 256), high = r.bytes(0x240, 256);
  for (let i = 0; i < 512; i++) {
    const ours = i < 256 ? xmm[i] : high[i - 256];
    if (ours !== bytes[at + 152 + i]) { const n = (i & 255) >> 4, from = at + 152 + (i & ~15); problems.push(`${i < 256 ? 'xmm' : 'ymm high '}${n}: native ${Buffer.from(bytes.subarray(from, from + 16)).toString('hex')}, here ${Buffer.from((i < 256 ? xmm : high).subarray(n * 16, n * 16 + 16)).toString('hex')}`); i |= 15; }
  }
  const flags = Number(view.getBigUint64(at + 136, true)), difference = (flags ^ r.rflags) & STATUS;
  if (difference) {
    const code = Buffer.from(space.peek(here0, 8)).toString('hex');
    const key = code.slice(0, 6);
    if (!flagDifferences.has(key)) flagDifferences.set(key, { difference, at: here0, code });
    if (difference !== AF) r.rflags = (r.rflags & ~STATUS) | (flags & STATUS);
    else r.rflags = (r.rflags & ~STATUS) | (flags & STATUS);
  }
  if (process.env.SHOW && count >= Number(process.env.SHOW)) console.log(count, here0.toString(16), Buffer.from(space.peek(here0, 8)).toString("hex"), symbolOf(r));
  if (problems.length === 0) return;
  console.log(`instruction ${count} at 0x${here0.toString(16)} ${symbol(here0)}\n  bytes ${Buffer.from(space.peek(here0, 15)).toString('hex')}\n  ${problems.join('\n  ')}`);
  child.kill();
  report();
  process.exit(1);
}

function report() {
  for (const { difference, at, code } of flagDifferences.values()) console.log(`flags ${difference.toString(16)} differ after ${code} at 0x${at.toString(16)} (undefined ones are expected)`);
  console.log(`${count} instructions compared`);
}

const symbolOf = (r) => NAMES.slice(0, 16).map((n, i) => `${n}=${r.gpr64(i).toString(16)}`).join(" ");
let rip = 0;
const child = spawn(path.join(dir, 'trace'), [max, program]);
let buffer = Buffer.alloc(0), pending = [];
function consume() {
  let at = 0;
  while (at < buffer.length) {
    const kind = String.fromCharCode(buffer[at]);
    const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
    if (kind === 'M') {
      if (buffer.length - at < 17) break;
      const address = Number(view.getBigUint64(at + 1, true)), length = Number(view.getBigUint64(at + 9, true));
      if (buffer.length - at < 17 + length) break;
      pending.push([address, new Uint8Array(buffer.subarray(at + 17, at + 17 + length))]);
      at += 17 + length;
      continue;
    }
    if (buffer.length - at < 1 + RECORD) break;
    const start = at + 1;
    at += 1 + RECORD;
    rip = kernel.registers.rip;
    if (kind === 'I') load(view, start);
    else if (kind === 'X') load(view, start);
    else if (kind === 'C') {
      const r = kernel.registers;
      mapping([r.gpr64(0), r.gpr64(7), r.gpr64(6), r.gpr64(2), r.gpr64(10)].map((v) => BigInt.asIntN(64, v)), Number(view.getBigInt64(start, true)));
      load(view, start);
    } else {
      const exit = cpu.step();
      if (exit.kind !== 'budget' && cpu.retired !== 1) console.log(`exit ${JSON.stringify(exit, (_, v) => (typeof v === 'bigint' ? String(v) : v))} at 0x${rip.toString(16)}`);
      compare(view, start, buffer);
    }
    for (const [address, bytes] of pending) space.poke(address, bytes);
    pending = [];
    count++;
  }
  buffer = buffer.subarray(at);
}
child.stdout.on('data', (data) => { buffer = Buffer.concat([buffer, data]); consume(); });
child.on('close', () => { report(); fs.rmSync(dir, { recursive: true }); });
