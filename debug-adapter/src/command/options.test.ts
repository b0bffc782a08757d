// The command line: values, repeats, what comes after --, and one sentence for each kind of misuse.
import { expect, test } from 'vitest';
import { help, parse, UsageError } from './options';
import type { CommandSpec } from './options';

const spec: CommandSpec = {
  name: 'try', summary: 'Tries.', usage: 'FILE', options: [
    { name: 'flag', short: 'f', help: 'a flag' }, { name: 'number', value: 'N', help: 'a number' }, { name: 'many', value: 'X', repeatable: true, help: 'several' },
  ],
};

test('options may stand before and after words, and end at --', () => {
  const parsed = parse(spec, ['-f', 'file', '--number=7', '--many', 'a', '--many=b=c', '--', '--flag', '-x']);
  expect(parsed.words).toEqual(['file']);
  expect(parsed.rest).toEqual(['--flag', '-x']);
  expect(parsed.flag('flag')).toBe(true);
  expect(parsed.number('number')).toBe(7);
  expect(parsed.list('many')).toEqual(['a', 'b=c']);
  expect(parsed.text('absent')).toBeUndefined();
  expect(parse(spec, ['file']).rest).toBeUndefined();
});

test.each([
  [['--unknown'], 'unknown option --unknown'],
  [['-x'], 'unknown option -x'],
  [['--number'], '--number needs a value (N)'],
  [['--number', '--', '5'], '--number needs a value (N)'],
  [['--flag=yes'], '--flag takes no value'],
  [['--number=1', '--number=2'], '--number is given twice'],
])('%j is misuse', (argv, message) => {
  expect(() => parse(spec, argv)).toThrow(new UsageError(message));
});

test.each(['-1', '1.5', 'x', '', '1e99'])('%j is no number', (text) => {
  expect(() => parse(spec, [`--number=${text}`]).number('number')).toThrow(UsageError);
});

test('--help names every option', () => {
  const text = help(spec);
  for (const word of ['usage: gobuf try FILE', '--flag', '-f', '--number N', '--many X', '--help']) expect(text).toContain(word);
});
