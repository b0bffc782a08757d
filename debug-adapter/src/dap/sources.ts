// Source files of the program, also those that the client cannot open itself.
// Must stay true: a file that is nowhere is refused with its name.

import { RequestError, type Subject } from './handler';

export const sources: Subject = {
  capabilities: { supportsLoadedSourcesRequest: true },
  handlers: {
    async source(session, { source, sourceReference }) {
      const { engine } = session;
      const path = session.sourceReferences.get(source?.sourceReference ?? sourceReference ?? 0) ?? (source?.path === undefined ? undefined : engine.binaryPath(source.path));
      if (path === undefined) throw new RequestError('That source is not known.');
      const content = await engine.source(path);
      if (content === undefined) throw new RequestError(`${path} is not on this machine: name where it lies in substitutePath, or Go's source tree in goroot.`);
      return { content, mimeType: path.endsWith('.s') ? 'text/x-go-asm' : 'text/x-go' };
    },
    loadedSources(session) {
      return { sources: session.engine.binary.sources().flatMap((path) => session.source(path) ?? []) };
    },
  },
};
