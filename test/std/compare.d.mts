// Types of compare.mjs for the suites, which are TypeScript. Must stay true: says what that file exports.
export interface Setup { goroot: string; version: string; folder: string; tree: string; env: Record<string, string> }
export interface Package { name: string; dir: string }
export interface Comparison {
  name: string;
  /** The test program could not be built. */
  broken?: string;
  /** Natively no test says anything. */
  unjudged?: string;
  equal?: number;
  total?: number;
  excused?: Map<string, string>;
  differences?: string[];
  lastWords?: string[];
}
export function setUp(): Setup | undefined;
export function list(setup: Setup, patterns: readonly string[]): Package[];
export function compare(setup: Setup, each: Package, options?: { leftOut?: Record<string, string>; excused?: Record<string, string>; seconds?: number }): Promise<Comparison>;
