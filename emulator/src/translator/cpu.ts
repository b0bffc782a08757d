// The processor: runs translated code in slices, finishes budgets exactly by single steps, and names why it came back.
// Must stay true: `run` retires exactly its budget unless another exit comes first; whatever mixture of runs and steps leads
// to an instruction count, the state there is the same.
import { BLOCK_MARKS_END, CALL_CELLS, EXIT_ADDRESS, EXIT_CODE, EXIT_WRITE, OFTEN, RESULT_SCRATCH, RIP_OFFSET, STATE_BASE } from '../cpu-state';
import type { Cpu, CpuExit, CpuHost, PageSource } from '../cpu-types';
import { READ } from '../cpu-types';
import { ExitCode } from '../semantics/flow';
import type { Core, CoreImports } from './core';
import { whatIsMissing } from './decoding';
import type { FileBytes } from '../elf/file-bytes';
import type { CodeEngine, TranslationCache } from '../machine-types';
import { programKey } from './kept';
import type { CoreModule } from './kept-core';
import { keepCore, keepRecipes, loadCore, loadRecipes } from './kept-core';
import { setClock, tellTime } from './clock';
import { Lookups } from './lookups';
import { FIRST_FREE_SLOT, FIRST_TEMPLATE, INTERPRET_SLOT } from './places';
import { runString } from './strings';
import { Translations } from './translations';

/**
 * Instructions per entry into translated code: V8 replaces baseline code by optimised code only when a function is entered. Where a
 * slice ends is a sample of what is hot, hence of varying length: programs that go in circles would always be met at the same place.
 */
const SHORTEST_SLICE = 30_000, SLICE_VARIES = 40_000;
/**
 * Slices that one after the other end in hot code grow, by so much each, to so many times the length: between slices there is JavaScript, which V8 optimises only after
 * some thousands of them. One that ends elsewhere is a reason to look closely again.
 */
const STRETCHES = 1.1, LONGEST_STRETCH = 32;
/** Slices that end in a function before it is worth translating for speed. */
const SEEN_OFTEN = 2;
/** Slices that the first function to be made hot waits for others: each module costs in proportion to the table. */
const LONGEST_WAIT = 64;
/**
 * In a program that brought hot code along: slices that have to end in code that is not hot before any is made so, and in a function before it is one of them. What is not hot
 * by then takes little of its time: loading the translator takes as long as some 400 such slices, making a function hot as some 40; later runs gain from it, too.
 */
const WORTH_TRANSLATOR = 100, SEEN_AGAIN = 8;

/**
 * Transfers of control to a place before it is translated: translating an instruction takes as long as interpreting it some 600 times. Of 600, 1500, 3000
 * and 8000, this had the least processor time over first runs of the benchmark's programs.
 */
const OFTEN_JUMPED_TO = 3000;

/**
 * Modules that are made before all translations are dropped: each takes some 60 KiB, which V8 gives back only with the tables that it imports. Large Go
 * programs make some 2000; this many are made by programs that make code themselves.
 */
const MOST_MODULES = 8000;

/** When code is translated (0: at once), when it counts as hot, and for how many slices it then waits for others. Tests make everything hot at once. */
export interface Tuning { often: number; shortestSlice: number; sliceVaries: number; longestStretch: number; seenOften: number; longestWait: number; worthTranslator: number; seenAgain: number; mostModules: number }
export const TUNING: Tuning = { often: OFTEN_JUMPED_TO, shortestSlice: SHORTEST_SLICE, sliceVaries: SLICE_VARIES, longestStretch: LONGEST_STRETCH, seenOften: SEEN_OFTEN, longestWait: LONGEST_WAIT, worthTranslator: WORTH_TRANSLATOR, seenAgain: SEEN_AGAIN, mostModules: MOST_MODULES };
/** Host stack that translated code may use, by its own estimate; half of what Node gives a program by default. */
const STACK_BYTES = 480_000;

/** Where translations are kept between runs of the same program. */
export interface Keeping { cache: TranslationCache; program: FileBytes }
const BUDGET: CpuExit = { kind: 'budget' };
/** Instructions after which much may have been optimised. */
const WORTH_LOOKING = 50_000_000;

export function createCpu(pages: PageSource, host: CpuHost, keeping?: Keeping, engine?: CodeEngine, tuning?: Tuning): Cpu { return new TranslatingCpu(pages, host, keeping, engine, tuning); }

export class TranslatingCpu implements Cpu {
  retired = 0;
  private readonly lookups: Lookups;
  private translations!: Translations;
  private core!: Core;
  private coreModule: CoreModule | undefined;
  private table!: WebAssembly.Table;
  private breakpoints: ReadonlySet<number> = new Set();
  private key = '';
  private started = false;
  /** Budget with which translated code was entered last; retired counts what came before in this run. */
  private entered = 0;
  private variation = 1;
  /** How much longer slices are. */
  private stretch = 1;
  /** Instructions retired in slices since translations were last kept. */
  private worked = 0;

  constructor(private readonly pages: PageSource, private readonly host: CpuHost, private readonly keeping?: Keeping, private readonly engine?: CodeEngine, private readonly tuning = TUNING) {
    this.lookups = new Lookups(pages, host);
    this.lookups.flush();
  }

  /** The module, and what an earlier run kept, are fetched when the first instruction is about to be executed: who only looks does not wait for them. */
  private start(): void {
    this.started = true;
    const { pages, host, lookups, keeping, engine, tuning } = this;
    const table = new WebAssembly.Table({ element: 'anyfunc', initial: FIRST_FREE_SLOT });
    const helpers = new WebAssembly.Table({ element: 'anyfunc', initial: FIRST_FREE_SLOT });
    const imports: CoreImports = {
      slowRead: (high, low, bytes) => lookups.read(high, low, bytes),
      slowWrite: (high, low, bytes) => lookups.write(high, low, bytes),
      miss: () => this.miss(),
      record: () => this.record(),
      refresh: () => this.refresh(),
      warm: () => { this.translations.warm(this.rip); },
      stackPage: (high, low) => lookups.stackPage(high, low),
      cpuid: (leaf, subleaf) => {
        const values = host.cpuid(leaf >>> 0, subleaf >>> 0);
        lookups.refresh();
        for (let i = 0; i < 4; i++) lookups.words[(RESULT_SCRATCH >> 2) + i] = values[i]!;
      },
      quickCall: (left) => (host.quickCall?.(this.retired + this.entered - left) ? 1 : 0),
      string: (operation, log2, repetition) => runString(lookups, operation, log2, repetition),
      timestamp: (left) => {
        const value = host.timestamp(this.retired + this.entered - left);
        lookups.refresh();
        lookups.words[RESULT_SCRATCH >> 2] = Number(value & 0xffffffffn);
        lookups.words[(RESULT_SCRATCH >> 2) + 1] = Number((value >> 32n) & 0xffffffffn);
      },
    };
    this.coreModule ??= loadCore(keeping?.cache, engine);
    this.table = table;
    const templates = new WebAssembly.Table({ element: 'anyfunc', initial: FIRST_TEMPLATE + this.coreModule.library.size + 64 });
    const instance = new WebAssembly.Instance(this.coreModule.module, { e: { m: pages.memory, t: table, h: helpers, p: templates }, host: { ...imports } });
    this.core = instance.exports as unknown as Core;
    lookups.flush();
    this.translations = new Translations(lookups, { m: pages.memory, h: helpers, t: table, c: this.core.callSlot }, this.core.stub, tuning, templates, this.coreModule.library, this.core, engine, () => loadRecipes(keeping?.cache));
    lookups.words[OFTEN >> 2] = tuning.often;
    setClock(lookups, host.clock);
    this.translations.setBreakpoints(this.breakpoints);
    if (!keeping) return;
    this.key = programKey(keeping.program);
    const kept = keeping.cache.load(this.key);
    if (kept) this.translations.adopt(kept as Uint8Array<ArrayBuffer>);
  }

  /** Drops all translations, templates and records with the tables that hold them; nothing may be executing. */
  private startAnew(): void {
    this.droppedInstructions += this.translations.statistics.instructions;
    this.lookups.refresh();
    this.lookups.bytes.fill(0, CALL_CELLS, BLOCK_MARKS_END);
    this.start();
  }
  private droppedInstructions = 0;

  keepTranslations(): void {
    if (!this.started) return;
    if (this.keeping && (!this.coreModule!.stored || this.worked > WORTH_LOOKING)) keepCore(this.coreModule!, this.keeping.cache, this.engine, this.helpers());
    const recipes = this.keeping && this.translations.records.keepRecipes();
    if (recipes) keepRecipes(recipes, this.keeping!.cache);
    if (!this.keeping) return;
    const { worthKeeping } = this.translations, parts = worthKeeping || this.worked > WORTH_LOOKING ? this.translations.keep(worthKeeping) : undefined;
    if (!parts) return;
    this.worked = 0;
    this.keeping.cache.store(this.key, ...parts);
  }

  private* helpers(): Iterable<unknown> { for (let slot = 1; slot < INTERPRET_SLOT && this.table.get(slot); slot++) yield this.table.get(slot); }

  /** What has been translated so far. */
  get statistics(): Translations['statistics'] | undefined {
    if (!this.started) return undefined;
    const { statistics } = this.translations;
    return { ...statistics, instructions: statistics.instructions + this.droppedInstructions };
  }

  private get rip(): number {
    this.lookups.refresh();
    const { words } = this.lookups, at = (STATE_BASE + RIP_OFFSET) >> 2;
    return words[at]! + words[at + 1]! * 0x100000000;
  }

  private miss(): number {
    if (this.translations.provide(this.rip)) return 1;
    this.lookups.words[EXIT_CODE >> 2] = ExitCode.fetchFault;
    return 0;
  }

  run(budget: number): CpuExit {
    const { tuning } = this;
    this.retired = 0;
    if (budget <= 0) return BUDGET;
    if (!this.started) this.start();
    if (this.breakpoints.has(this.rip)) {
      const exit = this.stepOnce();
      if (exit) return exit;
    }
    while (this.retired < budget) {
      this.variation = (Math.imul(this.variation, 1_103_515_245) + 12_345) >>> 0;
      const slice = Math.min(budget - this.retired, Math.floor((tuning.shortestSlice + ((this.variation >>> 8) % tuning.sliceVaries)) * this.stretch));
      this.entered = slice;
      if (this.translations.statistics.modules >= tuning.mostModules) this.startAnew();
      tellTime(this.lookups, this.host.clock, this.retired + slice);
      const left = ~this.core.dispatch(slice, STACK_BYTES);
      this.retired += slice - left;
      this.worked += slice - left;
      this.entered = 0;
      this.core.materialise();
      const code = this.lookups.words[EXIT_CODE >> 2]! as ExitCode;
      if (code === ExitCode.none) {
        this.stretch = this.translations.promote(this.rip) ? Math.min(tuning.longestStretch, this.stretch * STRETCHES) : 1;
        // A check found too little budget for the way to the next one. With no more to give, the rest is stepped.
        if (this.retired + left < budget) continue;
        const exit = this.steps(budget - this.retired);
        if (exit) return exit;
      } else if (code === ExitCode.retry) {
        const exit = this.stepOnce();
        if (exit) return exit;
      } else return this.exitFor(code);
    }
    return BUDGET;
  }

  /** So many single steps, without leaving WebAssembly for each; the exit that came first, if one did. */
  private steps(count: number): CpuExit | undefined {
    while (count > 0) {
      const record = this.recordAt(this.rip);
      if (record === 0) return this.exitFor(ExitCode.fetchFault);
      this.entered = count;
      let left = this.core.steps(record, count, STACK_BYTES);
      const exited = left < 0;
      if (exited) left = ~left;
      this.retired += count - left;
      count = left;
      this.entered = 0;
      if (!exited) return undefined;
      this.lookups.refresh();
      const code = this.lookups.words[EXIT_CODE >> 2]! as ExitCode;
      // What waits at the next instruction waits until that is wanted.
      if (count === 0 && (code === ExitCode.breakpoint || code === ExitCode.fetchFault)) return undefined;
      if (code !== ExitCode.retry) return this.exitFor(code);
      const exit = this.stepOnce();
      if (exit) return exit;
      count--;
    }
    return undefined;
  }

  /** Where nothing is executing, so that room can be made. */
  private recordAt(address: number): number {
    if (this.translations.records.full) this.translations.forgetRecords();
    return this.translations.record(address);
  }

  /** For the loops over records: the next one. */
  private record(): number {
    const full = this.translations.records.full, record = full ? 0 : this.translations.record(this.rip);
    if (record === 0) { this.lookups.refresh(); this.lookups.words[EXIT_CODE >> 2] = full ? ExitCode.retry : ExitCode.fetchFault; }
    return record;
  }

  private refresh(): number {
    if (this.translations.refreshRecord(this.rip)) return 1;
    this.lookups.refresh();
    this.lookups.words[EXIT_CODE >> 2] = ExitCode.fetchFault;
    return 0;
  }

  step(): CpuExit {
    this.retired = 0;
    if (!this.started) this.start();
    return this.stepOnce() ?? BUDGET;
  }

  /** Undefined: the instruction was retired and nothing else happened. Watched pages are accessed and reported; breakpoints are not looked at. */
  private stepOnce(): CpuExit | undefined {
    const { lookups, translations } = this, { rip } = this, record = this.recordAt(rip);
    const ready = record !== 0 && (translations.records.isPlain(record) || translations.showTemplate(record, rip));
    if (!ready) { lookups.refresh(); lookups.words[EXIT_CODE >> 2] = ExitCode.fetchFault; return this.exitFor(ExitCode.fetchFault); }
    lookups.stepping = true;
    this.entered = 1;
    let left: number;
    try { left = this.core.steps(record, 1, STACK_BYTES); } finally { lookups.stepping = false; this.entered = 0; }
    this.retired += 1 - (left < 0 ? ~left : left);
    lookups.refresh();
    if (this.breakpoints.size > 0 && this.breakpoints.has(rip)) translations.records.changed(rip);
    const code = lookups.words[EXIT_CODE >> 2]! as ExitCode;
    if (code === ExitCode.none) return undefined;
    return this.exitFor(code);
  }

  private exitFor(code: ExitCode): CpuExit {
    this.lookups.refresh();
    const { words } = this.lookups;
    switch (code) {
      case ExitCode.syscall: return { kind: 'syscall' };
      case ExitCode.divideError: return { kind: 'divideError' };
      case ExitCode.invalidOpcode: return { kind: 'invalidOpcode' };
      case ExitCode.generalProtection: return { kind: 'generalProtection' };
      case ExitCode.breakpointTrap: return { kind: 'breakpointTrap' };
      case ExitCode.simdException: return { kind: 'simdException' };
      case ExitCode.alignmentCheck: return { kind: 'alignmentCheck' };
      case ExitCode.breakpoint: return { kind: 'breakpoint', address: this.rip };
      case ExitCode.watch: return { kind: 'watch' };
      case ExitCode.fetchFault: {
        // The first page of the instruction, or the second when it is the one that is missing.
        const { rip } = this, page = rip - (rip % 4096), missing = this.pages.hostPage(page, 4) === 0 ? rip : page + 4096;
        return { kind: 'pageFault', address: missing, write: false, execute: true, present: this.pages.hostPage(missing - (missing % 4096), READ) !== 0 };
      }
      case ExitCode.pageFault: {
        const high = words[(EXIT_ADDRESS >> 2) + 1]!, low = words[EXIT_ADDRESS >> 2]!, write = words[EXIT_WRITE >> 2] === 1;
        if (high >>> 15) return { kind: 'pageFault', address: (BigInt(high) << 32n) | BigInt(low), write, execute: false, present: false };
        const address = high * 0x100000000 + low;
        const present = write && this.pages.hostPage(address - (address % 4096), READ) !== 0;
        return { kind: 'pageFault', address, write, execute: false, present };
      }
      case ExitCode.notImplemented: {
        const instruction = this.translations.instructionAt(this.rip);
        if (typeof instruction === 'string') return { kind: 'notImplemented', name: 'unknown', bytes: new Uint8Array() };
        const missing = whatIsMissing(instruction.row);
        return { kind: 'notImplemented', name: instruction.row.form || instruction.row.name, bytes: instruction.bytes, ...(missing !== undefined && { missing }) };
      }
      default: throw new Error(`translated code left for reason ${code}`);
    }
  }

  setBreakpoints(addresses: ReadonlySet<number>): void {
    this.breakpoints = new Set(addresses);
    if (this.started) this.translations.setBreakpoints(this.breakpoints);
  }

  invalidate(start: number, end: number): void {
    this.lookups.codeChanged = true;
    if (this.started) this.translations.invalidate(start, end);
    this.lookups.flush();
  }

  flushLookups(): void { this.lookups.flush(); }
  flushWrites(): void { this.lookups.flushWrites(); }
}
