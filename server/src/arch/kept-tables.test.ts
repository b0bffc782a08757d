// What is kept of Go's tables counts for the sources it was read from and no others.
import { expect, test } from 'vitest';
import { parser } from '../testing/fixture';
import { mnemonicsOf } from './mnemonics';

const objects = '/goroot/src/cmd/internal/obj';
const texts: Record<string, string> = {
  '/goroot/VERSION': 'go1.26.8\n',
  [`${objects}/x86/anames.go`]: 'package x86\n\nvar Anames = []string{\n\tobj.A_ARCHSPECIFIC: "AAA",\n\t"JEQ", // one\n}\n',
  [`${objects}/util.go`]: 'package obj\n\n// "NOT"\nvar Anames = []string{\n\t"XXX",\n\t"CALL",\n}\n',
  '/goroot/src/cmd/asm/internal/arch/arch.go': 'package arch\n\nfunc archX86(linkArch *obj.LinkArch) *Arch {\n\t// instructions["NO"] = x86.ANO\n\tinstructions["JE"] = x86.AJEQ /* alternate */\n\tinstructions["AAA"] = x86.AAAA\n\tregister["R"] = x86.AREG\n}\n',
};
const stored = new Map<string, string>();
let parsed = 0;
/** As a new session would ask. */
function names(times: number | undefined): { names: string[]; aliases: [string, string][] } {
  const found = mnemonicsOf('amd64', {
    goroot: '/goroot', parser: { ...parser, parse: (text) => { parsed++; return parser.parse(text); } }, store: { load: (key) => stored.get(key), store: (key, text) => { stored.set(key, text); } },
    files: { read: (path) => texts[path], list: () => undefined, stamp: () => times },
  });
  return { names: [...found?.names ?? []].slice(6), aliases: [...found?.aliases ?? []] };
}

test('read once, and again for other sources, another version or a damaged text', () => {
  const first = { names: ['AAA', 'JEQ', 'XXX', 'CALL', 'JE'], aliases: [['JE', 'JEQ']] };
  expect(names(1)).toEqual(first);
  const once = parsed;
  expect(names(1)).toEqual(first);
  expect(parsed).toBe(once);
  texts[`${objects}/util.go`] = 'package obj\n\nvar Anames = []string{"RET"}\n';
  const second = { ...first, names: ['AAA', 'JEQ', 'RET', 'JE'] };
  expect(names(2)).toEqual(second);
  for (const key of stored.keys()) stored.set(key, '{"names": 1}');
  expect(names(2)).toEqual(second);
  texts[`${objects}/util.go`] = 'package obj\n\nvar Anames = []string{}\n';
  texts['/goroot/VERSION'] = 'go1.27.0\n';
  expect(names(2).names).toEqual(['AAA', 'JEQ', 'JE']);
  expect(stored.size).toBe(3);
  // A host that tells no times keeps nothing.
  names(undefined);
  expect(stored.size).toBe(3);
});
