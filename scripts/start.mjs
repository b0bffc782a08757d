// `npm start`: everything from a fresh clone to the main job. Installs packages, builds, builds examples/switch when Go is here, then
// opens VS Code on it (`code` and a display found) or plays the terminal session. `--terminal` forces the latter.
import fs from 'node:fs';
import path from 'node:path';
import { buildProduct, findCommand, giveUp, installPackages, root, run } from './setup.mjs';

const EXAMPLE = path.join(root, 'examples', 'switch');
const BINARY = path.join(root, 'dist', 'examples', 'switch');

installPackages();
console.log('Building …');
buildProduct();
if (!findCommand('go')) giveUp('The example is a Go program: install Go 1.19 or later (https://go.dev/dl/) and run npm start again.', 0);
fs.mkdirSync(path.dirname(BINARY), { recursive: true });
const env = { ...process.env, GOOS: 'linux', GOARCH: 'amd64', CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' };
if (run('go', ['build', '-o', BINARY, '.'], { cwd: EXAMPLE, env }) !== 0) giveUp('go build of examples/switch failed; its message is above.');

const display = process.platform === 'darwin' || process.platform === 'win32' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
const code = findCommand('code');
if (code && display && !process.argv.includes('--terminal')) {
  console.log('Opening VS Code on examples/switch: press F5 to step the program from its first instruction.');
  process.exit(run(code, ['--new-window', `--extensionDevelopmentPath=${root}`, EXAMPLE, path.join(EXAMPLE, 'main.go')], { shell: process.platform === 'win32' }));
}
console.log(`${code ? 'No display' : 'No VS Code (command `code`)'} here: playing the terminal session examples/switch/session.gobuf.\n`);
process.exit(run(process.execPath, [path.join(root, 'dist', 'gobuf.js'), 'exec', BINARY, '--echo', '--init', path.join(EXAMPLE, 'session.gobuf')]));
