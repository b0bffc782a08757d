// `npm start`: everything from a fresh clone to the main job. Installs packages, builds, builds examples/switch when Go is here and
// assembles examples/runtime, which needs no Go; then opens VS Code on examples/switch, or without Go on examples/runtime (`code` and a display found) or plays the terminal session. `--terminal` forces the latter.
import fs from 'node:fs';
import path from 'node:path';
import { buildProduct, findCommand, giveUp, installPackages, root, run } from './setup.mjs';

const EXAMPLE = path.join(root, 'examples', 'switch');
const BINARY = path.join(root, 'dist', 'examples', 'switch');

installPackages();
console.log('Building …');
buildProduct();
const GOBUF = path.join(root, 'dist', 'gobuf.js');
const RUNTIME = path.join(root, 'examples', 'runtime');
const RUNTIME_BINARY = path.join(root, 'dist', 'examples', 'runtime');
fs.mkdirSync(path.dirname(BINARY), { recursive: true });
const sources = fs.readdirSync(RUNTIME).filter((name) => name.endsWith('.s')).map((name) => path.join(RUNTIME, name));
if (run(process.execPath, [GOBUF, 'asm', '-o', RUNTIME_BINARY, ...sources]) !== 0) giveUp('examples/runtime could not be assembled; the message is above.');
const hasGo = findCommand('go') !== undefined;
if (hasGo) {
  const env = { ...process.env, GOOS: 'linux', GOARCH: 'amd64', CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' };
  if (run('go', ['build', '-o', BINARY, '.'], { cwd: EXAMPLE, env }) !== 0) giveUp('go build of examples/switch failed; its message is above.');
}
// With Go both are there; --runtime asks for the small one.
const small = !hasGo || process.argv.includes('--runtime');
if (!hasGo) console.log('Go is not installed: here is examples/runtime, a runtime in assembly that needs none. With Go 1.19 or later (https://go.dev/dl/) npm start steps a Go program.');
else if (!small) console.log('npm start -- --runtime steps examples/runtime, a runtime small enough to read.');
const folder = small ? RUNTIME : EXAMPLE;

const display = process.platform === 'darwin' || process.platform === 'win32' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
const code = findCommand('code');
if (code && display && !process.argv.includes('--terminal')) {
  console.log(`Opening VS Code on examples/${path.basename(folder)}: press F5 to step the program from its first instruction.`);
  process.exit(run(code, ['--new-window', `--extensionDevelopmentPath=${root}`, folder, path.join(folder, small ? 'boot_amd64.s' : 'main.go')], { shell: process.platform === 'win32' }));
}
console.log(`${code ? 'No display' : 'No VS Code (command `code`)'} here: playing the terminal session examples/${path.basename(folder)}/session.gobuf.\n`);
process.exit(run(process.execPath, [GOBUF, 'exec', small ? RUNTIME_BINARY : BINARY, '--echo', '--init', path.join(folder, 'session.gobuf')]));
