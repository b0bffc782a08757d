// All vector and floating-point semantics by row name, and the helper functions they call.
// Must stay true: forms that are not executed here (MMX registers, EVEX) are refused by name, never run wrongly.

import type { Instruction } from '../../x86/instruction';
import type { SemanticsTable } from '../emitter';
import { ExitCode } from '../emitter';
import type { HelperTable } from '../helpers';
import { CONVERSIONS } from './convert';
import { CRYPTO, CRYPTO_HELPERS } from './crypto';
import { FLOAT } from './float';
import { FMA, FMA_HELPERS } from './fma';
import { GALOIS, GALOIS_HELPERS } from './galois';
import { HALF_HELPERS } from './half-helpers';
import { INTEGER } from './integer';
import { MOVES } from './move';
import { NAN_HELPERS } from './nan-helpers';
import type { Semantics } from './operands';
import { SHUFFLES } from './shuffle';
import { STRINGS, STRING_HELPERS } from './strings';

const refused = (i: Instruction): boolean =>
  i.vectorLength === 512 || i.row.encoding.startsWith('EVEX') || i.operands.some((o) => o.kind === 'register' && (o.class === 'mmx' || o.class === 'zmm' || o.class === 'k'));

const guarded = (meaning: Semantics): Semantics => (e, i) => (refused(i) ? e.raise(ExitCode.notImplemented) : meaning(e, i));

export const vector: SemanticsTable = {};
for (const table of [INTEGER, MOVES, SHUFFLES, FLOAT, CONVERSIONS, FMA, CRYPTO, STRINGS, GALOIS]) {
  for (const [name, meaning] of Object.entries(table)) vector[name] = guarded(meaning);
}

export const vectorHelpers: HelperTable = { ...NAN_HELPERS, ...HALF_HELPERS, ...FMA_HELPERS, ...CRYPTO_HELPERS, ...STRING_HELPERS, ...GALOIS_HELPERS };
