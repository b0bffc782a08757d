// Goes through the most frequent requests before anybody makes them, one at a time and beside the work: JavaScript is slow the first dozens of times, and what is found
// once is kept. Must stay true: the answers go nowhere; nothing of an open file is used up; each step is one request.

import { candidatesOf } from '../arch/amd64-instructions';
import { hasForms, keptForms, goForms, rowDetail, takeForms } from '../analysis/go-forms';
import { formsOf } from '../assembler/forms';
import { edited } from '../analysis/incremental';
import { entityAt } from '../analysis/entity';
import { isFollowed } from '../analysis/flow';
import { functionAt, functionsOf } from '../analysis/functions';
import type { AssemblyFile } from '../analysis/assembly-file';
import type { Steps } from '../syntax/steps';
import { completionAt } from './editing';
import { highlightsAt } from './navigation';
import { hoverAt } from './presentation';
import type { Session } from './session';

/** Words of an open file at which is asked; of later files only a few, for what belongs to the file. */
const WORDS = 120, WORDS_LATER = 12;
/** Rounds of requests and edits before any file is open. */
const ROUNDS = 60;
/** Statements of a function, and of a file, of which everything is asked: of more, answers take tens of milliseconds until registers have been followed, which comes with the diagnostics. */
const LONG = 400, LONG_FILE = 2000;

/** Under this name operand forms are kept for later sessions. */
const FORMS = 'operand forms of amd64';

const WORD = /[\p{L}_·][\p{L}\p{Nd}_·]*/gu;

/** Nothing is assembled or read for what lies here; its name says amd64. */
const PATH = '/gobuf/rehearsal/rehearsal_amd64.s';

/** Of functions with arguments, labels, macros and all kinds of operands. */
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

/** What everybody needs once, and takes milliseconds: while the client is still busy with what the server can do. */
export function* firstSteps({ documents: { checker } }: Session): Steps<void> {
  const kept = checker.options.store?.load(FORMS);
  if (kept !== undefined) takeForms(kept);
  yield undefined;
  candidatesOf('MOVQ');
  yield undefined;
  formsOf('MOVQ');
  yield undefined;
  checker.options.parser.parse(GO);
}

/** Declarations of all kinds. */
const GO = 'package p\n\nimport "unsafe"\n\ntype T struct {\n\ta, b int\n\tp *[4]unsafe.Pointer\n}\n\nconst (\n\tA = iota\n\tB\n)\n\nvar v = []T{{a: 1}}\n\n// f is a function.\nfunc f(x int, y ...string) (t *T, err error)\n\nfunc (t *T) m() { return }\n';

/** With a file of its own, as soon as the server runs: whoever opens a file waits for less. */
export function* warmUp(session: Session): Steps<void> {
  const { checker } = session.documents;
  let file = yield* checker.readInSteps(PATH, TEXT);
  yield* checker.checkInSteps(file, () => ({ files: [] }), true, true);
  for (let i = 0; i < ROUNDS; i++) {
    yield* ask(session, file, (i * TEXT.length) / ROUNDS);
    const { text, lineStarts } = file.source;
    const at = lineStarts[4 + ((i * 17) % (lineStarts.length - 5))] ?? 0;
    const changed = `${text.slice(0, at)}${i % 2 ? '\n' : '\tMOVQ\tAX, BX\n'}${text.slice(at)}`;
    file = edited(file, changed) ?? checker.read(PATH, changed);
    yield* checker.checkInSteps(file, () => ({ files: [] }), false, true);
    yield undefined;
  }
}

/** On an open file. */
export function* rehearse(session: Session, file: () => AssemblyFile | undefined, first: boolean): Steps<void> {
  const count = first ? WORDS : WORDS_LATER;
  for (let i = 0; i < count; i++) {
    const now = file();
    if (!now) return;
    yield* ask(session, now, (i * now.source.text.length) / count);
  }
}

/** Works out the operand forms of all mnemonics of an amd64 file, unless an earlier session has: whoever types the beginning of AVX-512's is shown a hundred at once, each with its operands. */
export function* formsAhead(session: Session, file: () => AssemblyFile | undefined): Steps<void> {
  const now = file();
  if (now?.arch.family !== 'amd64') return;
  const { checker } = session.documents;
  const { names = [], aliases } = checker.mnemonics(now) ?? {};
  const words = new Set(Array.from(names, (name) => aliases?.get(name) ?? name));
  let isNew = false;
  for (const word of words) {
    if (hasForms(word)) continue;
    isNew = true;
    goForms(word);
    rowDetail(word);
    yield undefined;
  }
  if (isNew) checker.options.store?.store(FORMS, keptForms(words));
}

/** About the word behind a place. */
function* ask(session: Session, file: AssemblyFile, place: number): Steps<void> {
  const { text } = file.source;
  WORD.lastIndex = Math.floor(place);
  const word = WORD.exec(text);
  if (!word) return;
  const requests: (() => unknown)[] = [() => completionAt(session, file, word.index + 1)];
  const within = functionAt(functionsOf(file), word.index);
  const isShort = !within || within.statements.length <= LONG;
  if (isShort || isFollowed(within, session.documents.context(file).knowledge)) requests.push(() => hoverAt(session, file, word.index + 1));
  if (isShort && file.statements.length <= LONG_FILE) requests.push(() => highlightsAt(session, file, entityAt(file, word.index + 1)));
  for (const request of requests) {
    // An edit uses the file up.
    if (file.source.text !== text) return;
    request();
    yield undefined;
  }
}
