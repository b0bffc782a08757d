// All semantics by row name, put together from the files by subject.
// Must stay true: a name appears in one subject only; what is not here is reported as not implemented, by name.
import type { SemanticsTable } from './emitter';
import type { HelperTable } from './helpers';

const semantics = new Map<string, SemanticsTable[string]>();
const helpers: HelperTable = {};

export { helpers, semantics };
