// The CPU as judge, from the command line: makes fresh random cases of table rows, runs them on this machine's CPU and in the emulator, and
// prints where they differ. Must stay true: exit status 0 only if nothing differs.
//
//   node emulator/tools/fuzz-cpu.mjs [NAME… | /REGEXP/ | FEATURE:SSE2] [--cases N] [--seed N] [--sequences N] [--length N] [--verbose] [--missing]

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import v8 from 'node:v8';
import { decode as decodeAt } from '../src/x86/decoder';
import { allRows } from '../src/x86/table';
import type { InstructionRow } from '../src/x86/table';
import { notExecutable } from '../src/semantics/not-executable';
import { differsByMaker, notJudged, restartable, undefinedFor } from '../src/semantics/testing/excluded';
import { formatCase } from '../src/semantics/testing/format';
import type { Case } from '../src/semantics/testing/generate';
import { makeCase } from '../src/semantics/testing/generate';
import { buildJudge, runNative } from '../src/semantics/testing/native';
import { FLAG_BITS, Harness, interpreting, padded, translating } from '../src/semantics/testing/replay';
import { followers, makeSequence } from '../src/semantics/testing/sequence';
import { hex } from '../src/semantics/testing/state';
import { relaxedSimdFlags } from '../src/wasm/relaxed-simd-flags';

for (const flag of relaxedSimdFlags(process.versions.v8)) v8.setFlagsFromString(flag);

const args = process.argv.slice(2);
const option = (name: string, fallback: number): number => {
  const i = args.indexOf(name);
  return i < 0 ? fallback : Number(args.splice(i, 2)[1]);
};
const flag = (name: string): boolean => {
  const i = args.indexOf(name);
  if (i >= 0) args.splice(i, 1);
  return i >= 0;
};
const cases = option('--cases', 20), seed = option('--seed', (Date.now() & 0xffffff) >>> 0), sequences = option('--sequences', 0), length = option('--length', 6);
const verbose = flag('--verbose'), showMissing = flag('--missing'), record = flag('--record');
const limit = option('--show', 3);

const matches = (row: InstructionRow): boolean =>
  args.length === 0 ||
  args.some((a) => (a.startsWith('/') ? new RegExp(a.slice(1, -1)).test(row.name) : a.startsWith('FEATURE:') ? row.feature === a.slice(8) : row.name === a.toUpperCase()));

const decode = (bytes: Uint8Array, address: number): ReturnType<typeof decodeAt> => decodeAt(bytes, 0, address);
const judge = buildJudge(join(process.env['GOBUF_TOOLS'] ?? 'emulator/tools', 'cpu-judge.c'));
if (typeof judge !== 'string') {
  console.error(`fuzz-cpu: ${judge.reason}`);
  process.exit(2);
}
// A processor judges what it has, and of what makers do in their own ways only Intel's.
const facts = existsSync('/proc/cpuinfo') ? readFileSync('/proc/cpuinfo', 'utf8') : '', intel = !/vendor_id\s*: (?!GenuineIntel)/.test(facts), vnni = /\bavx_vnni\b/.test(facts);
const here = (row: InstructionRow): boolean => (intel || !differsByMaker(row)) && (vnni || row.feature !== 'AVX_VNNI');
const rows = allRows().filter((r) => matches(r) && here(r) && !notJudged(r) && (args.length > 0 || !notExecutable(r)) && !r.encoding.startsWith('EVEX'));
let harness = new Harness(translating), interpreter = new Harness(interpreting), used = 0;
let failures = 0, passed = 0;
const failing = new Set<string>(), missing = new Map<string, number>(), noCase: string[] = [];
const started = performance.now();

interface Judged { key: string; bytes: Uint8Array; state: Case['state']; flagMask: number; count: number; restartable?: boolean; flags?: boolean; faultMasks?: ReadonlyMap<number, number>; text: () => string }

async function judgeAll(list: Judged[]): Promise<void> {
  const outcomes = await runNative(judge as string, list);
  const shown = new Map<string, number>();
  list.forEach((c, i) => {
    const o = outcomes[i];
    if (!o) return;
    const fault = o.signal ? { signal: o.signal, code: o.code, address: o.address } : undefined;
    if (fault && fault.signal === 14) return;
    // Every translated case stays in its module: a fresh processor now and then lets them go.
    if (++used % 400 === 0) { harness = new Harness(translating); interpreter = new Harness(interpreting); }
    const check = (bytes: Uint8Array, want: Parameters<Harness['compare']>[2], how: 'step' | 'run' | 'hot' | 'interpret', label: string): boolean => {
      const bad = how === 'interpret' ? interpreter.compare(bytes, c.state, want, 'run') : harness.compare(bytes, c.state, want, how);
      if (!bad) return true;
      if (bad.missing) {
        if (label) return true;
        missing.set(`${c.key}: ${bad.missing}`, (missing.get(c.key) ?? 0) + 1);
        return false;
      }
      failures++;
      failing.add(c.key);
      const n = (shown.get(c.key) ?? 0) + 1;
      shown.set(c.key, n);
      if (n <= limit || verbose) {
        console.log(`FAIL ${c.key} ${hex(bytes)} ${how === 'interpret' ? 'interpreted, ' : ''}${label}${bad.message}`);
        if (verbose) console.log(`     ${c.text()}`);
      }
      return false;
    };
    const want = { state: o.state, fault, flagMask: (fault && c.faultMasks?.get(o.state.rip - c.state.rip)) ?? c.flagMask, count: c.count, restartable: c.restartable ?? false };
    if (!check(c.bytes, want, 'run', '') || !check(c.bytes, want, 'interpret', '') || ((i % 3 === 0 || fault) && !check(c.bytes, want, 'step', ''))) return;
    const longer = c.count > 1 ? { bytes: c.bytes, want } : padded(c.bytes, want);
    if (longer && !check(longer.bytes, longer.want, 'hot', 'hot, ')) return;
    if (c.flags && !fault && c.count === 1 && o.state.rip === c.state.rip + c.bytes.length) {
      for (const f of followers(c, o.state, c.flagMask)) if (!check(f.bytes, f.want, 'run', `${f.label}: `) || !check(f.bytes, f.want, 'interpret', `${f.label}: `)) return;
    }
    passed++;
  });
}

if (sequences === 0) {
  for (let at = 0; at < rows.length; at += 20) {
    const list: Judged[] = [];
    for (const row of rows.slice(at, at + 20)) {
      let made = 0;
      for (let i = 0; i < cases; i++) {
        const c = makeCase(row, (seed * 7919 + i) >>> 0, decode);
        if (!c) {
          if (i > 3) break;
          continue;
        }
        made++;
        // With 66 before a near branch Intel's ignore it, and others cut RIP to 16 bits.
        if (!intel && ((/^LOOP.*E$/.test(row.name) && /^f[23]/.test(hex(c.bytes))) || (/^JMP|^CALL/.test(row.name) && [...c.bytes].includes(0x66)))) continue;
        if (!intel && /^(J|CALL|RET|LOOP)/.test(row.name) && [...c.bytes].slice(0, 4).includes(0x66)) continue;
        const unknown = undefinedFor(c.instruction, c.state);
        if (unknown === undefined) continue;
        list.push({
          key: row.form + (row.encoding.includes('REX.W') ? ' [W]' : ''), bytes: c.bytes, state: c.state, flagMask: FLAG_BITS & ~row.flagsUndefined & ~unknown, count: 1, restartable: restartable(row.name), flags: row.flagsWritten !== 0,
          text: () => formatCase(c.bytes, c.seed, c.flavor, c.state, c.state, undefined),
        });
      }
      if (made === 0) noCase.push(`${row.form}   ${row.encoding}`);
    }
    await judgeAll(list);
  }
} else {
  const list: Judged[] = [];
  for (let i = 0; i < sequences; i++) {
    const s = makeSequence(rows, (seed * 104729 + i) >>> 0, length, decode);
    if (s) list.push({ key: s.names.join('; '), bytes: s.bytes, state: s.state, flagMask: s.flagMask, faultMasks: s.faultMasks, count: s.names.length, text: () => s.names.join('; ') });
  }
  for (let at = 0; at < list.length; at += 400) await judgeAll(list.slice(at, at + 400));
}

if (noCase.length && (verbose || args.length)) console.log(`no case could be made for:\n  ${noCase.join('\n  ')}`);
if (missing.size && (showMissing || args.length)) console.log(`without semantics:\n  ${[...missing.keys()].join('\n  ')}`);
console.log(
  `${rows.length} rows, ${passed} cases agree, ${failures} differ in ${failing.size} rows, ${missing.size} rows without semantics, ${noCase.length} rows without a case (seed ${seed}, ${((performance.now() - started) / 1000).toFixed(1)} s)`,
);
if (record) console.log('use emulator/tools/record-cpu.mjs to record');
process.exitCode = failures ? 1 : 0;
