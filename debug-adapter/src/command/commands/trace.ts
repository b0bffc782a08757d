// `gobuf trace`: how the program boots, and every goroutine switch, each with the number of the instruction at which it happens.
// Must stay true: two traces of the same program are the same bytes; --json prints one object per line.
import type { TraceEvent } from '../../engine/types';
import { openDebugger } from '../debugging';
import { GUEST_NOTES, GUEST_OPTIONS, guestOf } from '../guest';
import { print, writeAll } from '../host/output';
import type { CommandSpec, Parsed } from '../options';

export const spec: CommandSpec = {
  name: 'trace',
  summary: 'Prints the milestones of the boot, then every switch between goroutines, each with its instruction number.',
  usage: '[--json] [options] PROGRAM [-- ARGS…]',
  options: [{ name: 'json', help: 'one JSON object per line' }, ...GUEST_OPTIONS],
  notes: ['The program\'s own output is not shown; its standard input is empty.', ...GUEST_NOTES],
};

/** Lines are written in batches: a busy program switches a million times. */
const BATCH_BYTES = 1 << 16;

export async function run(parsed: Parsed): Promise<number> {
  const debug = openDebugger(guestOf(parsed), { write: () => { /* not shown */ } });
  const json = parsed.flag('json'), line = json ? (event: TraceEvent) => `${JSON.stringify(event)}\n` : describe;
  let batch = '';
  for await (const event of debug.trace({ marks: json })) {
    batch += line(event);
    if (batch.length < BATCH_BYTES) continue;
    writeAll(1, Buffer.from(batch));
    batch = '';
  }
  print(batch);
  debug.dispose();
  return 0;
}

const goroutine = (id: number | undefined): string => (id === undefined ? '?' : id === 0 ? 'g0' : `G${id}`);

/** One line for people, who see a P that changed hands at the next switch. */
function describe(event: TraceEvent): string {
  if (event.event === 'takesP' || event.event === 'leavesP') return '';
  const { instruction, event: kind, tid, m, p, function: name, goroutine: to, from, cost, time, left, leftTime: _leftTime, ...more } = event;
  const what = kind.includes('switch') ? `${from ? `${goroutine(from)} → ` : ''}g0 → ${goroutine(to)}${cost === undefined ? '' : `  ${cost} instructions`}` : kind === 'left' ? `${goroutine(from)} at instruction ${left}, nothing came after it` : name ?? '';
  const details = Object.entries(more).filter(([, value]) => value !== undefined).map(([key, value]) => `  ${key} ${value}`).join('');
  return `${String(instruction).padStart(12)}  ${(time / 1e6).toFixed(3).padStart(10)} ms  ${kind.padEnd(10)} ${what}${kind.includes('switch') && name ? `  ${name}` : ''}  (thread ${tid}${m === undefined ? '' : `, M${m}`}${p === undefined ? '' : `, P${p}`})${details}\n`;
}
