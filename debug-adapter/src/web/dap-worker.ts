// The debug adapter in a browser's worker: protocol messages as they are, one worker per session.
// Must stay true: the guest sees the files that were sent and nothing else.
import { createGoParser } from '@gobuf/server/golang/syntax-tree';
import { DapServer } from '../dap/server';
import { MemoryFiles } from './files';
import type { ProgramFiles, Setup } from './messages';
import { openProgram } from './program';
import { scope, setUp } from './worker-scope';

setUp<Setup>(async ({ runtime, grammar, files }) => {
  const memory = new MemoryFiles(files), openable = new Set<string>(), parser = await createGoParser(runtime, grammar);
  const server = new DapServer({
    open: (launch, write) => Promise.resolve().then(() => openProgram(launch, memory, parser, write)),
    fileExists: (path) => openable.has(path),
  });
  return () => {
    server.onDidSendMessage((message) => scope.postMessage(message));
    scope.onmessage = ({ data }) => {
      const message = data as ProgramFiles | Parameters<DapServer['handleMessage']>[0];
      if (!('gobuf' in message)) { server.handleMessage(message); return; }
      for (const [path, bytes] of message.files) memory.put(path, bytes);
      for (const path of message.openable) openable.add(path);
    };
  };
});
