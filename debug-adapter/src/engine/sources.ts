// Source text by the path that the binary names: substitutions, this machine's GOROOT, and a cache.
// Must stay true: `local` and `inBinary` are inverse to each other for files of the program.

import type { Binary } from '../symbols/types';
import type { DebuggerOptions } from './types';

export class Sources {
  private readonly texts = new Map<string, Promise<string | undefined>>();
  private readonly given: [string, string][];
  private known: [string, string][] | undefined;
  private readonly binary: Binary;

  constructor(private readonly options: Pick<DebuggerOptions, 'binary' | 'sources' | 'substitutePath' | 'goroot' | 'modulePaths'>) {
    this.binary = options.binary;
    this.given = [...options.substitutePath ?? []];
  }

  /** Made when the first path is asked for: the program's GOROOT takes reading its function table. */
  private get rules(): [string, string][] {
    if (this.known) return this.known;
    this.known = this.given;
    const { goroot } = this.options;
    if (this.binary.goroot === '') this.known.push(...this.options.modulePaths?.() ?? []);
    if (goroot && this.binary.goroot && this.binary.goroot !== goroot) this.known.push([this.binary.goroot, goroot]);
    return this.known;
  }

  /** Rules of the user, first match wins; `config substitute-path` changes them. */
  get substitutePath(): [string, string][] { return this.rules; }

  /** Rules by what is known of this machine: where Go's tree and the program's modules lie in the program, and here. */
  guess(): [string, string][] {
    const { goroot } = this.options, found: [string, string][] = goroot && this.binary.goroot ? [[this.binary.goroot, goroot]] : [];
    for (const [module, folder] of this.options.modulePaths?.() ?? []) {
      const [name = ''] = module.split('@'), named = this.binary.goroot === '' ? module : this.folderOf(name);
      if (named !== undefined && !found.some(([from]) => from === named)) found.push([named, folder]);
    }
    return found.sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** Where a module lies to the program: by the file of any of its functions, whose folder ends like the package. */
  private folderOf(module: string): string | undefined {
    for (const fn of this.binary.functions()) {
      if ((fn.package !== module && !fn.package.startsWith(`${module}/`)) || !fn.file.startsWith('/')) continue;
      const folder = fn.file.slice(0, fn.file.lastIndexOf('/')), rest = fn.package.slice(module.length);
      if (folder.endsWith(rest)) return folder.slice(0, folder.length - rest.length);
    }
    return undefined;
  }

  local(path: string): string {
    const named = this.isNamed(path) ? `./${path}` : path;
    for (const [from, to] of this.rules) {
      const rest = after(named, from);
      if (rest !== undefined) return join(to, rest);
    }
    // -trimpath leaves `runtime/proc.go`: such a file lies in GOROOT/src.
    if (this.options.goroot && path !== '' && !path.startsWith('/') && !path.startsWith('<') && !path.startsWith('.') && this.binary.goroot === '') return join(`${this.options.goroot}/src`, path);
    return path;
  }

  /** A file that was named to `go build -trimpath`: it has no folder. */
  private isNamed(path: string): boolean { return this.binary.goroot === '' && /^[^/<][^/]*\.(go|s)$/.test(path); }

  inBinary(path: string): string {
    if (this.binary.hasSource(path)) return path;
    const plain = slashes(path);
    for (const [from, to] of this.rules) {
      const rest = after(plain, slashes(to));
      if (rest === undefined) continue;
      const candidate = join(from, rest);
      if (this.binary.hasSource(candidate)) return candidate;
      if (from === '.' && this.binary.hasSource(rest)) return rest;
    }
    if (this.options.goroot) {
      const rest = after(plain, `${slashes(this.options.goroot)}/src`);
      if (rest !== undefined && this.binary.hasSource(rest)) return rest;
    }
    return plain;
  }

  text(path: string): Promise<string | undefined> {
    const local = this.local(path);
    let known = this.texts.get(local);
    if (!known) {
      known = Promise.resolve(this.options.sources.read(local)).then((text) => text ?? (local === path ? undefined : this.options.sources.read(path)));
      this.texts.set(local, known);
    }
    return known;
  }
}

/** What follows the folder in the path, or undefined if it does not lie in it. */
function after(path: string, folder: string): string | undefined {
  if (folder === '') return path.startsWith('/') ? undefined : path;
  const base = folder.endsWith('/') ? folder.slice(0, -1) : folder;
  if (path === base) return '';
  return path.startsWith(`${base}/`) ? path.slice(base.length + 1) : undefined;
}
/** A path with forward slashes; of Windows' drives either letter is meant. */
function slashes(path: string): string { return path.replace(/\\/g, '/').replace(/^[A-Z]:/, (drive) => drive.toLowerCase()); }
function join(folder: string, rest: string): string {
  if (rest === '') return folder;
  if (/^([A-Za-z]:)?\\/.test(folder)) return `${folder.replace(/\\$/, '')}\\${rest.replaceAll('/', '\\')}`;
  return folder === '' ? rest : folder.endsWith('/') ? folder + rest : `${folder}/${rest}`;
}
