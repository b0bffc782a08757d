// The symbols of a package's assembly files: where each TEXT and GLOBL is, by name; and the Go functions that wait for one.
// Must stay true: files for another GOARCH are left out; names are the linker's, `.f` for the package's own.

import { directoryOf, join, type Files } from '../workspace/files';
import { isBuiltFor, targetOfName, type Target } from '../workspace/target';
import type { AssemblyFile } from './assembly-file';
import { summaryAtHand, summaryOf, type FileSummary } from './file-summary';
import type { PackageKnowledge } from './package-knowledge';

export interface Neighbours {
  files: Files;
  /** Reads another assembly file of the package, for its own target or for the one given. */
  read(path: string, target?: Target): AssemblyFile | undefined;
  /** The same, where the host keeps what it has read in short. */
  summary?(path: string, target: Target): FileSummary | undefined;
}

/** Assembly files of the folder for the same GOARCH, the given one first. */
export function siblings(file: AssemblyFile, { files, read }: Neighbours, mentions?: string): AssemblyFile[] {
  const directory = directoryOf(file.source.path);
  const found = [file];
  for (const name of files.list(directory) ?? []) {
    const path = join(directory, name);
    if (!name.endsWith('.s') || path === file.source.path) continue;
    if ((targetOfName(path).goarch ?? file.target.goarch) !== file.target.goarch) continue;
    // Only a file that spells the name can define it or refer to it.
    if (mentions !== undefined && files.read(path)?.includes(mentions) !== true) continue;
    const other = read(path);
    if (other && other.target.goarch === file.target.goarch) found.push(other);
  }
  return found;
}

/** Paths of the package's other assembly files that are built for the same GOOS and GOARCH, and so linked with this one. */
export function linkedPaths({ source: { path }, target }: AssemblyFile, files: Files, minor: number): string[] {
  const directory = directoryOf(path);
  const isTest = path.endsWith('_test.s');
  const all = builtFor(target);
  const found: string[] = [];
  for (const other of assemblyIn(directory, files.list(directory) ?? [])) if (other.path !== path && other.isTest === isTest && isBuilt(other, files, target, minor, all)) found.push(other.path);
  return found;
}

interface Candidate { path: string; isTest: boolean; goarch: string | undefined }

/** What the names of a folder say. */
const listed = new WeakMap<readonly string[], { directory: string; found: Candidate[] }>();

function assemblyIn(directory: string, names: readonly string[]): Candidate[] {
  let known = listed.get(names);
  if (known?.directory !== directory) {
    const paths = names.filter((name) => name.endsWith('.s')).map((name) => join(directory, name));
    listed.set(names, (known = { directory, found: paths.map((path) => ({ path, isTest: path.endsWith('_test.s'), goarch: targetOfName(path).goarch })) }));
  }
  return known.found;
}

/** By target and path: asked again and again of the same texts. */
const built = new Map<string, Map<string, { text: string; holds: boolean }>>();
const MOST_BUILT = 4000;

function builtFor({ goos, goarch }: Target): Map<string, { text: string; holds: boolean }> {
  const key = `${goos}/${goarch}`;
  let known = built.get(key);
  if (!known || known.size > MOST_BUILT) built.set(key, (known = new Map()));
  return known;
}

function isBuilt({ path, goarch }: Candidate, files: Files, target: Target, minor: number, all: Map<string, { text: string; holds: boolean }>): boolean {
  if (goarch !== undefined && goarch !== target.goarch) return false;
  const text = files.read(path) ?? '';
  const known = all.get(path);
  if (known?.text === text) return known.holds;
  const holds = isBuiltFor(path, () => text, target, minor);
  all.set(path, { text, holds });
  return holds;
}

/** Whether a file spells a name elsewhere than on lines of instructions, which call it: those are not read for it. */
export function mayDefine(text: string | undefined, name: string): boolean {
  if (text === undefined) return false;
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    DEFINES.lastIndex = text.lastIndexOf('\n', at) + 1;
    if (DEFINES.test(text)) return true;
  }
  return false;
}

/** What begins at the margin, TEXT, GLOBL and uses of macros anywhere, and lines of several statements. */
const DEFINES = /\S|[^\S\n]+(?:(?:TEXT|GLOBL)\b|[\p{L}\p{Nd}_]+\()|[^\n]*;/uy;

/** The file, and what is linked with it, read for its target; `defines`: only those that may define that name. */
export function linked(file: AssemblyFile, { files, read, summary }: Neighbours, minor: number, defines?: string): FileSummary[] {
  const of = (path: string): FileSummary | undefined => {
    if (summary) return summary(path, file.target);
    const other = read(path, file.target);
    return other && summaryOf(other);
  };
  return [summaryAtHand(file), ...linkedPaths(file, files, minor).filter((path) => defines === undefined || mayDefine(files.read(path), defines)).flatMap((path) => of(path) ?? [])];
}

/** Go functions without a body that no assembly file here defines and that no linkname provides. */
export function missingFunctions(file: AssemblyFile, knowledge: PackageKnowledge, neighbours: Neighbours, minor: number, wanted: (name: string) => boolean = () => true): string[] {
  const waiting = knowledge.bodyless(wanted);
  if (waiting.length === 0) return [];
  const defined = new Set(linked(file, neighbours, minor).flatMap(({ symbols }) => symbols).map(({ name }) => name.slice(name.lastIndexOf('.') + 1)));
  return waiting.filter((name) => !defined.has(name) && !knowledge.isGiven(name));
}
