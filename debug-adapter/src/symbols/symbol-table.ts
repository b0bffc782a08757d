// ELF's static symbols in typed arrays, sorted by address, names decoded when asked for (big programs have several 100 000).
// Must stay true: TLS symbols keep their value (an offset), all others are slid by the bias.
import { cstringAt, wordsOf } from './byte-reader';
import type { ElfFile } from './elf';
import type { SymbolInfo } from './types';

const STT_OBJECT = 1, STT_FUNC = 2, STT_SECTION = 3, STT_FILE = 4, STT_TLS = 6;
const KINDS: Record<number, SymbolInfo['kind']> = { [STT_OBJECT]: 'object', [STT_FUNC]: 'function', [STT_TLS]: 'tls' };

/** As long as only so many functions were asked for they are looked for in the table as it lies in the file: a launch asks for a few. */
const FEW = 64, WORDS = 6;

interface Sorted { count: number; addresses: Float64Array; sizes: Float64Array; nameOffsets: Uint32Array; types: Uint8Array }

export class SymbolTable {
  private readonly strings: Uint8Array;
  private readonly byName = new Map<string, SymbolInfo | undefined>();
  private readonly data: Uint8Array;
  private made: Sorted | undefined;
  private asked = 0;

  constructor(elf: ElfFile, private readonly bias: number) {
    const section = elf.section('.symtab');
    this.data = section ? elf.data('.symtab') : new Uint8Array(0);
    const stringSection = section && elf.sections[section.link];
    this.strings = stringSection ? elf.data(stringSection.name) : new Uint8Array(0);
  }

  get count(): number { return this.sorted.count; }
  private get sorted(): Sorted { return this.made ??= this.sort(); }

  private sort(): Sorted {
    const { data, bias } = this, total = Math.floor(data.length / (WORDS * 4));
    const address = new Float64Array(total), size = new Float64Array(total), name = new Uint32Array(total), type = new Uint8Array(total);
    // Words of 32 bits: nearly every program's table is aligned, and a reader's call per field would take longer than all the rest of a launch.
    const words = wordsOf(data);
    let n = 0;
    for (let i = 0, at = 0; i < total; i++, at += WORDS) {
      const info = words[at + 1]!, kind = info & 15, index = info >>> 16;
      if (index === 0 || kind === STT_SECTION || kind === STT_FILE) continue;
      name[n] = words[at]!;
      type[n] = kind;
      address[n] = words[at + 2]! + words[at + 3]! * 0x100000000 + (kind === STT_TLS ? 0 : bias);
      size[n++] = words[at + 4]! + words[at + 5]! * 0x100000000;
    }
    const order = sortedOrder(address.subarray(0, n)), addresses = new Float64Array(n), sizes = new Float64Array(n), nameOffsets = new Uint32Array(n), types = new Uint8Array(n);
    for (let i = 0; i < n; i++) {
      const from = order[i]!;
      addresses[i] = address[from]!;
      sizes[i] = size[from]!;
      nameOffsets[i] = name[from]!;
      types[i] = type[from]!;
    }
    return { count: n, addresses, sizes, nameOffsets, types };
  }

  private at(i: number): SymbolInfo {
    const { nameOffsets, addresses, sizes, types } = this.sorted;
    return { name: cstringAt(this.strings, nameOffsets[i]!), address: addresses[i]!, size: sizes[i]!, kind: KINDS[types[i]!] ?? 'other' };
  }

  /** Index of the last symbol at or before an address. */
  private last(address: number): number {
    const { count, addresses } = this.sorted;
    let low = 0, high = count;
    while (low < high) {
      const mid = (low + high) >> 1;
      if (addresses[mid]! <= address) low = mid + 1;
      else high = mid;
    }
    return low - 1;
  }

  named(name: string): SymbolInfo | undefined {
    if (this.byName.has(name)) return this.byName.get(name);
    const want = new TextEncoder().encode(name);
    let found: SymbolInfo | undefined;
    const { strings } = this, { nameOffsets, count } = this.sorted;
    for (let i = 0; i < count && !found; i++) {
      const at = nameOffsets[i]!;
      if (strings[at + want.length] !== 0) continue;
      let k = 0;
      while (k < want.length && strings[at + k] === want[k]) k++;
      if (k === want.length) found = this.at(i);
    }
    this.byName.set(name, found);
    return found;
  }

  /** The sized function symbol that begins at an address; of several, the one with this name. */
  functionAt(entry: number, name: string): SymbolInfo | undefined {
    let best: SymbolInfo | undefined;
    for (const symbol of this.functionsAt(entry)) if (!best || symbol.name === name || symbol.name === `${name}.abi0`) best = symbol;
    return best;
  }

  /** The last ones of the file first. */
  private functionsAt(entry: number): SymbolInfo[] {
    const found: SymbolInfo[] = [];
    if (!this.made && this.data.byteOffset % 8 === 0 && this.asked++ < FEW) {
      const { data, bias } = this, value = BigInt(entry - bias), longs = new BigUint64Array(data.buffer, data.byteOffset, data.length >> 3), words = new Uint32Array(data.buffer, data.byteOffset, data.length >> 2);
      for (let at = longs.indexOf(value); at >= 0; at = longs.indexOf(value, at + 1)) {
        // Name, kind and section; value; size.
        if (at % 3 !== 1) continue;
        const info = words[at * 2 - 1]!, size = Number(longs[at + 1] ?? 0n);
        if ((info & 15) === STT_FUNC && info >>> 16 !== 0 && size > 0) found.unshift({ name: cstringAt(this.strings, words[at * 2 - 2]!), address: entry, size, kind: 'function' });
      }
      return found;
    }
    const { addresses, types, sizes } = this.sorted;
    for (let i = this.last(entry); i >= 0 && addresses[i] === entry; i--) if (types[i] === STT_FUNC && sizes[i] !== 0) found.push(this.at(i));
    return found;
  }

  /** The data symbol that covers an address. */
  dataAt(address: number): SymbolInfo | undefined {
    const { addresses, types, sizes } = this.sorted;
    for (let i = this.last(address), steps = 0; i >= 0 && steps < 64; i--, steps++) {
      if (types[i] === STT_TLS || types[i] === STT_FUNC || sizes[i] === 0) continue;
      return address < addresses[i]! + sizes[i]! ? this.at(i) : undefined;
    }
    return undefined;
  }
}

/** Indices in ascending order of value, stable. */
function sortedOrder(values: Float64Array): Uint32Array {
  const n = values.length;
  let max = 0;
  for (let i = 0; i < n; i++) if (values[i]! > max) max = values[i]!;
  // value and index in one exact number sort natively, many times faster than with a comparison function
  if (max < 2 ** 53 / (n + 1)) {
    const keys = new Float64Array(n);
    for (let i = 0; i < n; i++) keys[i] = values[i]! * (n + 1) + i;
    keys.sort();
    const order = new Uint32Array(n);
    for (let i = 0; i < n; i++) order[i] = keys[i]! % (n + 1);
    return order;
  }
  return Uint32Array.from(values, (_, i) => i).sort((a, b) => values[a]! - values[b]! || a - b);
}
