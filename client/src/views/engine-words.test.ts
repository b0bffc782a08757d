// Sentences of the adapter in another language: whole, with what stands in them, and unchanged where nobody knows them.
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';

const chinese = JSON.parse(readFileSync(new URL('../../../l10n/zh-cn.json', import.meta.url), 'utf8')) as Record<string, string>;
const HAN = /\p{Script=Han}/u;
async function words(bundle: Record<string, string>): Promise<(text: string) => string> {
  vi.resetModules();
  (await import('../l10n')).useBundle(bundle);
  return (await import('./engine-words')).inWords;
}
const SENTENCES = [
  'parks: chan receive', 'after G18 parks: chan receive', 'G2 calls morestack', 'gives up P3', 'P0 is taken by another M', 'sleeps (futex)', 'the stack of G7 is copied to one of 4096 bytes', 'wakes 1 on futex 0x585298',
  'A switch is under way: TLS holds G1 runtime.main, SP is still on g0 of M0\'s stack.', 'The next call in the code: runtime.fatal needs 8 bytes of stack and does not check (NOSPLIT, or small enough).',
  'G7 main.f: stackguard0 holds stackPreempt: preemption is asked for, the next prologue calls morestack.', 'SP 0x7fff is on no known stack', 'planted by newproc: returns into runtime.goexit+1', 'return to main.main+0x4a', "G1's stack, hi-0x28",
];

describe('what the adapter says', () => {
  afterEach(() => vi.resetModules());
  it('is itself without a bundle', async () => {
    const inWords = await words({});
    for (const text of [...SENTENCES, 'futex', 'runtime.gopark', 'syscall', '']) expect(inWords(text)).toBe(text);
  });
  it('is Chinese with its bundle, with the same names and numbers', async () => {
    const inWords = await words(chinese);
    for (const text of SENTENCES) {
      const said = inWords(text);
      expect(said, text).toMatch(HAN);
      for (const name of text.match(/\b(?:[GPM]\d+|0x[0-9a-f]+|\d+|runtime\.\w+|main\.\w+|chan receive)\b/g) ?? []) expect(said, text).toContain(name);
    }
    expect(inWords('after G18 parks: chan receive')).toContain(inWords('parks: chan receive'));
    for (const text of ['runtime.gopark', 'nanosleep', 'G1 runtime.main', 'SIGURG', 'go main.f']) expect(inWords(text)).toBe(text);
  });
});
