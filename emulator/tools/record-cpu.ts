// Writes testdata/cpu: a few cases of every judged row with what this machine's CPU made of them. Run it where the CPU has all features:
// `node emulator/tools/record-cpu.mjs`. Must stay true: only rows the emulator claims to execute are recorded; the seeds are fixed.

import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { notExecutable } from '../src/semantics/not-executable';
import { notJudged, undefinedFor } from '../src/semantics/testing/excluded';
import { formatCase } from '../src/semantics/testing/format';
import type { Case } from '../src/semantics/testing/generate';
import { makeCase } from '../src/semantics/testing/generate';
import { buildJudge, runNative } from '../src/semantics/testing/native';
import { decode } from '../src/x86/decoder';
import { allRows } from '../src/x86/table';

const tools = process.env['GOBUF_TOOLS'] ?? 'emulator/tools';
const folder = join(tools, '../testdata/cpu');
const judge = buildJudge(join(tools, 'cpu-judge.c'));
if (typeof judge !== 'string') throw new Error(judge.reason);
const PER_ROW = 2;

const rows = allRows().filter((r) => !notJudged(r) && !notExecutable(r));
const cases: Case[] = [];
for (const row of rows) {
  for (let i = 0, made = 0; i < 8 && made < PER_ROW; i++) {
    const c = makeCase(row, 1000 + i, (bytes, address) => decode(bytes, 0, address));
    if (!c || undefinedFor(c.instruction, c.state) === undefined) continue;
    cases.push(c);
    made++;
  }
}
const outcomes = await runNative(judge, cases);
const files = new Map<string, string[]>();
let last = '';
cases.forEach((c, i) => {
  const o = outcomes[i];
  if (!o || o.signal === 14) return;
  const name = (c.row.feature || 'base').toLowerCase();
  const lines = files.get(name) ?? [];
  files.set(name, lines);
  const title = `# ${c.row.form} · ${c.row.encoding}`;
  if (title !== last) lines.push(title);
  last = title;
  lines.push(formatCase(c.bytes, c.seed, c.flavor, c.state, o.state, o.signal ? { signal: o.signal, code: o.code, address: o.address } : undefined));
});
mkdirSync(folder, { recursive: true });
for (const f of readdirSync(folder)) if (f.endsWith('.txt')) rmSync(join(folder, f));
for (const [name, lines] of files) writeFileSync(join(folder, `${name}.txt`), lines.join('\n') + '\n');
console.log(`${cases.length} cases of ${rows.length} rows in ${files.size} files`);
