// Finds code that overwrites the frame pointer before saving it, in functions without a frame (vet's framepointer).
// Must stay true: the same lines as `go vet -framepointer`: amd64 and arm64 on linux and darwin, package runtime left out.

import type { AssemblyFile } from '../analysis/assembly-file';
import { positionAt, type Problem } from '../syntax/source';

interface FramePointer {
  name: string;
  writes(line: string): boolean;
  reads: RegExp;
  leaves(line: string): boolean;
}

const AMD64: FramePointer = {
  name: 'BP', reads: /\bBP\b/,
  writes: (line) => /,\s*BP$/.test(line),
  leaves: (line) => line.startsWith('JMP') || line.startsWith('RET'),
};
const ARM64: FramePointer = {
  name: 'R29', reads: /\bR29\b/,
  writes(line) {
    const comma = line.lastIndexOf(',');
    if (comma > 0 && line.slice(comma).endsWith('R29')) return true;
    if (!/^(LDP|LDAXP|LDXP|CASP)/.test(line)) return false;
    const pair = line.slice(line.lastIndexOf('('), line.lastIndexOf(')'));
    return pair.includes(',') && pair.includes('R29');
  },
  leaves: (line) => ['B', 'JMP', 'RET'].includes(/^\S*/.exec(line)?.[0] ?? ''),
};

export function framePointer(file: AssemblyFile, packagePath: string | undefined): Problem[] {
  const { goos, goarch } = file.target;
  const rules = goarch === 'amd64' ? AMD64 : goarch === 'arm64' ? ARM64 : undefined;
  if (!rules || (goos !== 'linux' && goos !== 'darwin') || packagePath === 'runtime') return [];
  const problems: Problem[] = [];
  let active = false;
  const { text, lineStarts } = file.source;
  for (let number = 0; number < lineStarts.length; number++) {
    // Outside of a function without a frame only TEXT matters.
    if (!active) {
      const found = text.indexOf('TEXT', lineStarts[number]);
      if (found < 0) break;
      number = positionAt(file.source, found).line;
    }
    const from = lineStarts[number] ?? 0;
    if (!active && !text.startsWith('TEXT', from) && text.charCodeAt(from) > 32) continue;
    const next = lineStarts[number + 1];
    const whole = text.slice(from, next === undefined ? undefined : next - 1);
    const line = whole.replace(/\/\/.*/, '').trim();
    if (line === '') continue;
    if (line.startsWith('TEXT') && line.includes('(SB)') && line.includes('$0')) active = true;
    else if (active && rules.writes(line)) {
      const start = (file.source.lineStarts[number] ?? 0) + whole.indexOf(line);
      problems.push({ code: 'framepointer', severity: 'warning', message: `${rules.name}, the frame pointer, is overwritten before it is saved: traces through this function break`, span: { file: file.source, start, end: start + line.length } });
      active = false;
    } else if (active && (rules.reads.test(line) || rules.leaves(line))) active = false;
  }
  return problems;
}
