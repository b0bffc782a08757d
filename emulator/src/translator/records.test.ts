// Records that are made by recipe are those that decoding makes: for instructions of every row of the table, with random displacements,
// immediates and targets; also by recipes of another run, for templates of the library. Decoding itself is checked against other decoders elsewhere.
import { describe, expect, it } from 'vitest';
import { decode } from '../x86/decoder';
import { tailOf } from '../x86/shape';
import { randomInstructions, randomNumbers } from '../x86/testing/random-instructions';
import { commonInstructions } from './common-instructions';
import { buildRecipes, recordsOfPage } from './common-recipes';
import { buildCore } from './core';
import { encodeLibrary } from './known-templates';
import type { Library } from './known-templates';
import { RECORD } from './record-layout';

const RET = 0xc3, VARIANTS = 3;

function recordsOf(page: number, library: Library = encodeLibrary({ traits: [], patterns: [] }), recipes?: Uint8Array) {
  const seen = { decoded: 0 }, { records, lookups, code } = recordsOfPage(page, library, recipes, () => { seen.decoded++; });
  code.fill(RET);
  return { records, code, seen, words: (record: number) => [...lookups.words.subarray(record >> 2, (record + RECORD.size) >> 2)] };
}

/** Records of instructions at places of their own: how many were made by recipe, those of them whose head (RET's excepted, which follows each) had not come before in this run, and those that decoding makes otherwise. */
function compare(page: number, { records, code, seen, words }: ReturnType<typeof recordsOf>, instructions: Iterable<Uint8Array> = randomInstructions(11, 2)) {
  const next = randomNumbers(7), wrong: string[] = [], heads = new Set([String(RET)]);
  let byRecipe = 0, atOnce = 0;
  for (const bytes of instructions) {
    for (let variant = 0; variant <= VARIANTS; variant++) {
      code.fill(RET);
      // A place of its own, since a record stays that of its address.
      const offset = 16 * (variant + 1), address = page + offset;
      code.set(bytes, offset);
      const example = decode(code, offset, address), tail = example && tailOf(example, offset);
      if (!example || !tail) break;
      if (variant > 0) for (let at = offset + tail.head; at < offset + example.length; at++) code[at] = next() & 255;
      records.forget();
      const before = seen.decoded, record = records.of(address), made = words(record), head = code.subarray(offset, offset + tail.head).join(), isNew = !heads.has(head);
      heads.add(head);
      if (seen.decoded > before) continue;
      byRecipe++;
      if (isNew) atOnce++;
      records.invalidate(page);
      records.refresh(address);
      const decoded = words(record);
      // What comes next is known of a record, not of its instruction.
      for (const field of [RECORD.nextRecord, RECORD.takenRecord]) made[field >> 2] = decoded[field >> 2] = 0;
      if (made.some((word, index) => word !== decoded[index])) wrong.push(`${[...code.subarray(offset, offset + example.length)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')} ${example.row.form}`);
    }
  }
  return { wrong, byRecipe, atOnce };
}

describe('records made by recipe', () => {
  // The lowest page: targets and addresses there wrap. The highest: sums do.
  it.each([0x1000, 0x7ffffffff000])('on page %i', (page) => {
    const { wrong, byRecipe, atOnce } = compare(page, recordsOf(page));
    expect(wrong).toEqual([]);
    expect(byRecipe).toBeGreaterThan(2000);
    expect(atOnce).toBe(0);
  });

  it('of another run, which holds those for templates of the library only', () => {
    const { library } = buildCore(), page = 0x1000, first = recordsOf(page, library), { byRecipe } = compare(page, first), kept = first.records.keepRecipes();
    expect(kept && kept.length).toBeGreaterThan(10_000);
    expect(first.records.keepRecipes()).toBeUndefined();
    const second = compare(page, recordsOf(page, library, kept));
    expect(second.wrong).toEqual([]);
    expect(second.atOnce).toBeGreaterThan(200);
    expect(second.byRecipe).toBe(byRecipe + second.atOnce);
    // What has been cut off is not taken over.
    expect(compare(page, recordsOf(page, library, kept!.slice(0, -2)))).toEqual({ wrong: [], byRecipe, atOnce: 0 });
  });

  it('that gobuf is built with', () => {
    const { library } = buildCore(), common = commonInstructions();
    const { wrong, atOnce } = compare(0x1000, recordsOf(0x1000, library, buildRecipes(library)), common);
    expect(wrong).toEqual([]);
    // The others are those whose meaning depends on more than a head.
    expect(atOnce).toBeGreaterThan(0.9 * common.length);
  });
});
