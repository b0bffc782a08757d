// `gobuf lsp`: the language server on standard input and output, for any LSP client.
// Must stay true: nothing but the protocol is written to stdout.
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { serve } from '@gobuf/server/lsp/server';
import { stdioConnection } from '@gobuf/server/lsp/stdio';
import { NEWEST_MINOR } from '@gobuf/server/workspace/goroot';
import { goParser } from '../host/go-parser';
import { collector } from '../host/memory';
import { goTools } from '../host/go-tools';
import { diskFiles, goRoot, moduleCache } from '../host/sources';
import type { CommandSpec } from '../options';

export const spec: CommandSpec = {
  name: 'lsp',
  summary: 'Speaks the Language Server Protocol on standard input and output (diagnostics, completion, hover, navigation, rename, code actions, formatting … of Go assembly).',
  usage: '',
  options: [{ name: 'stdio', help: 'accepted for clients that pass it; there is no other way' }],
};

/** Milliseconds between looks at the memory, beside those after diagnostics. */
const REST = 2000;

export async function run(): Promise<number> {
  const root = goRoot();
  const rested = collector();
  const { connection, ended } = stdioConnection();
  serve(connection, { files: diskFiles, parser: await goParser(), goroot: root?.path, minor: root?.minor ?? NEWEST_MINOR, moduleCache: moduleCache(), rest: rested, tools: goTools(root?.path, () => { connection.console.info('The go command is not here, so its tools are not asked.'); }) }, {
    toPath(uri) {
      try { return fileURLToPath(uri).split(path.sep).join('/'); } catch { return undefined; }
    },
    toUri: (file) => pathToFileURL(file).href,
  });
  const rest = setInterval(rested, REST).unref();
  await ended;
  clearInterval(rest);
  return 0;
}
