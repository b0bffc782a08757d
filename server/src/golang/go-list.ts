// What the go command says of a package and all it imports (`go list -deps -json`): folders, files, vendored and replaced modules, workspaces, build tags.
// Must stay true: only what the command said; what it does not know is found as without it.

import type { Target } from '../workspace/target';

/** The fields that are asked for. */
export const LIST_FIELDS = ['Dir', 'ImportPath', 'GoFiles', 'IgnoredGoFiles', 'CgoFiles', 'TestGoFiles', 'XTestGoFiles', 'ImportMap'] as const;

export interface ListedPackage { directory: string; path: string; built: ReadonlySet<string>; left: ReadonlySet<string>; importMap: ReadonlyMap<string, string> }

export interface GoEnvironment { goroot: string; minor: number | undefined; moduleCache: string | undefined }

/** The host's go command; nothing is downloaded for it. */
export interface GoCommand {
  /** undefined without a go command. */
  environment(directory: string): Promise<GoEnvironment | undefined>;
  /** What `go list` wrote; undefined if it failed. */
  list(directory: string, target: Target): Promise<string | undefined>;
}

/** The answers so far for one target. */
export class Listed {
  private readonly directories = new Map<string, { each: ListedPackage; paths: ReadonlyMap<string, string> }>();

  /** Adds what `go list` wrote; its objects follow one another. */
  add(output: string): void {
    const packages = output.split(/^\}$/m).flatMap((text) => read(text.trim() && `${text}}`) ?? []);
    const paths = new Map(packages.map(({ path, directory }) => [path, directory]));
    for (const each of packages) this.directories.set(each.directory, { each, paths });
  }

  package(directory: string): ListedPackage | undefined {
    return this.directories.get(directory)?.each;
  }

  /** The folder of what a package in a folder imports by a path. */
  imported(path: string, from: string): string | undefined {
    const known = this.directories.get(from);
    return known?.paths.get(known.each.importMap.get(path) ?? path);
  }
}

function read(text: string): ListedPackage | undefined {
  if (!text) return undefined;
  let value: unknown;
  try { value = JSON.parse(text); } catch { return undefined; }
  const given = value as Partial<Record<(typeof LIST_FIELDS)[number], unknown>>;
  const names = (of: unknown): string[] => (Array.isArray(of) ? of.filter((each): each is string => typeof each === 'string') : []);
  if (typeof given.Dir !== 'string' || typeof given.ImportPath !== 'string') return undefined;
  return {
    directory: given.Dir.replaceAll('\\', '/'), path: given.ImportPath, built: new Set(names(given.GoFiles)),
    left: new Set([...names(given.IgnoredGoFiles), ...names(given.CgoFiles)]),
    importMap: new Map(Object.entries((given.ImportMap as Record<string, string> | undefined) ?? {})),
  };
}
