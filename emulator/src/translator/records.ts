// Records of guest instructions, made when they are first executed, and the templates that execute them.
// Must stay true: a record stays that of its address until all are dropped; what leads to one (another record, the jump cache) may stay, too.
import { FRESH_RECORDS, KEEP_LIST, KEPT_RECORDS, NEW_SPECIALS, NEXT_RECORD, RECORDS, RECORDS_END, RESULT_SCRATCH } from '../cpu-state';
import type { Instruction } from '../x86/instruction';
import { LONGEST } from '../x86/before-opcode';
import { fillRecord } from './decoded-record';
import { flowOf } from './graph';
import type { RecordsToKeep } from './kept-records';
import { LAST_WHOLE, copied, pagesOf, stillRight } from './kept-records';
import { RUN, markSpecial } from './known-places';
import { KnownTemplates } from './known-templates';
import type { Library } from './known-templates';
import type { Lookups } from './lookups';
import { patternOf } from './pattern';
import { SpecialTemplate, TRANSLATED } from './places';
import { Recipes } from './recipes';
import type { RecordFunctions } from './record-functions';
import { RECORD, RecordMark } from './record-layout';
import { makeTemplate, shortModule, translateSingle } from './translator';

const PAGE = 4096;

/** What records need of the translations beside them. */
export interface RecordSource {
  /** The host address of a page of code; 0 if there is none. */
  hostOf(page: number): number;
  /** The instruction's `bytes` hold only until the next is decoded. */
  decode(address: number): Instruction | 'fetch' | 'invalid';
  isBreakpoint(address: number): boolean;
  /** Whether translated code can be entered here. */
  isEntry(address: number): boolean;
  /** Compiles a module that exports functions under their numbers. */
  functions(module: ReturnType<typeof shortModule>): WebAssembly.Exports;
  /** The hash of a page of code; undefined if there is none. */
  hashOf(page: number): number | undefined;
  /** What runs of other programs have learnt (`keepRecipes`). */
  recipes(): Uint8Array | undefined;
}

/** New records that make it worth storing all again; one that had to be decoded is so by itself, since what decodes is loaded only for such. */
const RECORDS_WORTH_KEEPING = 200;

export class Records {
  /** Pages on which the records before this one begin, those apart that were taken over. */
  private readonly own = { pages: new Set<number>(), before: RECORDS };
  /** Pages on which a record of the page before ends. */
  private readonly crossed = new Set<number>();
  private readonly templates: KnownTemplates;
  /** Templates that are not in the library, from the first slot behind that on. */
  private readonly made: { body: Uint8Array; row: number; pattern: number }[] = [];
  /** Pages of kept records that have not been compared yet, with the hash they must have; and those whose records are what is there. */
  private readonly unchecked = new Map<number, number>();
  private readonly good = new Set<number>();
  /** Addresses of the kept records, which come first, in order; and the pages that they are on. */
  private keptAddresses = new Float64Array(0);
  private keptPages: number[] = [];
  private readonly libraryEnd: number;
  private readonly recipes: Recipes;
  get worthKeeping(): boolean { return this.decoded > 0 || this.fresh >= RECORDS_WORTH_KEEPING; }
  /** Records whose instructions were decoded since any were kept. */
  private decoded = 0;
  /** What an earlier run had kept. */
  private adopted: RecordsToKeep | undefined;

  constructor(private readonly lookups: Lookups, private readonly table: WebAssembly.Table, private readonly source: RecordSource, library: Library, private readonly functions: RecordFunctions) {
    this.templates = new KnownTemplates(library);
    this.libraryEnd = this.templates.libraryEnd;
    this.recipes = new Recipes(lookups, () => source.recipes());
    this.lookups.refresh();
    this.empty();
  }

  /** The first slot of templates that are not in the library, and how many there are. */
  get ownFirst(): number { return this.libraryEnd; }
  get ownCount(): number { return this.made.length; }
  get full(): boolean { return this.next + RUN * RECORD.size > RECORDS_END; }
  private get next(): number { this.lookups.refresh(); return this.lookups.words[NEXT_RECORD >> 2]!; }
  /** Records made since any were kept. */
  get fresh(): number { this.lookups.refresh(); return this.lookups.words[FRESH_RECORDS >> 2]!; }

  /** The record of the instruction at an address, 0 if it cannot be fetched. There must be room. */
  of(address: number): number { return this.known(address) || this.make(address); }

  /** 0 if there is none. */
  known(address: number): number { const low = address % 0x100000000; return this.functions.known((address - low) / 0x100000000, low); }

  /** Number of the first kept record at an address or after it. */
  private keptFrom(address: number): number {
    let low = 0, high = this.keptAddresses.length;
    while (low < high) { const middle = (low + high) >> 1; if (this.keptAddresses[middle]! < address) low = middle + 1; else high = middle; }
    return low;
  }

  /** Records with a byte on a page. */
  private* on(page: number): Iterable<number> {
    const { keptAddresses } = this;
    let index = this.keptFrom(page);
    if (index > 0 && pagesOf(this.lookups.words, RECORDS + (index - 1) * RECORD.size, keptAddresses[index - 1]!).includes(page)) index--;
    for (; index < keptAddresses.length && keptAddresses[index]! < page + PAGE; index++) yield RECORDS + index * RECORD.size;
    const { pages } = this.ownPages();
    if (this.crossed.has(page) && pages.has(page - PAGE)) for (const record of this.listed(page - PAGE)) if (this.nextOf(record) > page) yield record;
    if (pages.has(page)) yield* this.listed(page);
  }
  /** Those that begin on a page and were not taken over. */
  private listed(page: number): Uint32Array {
    const low = page % 0x100000000, count = this.functions.listPage((page - low) / 0x100000000, low), from = KEEP_LIST >> 2;
    return this.lookups.words.slice(from, from + count);
  }

  /** Up to now. */
  private ownPages(): { pages: ReadonlySet<number> } {
    const { own, next } = this;
    for (; own.before < next; own.before += RECORD.size) { const address = this.addressOf(own.before); own.pages.add(address - (address % PAGE)); }
    return own;
  }

  private make(address: number): number {
    let first = 0, before = 0;
    const lead = (record: number) => { if (first === 0) first = record; else this.lookups.words[(before + RECORD.nextRecord) >> 2] = record; before = record; };
    for (let at = address, left = RUN; left > 0;) {
      const known = first === 0 ? 0 : this.known(at);
      if (known !== 0) { lead(known); break; }
      const made = this.byRecipe(at, left), ends = made < 0, count = ends ? ~made : made, record = this.next;
      if (count === 0) {
        const offset = at % PAGE, decoded = this.source.decode(at);
        if (decoded === 'fetch' || (decoded === 'invalid' && first !== 0)) break;
        this.lookups.refresh();
        this.fill(record, at, decoded);
        this.advance(1);
        this.decoded++;
        this.functions.enter(record);
        lead(record);
        if (typeof decoded === 'string') break;
        if (offset <= LAST_WHOLE) this.learn(record, decoded, offset);
        if (offset + decoded.length > PAGE) this.crossed.add(at - offset + PAGE);
        if (flowOf(decoded) !== 'next') break;
        at += decoded.length;
        left--;
        continue;
      }
      this.advance(count);
      this.showNew();
      lead(record);
      before = record + (count - 1) * RECORD.size;
      const page = at - (at % PAGE);
      at = this.nextOf(before);
      if (at - page > PAGE) this.crossed.add(page + PAGE);
      if (ends) break;
      left -= count;
    }
    return first;
  }

  private advance(count: number): void {
    const { words } = this.lookups;
    words[NEXT_RECORD >> 2]! += count * RECORD.size;
    words[FRESH_RECORDS >> 2]! += count;
  }

  /** What is called at new records whose places may be special; to be called before any of them is executed. */
  showNew(): void {
    this.lookups.refresh();
    const { words } = this.lookups, list = NEW_SPECIALS >> 2;
    for (let count = words[list]!; count > 0; count--) { const record = words[list + count]!; this.show(record, this.addressOf(record)); }
    words[list] = 0;
  }

  /** Makes records at the next places, of instructions from one on that begin on its page: how many, complemented if control may go elsewhere after the last. */
  private byRecipe(address: number, most: number): number {
    this.lookups.refresh();
    this.recipes.prepare();
    const offset = address % PAGE, page = address - offset, host = this.source.hostOf(page), low = address % 0x100000000, high = (address - low) / 0x100000000;
    if (host === 0) return 0;
    if (offset <= LAST_WHOLE) { this.lookups.refresh(); return this.functions.makeRecords(host + offset, high, low, this.next, host + LAST_WHOLE, most); }
    // It may go on in the next page; fetching that may make the memory grow.
    const next = this.source.hostOf(page + PAGE);
    this.lookups.refresh();
    if (next === 0) return 0;
    const { bytes } = this.lookups;
    bytes.copyWithin(RESULT_SCRATCH, host + offset, host + PAGE);
    bytes.copyWithin(RESULT_SCRATCH + PAGE - offset, next, next + LONGEST);
    return this.functions.makeRecords(RESULT_SCRATCH, high, low, this.next, RESULT_SCRATCH, 1);
  }

  /** The record just made is an example, if its template does for all instructions that begin so. */
  private learn(record: number, i: Instruction, offset: number): void {
    const traits = this.templates.traitsIfAny(i.row.id);
    if (traits && patternOf(i, traits) !== undefined) this.recipes.learn(record, i, offset, this.libraryEnd, traits.immediates);
  }

  /** What is now known of instructions of any program; undefined if little is new. */
  keepRecipes(): Uint8Array | undefined { return this.recipes.keep(); }

  private fill(record: number, address: number, i: Instruction | 'invalid'): void {
    const template = typeof i === 'string' ? SpecialTemplate.invalid : this.templateOf(i);
    fillRecord(this.lookups, record, address, i);
    this.lookups.words[(record + RECORD.template) >> 2] = template;
    this.show(record, address);
  }

  private isStale(record: number): boolean { return (this.lookups.bytes[record + RECORD.marks]! & RecordMark.stale) !== 0; }

  /** What is called at a record: nothing where translated code is, what ends the run at a breakpoint, what looks again where its template may be wrong. */
  private show(record: number, address: number): void {
    const { words } = this.lookups;
    const step = this.source.isBreakpoint(address) ? SpecialTemplate.breakpoint : this.isStale(record) ? SpecialTemplate.stale : words[(record + RECORD.template) >> 2]!;
    words[(record + RECORD.step) >> 2] = step;
    words[(record + RECORD.slot) >> 2] = this.source.isEntry(address) ? 0 : step;
  }

  /** A breakpoint has come or gone, or translated code that can be entered here. */
  changed(address: number): void {
    this.special(address);
    const record = this.known(address);
    if (record !== 0) this.show(record, address);
  }

  /** Records that will be made there have to be asked what is called at them. */
  special(address: number): void {
    this.lookups.refresh();
    markSpecial(this.lookups.bytes, address);
  }

  /** Translated code that began here is gone: what comes here is counted from the start. */
  uncovered(address: number): void {
    const record = this.known(address);
    if (record === 0) return;
    this.changed(address);
    this.lookups.bytes[record + RECORD.count] = this.lookups.bytes[record + RECORD.count + 1] = 0;
  }

  /** The slot for an instruction, and in `parameters` its registers. */
  private templateOf(i: Instruction): number {
    const traits = this.templates.traitsOf(i.row.id);
    const pattern = patternOf(i, traits);
    if (pattern !== undefined) {
      const known = this.templates.slot(i.row.id, pattern);
      if (known !== undefined) return known;
    }
    const module = shortModule(), made = makeTemplate(i, traits, module);
    // What is now known of the row may change which registers are parameters.
    patternOf(i, traits);
    const body = made?.body ?? translateSingle(i, module), slot = this.libraryEnd + this.made.length, index = module.declare(TRANSLATED);
    module.define(index, body);
    module.exportFunction('0', index);
    this.room(slot + 1);
    this.table.set(slot, this.source.functions(module)[0]);
    this.made.push({ body, row: made ? i.row.id : -1, pattern: made?.pattern ?? 0 });
    if (made) this.templates.add(i.row.id, made.pattern, slot);
    return slot;
  }

  private room(slots: number): void { if (slots > this.table.length) this.table.grow(slots + 256 - this.table.length); }

  /** The code of these pages may have changed: records there look again when they are next executed. */
  invalidate(page: number): void {
    this.good.delete(page);
    this.lookups.refresh();
    for (const record of this.on(page)) {
      this.lookups.bytes[record + RECORD.marks]! |= RecordMark.stale;
      this.show(record, this.addressOf(record));
    }
  }

  get pages(): Iterable<number> { return [...this.ownPages().pages, ...this.crossed, ...this.keptPages]; }
  get pageCount(): number { return this.ownPages().pages.size + this.crossed.size + this.keptPages.length; }

  /** The record at an address is stale: makes it anew. False if its code cannot be fetched. */
  refresh(address: number): boolean {
    const record = this.known(address);
    if (record === 0) return false;
    for (const page of pagesOf(this.lookups.words, record, address)) this.check(page);
    this.lookups.refresh();
    if (!this.isStale(record)) return true;
    const decoded = this.source.decode(address);
    if (decoded === 'fetch') return false;
    this.lookups.refresh();
    this.fill(record, address, decoded);
    this.lookups.words[FRESH_RECORDS >> 2]!++;
    return true;
  }

  /** Whether a record, which is known to be looked up just now, has nothing but its template to be stepped. */
  isPlain(record: number): boolean { const { words } = this.lookups; return words[(record + RECORD.step) >> 2] === words[(record + RECORD.template) >> 2]; }

  /** For one step of the record of an address: its template, breakpoint or not. False if it is stale and its code cannot be fetched. */
  showTemplate(record: number, address: number): boolean {
    this.lookups.refresh();
    if (this.isStale(record) && !this.refresh(address)) return false;
    this.lookups.words[(record + RECORD.step) >> 2] = this.lookups.words[(record + RECORD.template) >> 2]!;
    return true;
  }

  /** Drops everything; nothing may be executing. */
  forget(): void {
    this.adopted = undefined;
    this.crossed.clear();
    this.unchecked.clear();
    this.good.clear();
    this.keptAddresses = new Float64Array(0);
    this.keptPages = [];
    this.lookups.refresh();
    this.empty();
  }

  /** Memory that was never used needs no emptying. */
  private empty(): void {
    const { words } = this.lookups, last = words[NEXT_RECORD >> 2]!;
    if (last !== 0) this.functions.forget(RECORDS + words[KEPT_RECORDS >> 2]! * RECORD.size, last);
    words[NEW_SPECIALS >> 2] = 0;
    words[NEXT_RECORD >> 2] = RECORDS;
    words[KEPT_RECORDS >> 2] = words[FRESH_RECORDS >> 2] = 0;
    this.own.pages.clear();
    this.own.before = RECORDS;
  }

  // Keeping.

  private nextOf(record: number): number { const { words } = this.lookups; return words[(record + RECORD.next) >> 2]! + words[(record + RECORD.next + 4) >> 2]! * 0x100000000; }
  private addressOf(record: number): number { const { words } = this.lookups; return words[(record + RECORD.address) >> 2]! + words[(record + RECORD.address + 4) >> 2]! * 0x100000000; }

  /** Compares a page of kept records; if it is what it was, its records are of use. */
  private check(page: number): void {
    const expected = this.unchecked.get(page);
    if (expected === undefined) return;
    this.unchecked.delete(page);
    if (this.source.hashOf(page) !== expected) return;
    this.good.add(page);
    this.lookups.refresh();
    const { bytes } = this.lookups, { keptAddresses } = this, from = this.keptFrom(page), end = this.keptFrom(page + PAGE), list = KEEP_LIST >> 2;
    for (let count = this.functions.freshen(RECORDS + from * RECORD.size, RECORDS + end * RECORD.size); count > 0; count--) { const record = this.lookups.words[list + count - 1]!; this.show(record, this.addressOf(record)); }
    // Those on two pages, at its borders: only if the other page is what it was, too.
    for (const index of [from - 1, end - 1]) {
      if (index < 0) continue;
      const record = RECORDS + index * RECORD.size, address = keptAddresses[index]!, own = pagesOf(this.lookups.words, record, address);
      if (own.length === 1 || !own.includes(page)) continue;
      if (own.every((each) => this.good.has(each))) bytes[record + RECORD.marks]! &= ~RecordMark.stale; else bytes[record + RECORD.marks]! |= RecordMark.stale;
      this.show(record, address);
    }
  }

  /** Everything that is still right, for `adopt` in a later run; `bodies` those of its templates. With little that is new it is what was adopted. */
  keep(): RecordsToKeep {
    if (this.adopted && !this.worthKeeping) return this.adopted;
    this.decoded = 0;
    this.lookups.refresh();
    this.lookups.words[FRESH_RECORDS >> 2] = 0;
    this.functions.wait(RECORDS, RECORDS + this.keptAddresses.length * RECORD.size, 0);
    for (const page of this.unchecked.keys()) {
      const from = RECORDS + this.keptFrom(page) * RECORD.size, before = from - RECORD.size;
      this.functions.wait(before >= RECORDS && this.nextOf(before) > page ? before : from, RECORDS + this.keptFrom(page + PAGE) * RECORD.size, RecordMark.waiting);
    }
    const { addresses, pages: on } = stillRight(this.lookups, (this.next - RECORDS) / RECORD.size, this.functions);
    const pages = [...on].map((page): [number, number] => [page, this.unchecked.get(page) ?? this.source.hashOf(page) ?? 0]);
    // Looking at pages may have made the memory grow.
    this.lookups.refresh();
    const bytes = copied(this.lookups, addresses.length, this.functions), rows = new Set(this.made.map(({ row }) => row));
    const head = { pages: pages.flat(), templates: this.made.map(({ row, pattern }): [number, number] => [row, pattern]), traits: this.templates.traitsToKeep(rows) };
    return { head, bytes, addresses: new Uint8Array(addresses.buffer), bodies: this.made.map(({ body }) => body) };
  }

  /** The records of an earlier run. `place` puts the templates that are not in the library into the table, from a slot on. */
  adopt(kept: RecordsToKeep, place: (first: number) => void): void {
    const { head: { pages, templates, traits }, bytes, addresses, bodies } = kept;
    if (this.next > RECORDS || this.made.length > 0 || bytes.length > RECORDS_END - RECORDS - RUN * RECORD.size) return;
    this.room(this.libraryEnd + templates.length);
    if (templates.length > 0) place(this.libraryEnd);
    templates.forEach(([row, pattern], index) => { this.made.push({ body: bodies[index]!, row, pattern }); });
    this.templates.adopt({ first: this.libraryEnd, templates, traits });
    for (let i = 0; i < pages.length; i += 2) this.unchecked.set(pages[i]!, pages[i + 1]!);
    this.lookups.refresh();
    this.lookups.bytes.set(bytes, RECORDS);
    this.adopted = kept;
    this.lookups.words[NEXT_RECORD >> 2] = this.own.before = RECORDS + bytes.length;
    this.lookups.words[KEPT_RECORDS >> 2] = bytes.length / RECORD.size;
    this.keptPages = [...this.unchecked.keys()];
    this.keptAddresses = new Float64Array(addresses.slice().buffer);
  }
}
