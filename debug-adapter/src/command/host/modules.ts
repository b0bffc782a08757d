// Where the modules of a program built with -trimpath lie on this disk: the main one around the program, the others in Go's module cache.
// Must stay true: nothing is run and nothing fetched; a folder is offered only if its go.mod names the module, or the cache has it.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Pairs [path in the binary, folder here] out of the lines of `go version -m`. */
export function modulePaths(buildInfo: string, folders: readonly string[], env: NodeJS.ProcessEnv = process.env): [string, string][] {
  const cache = env['GOMODCACHE'] ?? path.join((env['GOPATH'] ?? path.join(os.homedir(), 'go')).split(path.delimiter)[0]!, 'pkg', 'mod');
  const found: [string, string][] = [];
  let replaces = '';
  for (const line of buildInfo.split('\n')) {
    const [kind, module, version] = line.split('\t');
    if (!module) continue;
    if (kind === 'mod') {
      const root = rootOf(module, folders);
      if (root) found.push([module, slashes(root)]);
    } else if ((kind === 'dep' || kind === '=>') && version) {
      const folder = path.join(cache, `${escaped(module)}@${escaped(version)}`);
      if (kind === 'dep') replaces = module;
      if (fs.existsSync(folder)) found.push([kind === '=>' ? replaces : `${module}@${version}`, slashes(folder)]);
    }
  }
  // Files named on the command line of go build.
  const named = folders.find(hasSources) ?? folders[0];
  if (named) found.push(['command-line-arguments', slashes(named)], ['.', slashes(named)]);
  return found;
}

function hasSources(folder: string): boolean {
  try { return fs.readdirSync(folder).some((name) => name.endsWith('.go')); } catch { return false; }
}

/** The folder at or above one of these whose go.mod is the module's. */
function rootOf(module: string, folders: readonly string[]): string | undefined {
  for (const start of folders) {
    for (let folder = path.resolve(start); ; folder = path.dirname(folder)) {
      let text = '';
      try { text = fs.readFileSync(path.join(folder, 'go.mod'), 'utf8'); } catch { /* none here */ }
      if (/^\s*module\s+"?([^\s"]+)/m.exec(text)?.[1] === module) return folder;
      if (path.dirname(folder) === folder) break;
    }
  }
  return undefined;
}

/** As the module cache writes upper-case letters, which some file systems do not tell apart. */
const escaped = (name: string): string => name.replace(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`);
const slashes = (folder: string): string => folder.replaceAll('\\', '/');
