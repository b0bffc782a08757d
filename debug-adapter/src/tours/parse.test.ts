// Tour files that are none: each is refused with one sentence that begins with the place.
import { describe, expect, test } from 'vitest';
import { parseTour } from './parse';
import { wrap } from './render';
import { withKept } from './values';
import { parseRange } from './versions';

const GOOD = 'title: A tour\nabout: It shows\n  something.\nsteps:\n  - title: One\n    text: Here.\n';

describe('a tour file', () => {
  test('in YAML', () => {
    expect(parseTour('t', GOOD)).toEqual({ file: 't', title: 'A tour', about: 'It shows something.', program: { runtime: false, args: [], env: [] }, steps: [{ where: 't:5:5', title: 'One', moves: [], keep: [], show: [], text: [{ value: 'Here.' }] }] });
  });
  test('in JSON, with every key', () => {
    const { steps, program } = parseTour('t', JSON.stringify({
      title: 'x', story: 2, about: 'y', program: { example: 'growth', runtime: true, args: ['-v'], env: { GOMAXPROCS: '1' }, procs: 2, seed: 7 },
      steps: [{
        title: 'z', go: '>=1.21 <1.26', keep: { id: 'g.goid' }, text: [{ go: 'runtime', text: 'a' }, { text: 'b' }],
        stop: [{ at: ['a', 'b'], instruction: 'JMP', when: 'x > 0', times: 2, back: true }, { event: ['park', 'stop'], goroutine: '$id' }, { event: 'syscall', names: ['read'] }, { written: 'g.sched' }, { step: 'out' }, { moment: '$m' }, { end: true }],
        show: ['g.goid', { name: 'n', value: 'v', as: 'hex', go: '<1.22' }, { run: 'tls' }, { cost: 'switch' }],
      }],
    }));
    expect(program).toEqual({ example: 'growth', runtime: true, args: ['-v'], env: ['GOMAXPROCS=1'], procs: 2, seed: 7 });
    expect(steps[0]!.moves.map(({ kind }) => kind)).toEqual(['at', 'event', 'event', 'written', 'step', 'moment', 'end']);
    expect(steps[0]!.moves[0]).toMatchObject({ locations: ['a', 'b'], instructions: ['JMP'], when: 'x > 0', times: 2, back: true });
    expect(steps[0]!.show.map(({ kind }) => kind)).toEqual(['value', 'value', 'run', 'cost']);
  });
  test('an alias stands for what was anchored', () => {
    const { steps } = parseTour('t', 'title: x\nabout: y\nsteps:\n  - title: a\n    text: &t Twice.\n  - title: b\n    text: *t\n');
    expect(steps.map(({ text }) => text[0]!.value)).toEqual(['Twice.', 'Twice.']);
  });
  test('lines flow together, an empty line begins a paragraph', () => {
    expect(parseTour('t', `${GOOD.replace('text: Here.', 'text: |\n      one\n      two\n\n      three')}`).steps[0]!.text[0]!.value).toBe('one two\n\nthree');
  });
});

const step = (more: string): string => `title: x\nabout: y\nsteps:\n  - title: z\n    text: w\n${more}`;
test.each([
  ['', /^t: a tour is a mapping with the keys title, /],
  ['title: [', /^t:1:\d+: .*\.$/],
  ['title: x\nsteps: []\nabout: y', /^t:2:8: a tour needs at least one step\.$/],
  ['title: x\nabout: y', /^t:1:1: a tour needs steps\.$/],
  ['title: x\nabout: y\nspets: []', /^t:3:1: a tour has no key "spets"; it has title, story, about, program, steps\.$/],
  ['title: x\nabout:\nsteps: []', /^t:2:1: about has no value\.$/],
  ['title: x\nabout: y\nsteps: [3]', /^t:3:9: a step is a mapping/],
  ['title: x\nabout: y\nsteps: [{ title: a }]', /^t:3:9: a step needs text\.$/],
  ['title: x\nabout: y\nprogram: { example: ../up }\nsteps: []', /^t:\d+:\d+: (example is the name of a folder|a tour needs)/],
  [step('    go: ">1"'), /^t:6:9: go is something like ">=1\.21 <1\.26"/],
  [step('    stop: { att: main.main }'), /^t:6:13: stop has no key "att"/],
  [step('    stop: { at: a, event: park }'), /^t:6:11: stop says one of at, event, .*, not several\.$/],
  [step('    stop: { event: nonsense }'), /^t:6:20: there is no event "nonsense"/],
  [step('    stop: { step: sideways }'), /^t:6:19: a step is by instruction, over, line, into, out, not "sideways"\.$/],
  [step('    stop: { at: a, goroutine: 1 }'), /^t:6:31: goroutine goes with event, not with at\.$/],
  [step('    stop: { at: a, times: 0 }'), /^t:6:27: times is a whole number of at least 1\.$/],
  [step('    show: [{ value: x, as: roman }]'), /^t:6:28: as is one of hex, dec, /],
  [step('    show: [{ name: x }]'), /^t:6:12: what is shown is an expression, or one of value, run, cost\.$/],
  [step('    keep: { "a b": c }'), /^t:6:13: "a b" is no name\.$/],
  [step('    text: *nobody'), /^t:6:\d+: .*\.$/],
])('%j is refused with its place', (text, message) => {
  expect(() => parseTour('t', text)).toThrow(message);
});

test('ranges of versions', () => {
  expect(parseRange('>=1.21 <1.26')).toEqual({ kind: 'go', comparisons: [{ operator: '>=', minor: 21 }, { operator: '<', minor: 26 }] });
  expect(parseRange('!runtime')).toEqual({ kind: 'runtime', is: false });
  for (const wrong of ['', '1.21', '>=1.21,', 'runtime <1.2']) expect(parseRange(wrong)).toBeUndefined();
});
test('what was kept is put in by name, and missing names are told', () => {
  expect(withKept('G$id.sched + $x', new Map([['id', '7'], ['x', '0x10']]))).toBe('G7.sched + 0x10');
  expect(() => withKept('$y', new Map())).toThrow('nothing has been kept as $y');
});
test('text is wrapped at words', () => { expect(wrap('aa bb cc\ndd', 5)).toEqual(['aa bb', 'cc', 'dd']); });
