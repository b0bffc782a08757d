// All vector and floating-point semantics by row name, and the helper functions they call.
// Must stay true: forms that are not executed here (EVEX) are refused by name, never run wrongly.

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
import { MMX, addMmxForms } from './mmx';
import { MOVES } from './move';
import { NAN_HELPERS } from './nan-helpers';
import type { Semantics } from './operands';
import { SHUFFLES } from './shuffle';
import { STRINGS, STRING_HELPERS } from './strings';

const refused = (i: Instruction): boolean =>
  i.vectorLength === 512 || i.row.encoding.startsWith('EVEX') || i.operands.some((o) => o.kind === 'register' && (o.class === 'zmm' || o.class === 'k'));
/** The MMX forms share their names with the SSE ones; without a register of either kind the row tells. */
const isMmx = (i: Instruction): boolean => /\bmm\d?\b/.test(i.row.form) || i.row.name === 'EMMS';

const guarded = (name: string, meaning: Semantics | undefined): Semantics => {
  const mmx = MMX[name];
  return (e, i) => {
    const chosen = mmx && isMmx(i) ? mmx : meaning;
    if (!chosen || refused(i)) e.raise(ExitCode.notImplemented);
    else chosen(e, i);
  };
};

export const vector: SemanticsTable = {};
addMmxForms({ ...INTEGER, ...SHUFFLES });
for (const table of [INTEGER, MOVES, SHUFFLES, FLOAT, CONVERSIONS, FMA, CRYPTO, STRINGS, GALOIS]) {
  for (const [name, meaning] of Object.entries(table)) vector[name] = guarded(name, meaning);
}
for (const name of Object.keys(MMX)) vector[name] ??= guarded(name, undefined);

export const vectorHelpers: HelperTable = { ...NAN_HELPERS, ...HALF_HELPERS, ...FMA_HELPERS, ...CRYPTO_HELPERS, ...STRING_HELPERS, ...GALOIS_HELPERS };
