// All translations of guest code: from addresses to table slots, made on demand, dropped by page or by address.
// Must stay true: a cell belongs to one address for ever (callers hold its place as a constant); without a translation it says 0, the stub.
// Over 400 lines: slots, cells, pages and kept code are changed together whenever a translation comes or goes.
import { BLOCK_MARKS, BLOCK_MARKS_END, CALL_CELLS, CALL_CELLS_END, JUMP_CACHE, JUMP_CACHE_BITS } from '../cpu-state';
import type { ModuleBuilder } from '../wasm/module';
import { LONGEST } from '../x86/before-opcode';
import type { Instruction } from '../x86/instruction';
import { decode, decodeFailure } from './decoding';
import type { CodeSource, Graph } from './graph';
import type { CodeEngine } from '../machine-types';
import type { Kept, KeptFunction, KeptHead } from './kept';
import { bodiesOf, decodeKept, encodeKept, keptWith } from './kept';
import type { Layer } from './layers';
import { LARGE, NEVER, hasOptimised, lessPatient, machineCodeOf, patienceFor, place, sizeClass } from './layers';
import type { Lookups } from './lookups';
import { hasRelaxedSimd } from '../wasm/relaxed-simd';
import type { Library } from './known-templates';
import { FIRST_FREE_SLOT, INTERPRET_SLOT, TRANSLATED, jumpCacheOffset } from './places';
import type { RecordSource } from './records';
import type { RecordFunctions } from './record-functions';
import { Records } from './records';
import { adoptMarks, canBeInlined, discover, fingerprint, inlineCalls, joinedModule, layerModule, localHelpers, newLayer, shortModule, translate, usesRelaxedSimd } from './translator';

const PAGE = 4096;
/** Instructions in one function at most. */
const FUNCTION_LIMIT = 2000;

/** Functions made hot at once, at least; more, and after a longer wait, where much is hot already: each module costs time and memory in proportion to the table. */
const BATCH = 8;
/** Bytes of kept code of which all may be compiled at the start, on more than one processor, rather than each function when it is called. */
const MOST_AT_ONCE = 4 << 20;
/** New functions that make it worth storing everything again. */
const WORTH_KEEPING = 8;
/** How often a function is made hot at most, as more and more of it turns out to be executed; the last time as a whole. */
const MOST_MADE = 4;

/** Where a hot translation is. */
interface Place { layer: Layer; index: number }
const slotOf = ({ layer, index }: Place): number => layer.base + index;

interface Translation {
  entry: number;
  slot: number;
  /** How often a slice has ended in it. */
  seen: number;
  /** The hot translation, and the cells with the slot of what stands in for it where the stack is awkward, and how often that was. */
  hot?: Place;
  /** Starts of blocks in it: what is made later must have them all. */
  hotStarts?: number[];
  /** Where it can be entered; elsewhere the cold one is. */
  hotEntries?: number[];
  otherCell?: number;
  /** The plain translation: made when that is often. */
  plain?: Place;
  /** No plain one has room for all that the hot one has. */
  tooLarge?: boolean;
  /** Function bodies, to be kept. */
  body: Uint8Array;
  /** Selectors by address; the entry has 0. */
  selectors: [address: number, selector: number][];
  entries: number[];
  pages: Set<number>;
  /** [start, end) of its blocks, by twos; and of blocks of other functions that hot and plain translations have taken in. */
  spans: number[];
  inlined?: number[];
  /** Where it notes which of them have been executed. */
  marks?: number | undefined;
  /** A translation that has the same code, but cannot be entered here, or left it out. */
  around?: Translation | undefined;
  /** In one that holds only blocks that had been executed when it was kept: the addresses it goes on to that are not in it. */
  leftOut?: number[];
  /** How often the hot translation was made, in earlier runs, too. */
  made?: number;
}

const startsOf = ({ spans }: Translation): number[] => spans.filter((_, at) => at % 2 === 0);
/** The pages that spans, [start, end) by twos, lie on. */
function* pagesOf(spans: readonly number[]): Iterable<number> {
  for (let i = 0; i < spans.length; i += 2) for (let page = spans[i]! - (spans[i]! % PAGE); page < spans[i + 1]!; page += PAGE) yield page;
}
/** Whether its code, or code that it has taken in, has an instruction at the address. */
const covers = ({ spans, inlined = [] }: Translation, address: number): boolean => [spans, inlined].some((list) => list.some((start, at) => at % 2 === 0 && address >= start && address < list[at + 1]!));

/** What modules import: the memory, the helpers' table, the table of all functions, and what calls a slot of that (layer-module.ts). */
export type ModuleParts = { m: WebAssembly.Memory; h: WebAssembly.Table; t: WebAssembly.Table; c: WebAssembly.ImportValue };

/** Nothing needs no module, nor what makes one. */
const joined = (first: number, bodies: readonly Uint8Array[], table: 't' | 'p'): Uint8Array => (bodies.length === 0 ? new Uint8Array() : joinedModule(first, bodies, table));

export class Translations {
  private readonly memory: WebAssembly.Memory;
  private readonly table: WebAssembly.Table;
  private readonly cells = new Map<number, number>();
  private nextCell = CALL_CELLS;
  private nextSlot = FIRST_FREE_SLOT;
  private nextMark = BLOCK_MARKS;
  private readonly entries = new Map<number, { slot: number; selector: number; owner: Translation }>();
  private readonly byPage = new Map<number, Set<Translation>>();
  private readonly leftOut = new Map<number, Translation>();
  private readonly freeSlots: number[] = [];
  private fetched = new Map<number, Uint8Array | undefined>();
  private fetchedFrom: Uint8Array | undefined;
  breakpoints: ReadonlySet<number> = new Set();
  /** What has been translated so far. */
  readonly statistics = { functions: 0, hot: 0, modules: 0, instructions: 0, bytes: 0 };
  /** What executes code instruction by instruction until it is worth translating. */
  readonly records: Records;

  constructor(
    private readonly lookups: Lookups, private readonly parts: ModuleParts, private readonly stub: unknown,
    private readonly tuning: { often: number; seenOften: number; longestWait: number; worthTranslator: number; seenAgain: number }, private readonly templates: WebAssembly.Table, library: Library, private readonly functions: RecordFunctions, private readonly engine?: CodeEngine,
    private readonly recipes?: () => Uint8Array | undefined,
  ) {
    this.memory = parts.m;
    this.table = parts.t;
    this.records = new Records(lookups, templates, this.recordSource, library, functions);
    this.clearJumpCache();
  }

  // Code.

  isBreakpoint(address: number): boolean { return this.breakpoints.has(address); }

  private pageOf(address: number): Uint8Array | undefined {
    const page = address - (address % PAGE);
    if (this.fetchedFrom === this.lookups.bytes && this.fetched.has(page)) return this.fetched.get(page);
    const host = this.lookups.code(page);
    // Fetching one may have made the memory grow: nothing is left of the others then.
    if (this.fetchedFrom !== this.lookups.bytes) {
      this.fetched = new Map();
      this.fetchedFrom = this.lookups.bytes;
    }
    const bytes = host === 0 ? undefined : this.lookups.bytes.subarray(host, host + PAGE);
    this.fetched.set(page, bytes);
    return bytes;
  }

  decode(address: number, kept = true): Instruction | 'fetch' | 'invalid' {
    const bytes = this.pageOf(address), offset = address % PAGE;
    if (!bytes) return 'fetch';
    if (offset <= PAGE - LONGEST) return decode(bytes, offset, address, kept) ?? 'invalid';
    const alone = decode(bytes.subarray(offset), 0, address);
    if (alone) return alone;
    const next = this.pageOf(address - offset + PAGE), tail = this.pageOf(address)!.subarray(offset);
    if (!next) return decodeFailure(tail, 0) === 'truncated' ? 'fetch' : 'invalid';
    const joined = new Uint8Array(tail.length + LONGEST);
    joined.set(tail);
    joined.set(next.subarray(0, LONGEST), tail.length);
    return decode(joined, 0, address) ?? 'invalid';
  }

  /** The instruction at an address as it is now. */
  instructionAt(address: number): Instruction | 'fetch' | 'invalid' {
    this.fetched = new Map();
    return this.decode(address);
  }

  // Slots.

  private newSlot(): number {
    const free = this.freeSlots.pop();
    if (free !== undefined) return free;
    // Every module that imports the table pays for its length.
    if (this.nextSlot >= this.table.length) this.table.grow(Math.max(64, this.table.length >> 2), this.stub);
    return this.nextSlot++;
  }

  cellOf(address: number): number | undefined {
    let cell = this.cells.get(address);
    if (cell === undefined && this.nextCell < CALL_CELLS_END) {
      this.cells.set(address, cell = this.nextCell);
      this.nextCell += 4;
      const own = this.entries.get(address);
      this.lookups.words[cell >> 2] = own?.selector === 0 ? own.slot : 0;
    }
    return cell;
  }

  /** The functions that a short module exports. */
  private instantiate(module: ModuleBuilder): WebAssembly.Exports {
    const bytes = module.finish();
    this.statistics.modules++;
    this.statistics.bytes += bytes.length;
    return new WebAssembly.Instance(this.compile(bytes), { e: this.parts }).exports;
  }

  private compile(wire: Uint8Array<ArrayBuffer>, whole = false): WebAssembly.Module { return this.engine?.compile(wire, NEVER, whole) ?? new WebAssembly.Module(wire); }

  private around(address: number): Translation | undefined {
    for (const each of this.byPage.get(address - (address % PAGE)) ?? []) {
      const { spans } = each;
      for (let i = 0; i < spans.length; i += 2) if (address >= spans[i]! && address < spans[i + 1]!) return each;
    }
    return undefined;
  }

  /** Enters what executes the code at `address` into the jump cache: its translation, or what interprets it; false if it cannot be fetched. */
  provide(address: number): boolean {
    this.records.showNew();
    const found = this.entries.get(address) ?? this.take(address) ?? this.interpreted(address) ?? this.make(address);
    if (!found) return false;
    this.lookups.refresh();
    const { words } = this.lookups, at = jumpCacheOffset(address) >> 2;
    words[at] = address % 0x100000000;
    words[at + 1] = Math.floor(address / 0x100000000);
    words[at + 2] = found.slot;
    words[at + 3] = found.selector;
    return true;
  }

  private interpreted(address: number): { slot: number; selector: number } | undefined {
    if (this.records.full || this.tuning.often === 0) return undefined;
    this.fetched = new Map();
    const record = this.records.of(address);
    return record === 0 ? undefined : { slot: INTERPRET_SLOT, selector: record };
  }

  private readonly recordSource: RecordSource = {
    hostOf: (page) => this.pageOf(page)?.byteOffset ?? 0,
    decode: (address) => this.decode(address, false),
    isBreakpoint: (address) => this.isBreakpoint(address),
    isEntry: (address) => this.entries.has(address) || this.kept.has(address),
    functions: (module) => this.instantiate(module),
    hashOf: (page) => this.hashOf(page),
    recipes: () => this.recipes?.(),
  };

  /** The record of the instruction at an address, 0 if it cannot be fetched. There must be room. */
  record(address: number): number {
    this.records.showNew();
    const known = this.records.known(address);
    if (known !== 0) return known;
    this.fetched = new Map();
    return this.records.of(address);
  }
  showTemplate(record: number, address: number): boolean { this.fetched = new Map(); return this.records.showTemplate(record, address); }
  refreshRecord(address: number): boolean { this.fetched = new Map(); return this.records.refresh(address); }

  /** Makes room for records; nothing may be executing. */
  forgetRecords(): void { this.records.forget(); this.clearJumpCache(); }

  /** An address that has been interpreted often enough. */
  warm(address: number): void { if (!this.entries.has(address)) this.make(address); }

  /** Who goes on at an address is to ask again. */
  private forgetJump(address: number): void { this.lookups.refresh(); this.lookups.words.fill(0xffffffff, jumpCacheOffset(address) >> 2, (jumpCacheOffset(address) >> 2) + 2); }

  private make(address: number): { slot: number; selector: number } | undefined {
    this.fetched = new Map();
    if (this.decode(address) === 'fetch') return undefined;
    // In the middle of translated code: only what is missing.
    const around = this.around(address) ?? this.leftOut.get(address);
    // A loop that was translated before its function stays a translation of its own: what is in two of them is not seen to be hot.
    const graph = discover(address, { ...this.source, follows: (to) => !this.entries.has(to) }, FUNCTION_LIMIT);
    const module = shortModule(), index = module.declare(TRANSLATED);
    const marks = this.nextMark + graph.blocks.length <= BLOCK_MARKS_END ? this.nextMark : undefined;
    if (marks !== undefined) this.nextMark += graph.blocks.length;
    const { body, layout } = translate(graph, module, this, 'cold', { marks });
    module.define(index, body);
    const slot = this.newSlot();
    module.exportFunction('0', index);
    this.table.set(slot, this.instantiate(module)[0]);
    this.fresh++;
    const selectors: Translation['selectors'] = [[address, 0]];
    for (const [block, selector] of layout.selectors) selectors.push([graph.blocks[block]!.start, selector]);
    const translation: Translation = { entry: address, slot, seen: 0, body, selectors, entries: [], pages: new Set(), spans: [], marks, around };
    for (const block of graph.blocks) {
      this.statistics.instructions += block.instructions.length;
      translation.spans.push(block.start, Math.max(block.end, block.start + 1));
    }
    this.register(translation);
    this.statistics.functions++;
    return this.entries.get(address);
  }

  /** A slice ended at the address. What is seen again and again is translated once more, for speed. Whether it is hot code. */
  promote(address: number): boolean {
    const translation = this.entries.get(address)?.owner;
    if (translation) this.consider(translation, address);
    const { wanted, tuning, statistics: { hot } } = this;
    const isHot = translation?.hot !== undefined && translation.hotEntries!.includes(address);
    if (translation && !isHot) this.notHot++;
    if (this.broughtHot && this.notHot < tuning.worthTranslator) return isHot;
    if (wanted.size > 0 && (wanted.size >= Math.max(BATCH, hot >> 2) || ++this.waited >= tuning.longestWait * Math.max(1, hot >> 4))) { this.makeHot(); return false; }
    return isHot;
  }

  /** What is to be made hot (or plain) next, and for how many slices the first has waited. */
  private readonly wanted = new Map<Translation, 'hot' | 'plain'>();
  private waited = 0;
  /** Whether an earlier run has left hot code. */
  private get broughtHot(): boolean { return this.layers[0]?.adopted === true; }
  /** Slices that end in a function before it is worth making hot. */
  private get seenOften(): number { return this.broughtHot ? this.tuning.seenAgain : this.tuning.seenOften; }
  /** Slices that have ended in code that is not hot since some was made so. */
  private notHot = 0;
  private readonly layers: Layer[] = [];

  private consider(translation: Translation, address: number): void {
    if (this.wanted.has(translation)) return;
    if (translation.hot) {
      // A part that the hot one has left out, since it had not been executed by then.
      if (!translation.hotEntries!.includes(address)) {
        if ((translation.made ?? 0) < MOST_MADE && ++translation.seen >= this.seenOften) { translation.seen = 0; this.wanted.set(translation, 'hot'); }
        return;
      }
      if (!translation.plain && !translation.tooLarge && this.lookups.words[(translation.otherCell! >> 2) + 1]! >= this.seenOften) this.wanted.set(translation, 'plain');
      return;
    }
    if (++translation.seen < this.seenOften || this.nextCell + 8 > CALL_CELLS_END) return;
    const { around } = translation;
    if (around?.leftOut && this.entries.get(around.entry)?.owner === around) { this.makeWhole(around, translation); return; }
    if (around?.hot && (around.made ?? 0) < MOST_MADE && this.entries.get(around.entry)?.owner === around) {
      // What the hot translation around it left out is executed often after all.
      translation.seen = 0;
      this.wanted.set(around, 'hot');
      return;
    }
    translation.otherCell = this.nextCell;
    this.nextCell += 8;
    this.wanted.set(translation, 'hot');
  }

  /** What was left out of a kept translation is executed often after all. */
  private makeWhole(partial: Translation, rest: Translation): void {
    this.drop(partial);
    this.drop(rest);
    this.make(partial.entry);
    const whole = this.entries.get(partial.entry)?.owner;
    if (whole) whole.hotStarts = startsOf(partial);
  }

  private makeHot(): void {
    this.callees.clear();
    const groups = new Map<number, [Translation, 'hot' | 'plain'][]>();
    for (const each of this.wanted) {
      const size = sizeClass(each[0].body.length);
      // A large one has a module of its own.
      const key = size === LARGE ? -each[0].entry : size, group = groups.get(key);
      if (group) group.push(each); else groups.set(key, [each]);
    }
    for (const group of groups.values()) this.makeLayer(group);
    this.wanted.clear();
    this.waited = this.notHot = 0;
  }

  private makeLayer(group: readonly [Translation, 'hot' | 'plain'][]): void {
    const module = newLayer(), helpers = localHelpers(module), { words } = this.lookups;
    const made = group.map(([translation, mode]) => {
      this.fetched = new Map();
      const selectors = new Map(translation.selectors.filter(([, selector]) => selector > 0)), executed = (translation.made ?? 0) < MOST_MADE - 1 ? this.executed(translation) : undefined;
      const { graph, spans } = inlineCalls(discover(translation.entry, executed ? { ...this.source, follows: (address: number) => executed.has(address) } : this.source, FUNCTION_LIMIT, selectors.keys()), (target) => this.calleeOf(target), FUNCTION_LIMIT);
      if (spans.length > 0) this.takeIn(translation, spans);
      const { body, layout } = translate(graph, module, this, mode, { ...(mode === 'hot' ? { other: translation.otherCell! } : {}), helpers, selectors });
      const entries = [translation.entry];
      for (const block of layout.selectors.keys()) { const { start, inlined } = graph.blocks[block]!; if (!inlined && selectors.has(start)) entries.push(start); }
      return { body, entries, starts: graph.blocks.filter(({ inlined }) => !inlined).map((block) => block.start) };
    });
    const bodies = made.map((each) => each.body);
    const wire = layerModule(module, bodies, group.map(([{ entry }, mode]) => (mode === 'hot' ? entry : undefined)));
    const layer: Layer = { wire, bodies, base: this.newSlots(group.length), patience: patienceFor(Math.max(...bodies.map((body) => body.length))), gone: new Set() };
    this.layers.push(layer);
    place(layer, this.engine, this.memory, this.table);
    this.statistics.modules++;
    this.statistics.bytes += wire.length;
    this.fresh += group.length;
    group.forEach(([translation, mode], index) => {
      const at = { layer, index }, cell = translation.otherCell! >> 2;
      if (mode === 'plain') {
        // One that had no room for all that the hot one is entered at cannot stand in for it.
        if (!translation.hotEntries!.every((entry) => made[index]!.entries.includes(entry))) { translation.tooLarge = true; this.retire(at); return; }
        translation.hotStarts = made[index]!.starts;
        translation.plain = at;
        words[cell] = slotOf(at);
        return;
      }
      translation.hotStarts = made[index]!.starts;
      words[cell] = translation.slot;
      words[cell + 1] = 0;
      // A plain one made before has fewer blocks.
      this.retire(translation.hot);
      this.retire(translation.plain);
      delete translation.plain;
      translation.hot = at;
      translation.made = (translation.made ?? 0) + 1;
      translation.hotEntries = made[index]!.entries;
      this.statistics.hot++;
      this.useHot(translation);
    });
  }

  /** The graph of a function that is put in the place of its calls: what has been executed of it, if it is hot itself, so that little more will be. */
  private calleeOf(target: number): Graph | undefined {
    if (!this.callees.has(target)) this.callees.set(target, this.makeCallee(target));
    return this.callees.get(target);
  }
  /** Nothing is executed while several are made hot. */
  private readonly callees = new Map<number, Graph | undefined>();

  private makeCallee(target: number): Graph | undefined {
    const callee = this.entries.get(target)?.owner;
    if (callee?.entry !== target) return undefined;
    const executed = this.executed(callee);
    if (!executed) return undefined;
    const graph = discover(target, { ...this.source, follows: (address: number) => executed.has(address) }, FUNCTION_LIMIT);
    return canBeInlined(graph) ? graph : undefined;
  }

  /** From now on a translation depends on other functions' code, too. */
  private takeIn(translation: Translation, spans: readonly number[]): void {
    (translation.inlined ??= []).push(...spans);
    this.enterPages(translation, spans);
  }

  private enterPages(translation: Translation, spans: readonly number[]): void {
    for (const page of pagesOf(spans)) {
      translation.pages.add(page);
      let set = this.byPage.get(page);
      if (!set) this.byPage.set(page, set = new Set());
      set.add(translation);
    }
  }

  private readonly source: CodeSource = { decode: (address) => this.decode(address), isBreakpoint: (address) => this.isBreakpoint(address) };

  /** Starts of blocks that have been executed, as this translation and others around it know; undefined if that is not known. */
  private executed(translation: Translation): Set<number> | undefined {
    const { entry, marks, pages, hotStarts, leftOut } = translation;
    // Selectors of what is not in it mean nothing there.
    if (leftOut) return new Set(startsOf(translation));
    if (marks === undefined) return undefined;
    const starts = new Set<number>(hotStarts), seen = new Set<Translation>();
    for (const page of new Set([entry - (entry % PAGE), ...pages])) {
      for (const each of this.byPage.get(page) ?? []) {
        if (each.marks === undefined || seen.has(each)) continue;
        seen.add(each);
        for (let i = 0; i < each.spans.length; i += 2) if (this.lookups.bytes[each.marks + i / 2]) starts.add(each.spans[i]!);
      }
    }
    return starts;
  }

  private useHot(translation: Translation): void {
    const slot = slotOf(translation.hot!), own = this.cells.get(translation.entry), { words } = this.lookups;
    for (const at of translation.entries) { this.entries.get(at)!.slot = translation.hotEntries!.includes(at) ? slot : translation.slot; this.forgetJump(at); }
    if (own !== undefined && this.entries.get(translation.entry)?.owner === translation) words[own >> 2] = slot;
  }

  /** So many consecutive slots. */
  private newSlots(count: number): number {
    const first = this.nextSlot;
    this.nextSlot += count;
    if (this.nextSlot > this.table.length) this.table.grow(Math.max(this.nextSlot - this.table.length, 64, this.table.length >> 2), this.stub);
    return first;
  }

  /** Makes a translation whose code is in the table reachable. */
  private register(translation: Translation): void {
    this.lookups.refresh();
    const hot = new Set(translation.hotEntries), hotSlot = translation.hot ? slotOf(translation.hot) : 0;
    for (const [at, selector] of translation.selectors) {
      const slot = hot.has(at) ? hotSlot : translation.slot;
      const before = this.entries.get(at);
      if (before) {
        if (selector !== 0) continue;
        before.owner.entries = before.owner.entries.filter((each) => each !== at);
      }
      this.entries.set(at, { slot, selector, owner: translation });
      translation.entries.push(at);
      this.records.changed(at);
      this.forgetJump(at);
    }
    const cell = this.cells.get(translation.entry);
    if (cell !== undefined) this.lookups.words[cell >> 2] = translation.hot ? hotSlot : translation.slot;
    for (const address of translation.leftOut ?? []) if (!this.leftOut.has(address)) this.leftOut.set(address, translation);
    this.enterPages(translation, translation.spans);
    this.enterPages(translation, translation.inlined ?? []);
  }

  // Keeping.

  /** Translations of an earlier run, by each address they can be entered at; taken into use when first wanted. */
  private readonly kept = new Map<number, Translation>();
  private readonly keptPages = new Map<number, number>();
  /** What was adopted is good only where `hasRelaxedSimd`. */
  private relaxed = false;
  /** Functions made or made hot since what was adopted. */
  fresh = 0;
  /** Whether so much is new since what was adopted that it is worth keeping. */
  get worthKeeping(): boolean { return this.fresh >= WORTH_KEEPING || this.records.worthKeeping; }

  /** What was adopted. */
  private adopted: Kept | undefined;

  /** For `adopt` in a later run of the same program, in parts; undefined if there is nothing worth keeping. `all`: everything translated so far, not only if so much has been optimised since it was kept. */
  keep(all: boolean): Uint8Array[] | undefined {
    if (all) return this.keepAll();
    // Asking V8 for machine code takes time: `keepAll` does so itself.
    const codes = this.layers.filter((layer) => layer.adopted).map((layer) => machineCodeOf(layer, this.engine, this.table));
    if (!codes.some(({ grown }) => grown)) return undefined;
    return this.fresh === 0 && this.adopted ? keptWith(this.adopted, codes.map(({ bytes }) => bytes), (patience) => lessPatient(patience, false)) : this.keepAll();
  }

  private keepAll(): Uint8Array[] | undefined {
    const all = new Set<Translation>();
    for (const set of this.byPage.values()) for (const each of set) all.add(each);
    for (const each of this.kept.values()) all.add(each);
    // One that holds a breakpoint leaves there, for ever in a run that does not have it.
    for (const each of all) if (this.holdsBreakpoint(each)) all.delete(each);
    const records = this.records.keep();
    this.fresh = 0;
    if (all.size === 0 && records.bytes.length === 0) return undefined;
    const short = this.shorten(all);
    const list = [...all];
    const pages = new Map<number, number>();
    const bodies: Uint8Array[] = [];
    const places = this.placesToKeep(list), number = ({ layer, index }: Place): [number, number] => places.of.get(layer)![index]!;
    const functions = list.map((made): KeptFunction => {
      const each = short.get(made) ?? made;
      for (const page of each.pages) if (!pages.has(page)) pages.set(page, this.keptPages.get(page) ?? this.hashOf(page) ?? 0);
      bodies.push(each.body);
      return { s: each.selectors.flat(), p: each.spans, ...(each.hot ? { c: each.otherCell!, h: number(each.hot), f: each.hotEntries!, w: each.hotStarts! } : {}), ...(each.marks === undefined ? {} : { m: each.marks }), ...(each.leftOut ? { l: each.leftOut } : {}), ...(each.plain ? { n: number(each.plain) } : {}), ...(each.inlined ? { i: each.inlined } : {}), ...(each.made ? { r: each.made } : {}) };
    });
    const cells = [...this.cells].flat(), templates = joined(this.records.ownFirst, records.bodies, 'p');
    const head = {
      key: fingerprint(), ...(this.relaxed || (this.statistics.hot > 0 && usesRelaxedSimd()) ? { relaxed: true as const } : {}), nextCell: this.nextCell, nextMark: this.nextMark, cells, pages: [...pages].flat(), functions, records: [records.bytes.length, templates.length, ...records.bodies.map((body) => body.length)] as KeptHead['records'], recordHead: records.head, lengths: bodies.map((body) => body.length),
      layers: places.layers.map(({ wire, machineCode, patience, bodies: own }): KeptHead['layers'][number] => [wire.length, machineCode?.length ?? 0, patience, ...own.map((body) => body.length)]),
    };
    const marks = this.lookups.bytes.slice(BLOCK_MARKS, this.nextMark);
    return encodeKept(head, [joined(FIRST_FREE_SLOT, bodies, 't'), marks, records.bytes, records.addresses, templates, ...places.layers.flatMap(({ wire, machineCode }) => (machineCode ? [wire, machineCode] : [wire]))]);
  }

  /**
   * The form in which functions are kept: only their executed blocks, a little under half of what was translated, since V8 compiles all of a
   * function again in each run. What was translated beside one that left it out goes into it, and from `all`.
   */
  private shorten(all: Set<Translation>): Map<Translation, Translation> {
    // What is left out may never be wanted: it gets no cell for that.
    const known = { cellOf: (address: number) => this.cells.get(address) };
    const short = new Map<Translation, Translation>(), beside = new Map<Translation, Translation[]>();
    for (const each of all) if (each.around && !each.hot) beside.set(each.around, [...(beside.get(each.around) ?? []), each]);
    for (const each of all) {
      const pieces = beside.get(each) ?? [];
      if (each.around || (each.leftOut ? pieces.length === 0 : each.marks === undefined)) continue;
      const starts = this.executed(each);
      if (!starts) continue;
      const selectors = new Map(each.selectors.filter(([, selector]) => selector > 0));
      let highest = Math.max(0, ...selectors.values());
      for (const piece of pieces) {
        for (const start of this.executed(piece) ?? []) starts.add(start);
        for (const [at] of piece.selectors) if (at !== each.entry && !selectors.has(at)) selectors.set(at, ++highest);
        all.delete(piece);
      }
      this.fetched = new Map();
      const outside = new Set<number>();
      // A hot translation beside it stays that.
      const follows = (address: number) => {
        const owner = this.entries.get(address)?.owner, within = starts.has(address) && (owner === each || !owner?.hot);
        if (!within) outside.add(address);
        return within;
      };
      const graph = discover(each.entry, { ...this.source, follows }, FUNCTION_LIMIT, selectors.keys());
      const { body, layout } = translate(graph, shortModule(), known, 'cold', { selectors, seldom: outside });
      const spans: number[] = [], entries: Translation['selectors'] = [[each.entry, 0]];
      for (const { start, end } of graph.blocks) spans.push(start, Math.max(end, start + 1));
      const pages = new Set([...pagesOf(spans), ...pagesOf(each.inlined ?? [])]);
      for (const [block, selector] of layout.selectors) entries.push([graph.blocks[block]!.start, selector]);
      short.set(each, { ...each, body, spans, pages, selectors: entries, marks: undefined, leftOut: [...outside].filter((address) => !graph.byAddress.has(address)) });
    }
    return short;
  }

  /**
   * The layers to keep, and for each of ours where its functions are in them. What is new is put together by size, since calls within a module are the quickest and
   * each module takes its time to revive; that costs the machine code it has by now, which the next run makes again. Only what an earlier run has put together keeps it.
   */
  private placesToKeep(list: readonly Translation[]): { layers: Pick<Layer, 'wire' | 'bodies' | 'patience' | 'machineCode'>[]; of: Map<Layer, [number, number][]> } {
    const used = new Map<Layer, Map<number, number | undefined>>(), of = new Map<Layer, [number, number][]>();
    for (const { entry, hot, plain } of list) {
      for (const place of [hot, plain]) if (place) used.set(place.layer, (used.get(place.layer) ?? new Map<number, number | undefined>()).set(place.index, place === hot ? entry : undefined));
    }
    const layers: Pick<Layer, 'wire' | 'bodies' | 'patience' | 'machineCode'>[] = [], rest = new Map<string, { optimised: boolean; places: (Place & { entry: number | undefined })[] }>();
    for (const [layer, indices] of used) {
      const to: [number, number][] = [], bytes = layer.adopted && machineCodeOf(layer, this.engine, this.table).bytes, optimised = bytes !== undefined || hasOptimised(layer, this.engine, this.table);
      of.set(layer, to);
      if (bytes) {
        layer.bodies.forEach((_, index) => { to[index] = [layers.length, index]; });
        layers.push({ wire: layer.wire, bodies: layer.bodies, patience: layer.patience, machineCode: bytes });
      } else {
        adoptMarks(layer.wire, layer.bodies);
        for (const [index, entry] of indices) {
          const key = `${sizeClass(layer.bodies[index]!.length)} ${optimised}`, group = rest.get(key);
          if (group) group.places.push({ layer, index, entry }); else rest.set(key, { optimised, places: [{ layer, index, entry }] });
        }
      }
    }
    for (const { optimised, places } of rest.values()) {
      const module = newLayer(), bodies = places.map(({ layer, index }) => layer.bodies[index]!);
      localHelpers(module);
      places.forEach(({ layer, index }, at) => { of.get(layer)![index] = [layers.length, at]; });
      layers.push({ wire: layerModule(module, bodies, places.map(({ entry }) => entry)), bodies, patience: lessPatient(Math.min(...places.map(({ layer }) => layer.patience)), optimised) });
    }
    return { layers, of };
  }

  private holdsBreakpoint(translation: Translation): boolean {
    for (const address of this.breakpoints) if (covers(translation, address)) return true;
    return false;
  }

  private hashOf(page: number): number | undefined {
    const host = this.lookups.code(page);
    return host === 0 ? undefined : this.functions.hashPage(host);
  }

  /** Puts an earlier run's functions into the table; each is checked against the code it came from before it is used. */
  adopt(bytes: Uint8Array<ArrayBuffer>): void {
    const read = decodeKept(bytes);
    if (!read || read.head.key !== fingerprint() || this.nextSlot !== FIRST_FREE_SLOT || this.cells.size > 0) return;
    const { head, module } = read;
    this.adopted = read;
    if (head.relaxed && !hasRelaxedSimd()) return;
    this.relaxed = head.relaxed === true;
    this.table.grow(head.lengths.length + read.layers.reduce((sum, layer) => sum + layer.bodies.length, 0), this.stub);
    if (head.lengths.length > 0) { new WebAssembly.Instance(this.compile(module, module.length < MOST_AT_ONCE), { e: this.parts }); this.statistics.modules++; }
    this.nextSlot += head.lengths.length;
    for (const { wire, machineCode, patience, bodies } of read.layers) this.layers.push({ wire, bodies, patience, adopted: true, base: this.newSlots(bodies.length), gone: new Set(), ...(machineCode ? { machineCode } : {}) });
    this.nextCell = head.nextCell;
    this.nextMark = head.nextMark;
    this.lookups.bytes.set(read.marks, BLOCK_MARKS);
    this.records.adopt({ head: head.recordHead, bytes: read.records, addresses: read.addresses, bodies: read.templates.bodies }, () => { new WebAssembly.Instance(this.compile(read.templates.module), { e: { ...this.parts, p: this.templates } }); this.statistics.modules++; });
    for (let i = 0; i < head.cells.length; i += 2) this.cells.set(head.cells[i]!, head.cells[i + 1]!);
    for (let i = 0; i < head.pages.length; i += 2) this.keptPages.set(head.pages[i]!, head.pages[i + 1]!);
    const bodies = bodiesOf(module, head.lengths);
    let index = 0;
    const placeOf = ([layer, at]: [number, number]): Place => ({ layer: this.layers[layer]!, index: at });
    for (const each of head.functions) {
      const selectors: Translation['selectors'] = [];
      for (let i = 0; i < each.s.length; i += 2) selectors.push([each.s[i]!, each.s[i + 1]!]);
      const translation: Translation = { entry: selectors[0]![0], slot: FIRST_FREE_SLOT + index, seen: 0, body: bodies[index++]!, selectors, entries: [], pages: new Set(), spans: each.p, marks: each.m, ...(each.l ? { leftOut: each.l } : {}), ...(each.i ? { inlined: each.i } : {}), ...(each.r ? { made: each.r } : {}) };
      if (each.c !== undefined && each.h) {
        translation.hot = placeOf(each.h);
        translation.hotEntries = each.f!;
        translation.hotStarts = each.w!;
        translation.otherCell = each.c;
        if (each.n) translation.plain = placeOf(each.n);
      }
      for (const [at, selector] of selectors) if (selector === 0 || !this.kept.has(at)) { this.kept.set(at, translation); this.records.special(at); }
    }
  }

  /** Takes a kept translation into use if its code is what it was. */
  private take(address: number): { slot: number; selector: number } | undefined {
    const translation = this.kept.get(address);
    if (!translation) return undefined;
    for (const [at] of translation.selectors) if (this.kept.get(at) === translation) { this.kept.delete(at); this.records.changed(at); }
    if (this.holdsBreakpoint(translation)) return undefined;
    for (const page of pagesOf([...translation.spans, ...(translation.inlined ?? [])])) {
      if (this.checked.has(page)) continue;
      if (this.hashOf(page) !== this.keptPages.get(page)) return undefined;
      this.checked.add(page);
    }
    this.placeHot(translation);
    this.register(translation);
    return this.entries.get(address);
  }

  /** Puts the layers of a kept translation into the table, if another has not done so. */
  private placeHot({ hot, plain, otherCell, slot }: Translation): void {
    for (const layer of [hot?.layer, plain?.layer]) {
      if (!layer || layer.module) continue;
      place(layer, this.engine, this.memory, this.table);
      this.statistics.modules++;
    }
    if (!hot) return;
    const { words } = this.lookups;
    words[otherCell! >> 2] = plain ? slotOf(plain) : slot;
    words[(otherCell! >> 2) + 1] = 0;
  }

  /** Pages whose code has been compared since they last changed. */
  private readonly checked = new Set<number>();

  // Forgetting.

  private clearJumpCache(): void {
    this.lookups.refresh();
    this.lookups.bytes.fill(0xff, JUMP_CACHE, JUMP_CACHE + (16 << JUMP_CACHE_BITS));
  }

  private retire(place: Place | undefined): void {
    if (!place) return;
    this.table.set(slotOf(place), this.stub);
    place.layer.gone.add(place.index);
  }

  private drop(translation: Translation): void {
    this.table.set(translation.slot, this.stub);
    this.freeSlots.push(translation.slot);
    this.wanted.delete(translation);
    this.retire(translation.hot);
    this.retire(translation.plain);
    this.lookups.refresh();
    for (const address of translation.entries) {
      this.entries.delete(address);
      this.forgetJump(address);
      const cell = this.cells.get(address);
      if (cell !== undefined && address === translation.entry) this.lookups.words[cell >> 2] = 0;
      this.records.uncovered(address);
    }
    for (const address of translation.leftOut ?? []) if (this.leftOut.get(address) === translation) this.leftOut.delete(address);
    for (const page of translation.pages) this.byPage.get(page)?.delete(translation);
  }

  /** Drops what was translated from bytes of these pages. */
  invalidate(start: number, end: number): void {
    const page = (at: number) => {
      this.checked.delete(at);
      for (const translation of [...(this.byPage.get(at) ?? [])]) this.drop(translation);
      this.records.invalidate(at);
    };
    const first = start - (start % PAGE);
    if ((end - first) / PAGE > this.byPage.size + this.records.pageCount + this.checked.size) {
      for (const at of new Set([...this.byPage.keys(), ...this.records.pages, ...this.checked])) if (at >= first && at < end) page(at);
    } else for (let at = first; at < end; at += PAGE) page(at);
  }

  /** Translations hold breakpoints as exits: those that cover an address whose breakpoint comes or goes are dropped. */
  setBreakpoints(addresses: ReadonlySet<number>): void {
    const changed = [...addresses].filter((each) => !this.breakpoints.has(each));
    for (const address of this.breakpoints) if (!addresses.has(address)) changed.push(address);
    this.breakpoints = new Set(addresses);
    for (const address of changed) this.records.changed(address);
    for (const address of changed) {
      for (const translation of [...(this.byPage.get(address - (address % PAGE)) ?? [])]) if (covers(translation, address)) this.drop(translation);
    }
  }
}
