// The operand forms of instructions beyond amd64, read from the tables of the user's own Go sources: optab, for riscv64 the encodings; wasm's follow from its names.
// Must stay true: no list of instructions is kept here; without Go's sources nothing is known.

import { readDeclarations } from '../golang/declarations';
import { field, parts, type GoNode, type GoParser } from '../golang/syntax-tree';
import type { Files } from '../workspace/files';
import type { Family } from './architecture';
import { elementsOf, functionNamed, instructionName, memberOf, membersOf, readSource, stringsOf, type GoSource } from './go-tables';
import { keptTable, type TableSources } from './kept-tables';
import { riscvForms, wasmForms } from './riscv-wasm-forms';

export interface OperandForm {
  /** As they are written, in Go's order: `R`, `$const`, `offset(R)`, `label`. */
  operands: string[];
  /** The assembler's classes of operands, with what its sources say of them. */
  classes: string;
}

/** File with the table, below cmd/internal/obj. */
const TABLES: Partial<Record<Family, string>> = { arm: 'arm/asm5.go', arm64: 'arm64/asm7.go', loong64: 'loong64/asm.go', mips: 'mips/asm0.go', mips64: 'mips/asm0.go', ppc64: 'ppc64/asm9.go', riscv64: 'riscv/obj.go', s390x: 's390x/asmz.go', wasm: 'wasm/anames.go' };

const cache = new WeakMap<Files, Map<string, ReadonlyMap<string, OperandForm[]> | undefined>>();

/** Forms by mnemonic. */
export function operandForms(family: Family, sources: TableSources): ReadonlyMap<string, OperandForm[]> | undefined {
  const table = TABLES[family];
  const { goroot, files, parser } = sources;
  if (goroot === undefined || table === undefined) return undefined;
  let known = cache.get(files);
  if (!known) cache.set(files, (known = new Map<string, ReadonlyMap<string, OperandForm[]> | undefined>()));
  const key = `${family} ${goroot}`;
  if (!known.has(key)) {
    const path = `${goroot}/src/cmd/internal/obj/${table}`;
    const second = path.replace(/[^/]*$/, family === 'riscv64' || family === 'wasm' ? 'anames.go' : 'a.out.go');
    const forms = keptTable(`forms ${family}`, [path, second], sources, () => {
      const source = readSource(path, files, parser);
      return source && [...read(source, readSource(second, files, parser), family, parser)];
    }, isForms);
    known.set(key, forms && new Map(forms));
  }
  return known.get(key);
}

type Forms = [mnemonic: string, forms: OperandForm[]][];

const isForms = (kept: unknown): kept is Forms => Array.isArray(kept) && kept.every((each) => Array.isArray(each) && typeof each[0] === 'string' && Array.isArray(each[1]));

function read(source: GoSource, second: GoSource | undefined, family: Family, parser: GoParser): ReadonlyMap<string, OperandForm[]> {
  if (family === 'wasm') return wasmForms([...stringsOf(source, 'Anames')]);
  if (family === 'riscv64') return riscvForms(elementsOf(source, parser, (name) => name === 'instructions'), new Set(second ? stringsOf(second, 'Anames') : []));
  return readTable(source, second, family, parser);
}

/** What is said of the classes, by their constants' names without `C_`. */
function meanings({ text, root }: GoSource): Map<string, string> {
  const found = new Map<string, string>();
  for (const { kind, name, node } of readDeclarations('', root).declarations) {
    if (kind !== 'const' || !name.startsWith('C_')) continue;
    const line = text.indexOf('\n', node.end);
    const rest = text.slice(node.end, line < 0 ? undefined : line);
    const comment = rest.indexOf('//');
    if (comment >= 0) found.set(name.slice(2), rest.slice(comment + 2).trim());
  }
  return found;
}

/** A row of optab: the instruction and the classes of its operands. */
function rowOf(element: GoNode): { name: string; classes: string[]; system: string | undefined } | undefined {
  const members = membersOf(memberOf(element).value);
  const named = (key: string) => members.find((member) => member.key === key)?.value.text;
  const name = instructionName(named('as') ?? (members[0]?.key === undefined ? members[0]?.value.text : undefined) ?? '');
  if (name === undefined) return undefined;
  const isOperand = members.map(({ key, value }, i) => value.text.startsWith('C_') && (key === undefined ? i > 0 : /^a\d$/.test(key)));
  // Behind the operands there may be other things of that kind.
  const end = members[0]?.key === undefined ? isOperand.indexOf(false, 1) : members.length;
  return { name, classes: members.flatMap(({ value }, i) => (isOperand[i] && i < end ? [value.text.slice(2)] : [])), system: members.find(({ value }) => value.text.startsWith('sys.'))?.value.text };
}

function readTable(source: GoSource, classes: GoSource | undefined, family: Family, parser: GoParser): ReadonlyMap<string, OperandForm[]> {
  const meaning = classes ? meanings(classes) : new Map<string, string>();
  const forms = new Map<string, OperandForm[]>();
  for (const element of elementsOf(source, parser, (_, type) => type === '[]Optab')) {
    const row = rowOf(element);
    // mips and mips64 share a table.
    if (!row || (row.system !== undefined && row.system !== `sys.${family.toUpperCase()}`)) continue;
    const names = row.classes.filter((each) => each !== 'NONE');
    const operands = names.map(shownClass);
    const list = forms.get(row.name) ?? [];
    forms.set(row.name, list);
    if (list.some((form) => form.operands.join() === operands.join())) continue;
    list.push({ operands, classes: names.map((each) => { const says = meaning.get(each); return says ? `${each}: ${says}` : each; }).join('; ') });
  }
  const share = (node: GoNode, cases: readonly string[]): void => {
    // buildop says which instructions share the rows of another one.
    const own = node.type === 'expression_case' ? parts(field(node, 'value') ?? node).flatMap(({ text }) => instructionName(text) ?? []) : cases;
    if (node.type === 'call_expression' && /^op(range)?set$/.test(field(node, 'function')?.text ?? '')) {
      const list = field(node, 'arguments');
      const same = instructionName((list && parts(list)[0]?.text) ?? '');
      const from = own.map((name) => forms.get(name)).find((each) => each);
      if (same !== undefined && from && !forms.has(same)) forms.set(same, from);
      return;
    }
    for (const child of node.children) share(child, own);
  };
  const buildop = functionNamed('buildop', source, parser);
  if (buildop) share(buildop, []);
  return forms;
}

/** A class of operands as somebody would write one. */
function shownClass(name: string): string {
  if (/^(REG|ZREG|RSP|RREG|PAIR|REGREG|RSREG)$/.test(name)) return name === 'PAIR' ? '(R, R)' : 'R';
  const register = /^(F|V|VS|X|Z|FCC|FCSR|C|SP|CR|A|M|W)REG(?:P|M|PP)?$/.exec(name)?.[1];
  if (register) return register;
  if (name === 'SHIFT') return 'R<<n';
  if (name === 'EXTREG') return 'R.UXTW<<n';
  if (name === 'ARNG') return 'V.arrangement';
  if (name === 'ELEM') return 'V.T[index]';
  if (name === 'LIST' || name === 'REGLIST') return '[list]';
  if (name === 'COND' || name === 'SPOP' || name === 'SPR' || name === 'SPECIAL') return name.toLowerCase();
  if (/BRA/.test(name)) return 'label';
  if (/CON|^U\d|^S\d+/.test(name)) return /FCON$/.test(name) ? '$float' : '$const';
  if (/ADDR$|GOTADDR|TLS/.test(name)) return 'name(SB)';
  if (/AUTO|SACON|LACON/.test(name)) return 'name-offset(SP)';
  if (/ROFF$/.test(name)) return '(R)(R)';
  if (/OREG|HOREG|SOREG/.test(name)) return 'offset(R)';
  return name.toLowerCase();
}
