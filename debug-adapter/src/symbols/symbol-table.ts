// ELF's static symbols in typed arrays, sorted by address, names decoded when asked for (big programs have several 100 000).
// Must stay true: TLS symbols keep their value (an offset), all others are slid by the bias.
import { cstringAt, wordsOf } from './byte-reader';
import type { ElfFile } from './elf';
import type { SymbolInfo } from './types';

const STT_OBJECT = 1, STT_FUNC = 2, STT_SECTION = 3, STT_FILE = 4, STT_TLS = 6;
const KINDS: Record<number, SymbolInfo['kind']> = { [STT_OBJECT]: 'object', [STT_FUNC]: 'function', [STT_TLS]: 'tls' };

export class SymbolTable {
  readonly count: number;
  private readonly addresses: Float64Array;
  private readonly sizes: Float64Array;
  private readonly nameOffsets: Uint32Array;
  private readonly types: Uint8Array;
  private readonly strings: Uint8Array;
  private readonly byName = new Map<string, SymbolInfo | undefined>();

  constructor(elf: ElfFile, bias: number) {
    const section = elf.section('.symtab');
    const data = section ? elf.data('.symtab') : new Uint8Array(0);
    const stringSection = section && elf.sections[section.link];
    this.strings = stringSection ? elf.data(stringSection.name) : new Uint8Array(0);
    const total = Math.floor(data.length / 24);
    const address = new Float64Array(total), size = new Float64Array(total), name = new Uint32Array(total), type = new Uint8Array(total);
    // Words of 32 bits: nearly every program's table is aligned, and a reader's call per field would take longer than all the rest of a launch.
    const words = wordsOf(data);
    let n = 0;
    for (let i = 0, at = 0; i < total; i++, at += 6) {
      const info = words[at + 1]!, kind = info & 15, index = info >>> 16;
      if (index === 0 || kind === STT_SECTION || kind === STT_FILE) continue;
      name[n] = words[at]!;
      type[n] = kind;
      address[n] = words[at + 2]! + words[at + 3]! * 0x100000000 + (kind === STT_TLS ? 0 : bias);
      size[n++] = words[at + 4]! + words[at + 5]! * 0x100000000;
    }
    this.count = n;
    const order = sortedOrder(address.subarray(0, n));
    this.addresses = new Float64Array(n);
    this.sizes = new Float64Array(n);
    this.nameOffsets = new Uint32Array(n);
    this.types = new Uint8Array(n);
    for (let i = 0; i < n; i++) {
      const from = order[i]!;
      this.addresses[i] = address[from]!;
      this.sizes[i] = size[from]!;
      this.nameOffsets[i] = name[from]!;
      this.types[i] = type[from]!;
    }
  }

  private at(i: number): SymbolInfo {
    return { name: cstringAt(this.strings, this.nameOffsets[i]!), address: this.addresses[i]!, size: this.sizes[i]!, kind: KINDS[this.types[i]!] ?? 'other' };
  }

  /** Index of the last symbol at or before an address. */
  private last(address: number): number {
    let low = 0, high = this.count;
    while (low < high) {
      const mid = (low + high) >> 1;
      if (this.addresses[mid]! <= address) low = mid + 1;
      else high = mid;
    }
    return low - 1;
  }

  named(name: string): SymbolInfo | undefined {
    if (this.byName.has(name)) return this.byName.get(name);
    const want = new TextEncoder().encode(name);
    let found: SymbolInfo | undefined;
    const { strings, nameOffsets } = this;
    for (let i = 0; i < this.count && !found; i++) {
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
    for (let i = this.last(entry); i >= 0 && this.addresses[i] === entry; i--) {
      if (this.types[i] !== STT_FUNC || this.sizes[i] === 0) continue;
      const s = this.at(i);
      if (!best || s.name === name || s.name === `${name}.abi0`) best = s;
    }
    return best;
  }

  /** The data symbol that covers an address. */
  dataAt(address: number): SymbolInfo | undefined {
    for (let i = this.last(address), steps = 0; i >= 0 && steps < 64; i--, steps++) {
      if (this.types[i] === STT_TLS || this.types[i] === STT_FUNC || this.sizes[i] === 0) continue;
      return address < this.addresses[i]! + this.sizes[i]! ? this.at(i) : undefined;
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
