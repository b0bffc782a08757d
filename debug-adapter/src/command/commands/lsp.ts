// `gobuf lsp`: the language server on standard input and output, for any LSP client.
// Must stay true: nothing but the protocol is written to stdout.
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { serve } from '@gobuf/server/lsp/server';
import { stdioConnection } from '@gobuf/server/lsp/stdio';
import { NEWEST_MINOR } from '@gobuf/server/workspace/goroot';
import { KEEP } from '../host/code-cache';
import { goParser } from '../host/go-parser';
import { collector } from '../host/memory';
import { goCommand } from '../host/go-list';
import { goTools } from '../host/go-tools';
import { packageStore } from '../host/package-store';
import { diskFiles, goRoot, moduleCache } from '../host/sources';
import type { CommandSpec, Parsed } from '../options';

export const spec: CommandSpec = {
  name: 'lsp',
  summary: 'Speaks the Language Server Protocol on standard input and output (diagnostics, completion, hover, navigation, rename, code actions, formatting … of Go assembly).',
  usage: '[--goroot DIR] [--go COMMAND]',
  options: [
    { name: 'stdio', help: 'accepted for clients that pass it; there is no other way' },
    { name: 'goroot', value: 'DIR', help: 'Go\'s sources (default: GOROOT, the go command on PATH, the usual places)' },
    { name: 'go', value: 'COMMAND', help: 'the go command whose tools are asked on saves (default go)' },
  ],
};

/** Milliseconds between looks at the memory. */
const REST = 500;

export async function run(parsed: Parsed): Promise<number> {
  const root = goRoot(parsed.text('goroot'));
  const go = goCommand(parsed.text('go'));
  const memory = collector();
  const rest = setInterval(() => { memory.rest(); }, REST).unref();
  // Before what keeps the compiled code; the protocol's library ends the process itself, as soon as it is told to.
  process.prependOnceListener('exit', () => { memory.end(); });
  // Emacs does not wait for the end.
  const shutdown = () => {
    clearInterval(rest);
    memory.end();
    (process as NodeJS.EventEmitter).emit(KEEP);
  };
  const { connection, ended } = stdioConnection();
  serve(connection, { files: diskFiles, parser: await goParser(), goroot: root?.path, minor: root?.minor ?? NEWEST_MINOR, moduleCache: moduleCache(), store: packageStore(__filename), shutdown, tools: goTools(root?.path, () => { connection.console.info('The go command is not here, so its tools are not asked.'); }, parsed.text('go')), go: parsed.text('goroot') === undefined ? go : { ...go, environment: () => Promise.resolve(undefined) } }, {
    toPath(uri) {
      try { return fileURLToPath(uri).split(path.sep).join('/'); } catch { return undefined; }
    },
    toUri: (file) => pathToFileURL(file).href,
  });
  // Only now: a listener of its own would make the stream flow before the server reads it.
  process.stdin.on('data', () => { memory.busy(); });
  await ended;
  return 0;
}
