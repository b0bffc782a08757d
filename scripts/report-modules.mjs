// `npm run report:modules [-- WORD…]`: the assembly of well-known Go modules (test/modules/assembly.txt), judged here and by Go: findings of `go vet`, symbols of
// `go tool asm -gensymabis`, what `go tool asm` takes and refuses, and the machine code before and after formatting. Every difference is listed.
// Must stay true: a module that could not be had or read by the go command is said so, never left out. Needs the go command and the Go module proxy.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildProduct, findCommand, giveUp, installPackages, root } from './setup.mjs';

const ARCHES = { amd64: ['GOAMD64_v1'], arm64: [], 386: ['GO386_sse2'], arm: ['GOARM_7', 'GOARM_6', 'GOARM_5'], ppc64le: ['GOPPC64_power8'], riscv64: ['GORISCV64_rva20u64'], s390x: [], loong64: [] };
const words = process.argv.slice(2).filter((word) => !word.startsWith('--'));
if (!findCommand('go')) giveUp('The go command is not here: there is nothing to compare with.');
installPackages();
if (!process.argv.includes('--no-build')) buildProduct();
const goroot = spawnSync('go', ['env', 'GOROOT'], { encoding: 'utf8' }).stdout.trim();
const modules = fs.readFileSync(path.join(root, 'test', 'modules', 'assembly.txt'), 'utf8').split('\n').filter((line) => line && !line.startsWith('#') && (words.length === 0 || words.some((word) => line.includes(word))));
const work = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'gobuf-modules-'));
process.on('exit', () => fs.rmSync(work, { recursive: true, force: true }));

const run = (command, args, cwd, env = {}) => spawnSync(command, args, { cwd, encoding: 'utf8', timeout: 600_000, maxBuffer: 1 << 28, env: { ...process.env, GOFLAGS: '-mod=mod', GOWORK: 'off', GOOS: 'linux', CGO_ENABLED: '0', ...env } });
// Without the go command on PATH, so that nothing is asked of it.
const gobuf = (args, cwd) => spawnSync(process.execPath, [path.join(root, 'dist', 'gobuf.js'), ...args], { cwd, encoding: 'utf8', maxBuffer: 1 << 28, env: { PATH: '', HOME: process.env.HOME, GOROOT: goroot } });

/** Folders below with assembly and Go files. */
function folders(at) {
  const entries = fs.readdirSync(at, { withFileTypes: true });
  const own = entries.some(({ name }) => name.endsWith('.s')) && entries.some(({ name }) => name.endsWith('.go')) ? [at] : [];
  return [...own, ...entries.flatMap((entry) => (entry.isDirectory() && !/^([._].*|testdata|vendor)$/.test(entry.name) && !fs.existsSync(path.join(at, entry.name, 'go.mod')) ? folders(path.join(at, entry.name)) : []))];
}

/** `FILE:LINE CODE` -> message. */
function vetFindings(text) {
  const found = new Map();
  for (const block of text.replace(/^\{\}\n/gm, '').split(/^# .*\n/m)) {
    for (const json of block.split(/(?<=^\})\n/m)) {
      if (!json.trim().startsWith('{')) continue;
      let all;
      try { all = JSON.parse(json); } catch { continue; }
      for (const analyzers of Object.values(all)) for (const [code, list] of Object.entries(analyzers)) if (Array.isArray(list)) for (const { posn, message } of list) {
        const at = /^(.*\.s):(\d+)(?::\d+)?$/.exec(posn);
        if (at) found.set(`${at[1]}:${at[2]} ${code}`, message);
      }
    }
  }
  return found;
}

/** Of `FILE:LINE CODE`. */
const fileOf = (key) => key.replace(/:\d+ \w+$/, '');

/** The listing without places: bytes, symbols, relocations. */
const code = (listing) => listing.split('\n').filter((line) => !/^\t0x[0-9a-f]+ \d{5,} \(/.test(line)).join('\n');

const totals = { vet: [0, 0], symbols: [0, 0], accepted: [0, 0], format: [0, 0] };
const count = (what, same) => { totals[what][1]++; if (same) totals[what][0]++; };

for (const module of modules) {
  const say = (text) => console.log(`${module}: ${text.replaceAll(`${work}/`, '')}`);
  const download = run('go', ['mod', 'download', '-json', module], work);
  const from = /"Dir": "(.*)"/.exec(download.stdout)?.[1];
  if (!from) { say(`cannot be had: ${(download.stdout + download.stderr).trim().split('\n').at(-1)}`); process.exitCode = 1; continue; }
  const home = path.join(work, module.replaceAll('/', '+'));
  fs.cpSync(from, home, { recursive: true });
  spawnSync('chmod', ['-R', 'u+w', home]);
  if (!fs.existsSync(path.join(home, 'go.mod'))) fs.writeFileSync(path.join(home, 'go.mod'), `module ${module.replace(/@.*/, '')}\n\ngo 1.17\n`);
  const dirs = folders(home);
  if (dirs.length === 0) { say('has no assembly beside Go files'); fs.rmSync(home, { recursive: true, force: true }); continue; }
  let files = dirs.flatMap((dir) => fs.readdirSync(dir).filter((name) => name.endsWith('.s')).map((name) => path.join(dir, name)));
  const checked = gobuf(['check', '--json', ...files], home);
  if (checked.status !== 0 && checked.status !== 1) say(`gobuf check ended with ${checked.status}: ${checked.stderr.split('\n')[0]}`);
  const own = checked.stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line)).map((each) => ({ ...each, file: path.resolve(home, each.file) }));
  const ours = new Map(own.filter(({ code: of }) => of === 'asmdecl' || of === 'framepointer').map(({ file, line, code: of, message }) => [`${file}:${line} ${of}`, message]));
  const theirs = new Map();
  const seen = new Map();
  // JavaScript puts 386 first; here the first is the one that files without a suffix are read for.
  for (const arch of ['amd64', ...Object.keys(ARCHES).filter((each) => each !== 'amd64')]) {
    const wanted = dirs.filter((dir) => fs.readdirSync(dir).some((name) => name.endsWith('.s') && (name.includes(`_${arch}`) || !/_(amd64|arm64|386|arm|ppc64|ppc64le|ppc64x|riscv64|s390x|loong64|mips\w*|wasm)(_test)?\.s$/.test(name))));
    if (wanted.length === 0) continue;
    const list = run('go', ['list', '-e', '-f', '{{if .SFiles}}{{.Dir}}\t{{.ImportPath}}\t{{join .SFiles " "}}{{end}}', ...wanted.map((dir) => `./${path.relative(home, dir)}`)], home, { GOARCH: arch });
    const packages = list.stdout.split('\n').filter(Boolean).map((line) => line.split('\t'));
    if (list.status !== 0) say(`go list for ${arch}: ${list.stderr.split('\n')[0]}`);
    if (packages.length === 0) continue;
    const vet = (...dirs) => run('go', ['vet', '-json', '-asmdecl', '-framepointer', ...dirs.map((dir) => `./${path.relative(home, dir)}`)], home, { GOARCH: arch });
    let found = [vet(...packages.map(([dir]) => dir))];
    // A package that does not compile is judged by nobody, and may keep others from being judged in the same run.
    const unjudged = [];
    if (found[0].status !== 0) {
      say(`go vet for ${arch}: ${found[0].stderr.split('\n').find((line) => line && !/^[#{}\t]/.test(line)) ?? ''}`);
      // Mostly tests that need what the module does not bring.
      for (const [dir] of packages) for (const name of fs.readdirSync(dir)) if (/_test\.(go|s)$/.test(name)) fs.rmSync(path.join(dir, name));
      // What has been said once is not always said again.
      found.push(...packages.map(([dir]) => { const alone = vet(dir); if (alone.status !== 0) unjudged.push(dir); return alone; }));
      if (unjudged.length) say(`not compared for ${arch}: ${unjudged.map((dir) => path.relative(home, dir)).join(', ')}`);
    }
    for (const [dir, importPath, names] of packages) for (const name of names.split(' ')) {
      const file = path.join(dir, name), known = seen.get(file);
      if (known) known.others.push(arch);
      else if (fs.existsSync(file)) seen.set(file, { dir, importPath, arch, others: [], judged: !unjudged.includes(dir) });
    }
    // A file is read for one GOARCH here, the first that it is built for: what vet says of it for others (amd64's code in a file without a suffix) is not compared.
    for (const { stdout, stderr } of found) for (const [key, message] of vetFindings(`${stdout}\n${stderr}`)) if (seen.get(fileOf(key))?.arch === arch) theirs.set(key, message);
  }
  files = files.filter((file) => fs.existsSync(file));
  for (const file of [...seen.keys()]) if (!fs.existsSync(file)) seen.delete(file);
  for (const key of new Set([...ours.keys(), ...theirs.keys()])) {
    if (seen.get(fileOf(key))?.judged !== true) continue;
    count('vet', ours.has(key) === theirs.has(key));
    if (ours.has(key) !== theirs.has(key)) say(`${theirs.has(key) ? `only go vet: ${key}: ${theirs.get(key)}` : `only here: ${key}: ${ours.get(key)}`}`);
  }
  const symbols = new Map();
  let current;
  for (const line of gobuf(['symbols', ...files, ...files.slice(0, 1)], home).stdout.split('\n')) {
    const file = /^# (.*)$/.exec(line)?.[1];
    if (file !== undefined) symbols.set(file, (current = new Set()));
    else if (line) current?.add(line);
  }
  const before = new Map();
  const assemble = (file, { dir, importPath, arch }, ...options) => {
    const header = path.join(work, 'include', `${arch}${dir.replaceAll('/', '+')}`);
    if (!fs.existsSync(header)) {
      fs.mkdirSync(header, { recursive: true });
      fs.writeFileSync(path.join(header, 'go_asm.h'), gobuf(['layout', '--goos', 'linux', '--goarch', arch, dir], home).stdout);
    }
    return run('go', ['tool', 'asm', '-p', importPath, '-I', header, '-I', dir, '-I', path.join(goroot, 'pkg', 'include'), '-D', 'GOOS_linux', ...[`GOARCH_${arch}`, ...ARCHES[arch]].flatMap((name) => ['-D', name]), ...options, file], dir, { GOARCH: arch });
  };
  for (const [file, where] of seen) {
    const out = path.join(work, 'out');
    const abis = assemble(file, where, '-gensymabis', '-o', out);
    if (abis.status === 0) {
      const wanted = new Set(fs.readFileSync(out, 'utf8').split('\n').filter(Boolean));
      const found = symbols.get(file) ?? new Set();
      const lacks = [...wanted].filter((line) => !found.has(line)), extra = [...found].filter((line) => !wanted.has(line));
      count('symbols', lacks.length + extra.length === 0);
      if (lacks.length + extra.length) say(`symbols of ${file} for ${where.arch}: lacks ${lacks.slice(0, 3).join(', ') || 'none'}, has ${extra.slice(0, 3).join(', ') || 'none'} more`);
    }
    let listing = assemble(file, where, '-S', '-o', out);
    // What has no suffix may be meant for another GOARCH than the first.
    for (const arch of where.others) {
      if (listing.status === 0) break;
      const other = assemble(file, { ...where, arch }, '-S', '-o', out);
      if (other.status === 0) [listing, where.arch] = [other, arch];
    }
    const errors = own.filter((each) => each.file === file && each.severity === 'error');
    // Beyond amd64 the assembler's back end is its own: only what is an error here must be one there.
    const same = listing.status === 0 ? errors.length === 0 : errors.length > 0 || where.arch !== 'amd64';
    count('accepted', same);
    if (!same) say(listing.status === 0 ? `only here: ${file}:${errors[0].line}: ${errors[0].message} (${errors[0].code}), ${errors.length} in all` : `only go tool asm refuses ${file}: ${listing.stderr.split('\n')[0]}`);
    if (listing.status === 0) before.set(file, code(listing.stdout));
  }
  // In place: these are copies.
  const texts = () => new Map(files.map((file) => [file, fs.readFileSync(file, 'utf8')]));
  const formatted = gobuf(['fmt', '-w', ...files], home);
  if (formatted.status !== 0) say(`gobuf fmt: ${formatted.stderr.split('\n')[0]}`);
  const once = texts();
  gobuf(['fmt', '-w', ...files], home);
  const twice = texts();
  for (const file of files) {
    const listing = before.has(file) ? assemble(file, seen.get(file), '-S', '-o', path.join(work, 'out')) : undefined;
    const stable = once.get(file) === twice.get(file), same = !listing || code(listing.stdout) === before.get(file);
    count('format', stable && same);
    if (!stable) say(`formatting ${file} twice changes it again`);
    if (!same) say(`formatting ${file} changes its code: ${listing.stderr.split('\n')[0]}`);
  }
  say(`${files.length} files, of which ${seen.size} are built on linux`);
  fs.rmSync(home, { recursive: true, force: true });
}
console.log(`${modules.length} modules: ${totals.vet.join(' of ')} findings as go vet's, symbols of ${totals.symbols.join(' of ')} files as go tool asm's, ${totals.accepted.join(' of ')} files accepted or refused alike, ${totals.format.join(' of ')} files formatted once and for all to the same code`);
