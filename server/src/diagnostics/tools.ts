// What Go's own tools say of a file, made ready to be shown beside the findings here: `go tool asm` and `go vet`.
// Must stay true: nothing is run here; a line that has the same kind of finding already gets no second one.

import { positionAt, type Problem, type SourceFile } from '../syntax/source';

export interface ToolFinding { tool: 'go tool asm' | 'go vet'; /** From one. */ line: number; message: string }

/** Asks the installed tools about a file as it is on disk, for its own GOOS and GOARCH; the text of its go_asm.h is given. */
export type AskTools = (file: { path: string; goos: string; goarch: string; packagePath: string | undefined; header: string; defines: readonly string[] }) => Promise<ToolFinding[]>;

/** Lines of the assembler: `file.s:12: message` of its front end, `… (file.s:12)` of its back end, others without a place. */
export function readAssemblerOutput(output: string, baseName: string): ToolFinding[] {
  const found: ToolFinding[] = [];
  for (const line of output.split('\n')) {
    const front = /^(?:.*[\\/])?([^\\/:]+\.s):(\d+)(?::\d+)?:\s*(.*)$/.exec(line);
    const back = /\((?:.*[\\/])?([^\\/:()]+\.s):(\d+)\)/.exec(line);
    const at = front ?? back;
    if (at?.[1] === baseName) found.push({ tool: 'go tool asm', line: Number(at[2]), message: front?.[3] ?? line.replace(/^asm: /, '').replace(/\s+/g, ' ').trim() });
    else if (/^asm: /.test(line) && !/assembly (of .* )?failed|too many errors/.test(line)) found.push({ tool: 'go tool asm', line: 1, message: line.slice(5).trim() });
  }
  return distinct(found);
}

/** The assembler tries again after an error, and says it again. */
function distinct(found: ToolFinding[]): ToolFinding[] {
  const seen = new Set<string>();
  return found.filter(({ line, message }) => (seen.has(`${line} ${message}`) ? false : seen.add(`${line} ${message}`)));
}

/** `go vet -json`: objects by package and analyzer, with lines of text between them. */
export function readVetOutput(output: string, baseName: string): ToolFinding[] {
  const found: ToolFinding[] = [];
  for (const [, posn = '', message = ''] of output.matchAll(/"posn":\s*"((?:[^"\\]|\\.)*)",(?:\s*"end":\s*"(?:[^"\\]|\\.)*",)?\s*"message":\s*"((?:[^"\\]|\\.)*)"/g)) {
    const at = /([^\\/]+\.s):(\d+)(?::\d+)?$/.exec(posn);
    if (at?.[1] === baseName) found.push({ tool: 'go vet', line: Number(at[2]), message: JSON.parse(`"${message}"`) as string });
  }
  return found;
}

/** The tools' findings that are not among those given, as problems of whole lines. */
export function beside(known: readonly Problem[], findings: readonly ToolFinding[], source: SourceFile): Problem[] {
  if (findings.length === 0) return [];
  const lineOf = (offset: number) => positionAt(source, offset).line + 1;
  const vet = new Set<number>();
  const assembler = new Set<number>();
  for (const { code, severity, span } of known) {
    if (span.file.path !== source.path) continue;
    if (code === 'asmdecl' || code === 'framepointer') vet.add(lineOf(span.start));
    else if (severity === 'error') assembler.add(lineOf(span.start));
  }
  // The assembler tells of a missing label at the function's end, and stops early: any error of ours stands for its own.
  const labels = known.some(({ code }) => code === 'label-undefined');
  return findings.filter(({ tool, line, message }) => (tool === 'go vet' ? !vet.has(line) : !assembler.has(line) && !(labels && message.includes('undefined label')))).map(({ tool, line, message }): Problem => {
    const start = source.lineStarts[line - 1] ?? 0;
    const newline = source.text.indexOf('\n', start);
    const end = newline < 0 ? source.text.length : newline;
    const indent = /^\s*/.exec(source.text.slice(start, end))?.[0].length ?? 0;
    return { code: tool, severity: tool === 'go vet' ? 'warning' : 'error', message, span: { file: source, start: Math.min(start + indent, end), end } };
  });
}
