// The connection of a language server that an editor started as a process: standard input and output.
// Must stay true: nothing else writes to stdout while it is open.

import { createConnection, ProposedFeatures, StreamMessageReader, StreamMessageWriter, type Connection } from 'vscode-languageserver/node';

/** `ended` resolves when the client says exit or goes away. */
export function stdioConnection(): { connection: Connection; ended: Promise<void> } {
  const connection = createConnection(ProposedFeatures.all, new StreamMessageReader(process.stdin), new StreamMessageWriter(process.stdout));
  const ended = new Promise<void>((resolve) => {
    connection.onExit(() => resolve());
    process.stdin.on('close', () => resolve());
  });
  return { connection, ended };
}
