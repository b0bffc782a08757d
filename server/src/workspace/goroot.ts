// Finds GOROOT and its version through files alone: the environment's, then the usual places. No program is started.
// Must stay true: undefined rather than a guess when no folder holds Go's headers.

import type { Files } from './files';

export interface GoRoot {
  path: string;
  /** N of go1.N. */
  minor: number;
}

/** Where installers put Go. */
const USUAL_PLACES = ['/usr/local/go', '/usr/lib/go', '/usr/lib/golang', '/opt/homebrew/opt/go/libexec', '/usr/local/opt/go/libexec', '/snap/go/current', 'C:/Program Files/Go', 'C:/Go'];

/** The version assumed where no GOROOT is found: the newest whose rules are known here. */
export const NEWEST_MINOR = 26;

/** `environment` is what GOROOT says, `further` are places to look at before the usual ones. */
export function findGoRoot(environment: string | undefined, files: Files, further: readonly string[] = []): GoRoot | undefined {
  for (const given of [...(environment ? [environment] : []), ...further, ...USUAL_PLACES]) {
    const path = given.replaceAll('\\', '/');
    const version = files.read(`${path}/VERSION`);
    if (version === undefined && files.read(`${path}/src/runtime/textflag.h`) === undefined) continue;
    const minor = /go1\.(\d+)/.exec(version ?? '')?.[1];
    return { path, minor: minor === undefined ? NEWEST_MINOR : Number(minor) };
  }
  return undefined;
}
