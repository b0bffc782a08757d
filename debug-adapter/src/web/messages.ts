// What the extension sends to its workers in a browser besides the protocols themselves. Types only: the client imports them.

export type FileList = [path: string, bytes: Uint8Array][];

/** The first message to either worker, answered with `'ready'` or an error's sentence. */
export interface Setup {
  /** web-tree-sitter.wasm and tree-sitter-go.wasm. */
  runtime: Uint8Array;
  grammar: Uint8Array;
  files: FileList;
}
export interface SetUp { gobuf: 'ready' | { failed: string } }

/** To the debug adapter's worker before `launch`: what the program consists of, and which paths the editor can open. */
export interface ProgramFiles { gobuf: 'files'; files: FileList; openable: string[] }

/** To the language server: files that were changed (bytes) or deleted (undefined). */
export type FilesChangedMethod = 'gobuf/filesChanged';
export interface FilesChanged { changed: [path: string, text: string | null][] }
