// All semantics by row name, put together from the files by subject.
// Must stay true: a name appears in one subject only; what is not here is reported as not implemented, by name.
import { arithmetic } from './arithmetic';
import { bitHelpers, bits } from './bit';
import { control } from './control';
import type { SemanticsTable } from './emitter';
import type { HelperTable } from './helpers';
import { moves } from './move';
import { multiplication, multiplicationHelpers } from './multiply';
import { shifts } from './shift';
import { strings } from './string';
import { system } from './system';
import { vector, vectorHelpers } from './vector/index';

export const helpers: HelperTable = { ...multiplicationHelpers, ...bitHelpers, ...vectorHelpers };

export const semantics = new Map<string, SemanticsTable[string]>();
for (const table of [moves, arithmetic, multiplication, shifts, bits, strings, control, system, vector]) {
  for (const [name, meaning] of Object.entries(table)) {
    if (semantics.has(name)) throw new Error(`${name} has two meanings`);
    semantics.set(name, meaning);
  }
}
