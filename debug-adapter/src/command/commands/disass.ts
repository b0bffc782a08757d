// `gobuf disass`: the disassembly of one function as Delve's `disass -l` prints it, without a session.
// Must stay true: the text is the session's own (`exec`), since both print rows by the same function.
import { disassemblyText } from '../../terminal/position';
import { openDebugger } from '../debugging';
import { guestOf } from '../guest';
import { print } from '../host/output';
import { InputError, UsageError } from '../options';
import type { CommandSpec, Parsed } from '../options';

const FLAVORS = ['intel', 'go', 'gnu'] as const;

export const spec: CommandSpec = {
  name: 'disass',
  summary: 'Prints the instructions of a function, with lines, addresses and bytes, as Delve\'s disass -l does.',
  usage: 'PROGRAM -l FUNC [--flavor intel|go|gnu]',
  options: [
    { name: 'location', short: 'l', value: 'FUNC', repeatable: true, help: 'the function, or any of Delve\'s locations (FILE:LINE, *ADDRESS)' },
    { name: 'flavor', value: 'NAME', help: 'intel (default), go or gnu' },
  ],
  notes: ['Nothing is run: the folder that GOBUF_CACHE names is not touched.'],
};

export function run(parsed: Parsed): number {
  const flavor = FLAVORS.find((each) => each === (parsed.text('flavor') ?? 'intel'));
  if (!flavor) throw new UsageError(`--flavor is one of ${FLAVORS.join(', ')}`);
  const places = parsed.list('location');
  if (places.length === 0) throw new UsageError('-l names the function');
  const debug = openDebugger({ ...guestOf(parsed), cache: false }, { write: () => { /* nothing runs */ } });
  for (const place of places) {
    let found;
    try { found = debug.findLocations(place); } catch (error) { throw new InputError(`${place}: ${(error as Error).message}.`); }
    for (const { pc } of found) print(disassemblyText(debug.disassembleFunction(pc, flavor), true));
  }
  return 0;
}
