// The assembler's report: how many instructions of the standard library's amd64 assembly get the bytes and offsets that `go tool asm` gives
// them, for the installed Go or another toolchain's folder (`node scripts/asm-report.mjs [GOROOT]`). Every difference is listed.
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
        else console.log(`${path.relative(goroot, file)}:${line}: ${got ?? 'nothing'}, should be ${row}`);
      });
    }
  }
}
console.log(`asm-report: ${equal} of ${total} instructions equal in ${files} files${rejected ? `, ${rejected} files that go tool asm rejects` : ''} (go1.${minor})`);
process.exit(equal === total && total > 0 ? 0 : 1);
