// Replays what a real CPU did with every kind of instruction (testdata/cpu), by single step, interpreted, in translated blocks and in hot ones.
// Must stay true: a row is executed and judged, or it is named with a reason in not-executable.ts or testing/excluded.ts.

import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decode } from '../x86/decoder';
import { allRows } from '../x86/table';
import { semantics } from './index';
import { notExecutable } from './not-executable';
import { notJudged, restartable, undefinedFor } from './testing/excluded';
import { parseCase } from './testing/format';
import { FLAG_BITS, Harness, interpreting, padded, translating } from './testing/replay';
import { hex } from './testing/state';

const folder = fileURLToPath(new URL('../../testdata/cpu', import.meta.url));
const judged = new Set<string>();

describe('the recorded CPU', () => {
  for (const file of readdirSync(folder).filter((f) => f.endsWith('.txt')).sort()) {
    it(`agrees about ${file.slice(0, -4)}`, () => {
      const wrong: string[] = [];
      let harness = new Harness(translating), interpreter = new Harness(interpreting), used = 0, title = '';
      for (const line of readFileSync(join(folder, file), 'utf8').split('\n')) {
        if (line.startsWith('#')) {
          title = line.slice(2);
          judged.add(title);
        }
        if (line === '' || line.startsWith('#')) continue;
        if (++used % 400 === 0) { harness = new Harness(translating); interpreter = new Harness(interpreting); }
        const c = parseCase(line), instruction = decode(c.bytes, 0, c.from.rip);
        if (!instruction) {
          wrong.push(`${title}: ${hex(c.bytes)} is not decoded`);
          continue;
        }
        const flagMask = FLAG_BITS & ~instruction.row.flagsUndefined & ~(undefinedFor(instruction, c.from) ?? FLAG_BITS);
        const want = { state: c.to, fault: c.fault, flagMask, count: 1, restartable: restartable(instruction.row.name) };
        let bad = harness.compare(c.bytes, c.from, want, used % 2 ? 'run' : 'step') ?? interpreter.compare(c.bytes, c.from, want, 'run');
        const longer = padded(c.bytes, want);
        if (longer && !bad) bad = harness.compare(longer.bytes, c.from, longer.want, 'hot');
        if (bad) wrong.push(`${title}: ${hex(c.bytes)} ${bad.message}`);
      }
      expect(wrong).toEqual([]);
    });
  }

  it('has judged every row that is executed', () => {
    const silent = allRows().filter((r) => !notExecutable(r) && !notJudged(r) && !judged.has(`${r.form} · ${r.encoding}`));
    expect(silent.map((r) => r.form)).toEqual([]);
  });
});

describe('the table and the semantics', () => {
  it('agree about what is executable', () => {
    const missing = allRows().filter((r) => !notExecutable(r) && !semantics.has(r.name));
    expect([...new Set(missing.map((r) => `${r.form} (${r.feature})`))]).toEqual([]);
  });
});
