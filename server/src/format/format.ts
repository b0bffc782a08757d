// Formats assembly as asmfmt does: labels, TEXT, DATA and directives at the margin, the rest one tab in, parameters and comments aligned.
// Must stay true: formatting twice equals formatting once, and the tokens between line breaks never change.

import { alignLines } from './align';
import { commentStart, definedMacro, formatLine, isCommand, isDirective, isGlobal, isLabel, isTerminator, isText, type FormatLine } from './statement';

export class FormatError extends Error {
  override readonly name = 'FormatError';
}

/** The formatted text. Throws FormatError for what is no assembly: a zero byte, a Go file. */
export function format(text: string): string {
  if (text.includes('\0')) throw new FormatError('a zero byte: this is no assembly file');
  const formatter = new Formatter();
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  for (const line of lines) formatter.add(line.replace(/\r$/, ''));
  return formatter.finish();
}

class Formatter {
  private readonly out: string[] = [];
  private queue: FormatLine[] = [];
  private comments: string[] = [];
  private readonly macros = new Set<string>();
  private indentation = 0;
  private inBlock = false;
  private anyContents = false;
  private lastEmpty = false;
  private lastComment = false;
  /** The last line of the block comment began with a star. */
  private lastStar = false;
  private lastLabel = false;
  private lastContinued = false;

  finish(): string {
    this.flush();
    return this.out.map((line) => `${line}\n`).join('');
  }

  add(raw: string): void {
    if (this.inBlock) { this.inBlockComment(raw); return; }
    const text = raw.trim();
    if (text.startsWith('//')) this.lineComment(text.slice(2));
    else if (!this.blockComment(text)) {
      if (text === '') this.empty();
      else this.statement(text);
    }
  }

  private inBlockComment(raw: string): void {
    this.lastComment = true;
    const close = raw.indexOf('*/');
    const star = raw.trim().startsWith('*');
    if (close < 0) {
      this.out.push(star ? ` ${raw.trim()}` : raw.replace(/\s+$/, ''));
      this.lastStar = star;
      return;
    }
    this.inBlock = false;
    let end = raw.slice(0, close);
    if (star && this.lastStar) end = `${end.trim()} `;
    let rest = raw.slice(close + 2).trim();
    let mark = '';
    if (rest.endsWith('\\')) {
      mark = ' \\';
      if (rest === '\\') rest = '';
    }
    this.out.push(`${end}*/${mark}`);
    if (rest) {
      this.add(rest);
      this.lastComment = true;
    }
  }

  private lineComment(text: string): void {
    if (this.queue.length) this.flush();
    if (this.comments.length === 0) this.separate();
    const trimmed = text.trim();
    // A space is put in where there is none, but not into `//+build`, `//go:…` or rulers.
    const asIs = (trimmed !== text && trimmed !== '' && /^\s/.test(text)) || /^[+/]/.test(text) || /^go:\w/.test(text);
    this.comments.push(trimmed === '' ? '//' : asIs ? `//${text.replace(/\s+$/, '')}` : `// ${trimmed}`);
    this.lastComment = true;
    this.anyContents = true;
    this.lastEmpty = false;
    this.lastStar = false;
  }

  /** Handles a line with a block comment that is not part of a continued line; false if it is to be taken as a statement. */
  private blockComment(text: string): boolean {
    const start = text.indexOf('/*');
    if (start < 0 || text.endsWith('\\')) return false;
    const close = text.indexOf('*/', start + 2);
    const line = text.indexOf('//');
    if (line >= 0 && (line < start || line < close || (close > start && text.slice(close, line).trim() !== ''))) return false;
    const whole = close > start && close >= text.length - 2;
    // Code after the comment: the line stays as it is.
    if (close > start && !whole) return false;
    const before = text.slice(0, start).trim();
    if (quotes(text.slice(0, start))) return false;
    if (before) {
      if (whole) { this.add(`${before} //${text.slice(start + 2, close).trim()}`); return true; }
      this.add(before);
    }
    this.flush();
    if (whole) { this.add(`// ${text.slice(start + 2, close).trim()}`); return true; }
    const rest = text.slice(start + 2).trim();
    this.inBlock = true;
    this.lastComment = true;
    this.lastStar = true;
    this.out.push(rest ? `/* ${rest}` : '/*');
    return true;
  }

  private empty(): void {
    this.flush();
    // One empty line at most, none at the start of the file.
    if (this.lastEmpty || !this.anyContents) return;
    if (this.lastContinued) {
      this.indentation = 0;
      this.lastContinued = false;
    }
    this.lastEmpty = true;
    this.out.push('');
  }

  private statement(text: string): void {
    let line = formatLine(text, this.macros, this.afterBackslash());
    if (!line) return;
    const macro = definedMacro(line);
    if (macro) this.macros.add(macro);
    if (line.instruction === 'package' && !this.macros.has('package')) throw new FormatError('a package clause: this is a Go file');
    // What follows a label goes to the next line.
    let after = '';
    if (isLabel(line) && line.parameters.length && !line.continued) {
      const colon = text.indexOf(':') + 1;
      after = text.slice(colon);
      line = formatLine(text.slice(0, colon), this.macros) as FormatLine;
    }
    this.place(line);
    this.anyContents = true;
    this.lastEmpty = false;
    this.lastStar = false;
    this.lastComment = false;
    if (after) this.add(after);
  }

  private place(line: FormatLine): void {
    if ((isLabel(line) || isText(line) || isDirective(line)) && !(line.continued && this.lastContinued)) {
      if (isText(line) && this.queue.length === 0 && this.comments.length > 0) this.indentation = 0;
      this.flush();
      this.separate();
      this.indentation = 0;
      this.queue.push(line);
      this.flush();
      if (!isDirective(line) && !isGlobal(line)) this.indentation = 1;
      this.lastLabel = true;
      return;
    }
    this.queue.push(line);
    if (isTerminator(line) || (this.lastContinued && !line.continued)) {
      this.indentation = 1;
      this.flush();
      this.indentation = 0;
    } else if (isCommand(line)) this.indentation = 1;
    this.lastContinued = line.continued;
    this.lastLabel = false;
  }

  private afterBackslash(): boolean {
    return this.queue.length ? this.queue.at(-1)?.continued === true : this.out.at(-1)?.endsWith('\\') === true;
  }

  private flush(): void {
    const tabs = '\t'.repeat(this.indentation);
    for (const comment of this.comments) this.out.push(tabs + comment);
    for (const line of alignLines(this.queue)) this.out.push(tabs + line);
    this.comments = [];
    this.queue = [];
  }

  /** An empty line, unless one, a comment or a label stands before. After a backslash it would end the macro. */
  private separate(): void {
    if (this.afterBackslash()) return;
    if (!this.lastEmpty && !this.lastComment && !this.lastLabel && this.anyContents) this.out.push('');
  }
}

/** An odd number of quotes: what follows is inside a string. */
const quotes = (text: string): boolean => commentStart(`${text}//`) < 0;
