// `npm run test:modules [-- PROGRAM…]`: programs of test/modules, made of well-known Go modules, natively and here: same output, same status.
// Must stay true: a program that could not be built or run natively is said so and is a failure, never left out. Needs the go command and the Go module proxy.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildProduct, findCommand, giveUp, installPackages, root } from './setup.mjs';

const FOLDER = path.join(root, 'test', 'modules'), SECONDS = 300;
const asked = process.argv.slice(2).filter((word) => !word.startsWith('--'));

installPackages();
buildProduct();
if (!findCommand('go')) giveUp('The go command is not here: there is nothing to compare with.');
const programs = fs.readdirSync(FOLDER).filter((name) => fs.existsSync(path.join(FOLDER, name, 'main.go')) && (asked.length === 0 || asked.includes(name)));
const made = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-modules-'));
const run = (command, args) => spawnSync(command, args, { cwd: made, encoding: 'utf8', timeout: SECONDS * 1000, maxBuffer: 1 << 26 });
let same = 0;
try {
  for (const name of programs) {
    const binary = path.join(made, name);
    const built = spawnSync('go', ['build', '-o', binary, `./${name}`], { cwd: FOLDER, encoding: 'utf8', env: { ...process.env, CGO_ENABLED: '0', GOOS: 'linux', GOARCH: 'amd64', GOFLAGS: '-mod=readonly' } });
    if (built.status !== 0) { console.log(`${name}: could not be built: ${built.stderr.trim().split('\n').slice(-2).join(' ')}`); continue; }
    const native = run(binary, []), began = Date.now(), ours = run(process.execPath, [path.join(root, 'dist', 'gobuf.js'), 'run', binary]);
    const seconds = ((Date.now() - began) / 1000).toFixed(1);
    if (native.status !== 0) console.log(`${name}: natively it ended with status ${native.status}: ${native.stderr.trim().split('\n')[0]}`);
    else if (ours.status === native.status && ours.stdout === native.stdout) { same++; console.log(`${name}: the same (${seconds} s)`); }
    else console.log(`${name}: DIFFERENT, status ${ours.status ?? ours.signal}: ${difference(native.stdout, ours.stdout)} ${ours.stderr.trim().split('\n').slice(-2).join(' ')}`);
  }
} finally { fs.rmSync(made, { recursive: true, force: true }); }
console.log(`modules: ${same} of ${programs.length} programs as natively`);
process.exitCode = same === programs.length && same > 0 ? 0 : 1;

function difference(native, ours) {
  const a = native.split('\n'), b = ours.split('\n'), at = a.findIndex((line, i) => line !== b[i]);
  return at < 0 ? 'the same beginning' : `line ${at + 1} is ${JSON.stringify(b[at] ?? '')}, natively ${JSON.stringify(a[at])}`;
}
