// The address space against simple models: mappings, permissions, copy-on-write snapshots, code pages, the limit.
import { describe, expect, it } from 'vitest';
import { EXECUTE, READ, WRITE } from '../cpu-types';
import { FileData } from '../kernel/file-data';
import { AddressSpace } from './address-space';
import { insert, rewrite, topDown } from './regions';
import type { Region } from './regions';

const region = (start: number, end: number, protection = READ | WRITE): Region => ({ start, end, protection, name: '', shared: false });

function generator(seed: number): (n: number) => number {
  let state = seed;
  return (n) => { state = (Math.imul(state, 1664525) + 1013904223) >>> 0; return (state >>> 8) % n; };
}

describe('regions', () => {
  it('agree with a page-by-page model through random changes', () => {
    const random = generator(7), PAGES = 64;
    let regions: readonly Region[] = [];
    const model: (number | undefined)[] = new Array<number | undefined>(PAGES).fill(undefined);
    for (let i = 0; i < 500; i++) {
      const from = random(PAGES - 1), to = from + 1 + random(PAGES - from - 1), protection = random(8), action = random(3);
      const start = from * 4096, end = to * 4096;
      if (action === 0) regions = insert(regions, region(start, end, protection));
      else if (action === 1) regions = rewrite(regions, start, end, () => undefined);
      else regions = rewrite(regions, start, end, (part) => ({ ...part, protection }));
      for (let p = from; p < to; p++) model[p] = action === 0 ? protection : action === 1 ? undefined : model[p] === undefined ? undefined : protection;
      const seen: (number | undefined)[] = new Array<number | undefined>(PAGES).fill(undefined);
      let last = 0;
      for (const r of regions) {
        expect(r.start).toBeGreaterThanOrEqual(last);
        expect(r.end).toBeGreaterThan(r.start);
        last = r.end;
        for (let p = r.start / 4096; p < r.end / 4096; p++) seen[p] = r.protection;
      }
      expect(seen.join()).toBe(model.join());
    }
  });

  it('finds the highest gap', () => {
    const regions = [region(0x10000, 0x20000), region(0x30000, 0x40000)];
    expect(topDown(regions, 0x10000, 0x40000, 0x1000)).toBe(0x20000);
    expect(topDown(regions, 0x11000, 0x40000, 0x1000)).toBeUndefined();
    expect(topDown(regions, 0x1000, 0x50000, 0x1000)).toBe(0x4f000);
  });
});

describe('an address space', () => {
  it('enforces permissions and says what kind of fault it is', () => {
    const space = new AddressSpace(1 << 24);
    space.map(region(0x10000, 0x12000, READ));
    expect(space.hostPage(0x10000, READ)).toBeGreaterThan(0);
    expect(space.hostPage(0x10000, WRITE)).toBe(0);
    expect(space.hostPage(0x10000, EXECUTE)).toBe(0);
    expect(space.hostPage(0x12000, READ)).toBe(0);
    expect([space.faultKind(0x10000), space.faultKind(0x12000)]).toEqual(['permission', 'unmapped']);
    space.protect(0x10000, 0x12000, WRITE);
    expect(space.hostPage(0x10000, READ | WRITE)).toBeGreaterThan(0);
    expect(space.hostPage(0xffff800000000000, READ)).toBe(0);
  });

  it('reads file contents, then zeros, and faults beyond a strict file', () => {
    const space = new AddressSpace(1 << 24), bytes = new Uint8Array(5000).fill(7);
    space.map({ ...region(0x10000, 0x14000), backing: { bytes, offset: 0, length: 5000 } });
    expect([...space.read(0x10000 + 4990, 20)!]).toEqual([...new Array<number>(10).fill(7), ...new Array<number>(10).fill(0)]);
    expect(space.read(0x13000, 4)).toEqual(new Uint8Array(4));
    space.unmap(0x10000, 0x11000);
    expect(space.read(0x11000, 2)).toEqual(new Uint8Array([7, 7]));
    space.map({ ...region(0x20000, 0x24000), backing: { bytes, offset: 0, length: 5000, strict: true } });
    expect([space.hostPage(0x22000, READ), space.faultKind(0x22000)]).toEqual([0, 'beyondFile']);
  });

  it('goes back to snapshots whatever happened between, and gives all pages back', () => {
    const random = generator(11), space = new AddressSpace(1 << 26);
    space.map(region(0x100000, 0x200000));
    type Kept = { snapshot: ReturnType<AddressSpace['snapshot']>; bytes: Uint8Array };
    const kept: Kept[] = [];
    const whole = (): Uint8Array => space.peek(0x100000, 0x100000);
    for (let i = 0; i < 400; i++) {
      const action = random(10), at = 0x100000 + random(0x100000 - 4096);
      if (action < 6) space.write(at, Uint8Array.from({ length: 1 + random(4000) }, () => random(256)));
      else if (action === 6) space.discard(at - (at % 4096), at - (at % 4096) + 4096 * (1 + random(4)));
      else if (action === 7) { const bytes = whole(); kept.push({ snapshot: space.snapshot(), bytes }); }
      else if (action === 8 && kept.length > 0) {
        const chosen = kept[random(kept.length)]!;
        space.restore(chosen.snapshot);
        const now = whole();
        expect(now.findIndex((byte, i) => byte !== chosen.bytes[i])).toBe(-1);
      } else if (action === 9 && kept.length > 3) space.release(kept.splice(random(kept.length), 1)[0]!.snapshot);
    }
    for (const { snapshot } of kept) space.release(snapshot);
    space.unmap(0x100000, 0x200000);
    expect(space.pages.bytesInUse).toBe(4096);
  });

  it('goes back with files that are mapped at several places, which never differ', () => {
    const random = generator(5), space = new AddressSpace(1 << 26), SIZE = 8 * 4096, places = [[0x100000, 0], [0x200000, 2], [0x300000, 0]] as const;
    let data = FileData.of(new Uint8Array(SIZE));
    space.linked.files = { size: () => data.size, read: (_, offset, length) => data.read(offset, length), write: (_, offset, bytes) => data.write(offset, bytes.subarray(0, data.size - offset)) };
    for (const [start, skipped] of places) space.map({ ...region(start, start + SIZE - skipped * 4096), shared: true, file: { inode: 1, offset: skipped * 4096, readOnly: false } });
    type Kept = { snapshot: ReturnType<AddressSpace['snapshot']>; data: FileData; bytes: Uint8Array };
    const kept: Kept[] = [], whole = (): Uint8Array => space.peek(0x100000, SIZE);
    let model = new Uint8Array(SIZE);
    for (let i = 0; i < 500; i++) {
      const action = random(10), from = random(SIZE - 4096), bytes = Uint8Array.from({ length: 1 + random(4000) }, () => random(256)), [start, skipped] = places[random(3)]!;
      if (action < 4 && from >= skipped * 4096) { space.write(start + from - skipped * 4096, bytes); model.set(bytes, from); }
      else if (action === 4) { data.write(from, bytes); space.linked.wroteTo(1, from, bytes); model.set(bytes, from); }
      else if (action === 5) space.discard(start, start + 3 * 4096);
      else if (action === 6) kept.push({ snapshot: space.snapshot(), data: data.cloneForSnapshot(), bytes: model.slice() });
      else if (action === 7 && kept.length > 0) {
        const chosen = kept[random(kept.length)]!;
        space.restore(chosen.snapshot);
        data = chosen.data.cloneForSnapshot();
        model = chosen.bytes.slice();
      } else if (action === 8 && kept.length > 3) space.release(kept.splice(random(kept.length), 1)[0]!.snapshot);
      for (const [at, without] of places) expect(space.peek(at, SIZE - without * 4096).findIndex((byte, j) => byte !== model[j + without * 4096])).toBe(-1);
      space.linked.storedTo(1, from, from + 4096);
      expect(data.read(from, 4096).findIndex((byte, j) => byte !== model[from + j])).toBe(-1);
    }
    expect(whole()).toEqual(model);
    for (const { snapshot } of kept) space.release(snapshot);
    space.unmap(0x100000, 0x400000);
    expect(space.pages.bytesInUse).toBe(4096);
  });

  it('announces code that is written to, and not what stays the same through a restore', () => {
    const space = new AddressSpace(1 << 24), code: string[] = [];
    const bytes = new Uint8Array(8192).fill(0x90);
    space.map({ ...region(0x10000, 0x12000, READ | EXECUTE), backing: { bytes, offset: 0, length: 8192 } });
    space.map(region(0x20000, 0x21000, READ | WRITE | EXECUTE));
    const early = space.snapshot();
    space.changed = (start, _, isCode) => { if (isCode) code.push(start.toString(16)); };
    space.hostPage(0x10000, EXECUTE);
    space.hostPage(0x20000, EXECUTE);
    space.restore(early);
    expect(code).toEqual(['20000']);
    code.length = 0;
    space.hostPage(0x20000, EXECUTE);
    space.write(0x20000, new Uint8Array([1]));
    space.poke(0x10000, new Uint8Array([0xcc]));
    space.protect(0x10000, 0x12000, READ);
    expect(code).toEqual(['20000', '10000']);
  });

  it('stops at its limit instead of taking the host with it', () => {
    const space = new AddressSpace(64 * 4096);
    space.map(region(0x100000, 0x40000000));
    let page = 0x100000;
    while (space.hostPage(page, WRITE) !== 0) page += 4096;
    expect(space.exhausted).toBe(true);
    expect((page - 0x100000) / 4096).toBe(63);
  });

  it('moves mappings with their contents', () => {
    const space = new AddressSpace(1 << 24);
    space.map(region(0x10000, 0x14000));
    space.write(0x11ff8, new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8, 9]));
    space.move(0x10000, 0x4000, 0x50000);
    expect([...space.read(0x51ff8, 9)!]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(space.read(0x11ff8, 1)).toBeUndefined();
  });
});

describe('the processor\'s look-ups', () => {
  it('are told whenever the kernel moves a page they may know', () => {
    const space = new AddressSpace(1 << 24);
    space.map(region(0x10000, 0x12000));
    for (const touch of [() => space.accessible(0x10000, 8, WRITE), () => space.write(0x10000, new Uint8Array(8)), () => space.poke(0x10000, new Uint8Array(8))]) {
      const known = space.hostPage(0x10000, READ), snapshot = space.snapshot();
      let told = 0;
      space.changed = () => { told++; };
      touch();
      expect(space.hostPage(0x10000, READ)).not.toBe(known);
      expect(told).toBe(1);
      space.changed = () => undefined;
      space.release(snapshot);
    }
  });
});
