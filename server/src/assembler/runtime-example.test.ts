// The example of a small runtime: assembled without any GOROOT it runs in the emulator and natively with the same lines, and its
// offsets are those of Go's own runtime where the installed Go is the version it is written for.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { GuestMachine } from '@gobuf/emulator/machine';
import { createCpu } from '@gobuf/emulator/translator/cpu';
import { expect, test } from 'vitest';
import { readAssembly } from '../analysis/assembly-file';
import type { Linked } from './link';
import { assembleAndLink } from './package';
import { goMinor, goroot } from './testing/go-asm';

const folder = path.join(import.meta.dirname, '../../../examples/runtime');
const disk = { read: (name: string) => { try { return fs.readFileSync(name, 'utf8'); } catch { return undefined; } }, list: () => undefined };

function build(): Linked & { program: Uint8Array } {
  const names = fs.readdirSync(folder).filter((name) => name.endsWith('.s')).map((name) => path.join(folder, name));
  const sources = names.map((name) => ({ file: readAssembly(name, fs.readFileSync(name, 'utf8'), disk, { goroot: undefined, minor: 26 }), importPath: undefined }));
  const linked = assembleAndLink(sources, { entry: '_rt0_amd64_linux', goVersion: 'go1.26', minor: 26 });
  expect(linked.problems.map(({ message }) => message)).toEqual([]);
  return { ...linked, program: linked.program as Uint8Array };
}

const LINES = ['grower:  grown', 'main:    done.', 'sleeper: parks', 'sleeper: wakes', 'yielder: yield', 'yielder: yield', 'yielder: yield'];
const inOrder = (text: string) => {
  const lines = text.trim().split('\n');
  expect(lines.at(-1)).toBe('main:    done.');
  expect(lines.indexOf('sleeper: parks')).toBeLessThan(lines.indexOf('sleeper: wakes'));
  expect([...lines].sort()).toEqual(LINES);
};

test('in the emulator, the same instruction count twice', () => {
  const { program } = build();
  const run = (): { text: string; instructions: number } => {
    let text = '';
    const machine = new GuestMachine({ program, path: '/p', args: [], env: [], host: { write: (_, bytes) => { text += new TextDecoder().decode(bytes); } } }, (pages, host) => createCpu(pages, host));
    expect(machine.run(1e7)).toEqual({ reason: 'exited', code: 0 });
    return { text, instructions: machine.instruction };
  };
  const first = run();
  inOrder(first.text);
  expect(run()).toEqual(first);
});

/** What there is to step through. `gosched_m` is what Gosched hands to mcall; notesleep and notewakeup are the futex. */
const FUNCTIONS = 'rt0_go settls check args osinit schedinit newproc newproc1 mstart schedule execute gogo mcall Gosched gosched_m gopark park_m goready goexit goexit0 systemstack morestack newstack copystack runqput runqget globrunqput globrunqget clone notesleep notewakeup'.split(' ');

test('every function of the story runs, on two threads; stacks grow three times', () => {
  const { program, symbols } = build();
  const machine = new GuestMachine({ program, path: '/p', args: [], env: [], host: {} }, (pages, host) => createCpu(pages, host));
  expect(machine.registers().rip).toBe(symbols.find(({ name }) => name === '_rt0_amd64_linux')?.address);
  // A goroutine returns behind goexit's first instruction.
  const names = new Map(symbols.flatMap(({ name, address, kind }) => (kind === 'function' ? [[name === 'runtime.goexit' ? address + 1 : address, name.replace(/^runtime\./, '')] as const] : [])));
  for (const [address, name] of names) if (FUNCTIONS.includes(name) || name.startsWith('main.')) machine.addBreakpoint(address);
  const count = new Map<string, number>(), threads = new Set<number>();
  for (let stop = machine.run(1e7); ; stop = machine.run(1e7)) {
    if (stop.reason !== 'breakpoint') { expect(stop).toEqual({ reason: 'exited', code: 0 }); break; }
    const name = names.get(stop.address) ?? '';
    count.set(name, (count.get(name) ?? 0) + 1);
    if (name.startsWith('main.')) threads.add(machine.currentThread);
  }
  expect(FUNCTIONS.filter((name) => !count.get(name))).toEqual([]);
  // 2 → 4 → 8 → 16 KiB.
  expect(count.get('copystack')).toBe(3);
  expect(count.get('clone')).toBe(1);
  expect(count.get('main.sum')).toBeGreaterThanOrEqual(41);
  expect(threads.size).toBe(2);
});

test.skipIf(process.platform !== 'linux' || process.arch !== 'x64')('natively', () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-'));
  try {
    const file = path.join(directory, 'runtime');
    fs.writeFileSync(file, build().program, { mode: 0o755 });
    for (let i = 0; i < 20; i++) {
      const { status, stdout } = spawnSync(file, { encoding: 'utf8', timeout: 20_000 });
      expect(status).toBe(0);
      inOrder(stdout);
    }
  } finally {
    fs.rmSync(directory, { recursive: true });
  }
});

/** go_asm.h of package runtime as the installed compiler writes it. */
function compilersHeader(directory: string): Map<string, string> {
  const env = { ...process.env, GOOS: 'linux', GOARCH: 'amd64', GOFLAGS: '' };
  const go = (...args: string[]): string => {
    const { status, stdout, stderr } = spawnSync('go', args, { cwd: directory, encoding: 'utf8', env, maxBuffer: 1 << 26 });
    expect([status, stderr]).toEqual([0, '']);
    return stdout;
  };
  const list = (field: string): string[] => go('list', '-f', `{{range .${field}}}{{$.Dir}}/{{.}}\n{{end}}`, 'runtime').trim().split('\n');
  fs.writeFileSync(path.join(directory, 'importcfg'), go('list', '-export', '-deps', '-f', '{{if .Export}}packagefile {{.ImportPath}}={{.Export}}{{end}}', 'runtime'));
  fs.writeFileSync(path.join(directory, 'go_asm.h'), '');
  go('tool', 'asm', '-p', 'runtime', '-I', directory, '-I', path.join(goroot ?? '', 'pkg/include'), '-D', 'GOOS_linux', '-D', 'GOARCH_amd64', '-D', 'GOAMD64_v1', '-gensymabis', '-o', 'symabis', ...list('SFiles'));
  go('tool', 'compile', '-p', 'runtime', '-std', '-+', '-symabis', 'symabis', '-asmhdr', 'go_asm.h', '-importcfg', 'importcfg', '-o', 'runtime.a', ...list('GoFiles'));
  return new Map([...fs.readFileSync(path.join(directory, 'go_asm.h'), 'utf8').matchAll(/^#define (\S+) (\S+)$/gm)].map(([, name = '', value = '']) => [name, value]));
}

test.skipIf(goMinor !== 26)("every offset, size and state is the one of Go 1.26's own runtime", { timeout: 120_000 }, () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-'));
  try {
    const truth = compilersHeader(directory);
    const own = [...fs.readFileSync(path.join(folder, 'runtime.h'), 'utf8').matchAll(/^#define (\w+) (\w+)/gm)].map(([, name = '', value = '']) => [name, value] as const);
    const layouts = own.filter(([name]) => /^(stack|gobuf|g|m|p|schedt)_/.test(name));
    expect(layouts.length).toBeGreaterThan(50);
    const theirs = (name: string): string | undefined => {
      // The queue's fields are of a type of their own, gQueue.
      const inner = /^schedt_runq_(\w+)$/.exec(name)?.[1];
      return truth.get(name) ?? truth.get(`const_${name}`) ?? (inner && String(Number(truth.get('schedt_runq')) + Number(truth.get(`gQueue_${inner}`))));
    };
    expect(layouts.map(([name]) => `${name} ${theirs(name)}`)).toEqual(layouts.map(([name, value]) => `${name} ${value}`));
    const constants = own.filter(([name]) => /^(_[GP][a-z]|waitReason|stack[MG])/.test(name));
    expect(constants.map(([name]) => `${name} ${theirs(name)}`)).toEqual(constants.map(([name, value]) => `${name} ${value}`));
  } finally {
    fs.rmSync(directory, { recursive: true });
  }
});

test('small enough to read in an evening', () => {
  const lines = fs.readdirSync(folder).filter((name) => /\.[sh]$/.test(name)).map((name) => fs.readFileSync(path.join(folder, name), 'utf8').split('\n').length);
  expect(lines.reduce((sum, each) => sum + each, 0)).toBeLessThan(1200);
});
