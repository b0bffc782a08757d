// Prints how many rows of the instruction table are executed and judged, by CPUID feature.
// Must stay true: counts come from the table, the semantics and the recorded cases, never from a list of their own.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { semantics } from '../src/semantics/index';
import { notExecutable } from '../src/semantics/not-executable';
import { notJudged } from '../src/semantics/testing/excluded';
import { allRows } from '../src/x86/table';

const folder = join(process.env['GOBUF_TOOLS'] ?? 'emulator/tools', '../testdata/cpu');
const recorded = new Set(readdirSync(folder).filter((f) => f.endsWith('.txt')).flatMap((f) => readFileSync(join(folder, f), 'utf8').split('\n').filter((l) => l.startsWith('#')).map((l) => l.slice(2))));
interface Count { rows: number; executed: number; judged: number; unjudgeable: number; listed: number; missing: string[] }
const table = new Map<string, Count>();
for (const row of allRows()) {
  const key = row.feature || '(base)';
  const c = table.get(key) ?? { rows: 0, executed: 0, judged: 0, unjudgeable: 0, listed: 0, missing: [] };
  table.set(key, c);
  c.rows++;
  if (notExecutable(row)) c.listed++;
  else if (semantics.has(row.name)) {
    c.executed++;
    if (recorded.has(`${row.form} · ${row.encoding}`)) c.judged++;
    else if (notJudged(row)) c.unjudgeable++;
  } else c.missing.push(row.name);
}
const line = (...cells: (string | number)[]): string => cells.map((c, i) => (i === 0 ? String(c).padEnd(16) : String(c).padStart(10))).join('');
const total: Count = { rows: 0, executed: 0, judged: 0, unjudgeable: 0, listed: 0, missing: [] };
console.log(line('feature', 'rows', 'executed', 'judged', 'not judged', 'not exec.', 'missing'));
for (const [key, c] of [...table].sort((a, b) => b[1].rows - a[1].rows)) {
  console.log(line(key, c.rows, c.executed, c.judged, c.unjudgeable, c.listed, c.missing.length));
  for (const k of ['rows', 'executed', 'judged', 'unjudgeable', 'listed'] as const) total[k] += c[k];
  total.missing.push(...c.missing);
}
console.log(line('all', total.rows, total.executed, total.judged, total.unjudgeable, total.listed, total.missing.length));
if (total.missing.length) console.log(`missing: ${[...new Set(total.missing)].join(' ')}`);
