// The cache on disk: what is stored comes back, and damage, foreign files and lack of room only ever cost a miss.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cacheFolder, diskCache } from './cache';

let folder = '';
beforeEach(() => { folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-cache-')); });
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const content = (size: number, seed = 1): Uint8Array => Uint8Array.from({ length: size }, (_, i) => (i * 31 + seed * 7) & 255);
const files = (): string[] => fs.readdirSync(folder).map((name) => path.join(folder, name));

test('gives back what was stored, for any key and any length', () => {
  const cache = diskCache(path.join(folder, 'made', 'at', 'need'));
  for (const [key, size] of [['a', 0], ['ab/../c', 1], ['ü'.repeat(300), 4099], ['', 17]] as const) {
    cache.store(key, content(size));
    expect(cache.load(key)).toEqual(content(size));
  }
  cache.store('a', content(9, 2));
  expect(cache.load('a')).toEqual(content(9, 2));
  expect(cache.load('b')).toBeUndefined();
});

test('parts come one behind the other, however long they are', () => {
  const cache = diskCache(folder);
  for (const sizes of [[], [0, 0], [3, 0, 5], [1, 4096, 2, 9000], [9000, 1], Array.from({ length: 200 }, (_, i) => i)]) {
    const parts = sizes.map((size, i) => content(size, i));
    cache.store('parts', ...parts);
    expect(Buffer.from(cache.load('parts')!)).toEqual(Buffer.concat(parts));
    // The same content at once is the same file.
    const [file] = files(), inParts = fs.readFileSync(file!);
    cache.store('parts', Buffer.concat(parts));
    expect(fs.readFileSync(file!)).toEqual(inParts);
  }
});

test('content begins on a word', () => {
  const cache = diskCache(folder);
  cache.store('odd', content(10));
  expect(cache.load('odd')!.byteOffset % 4).toBe(0);
});

test('every damaged byte and every shortened file is a miss', () => {
  const cache = diskCache(folder);
  cache.store('key', content(64));
  const [file] = files(), whole = fs.readFileSync(file!);
  // The last header word is reserved and may be anything.
  for (let i = 0; i < whole.length; i++) {
    if (i >= 20 && i < 24 || i === 27) continue; // reserved word; padding of the key
    const broken = Buffer.from(whole);
    broken[i]! ^= 0x40;
    fs.writeFileSync(file!, broken);
    expect(cache.load('key'), `byte ${i}`).toBeUndefined();
  }
  for (let length = 0; length < whole.length; length++) {
    fs.writeFileSync(file!, whole.subarray(0, length));
    expect(cache.load('key'), `length ${length}`).toBeUndefined();
  }
  fs.writeFileSync(file!, whole);
  expect(cache.load('key')).toEqual(content(64));
});

test('evicts what was used longest ago, and leaves foreign files alone', () => {
  const cache = diskCache(folder, 10_000);
  fs.writeFileSync(path.join(folder, 'notes.txt'), 'mine');
  for (let i = 0; i < 8; i++) {
    cache.store(`key ${i}`, content(2000, i));
    for (const file of files()) if (file.endsWith('.gobuf')) fs.utimesSync(file, new Date(Date.now() - 10_000), new Date(fs.statSync(file).mtimeMs - 1000));
  }
  const kept = [0, 1, 2, 3, 4, 5, 6, 7].filter((i) => cache.load(`key ${i}`) !== undefined);
  expect(kept).toEqual([4, 5, 6, 7]);
  expect(fs.readFileSync(path.join(folder, 'notes.txt'), 'utf8')).toBe('mine');
  cache.store('too large', content(5000));
  expect(cache.load('too large')).toBeUndefined();
});

test('a folder that cannot be made is no cache and no error', () => {
  const file = path.join(folder, 'file');
  fs.writeFileSync(file, '');
  const cache = diskCache(path.join(file, 'below'));
  cache.store('key', content(5));
  expect(cache.load('key')).toBeUndefined();
});

test('GOBUF_CACHE names the folder', () => {
  expect(cacheFolder({ GOBUF_CACHE: folder })).toBe(folder);
  expect(cacheFolder({})).toContain('gobuf');
});
