// Finds and reads Go packages for one GOOS/GOARCH: build constraints, import paths, GOROOT, vendor folders and the module cache.
// Must stay true: nothing is fetched and no program is started; what the go command has said comes first; a package that cannot be found is undefined.

import { buildConstraint } from '../workspace/build-constraint';
import { baseName, directoryOf, join, type Files } from '../workspace/files';
import { targetOfName, tagHolds, isSystem, type Target } from '../workspace/target';
import { defaultExperiments } from './experiments';
import { FileInPieces } from './file-in-pieces';
import type { AsmHeader } from './asm-header';
import type { Listed } from './go-list';
import { KeptPackages, type Store } from './kept-packages';
import { PackageScope, type Linkable, type Source } from './package-scope';
import { possibleNames, type PossibleNames } from './possible-names';
import type { GoParser } from './syntax-tree';

export interface GoPackage {
  directory: string;
  name: string;
  /** Its tests are among its files. */
  withTests: boolean;
  readonly files: readonly FileInPieces[];
  /** Package-level names; methods are not in it. A name is looked for in the files that may declare it: the others wait. */
  scope: PackageScope;
}

export interface PackagesOptions {
  parser: GoParser;
  files: Files;
  target: Target;
  goroot: string | undefined;
  /** N of go1.N. */
  minor: number;
  /** Folder of downloaded modules, undefined if unknown. */
  moduleCache: string | undefined;
  /** What the go command has said for this target. */
  listed?: Listed | undefined;
  /** Files read before, for any target; parsing is what costs most. */
  parsed?: Map<string, { mark: string; file: FileInPieces }>;
  /** Where what is known of Go's own packages is kept for later sessions. */
  store?: Store | undefined;
  /** The names that files may declare, of the same text. */
  named?: Map<string, { mark: string; names: PossibleNames }>;
}

/** `replaces`: by a folder, or by a version of another module. */
interface Module { path: string; root: string; requires: Map<string, string>; replaces: Map<string, { to: string; version: string | undefined }> }

export class Packages {
  private readonly byDirectory = new Map<string, GoPackage | undefined>();
  private readonly modules = new Map<string, Module | undefined>();

  private readonly headers = new Map<string, AsmHeader>();
  private readonly kept: KeptPackages | undefined;

  constructor(readonly options: PackagesOptions) {
    const { store, files, goroot, target, minor } = options;
    this.kept = store && goroot !== undefined ? new KeptPackages(store, files, goroot, target, minor) : undefined;
  }

  /** The package in a directory: its files for this target; its tests only if asked for, as they belong to no other package's imports. */
  read(directory: string, withTests = false): GoPackage | undefined {
    const key = withTests ? `${directory} with tests` : directory;
    if (this.byDirectory.has(key)) return this.byDirectory.get(key);
    const { files } = this.options;
    const known = withTests ? undefined : this.fromStore(directory);
    if (known) {
      this.byDirectory.set(key, known);
      return known;
    }
    // Files that have come since then are judged here.
    const listed = this.options.listed?.package(directory);
    const sources: Source[] = [];
    for (const name of files.list(directory) ?? []) {
      if (!name.endsWith('.go') || (!withTests && name.endsWith('_test.go')) || name.startsWith('_') || name.startsWith('.')) continue;
      const path = join(directory, name);
      const { text, mark } = this.marked(path);
      if (text === undefined || !(listed?.built.has(name) ?? false) && ((listed?.left.has(name) ?? false) || !this.isBuilt(path, text))) continue;
      if (text.includes('"C"') && this.parse(path, text, mark).imports.some((each) => each.path === 'C')) continue;
      // Tests of package p_test are a package of their own.
      if (withTests && name.endsWith('_test.go') && this.parse(path, text, mark).packageName.endsWith('_test')) continue;
      // The same each time: declarations are told apart by what they are, not by their names.
      let file: FileInPieces | undefined;
      sources.push({ path, ...this.names(path, text, mark), file: () => (file ??= this.parsedFile(path, mark) ?? this.parsedNow(path)) });
    }
    const [first] = sources;
    const found = first && packageOf(directory, first.file().packageName, withTests, sources);
    this.byDirectory.set(key, found);
    return found;
  }

  /** As an earlier session left it. */
  private fromStore(directory: string): GoPackage | undefined {
    const known = this.kept?.load(directory);
    if (!known) return undefined;
    if (known.header) this.headers.set(directory, known.header);
    const paths = known.sources.map(({ file }) => join(directory, file));
    const sources = known.sources.map(({ names, bodyless, given, imports }, i): Source => {
      const path = paths[i] ?? '';
      // Read once: whether it is still the same text is asked when the package is.
      let file: FileInPieces | undefined;
      return { path, names, bodyless, given, imports, file: () => (file ??= this.parsedNow(path)) };
    });
    return packageOf(directory, known.name, false, sources, known.linkable?.map(([name, kind, source]) => ({ name, kind, path: paths[source] ?? '' })));
  }

  /** go_asm.h of a package, where an earlier session has worked it out. */
  header({ directory, withTests }: GoPackage): AsmHeader | undefined { return withTests ? undefined : this.headers.get(directory); }

  /** Keeps what is known of a package for later sessions. */
  keep(directory: string, header: AsmHeader | undefined): void {
    const known = this.byDirectory.get(directory);
    if (!known) return;
    const { scope } = known;
    const sources = scope.sources.map(({ path, names, bodyless, given, imports }) => ({ file: baseName(path), names, bodyless, given, imports }));
    const places = new Map(scope.sources.map(({ path }, i) => [path, i]));
    const linkable = scope.linkableAtHand()?.map(({ name, kind, path }): [string, typeof kind, number] => [name, kind, places.get(path) ?? 0]);
    this.kept?.save(directory, { name: known.name, sources, linkable, header: header ?? this.headers.get(directory) }, [...this.byDirectory.values()].flatMap((each) => each?.directory ?? []));
  }

  /** Of folders that have been looked at. */
  get count(): number { return this.byDirectory.size; }

  /** Of all Go files that packages read so far consist of. */
  paths(): string[] {
    return [...this.byDirectory.values()].flatMap((each) => each?.scope.paths() ?? []);
  }

  /** Looks for the names of a package a file at a time, so that reading it later takes little. */
  *ahead(directory: string): Generator<undefined> {
    if (this.byDirectory.has(directory)) return;
    const { files } = this.options;
    for (const name of files.list(directory) ?? []) {
      if (!name.endsWith('.go') || name.endsWith('_test.go') || name.startsWith('_') || name.startsWith('.')) continue;
      const path = join(directory, name);
      const { text, mark } = this.marked(path);
      if (text === undefined || !this.isBuilt(path, text)) continue;
      this.names(path, text, mark);
      yield undefined;
    }
  }

  private names(path: string, text: string, mark: string): PossibleNames {
    const { named } = this.options;
    let known = named?.get(path);
    if (known?.mark !== mark) named?.set(path, (known = { mark, names: possibleNames(text) }));
    return known?.names ?? possibleNames(text);
  }

  private parsedFile(path: string, mark: string): FileInPieces | undefined {
    const known = this.options.parsed?.get(path);
    return known?.mark === mark ? known.file : undefined;
  }

  private parsedNow(path: string): FileInPieces {
    const { text = '', mark } = this.marked(path);
    return this.parse(path, text, mark);
  }

  private parse(path: string, text: string, mark: string): FileInPieces {
    const { parser, parsed } = this.options;
    const known = parsed?.get(path);
    if (known?.mark === mark) return known.file;
    const file = new FileInPieces(path, text, parser, () => this.sameText(path, mark));
    parsed?.set(path, { mark, file });
    return file;
  }

  /** Undefined where it has changed. */
  private sameText(path: string, mark: string): string | undefined {
    const now = this.marked(path);
    return now.mark === mark ? now.text : undefined;
  }

  /** A text with what stands for it, where keeping the text of whole packages would cost too much: its time, asked before it is read, or what is in it. */
  private marked(path: string): { text: string | undefined; mark: string } {
    const { files } = this.options;
    const time = files.stamp?.(path);
    const text = files.read(path);
    return { text, mark: text === undefined ? '' : time === undefined ? fingerprint(text) : `${text.length} at ${time}` };
  }

  private isBuilt(path: string, text: string): boolean {
    const { target, minor } = this.options;
    const named = targetOfName(path);
    if (named.goos && !isSystem(named.goos, target.goos)) return false;
    if (named.goarch && named.goarch !== target.goarch) return false;
    return buildConstraint(text)((tag) => this.holds(tag, target, minor));
  }

  private holds(tag: string, target: Target, minor: number): boolean {
    const experiment = /^goexperiment\.(\w+)$/.exec(tag)?.[1];
    if (experiment && this.experiments().has(experiment)) return true;
    return tagHolds(tag, target, minor, target.assumeTags === true);
  }

  private enabledExperiments: Set<string> | undefined;

  private experiments(): Set<string> {
    const { goroot, files, target } = this.options;
    return (this.enabledExperiments ??= defaultExperiments((goroot && files.read(`${goroot}/src/internal/buildcfg/exp.go`)) ?? '', target));
  }

  /** The package that `path` names when imported from a directory. */
  imported(path: string, from: string): GoPackage | undefined {
    for (const candidate of this.candidates(path, from)) {
      const found = this.read(candidate);
      if (found) return found;
    }
    return undefined;
  }

  /** The same, where it has been read already. */
  importedAtHand(path: string, from: string): GoPackage | undefined {
    for (const candidate of this.candidates(path, from)) {
      const found = this.byDirectory.get(candidate);
      if (found) return found;
    }
    return undefined;
  }

  private candidates(path: string, from: string): string[] {
    const { goroot } = this.options;
    if (path === 'unsafe') return [];
    const inRoot = goroot !== undefined && (from === `${goroot}/src` || from.startsWith(`${goroot}/src/`));
    const first = path.split('/')[0] ?? '';
    const listed = this.options.listed?.imported(path, from);
    const candidates = listed === undefined ? [] : [listed];
    if (goroot !== undefined && !first.includes('.')) candidates.push(`${goroot}/src/${path}`);
    if (inRoot) {
      if (from.startsWith(`${goroot}/src/cmd/`)) candidates.push(`${goroot}/src/cmd/vendor/${path}`);
      candidates.push(`${goroot}/src/vendor/${path}`);
    }
    const module = this.moduleOf(from);
    if (module) candidates.push(...this.inModule(path, module));
    return candidates;
  }

  private *inModule(path: string, module: Module): Generator<string> {
    if (path === module.path) yield module.root;
    if (path.startsWith(`${module.path}/`)) yield `${module.root}/${path.slice(module.path.length + 1)}`;
    yield `${module.root}/vendor/${path}`;
    for (let prefix = path; prefix; prefix = prefix.includes('/') ? prefix.slice(0, prefix.lastIndexOf('/')) : '') {
      const rest = path.slice(prefix.length);
      const replaced = module.replaces.get(prefix);
      if (replaced?.version === undefined && replaced) yield `${replaced.to.startsWith('.') ? `${module.root}/${replaced.to}` : replaced.to}${rest}`;
      const version = replaced?.version ?? module.requires.get(prefix);
      // The cache writes capitals as ! and the small letter.
      const escape = (text: string) => text.replace(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`);
      if (version && this.options.moduleCache) yield `${this.options.moduleCache}/${escape(replaced?.version === undefined ? prefix : replaced.to)}@${escape(version)}${rest}`;
    }
  }

  private moduleOf(directory: string): Module | undefined {
    if (this.modules.has(directory)) return this.modules.get(directory);
    const text = this.options.files.read(join(directory, 'go.mod'));
    const parent = directoryOf(directory);
    const module = text !== undefined ? parseGoMod(text, directory) : parent === directory || directory === '.' ? undefined : this.moduleOf(parent);
    this.modules.set(directory, module);
    return module;
  }
}

function packageOf(directory: string, name: string, withTests: boolean, sources: Source[], linkable?: readonly Linkable[]): GoPackage {
  const scope = new PackageScope(sources, linkable);
  return { directory, name, withTests, scope, get files() { return scope.files(); } };
}

/** Length and 64 bits of a text that has no time. */
function fingerprint(text: string): string {
  let a = 0xdeadbeef, b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  return `${text.length} ${a >>> 0} ${b >>> 0}`;
}

function parseGoMod(text: string, root: string): Module | undefined {
  const module: Module = { path: '', root, requires: new Map(), replaces: new Map() };
  let block = '';
  for (const raw of text.split('\n')) {
    const line = raw.replace(/\/\/.*/, '').trim();
    if (line === ')') { block = ''; continue; }
    const open = /^(\w+)\s*\($/.exec(line);
    if (open) { block = open[1] ?? ''; continue; }
    const words = (block ? `${block} ${line}` : line).split(/\s+/).map((word) => word.replace(/^"|"$/g, ''));
    if (words[0] === 'module') module.path = words[1] ?? '';
    else if (words[0] === 'require' && words[1] && words[2]) module.requires.set(words[1], words[2]);
    else if (words[0] === 'replace') {
      const arrow = words.indexOf('=>');
      const to = words[arrow + 1];
      if (arrow < 0 || !words[1] || !to) continue;
      if (/^[./]/.test(to) || words[arrow + 2]) module.replaces.set(words[1], { to, version: /^[./]/.test(to) ? undefined : words[arrow + 2] });
    }
  }
  return module.path ? module : undefined;
}
