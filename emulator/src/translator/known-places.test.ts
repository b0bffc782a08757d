// The table of places against a map: all that was entered is found, nothing else is, wherever the addresses are and however close together.
import { describe, expect, it } from 'vitest';
import { KEEP_LIST, KEPT_RECORDS, PAGES_BASE, PLACES, PLACE_BITS, RECORDS } from '../cpu-state';
import { randomNumbers } from '../x86/testing/random-instructions';
import { recordFunctionsOn } from './record-functions';
import { RECORD } from './record-layout';

const PIECE = 1024, TOP = 2 ** 47;

function table() {
  const memory = new WebAssembly.Memory({ initial: PAGES_BASE / 65536 }), words = new Uint32Array(memory.buffer), functions = recordFunctionsOn(memory), entered = new Map<number, number>();
  const halves = (address: number): [number, number] => [Math.floor(address / 2 ** 32), address % 2 ** 32];
  const put = (address: number): number => {
    const record = RECORDS + entered.size * RECORD.size, [high, low] = halves(address);
    words[(record + RECORD.address) >> 2] = low;
    words[(record + RECORD.address + 4) >> 2] = high;
    entered.set(address, record);
    return record;
  };
  return {
    words, entered, put,
    forget() { functions.forget(RECORDS, RECORDS + entered.size * RECORD.size); },
    enter(address: number) { if (!entered.has(address)) functions.enter(put(address)); },
    known: (address: number) => functions.known(...halves(address)),
    onPage(page: number) { const count = functions.listPage(...halves(page)); return [...words.subarray(KEEP_LIST >> 2, (KEEP_LIST >> 2) + count)]; },
  };
}

describe('the table of places', () => {
  it('finds what was entered, and only that', () => {
    const { enter, entered, known } = table(), next = randomNumbers(3), some = (most: number) => next() % most;
    // Whole pieces side by side, which have more addresses than entries; their ends and the table's; and places anywhere.
    for (const start of [0x401000, 0x401000 + PIECE, 2 ** 32 - PIECE, TOP - PIECE, 0]) for (let at = 0; at < PIECE; at++) enter(start + at);
    for (let n = 0; n < 50_000; n++) enter((some(2 ** 15) * 2 ** 32) + some(2 ** 32));
    for (let n = 0; n < 20_000; n++) enter(0x500000 + some(0x80000));
    expect(entered.size).toBeGreaterThan(70_000);
    const wrong = [...entered].filter(([address, record]) => known(address) !== record);
    expect(wrong).toEqual([]);
    for (let n = 0; n < 50_000; n++) { const address = 0x500000 + some(0x100000); expect(known(address)).toBe(entered.get(address) ?? 0); }
  });

  it('wraps at its end', () => {
    const { enter, entered, known, words, forget } = table(), last = (PLACES >> 2) + (1 << PLACE_BITS) - 1;
    // Pieces until one whose entries are the last.
    for (let piece = 0; words[last] === 0; piece++) for (const at of [PIECE - 2, PIECE - 1]) enter(piece * PIECE + at);
    expect(words[last]).not.toBe(0);
    expect([...entered].filter(([address, record]) => known(address) !== record)).toEqual([]);
    forget();
    expect(words.subarray(PLACES >> 2, last + 1).every((word) => word === 0)).toBe(true);
  });

  it('lists a page', () => {
    const { enter, entered, onPage } = table(), page = 0x7f00_0040_2000;
    for (const at of [page - 1, page, page + 1, page + 7, page + 4095, page + 4096]) enter(at);
    expect(onPage(page)).toEqual([page, page + 1, page + 7, page + 4095].map((at) => entered.get(at)));
    expect(onPage(page + 8192)).toEqual([]);
  });

  it('finds those that were taken over in their order', () => {
    const { enter, entered, known, put, words } = table(), kept = [0x401000, 0x401003, 2 ** 32 - 1, 2 ** 32, 2 ** 40 + 5];
    for (const address of kept) put(address);
    words[KEPT_RECORDS >> 2] = kept.length;
    enter(0x401001);
    for (const address of [...kept, 0x401001]) expect(known(address)).toBe(entered.get(address));
    for (const address of [0, 0x400fff, 0x401002, 0x401004, 2 ** 32 + 1, 2 ** 40 + 4, 2 ** 40 + 6]) expect(known(address)).toBe(0);
  });
});
