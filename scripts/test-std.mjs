// `npm run test:std [-- PACKAGE…]`: the standard library's own tests, natively and here; without packages those that test/std/packages.json
// lists. `--write` puts the verdicts in docs/std.md (rows of packages that were not run stay), `--seconds N` is the limit of one run.
// Must stay true: a difference that no reason in test/std/packages.json covers is a failure.
import fs from 'node:fs';
import path from 'node:path';
import { buildProduct, giveUp, installPackages, root } from './setup.mjs';
import { compare, list, setUp } from '../test/std/compare.mjs';

const TABLE = path.join(root, 'docs', 'std.md');
const words = process.argv.slice(2);
const take = (flag) => { const at = words.indexOf(flag); if (at < 0) return undefined; return words.splice(at, 2)[1]; };
const seconds = Number(take('--seconds') ?? 900);
const write = words.includes('--write');
const asked = words.filter((word) => !word.startsWith('--'));
const known = JSON.parse(fs.readFileSync(path.join(root, 'test/std/packages.json'), 'utf8'));

installPackages();
buildProduct();
const setup = setUp();
if (!setup) giveUp('The go command is not here: there is nothing to compare with.');
const packages = list(setup, asked.length > 0 ? asked : known.packages).filter(({ name }) => asked.includes(name) || !known.notRun[name]);
const rows = readRows();
let wrong = 0, unjudged = 0, equal = 0, total = 0, whole = 0;
for (const each of packages) {
  const result = await compare(setup, each, { leftOut: known.leftOut[each.name], excused: known.excused[each.name], seconds });
  if (result.unjudged) { unjudged++; console.log(`${each.name}: ${result.unjudged}`); continue; }
  if (result.broken) { wrong++; console.log(`${each.name}: ${result.broken}`); continue; }
  equal += result.equal;
  total += result.total;
  const bad = result.differences.length > 0;
  wrong += Number(bad);
  whole += Number(!bad);
  console.log(`${each.name}: ${result.equal}/${result.total}${result.excused.size > 0 ? `, ${result.total - result.equal} excused` : ''}${result.failNatively > 0 ? ` (${result.failNatively} fail natively)` : ''}, native ${result.seconds.native.toFixed(2)} s, gobuf ${result.seconds.gobuf.toFixed(2)} s`);
  for (const line of result.differences.slice(0, 20)) console.log(`  ${line}`);
  if (result.differences.length > 20) console.log(`  … and ${result.differences.length - 20} more`);
  for (const line of result.lastWords) console.log(`  > ${line.slice(0, 300)}`);
  for (const pattern of result.unused) console.log(`  the reason for ${pattern} was not needed this time`);
  rows.set(each.name, row(result));
  if (write) writeTable();
}
console.log(`std: ${equal} of ${total} tests equal, ${whole} of ${packages.length - unjudged} packages as expected (${setup.version})`);
process.exitCode = wrong > 0 ? 1 : 0;

function row({ name, equal: same, total: all, differences, excused }) {
  const reasons = new Map();
  for (const [pattern, reason] of [...excused, ...Object.entries(known.leftOut[name] ?? {})]) reasons.set(reason, [...reasons.get(reason) ?? [], pattern]);
  const remarks = [...reasons].map(([reason, patterns]) => `${patterns.map((pattern) => `\`${pattern}\``).join(', ')}: ${reason}`);
  if (differences.length > 0) remarks.unshift(`**differs**: ${differences.slice(0, 5).join('; ')}${differences.length > 5 ? ` and ${differences.length - 5} more` : ''}`);
  return `| ${name} | ${same} of ${all} | ${remarks.join('. ').replaceAll('|', '\\|')} |`;
}

function readRows() {
  const found = new Map();
  if (fs.existsSync(TABLE)) for (const line of fs.readFileSync(TABLE, 'utf8').split('\n')) { const name = /^\| ([\w/.]+) \| \d+ of/.exec(line)?.[1]; if (name) found.set(name, line); }
  return found;
}

function writeTable() {
  const sorted = [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line);
  const counts = sorted.map((line) => /\| (\d+) of (\d+) \|/.exec(line)).reduce(([a, b], match) => [a + Number(match[1]), b + Number(match[2])], [0, 0]);
  fs.writeFileSync(TABLE, `# The standard library's own tests

\`npm run test:std\` builds the test programs of Go's packages (\`go test -c\`, CGO_ENABLED=0), runs each natively and in the emulator in short mode, and compares what
every test and subtest says: passed, failed or skipped. Tests that fail natively are left out; where native runs differ from each other, one of three must agree.
On neither side is there a go command. \`npm run test:std -- --write\` makes this table; reasons stand in \`test/std/packages.json\`.

${sorted.length} packages with ${setup.version}: ${counts[0]} of ${counts[1]} tests equal.

| Package | Equal | What is not, and why |
|---|---|---|
${sorted.join('\n')}

Not run:

| Package | Why |
|---|---|
${Object.entries(known.notRun).map(([name, reason]) => `| ${name} | ${reason} |`).join('\n')}
`);
}
