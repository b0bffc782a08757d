// The connection of a language server that an editor started as a process: standard input and output.
// Must stay true: nothing else writes to stdout while it is open.

import { AbstractMessageWriter, createConnection, ProposedFeatures, StreamMessageReader, type Connection, type Message, type MessageWriter } from 'vscode-languageserver/node';

/** Head and content at once: between two writes the client would begin to read, and take the processor. */
class WholeMessageWriter extends AbstractMessageWriter implements MessageWriter {
  private failures = 0;

  constructor(private readonly stream: NodeJS.WritableStream) {
    super();
    stream.on('error', (error: Error) => { this.fireError(error); });
    stream.on('close', () => { this.fireClose(); });
  }

  write(message: Message): Promise<void> {
    const content = JSON.stringify(message);
    return new Promise((resolve, reject) => {
      this.stream.write(`Content-Length: ${Buffer.byteLength(content)}\r\n\r\n${content}`, 'utf8', (error) => {
        if (!error) { resolve(); return; }
        this.fireError(error, message, ++this.failures);
        reject(error);
      });
    });
  }

  end(): void { this.stream.end(); }
}

/** `ended` resolves when the client says exit or goes away. */
export function stdioConnection(): { connection: Connection; ended: Promise<void> } {
  const connection = createConnection(ProposedFeatures.all, new StreamMessageReader(process.stdin), new WholeMessageWriter(process.stdout));
  const ended = new Promise<void>((resolve) => {
    connection.onExit(() => resolve());
    process.stdin.on('close', () => resolve());
  });
  return { connection, ended };
}
