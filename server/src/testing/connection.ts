// A language server and a client in one process, over in-memory streams, as an editor would speak to it.
// Must stay true: the client answers what the server asks of it, as VS Code does.

import path from 'node:path';
import { PassThrough } from 'node:stream';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createProtocolConnection, StreamMessageReader, StreamMessageWriter, type ProtocolConnection } from 'vscode-languageserver-protocol/node';
import { createConnection } from 'vscode-languageserver/node';
import type { AskTools } from '../diagnostics/tools';
import type { GoCommand } from '../golang/go-list';
import { serve } from '../lsp/server';
import type { Files } from '../workspace/files';
import { parser } from './fixture';

export interface Client {
  connection: ProtocolConnection;
  open(file: string, text: string): Promise<string>;
  /** A textDocument request. */
  ask<T>(method: string, file: string, params?: object): Promise<T>;
  stop(): Promise<void>;
}

export const uriOf = (file: string): string => pathToFileURL(file).href;
export const baseOf = (uri: string): string => path.basename(fileURLToPath(uri));

export async function connect(files: Files, goroot: string | undefined, roots: string[] = [], options: object = {}, tools?: AskTools, go?: GoCommand, capabilities: object = {}): Promise<Client> {
  const toServer = new PassThrough();
  const toClient = new PassThrough();
  serve(createConnection(new StreamMessageReader(toServer), new StreamMessageWriter(toClient)), { files, parser, goroot, minor: 26, moduleCache: undefined, ...(tools ? { tools } : {}), ...(go ? { go } : {}) }, { toPath: (uri) => fileURLToPath(uri), toUri: uriOf });
  const connection = createProtocolConnection(new StreamMessageReader(toClient), new StreamMessageWriter(toServer));
  connection.onRequest('client/registerCapability', () => null);
  connection.onRequest('workspace/inlayHint/refresh', () => null);
  connection.onRequest('workspace/codeLens/refresh', () => null);
  connection.listen();
  await connection.sendRequest('initialize', { processId: null, rootUri: null, capabilities, workspaceFolders: roots.map((root) => ({ uri: uriOf(root), name: root })), initializationOptions: options });
  await connection.sendNotification('initialized', {});
  return {
    connection,
    async open(file, text) {
      await connection.sendNotification('textDocument/didOpen', { textDocument: { uri: uriOf(file), languageId: 'go.asm', version: 1, text } });
      return uriOf(file);
    },
    ask: (method, file, params = {}) => connection.sendRequest(`textDocument/${method}`, { textDocument: { uri: uriOf(file) }, ...params }),
    async stop() {
      await connection.sendRequest('shutdown');
      connection.dispose();
    },
  };
}
