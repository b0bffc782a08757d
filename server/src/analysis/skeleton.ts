// Writes the beginning of an assembly function from its Go declaration: TEXT with the right sizes, loads of arguments, stores of results.
// Must stay true: names and offsets are those vet's asmdecl wants; what is written assembles.

import type { Architecture } from '../arch/architecture';
import type { FunctionFrame, ArgumentPart } from '../golang/arguments';
import { macroNamed } from '../syntax/preprocessor';
import type { AssemblyFile } from './assembly-file';
import type { PackageKnowledge } from './package-knowledge';

const isPlain = ({ shape, inner }: ArgumentPart): boolean => shape === 'plain' && inner.length === 0;

/** Arguments and results by offset, each by its innermost name. */
export function plainParts(frame: FunctionFrame): ArgumentPart[] {
  return [...frame.parts.values()].filter(isPlain).sort((a, b) => a.offset - b.offset);
}

/** The load or store of an argument's width, and a register for it; undefined for widths without a plain one. */
export function move(arch: Architecture, size: number): { word: string; register: string } | undefined {
  const words: Record<string, [one: string, two: string, four: string, eight: string, register: string]> = {
    386: ['MOVB', 'MOVW', 'MOVL', '', 'AX'], amd64: ['MOVB', 'MOVW', 'MOVL', 'MOVQ', 'AX'], arm: ['MOVB', 'MOVH', 'MOVW', '', 'R0'],
    arm64: ['MOVB', 'MOVH', 'MOVW', 'MOVD', 'R0'], loong64: ['MOVB', 'MOVH', 'MOVW', 'MOVV', 'R4'], mips: ['MOVB', 'MOVH', 'MOVW', '', 'R1'], mips64: ['MOVB', 'MOVH', 'MOVW', 'MOVV', 'R1'],
    ppc64: ['MOVB', 'MOVH', 'MOVW', 'MOVD', 'R3'], riscv64: ['MOVB', 'MOVH', 'MOVW', 'MOV', 'X10'], s390x: ['MOVB', 'MOVH', 'MOVW', 'MOVD', 'R1'],
  };
  const row = words[arch.family];
  const word = row?.[{ 1: 0, 2: 1, 4: 2, 8: 3 }[size] ?? 9];
  return row && word ? { word, register: row[4] } : undefined;
}

/** The whole function; with `snippet` the body is a place to type. Undefined where the types are unknown. */
export function skeleton(name: string, file: AssemblyFile, knowledge: PackageKnowledge, snippet: boolean): string | undefined {
  const frame = knowledge.frame(name);
  if (!frame || frame === 'unknown') return undefined;
  const escape = (text: string) => (snippet ? text.replaceAll('$', '\\$') : text);
  const flags = macroNamed(file.preprocessed, 'NOSPLIT') ? 'NOSPLIT' : '4';
  const declaration = knowledge.declaration(name);
  const lines = [...(declaration ? [`// ${declaration.text}`] : []), `TEXT ·${name}(SB), ${flags}, $0-${frame.size}`];
  const parts = plainParts(frame);
  const results = knowledge.resultOffset(name);
  const first = parts.find(({ offset, size }) => offset < results && move(file.arch, size));
  const how = first && move(file.arch, first.size);
  if (first && how) lines.push(`\t${how.word}\t${first.name}+${first.offset}(FP), ${how.register}`);
  const text = lines.map(escape);
  if (snippet) text.push('\t$0');
  for (const part of parts.filter(({ offset }) => offset >= results)) {
    const store = move(file.arch, part.size);
    if (store) text.push(escape(`\t${store.word}\t${store.register}, ${part.name}+${part.offset}(FP)`));
  }
  return [...text, '\tRET', ''].join('\n');
}
