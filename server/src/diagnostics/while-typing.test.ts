// What is said at once after an edit, from the statements that came and went, against a check of the same text as if nothing had been known.
import { expect, test } from 'vitest';
import { Checker } from '../analysis/check';
import { edited } from '../analysis/incremental';
import { parser } from '../testing/fixture';
import type { Problem } from '../syntax/source';

const PATH = '/p/f_amd64.s';
const LINES = ['\tMOVQ\tX1, X2, X3\n', '\tADDQ\tX1, AX\n', '\tPUSHQ\tAX, BX\n', '\tMOVQ\tAX, 8(SP)\n', '\tMOVQ\tAX, 24(SP)\n', '\tNOP\n', '\tADDQ\t$8, SP\n', '\tVPADDD\t(AX), Y1, Y2\n', '\tMOVL\tAX, $1\n', 'DATA t<>+0(SB)/8, $1\n', '\tINCQ\tx<>(SB)(BX*3)\n'];

const START = Array.from({ length: 3 }, (_, i) => `TEXT ·f${i}(SB), 4, $16-0\n${'\tMOVQ\tAX, BX\n\tADDQ\t$1, 8(SP)\n'.repeat(12)}\tRET\n\n`).join('');

/** Of a statement alone: jumps and the balance of the stack are told with the whole function. */
const alone = (problems: readonly Problem[]): string[] => problems.filter(({ message }) => !/undefined label|branch out|twice|pushed|popped|PUSH|POP/.test(message)).map(({ span, code, message }) => `${span.start} ${code} ${message}`);

test('findings of random edits', () => {
  const options = { files: { read: () => undefined, list: () => undefined }, parser, goroot: undefined, minor: 26, moduleCache: undefined };
  const checker = new Checker(options);
  const link = () => ({ files: [] });
  let state = 11;
  const next = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  let text = START;
  let file = checker.read(PATH, text);
  checker.check(PATH, text, file, link);
  let [kept, found] = [0, 0];
  for (let round = 0; round < 300; round++) {
    const starts = file.source.lineStarts;
    const at = 1 + next(starts.length - 3);
    const [from, to] = [starts[at] ?? 0, starts[at + (next(2) ? 1 : 0)] ?? text.length];
    text = text.slice(0, from) + (next(4) ? LINES[next(LINES.length)] ?? '' : '') + text.slice(to);
    const again = edited(file, text);
    if (again) kept++;
    file = again ?? checker.read(PATH, text);
    const quick = alone(checker.check(PATH, text, file, link, false).problems);
    if (again) {
      const fresh = new Checker(options);
      const whole = alone(fresh.check(PATH, text, fresh.read(PATH, text), link).problems);
      expect(quick, `round ${round}`).toEqual(whole);
      found += whole.length;
    }
    // Now and then functions are assembled, as they are when somebody pauses; another time all is as in the beginning.
    if (!again || next(10) === 0) checker.check(PATH, text, file, link);
    if (round % 60 === 59) {
      file = checker.read(PATH, (text = START));
      checker.check(PATH, text, file, link);
    }
  }
  expect(kept).toBeGreaterThan(200);
  expect(found).toBeGreaterThan(1000);
});
