// The tours that come with gobuf and the programs they are about: an example built with Go, the bundled runtime, or the user's own.
// Must stay true: the program of a tour is the same bytes and runs in the same surroundings on every machine with the same Go.
import fs from 'node:fs';
import path from 'node:path';
import { Checker } from '@gobuf/server/analysis/check';
import { assembleAndLink } from '@gobuf/server/assembler/package';
import { NEWEST_MINOR } from '@gobuf/server/workspace/goroot';
import { packagePath } from '@gobuf/server/workspace/package-path';
import { directoryOf } from '@gobuf/server/workspace/files';
import type { Tour } from '../tours/format';
import { parseTour } from '../tours/parse';
import { buildPackage } from './go-build';
import type { Guest } from './guest';
import { goParser } from './host/go-parser';
import { diskFiles, slashed } from './host/sources';
import { InputError } from './options';

/** dist/tours beside the bundled command; the repository's own folders where that is not built. */
export interface TourFolders { tours: string; stories: string; runtime: string }
export function tourFolders(dist: string): TourFolders {
  return { tours: path.join(dist, 'tours'), stories: path.join(dist, 'tours', 'stories'), runtime: path.join(dist, 'tours', 'runtime') };
}

const ENDING = /\.tour\.ya?ml$/;

/** `shown` is how complaints name it. */
export function readTour(file: string, shown = file): Tour {
  let text: string;
  try { text = fs.readFileSync(file, 'utf8'); } catch (error) { throw new InputError(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}.`); }
  return parseTour(shown, text);
}

/** The bundled tours in the order of their stories. */
export function bundledTours(folder: string): { name: string; tour: Tour }[] {
  return fs.readdirSync(folder).filter((name) => ENDING.test(name)).map((name) => ({ name: name.replace(ENDING, ''), tour: readTour(path.join(folder, name), name) }))
    .sort((a, b) => (a.tour.story ?? 0) - (b.tour.story ?? 0) || a.name.localeCompare(b.name));
}

/** A bundled tour by name or story number, or a file. */
export function findTour(folder: string, wanted: string): Tour {
  if (/[\\/]|\.ya?ml$|\.json$/.test(wanted)) return readTour(wanted);
  const file = ['.tour.yaml', '.tour.yml'].map((ending) => path.join(folder, wanted + ending)).find((each) => fs.existsSync(each));
  if (file) return readTour(file, path.basename(file));
  const all = bundledTours(folder), found = all.find(({ tour }) => /^\d+$/.test(wanted) && tour.story === Number(wanted));
  if (!found) throw new InputError(`there is no tour ${JSON.stringify(wanted)}; the tours are ${all.map(({ name }) => name).join(', ')}.`);
  return found.tour;
}

export const TOUR_BUILD_FLAGS = ['-trimpath', '-buildvcs=false'];

/** What only the tour says of the guest: nothing of this machine gets into it. */
function guestOfTour(tour: Tour, name: string, program: Uint8Array): Guest {
  const { args, env, procs, seed } = tour.program;
  return { path: `/program/${name}`, program, args, env, cwd: '/program', readable: [], goamd64: 'v3', cache: true, ...(procs === undefined ? {} : { procs }), ...(seed === undefined ? {} : { seed }) };
}

/** The tour's own program: its example where Go can build it, else the bundled runtime. `substitute`: where the sources lie that -trimpath shortened. */
export async function programOfTour(tour: Tour, folders: TourFolders, preferRuntime = false): Promise<{ guest: Guest; goroot?: string; substitute: [string, string][] }> {
  const { example, runtime } = tour.program;
  if (preferRuntime && !runtime) throw new InputError(`the tour ${JSON.stringify(tour.title)} is not for the bundled runtime.`);
  if (example !== undefined && !preferRuntime) {
    const folder = path.join(folders.stories, example);
    if (!fs.existsSync(folder)) throw new InputError(`${tour.file}: there is no example ${example} in ${folders.stories}.`);
    try {
      const { program, goroot } = buildPackage('build', folder, TOUR_BUILD_FLAGS, () => { /* told by the error */ });
      return { guest: guestOfTour(tour, example, fs.readFileSync(program)), goroot, substitute: [[`example.com/stories/${example}`, folder]] };
    } catch (error) {
      if (!runtime || !(error instanceof InputError)) throw error;
    }
  }
  if (!runtime) throw new InputError(`the tour ${JSON.stringify(tour.title)} brings no program: name one (gobuf tour NAME PROGRAM).`);
  return { guest: guestOfTour(tour, 'runtime', await bundledRuntime(folders.runtime)), substitute: [] };
}

/** The runtime in assembly, assembled and linked here. */
export async function bundledRuntime(folder: string): Promise<Uint8Array> {
  const checker = new Checker({ files: diskFiles, parser: await goParser(), goroot: undefined, minor: NEWEST_MINOR, moduleCache: undefined });
  const sources = fs.readdirSync(folder).filter((name) => name.endsWith('.s')).sort().map((name) => {
    const file = slashed(path.join(folder, name));
    return { file: checker.read(file, diskFiles.read(file) ?? ''), importPath: packagePath(directoryOf(file), diskFiles) };
  });
  const { program, problems } = assembleAndLink(sources, { minor: NEWEST_MINOR, entry: '_rt0_amd64_linux', goVersion: `go1.${NEWEST_MINOR}` });
  if (!program) throw new InputError(`the bundled runtime cannot be assembled: ${problems[0]?.message ?? 'no reason given'}.`);
  return program;
}
