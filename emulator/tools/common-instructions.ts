// Writes emulator/src/translator/common-instructions.ts: one example of each head (prefixes, opcode, ModRM, SIB) and of each pattern of instructions that is
// frequent in Go binaries, or executed when they run.
// Usage: node emulator/tools/common-instructions.mjs BINARY… (Go binaries for linux/amd64 with symbols, several versions of Go).
// Must stay true: reads symbols by `go tool nm -size`, so needs the go command; prints how many heads and patterns there were and how much they cover.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseElf } from '../src/elf/format';
import { helperSlots } from '../src/translator/helper-slots';
import { shortModule } from '../src/translator/layer-module';
import { createMachine } from '../src/machine';
import type { RowTraits } from '../src/translator/pattern';
import { patternOf } from '../src/translator/pattern';
import { Recipes } from '../src/translator/recipes';
import { makeTemplate } from '../src/translator/template';
import { decode } from '../src/x86/decoder';
import { tailOf } from '../src/x86/shape';

/**
 * Fewer occurrences in all binaries together are not worth a template, nor are more patterns: each is revived and put into a table at every start, and a start
 * of Go itself uses 500, none of them behind the 1200th. Nor are more heads worth a recipe, which takes some 150 bytes.
 */
const LEAST = 4, MOST_PATTERNS = 1250, MOST_HEADS = 7000;
/** Instructions of a run. */
const LONGEST_RUN = 10_000_000;
interface Counted { count: number; example: string; binaries: number; last: string }
const traits = new Map<number, RowTraits>(), patterns = new Map<string, Counted>(), heads = new Map<string, Counted>(), module = shortModule();
let total = 0;
const memo = new Map<string, { pattern: string; head: string | undefined } | undefined>();
function note(counts: Map<string, Counted>, name: string, example: string, binary: string): void {
  let known = counts.get(name);
  if (!known) counts.set(name, known = { count: 0, example, binaries: 0, last: '' });
  known.count++;
  if (known.last !== binary) { known.binaries++; known.last = binary; }
}

/** Heads of what has been executed, or comes right after that: all that runs learn, once each. */
const executed = new Map<string, Counted>(), { learn } = Recipes.prototype;
Recipes.prototype.learn = function (words, record, i, offset, immediates) {
  const tail = tailOf(i, offset), text = Buffer.from(i.bytes.subarray(0, i.length)).toString('hex');
  if (tail) note(executed, immediates ? text : text.slice(0, 2 * tail.head), text, running);
  learn.call(this, words, record, i, offset, immediates);
};
let running = '';
function execute(file: string, program: Uint8Array): void {
  running = file;
  createMachine({ program, path: '/program', args: [], env: [], host: {} }).run(LONGEST_RUN);
}

for (const file of process.argv.slice(2)) {
  const bytes = new Uint8Array(fs.readFileSync(file)), { segments } = parseElf(bytes);
  execute(file, bytes);
  const nm = spawnSync('go', ['tool', 'nm', '-size', '-n', file], { encoding: 'utf8', maxBuffer: 1 << 28 });
  for (const line of nm.stdout.split('\n')) {
    const found = /^\s*([0-9a-f]+)\s+(\d+) [Tt] /.exec(line);
    if (!found) continue;
    const start = Number.parseInt(found[1]!, 16), end = start + Number(found[2]);
    const segment = segments.find((each) => start >= each.address && start < each.address + each.fileSize);
    if (!segment) continue;
    for (let at = start; at < end;) {
      const offset = segment.fileOffset + at - segment.address, i = decode(bytes, offset, at);
      if (!i) break;
      at += i.length;
      total++;
      // Equal bytes have equal patterns.
      const text = Buffer.from(i.bytes).toString('hex');
      if (!memo.has(text)) {
        // Of what was decoded last: making templates decodes, too.
        const tail = tailOf(i, offset);
        let own = traits.get(i.row.id);
        if (!own) traits.set(i.row.id, own = { pinned: 0, immediates: false, alone: false });
        const made = makeTemplate(i, own, module, helperSlots);
        memo.set(text, made && { pattern: `${i.row.id} ${made.pattern}`, head: tail && text.slice(0, 2 * tail.head) });
      }
      const names = memo.get(text);
      if (!names) continue;
      note(patterns, names.pattern, text, file);
      if (names.head !== undefined) note(heads, names.head, text, file);
    }
  }
}
function patternOfExample(text: string): string | undefined {
  const i = decode(Buffer.from(text, 'hex'), 0, 0x1000), own = i && traits.get(i.row.id);
  return i && own && `${i.row.id} ${patternOf(i, own)}`;
}
const frequent = (counts: Map<string, Counted>) => [...counts.values()].filter(({ count }) => count >= LEAST).sort((a, b) => b.count - a.count);
const share = (list: Counted[]) => `${(100 * list.reduce((sum, { count }) => sum + count, 0) / total).toFixed(2)} %`;
// What nearly every run executes comes first.
const templates = frequent(patterns).slice(0, MOST_PATTERNS), by = (a: Counted, b: Counted) => b.binaries - a.binaries || b.count - a.count;
// A recipe is of use only if its template is at hand.
const atHand = new Set(templates.map(({ example }) => patternOfExample(example)));
const recipes = [...[...executed.values()].sort(by), ...[...heads].filter(([head]) => !executed.has(head)).map(([, counted]) => counted).sort(by)].filter(({ example }) => atHand.has(patternOfExample(example))).slice(0, MOST_HEADS);
console.log(`${total} instructions; ${patterns.size} patterns, ${templates.length} of them at least ${LEAST} times: ${share(templates)}; ${heads.size} heads and ${executed.size} executed, ${recipes.length} taken`);
const chosen = new Set([...templates, ...recipes].map(({ example }) => example));
const lines: string[] = [];
for (const example of chosen) { const last = lines.at(-1); if (last !== undefined && last.length + example.length < 180) lines[lines.length - 1] = `${last} ${example}`; else lines.push(example); }
fs.writeFileSync(path.join(process.env.GOBUF_TOOLS!, '../src/translator/common-instructions.ts'), `// One example of every pattern that is worth a template at hand, and of every head that is worth a recipe, in hexadecimal.
// Must stay true: decodable instructions; made by tools/common-instructions.mjs from Go binaries.
// Over 400 lines: it is one list.
export const EXAMPLES = \`
${lines.join('\n')}
\`;

export const commonInstructions = (): Uint8Array[] => EXAMPLES.trim().split(/\\s+/).map((text) => Uint8Array.from({ length: text.length / 2 }, (_, at) => Number.parseInt(text.slice(2 * at, 2 * at + 2), 16)));
`);
