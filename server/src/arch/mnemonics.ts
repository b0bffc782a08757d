// The mnemonics of each GOARCH, read from the user's own Go sources, so that they are those of the user's version.
// Must stay true: no list is kept here; without Go's sources nothing is known and nothing is judged.

import type { Files } from '../workspace/files';
import type { Family } from './architecture';

export interface Mnemonics {
  names: ReadonlySet<string>;
  /** Other spellings, with the name the assembler makes of them: `JE` is `JEQ`. */
  aliases: ReadonlyMap<string, string>;
}

/** Folder below cmd/internal/obj and the function of cmd/asm/internal/arch/arch.go. */
const SOURCES: Record<Family, [folder: string, maker: string]> = {
  386: ['x86', 'archX86'], amd64: ['x86', 'archX86'], arm: ['arm', 'archArm'], arm64: ['arm64', 'archArm64'], loong64: ['loong64', 'archLoong64'],
  mips: ['mips', 'archMips'], mips64: ['mips', 'archMips64'], ppc64: ['ppc64', 'archPPC64'], riscv64: ['riscv', 'archRISCV64'], s390x: ['s390x', 'archS390x'], wasm: ['wasm', 'archWasm'],
};
/** Instructions of the assembler itself that are in no list (asm/internal/asm/parse.go). */
const PSEUDO = ['DATA', 'FUNCDATA', 'GLOBL', 'PCDATA', 'PCALIGN', 'TEXT'];

const cache = new WeakMap<Files, Map<string, Mnemonics | undefined>>();

export function mnemonicsOf(family: Family, goroot: string | undefined, files: Files): Mnemonics | undefined {
  if (goroot === undefined) return undefined;
  let known = cache.get(files);
  if (!known) cache.set(files, (known = new Map()));
  const key = `${family} ${goroot}`;
  if (!known.has(key)) known.set(key, read(family, goroot, files));
  return known.get(key);
}

function read(family: Family, goroot: string, files: Files): Mnemonics | undefined {
  const [folder, maker] = SOURCES[family];
  const objects = `${goroot}/src/cmd/internal/obj`;
  const own = files.read(`${objects}/${folder}/anames.go`);
  const common = files.read(`${objects}/util.go`);
  const arch = files.read(`${goroot}/src/cmd/asm/internal/arch/arch.go`);
  if (own === undefined || common === undefined || arch === undefined) return undefined;
  const names = new Set(PSEUDO);
  const generated = family === 'ppc64' ? files.read(`${objects}/${folder}/asm9_gtables.go`) ?? '' : '';
  for (const text of [own, common, generated]) {
    const list = /^var (?:Gen)?Anames = \[\](?:string)\s*\{([^}]*)\}/m.exec(text)?.[1] ?? '';
    for (const [, name = ''] of list.matchAll(/"([^"]+)"/g)) names.add(name);
  }
  const aliases = new Map<string, string>();
  const start = arch.indexOf(`func ${maker}(`);
  const body = start < 0 ? '' : arch.slice(start, arch.indexOf('\n}', start));
  for (const [, alias = '', target = ''] of body.matchAll(/instructions\["(\w+)"\]\s*=\s*(?:\w+\.)?[aA](\w+)/g)) {
    if (names.has(alias) && alias === target) continue;
    names.add(alias);
    if (alias !== target) aliases.set(alias, target);
  }
  return { names, aliases };
}

/** Mnemonics that differ by one letter, or by the width at the end, nearest first: what may have been meant. */
export function similar(word: string, { names }: Mnemonics): string[] {
  const upper = word.toUpperCase();
  if (names.has(upper) && upper !== word) return [upper];
  const found: [string, number][] = [];
  for (const name of names) {
    if (Math.abs(name.length - upper.length) > 1) continue;
    const distance = editDistance(upper, name, 1);
    if (distance <= 1) found.push([name, name.slice(0, -1) === upper ? 0 : distance]);
  }
  return found.sort((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1)).slice(0, 6).map(([name]) => name);
}

/** At most `limit` insertions, deletions or replacements; more than that is limit + 1. */
function editDistance(a: string, b: string, limit: number): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  if (at === a.length && at === b.length) return 0;
  const rest = [[a.slice(at + 1), b.slice(at)], [a.slice(at), b.slice(at + 1)], [a.slice(at + 1), b.slice(at + 1)]] as const;
  return rest.some(([x, y]) => x === y) ? 1 : limit + 1;
}
