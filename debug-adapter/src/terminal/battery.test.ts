// One battery of commands at every marked line of a program, in Delve and here: the same stops, values, refusals. GOBUF_WHOLE=1: every Go version.
// Must stay true: only what cannot be the same is left out: addresses of the heap, numbers of threads and goroutines, the order of Delve's maps.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { hasGo } from '../engine/testing/session';
import { build, delve, hasDelve, toolchain, VERSIONS } from '../testing/toolchains';
import { numbered, played } from './testing/play';

const SOURCE = path.join(import.meta.dirname, 'testdata/parts.go');
const marked = (mark: string): number => fs.readFileSync(SOURCE, 'utf8').split('\n').findIndex((line) => line.endsWith(`// ${mark}`)) + 1;
const versions = (process.env['GOBUF_WHOLE'] === '1' ? ['local', ...VERSIONS] : ['local', 'go1.19.8']).map((version) => toolchain(version)).filter((each) => each !== undefined);

const looks = ['args -v', 'locals', 'locals -v', 'stack 2', 'stack 2 -full', 'stack -offsets 2', 'stack -defer 3', 'frame 1 list', 'up', 'down', 'goroutine', 'goroutines -with user', 'goroutines -s -with user', 'goroutines -group startloc', 'deferred 1 list', 'deferred x args', 'list'];
const values = ['m', 'm.ops', 'm.ops["double"]', 'm.ops[0]', 'm.ops.a', 'm.ops == nil', '%v m.small', 'm.small[1][2]', '%.3f m.small', 'limit', 'limit.a', 'limit + 1', '-limit', 'len(limit)', 'green', 'main.blue', 'green + 1', 'green == c', 'c', 'c.a', 'c == nil', 'table', 'table.a', 'table[limit-1]', 'global', 'global.a', 'global.arr', '%v global.arr', 'failure', 'failure.a', 'main.counted.a', 'len(table) == limit', '"a" + "b"', 'nosuch', 'limit << 2'];
const battery = [...looks, ...values.flatMap((value) => [`print ${value}`, `whatis ${value.replace(/^%\S+ /, '')}`]), ...['m', 'c', 'table', 'global', 'failure', 'nosuch'].flatMap((value) => [`display -a ${value}`, 'display -d 0']), 'on 1 print nosuch', 'on 1 print limit', 'breakpoints', 'condition 1 1 == 2', 'condition -clear 1'];
const script = [
  `break parts.go:${marked('first')}`, 'funcs ^main\\.', 'vars ^main\\.', 'types ^main\\.', 'continue', ...battery, `break parts.go:${marked('leaves')}`, 'continue', 'step', 'stack 2', 'stepout', `break parts.go:${marked('cancels')}`, 'continue', 'step', 'stepout', 'stepout',
  'clear 2', 'clear 3', `break parts.go:${marked('sum')}`, 'continue', ...looks, 'clear 4', `break parts.go:${marked('bottom')}`, 'continue', ...looks, 'next', 'stack 4', 'step', 'stepout', 'step', `break parts.go:${marked('recovered')}`, 'toggle 1', 'toggle 1', 'continue', 'args', 'locals',
];

/** Answers by the number of the command. */
function answers(text: string): Map<number, string> {
  const parts = text.replace(/\x1b\[[\d;]*m/g, '').split(/^"@@(\d+)@@"$/m), found = new Map<number, string>();
  for (let i = 1; i < parts.length; i += 2) found.set(Number(parts[i]), parts[i + 1]!);
  return found;
}
const normal = (text: string): string => text.replace(/^(\S+:\d+|Command failed): /gm, '').replace(/0x[0-9a-f]{9,16}\b/g, (all) => (/^0x0{10}[0-9a-f]{6}$/.test(all) ? all : 'ADDRESS')).replace(/goroutine\(\d+\)/g, 'goroutine(N)').replace(/(goroutine|thread) \d+/gi, '$1 N')
  .replace(/0x[0-9a-f]+(,0x[0-9a-f]+)+/g, (all) => all.split(',').sort().join()).replace(/\S*\/(?=\w+\.(go|s):)/g, '').replace(/^(Frame \d+: )\S*\//gm, '$1').replace(/^2 context canceled.*\n/m, '')
  // Delve then refuses even what marks the next answer.
  .replace(/^Process \d+ (has exited with status \d+)[^]*/m, '$1').trim();
/** Which goroutines have run yet depends on time. */
const timed = (command: string): boolean => /^goroutines/.test(command);
const mine = (command: string, text: string): string => (timed(command) ? text.split('\n').filter((line) => /main\.|parts\.go/.test(line)).map((line) => line.replace(/^\*/, ' ').replace(/ \(thread N\)/, '').replace(/ \[[^\]]*\]$/, '').replace(/- User: .*$/, '')).sort().join('\n') : text);

describe.skipIf(!hasGo || !hasDelve)('a battery of commands (needs dlv and go)', () => {
  test.each(versions.map((go) => [go.version, go] as const))('%s', async (_version, go) => {
    const file = build(SOURCE, go, ['-gcflags=all=-N -l']), lines = numbered(script);
    const truth = answers(delve(['exec', file], lines, { GOMAXPROCS: '1' }));
    const text = await played(file, lines, { goroot: go.goroot });
    const own = answers(text), differences: string[] = [];
    for (const [i, theirs] of truth) {
      const command = script[i]!, [a, b] = [theirs, own.get(i) ?? '(no answer)'].map((each) => mine(command, normal(each)));
      if (a !== b) differences.push(`${i} ${command}\n  Delve: ${a}\n  gobuf: ${b}`);
    }
    expect(differences.join('\n')).toBe('');
    expect(truth.size).toBeGreaterThan(script.length - 5);
  }, 120_000);
});
