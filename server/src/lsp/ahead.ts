// What an open file will be asked for, found out before anybody asks, a piece at a time.
// Must stay true: nothing of the file is used up; an edit meanwhile does no harm.

import { symbolName } from '../analysis/assembly-file';
import { functionsOf } from '../analysis/functions';
import { missingFunctions } from '../analysis/package-symbols';
import { callables, constants, fields, linkables, words } from '../analysis/proposal-lists';
import { unwritten } from '../analysis/unwritten';
import { functionUsageInSteps } from '../analysis/usage';
import type { Steps } from '../syntax/steps';
import { baseName } from '../workspace/files';
import type { Documents } from './documents';

/** Counts what it uses, a function at a time: what is used most is proposed first. */
export function* usageAhead(documents: Documents, uri: string): Steps<void> {
  while (!(yield* countUsage(documents, uri)));
}

/** False if the file has been edited meanwhile. */
function* countUsage(documents: Documents, uri: string): Steps<boolean> {
  const file = documents.file(uri);
  for (const each of file ? functionsOf(file) : []) {
    const steps = file && functionUsageInSteps(each, file);
    while (steps?.next().done === false) {
      yield undefined;
      if (documents.file(uri) !== file) return false;
    }
  }
  return true;
}

/** Makes the lists that proposals are chosen from: of thousands of names each takes some milliseconds. */
export function* proposalsAhead(documents: Documents, uri: string): Steps<void> {
  const file = documents.file(uri);
  const knowledge = file && documents.context(file).knowledge;
  if (!file || !knowledge) return;
  const mnemonics = documents.checker.mnemonics(file);
  if (mnemonics) words(mnemonics, file);
  yield undefined;
  yield* knowledge.bodylessAhead();
  const all = yield* knowledge.linkableAhead();
  for (const list of [linkables, callables]) {
    list(all);
    yield undefined;
  }
  if (file.preprocessed.includes.some(({ name }) => baseName(name) === 'go_asm.h')) {
    for (const list of [fields, constants]) {
      list(knowledge.header);
      yield undefined;
    }
  }
}

/** Functions that wait for their assembly, which TEXT is proposed for. */
export function* unwrittenAhead(documents: Documents, uri: string): Steps<void> {
  const file = documents.file(uri);
  const context = file && documents.context(file);
  const knowledge = context?.knowledge;
  if (!file || !knowledge) return;
  for (const name of missingFunctions(file, knowledge, context, context.minor)) {
    yield undefined;
    // An edit uses a file up.
    const now = documents.file(uri);
    if (now) unwritten(name, now, knowledge);
  }
}

/** Works out the types that its registers are followed with. */
export function* typesAhead(documents: Documents, uri: string): Steps<void> {
  const file = documents.file(uri);
  const knowledge = file && documents.context(file).knowledge;
  if (knowledge) yield* knowledge.typesAhead();
}

/** Reads the Go packages that it names, a Go file at a time: they are asked for whole when somebody types what stands before a `·`. */
export function* importsAhead(documents: Documents, uri: string): Steps<void> {
  const file = documents.file(uri);
  const knowledge = file && documents.context(file).knowledge;
  if (!file || !knowledge) return;
  yield* knowledge.importsAhead();
  const names = file.statements.flatMap(({ operands }) => operands.flatMap(({ symbol, pseudo }) => (symbol && pseudo === 'SB' ? symbolName(symbol.token.text, file) : [])));
  // And the one that all call.
  const paths = new Set(['runtime', ...names.flatMap((name) => (name.lastIndexOf('.') > 0 ? name.slice(0, name.lastIndexOf('.')) : []))]);
  for (const path of paths) {
    const found = knowledge.package(path);
    if (found) yield* found.scope.linkableInSteps();
  }
}
