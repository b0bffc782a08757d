// Names that stand as operands of their own, as MRS's system registers and DSB's kinds of arm64 or riscv64's CSRs, read from the user's own Go sources.
// Must stay true: no list is kept here; without Go's sources nothing is known and nothing is judged.

import type { Files } from '../workspace/files';
import { NEWEST_MINOR } from '../workspace/goroot';
import type { Family } from './architecture';

/** Files below cmd/internal/obj with what finds the names in them. */
const SOURCES: Partial<Record<Family, [file: string, name: RegExp][]>> = {
  arm64: [['arm64/a.out.go', /\bSPOP_(\w+)/g], ['arm64/sysRegEnc.go', /\bREG_(\w+)/g]],
  riscv64: [['riscv/cpu.go', /\bSPOP_(?:FENCE_)?(\w+)/g], ['riscv/inst.go', /^\s*0x[0-9a-fA-F]+:\s*"(\w+)"/gm]],
};
/** Other names of conditions (cmd/asm/internal/arch/arm64.go). */
const OTHERS: Partial<Record<Family, string[]>> = { arm64: ['CS', 'CC'] };
/** With fewer it is a Go that has them elsewhere. */
const LEAST = 20;

const cache = new WeakMap<Files, Map<string, ReadonlySet<string> | undefined>>();

/** Undefined too for a Go (1.minor) that may have others elsewhere. */
export function specialOperands(family: Family, goroot: string | undefined, minor: number, files: Files): ReadonlySet<string> | undefined {
  if (goroot === undefined || minor > NEWEST_MINOR || !SOURCES[family]) return undefined;
  let known = cache.get(files);
  if (!known) cache.set(files, (known = new Map()));
  const key = `${family} ${goroot}`;
  if (!known.has(key)) known.set(key, read(family, goroot, files));
  return known.get(key);
}

function read(family: Family, goroot: string, files: Files): ReadonlySet<string> | undefined {
  const names = new Set(OTHERS[family]);
  for (const [file, name] of SOURCES[family] ?? []) {
    const found = [...(files.read(`${goroot}/src/cmd/internal/obj/${file}`) ?? '').matchAll(name)];
    if (found.length < LEAST) return undefined;
    for (const [, each = ''] of found) names.add(each);
  }
  return names;
}
