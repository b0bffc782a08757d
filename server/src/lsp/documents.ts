// The open files and what has been read of them; the only state of the language server.
// Must stay true: an answer is always for the text the client has now; files that are open hide those on disk.

import type { TextDocuments } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { AssemblyFile } from '../analysis/assembly-file';
import { Checker, type CheckerOptions } from '../analysis/check';
import { indexSymbols, type IndexedSymbol } from '../analysis/symbol-index';
import { siblings } from '../analysis/package-symbols';
import type { DefinitionContext } from '../analysis/definition';
import { entityAt, type Entity } from '../analysis/entity';
import type { Problem } from '../syntax/source';
import { directoryOf, type Files } from '../workspace/files';
import { offsetAt } from './to-proto';

export interface UriPaths {
  toPath(uri: string): string | undefined;
  toUri(path: string): string;
}

export class Documents {
  readonly checker: Checker;
  readonly files: Files;
  private readonly read = new Map<string, { version: number; file: AssemblyFile }>();
  /** Files that are not open, as they were read last. */
  private readonly closed = new Map<string, { text: string; file: AssemblyFile }>();
  private readonly indexed = new Map<string, IndexedSymbol[]>();
  private readonly found = new WeakMap<AssemblyFile, Problem[]>();

  constructor(private readonly open: TextDocuments<TextDocument>, readonly uris: UriPaths, options: CheckerOptions) {
    const disk = options.files;
    this.files = {
      read: (path) => this.openAt(path)?.getText() ?? disk.read(path),
      list: (path) => disk.list(path),
    };
    this.checker = new Checker({ ...options, files: this.files });
  }

  private openAt(path: string): TextDocument | undefined {
    return this.open.get(this.uris.toUri(path));
  }

  /** The file behind a document, read again only when its text has changed; undefined if it is none of Go's. */
  file(uri: string): AssemblyFile | undefined {
    const document = this.open.get(uri);
    const path = this.uris.toPath(uri);
    if (!document || path === undefined) return undefined;
    const known = this.read.get(uri);
    if (known?.version === document.version) return known.file;
    const file = this.checker.read(path, document.getText());
    this.read.set(uri, { version: document.version, file });
    return file;
  }

  /** Another file of the package, open or on disk. */
  fileAt(path: string): AssemblyFile | undefined {
    const uri = this.uris.toUri(path);
    if (this.open.get(uri)) return this.file(uri);
    const text = this.files.read(path);
    if (text === undefined) return undefined;
    const known = this.closed.get(path);
    if (known?.text === text) return known.file;
    const file = this.checker.read(path, text);
    this.closed.set(path, { text, file });
    return file;
  }

  /** Symbols of a file, open or on disk; asked of many files, so it is not kept for those that are open. */
  index(path: string): readonly IndexedSymbol[] {
    const opened = this.openAt(path);
    if (opened) return indexSymbols(opened.getText());
    let known = this.indexed.get(path);
    if (!known) this.indexed.set(path, (known = indexSymbols(this.files.read(path) ?? '')));
    return known;
  }

  /** Diagnostics of an open file's present text. */
  problems(uri: string): Problem[] | undefined {
    const file = this.file(uri);
    if (!file) return undefined;
    let problems = this.found.get(file);
    if (!problems) {
      const { path } = file.source;
      problems = this.isGo(path) ? this.checker.check(path, file.source.text, file, () => siblings(file, this.context(file))).problems : [];
      this.found.set(file, problems);
    }
    return problems;
  }

  entity(uri: string, position: { line: number; character: number }): { file: AssemblyFile; entity: Entity } | undefined {
    const file = this.file(uri);
    const entity = file && entityAt(file, offsetAt(file.source, position));
    return file && entity ? { file, entity } : undefined;
  }

  context(file: AssemblyFile): DefinitionContext {
    return { file, files: this.files, knowledge: this.checker.knowledge(directoryOf(file.source.path), file.target), read: (path) => this.fileAt(path) };
  }

  /** Whether the assembly is Go's: a Go file lies beside it. */
  isGo(path: string): boolean {
    return this.files.list(directoryOf(path))?.some((name) => name.endsWith('.go') || name === 'go.mod') === true;
  }

  close(uri: string): void {
    this.read.delete(uri);
  }

  /** After a Go file or header has changed. */
  forget(): void {
    this.read.clear();
    this.closed.clear();
    this.indexed.clear();
    this.checker.forget();
  }
}
