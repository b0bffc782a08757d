// Functions that Go declares and that wait for their assembly, as they are proposed: all of a package with each letter of TEXT.
// Must stay true: worked out once for what is known of the package; it is known anew when its Go files change.

import { macroNamed } from '../syntax/preprocessor';
import type { AssemblyFile } from './assembly-file';
import type { PackageKnowledge } from './package-knowledge';
import { skeleton } from './skeleton';

/** The assembly to begin with, and the declaration. */
interface Unwritten { text: string | undefined; detail: string }

const shown = new WeakMap<PackageKnowledge, Map<string, Unwritten>>();

export function unwritten(name: string, file: AssemblyFile, knowledge: PackageKnowledge): Unwritten {
  let all = shown.get(knowledge);
  if (!all) shown.set(knowledge, (all = new Map()));
  // The text depends on whether the flags have names here.
  const key = `${macroNamed(file.preprocessed, 'NOSPLIT') !== undefined} ${name}`;
  let known = all.get(key);
  if (!known) all.set(key, (known = { text: skeleton(name, file, knowledge, true), detail: knowledge.declaration(name)?.text ?? '' }));
  return known;
}
