// How much stack a chain of NOSPLIT functions takes, as the linker adds it up (cmd/link/internal/ld/stackcheck.go), through the assembly of one package and of others.
// Must stay true: a chain reported here is over the limit in truth too; Go's own NOSPLIT functions count nothing, and then the sum is said to be a lower bound.

import type { Target } from '../workspace/target';
import type { FileSummary, FunctionSummary } from './file-summary';

/** abi.StackNosplitBase. */
const BASE = 800;
const HAS_NO_CHECK: ReadonlySet<string> = new Set(['wasm']);

/** Bytes that a CALL itself pushes. */
const callSize = (goarch: string): number => (goarch === 'amd64' ? 8 : goarch === '386' ? 4 : 0);

/** Bytes a chain may take; undefined where nothing is checked. */
export function nosplitLimit({ goos, goarch }: Target): number | undefined {
  if (HAS_NO_CHECK.has(goarch)) return undefined;
  const base = goos === 'aix' || goos === 'openbsd' ? 2 * BASE : BASE;
  return base - callSize(goarch) - (goarch === 'arm64' ? 8 : 0);
}

export interface StackUse {
  bytes: number;
  /** Names from the function down. */
  chain: string[];
  /** NOSPLIT functions below it whose frames only the Go compiler knows. */
  unknown: ReadonlySet<string>;
}

export interface Elsewhere {
  /** A function of another package's assembly. */
  function(name: string): { summary: FunctionSummary; file: FileSummary } | undefined;
  /** Whether a symbol is a Go function marked //go:nosplit. */
  isNoSplitGo(name: string): boolean;
}

/** The search for the deepest chain ends here: mutual recursion is the linker's own error. */
const CYCLE = 32767;
const NOTHING: StackUse = { bytes: 0, chain: [], unknown: new Set() };

export class NoSplitDepths {
  private readonly functions = new Map<string, { summary: FunctionSummary; file: FileSummary }>();
  private readonly known = new Map<string, StackUse>();
  private readonly call: number;

  constructor(files: readonly FileSummary[], target: Target, private readonly elsewhere?: Elsewhere) {
    this.call = callSize(target.goarch);
    for (const file of files) for (const summary of file.functions) this.functions.set(key(summary, file), { summary, file });
  }

  /** undefined for a function that checks its stack, or that these files do not have. */
  of(each: { name: string; static: boolean }, file: FileSummary): StackUse | undefined {
    const found = this.functions.get(key(each, file));
    return found?.summary.noSplit ? this.use(key(each, file), found, new Set()) : undefined;
  }

  private use(id: string, { summary, file }: { summary: FunctionSummary; file: FileSummary }, above: Set<string>): StackUse {
    const known = this.known.get(id);
    if (known) return known;
    if (!summary.noSplit) return { ...NOTHING, bytes: this.call };
    if (above.has(id)) return { ...NOTHING, bytes: CYCLE, chain: [shown(summary)] };
    above.add(id);
    const unknown = new Set<string>();
    let deepest: StackUse = { ...NOTHING, bytes: summary.height };
    for (const { height, target } of summary.edges) {
      const callee = target ? this.callee(target, file, above) : { ...NOTHING, bytes: this.call };
      for (const name of callee.unknown) unknown.add(name);
      const bytes = height + this.call + callee.bytes;
      if (bytes > deepest.bytes) deepest = { ...callee, bytes };
    }
    above.delete(id);
    const use = { bytes: Math.min(deepest.bytes, CYCLE), chain: [shown(summary), ...deepest.chain], unknown };
    this.known.set(id, use);
    return use;
  }

  private callee(target: { name: string; static: boolean }, file: FileSummary, above: Set<string>): StackUse {
    // It runs on the system's stack.
    if (/(^|\.)morestack$/.test(target.name) && (file.packagePath === 'runtime' || target.name === 'runtime.morestack')) return NOTHING;
    const id = key(target, file);
    const found = this.functions.get(id) ?? (target.static ? undefined : this.elsewhere?.function(target.name));
    if (found) return this.use(id, found, above);
    return this.elsewhere?.isNoSplitGo(target.name) ? { ...NOTHING, unknown: new Set([target.name.replace(/^\./, '')]) } : { ...NOTHING, bytes: this.call };
  }
}

/** A symbol of one link: the package's own names with its path. */
function key({ name, static: isStatic }: { name: string; static: boolean }, { source, packagePath }: FileSummary): string {
  if (isStatic) return `${name}<>${source.path}`;
  return name.startsWith('.') ? `${packagePath ?? ''}${name}` : name;
}

const shown = ({ name }: FunctionSummary): string => name.replace(/^\./, '');
