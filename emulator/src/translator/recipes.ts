// Recipes of instructions whose head (prefixes, opcode, ModRM, SIB) has been seen before, in linear memory, where `makeRecords` (record-functions.ts) makes
// records by them: it copies what the recipe says of the head and reads displacement, immediate or target anew, which takes a hundredth of the time of decoding.
// Must stay true: those for templates of the library hold for every program and are kept for all; the program's own are not kept.
import { RECIPES, RECIPE_NODES, RECIPE_NODES_END } from '../cpu-state';
import type { Instruction } from '../x86/instruction';
import { TailValue } from '../x86/shape';
import { tailOf } from './decoding';
import { flowOf } from './graph';
import type { Lookups } from './lookups';
import { RECIPE, Shape } from './recipe-layout';
import { RECORD, RecordMark } from './record-layout';

/** A node has a place of two bytes for each byte of a head: 0 nothing, positive the next node, negative the complement of a recipe. */
const NODE = 512, MOST_NODES = (RECIPE_NODES_END - RECIPE_NODES) / NODE;
/** As far as 16 bits with their sign can count, with room for one more of each. */
const MOST_RECIPES = Math.floor((RECIPE_NODES - RECIPES) / RECIPE.size);
/** No instruction's head is longer. */
const LONGEST_HEAD = 14;

/** New recipes that make it worth storing all again, which takes about as long as loading what decodes: one that is missing costs the next program that. */
const WORTH_KEEPING = 16;

export class Recipes {
  private nodes = 0;
  /** Numbers from 0 on are those for templates of the library, the program's own have the last numbers. */
  private common = 0;
  private own = 0;
  /** Where in the tree the program's own are. */
  private readonly ownPlaces: number[] = [];
  /** Of the common ones: learnt here, not taken over. */
  private fresh = 0;

  /** `kept`: what `keep` gave in an earlier run; asked for when the first recipe is wanted. */
  constructor(private readonly lookups: Lookups, private readonly kept: () => Uint8Array | undefined) {}

  /** Before the first record is made. */
  prepare(): void {
    if (this.nodes > 0) return;
    this.newNode();
    const kept = this.kept();
    if (kept) this.adopt(kept);
  }

  private newNode(): number {
    const at = RECIPE_NODES + this.nodes * NODE;
    this.lookups.bytes.fill(0, at, at + NODE);
    return this.nodes++;
  }
  private at(place: number): number { const { bytes } = this.lookups; return ((bytes[place]! | (bytes[place + 1]! << 8)) << 16) >> 16; }
  private set(place: number, value: number): void {
    const { bytes } = this.lookups;
    bytes[place] = value;
    bytes[place + 1] = value >> 8;
  }

  /**
   * Takes the record of the instruction that was decoded last, at `offset` of its page, as the example for its head. `immediates`: what it means depends on
   * its immediate, which is then part of the head. `libraryEnd`: the first template that is the program's own.
   */
  learn(record: number, i: Instruction, offset: number, libraryEnd: number, immediates: boolean): void {
    this.prepare();
    let tail = tailOf(i, offset);
    if (tail && immediates && tail.value !== TailValue.none) tail = tail.displacement === 0 ? { head: i.length, displacement: 0, fromNext: false, value: TailValue.none } : undefined;
    if (!tail || tail.head > LONGEST_HEAD || this.nodes + tail.head > MOST_NODES || this.common + this.own >= MOST_RECIPES) return;
    const { bytes } = i, { words } = this.lookups, w = record >> 2, isOwn = words[w + (RECORD.template >> 2)]! >= libraryEnd;
    let node = 0;
    for (let at = 0; at < tail.head - 1; at++) {
      const place = RECIPE_NODES + node * NODE + 2 * bytes[at]!, next = this.at(place);
      if (next < 0) return;
      node = next;
      if (next === 0) this.set(place, node = this.newNode());
    }
    const last = RECIPE_NODES + node * NODE + 2 * bytes[tail.head - 1]!;
    if (this.at(last) !== 0) return;
    const number = isOwn ? MOST_RECIPES - 1 - this.own++ : this.common++, to = (RECIPES + number * RECIPE.size) >> 2, flow = flowOf(i);
    if (isOwn) this.ownPlaces.push(last - RECIPE_NODES); else this.fresh++;
    this.set(last, ~number);
    const copy = (field: RECIPE, from: RECORD) => { words[to + (field >> 2)] = words[w + (from >> 2)]!; };
    copy(RECIPE.template, RECORD.template);
    words[to + (RECIPE.count >> 2)] = words[w + (RECORD.count >> 2)]! & ~(flow === 'call' || flow === 'indirectCall' || flow === 'indirectJump' ? 0 : RecordMark.counts << 24);
    copy(RECIPE.registers, RECORD.registers);
    copy(RECIPE.base, RECORD.base);
    for (const half of [0, 4]) {
      copy(RECIPE.displacement + half, RECORD.displacement + half);
      copy(RECIPE.immediate + half, RECORD.immediate + half);
    }
    words[to + (RECIPE.shape >> 2)] = (tail.head << Shape.head) | (i.length << Shape.length) | (tail.displacement << Shape.displacement) | (tail.value << Shape.value) | (Number(tail.fromNext) << Shape.fromNext) | (Number(flow !== 'next') << Shape.ends);
  }

  /** For `adopt`: how many nodes and recipes, the recipes, the nodes; undefined if little is new. */
  keep(): Uint8Array | undefined {
    if (this.fresh < WORTH_KEEPING) return undefined;
    this.lookups.refresh();
    const { bytes } = this.lookups, size = this.common * RECIPE.size, out = new Uint8Array(8 + size + this.nodes * NODE);
    new Uint32Array(out.buffer, 0, 2).set([this.nodes, this.common]);
    out.set(bytes.subarray(RECIPES, RECIPES + size), 8);
    const nodes = out.subarray(8 + size);
    nodes.set(bytes.subarray(RECIPE_NODES, RECIPE_NODES + nodes.length));
    for (const place of this.ownPlaces) nodes[place] = nodes[place + 1] = 0;
    this.fresh = 0;
    return out;
  }

  /** Takes over what another one kept; what does not fit together is left. */
  private adopt(kept: Uint8Array): void {
    if (kept.length < 8) return;
    const view = new DataView(kept.buffer, kept.byteOffset, 8), nodes = view.getUint32(0, true), common = view.getUint32(4, true), size = common * RECIPE.size;
    if (nodes === 0 || nodes > MOST_NODES || common > MOST_RECIPES || kept.length !== 8 + size + nodes * NODE) return;
    this.lookups.bytes.set(kept.subarray(8, 8 + size), RECIPES);
    this.lookups.bytes.set(kept.subarray(8 + size), RECIPE_NODES);
    this.nodes = nodes;
    this.common = common;
  }
}
