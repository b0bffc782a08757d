// Names in directives: what #ifdef, #ifndef, #undef and #define say where the preprocessor has left them out or knows nothing of that name.
// Must stay true: who defines a name of a target is said as the go command does it (cmd/go/internal/work/gc.go).

import type { Span } from '../syntax/source';
import type { AssemblyFile } from './assembly-file';

export interface DirectiveWord { word: string; span: Span }
export interface DirectiveName { directive: string; name: string; span: Span }

const DIRECTIVE = /^([ \t]*#[ \t]*)(define|undef|include|ifdef|ifndef|else|endif|line)\b([ \t]*)([\p{L}_][\p{L}\p{Nd}_]*)?/u;

/** The directive whose word or name stands at an offset. */
export function directiveAt({ source }: AssemblyFile, offset: number): DirectiveWord | DirectiveName | undefined {
  const start = source.text.lastIndexOf('\n', offset - 1) + 1;
  const end = source.text.indexOf('\n', start);
  const [, hash = '', word = '', space = '', name = ''] = DIRECTIVE.exec(source.text.slice(start, end < 0 ? undefined : end)) ?? [];
  if (word === '') return undefined;
  const at = start + hash.length;
  if (offset <= at + word.length) return { word, span: { file: source, start: start + hash.indexOf('#'), end: at + word.length } };
  const from = at + word.length + space.length;
  return name !== '' && word !== 'include' && word !== 'line' && offset >= from && offset <= from + name.length ? { directive: word, name, span: { file: source, start: from, end: from + name.length } } : undefined;
}

/** Where a file writes a name, left out or not; `defines`: only where it defines it. */
export function placesOfName({ source }: AssemblyFile, name: string, defines = false): { span: Span; defines: boolean }[] {
  const found: { span: Span; defines: boolean }[] = [];
  for (const { index } of source.text.matchAll(new RegExp(`(?<![\\p{L}\\p{Nd}_·])${name}(?![\\p{L}\\p{Nd}_·])`, 'gu'))) {
    const before = source.text.slice(source.text.lastIndexOf('\n', index - 1) + 1, index);
    const isDefinition = /^[ \t]*#[ \t]*define[ \t]+$/.test(before);
    if (!before.includes('//') && (isDefinition || !defines)) found.push({ span: { file: source, start: index, end: index + name.length }, defines: isDefinition });
  }
  return found;
}

export const DIRECTIVE_HELP: Readonly<Record<string, string>> = {
  define: '`#define NAME text` or `#define NAME(a, b) text`: from here on the text stands for the name; a backslash at the end of a line goes on with it, and `;` separates instructions',
  undef: '`#undef NAME`: from here on the name means nothing any more',
  include: '`#include "file.h"`: the file\'s lines stand here. It is looked for beside this file, as `go_asm.h` (made by the compiler of the package\'s constants and structs), and in `GOROOT/pkg/include`',
  ifdef: '`#ifdef NAME`: the lines up to `#else` or `#endif` count only if the name is defined',
  ifndef: '`#ifndef NAME`: the lines up to `#else` or `#endif` count only if the name is not defined',
  else: '`#else`: the lines up to `#endif` count if those before do not',
  endif: '`#endif`: the end of an `#ifdef` or `#ifndef`',
  line: '`#line N "file"`: numbers the lines that follow anew',
};

const LEVELS = /^GO(386|AMD64|ARM|ARM64|MIPS|MIPS64|PPC64|RISCV64)_(.+)$/;

/** What is known of a name that is not defined where it stands. */
export function conditionHelp(name: string, file: AssemblyFile): string {
  const { goos, goarch } = file.target;
  const here = `${goos}/${goarch}`;
  const [, what, value] = /^(GOOS|GOARCH)_(.+)$/.exec(name) ?? LEVELS.exec(name)?.map((part, i) => (i === 1 ? `GO${part}` : part)) ?? [];
  if (what !== undefined && value !== undefined) {
    if (file.defines.has(name)) return `**${name}** — defined: the go command does so for ${what}=${value}, and this file is read for ${here}`;
    const level = [...file.defines.keys()].find((each) => each.startsWith(`${what}_`));
    return `**${name}** — the go command defines it for ${what}=${value}; this file is read for ${what.startsWith('GOOS') || what.startsWith('GOARCH') ? here : `${here}${level === undefined ? '' : `, ${what}=${level.slice(what.length + 1)}`}`}, so it is not defined here`;
  }
  if (/^GOEXPERIMENT_/.test(name) && file.defines.has(name)) return `**${name}** — defined: the assembler does so in the runtime's packages, as ${name.slice('GOEXPERIMENT_'.length)} is on by default for ${here}`;
  if (/^GOEXPERIMENT_/.test(name)) return `**${name}** — not defined here: the assembler defines it in the runtime's packages where GOEXPERIMENT has ${name.slice('GOEXPERIMENT_'.length)}`;
  const lines = placesOfName(file, name, true).map(({ span }) => file.source.text.slice(0, span.start).split('\n').length);
  return `**${name}** — not defined here (${here})${lines.length ? `; ${lines.length === 1 ? 'line' : 'lines'} ${lines.join(', ')} would, where other conditions hold` : ''}`;
}
