// One line of assembly as the formatter sees it: instruction, parameters, comment, continuation.
// Must stay true: joining the parts again gives the same tokens in the same order; nothing is interpreted, macros least of all.

export interface FormatLine {
  /** Mnemonic, label with its colon, directive, or a whole macro call. */
  instruction: string;
  parameters: string[];
  /** Text after `//`, trimmed. */
  comment: string;
  /** Aligned by itself: macro calls and instructions without parameters. */
  alone: boolean;
  /** Ends with a backslash. */
  continued: boolean;
  /** Nothing but a backslash and a comment. */
  onlyContinuation: boolean;
}

/** Where a line comment begins outside of strings; -1 if there is none. One inside a block comment counts: asmfmt aligns it too. */
export function commentStart(text: string): number {
  for (let i = 0; i < text.length - 1; i++) {
    const c = text[i];
    if (c === '"' || c === "'") {
      let end = i + 1;
      while (end < text.length && text[end] !== c) end += text[end] === '\\' ? 2 : 1;
      // An apostrophe in a comment opens nothing.
      if (end < text.length) i = end;
    } else if (c === '/' && text[i + 1] === '/') return i;
  }
  return -1;
}

/**
 * undefined for a line that holds nothing. `macros` are the names defined so far; `endsMacro`: the line before was continued,
 * so that a semicolon at its end is part of the macro (asmfmt drops it, which changes what the macro means).
 */
export function formatLine(text: string, macros: ReadonlySet<string>, endsMacro = false): FormatLine | undefined {
  let rest = text.trim();
  let comment = '';
  const start = commentStart(rest);
  if (start >= 0) {
    comment = rest.slice(start + 2).trim();
    rest = rest.slice(0, start).trim();
  }
  const first = /^\S+/.exec(rest)?.[0];
  if (first === undefined) return undefined;
  if (first === '\\' && rest === '\\' && comment) {
    return { instruction: `\\ // ${comment.replaceAll('\t', ' ')}`, parameters: [], comment: '', alone: true, continued: true, onlyContinuation: true };
  }
  // A parenthesis or underscore in the first word: a macro call, perhaps of a macro that a header defines.
  let alone = macros.has(first.split('(')[0] ?? '') || rest.startsWith('/*') || /[(_]/.test(first);
  let instruction = alone ? rest : first;
  const parameters = alone ? [] : splitParameters(rest.slice(first.length).trim(), first.startsWith('#'));
  instruction = instruction.replaceAll('\t', ' ');

  const last = parameters.length - 1;
  if (!endsMacro && last >= 0) parameters[last] = (parameters[last] ?? '').replace(/\s*;$/, '');
  else if (!endsMacro) instruction = instruction.replace(/;$/, '');

  let continued = false;
  if (last >= 0 && parameters[last]?.endsWith('\\')) {
    continued = true;
    const kept = (parameters[last] ?? '').slice(0, -1).trim();
    if (kept) parameters[last] = kept;
    else parameters.pop();
  }
  if (instruction.endsWith('\\')) {
    continued = true;
    instruction = instruction.slice(0, -1).trim();
  }
  if (parameters.length === 0 && !instruction.endsWith(':')) alone = true;
  return { instruction, parameters, comment, alone, continued, onlyContinuation: false };
}

/** Splits at commas outside of strings and comments; tabs become spaces but in directives; one space follows each `;`. */
function splitParameters(text: string, directive: boolean): string[] {
  const parameters: string[] = [];
  let out = '';
  let quote = '';
  let inComment = false;
  let last = '';
  const close = () => {
    const done = out.trim();
    if (done) parameters.push(done);
    out = '';
  };
  for (let char of text) {
    const plain = !inComment && !quote;
    if ((char === '"' || char === "'") && last !== '\\' && !inComment && (!quote || quote === char)) quote = quote ? '' : char;
    else if (char === ',' && plain) { close(); last = ''; continue; }
    else if (char === '/' && last === '*' && inComment) inComment = false;
    else if (char === '*' && last === '/' && !quote) inComment = true;
    else if (char === '\t' && !directive && !quote) char = ' ';
    else if (char === ';' && plain) { out = `${out.trim()}; `; last = char; continue; }
    if (last === ';' && /\s/.test(char)) continue;
    last = char;
    out += char;
  }
  close();
  return parameters;
}

export const isLabel = (line: FormatLine): boolean => line.instruction.endsWith(':');
export const isDirective = (line: FormatLine): boolean => line.instruction.startsWith('#');
/** Instructions that stand at the margin like TEXT but do not indent what follows. */
export const isGlobal = (line: FormatLine): boolean => ['DATA', 'GLOBL', 'FUNCDATA', 'PCDATA'].includes(line.instruction.toUpperCase());
export const isText = (line: FormatLine): boolean => line.instruction.toUpperCase() === 'TEXT' || isGlobal(line);
/** What probably ends a function. */
export const isTerminator = (line: FormatLine): boolean => ['RET', 'JMP'].includes(line.instruction.toUpperCase());
export const isCommand = (line: FormatLine): boolean => !isLabel(line) && line.instruction.toUpperCase() === line.instruction;

/** The macro that a `#define` line names. */
export function definedMacro(line: FormatLine): string | undefined {
  const name = line.instruction === '#define' ? (line.parameters[0] ?? '').split('(')[0]?.trim().replace(/^\\+|\\+$/g, '') : undefined;
  return name || undefined;
}
