// The import path of the package in a directory, from the nearest go.mod.
// Must stay true: GOROOT/src has a go.mod too (module std, module cmd), so the standard library needs no special place.

import { directoryOf, join, type Files } from './files';

/** The import path, undefined where no go.mod is above. */
export function packagePath(directory: string, files: Files): string | undefined {
  const below: string[] = [];
  for (let at = directory; ; ) {
    const module = /^module\s+"?([^\s"]+)"?/m.exec(files.read(join(at, 'go.mod')) ?? '')?.[1];
    if (module) {
      const rest = below.join('/');
      if (module === 'std') return rest || undefined;
      return rest ? `${module}/${rest}` : module;
    }
    const parent = directoryOf(at);
    if (parent === at || at === '.' || at === '/') return undefined;
    below.unshift(at.slice(at.lastIndexOf('/') + 1));
    at = parent;
  }
}

/** The path as it stands in symbol names: objabi.PathToPrefix escapes dots in the last element, quotes, % and control characters. */
export function symbolPrefix(path: string): string {
  const last = path.lastIndexOf('/') + 1;
  return [...path].map((char, i) => {
    const code = char.codePointAt(0) ?? 0;
    const escape = code <= 32 || (char === '.' && i >= last) || char === '%' || char === '"' || code >= 127;
    return escape ? [...new TextEncoder().encode(char)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('') : char;
  }).join('');
}

/** Packages whose assembly may select an ABI (cmd/internal/objabi/pkgspecial.go, Go 1.22 to 1.27; the older paths of moved packages too). */
export const ABI_SELECTOR_PACKAGES: ReadonlySet<string> = new Set([
  'runtime', 'reflect', 'syscall', 'internal/bytealg', 'internal/chacha8rand', 'internal/runtime/syscall', 'internal/runtime/syscall/linux',
  'internal/runtime/syscall/windows', 'internal/runtime/maps', 'internal/runtime/startlinetest', 'runtime/internal/syscall', 'runtime/internal/startlinetest',
]);
