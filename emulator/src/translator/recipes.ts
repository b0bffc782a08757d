// Records of instructions whose head (prefixes, opcode, ModRM, SIB) has been seen before: made by copying what that one's record says of the head
// and reading displacement, immediate or target anew, which takes a tenth of the time of decoding.
// Must stay true: a record made so is the one that decoding would make (records.test.ts compares them).
import type { Instruction } from '../x86/instruction';
import { TailValue } from '../x86/shape';
import { tailOf } from './decoding';
import { flowOf } from './graph';
import { RECORD, RecordMark } from './record-layout';

/** Of a recipe: words of a record, all but those of its place; and how its tail is to be read, bits of it as `Shape` says. */
const enum Field { template, count, registers, base, displacement, immediate = 6, shape = 8, size }
/** Numbers of four bits each; where the displacement counts from the next instruction, and whether control may go elsewhere, a bit each. */
const enum Shape { head = 0, length = 4, displacement = 8, value = 12, fromNext = 16, ends = 17 }
/** Nodes have a place for each byte. Numbers of nodes and recipes have 16 bits with their sign. */
const enum Size { firstNodes = 512, mostNodes = 1 << 14, firstRecipes = 2048, mostRecipes = 32_000 }
/** No instruction's head is longer. */
const LONGEST_HEAD = 14;

/** New recipes that make it worth storing all again. */
const WORTH_KEEPING = 64;

/** Those for templates of the library, which hold for every program and are kept for all; and the program's own. */
export class AllRecipes {
  private readonly own = new Recipes();
  private common: Recipes | undefined;

  /** `kept`: what `keep` gave in an earlier run; asked for when the first recipe is wanted. */
  constructor(private readonly kept: () => Uint8Array | undefined) {}

  /** The one whose `fill` did it. */
  fill(words: Uint32Array, record: number, address: number, bytes: Uint8Array, offset: number): Recipes | undefined {
    const common = this.common ?? this.take();
    return common.fill(words, record, address, bytes, offset) ? common : this.own.fill(words, record, address, bytes, offset) ? this.own : undefined;
  }

  private take(): Recipes {
    this.common = new Recipes();
    const kept = this.kept();
    if (kept) this.common.adopt(kept);
    return this.common;
  }

  /** `libraryEnd`: the first template that is the program's own. */
  learn(words: Uint32Array, record: number, i: Instruction, offset: number, libraryEnd: number, immediates: boolean): void {
    (words[(record + RECORD.template) >> 2]! < libraryEnd ? this.common ?? this.take() : this.own).learn(words, record, i, offset, immediates);
  }

  /** What is now known of instructions of any program; undefined if little is new. */
  keep(): Uint8Array | undefined { return this.common && this.common.fresh >= WORTH_KEEPING ? this.common.keep() : undefined; }
}

export class Recipes {
  /** A tree by the bytes of heads: 0 nothing, positive the next node, negative the complement of a recipe. */
  private nodes = new Int16Array(256 * Size.firstNodes);
  private nodeCount = 1;
  private recipes = new Int32Array(Field.size * Size.firstRecipes);
  private count = 0;
  /** Recipes learnt here, not taken over. */
  fresh = 0;
  /** After `fill`: bytes of the instruction, and whether control may go elsewhere. */
  length = 0;
  ends = false;

  /** Fills the record of the instruction whose bytes begin at `offset` and are all there. What is called at it stays to be set. False: its head is new. */
  fill(words: Uint32Array, record: number, address: number, bytes: Uint8Array, offset: number): boolean {
    const { nodes, recipes } = this;
    let node = 0;
    for (let at = offset; node >= 0; at++) {
      node = nodes[(node << 8) + bytes[at]!]!;
      if (node === 0) return false;
    }
    const from = ~node * Field.size, w = record >> 2, shape = recipes[from + Field.shape]!, length = (shape >> Shape.length) & 15, next = address + length;
    words[w + (RECORD.template >> 2)] = recipes[from + Field.template]!;
    words[w + (RECORD.count >> 2)] = recipes[from + Field.count]!;
    words[w + (RECORD.nextRecord >> 2)] = words[w + (RECORD.takenRecord >> 2)] = 0;
    words[w + (RECORD.registers >> 2)] = recipes[from + Field.registers]!;
    words[w + (RECORD.base >> 2)] = recipes[from + Field.base]!;
    setAddress(words, w + (RECORD.address >> 2), address);
    setAddress(words, w + (RECORD.next >> 2), next);
    let tail = offset + ((shape >> Shape.head) & 15);
    const size = (shape >> Shape.displacement) & 15, displacement = w + (RECORD.displacement >> 2);
    if (size === 0) { words[displacement] = recipes[from + Field.displacement]!; words[displacement + 1] = recipes[from + Field.displacement + 1]!; } else {
      const value = size === 1 ? (bytes[tail]! << 24) >> 24 : int32(bytes, tail);
      tail += size;
      if ((shape >> Shape.fromNext) & 1) setSigned(words, displacement, next + value);
      else { words[displacement] = value; words[displacement + 1] = value >> 31; }
    }
    const immediate = w + (RECORD.immediate >> 2), kind = ((shape >> Shape.value) & 15) as TailValue;
    words[immediate] = recipes[from + Field.immediate]!;
    words[immediate + 1] = recipes[from + Field.immediate + 1]!;
    this.length = length;
    this.ends = ((shape >> Shape.ends) & 1) !== 0;
    switch (kind) {
      case TailValue.none: break;
      case TailValue.signed8: setNear(words, immediate, (bytes[tail]! << 24) >> 24); break;
      case TailValue.signed16: setNear(words, immediate, ((bytes[tail]! | (bytes[tail + 1]! << 8)) << 16) >> 16); break;
      case TailValue.signed32: setNear(words, immediate, int32(bytes, tail)); break;
      case TailValue.unsigned8: setNear(words, immediate, bytes[tail]!); break;
      case TailValue.unsigned16: setNear(words, immediate, bytes[tail]! | (bytes[tail + 1]! << 8)); break;
      case TailValue.whole64: words[immediate] = int32(bytes, tail); words[immediate + 1] = int32(bytes, tail + 4); break;
      case TailValue.relative8: case TailValue.relative32: {
        const to = next + (kind === TailValue.relative8 ? (bytes[tail]! << 24) >> 24 : int32(bytes, tail)), target = to < 0 ? to + 2 ** 64 : to;
        setAddress(words, w + (RECORD.target >> 2), target);
        // A jump back counts, a call does in any case.
        if (target <= address) words[w + (RECORD.count >> 2)]! |= RecordMark.counts << 24;
        break;
      }
    }
    return true;
  }

  /**
   * Takes the record of the instruction that was decoded last, at `offset` of its page, as the example for its head. `immediates`: what it means depends on
   * its immediate, which is then part of the head.
   */
  learn(words: Uint32Array, record: number, i: Instruction, offset: number, immediates: boolean): void {
    let tail = tailOf(i, offset);
    if (tail && immediates && tail.value !== TailValue.none) tail = tail.displacement === 0 ? { head: i.length, displacement: 0, fromNext: false, value: TailValue.none } : undefined;
    if (!tail || tail.head > LONGEST_HEAD || this.nodeCount + tail.head > Size.mostNodes || this.count >= Size.mostRecipes) return;
    const { bytes } = i, last = bytes[tail.head - 1]!;
    let node = 0;
    for (let at = 0; at < tail.head - 1; at++) {
      const place = (node << 8) + bytes[at]!, next = this.nodes[place]!;
      if (next < 0) return;
      if (next > 0) { node = next; continue; }
      if ((this.nodeCount + 1) << 8 > this.nodes.length) { const { nodes } = this; this.nodes = new Int16Array(nodes.length * 2); this.nodes.set(nodes); }
      node = this.nodes[place] = this.nodeCount++;
    }
    if (this.nodes[(node << 8) + last] !== 0) return;
    this.nodes[(node << 8) + last] = ~this.count;
    if ((this.count + 1) * Field.size > this.recipes.length) { const { recipes } = this; this.recipes = new Int32Array(recipes.length * 2); this.recipes.set(recipes); }
    const { recipes } = this, to = this.count++ * Field.size, w = record >> 2, flow = flowOf(i);
    recipes[to + Field.template] = words[w + (RECORD.template >> 2)]!;
    recipes[to + Field.count] = words[w + (RECORD.count >> 2)]! & ~(flow === 'call' || flow === 'indirectCall' || flow === 'indirectJump' ? 0 : RecordMark.counts << 24);
    recipes[to + Field.registers] = words[w + (RECORD.registers >> 2)]!;
    recipes[to + Field.base] = words[w + (RECORD.base >> 2)]!;
    for (const half of [0, 1]) {
      recipes[to + Field.displacement + half] = words[w + (RECORD.displacement >> 2) + half]!;
      recipes[to + Field.immediate + half] = words[w + (RECORD.immediate >> 2) + half]!;
    }
    recipes[to + Field.shape] = (tail.head << Shape.head) | (i.length << Shape.length) | (tail.displacement << Shape.displacement) | (tail.value << Shape.value) | (Number(tail.fromNext) << Shape.fromNext) | (Number(flow !== 'next') << Shape.ends);
    this.fresh++;
  }

  /** For `adopt`. */
  keep(): Uint8Array {
    const nodes = this.nodes.subarray(0, this.nodeCount << 8), recipes = this.recipes.subarray(0, this.count * Field.size), out = new Int32Array(2 + nodes.length / 2 + recipes.length);
    out.set([this.nodeCount, this.count]);
    out.set(recipes, 2);
    new Int16Array(out.buffer, 8 + recipes.byteLength).set(nodes);
    this.fresh = 0;
    return new Uint8Array(out.buffer);
  }

  /** Takes over what another one kept, if it has nothing yet; what does not fit together is left. */
  adopt(kept: Uint8Array): void {
    if (this.count > 0 || kept.length < 8 || kept.length % 4 !== 0) return;
    const all = new Int32Array(kept.slice().buffer), [nodeCount, count] = all;
    if (count === 0 || kept.length !== 8 + nodeCount! * 512 + count! * 4 * Field.size) return;
    this.recipes = all.subarray(2, 2 + count! * Field.size);
    this.nodes = new Int16Array(all.buffer, 8 + this.recipes.byteLength);
    this.nodeCount = nodeCount!;
    this.count = count!;
  }
}

const int32 = (bytes: Uint8Array, at: number): number => bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);

function setNear(words: Uint32Array, at: number, value: number): void {
  words[at] = value;
  words[at + 1] = value >> 31;
}
function setAddress(words: Uint32Array, at: number, value: number): void {
  words[at] = value % 0x100000000;
  words[at + 1] = Math.floor(value / 0x100000000);
}
/** The same for what may be negative: two's complement by halves. */
function setSigned(words: Uint32Array, at: number, value: number): void {
  words[at] = ((value % 0x100000000) + 0x100000000) % 0x100000000;
  words[at + 1] = Math.floor(value / 0x100000000) >>> 0;
}
