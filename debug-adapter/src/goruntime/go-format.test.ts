// `print %verb` against Go's own fmt: every verb, flag, width and precision, on values of all kinds.
import path from 'node:path';
import { expect, test } from 'vitest';
import { hasGo } from '../engine/testing/session';
import { runTool } from '../testing/toolchains';
import { formatVerb } from './go-format';
import type { Formatted } from './go-format';
import { textOf } from './go-text';

const FLAGS = Array.from({ length: 32 }, (_, flags) => [...'+-# 0'].filter((_flag, i) => (flags >> i) & 1).join(''));
const formats = (verb: string): string[] => FLAGS.flatMap((flags) => ['', '14', '.', '.3', '30.20'].map((size) => `%${flags}${size}${verb}`));

const number = (text: string): number => (text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : Number(text));
function valueOf(kind: string, text: string): Formatted {
  switch (kind) {
    case 'int': case 'uint': return BigInt(text);
    case 'float': return number(text);
    case 'complex': { const [re, im] = text.split(' ').map(number); return { re: re!, im: im! }; }
    case 'bool': return text === 'true';
    default: return textOf(Uint8Array.from(Buffer.from(text, 'hex')));
  }
}

test.skipIf(!hasGo)('one value with every format (needs go)', () => {
  const wrong: string[] = [];
  let compared = 0;
  const compare = (format: string, kind: string, text: string, theirs: string): void => {
    compared++;
    const ours = formatVerb(format, valueOf(kind, text), kind === 'uint');
    // JSON writes each byte that is no text as a replacement character, too.
    if (ours !== theirs) wrong.push(`${JSON.stringify(format)} of ${kind} ${text}: Go ${JSON.stringify(theirs)}, here ${JSON.stringify(ours)}`);
  };
  for (const line of runTool(path.join(import.meta.dirname, 'testdata/formats.go'), []).trim().split('\n')) {
    const [kind, text, verb, ...results] = JSON.parse(line) as [string, string, string, ...string[]];
    if (kind === 'format') compare(verb, 'int', text, results[0]!);
    else formats(verb).forEach((format, i) => { compare(format, kind, text, results[i]!); });
  }
  expect(wrong.slice(0, 40)).toEqual([]);
  expect(compared).toBeGreaterThan(150_000);
}, 120_000);
