// The operand forms of instructions beyond amd64, read from the tables of the user's own Go sources: optab, for riscv64 the encodings; wasm's follow from its names.
// Must stay true: no list of instructions is kept here; without Go's sources nothing is known.

import type { Files } from '../workspace/files';
import type { Family } from './architecture';
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
export function operandForms(family: Family, goroot: string | undefined, files: Files): ReadonlyMap<string, OperandForm[]> | undefined {
  const table = TABLES[family];
  if (goroot === undefined || table === undefined) return undefined;
  let known = cache.get(files);
  if (!known) cache.set(files, (known = new Map<string, ReadonlyMap<string, OperandForm[]> | undefined>()));
  const key = `${family} ${goroot}`;
  if (!known.has(key)) {
    const objects = `${goroot}/src/cmd/internal/obj/`;
    const text = files.read(objects + table);
    known.set(key, text === undefined ? undefined : family === 'riscv64' ? riscvForms(text) : family === 'wasm' ? wasmForms(text) : readTable(text, files.read(`${objects}${table.replace(/[^/]*$/, '')}a.out.go`) ?? '', family));
  }
  return known.get(key);
}

function readTable(text: string, classesText: string, family: Family): ReadonlyMap<string, OperandForm[]> {
  const meaning = new Map<string, string>();
  for (const [, name = '', comment = ''] of classesText.matchAll(/^\tC_(\w+)\b[^/\n]*\/\/ *(.*)$/gm)) meaning.set(name, comment.trim());
  const forms = new Map<string, OperandForm[]>();
  const add = (mnemonic: string, classes: string[]) => {
    const operands = classes.filter((each) => each !== 'NONE').map(shownClass);
    const list = forms.get(mnemonic) ?? [];
    forms.set(mnemonic, list);
    if (list.some((form) => form.operands.join() === operands.join())) return;
    list.push({ operands, classes: classes.filter((each) => each !== 'NONE').map((each) => { const says = meaning.get(each); return says ? `${each}: ${says}` : each; }).join('; ') });
  };
  for (const line of text.split('\n')) {
    const plain = /^\t\t?\{(?:obj\.)?A(\w+),\s*((?:C_\w+,\s*)+)/.exec(line);
    if (plain?.[1]) { add(plain[1], [...(plain[2] ?? '').matchAll(/C_(\w+)/g)].map(([, name = '']) => name)); continue; }
    const keyed = /^\t\t?\{[^{}]*\bas: (?:obj\.)?A(\w+)([^{}]*)\}/.exec(line);
    if (keyed?.[1]) add(keyed[1], [...line.matchAll(/\ba\d: C_(\w+)/g)].map(([, name = '']) => name));
    // mips and mips64 share a table.
    if (family === 'mips' && plain?.[1] && line.includes('sys.MIPS64')) forms.get(plain[1])?.pop();
  }
  // buildop says which instructions share the rows of another one.
  let cases: string[] = [];
  let inCase = false;
  for (const line of text.slice(Math.max(0, text.indexOf('func buildop('))).split('\n')) {
    if (/^}/.test(line)) break;
    if (/^\t*case\b/.test(line) || inCase) {
      if (!inCase) cases = [];
      cases.push(...[...line.replace(/\/\/.*/, '').matchAll(/\bA(\w+)/g)].map(([, name = '']) => name));
      inCase = !/:\s*(?:\/\/.*)?$/.test(line);
      continue;
    }
    const same = /\bop(?:range)?set\((?:obj\.)?A(\w+),/.exec(line)?.[1];
    const from = same === undefined ? undefined : cases.map((name) => forms.get(name)).find((list) => list);
    if (same !== undefined && from && !forms.has(same)) forms.set(same, from);
  }
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
