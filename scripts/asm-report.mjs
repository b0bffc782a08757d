// The assembler's report (`npm run report:asm`): how many instructions of the standard library's amd64 assembly get the bytes and offsets that `go tool asm` gives
// them, and how many lines of Go's own assembler tests the bytes that stand beside them, for the installed Go or another toolchain's folder
// (`node scripts/asm-report.mjs [GOROOT]`). Every difference is listed, with the reason from REASONS where it is meant to be.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root } from './setup.mjs';

const run = (command, args, env = {}) => spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 30, env: { ...process.env, GOOS: 'linux', GOARCH: 'amd64', CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOFLAGS: '', ...env } });
const goroot = process.argv[2] ?? run('go', ['env', 'GOROOT']).stdout?.trim();
if (!goroot || !fs.existsSync(path.join(goroot, 'src'))) { console.error('asm-report: no Go is here; name a GOROOT.'); process.exit(2); }
const go = path.join(goroot, 'bin', 'go'), env = { GOROOT: goroot };
const gobuf = (...args) => run(process.execPath, [path.join(root, 'dist', 'gobuf.js'), ...args], env);
const minor = Number(/go1\.(\d+)/.exec(run(go, ['version'], env).stdout)?.[1]);
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-asm-'));
process.on('exit', () => fs.rmSync(work, { recursive: true, force: true }));

/** line -> `OFFSET BYTES` of each instruction, from the listing of go tool asm. */
function listing(text, file) {
  const lines = new Map();
  let rows = [], hex = '';
  const flush = () => {
    rows.forEach(({ offset, source, line }, i) => {
      const bytes = hex.slice(offset * 2, (rows[i + 1]?.offset ?? hex.length / 2) * 2);
      if (bytes && source === file) lines.set(line, [...(lines.get(line) ?? []), `${offset.toString(16)} ${bytes}`]);
    });
    rows = [];
    hex = '';
  };
  for (const each of text.split('\n')) {
    if (/^\S/.test(each)) { flush(); continue; }
    const row = /^\t0x[0-9a-f]+ (\d{5,}) \((.*?):(\d+)(?::\d+)?\)\t/.exec(each);
    if (row) { rows.push({ offset: Number(row[1]), source: row[2], line: Number(row[3]) }); continue; }
    const dump = /^\t0x[0-9a-f]+((?: [0-9a-f]{2}){1,16}) {2}/.exec(each);
    if (dump) hex += dump[1].replaceAll(' ', '');
  }
  flush();
  return lines;
}

/** Differences that are meant: a part of the line that is printed, and why. None so far. */
const REASONS = [];
let excused = 0;
function differs(text) {
  const [, reason] = REASONS.find(([part]) => text.includes(part)) ?? [];
  if (reason) excused++;
  console.log(reason ? `${text} (${reason})` : text);
}

const packages = run(go, ['list', '-e', '-f', '{{if .SFiles}}{{.ImportPath}}\t{{.Dir}}\t{{join .SFiles " "}}{{end}}', 'std'], env).stdout.split('\n').filter(Boolean).map((line) => line.split('\t'));
let equal = 0, total = 0, files = 0, rejected = 0;
for (const [importPath, dir, names] of packages) {
  fs.writeFileSync(path.join(work, 'go_asm.h'), gobuf('layout', dir).stdout);
  for (const name of names.split(' ')) {
    const file = path.join(dir, name);
    const runtime = minor < 22 && /^(runtime|reflect|syscall|internal\/bytealg)/.test(importPath) ? ['-compiling-runtime'] : [];
    const theirs = run(go, ['tool', 'asm', ...runtime, '-p', importPath, '-I', work, '-I', dir, '-I', path.join(goroot, 'pkg/include'), '-D', 'GOOS_linux', '-D', 'GOARCH_amd64', '-D', 'GOAMD64_v1', '-S', '-o', path.join(work, 'out'), file], env);
    if (theirs.status !== 0) { rejected++; continue; }
    files++;
    const ours = new Map();
    for (const each of gobuf('asm', '-S', file).stdout.split('\n')) {
      const row = /^(.*):(\d+)\t(\w+)\t(\w+)\t/.exec(each);
      if (row?.[1] === file) ours.set(Number(row[2]), [...(ours.get(Number(row[2])) ?? []), `${row[3]} ${row[4]}`]);
    }
    for (const [line, rows] of listing(theirs.stdout, file)) {
      rows.forEach((row, i) => {
        total++;
        const got = ours.get(line)?.[i];
        if (got === row) equal++;
        else differs(`${path.relative(goroot, file)}:${line}: ${got ?? 'nothing'}, should be ${row}`);
      });
    }
  }
}

// Go's own tests: the bytes of a line stand in its comment, alternatives with "or" between them.
const testdata = path.join(goroot, 'src/cmd/asm/internal/asm/testdata');
const names = fs.existsSync(testdata) ? fs.readdirSync(testdata, { recursive: true }).filter((name) => /^(amd64enc|amd64enc_extra|amd64)\.s$|^avx512enc[/\\].*\.s$/.test(name)).sort() : [];
let same = 0, lines = 0;
for (const name of names) {
  const file = path.join(testdata, name), ours = new Map();
  for (const each of gobuf('asm', '-S', file).stdout.split('\n')) {
    const row = /^.*:(\d+)\t\w+\t(\w+)\t/.exec(each);
    if (row) ours.set(Number(row[1]), (ours.get(Number(row[1])) ?? '') + row[2]);
  }
  fs.readFileSync(file, 'utf8').split('\n').forEach((line, i) => {
    const wanted = /^\s*[^\s/].*\/\/ ((?:[0-9a-f]{2})+(?: or (?:[0-9a-f]{2})+)*)\s*$/.exec(line)?.[1];
    if (!wanted) return;
    lines++;
    const got = ours.get(i + 1);
    if (got !== undefined && wanted.split(' or ').includes(got)) same++;
    else differs(`${path.relative(goroot, file)}:${i + 1}: ${got ?? 'nothing'}, should be ${wanted}`);
  });
}
const meant = excused ? `, ${excused} differences that are meant` : '';
console.log(`asm-report: ${equal} of ${total} instructions equal in ${files} files${rejected ? `, ${rejected} files that go tool asm rejects` : ''}; ${same} of ${lines} lines of Go's own tests in ${names.length} files${meant} (go1.${minor})`);
process.exit(equal + same + excused === total + lines && total > 0 ? 0 : 1);
