// Checks that every source file begins with a comment that says what it is for, and lists files over 400 lines that give no reason
// for their length (one that says "Over 400 lines:" or "Long because"). Exit status 1 if a file fails.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';

const MAX_LINES = 400;
const list = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.mjs', '*.go', '*.sh'], { encoding: 'utf8' });
const failures = [];
for (const file of list.split('\n').filter((name) => name && !name.endsWith('.d.ts') && fs.existsSync(name))) {
  const lines = fs.readFileSync(file, 'utf8').split('\n');
  const first = lines[0]?.startsWith('#!') ? lines[1] : lines[0];
  if (!/^(\/\/|\/\*|#) ?\S/.test(first ?? '')) failures.push(`${file}:1: begins with no comment that says what the file is for`);
  const header = lines.slice(0, lines.findIndex((line) => line !== '' && !/^(\/\/|\/\*| \*|#)/.test(line))).join('\n');
  if (lines.length > MAX_LINES && !/long because|over 400 lines/i.test(header)) failures.push(`${file}:1: ${lines.length} lines, over ${MAX_LINES}, and the header gives no reason ("Over 400 lines: …" or "Long because …")`);
}
for (const failure of failures) console.error(failure);
process.exitCode = failures.length > 0 ? 1 : 0;
