// Steps over panics that a frame recovers from, out of bodies of loops over functions, and what such bodies show, in Delve and here.
// Must stay true: a deferred call that is in no list is passed, one that is in the list is stopped in, as in Delve.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { hasGo } from '../engine/testing/session';
import { build, delve, hasDelve, toolchain } from '../testing/toolchains';
import { numbered, played } from './testing/play';

const SOURCE = path.join(import.meta.dirname, 'testdata/passed.go');
const marked = (mark: string): number => fs.readFileSync(SOURCE, 'utf8').split('\n').findIndex((line) => line.endsWith(`// ${mark}`)) + 1;
const versions = ['local', 'go1.24.11'].map((version) => toolchain(version)).filter((each) => each !== undefined);
const script = [
  `break passed.go:${marked('locked')}`, 'continue', 'step', 'stack 1', 'step', 'stack 1', 'clear 1',
  `break passed.go:${marked('panics')}`, 'continue', 'next', 'stack 1', 'next', 'clear 2',
  `break passed.go:${marked('panics, too')}`, 'continue', 'next', 'stack 1', 'next', 'clear 3',
  `break passed.go:${marked('inner')}`, 'continue', 'args', 'frame 1 args', 'continue', 'args', 'clear 4',
  `break passed.go:${marked('found')}`, 'continue', 'step', 'clear 5',
];

/** Stops and answers without addresses and what lies around a line; of optimised code without results, of which Delve finds fewer. */
function normal(text: string, results: boolean): string[] {
  const lines = text.replace(/\x1b\[[\d;]*m/g, '').split('\n').map((line) => line.replace(/^(\S+:\d+|Command failed): /, '').replace(/0x[0-9a-f]+/g, 'ADDRESS').replace(/\S*\/(?=\w+\.(go|s):)/g, '').replace(/goroutine\(\d+\)/, 'goroutine(N)').trimEnd());
  const end = lines.findIndex((line) => /^Process \d+ has exited/.test(line));
  return lines.slice(0, end < 0 ? undefined : end).filter((line) => line !== '' && !/^ +\d+:|^Type 'help'|^\d+ |^recovered/.test(line) && (results || !line.startsWith('\t')));
}

describe.skipIf(!hasGo || !hasDelve)('what steps pass (needs dlv and go)', () => {
  test.each(versions.flatMap((go) => [[go.version, 'optimised', go, [] as string[]] as const, [go.version, 'not optimised', go, ['-gcflags=all=-N -l']] as const]))('%s, %s', async (_version, _how, go, flags) => {
    const file = build(SOURCE, go, flags), lines = numbered(script);
    const results = flags.length > 0, truth = normal(delve(['exec', '--redirect', 'stdout:/dev/null', file], lines, { GOMAXPROCS: '1' }), results);
    const text = await played(file, lines, { goroot: go.goroot });
    expect(truth.filter((line) => line.startsWith('> ')).length).toBeGreaterThan(7);
    expect(normal(text, results)).toEqual(truth);
  }, 60_000);
});
