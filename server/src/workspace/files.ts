// How the language server reads files: a small interface that the host implements, so that the core runs in a browser's worker too.
// Must stay true: no path is invented here; a file that cannot be read is undefined, never an exception.

export interface Files {
  /** The text of a file, undefined if it cannot be read. */
  read(path: string): string | undefined;
  /** Names in a directory, undefined if it cannot be read. */
  list(path: string): string[] | undefined;
  /** Changes when the file does (its time of change); where it is missing a file is read each time. */
  stamp?(path: string): number | undefined;
}

/** Paths are written with `/` inside the core. */
export function directoryOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '.' : path.slice(0, slash) || '/';
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

export function join(directory: string, name: string): string {
  return directory === '.' ? name : directory.endsWith('/') ? directory + name : `${directory}/${name}`;
}
