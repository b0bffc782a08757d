// The small edits of formatting: made one by one they give what format() gives, for all of Go's own assembly; a range changes nothing else.
import { expect, test } from 'vitest';
import { disk, goroot } from '../testing/fixture';
import { formatEdits, typedEdit, type TextChange } from './edits';
import { format, FormatError } from './format';

function made(text: string, changes: TextChange[]): string {
  let result = text;
  let last = Infinity;
  for (const { start, end, text: by } of [...changes].sort((a, b) => b.start - a.start)) {
    // Edits that overlap would be refused by an editor.
    expect(end).toBeLessThanOrEqual(last);
    last = start;
    result = result.slice(0, start) + by + result.slice(end);
  }
  return result;
}

function* assembly(directory: string): Generator<string> {
  for (const name of disk.list(directory) ?? []) {
    if (name.endsWith('.s')) yield `${directory}/${name}`;
    else if (!name.includes('.') && name !== 'testdata') yield* assembly(`${directory}/${name}`);
  }
}

test.skipIf(!goroot)('all of GOROOT: the edits give the formatted text', () => {
  let files = 0;
  for (const path of assembly(`${goroot?.path ?? ''}/src`)) {
    if (++files % 3) continue;
    const text = disk.read(path) ?? '';
    try {
      const wanted = format(text);
      if (made(text, formatEdits(text, 0, Infinity)) !== wanted) throw new Error(`${path}: the edits give something else`);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
    }
  }
  expect(files).toBeGreaterThan(400);
});

test.each([
  ['', 0, 9, ''], ['\n', 0, 9, ''], ['TEXT f(SB), 4, $0\nRET', 0, 9, 'TEXT f(SB), 4, $0\n\tRET\n'], ['   RET\n\n\n', 0, 9, format('   RET\n\n\n')],
  ['  RET\n  RET\n  RET\n', 1, 1, '  RET\n\tRET\n  RET\n'], ['RET\n\n\n\nRET\n', 0, 0, '\tRET\n\n\n\nRET\n'],
])('%j, lines %d to %d', (text, first, last, wanted) => expect(made(text, formatEdits(text, first, last))).toBe(wanted));

test.each([
  ['\tCALL runtime.memmove(', '\tCALL runtime·memmove('], ['\tCALL internal/bytealg.Count(', '\tCALL internal∕bytealg·Count('], ['\tMOVQ .x(', '\tMOVQ ·x('],
  ['\tMOVQ $.x<>(', '\tMOVQ $·x<>('], ['\tMOVQ 8(', undefined], ['\tMOVQ AX, x+8(', undefined], ['// runtime.x(', undefined], ['\tFMOVD.P 8(', undefined], ['#define X(', undefined], ['\tVMOV V1.B(', undefined],
])('%j while typing', (text, wanted) => {
  const edit = typedEdit(text, text.length, (name) => /^[A-Z]+\d*$/.test(name));
  expect(edit && made(text, [edit])).toBe(wanted);
});
