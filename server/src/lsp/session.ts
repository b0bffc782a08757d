// What the handlers of requests share: the documents, and how a failing request is answered.
// Must stay true: a request that fails answers with nothing, and is logged.

import type { Connection, Position } from 'vscode-languageserver';
import type { TextDocuments } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { AssemblyFile } from '../analysis/assembly-file';
import { directoryOf, join } from '../workspace/files';
import type { Documents } from './documents';
import { offsetAt } from './to-proto';

export interface Settings {
  /** Another server (gopls) answers definition, references, hover and highlight of Go's symbols too: leave those to it. */
  defer: boolean;
  inlayFields: boolean;
  inlayTypes: boolean;
  codeLens: boolean;
  /** Go's own tools may be run on saves. */
  tools: boolean;
}

export class Session {
  settings: Settings = { defer: false, inlayFields: true, inlayTypes: true, codeLens: true, tools: false };
  /** The client takes the range of proposals once for all of them. */
  editRangeOnce = false;
  /** When something was asked or answered last. */
  busy = 0;
  /** Folders that the client has open. */
  roots: string[] = [];

  constructor(readonly connection: Connection, readonly open: TextDocuments<TextDocument>, readonly documents: Documents) {}

  /** Nothing for a failure, which is logged. */
  safely<T>(what: string, work: () => T | undefined): T | null {
    this.busy = Date.now();
    try {
      return work() ?? null;
    } catch (error) {
      this.log(`${what}: ${(error as Error).message}`);
      return null;
    } finally {
      // Whoever has waited long for an answer asks again at once.
      this.busy = Date.now();
    }
  }

  log(message: string): void {
    // Nobody listens once the client is gone.
    try { this.connection.console.error(message); } catch { /* nothing more to do */ }
  }

  /** The file of a request and the offset of its position. */
  at(uri: string, position: Position): { file: AssemblyFile; offset: number } | undefined {
    const file = this.documents.file(uri);
    return file && { file, offset: offsetAt(file.source, position) };
  }

  toUri(path: string): string {
    return this.documents.uris.toUri(path);
  }

  /** Assembly files (or others by their ending) below the workspace's folders, or beside the open ones where there is no folder. */
  workspaceFiles(most = 2000, ending = '.s'): string[] {
    const { files } = this.documents;
    const found: string[] = [];
    const visit = (directory: string, depth: number) => {
      for (const name of files.list(directory) ?? []) {
        if (found.length >= most) return;
        if (name.endsWith(ending)) found.push(join(directory, name));
        else if (depth < 12 && !/^_|\.|^(node_modules|testdata|vendor)$/.test(name)) visit(join(directory, name), depth + 1);
      }
    };
    const roots = this.roots.length ? this.roots : [...new Set(this.open.keys().flatMap((uri) => this.documents.uris.toPath(uri) ?? []).map(directoryOf))];
    for (const root of roots) visit(root, this.roots.length ? 0 : 12);
    return found;
  }
}
