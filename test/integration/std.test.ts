// A fast part of `npm run test:std`: tests of the standard library, subtests included, say here what they say natively.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { compare, list, setUp } from '../std/compare.mjs';
import { ROOT } from '../support/processes';

const FAST = ['container/heap', 'errors', 'hash/crc32', 'internal/cpu', 'math/bits', 'sort', 'strconv', 'sync', 'text/tabwriter', 'unicode/utf8'];
const setup = setUp();
const known = JSON.parse(fs.readFileSync(path.join(ROOT, 'test/std/packages.json'), 'utf8')) as { excused: Record<string, Record<string, string>> };

describe.skipIf(!setup)('tests of the standard library (need the go command)', () => {
  test.each(setup ? list(setup, FAST) : [])('$name', async (each) => {
    const result = await compare(setup!, each, { excused: known.excused[each.name] ?? {}, seconds: 250 });
    expect(result.broken).toBeUndefined();
    expect(result.differences, result.lastWords?.join('\n')).toEqual([]);
    expect(result.equal).toBeGreaterThan(0);
  }, 300_000);
});
