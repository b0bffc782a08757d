// The mnemonics of each GOARCH, read from the user's own Go sources, so that they are those of the user's version.
// Must stay true: no list is kept here; without Go's sources nothing is known and nothing is judged.

import { field, parts, type GoNode } from '../golang/syntax-tree';
import type { Files } from '../workspace/files';
import type { Family } from './architecture';
import { below, functionNamed, instructionName, readSource, stringsOf } from './go-tables';
import { keptTable, type TableSources } from './kept-tables';

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

export function mnemonicsOf(family: Family, sources: TableSources): Mnemonics | undefined {
  const { goroot, files } = sources;
  if (goroot === undefined) return undefined;
  let known = cache.get(files);
  if (!known) cache.set(files, (known = new Map()));
  const key = `${family} ${goroot}`;
  if (!known.has(key)) {
    const lists = keptTable(`mnemonics ${family}`, paths(family, goroot), sources, () => read(family, goroot, sources), isLists);
    known.set(key, lists && { names: new Set(lists.names), aliases: new Map(lists.aliases) });
  }
  return known.get(key);
}

interface Lists { names: string[]; aliases: [alias: string, target: string][] }

const isLists = (kept: unknown): kept is Lists => Array.isArray((kept as Partial<Lists> | null)?.names) && Array.isArray((kept as Lists).aliases);

function paths(family: Family, goroot: string): string[] {
  const objects = `${goroot}/src/cmd/internal/obj`;
  const [folder] = SOURCES[family];
  return [`${objects}/${folder}/anames.go`, `${objects}/util.go`, `${goroot}/src/cmd/asm/internal/arch/arch.go`, ...(family === 'ppc64' ? [`${objects}/${folder}/asm9_gtables.go`] : [])];
}

function read(family: Family, goroot: string, { files, parser }: TableSources): Lists | undefined {
  const [own, common, arch, generated] = paths(family, goroot).map((path) => readSource(path, files, parser));
  if (!own || !common || !arch) return undefined;
  const names = new Set([...PSEUDO, ...stringsOf(own, 'Anames'), ...stringsOf(common, 'Anames'), ...(generated ? stringsOf(generated, 'GenAnames') : [])]);
  const aliases = new Map<string, string>();
  const body = functionNamed(SOURCES[family][1], arch, parser);
  for (const [alias, target] of body ? assigned(body) : []) {
    if (names.has(alias) && alias === target) continue;
    names.add(alias);
    if (alias !== target) aliases.set(alias, target);
  }
  return { names: [...names], aliases: [...aliases] };
}

/** What `instructions["JE"] = x86.AJEQ` says. */
function* assigned(body: GoNode): Generator<[alias: string, target: string]> {
  for (const node of below(body)) {
    if (node.type !== 'assignment_statement') continue;
    const [left, right] = parts(node).map((list) => parts(list)[0] ?? list);
    const target = right && instructionName(right.text);
    if (left?.type !== 'index_expression' || field(left, 'operand')?.text !== 'instructions' || target === undefined) continue;
    const index = field(left, 'index');
    if (index?.type === 'interpreted_string_literal') yield [index.text.slice(1, -1), target];
  }
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
