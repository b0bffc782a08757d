// Semantics of the vector and floating-point instructions, and the core-module helpers they call.
// Must stay true: keys are row names of the instruction table.
import type { SemanticsTable } from '../emitter';
import type { HelperTable } from '../helpers';

export const vector: SemanticsTable = {};
export const vectorHelpers: HelperTable = {};
