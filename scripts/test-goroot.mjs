// `npm run test:goroot [-- --every N] [-- NAME…]`: the programs of $GOROOT/test that the Go team runs on each change (`// run`), natively and here: same output, same status.
// Must stay true: only a program that Go itself does not build, or that does not end natively within SECONDS, is left out, and counted; what it writes of times and addresses may differ.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildProduct, findCommand, giveUp, installPackages, root } from './setup.mjs';

const SECONDS = 15, SECONDS_HERE = 120, MOST_SHOWN = 200;
const { values, positionals } = parseArgs({ allowPositionals: true, options: { every: { type: 'string', default: '1' } } });

installPackages();
buildProduct();
if (!findCommand('go')) giveUp('The go command is not here: there is nothing to compare with.');
const goroot = spawnSync('go', ['env', 'GOROOT'], { encoding: 'utf8' }).stdout.trim(), folder = path.join(goroot, 'test');
if (!fs.existsSync(folder)) giveUp(`${goroot} has no folder test: some distributions leave it out.`);

const programs = ['.', ...fs.readdirSync(folder, { withFileTypes: true }).filter((each) => each.isDirectory()).map((each) => each.name)]
  .flatMap((name) => fs.readdirSync(path.join(folder, name)).filter((file) => file.endsWith('.go')).map((file) => path.join(name, file)))
  .filter((file) => /^\/\/ run\s*$/m.test(fs.readFileSync(path.join(folder, file), 'utf8').slice(0, 500)))
  .filter((file, index) => (positionals.length > 0 ? positionals.some((word) => file.includes(word)) : index % Number(values.every) === 0));

const made = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-goroot-')), binary = path.join(made, 'program');
const build = { ...process.env, CGO_ENABLED: '0', GOOS: 'linux', GOARCH: 'amd64', GO111MODULE: 'off', GOFLAGS: '' };
// No tools on either side, as here: programs that start the compiler say that it is not there.
const env = { PATH: made, HOME: made, TZ: 'UTC', LC_ALL: 'C', GOROOT: goroot, GOBUF_CACHE: path.join(made, 'cache') };
const run = (command, args, seconds) => spawnSync(command, args, { cwd: made, env, encoding: 'latin1', timeout: seconds * 1000, maxBuffer: 1 << 28 });
const shown = ({ status, stdout, stderr }) => `status ${status}\n${stdout}\n${stderr.replace(/0x[0-9a-f]+/gi, '0x?').replace(/\bgoroutine \d+/g, 'goroutine N').replace(/\bm=\d+/g, 'm=N').replace(/\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d/g, 'TIME')}`;

let same = 0, compared = 0, leftOut = 0;
try {
  for (const name of programs) {
    fs.rmSync(binary, { force: true });
    const built = spawnSync('go', ['build', '-o', binary, path.join(folder, name)], { cwd: made, env: build, encoding: 'utf8' });
    const native = built.status === 0 ? run(binary, [], SECONDS) : undefined;
    if (!native || native.status === null) { leftOut++; console.log(`${name}: left out, ${native ? `natively it takes more than ${SECONDS} s` : 'go does not build it alone'}`); continue; }
    compared++;
    const ours = run(process.execPath, [path.join(root, 'dist', 'gobuf.js'), 'run', '--read', goroot, binary], SECONDS_HERE);
    const [theirs, here] = [shown(native), shown(ours)];
    if (theirs === here) { same++; continue; }
    const a = theirs.split('\n'), b = here.split('\n'), at = a.findIndex((line, i) => line !== b[i]);
    console.log(`${name}: DIFFERENT${ours.status === null ? `, not at its end after ${SECONDS_HERE} s` : ''}: ${JSON.stringify((b[at] ?? '').slice(0, MOST_SHOWN))}, natively ${JSON.stringify((a[at] ?? '').slice(0, MOST_SHOWN))}`);
  }
} finally { fs.rmSync(made, { recursive: true, force: true }); }
console.log(`goroot: ${same} of ${compared} programs as natively, ${leftOut} left out`);
process.exitCode = same === compared && same > 0 ? 0 : 1;
