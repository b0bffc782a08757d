// The connection of a language server in a browser's worker: the worker's own messages.

import { BrowserMessageReader, BrowserMessageWriter, createConnection, type Connection } from 'vscode-languageserver/browser';

/** `port` is the worker's global scope. */
export function workerConnection(port: unknown): Connection {
  const scope = port as ConstructorParameters<typeof BrowserMessageReader>[0];
  return createConnection(new BrowserMessageReader(scope), new BrowserMessageWriter(scope));
}
