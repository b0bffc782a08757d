// Every feature on files that are being torn apart: real assembly of all GOARCHes with random edits. Nothing may throw, every answer lies inside the text.
import { expect, test } from 'vitest';
import { disk, goroot, parser } from '../testing/fixture';
import { formatEdits, typedEdit } from '../format/edits';
import { FormatError } from '../format/format';
import { Checker } from './check';
import { actions } from './code-actions';
import { codeLenses } from './code-lens';
import { completion } from './completion';
import { definition } from './definition';
import { entityAt } from './entity';
import { folds } from './folding';
import { hover } from './hover';
import { inlayHints } from './inlay-hints';
import { outline } from './outline';
import { references } from './references';
import { rename, RenameError, renameTarget } from './rename';
import { selectionSteps } from './selection';
import { semanticTokens } from './semantic-tokens';
import { signature } from './signature';

/** A small generator of numbers, the same ones every time. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const SCRAPS = ['(', ')', ',', '$', '·', '<>', '(SB)', '(FP)', '\n', '\t', '#define X(a) ', '#ifdef Y\n', '#endif\n', '\\\n', '"', '/*', '*/', '//', ':', 'TEXT ·f(SB), 4, $0\n', '16(CX)', 'JMP ', '-', '+', '0x', '[', ']', '.', '\u{1F600}', '\0', 'TLS', '*8)', 'MOVQ ', '@>', "'"];

function mutated(text: string, next: (below: number) => number): string {
  let result = text;
  for (let edits = 1 + next(6); edits > 0; edits--) {
    const at = next(result.length + 1);
    const length = next(4) === 0 ? next(200) : next(8);
    result = result.slice(0, at) + (next(3) ? SCRAPS[next(SCRAPS.length)] ?? '' : '') + result.slice(next(2) ? at + length : at);
  }
  return result;
}

const FILES = [
  'internal/runtime/atomic/atomic_amd64.s', 'internal/bytealg/compare_amd64.s', 'internal/bytealg/count_arm64.s', 'internal/runtime/atomic/atomic_arm.s', 'internal/bytealg/equal_riscv64.s',
  'math/floor_s390x.s', 'internal/bytealg/memchr_wasm.s', 'internal/runtime/atomic/atomic_loong64.s', 'internal/bytealg/index_ppc64x.s', 'internal/runtime/atomic/atomic_mipsx.s', 'internal/runtime/atomic/atomic_386.s', 'math/big/arith_amd64.s',
];

test.skipIf(!goroot).each(FILES)('%s in pieces', (name) => {
  const path = `${goroot?.path ?? ''}/src/${name}`;
  const original = disk.read(path);
  if (original === undefined) return;
  const texts = new Map<string, string>();
  const files = { read: (file: string) => texts.get(file) ?? disk.read(file), list: disk.list };
  const checker = new Checker({ files, parser, goroot: goroot?.path, minor: goroot?.minor ?? 26, moduleCache: undefined });
  const next = numbers(name.length * 7919);
  for (let round = 0; round < 6; round++) {
    const text = round === 0 ? original : mutated(original, next);
    texts.set(path, text);
    const { file, problems } = checker.check(path, text);
    const inside = (start: number, end: number) => { if (start < 0 || end < start || end > text.length) throw new Error(`a range ${start}–${end} lies outside of ${text.length}`); };
    for (const { span } of problems) inside(span.file === file.source ? span.start : 0, span.file === file.source ? span.end : 0);
    const knowledge = checker.knowledge(path.slice(0, path.lastIndexOf('/')), file.target);
    const context = { file, files, knowledge, read: (other: string) => (other === path ? file : undefined), minor: 26, goroot: goroot?.path, parser, mnemonics: checker.mnemonics(file) };
    for (const { start, end } of semanticTokens(file, knowledge)) inside(start, end);
    for (const { offset } of inlayHints(file, knowledge, 0, Infinity)) inside(offset, offset);
    for (const { startLine, endLine } of folds(file)) expect(endLine).toBeGreaterThan(startLine);
    for (const { span } of outline(file)) inside(span.start, span.end);
    codeLenses(context);
    try {
      for (const { start, end } of formatEdits(text, 0, Infinity)) inside(start, end);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
    }
    for (let i = 0; i < 12; i++) {
      const offset = next(text.length + 1);
      const { start, end } = completion(context, offset);
      inside(start, end);
      signature(file, offset);
      actions(context, offset, offset);
      typedEdit(text, offset, () => false);
      for (const step of selectionSteps(file, offset)) inside(step.start, step.end);
      const entity = entityAt(file, offset);
      if (entity) { hover(entity, context); definition(entity, context); references(entity, file); }
      try {
        renameTarget(context, offset);
        rename(context, offset, 'renamed_');
      } catch (error) {
        if (!(error instanceof RenameError)) throw error;
      }
    }
  }
});
