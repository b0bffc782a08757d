// Which GOOS and GOARCH a file is for, from its name and build constraint, and the macros that cmd/go defines for them.
// Must stay true: the order of preference is fixed (linux, darwin, freebsd, windows, others; amd64, arm64, others), so that everyone sees the same.

import { buildConstraint } from './build-constraint';
import { baseName } from './files';

export interface Target {
  goos: string;
  goarch: string;
  /** Tags that are neither system, architecture nor version are taken as set, because the file is built no other way. */
  assumeTags?: boolean;
}

/** GOOS/GOARCH pairs of `go tool dist list`, Go 1.26 and before, preferred systems and architectures first; zos has files in golang.org/x/sys. */
const PAIRS = (
  'linux:amd64,arm64,386,arm,loong64,mips,mips64,mips64le,mipsle,ppc64,ppc64le,riscv64,s390x darwin:amd64,arm64 freebsd:amd64,arm64,386,arm,riscv64 ' +
  'windows:amd64,arm64,386,arm aix:ppc64 android:amd64,arm64,386,arm dragonfly:amd64 illumos:amd64 ios:amd64,arm64 js:wasm ' +
  'netbsd:amd64,arm64,386,arm openbsd:amd64,arm64,386,arm,ppc64,riscv64 plan9:amd64,386,arm solaris:amd64 wasip1:wasm zos:s390x'
).split(' ').flatMap((entry) => {
  const [goos = '', arches = ''] = entry.split(':');
  return arches.split(',').map((goarch): Target => ({ goos, goarch }));
});

const SYSTEMS = new Set(PAIRS.map(({ goos }) => goos));
const ARCHITECTURES = new Set(PAIRS.map(({ goarch }) => goarch));
/** Names that Go knows in file names and constraints (internal/syslist), without a port. */
const RESERVED_SYSTEMS = new Set(['hurd', 'nacl']);
const RESERVED_ARCHITECTURES = new Set('amd64p32 arm64be armbe mips64p32 mips64p32le ppc riscv s390 sparc sparc64'.split(' '));
const UNIX = new Set('aix android darwin dragonfly freebsd illumos ios linux netbsd openbsd solaris'.split(' '));

export function isSystem(tag: string, goos: string): boolean {
  return tag === goos || (goos === 'android' && tag === 'linux') || (goos === 'ios' && tag === 'darwin') || (goos === 'illumos' && tag === 'solaris');
}

/** The system and architecture that a file's name ends with: `x_linux_amd64.s`, `x_arm64_test.s`. */
export function targetOfName(path: string): Readonly<Partial<Target>> {
  const name = baseName(path);
  let known = named.get(name);
  if (!known) {
    if (named.size > MOST_NAMED) named.clear();
    named.set(name, (known = readName(name)));
  }
  return known;
}

/** Each search asks for the same hundreds. */
const named = new Map<string, Partial<Target>>();
const MOST_NAMED = 10_000;

function readName(name: string): Partial<Target> {
  const words = name.replace(/\.[^.]*$/, '').replace(/_test$/, '').split('_').slice(1);
  const last = words.at(-1) ?? '';
  const before = words.at(-2) ?? '';
  const isKnownSystem = (word: string) => SYSTEMS.has(word) || RESERVED_SYSTEMS.has(word);
  if (ARCHITECTURES.has(last) || RESERVED_ARCHITECTURES.has(last)) return isKnownSystem(before) ? { goos: before, goarch: last } : { goarch: last };
  return isKnownSystem(last) ? { goos: last } : {};
}

/** The first pair that the file's name and constraint allow; undefined if none does. `minor` is N of go1.N. */
export const targetOf = (path: string, text: string, minor: number): Target | undefined => allowed(path, text, minor).next().value;

/** The first allowed pair of each GOARCH, the one of `targetOf` first. */
export function targetsOf(path: string, text: string, minor: number): Target[] {
  const found: Target[] = [];
  for (const each of allowed(path, text, minor)) if (!found.some(({ goarch }) => goarch === each.goarch)) found.push(each);
  return found;
}

/** First without tags that are neither system, architecture nor version and with the default levels, then with all, then without any level. */
function* allowed(path: string, text: string, minor: number): Generator<Target, undefined> {
  const named = targetOfName(path);
  const holds = buildConstraint(text);
  for (const pass of ['known', 'all', 'no level'] as const) {
    for (const pair of PAIRS) {
      if (named.goos && !isSystem(named.goos, pair.goos)) continue;
      if (named.goarch && named.goarch !== pair.goarch) continue;
      if (holds((tag) => (pass !== 'no level' || !isLevel(tag)) && tagHolds(tag, pair, minor, pass !== 'known'))) yield pass === 'known' ? pair : { ...pair, assumeTags: true };
    }
  }
  return undefined;
}

/** `arm.6` */
const isLevel = (tag: string): boolean => ARCHITECTURES.has(tag.slice(0, Math.max(0, tag.indexOf('.'))));

/** Whether a file's name and constraint allow a target. */
export function isBuiltFor(path: string, text: () => string, target: Target, minor: number): boolean {
  const { goos, goarch } = targetOfName(path);
  if ((goos && !isSystem(goos, target.goos)) || (goarch && goarch !== target.goarch)) return false;
  return buildConstraint(text())((tag) => tagHolds(tag, target, minor, target.assumeTags === true));
}

/** Any system with any architecture that the file allows: for ports that Go has dropped or does not have yet. */
export function anyTarget(path: string, text: string, minor: number): Target {
  const named = targetOfName(path);
  const holds = buildConstraint(text);
  const architecture = named.goarch && ARCHITECTURES.has(named.goarch) ? named.goarch : undefined;
  for (const goos of named.goos ? [named.goos] : SYSTEMS) {
    for (const goarch of architecture ? [architecture] : ARCHITECTURES) {
      const pair = { goos, goarch, assumeTags: true };
      if (holds((tag) => tagHolds(tag, pair, minor, true))) return pair;
    }
  }
  return { goos: named.goos ?? 'linux', goarch: architecture ?? 'amd64' };
}

/** The architecture without a port that a file is for, by its name or because its constraint allows no other. */
export function architectureWithoutPort(path: string, text: string, minor: number): string | undefined {
  const { goarch } = targetOfName(path);
  if (goarch !== undefined) return RESERVED_ARCHITECTURES.has(goarch) ? goarch : undefined;
  const holds = buildConstraint(text);
  for (const each of RESERVED_ARCHITECTURES) {
    if (!text.includes(each) || targetOf(path, text, minor)) continue;
    const pair = { goos: 'linux', goarch: each };
    if (holds((tag) => tag === each || tagHolds(tag, pair, minor, true))) return each;
  }
  return undefined;
}

export function tagHolds(tag: string, { goos, goarch }: Target, minor: number, unknown: boolean): boolean {
  if (SYSTEMS.has(tag)) return isSystem(tag, goos);
  if (ARCHITECTURES.has(tag)) return tag === goarch;
  if (RESERVED_SYSTEMS.has(tag) || RESERVED_ARCHITECTURES.has(tag)) return tag === goos || tag === goarch;
  if (tag === 'unix') return UNIX.has(goos);
  if (tag === 'gc') return true;
  if (tag === 'gccgo' || tag === 'ignore') return false;
  // Levels of a GOARCH, of which the default ones hold.
  if (isLevel(tag)) return tag.startsWith(`${goarch}.`) && (unknown || isOfDefault(goarch, tag.slice(goarch.length + 1)));
  const version = /^go1\.(\d+)$/.exec(tag);
  return version ? Number(version[1]) <= minor : unknown;
}

/** The names that cmd/go defines for the default GOAMD64, GOARM … levels; a tag has the same word: `arm.7`. */
const LEVELS: Readonly<Record<string, readonly string[]>> = {
  386: ['GO386_sse2'], amd64: ['GOAMD64_v1'], arm: ['GOARM_7', 'GOARM_6', 'GOARM_5'],
  mips: ['GOMIPS_hardfloat'], mipsle: ['GOMIPS_hardfloat'], mips64: ['GOMIPS64_hardfloat'], mips64le: ['GOMIPS64_hardfloat'],
  ppc64: ['GOPPC64_power8'], ppc64le: ['GOPPC64_power8'], riscv64: ['GORISCV64_rva20u64'],
};
/** Those that only have a tag. */
const TAGS_ALONE: Readonly<Record<string, readonly string[]>> = { arm64: ['v8.0'], wasm: ['satconv', 'signext'] };

const isOfDefault = (goarch: string, level: string): boolean => LEVELS[goarch]?.some((name) => name.endsWith(`_${level}`)) === true || TAGS_ALONE[goarch]?.includes(level) === true;

/** The -D names of cmd/go (work/gc.go asmArgs) at the default GOAMD64, GOARM … levels. */
export const definesOf = ({ goos, goarch }: Target): Map<string, string> => new Map([`GOOS_${goos}`, `GOARCH_${goarch}`, ...(LEVELS[goarch] ?? [])].map((name) => [name, '1']));

export const isTarget = ({ goos, goarch }: Target): boolean => PAIRS.some((pair) => pair.goos === goos && pair.goarch === goarch);

/** All names that cmd/go may define where the GOARCH is this one or of its family: what conditions can ask for. */
export function targetNames({ goarch }: Target): string[] {
  const family = [...ARCHITECTURES].filter((each) => each === goarch || (each.replace(/le$/, '') === goarch.replace(/le$/, '')));
  const levels: Record<string, string[]> = {
    386: ['GO386_sse2', 'GO386_softfloat'], amd64: ['GOAMD64_v1', 'GOAMD64_v2', 'GOAMD64_v3', 'GOAMD64_v4'], arm: ['GOARM_5', 'GOARM_6', 'GOARM_7'], arm64: ['GOARM64_LSE'],
    mips: ['GOMIPS_hardfloat', 'GOMIPS_softfloat'], mips64: ['GOMIPS64_hardfloat', 'GOMIPS64_softfloat'], ppc64: ['GOPPC64_power8', 'GOPPC64_power9', 'GOPPC64_power10'],
    riscv64: ['GORISCV64_rva20u64', 'GORISCV64_rva22u64', 'GORISCV64_rva23u64'],
  };
  const systems = [...new Set(PAIRS.filter((pair) => family.includes(pair.goarch)).map(({ goos }) => goos))];
  return [...family.map((each) => `GOARCH_${each}`), ...systems.map((each) => `GOOS_${each}`), ...(levels[goarch.replace(/le$/, '')] ?? [])];
}
