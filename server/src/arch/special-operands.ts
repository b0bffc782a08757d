// Names that stand as operands of their own, as MRS's system registers and DSB's kinds of arm64 or riscv64's CSRs, read from the user's own Go sources.
// Must stay true: no list is kept here; without Go's sources nothing is known and nothing is judged.

import { readDeclarations } from '../golang/declarations';
import type { GoParser } from '../golang/syntax-tree';
import type { Files } from '../workspace/files';
import { NEWEST_MINOR } from '../workspace/goroot';
import type { Family } from './architecture';
import { readSource, stringsOf } from './go-tables';

/** Files below cmd/internal/obj with how the constants in them begin, or with the variable that is a map of numbers to names. */
const SOURCES: Partial<Record<Family, ({ file: string; prefix: RegExp } | { file: string; map: string })[]>> = {
  arm64: [{ file: 'arm64/a.out.go', prefix: /^SPOP_/ }, { file: 'arm64/sysRegEnc.go', prefix: /^REG_/ }],
  riscv64: [{ file: 'riscv/cpu.go', prefix: /^SPOP_(?:FENCE_)?/ }, { file: 'riscv/inst.go', map: 'csrs' }],
};
/** Other names of conditions (cmd/asm/internal/arch/arm64.go). */
const OTHERS: Partial<Record<Family, string[]>> = { arm64: ['CS', 'CC'] };
/** With fewer it is a Go that has them elsewhere. */
const LEAST = 10;

const cache = new WeakMap<Files, Map<string, ReadonlySet<string> | undefined>>();

/** Undefined too for a Go (1.minor) that may have others elsewhere. */
export function specialOperands(family: Family, goroot: string | undefined, minor: number, files: Files, parser: GoParser): ReadonlySet<string> | undefined {
  if (goroot === undefined || minor > NEWEST_MINOR || !SOURCES[family]) return undefined;
  let known = cache.get(files);
  if (!known) cache.set(files, (known = new Map()));
  const key = `${family} ${goroot}`;
  if (!known.has(key)) known.set(key, read(family, goroot, files, parser));
  return known.get(key);
}

function read(family: Family, goroot: string, files: Files, parser: GoParser): ReadonlySet<string> | undefined {
  const names = new Set(OTHERS[family]);
  for (const source of SOURCES[family] ?? []) {
    const file = readSource(`${goroot}/src/cmd/internal/obj/${source.file}`, files, parser);
    const found = !file ? [] : 'map' in source ? [...stringsOf(file, source.map)] : readDeclarations(source.file, file.root).declarations.flatMap(({ kind, name }) => (kind === 'const' && source.prefix.test(name) ? [name.replace(source.prefix, '')] : []));
    if (found.length < LEAST) return undefined;
    for (const each of found) names.add(each);
  }
  return names;
}
