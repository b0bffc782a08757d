// Requests that help to write: completion, signature help, rename, code actions, formatting of a document, a range and while typing.
// Must stay true: one handler a request, each a few lines; edits are for the text the client has now.

import {
  CodeActionKind, CompletionItemKind, ErrorCodes, InsertTextFormat, MarkupKind, ResponseError, TextEdit,
  type CodeAction, type CompletionItem, type CompletionList, type WorkspaceEdit,
} from 'vscode-languageserver';
import type { AssemblyFile } from '../analysis/assembly-file';
import { actions } from '../analysis/code-actions';
import { completion, type CompletionKind } from '../analysis/completion';
import { beyondAmd64, instructionHelp } from '../analysis/hover';
import { architectures } from '../arch/architecture';
import { rename, RenameError, renameTarget, type RenameContext } from '../analysis/rename';
import { signature } from '../analysis/signature';
import { formatEdits, typedEdit } from '../format/edits';
import { FormatError } from '../format/format';
import type { Edit } from '../syntax/source';
import { filesOf } from './navigation';
import type { Session } from './session';
import { diagnostic, offsetAt, range } from './to-proto';

const KIND: Record<CompletionKind, CompletionItemKind> = {
  instruction: CompletionItemKind.Keyword, register: CompletionItemKind.Variable, label: CompletionItemKind.Reference, function: CompletionItemKind.Function, variable: CompletionItemKind.Variable,
  macro: CompletionItemKind.Snippet, constant: CompletionItemKind.Constant, field: CompletionItemKind.Field, argument: CompletionItemKind.Property, directive: CompletionItemKind.Keyword, file: CompletionItemKind.File, snippet: CompletionItemKind.Snippet,
};

export function editing(session: Session): void {
  const { connection, documents } = session;

  connection.onCompletion(({ textDocument, position }) => session.safely('completion', () => {
    const at = session.at(textDocument.uri, position);
    return at && completionAt(session, at.file, at.offset);
  }));
  connection.onCompletionResolve((item) => {
    const goarch = item.data as string | undefined;
    const arch = goarch === undefined ? undefined : architectures.get(goarch);
    const x86 = arch?.family === 'amd64' || arch?.family === '386';
    const help = goarch !== undefined && arch ? (x86 ? instructionHelp(item.label) : beyondAmd64(item.label, { arch, target: { goos: '', goarch } }, documents.forms(arch.family)?.get(item.label))) : undefined;
    return help ? { ...item, documentation: { kind: MarkupKind.Markdown, value: help } } : item;
  });
  connection.onSignatureHelp(({ textDocument, position }) => session.safely('signature help', () => {
    const at = session.at(textDocument.uri, position);
    const found = at && signature(at.file, at.offset, documents.operandForms(at.file));
    return found && {
      signatures: found.signatures.map(({ label, parameters, documentation }) => ({ label, ...(documentation ? { documentation } : {}), parameters: parameters.map((each) => ({ label: each })) })),
      activeSignature: found.active, activeParameter: found.parameter,
    };
  }));

  const renameContext = (uri: string, position: { line: number; character: number }): (RenameContext & { offset: number }) | undefined => {
    const at = session.at(uri, position);
    return at && { ...documents.context(at.file), goroot: documents.checker.options.goroot, parser: documents.checker.options.parser, abroad: (entity) => filesOf(session, at.file, entity), offset: at.offset };
  };
  /** A refusal is an answer that the user is to read; other failures are logged. */
  const orReason = <T>(what: string, work: () => T | undefined): T | ResponseError<void> | null => {
    try {
      return work() ?? null;
    } catch (error) {
      if (error instanceof RenameError) return new ResponseError(ErrorCodes.InvalidRequest, error.message);
      session.log(`${what}: ${(error as Error).message}`);
      return null;
    }
  };
  connection.onPrepareRename(({ textDocument, position }) => orReason('rename', () => {
    const context = renameContext(textDocument.uri, position);
    const target = context && renameTarget(context, context.offset);
    return target && { range: range(target.span), placeholder: target.name };
  }));
  connection.onRenameRequest(({ textDocument, position, newName }) => orReason('rename', () => {
    const context = renameContext(textDocument.uri, position);
    return context && workspaceEdit(session, rename(context, context.offset, newName));
  }));

  connection.onCodeAction(({ textDocument, range: selected, context }) => session.safely('code actions', (): CodeAction[] | undefined => {
    const file = documents.file(textDocument.uri);
    if (!file) return undefined;
    const from = offsetAt(file.source, selected.start);
    const to = offsetAt(file.source, selected.end);
    const wanted = (kind: string) => !context.only || context.only.some((only) => kind === only || kind.startsWith(`${only}.`));
    const found: CodeAction[] = [];
    for (const problem of documents.problems(textDocument.uri) ?? []) {
      if (problem.span.file.path !== file.source.path || problem.span.start > to || problem.span.end < from || !wanted(CodeActionKind.QuickFix)) continue;
      problem.fixes?.forEach((fix, i) => found.push({ title: fix.title, kind: CodeActionKind.QuickFix, diagnostics: [diagnostic(problem)], isPreferred: i === 0, edit: workspaceEdit(session, fix.edits) }));
    }
    for (const action of actions(documents.context(file), from, to)) if (wanted(action.kind)) found.push({ title: action.title, kind: action.kind, edit: workspaceEdit(session, action.edits) });
    return found;
  }));

  const formatted = (uri: string, from: number, to: number): TextEdit[] | undefined => {
    const document = session.open.get(uri);
    if (!document) return undefined;
    try {
      return formatEdits(document.getText(), from, to).map(({ start, end, text }) => TextEdit.replace({ start: document.positionAt(start), end: document.positionAt(end) }, text));
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      connection.window.showWarningMessage(`Cannot format: ${error.message}.`);
      return [];
    }
  };
  connection.onDocumentFormatting(({ textDocument }) => session.safely('formatting', () => formatted(textDocument.uri, 0, Infinity)));
  connection.onDocumentRangeFormatting(({ textDocument, range: { start, end } }) => session.safely('formatting', () => formatted(textDocument.uri, start.line, end.character === 0 && end.line > start.line ? end.line - 1 : end.line)));
  connection.onDocumentOnTypeFormatting(({ textDocument, position, ch }) => session.safely('formatting', () => {
    const document = session.open.get(textDocument.uri);
    const file = documents.file(textDocument.uri);
    if (!document || !file) return undefined;
    if (ch === '\n') return position.line > 0 ? formatted(textDocument.uri, position.line - 1, position.line - 1) : [];
    const edit = typedEdit(document.getText(), document.offsetAt(position), (name) => file.arch.registers.has(name));
    return edit ? [TextEdit.replace({ start: document.positionAt(edit.start), end: document.positionAt(edit.end) }, edit.text)] : [];
  }));
}

/** The answer to a request for completion. Clients that know defaults are told the place once, which halves it. */
export function completionAt({ documents, editRangeOnce }: Session, file: AssemblyFile, offset: number): CompletionList {
  const { start, end, items, incomplete } = completion({ ...documents.context(file), mnemonics: documents.checker.mnemonics(file), forms: documents.operandForms(file), goroot: documents.checker.options.goroot }, offset);
  const replaced = range({ file: file.source, start, end });
  const { goarch } = file.target;
  return {
    isIncomplete: incomplete,
    ...(editRangeOnce ? { itemDefaults: { editRange: replaced } } : {}),
    items: items.map(({ label, kind, insert, detail, filter, snippet }, i) => {
      const item: CompletionItem = { label, kind: KIND[kind], sortText: SORT[i] ?? String(i) };
      if (!editRangeOnce) item.textEdit = { range: replaced, newText: insert };
      else if (insert !== label) item.textEditText = insert;
      if (detail) item.detail = detail;
      if (filter) item.filterText = filter;
      if (snippet) item.insertTextFormat = InsertTextFormat.Snippet;
      if (kind === 'instruction') item.data = goarch;
      return item;
    }),
  };
}

/** What puts items into the order in which they are given. */
const SORT = Array.from({ length: 1000 }, (_, i) => String(i).padStart(4, '0'));

export function workspaceEdit(session: Session, edits: readonly Edit[]): WorkspaceEdit {
  const changes: Record<string, TextEdit[]> = {};
  for (const { span, text } of edits) (changes[session.toUri(span.file.path)] ??= []).push(TextEdit.replace(range(span), text));
  return { changes };
}
