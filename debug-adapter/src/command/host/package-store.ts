// Where the language server keeps what it knows of Go's own packages: beside translated code, in $GOBUF_CACHE or the user's cache folder.
// Must stay true: another build of the server finds nothing of it, since what is kept is what that one would have worked out.
import fs from 'node:fs';
import type { Store } from '@gobuf/server/golang/kept-packages';
import { cacheFolder, diskCache } from './cache';

/** `bundle` is the file of the server's code. */
export function packageStore(bundle: string): Store {
  const cache = diskCache(cacheFolder());
  const { mtimeMs, size } = fs.statSync(bundle);
  const key = (name: string): string => `go package ${mtimeMs} ${size} ${name}`;
  return {
    load(name) {
      const found = cache.load(key(name));
      return found && Buffer.from(found.buffer, found.byteOffset, found.length).toString('utf8');
    },
    store(name, text) { cache.store(key(name), Buffer.from(text)); },
  };
}
