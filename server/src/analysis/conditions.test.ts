// Names in directives: what is said of them, where they are defined and used, left out or not.
import { expect, test } from 'vitest';
import { fixture } from '../testing/fixture';
import { definition } from './definition';
import { entityAt } from './entity';
import { hover } from './hover';
import { references } from './references';

const p = fixture(`-- p/go.mod --
module p
-- p/p.go --
package p
-- p/p_linux_amd64.s --
#if«word»def GOOS_«here»linux
#ifdef GOAMD64_«level»v3
#define FAST«left» 1
#endif
#ifdef FA«name»ST
TEXT ·f(SB), 4, $FAST
	RET // FAST
#endif
#endif
`);
const PATH = '/p/p_linux_amd64.s';
const at = (mark: string) => entityAt(p.read(PATH), p.at(mark).offset);
const said = (mark: string) => { const entity = at(mark); return entity && hover(entity, p.context(PATH)); };
const line = ({ file, start }: { file: { text: string }; start: number }) => file.text.slice(0, start).split('\n').length;

test('hover', () => {
  expect(said('word')).toBe('**#ifdef** — `#ifdef NAME`: the lines up to `#else` or `#endif` count only if the name is defined');
  expect(said('level')).toBe('**GOAMD64_v3** — the go command defines it for GOAMD64=v3; this file is read for linux/amd64, GOAMD64=v1, so it is not defined here');
  expect(said('name')).toBe('**FAST** — not defined here (linux/amd64); line 3 would, where other conditions hold');
  expect(said('left')).toBe(said('name'));
});

test('definition and references, in lines that are left out too', () => {
  const entity = at('name');
  if (!entity) throw new Error('nothing there');
  expect(definition(entity, p.context(PATH)).map(line)).toEqual([3]);
  expect(references(entity, p.read(PATH)).map(({ span, write }) => `${line(span)}${write ? ' defines' : ''}`)).toEqual(['3 defines', '5', '6']);
});

test('what the toolchain experiments with is defined in the runtime\'s packages alone', () => {
  const text = '#ifdef GOEXPERIMENT_regabi«word»args\nTEXT ·f(SB), 4, $0\n\tRET\n#endif\n';
  const exp = '-- goroot/src/internal/buildcfg/exp.go --\npackage buildcfg\n\nfunc f() {\n\tbaseline := goexperiment.Flags{\n\t\tRegabiArgs: regabiSupported,\n\t}\n}\n\nfunc g() {\n\tswitch goarch {\n\tcase "amd64":\n\t\tregabiSupported = true\n\t}\n}\n';
  for (const [directory, functions] of [['goroot/src/runtime', 1], ['goroot/src/sync', 0]] as const) {
    const q = fixture(`-- goroot/src/go.mod --\nmodule std\n${exp}-- ${directory}/r.go --\npackage r\n-- ${directory}/r_amd64.s --\n${text}`);
    const file = q.read(`/${directory}/r_amd64.s`);
    expect([directory, file.statements.length]).toEqual([directory, 2 * functions]);
    const entity = entityAt(file, q.at('word').offset);
    expect(entity && hover(entity, q.context(file.source.path))).toContain(functions ? 'by default' : 'not defined here');
  }
});
