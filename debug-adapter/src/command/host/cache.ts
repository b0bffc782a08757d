// Translated code on disk, in $GOBUF_CACHE or the user's cache folder, so that a second run starts without translating.
// Must stay true: it may be deleted, damaged, full or shared by many processes at any moment and never does worse than miss.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TranslationCache } from '@gobuf/emulator/machine-types';
import { crc32 } from './node-bindings';

const MAGIC = 0x31464267; // gBF1
const HEADER_BYTES = 24;
const MOST_BYTES = 512 << 20;
const STALE_MS = 3_600_000;

export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env['GOBUF_CACHE']) return path.resolve(env['GOBUF_CACHE']);
  if (process.platform === 'win32') return path.join(env['LOCALAPPDATA'] ?? os.tmpdir(), 'gobuf', 'cache');
  if (process.platform === 'darwin') return path.join(os.homedir(), 'Library', 'Caches', 'gobuf');
  return path.join(env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache'), 'gobuf');
}

/** Where people's settings are. */
export function configFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (process.platform === 'win32') return path.join(env['APPDATA'] ?? os.homedir(), 'gobuf');
  return path.join(env['XDG_CONFIG_HOME'] || path.join(os.homedir(), '.config'), 'gobuf');
}

/** Two 32-bit sums of content: Node's CRC-32 of its halves, which takes a twentieth of the time of what is written here for versions without (before 20.15 and 22.2). */
function contentSums(parts: readonly Uint8Array[]): [number, number] {
  if (!crc32) return checksum(parts.length === 1 ? parts[0]! : Buffer.concat(parts));
  const sums: [number, number] = [0, 0];
  let left = sizeOf(parts) >> 1;
  for (const part of parts) {
    // Of nothing at all it is 0, whatever came before.
    if (part.length > 0 && left > 0) sums[0] = crc32(part.subarray(0, left), sums[0]);
    if (part.length > left) sums[1] = crc32(part.subarray(left), sums[1]);
    left = Math.max(0, left - part.length);
  }
  return sums;
}
const sizeOf = (parts: readonly Uint8Array[]): number => parts.reduce((size, part) => size + part.length, 0);

/** Two independent 32-bit sums, for names too; written here because loading node:crypto costs more than the whole check. */
function checksum(bytes: Uint8Array): [number, number] {
  let a = 0x9e3779b9 ^ bytes.length, b = 0x85ebca6b;
  const whole = bytes.byteOffset % 4 === 0 ? bytes.length >> 2 : 0;
  const words = whole > 0 ? new Int32Array(bytes.buffer, bytes.byteOffset, whole) : undefined;
  for (let i = 0; i < whole; i++) {
    const word = words![i]!;
    a = Math.imul(a ^ word, 0x01000193);
    b = (Math.imul(b, 31) + word + (a >>> 15)) | 0;
  }
  for (let i = whole * 4; i < bytes.length; i++) {
    a = Math.imul(a ^ bytes[i]!, 0x01000193);
    b = (Math.imul(b, 31) + bytes[i]! + (a >>> 15)) | 0;
  }
  return [a >>> 0, b >>> 0];
}

/** A file holds: magic, length of the key, length of the content, two sums, 0; the key padded to 4 bytes; the content. */
export function diskCache(folder: string, mostBytes = MOST_BYTES): TranslationCache {
  const fileOf = (key: Uint8Array): string => path.join(folder, `${checksum(key).map((word) => word.toString(16).padStart(8, '0')).join('')}.gobuf`);
  return {
    load(name) {
      const key = Buffer.from(name);
      const file = fileOf(key);
      try {
        const fd = fs.openSync(file, 'r');
        try {
          const info = fs.fstatSync(fd);
          // A buffer of its own, so that words are aligned and nothing else is kept alive by it.
          const bytes = new Uint8Array(info.size);
          for (let at = 0; at < bytes.length;) {
            const count = fs.readSync(fd, bytes, at, bytes.length - at, at);
            if (count === 0) return undefined;
            at += count;
          }
          if (bytes.length < HEADER_BYTES) return undefined;
          const header = new Uint32Array(bytes.buffer, 0, HEADER_BYTES / 4);
          const start = HEADER_BYTES + ((key.length + 3) & ~3);
          if (header[0] !== MAGIC || header[1] !== key.length || bytes.length !== start + header[2]!) return undefined;
          if (key.compare(bytes, HEADER_BYTES, HEADER_BYTES + key.length) !== 0) return undefined;
          const content = bytes.subarray(start);
          const [a, b] = contentSums([content]);
          if (header[3] !== a || header[4] !== b) return undefined;
          if (Date.now() - info.mtimeMs > STALE_MS) fs.futimesSync(fd, new Date(), new Date());
          return content;
        } finally { fs.closeSync(fd); }
      } catch { return undefined; }
    },
    store(name, ...parts) {
      const length = sizeOf(parts);
      if (length > mostBytes / 4) return;
      const key = Buffer.from(name), head = new Uint8Array(HEADER_BYTES + ((key.length + 3) & ~3));
      head.set(key, HEADER_BYTES);
      new Uint32Array(head.buffer, 0, HEADER_BYTES / 4).set([MAGIC, key.length, length, ...contentSums(parts), 0]);
      const file = fileOf(key);
      const temporary = `${file}.${process.pid}.${Date.now().toString(36)}.tmp`;
      try {
        fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
        writeParts(temporary, [head, ...parts]);
        fs.renameSync(temporary, file);
        evict(folder, mostBytes);
      } catch {
        try { fs.rmSync(temporary, { force: true }); } catch { /* a cache that cannot be written is no cache */ }
      }
    },
  };
}

function writeParts(file: string, parts: readonly Uint8Array[]): void {
  const fd = fs.openSync(file, 'w');
  try {
    let rest = parts.filter((part) => part.length > 0);
    while (rest.length > 0) {
      // As many at once as any system takes; fewer bytes may be written than were given.
      let written = fs.writevSync(fd, rest.slice(0, 64));
      while (rest.length > 0 && written >= rest[0]!.length) { written -= rest[0]!.length; rest = rest.slice(1); }
      if (written > 0) rest[0] = rest[0]!.subarray(written);
    }
  } finally { fs.closeSync(fd); }
}

/** Deletes what was used longest ago until the rest fits, and what interrupted writers left. */
function evict(folder: string, mostBytes: number): void {
  const files: { file: string; size: number; time: number }[] = [];
  for (const name of fs.readdirSync(folder)) {
    if (!/\.gobuf(\.|$)/.test(name)) continue;
    const file = path.join(folder, name);
    try {
      const info = fs.statSync(file);
      if (!name.endsWith('.tmp')) files.push({ file, size: info.size, time: info.mtimeMs });
      else if (Date.now() - info.mtimeMs > STALE_MS) fs.rmSync(file, { force: true });
    } catch { /* another process was faster */ }
  }
  let total = files.reduce((sum, each) => sum + each.size, 0);
  for (const each of files.sort((x, y) => x.time - y.time)) {
    if (total <= mostBytes) break;
    try { fs.rmSync(each.file, { force: true }); } catch { /* likewise */ }
    total -= each.size;
  }
}
