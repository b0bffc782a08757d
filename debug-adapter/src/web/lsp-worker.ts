// The language server in a browser's worker: the same core, on files that the extension has sent.
// Must stay true: no Go tool is asked (there is none), and a path is a URI's path in the workspace's one file system.
import { createGoParser } from '@gobuf/server/golang/syntax-tree';
import { serve } from '@gobuf/server/lsp/server';
import { workerConnection } from '@gobuf/server/lsp/worker';
import { NEWEST_MINOR } from '@gobuf/server/workspace/goroot';
import { MemoryFiles } from './files';
import type { FilesChanged, FilesChangedMethod, Setup } from './messages';
import { scope, setUp } from './worker-scope';

interface LanguageSetup extends Setup { /** The workspace's URI without its path: `vscode-vfs://github`. */ origin: string }

setUp<LanguageSetup>(async ({ runtime, grammar, files, origin }) => {
  const memory = new MemoryFiles(files), parser = await createGoParser(runtime, grammar);
  return () => {
    const connection = workerConnection(scope);
    connection.onNotification('gobuf/filesChanged' satisfies FilesChangedMethod, ({ changed }: FilesChanged) => {
      for (const [path, text] of changed) {
        if (text === null) memory.remove(path);
        else memory.put(path, new TextEncoder().encode(text));
      }
    });
    serve(connection, { files: memory.sources, parser, goroot: undefined, minor: NEWEST_MINOR, moduleCache: undefined }, {
      toPath: (uri) => { try { return decodeURIComponent(new URL(uri).pathname); } catch { return undefined; } },
      toUri: (path) => origin + path.split('/').map(encodeURIComponent).join('/'),
    });
  };
});
