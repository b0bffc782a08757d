// What is said of a file whose last line, a statement or a directive, has no newline: Go's assembler refuses it.
// Must stay true: a comment or a label alone may end a file.

import { visibleSpan, type Fix, type PreprocessedToken, type Problem, type SourceFile } from './source';

export const OPEN_END = 'open-end';

/** Of the last token there is; nothing where lines follow in which nobody went on reading. */
export function openEnd(last: PreprocessedToken): Problem | undefined {
  const span = visibleSpan(last);
  return span.file.text.includes('\n', span.end) ? undefined : { code: OPEN_END, severity: 'error', message: 'the last line must end with a newline', span };
}

/** Made when it is asked for: the end moves with every edit. */
export const closedEnd = (file: SourceFile): Fix => ({ title: 'Add a newline at the end', edits: [{ span: { file, start: file.text.length, end: file.text.length }, text: '\n' }] });
