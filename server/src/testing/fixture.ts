// Packages written in one string for tests: `-- name --` begins a file, `«1»` marks a place that the test names.
// Must stay true: marks leave no trace in the files; every test gets a checker of its own.

import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Checker } from '../analysis/check';
import type { AssemblyFile } from '../analysis/assembly-file';
import type { PackageKnowledge } from '../analysis/package-knowledge';
import { createGoParser, type GoParser } from '../golang/syntax-tree';
import { positionAt, type Edit, type Span } from '../syntax/source';
import { directoryOf, type Files } from '../workspace/files';
import { findGoRoot } from '../workspace/goroot';

const require = createRequire(import.meta.url);
const wasm = (name: string) => fs.readFileSync(require.resolve(name));
export const parser = await createGoParser(wasm('web-tree-sitter/web-tree-sitter.wasm'), wasm('tree-sitter-go/tree-sitter-go.wasm'));

export const disk: Files = {
  read: (file) => { try { return fs.readFileSync(file, 'utf8'); } catch { return undefined; } },
  list: (directory) => { try { return fs.readdirSync(directory).sort(); } catch { return undefined; } },
};

/** Go's sources on this machine, if any. */
export const goroot = findGoRoot(process.env['GOROOT'], disk);

const HEADERS: Record<string, string> = { '/goroot/pkg/include/textflag.h': '#define NOSPLIT 4\n#define RODATA 8\n#define NOPTR 16\n#define NOFRAME 512\n', '/goroot/pkg/include/funcdata.h': '#define NO_LOCAL_POINTERS FUNCDATA $1, no_pointers_stackmap(SB)\n' };
const LIST = (names: string[]) => `var Anames = []string{\n${names.map((name) => `\t"${name}",\n`).join('')}}\n`;
/** Enough of the assembler's sources to know some mnemonics. */
const NAMES: Record<string, string> = {
  '/goroot/src/cmd/internal/obj/util.go': LIST(['CALL', 'JMP', 'NOP', 'RET', 'UNDEF']),
  '/goroot/src/cmd/internal/obj/x86/anames.go': LIST('ADDQ ADDL CMPQ DECQ JEQ JNE JLT LEAQ MOVB MOVL MOVQ PUSHQ POPQ XORL SUBQ VPADDD'.split(' ')),
  '/goroot/src/cmd/internal/obj/arm64/anames.go': LIST('ADD B BL CBZ MOVD MOVW SUB'.split(' ')),
  '/goroot/src/cmd/asm/internal/arch/arch.go': 'func archX86(a) {\n\tinstructions["JE"] = x86.AJEQ\n}\nfunc archArm64(a) {\n}\n',
};

export interface Fixture {
  files: Files;
  checker: Checker;
  texts: Record<string, string>;
  read(path: string): AssemblyFile;
  knowledge(path: string): PackageKnowledge | undefined;
  /** What most analyses ask for. */
  context(path: string): { file: AssemblyFile; files: Files; knowledge: PackageKnowledge | undefined; read(path: string): AssemblyFile | undefined; minor: number; goroot: string | undefined; parser: GoParser; mnemonics: ReturnType<Checker['mnemonics']> };
  at(mark: string): { path: string; offset: number };
}

export function fixture(text: string): Fixture {
  const texts: Record<string, string> = { ...HEADERS, ...NAMES };
  const marks = new Map<string, { path: string; offset: number }>();
  for (const part of text.split(/^-- /m).slice(1)) {
    const [, name = ''] = /^(\S+) --\n/.exec(part) ?? [];
    let body = part.slice(part.indexOf('\n') + 1);
    for (let mark = /«([^»]*)»/.exec(body); mark; mark = /«([^»]*)»/.exec(body)) {
      marks.set(mark[1] ?? '', { path: `/${name}`, offset: mark.index });
      body = body.slice(0, mark.index) + body.slice(mark.index + mark[0].length);
    }
    texts[`/${name}`] = body;
  }
  const files: Files = {
    read: (file) => texts[file],
    list: (directory) => [...new Set(Object.keys(texts).flatMap((file) => (file.startsWith(`${directory}/`) ? [file.slice(directory.length + 1).split('/')[0] ?? ''] : [])))].sort(),
  };
  const checker = new Checker({ files, parser, goroot: '/goroot', minor: 26, moduleCache: undefined });
  const read = (file: string) => checker.read(file, texts[file] ?? '');
  const knowledge = (file: string) => checker.knowledge(directoryOf(file), read(file).target);
  return {
    files, checker, texts, read, knowledge,
    context: (file) => { const one = read(file); return { file: one, files, knowledge: knowledge(file), read: (other) => (other in texts ? read(other) : undefined), minor: 26, goroot: '/goroot', parser, mnemonics: checker.mnemonics(one) }; },
    at(mark) {
      const found = marks.get(mark);
      if (!found) throw new Error(`the fixture has no mark ${mark}`);
      return found;
    },
  };
}

/** `p.s:3:5`, counted from one. */
export function shown({ file, start }: Span): string {
  const { line, column } = positionAt(file, start);
  return `${path.posix.basename(file.path)}:${line + 1}:${column + 1}`;
}

/** The files with the edits made. */
export function applied(texts: Record<string, string>, edits: readonly Edit[]): Record<string, string> {
  const result = { ...texts };
  for (const { span, text } of [...edits].sort((a, b) => b.span.start - a.span.start)) {
    const before = result[span.file.path] ?? '';
    result[span.file.path] = before.slice(0, span.start) + text + before.slice(span.end);
  }
  return result;
}
