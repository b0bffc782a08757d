// The text of answers is JSON.stringify's, whatever is in them.
import { describe, expect, it } from 'vitest';
import { textOf, unchanging } from './message-text';

describe('textOf', () => {
  it.each([
    {}, { a: 1 }, { a: undefined, b: null }, { list: [] }, { list: [1, 'zwölf ⇠ "x"\n', null, undefined, { deep: [{ a: undefined }] }] }, { nested: { list: [1, { b: '' }] }, 'odd "key"': true },
  ])('is the text of %j', (body) => {
    expect(textOf(body)).toBe(JSON.stringify(body));
  });

  it('uses what was kept', () => {
    const row = unchanging({ address: '0x401000', instruction: 'ret', more: undefined });
    const body = { instructions: [row, { address: '0x401001' }, row], total: 3 };
    expect(textOf(body)).toBe(JSON.stringify(body));
    Object.assign(row, { instruction: 'nop' });
    expect(textOf(body)).toContain('"ret"');
  });
});
