// Goes through the most frequent requests on an open file before anybody makes them, one at a time and beside the work: JavaScript is slow the first dozens of times,
// and what is found once is kept. Must stay true: the answers go nowhere; nothing of the open file is used up; each step is one request.

import { edited } from '../analysis/incremental';
import type { AssemblyFile } from '../analysis/assembly-file';
import type { Steps } from '../syntax/steps';
import { completionAt } from './editing';
import { hoverAt } from './presentation';
import type { Session } from './session';

/** Words at which is asked, and edits; of later files only a few words, for what belongs to the file. */
const WORDS = 150, WORDS_LATER = 12, EDITS = 60;

const WORD = /[\p{L}_·][\p{L}\p{Nd}_·]*/gu;

/** Of functions with arguments, labels, macros and all kinds of operands; its name says amd64. */
const TEXT = `#define LOAD(from, to) \\
	MOVQ from, to
${Array.from({ length: 12 }, (_, i) => `
TEXT ·f${i}(SB), 4, $16-24
	MOVQ	x+0(FP), AX
	LOAD(y+8(FP), CX)
loop:
	ADDQ	8(AX)(CX*8), DX
	VPADDD	(AX), Y1, Y2
	MOVQ	DX, -8(SP)
	SUBQ	$1, CX
	JNE	loop
	CALL	·f${i + 1}(SB)
	RET
`).join('')}`;

export function* rehearse(session: Session, file: () => AssemblyFile | undefined, first: boolean): Steps<void> {
  const text = file()?.source.text ?? '';
  const words = [...text.matchAll(WORD)];
  const count = first ? WORDS : WORDS_LATER;
  for (let i = 0; i < count; i++) {
    const word = words[Math.floor((i * words.length) / count)];
    const now = file();
    if (!word || now?.source.text !== text) break;
    completionAt(session.documents, now, word.index + 1);
    yield undefined;
    hoverAt(session, now, word.index + 1);
    yield undefined;
  }
  if (first) yield* edits(session);
}

function* edits({ documents: { checker } }: Session): Steps<void> {
  const path = 'rehearsal_amd64.s';
  let file = checker.read(path, TEXT);
  const judge = () => checker.check(path, file.source.text, file, () => ({ files: [] }), false);
  yield undefined;
  for (let i = 0; i < EDITS; i++) {
    const { text, lineStarts } = file.source;
    const at = lineStarts[4 + ((i * 17) % (lineStarts.length - 5))] ?? 0;
    const changed = `${text.slice(0, at)}${i % 2 ? '\n' : '\tMOVQ\tAX, BX\n'}${text.slice(at)}`;
    file = edited(file, changed) ?? checker.read(path, changed);
    judge();
    yield undefined;
  }
}
