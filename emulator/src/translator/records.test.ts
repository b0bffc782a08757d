// Records that are made by recipe are those that decoding makes: for instructions of every row of the table, with random displacements,
// immediates and targets. Decoding itself is checked against other decoders elsewhere.
import { describe, expect, it } from 'vitest';
import { RECORDS_END } from '../cpu-state';
import { decode } from '../x86/decoder';
import { tailOf } from '../x86/shape';
import { randomInstructions, randomNumbers } from '../x86/testing/random-instructions';
import type { Lookups } from './lookups';
import { RECORD } from './record-layout';
import { Records } from './records';

const PAGE = 4096, RET = 0xc3, VARIANTS = 3;

/** Records of a page of code that is written to as the test goes on; templates are not executed, and none is made. */
function recordsOf(page: number) {
  const memory = new ArrayBuffer(RECORDS_END), code = new Uint8Array(PAGE).fill(RET);
  const lookups = { words: new Uint32Array(memory), bytes: new Uint8Array(memory), refresh() { /* it never grows */ } } as unknown as Lookups;
  const seen = { decoded: 0 };
  const records = new Records(lookups, new WebAssembly.Table({ element: 'anyfunc', initial: 16 }), {
    pageOf: (at) => (at === page ? code : undefined),
    decode(address) { seen.decoded++; return decode(code, address % PAGE, address) ?? 'invalid'; },
    isBreakpoint: () => false, isEntry: () => false, isPlain: () => true,
    functions: () => ({ 0: null }) as unknown as WebAssembly.Exports,
    hashOf: () => 0,
  }, { traits: [], patterns: [] });
  return { records, code, seen, words: (record: number) => [...lookups.words.subarray(record >> 2, (record + RECORD.size) >> 2)] };
}

describe('records made by recipe', () => {
  // The lowest page: targets and addresses there wrap. The highest: sums do.
  it.each([0x1000, 0x7ffffffff000])('on page %i', (page) => {
    const { records, code, seen, words } = recordsOf(page), next = randomNumbers(7), wrong: string[] = [];
    let byRecipe = 0;
    for (const bytes of randomInstructions(11, 2)) {
      for (let variant = 0; variant <= VARIANTS; variant++) {
        if (records.full) records.forget();
        code.fill(RET);
        // A place of its own, since a record stays that of its address.
        const offset = 16 * (variant + 1), address = page + offset;
        code.set(bytes, offset);
        const example = decode(code, offset, address), tail = example && tailOf(example, offset);
        if (!example || !tail) break;
        if (variant > 0) for (let at = offset + tail.head; at < offset + example.length; at++) code[at] = next() & 255;
        records.forget();
        const before = seen.decoded, record = records.of(address), made = words(record);
        if (seen.decoded > before) continue;
        byRecipe++;
        records.invalidate(page);
        records.refresh(address);
        const decoded = words(record);
        // What comes next is known of a record, not of its instruction.
        for (const field of [RECORD.nextRecord, RECORD.takenRecord]) made[field >> 2] = decoded[field >> 2] = 0;
        if (made.some((word, index) => word !== decoded[index])) wrong.push(`${[...code.subarray(offset, offset + example.length)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')} ${example.row.form}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(byRecipe).toBeGreaterThan(2000);
  });
});
