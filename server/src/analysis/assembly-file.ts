// One assembly file read for its own GOOS and GOARCH: preprocessed and parsed.
// Must stay true: a value; whoever changes a file makes a new one (and may use up the old one, see `edited`).

import { architectures, type Architecture } from '../arch/architecture';
import { defaultExperiments } from '../golang/experiments';
import { goName } from '../syntax/lexer';
import { parseInSteps, type Statement } from '../syntax/parser';
import { preprocessInSteps, type Preprocessed } from '../syntax/preprocessor';
import { sourceFile, type Problem, type SourceFile } from '../syntax/source';
import { finish, type Steps } from '../syntax/steps';
import { builtinHeader } from '../workspace/builtin-headers';
import { directoryOf, join, type Files } from '../workspace/files';
import { ABI_SELECTOR_PACKAGES } from '../workspace/package-path';
import { anyTarget, definesOf, targetOf, type Target } from '../workspace/target';

export interface AssemblyFile {
  source: SourceFile;
  target: Target;
  /** Import path of the package, undefined where no go.mod is above. */
  packagePath: string | undefined;
  arch: Architecture;
  /** Names with their text that are defined before its first line. */
  defines: ReadonlyMap<string, string>;
  /** Its tokens are in the statements. */
  preprocessed: Omit<Preprocessed, 'tokens'>;
  statements: Statement[];
  problems: Problem[];
}

export interface ReadOptions {
  /** GOROOT, where textflag.h, funcdata.h … are; undefined if there is none. */
  goroot: string | undefined;
  /** N of go1.N. */
  minor: number;
  /** Import path of the package in a directory. */
  packagePath?: (directory: string) => string | undefined;
  /** Read for another target than the file's own first one. */
  target?: Target | undefined;
  /** go_asm.h of the file's package and target; the same object as long as it is the same text. */
  goAsmHeader?: (directory: string, target: Target) => SourceFile | undefined;
}

const headers = new WeakMap<Files, Map<string, SourceFile>>();

/** A header as it is on disk; the same object as long as it is the same text, so that what is known of it can be kept. */
function header(path: string, files: Files): SourceFile | undefined {
  const text = files.read(path);
  if (text === undefined) return undefined;
  let known = headers.get(files);
  if (!known) headers.set(files, (known = new Map()));
  const before = known.get(path);
  if (before?.text === text) return before;
  const file = sourceFile(path, text);
  known.set(path, file);
  return file;
}

const enabled = new WeakMap<Files, Map<string, ReadonlySet<string>>>();

function experiments(goroot: string | undefined, target: Target, files: Files): ReadonlySet<string> {
  let known = enabled.get(files);
  if (!known) enabled.set(files, (known = new Map()));
  const key = `${target.goos}/${target.goarch} ${goroot ?? ''}`;
  let found = known.get(key);
  if (!found) known.set(key, (found = defaultExperiments((goroot !== undefined && files.read(`${goroot}/src/internal/buildcfg/exp.go`)) || '', target)));
  return found;
}

/** Reads and parses for the file's own target. */
export const readAssembly = (path: string, text: string, files: Files, options: ReadOptions): AssemblyFile => finish(readAssemblyInSteps(path, text, files, options));

export function* readAssemblyInSteps(path: string, text: string, files: Files, options: ReadOptions): Steps<AssemblyFile> {
  const target = options.target ?? targetOf(path, text, options.minor) ?? anyTarget(path, text, options.minor);
  const arch = architectures.get(target.goarch) as Architecture;
  const source = sourceFile(path, text);
  const importPath = options.packagePath?.(directoryOf(path));
  const defines = definesOf(target);
  // In packages that may select an ABI the assembler defines what the toolchain experiments with.
  if (importPath !== undefined && ABI_SELECTOR_PACKAGES.has(importPath)) for (const name of experiments(options.goroot, target, files)) defines.set(`GOEXPERIMENT_${name}`, '1');
  const open = (candidate: string) => header(candidate, files);
  const { tokens, ...preprocessed } = yield* preprocessInSteps(source, {
    defines,
    resolveInclude(name, from) {
      if (name.startsWith('/')) return open(name);
      const near = open(join(directoryOf(from.path), name)) ?? open(join(directoryOf(path), name));
      if (near) return near;
      if (name === 'go_asm.h') return options.goAsmHeader?.(directoryOf(path), target) ?? sourceFile(join(directoryOf(path), name), '');
      // cmd/go copies x_GOOS_GOARCH.h, x_GOOS.h and x_GOARCH.h under their actual names.
      const actual = name.replaceAll('GOOS', target.goos).replaceAll('GOARCH', target.goarch);
      const own = actual === name ? undefined : open(join(directoryOf(path), actual));
      const installed = own ?? (options.goroot === undefined ? undefined : open(`${options.goroot}/pkg/include/${name}`));
      if (installed) return installed;
      const builtin = builtinHeader(name);
      return builtin === undefined ? undefined : sourceFile(name, builtin);
    },
  });
  const parsed = yield* parseInSteps(tokens, arch);
  return { source, target, packagePath: importPath, arch, defines, preprocessed, statements: parsed.statements, problems: [...preprocessed.problems, ...parsed.problems] };
}

/** The linker's name of a symbol as this file writes it; the package's own always begin with a period, however they are written. */
export function symbolName(text: string, { packagePath }: AssemblyFile): string {
  const name = goName(text);
  return packagePath !== undefined && name.length > packagePath.length + 1 && name.startsWith(`${packagePath}.`) && !name.includes('/', packagePath.length) ? name.slice(packagePath.length) : name;
}
