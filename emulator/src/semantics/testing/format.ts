// The text form of recorded cases: a `# form · encoding` line per row, then a line per case: bytes, seed, changed inputs > changed outputs.
// Must stay true: what is not named in a line follows from the seed (inputs) or did not change (outputs).

import type { Fault } from './replay';
import type { Flavor, State } from './state';
import { apply, difference, hex, seededState, unhex } from './state';

export interface Recorded {
  bytes: Uint8Array;
  from: State;
  to: State;
  fault?: Fault | undefined;
}

export function formatCase(bytes: Uint8Array, seed: number, flavor: Flavor, from: State, to: State, fault: Fault | undefined): string {
  const outcome = fault ? [`!${fault.signal}:${fault.code}:${fault.address.toString(16)}`] : [];
  return [hex(bytes), flavor + seed.toString(16), ...difference(seededState(seed, flavor), from), '>', ...difference(from, to), ...outcome].join(' ');
}

export function parseCase(line: string): Recorded {
  const tokens = line.split(' ');
  const arrow = tokens.indexOf('>');
  const seed = tokens[1] as string;
  const from = apply(seededState(parseInt(seed.slice(1), 16), seed[0] as Flavor), tokens.slice(2, arrow));
  const out = tokens.slice(arrow + 1);
  let fault: Fault | undefined;
  const last = out[out.length - 1];
  if (last && last[0] === '!') {
    out.pop();
    const [signal, code, address] = last.slice(1).split(':') as [string, string, string];
    fault = { signal: Number(signal), code: Number(code), address: BigInt('0x' + address) };
  }
  return { bytes: unhex(tokens[0] as string), from, to: apply(from, out), fault };
}
