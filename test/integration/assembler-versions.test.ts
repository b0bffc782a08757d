// The bundled assembler as each supported Go version's own: frames, wrappers, tail calls and short constants differ between versions, and the
// runtime's files are chosen by the experiments that are on. Must stay true: each toolchain assembles its own sources; what it refuses is named.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { defaultExperiments } from '../../server/src/golang/experiments';
import { ABI_SELECTOR_PACKAGES } from '../../server/src/workspace/package-path';
import { toolchain, VERSIONS, type Toolchain } from '../../debug-adapter/src/testing/toolchains';
import { gobuf, guestEnvironment, temporaryFolder } from '../support/processes';

const minorOf = (go: Toolchain) => Number(/1\.(\d+)/.exec(go.version)?.[1]);
/** The bundled assembler knows the frames of Go 1.21 and later. */
const toolchains = [toolchain(), ...VERSIONS.map((version) => toolchain(version))].filter((go) => go !== undefined && minorOf(go) >= 21) as Toolchain[];

/** Every kind of frame around the limits of the stack check, left by each kind of RET. */
function frames(minor: number): string {
  // PCALIGN came to amd64 with Go 1.22, whose assembler dies of some.
  const bodies = ['NOP', 'CALL ·g(SB)', 'MOVQ $5, AX', `PUSHQ AX; POPQ AX${minor >= 23 ? '; PCALIGN $32' : ''}`];
  const out = ['#include "textflag.h"'];
  for (const frame of [0, 8, 120, 128, 136, 4096, 4104]) {
    for (const flags of ['0', 'NOSPLIT', 'NEEDCTXT', 'WRAPPER', 'NOSPLIT|WRAPPER']) {
      for (const body of bodies) {
        out.push(`TEXT ·f${out.length}(SB), ${flags}, $${frame}-16`, `\tMOVQ a+0(FP), AX; ${body}; RET`, '\tMOVQ x-8(SP), BX; RET ·g(SB)', '\tLEAQ -1(BX), CX; RET');
      }
    }
  }
  return `${out.join('\n')}\n`;
}

function theirs(go: Toolchain, file: string, packagePath: string, include: string): string {
  const compiling = packagePath === 'runtime' && minorOf(go) < 22 ? ['-compiling-runtime'] : [];
  const result = spawnSync(go.command, ['tool', 'asm', ...compiling, '-p', packagePath, '-S', '-I', include, '-I', path.join(go.goroot, 'pkg/include'), '-D', 'GOOS_linux', '-D', 'GOARCH_amd64', '-D', 'GOAMD64_v1', '-o', path.join(include, 'out'), file],
    { encoding: 'utf8', maxBuffer: 1 << 28, env: go.env, cwd: include });
  if (result.status !== 0) throw new Error(`${go.version} refuses ${file}: ${result.stderr}`);
  let inCode = false;
  return result.stdout.split('\n').flatMap((line) => {
    const head = /^\S+ (S\w+)/.exec(line);
    if (head) inCode = head[1] === 'STEXT';
    const dump = inCode && /^\t0x[0-9a-f]+((?: [0-9a-f]{2}){1,16}) {2}/.exec(line);
    return dump ? [(dump[1] ?? '').replaceAll(' ', '')] : [];
  }).join('');
}

const ours = async (go: Toolchain, file: string): Promise<string> => {
  const { status, stdout, stderr } = await gobuf(['asm', '-S', file], { env: guestEnvironment({ GOROOT: go.goroot }) });
  expect([status, stderr]).toEqual([0, '']);
  return stdout.split('\n').map((line) => line.split('\t')[2] ?? '').join('');
};

describe.skipIf(toolchains.length === 0)('the assembler, version by version (needs the go command)', () => {
  test.each(toolchains.map((go) => [go.version, go] as const))('%s: frames, and the runtime', async (_version, go) => {
    const folder = temporaryFolder();
    const sample = path.join(folder, `${go.version}_amd64.s`);
    fs.writeFileSync(sample, frames(minorOf(go)));
    expect(await ours(go, sample)).toBe(theirs(go, sample, 'p', folder));
    const runtime = path.join(go.goroot, 'src/runtime');
    const header = await gobuf(['layout', runtime], { env: guestEnvironment({ GOROOT: go.goroot }) });
    fs.writeFileSync(path.join(folder, 'go_asm.h'), header.stdout);
    for (const name of ['asm_amd64.s', 'asm.s', 'memmove_amd64.s', 'preempt_amd64.s', 'rt0_linux_amd64.s', 'sys_linux_amd64.s']) {
      const file = path.join(runtime, name);
      expect([name, await ours(go, file)]).toEqual([name, theirs(go, file, 'runtime', folder)]);
    }
  });

  test.each(toolchains.map((go) => [go.version, go] as const))('%s: experiments that are on, packages that may select an ABI', (_version, go) => {
    const source = fs.readFileSync(path.join(go.goroot, 'src/internal/buildcfg/exp.go'), 'utf8');
    for (const [goos, goarch] of [['linux', 'amd64'], ['linux', '386'], ['linux', 'arm64'], ['linux', 's390x'], ['linux', 'mips'], ['darwin', 'arm64']] as const) {
      const { stdout } = spawnSync(go.command, ['list', '-f', '{{join context.ToolTags " "}}', 'unsafe'], { encoding: 'utf8', env: { ...go.env, GOOS: goos, GOARCH: goarch }, cwd: go.goroot });
      const tags = stdout.trim().split(' ').flatMap((tag) => /^goexperiment\.(\w+)$/.exec(tag)?.[1] ?? []);
      expect([goos, goarch, ...[...defaultExperiments(source, { goos, goarch })].sort()]).toEqual([goos, goarch, ...tags.sort()]);
    }
    // Before Go 1.22 the go command says it with an option.
    const special = path.join(go.goroot, 'src/cmd/internal/objabi/pkgspecial.go');
    const list = (fs.existsSync(special) && /allowAsmABIPkgs = \[\]string\{([^}]*)\}/.exec(fs.readFileSync(special, 'utf8'))?.[1]) || '';
    expect([...list.matchAll(/"([^"]+)"/g)].flatMap(([, name = '']) => (ABI_SELECTOR_PACKAGES.has(name) ? [] : [name]))).toEqual([]);
  });
});
