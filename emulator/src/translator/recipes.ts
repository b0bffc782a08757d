// Records of instructions whose head (prefixes, opcode, ModRM, SIB) has been seen before: made by copying that one's record and reading
// displacement, immediate or target anew, which takes a tenth of the time of decoding.
// Must stay true: a record made so is the one that decoding would make (records.test.ts compares them).
import type { Instruction } from '../x86/instruction';
import { TailValue, tailOf } from '../x86/shape';
import { flowOf } from './graph';
import { RECORD, RecordMark } from './record-layout';

const WORDS = RECORD.size >> 2;
/** Of a recipe, after the words of a record. */
const enum Field { head = 16, displacement, fromNext, value, ends, length, size }
const enum Size { node = 256, firstNodes = 512, mostNodes = 1 << 14, firstRecipes = 2048 }
/** No instruction's head is longer. */
const LONGEST_HEAD = 14;

export class Recipes {
  /** A tree by the bytes of heads: 0 nothing, positive the index of the next node, negative the complement of a recipe's index. */
  private nodes = new Int32Array(Size.node * Size.firstNodes);
  private nodeEnd = Size.node as number;
  private recipes = new Int32Array(Field.size * Size.firstRecipes);
  private recipeEnd = 0;
  /** After `fill`: bytes of the instruction, and whether control may go elsewhere. */
  length = 0;
  ends = false;

  /** Fills the record of the instruction whose bytes begin at `offset` and are all there. What is called at it stays to be set. False: its head is new. */
  fill(words: Uint32Array, record: number, address: number, bytes: Uint8Array, offset: number): boolean {
    const { nodes, recipes } = this;
    let node = 0;
    for (let at = offset; node >= 0; at++) {
      node = nodes[node + bytes[at]!]!;
      if (node === 0) return false;
    }
    const from = ~node, w = record >> 2, length = recipes[from + Field.length]!, next = address + length;
    for (let n = 2; n < WORDS - 2; n++) words[w + n] = recipes[from + n]!;
    setAddress(words, w + (RECORD.address >> 2), address);
    setAddress(words, w + (RECORD.next >> 2), next);
    let tail = offset + recipes[from + Field.head]!;
    const displacement = recipes[from + Field.displacement]!;
    if (displacement !== 0) {
      const value = displacement === 1 ? (bytes[tail]! << 24) >> 24 : int32(bytes, tail), at = w + (RECORD.displacement >> 2);
      tail += displacement;
      if (recipes[from + Field.fromNext]! !== 0) setSigned(words, at, next + value);
      else { words[at] = value; words[at + 1] = value >> 31; }
    }
    const immediate = w + (RECORD.immediate >> 2);
    let value: number;
    switch (recipes[from + Field.value]! as TailValue) {
      case TailValue.none: this.length = length; this.ends = recipes[from + Field.ends]! !== 0; return true;
      case TailValue.signed8: value = (bytes[tail]! << 24) >> 24; break;
      case TailValue.signed16: value = ((bytes[tail]! | (bytes[tail + 1]! << 8)) << 16) >> 16; break;
      case TailValue.signed32: value = int32(bytes, tail); break;
      case TailValue.unsigned8: value = bytes[tail]!; break;
      case TailValue.unsigned16: value = bytes[tail]! | (bytes[tail + 1]! << 8); break;
      case TailValue.whole64: value = 0; break;
      case TailValue.relative8: case TailValue.relative32: value = recipes[from + Field.value]! === TailValue.relative8 ? (bytes[tail]! << 24) >> 24 : int32(bytes, tail); break;
    }
    switch (recipes[from + Field.value]! as TailValue) {
      case TailValue.whole64: words[immediate] = int32(bytes, tail); words[immediate + 1] = int32(bytes, tail + 4); break;
      case TailValue.relative8: case TailValue.relative32: {
        const target = next + value < 0 ? next + value + 2 ** 64 : next + value;
        setAddress(words, w + (RECORD.target >> 2), target);
        // A jump back counts, a call does in any case.
        if (target <= address) words[w + (RECORD.count >> 2)]! |= RecordMark.counts << 24;
        break;
      }
      default: words[immediate] = value; words[immediate + 1] = value >> 31;
    }
    this.length = length;
    this.ends = recipes[from + Field.ends]! !== 0;
    return true;
  }

  /** Takes the record of the instruction that was decoded last, at `offset` of its page, as the example for its head. */
  learn(words: Uint32Array, record: number, i: Instruction, offset: number): void {
    const tail = tailOf(i, offset);
    if (!tail || tail.head > LONGEST_HEAD || this.nodeEnd + tail.head * Size.node > Size.mostNodes * Size.node) return;
    const { bytes } = i;
    if (this.recipeEnd + Field.size > this.recipes.length) this.recipes = larger(this.recipes);
    let node = 0;
    for (let at = 0; at < tail.head - 1; at++) {
      const next = this.nodes[node + bytes[at]!]!;
      if (next < 0) return;
      if (next > 0) { node = next; continue; }
      if (this.nodeEnd + Size.node > this.nodes.length) this.nodes = larger(this.nodes);
      this.nodes[node + bytes[at]!] = this.nodeEnd;
      node = this.nodeEnd;
      this.nodeEnd += Size.node;
    }
    if (this.nodes[node + bytes[tail.head - 1]!] !== 0) return;
    this.nodes[node + bytes[tail.head - 1]!] = ~this.recipeEnd;
    const { recipes, recipeEnd: to } = this, w = record >> 2;
    for (let n = 0; n < WORDS; n++) recipes[to + n] = words[w + n]!;
    const counts = flowOf(i), marks = to + (RECORD.count >> 2);
    if (counts !== 'call' && counts !== 'indirectCall' && counts !== 'indirectJump') recipes[marks]! &= ~(RecordMark.counts << 24);
    recipes[to + Field.head] = tail.head;
    recipes[to + Field.displacement] = tail.displacement;
    recipes[to + Field.fromNext] = Number(tail.fromNext);
    recipes[to + Field.value] = tail.value;
    recipes[to + Field.ends] = Number(counts !== 'next');
    recipes[to + Field.length] = i.length;
    this.recipeEnd += Field.size;
  }
}

function larger(array: Int32Array): Int32Array<ArrayBuffer> {
  const out = new Int32Array(array.length * 2);
  out.set(array);
  return out;
}

const int32 = (bytes: Uint8Array, at: number): number => bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);

function setAddress(words: Uint32Array, at: number, value: number): void {
  words[at] = value % 0x100000000;
  words[at + 1] = Math.floor(value / 0x100000000);
}
/** The same for what may be negative: two's complement by halves. */
function setSigned(words: Uint32Array, at: number, value: number): void {
  words[at] = ((value % 0x100000000) + 0x100000000) % 0x100000000;
  words[at + 1] = Math.floor(value / 0x100000000) >>> 0;
}
