// Runs the suites of test/vscode/suites inside a real VS Code: `node test/vscode/run.mjs [--grep TEXT] [--shots DIR] [--logs DIR]`.
// Must stay true: its last line is `N passed, N failed, N skipped`, and its exit status is 0 only when that line says that all is well.
//   --grep TEXT   only tests whose title contains TEXT     --shots DIR  a picture per request of a suite, light and dark
//   --logs DIR    keep VS Code's logs there
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureHost } from '../support/vscode-host.mjs';
import { buildSuites, makeWorkspace, SETTINGS } from './prepare.mjs';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const TIME_LIMIT_MS = 900_000;
const { values: options } = parseArgs({ options: { grep: { type: 'string' }, shots: { type: 'string' }, logs: { type: 'string' } } });

/** Something of the host is missing: said as a failure, since nothing was tested. */
function giveUp(message) {
  console.log(message);
  console.log('0 passed, 1 failed, 0 skipped');
  process.exit(1);
}

let host;
try { host = ensureHost((line) => console.log(line)); } catch (error) { giveUp(`The VS Code host could not be installed: ${error.message}`); }
if (!fs.existsSync(path.join(root, 'dist', 'extension.js'))) {
  const built = spawnSync(process.execPath, [path.join(root, 'scripts', 'build.mjs')], { cwd: root, stdio: 'inherit' });
  if (built.status !== 0) giveUp('The extension could not be built.');
}
const { chromium } = await import(pathToFileURL(createRequire(path.join(host.modules, 'x.js')).resolve('playwright-core')).href).then((module) => module.default ?? module);

const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-vscode-'));
const data = path.join(temporary, 'data'), results = path.join(temporary, 'results.txt');
const workspace = makeWorkspace(root, path.join(temporary, 'workspace'));
const suites = await buildSuites(root, path.join(temporary, 'suites'));
fs.mkdirSync(path.join(data, 'data/User'), { recursive: true });
fs.writeFileSync(path.join(data, 'data/User/settings.json'), JSON.stringify(SETTINGS));

const env = {
  ...process.env,
  GOBUF_TEST_RESULTS: results, GOBUF_TEST_MOCHA: path.join(host.modules, 'mocha'), GOBUF_TEST_WORKSPACE: workspace, GOBUF_TEST_ROOT: root, GOBUF_TEST_GREP: options.grep ?? '', GOBUF_TEST_SHOTS: options.shots ? path.join(temporary, 'shots') : '',
  EXTENSIONS_GALLERY: '{"serviceUrl":"","itemUrl":"","resourceUrlTemplate":"","controlUrl":""}', // no look-ups in a marketplace
};
const server = spawn(host.node, [
  host.server, '--accept-server-license-terms', '--server-data-dir', data, '--host', '127.0.0.1', '--port', '0', '--without-connection-token', '--telemetry-level', 'off', '--disable-workspace-trust',
  '--enable-smoke-test-driver', // without it a built VS Code ignores extensionTestsPath and says nothing
], { env, stdio: ['ignore', 'pipe', 'pipe'] });
let log = '';
server.stderr.on('data', (chunk) => { log += chunk; });
const port = await new Promise((resolve, reject) => {
  server.stdout.on('data', (chunk) => { log += chunk; const match = /listening on (\d+)/.exec(log); if (match) resolve(match[1]); });
  server.on('exit', (code) => reject(new Error(`VS Code's server ended with status ${code}\n${log}`)));
}).catch((error) => giveUp(error.message));

const base = `http://127.0.0.1:${port}`, uri = (file) => `vscode-remote://127.0.0.1:${port}${file}`;
const payload = [['extensionDevelopmentPath', uri(root)], ['extensionTestsPath', uri(suites)], ['skipWelcome', 'true'], ['skipReleaseNotes', 'true']];
const browser = await chromium.launch({ executablePath: host.chromium, headless: true, args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] });
const page = await (await browser.newContext({ viewport: { width: 1500, height: 950 } })).newPage();
await page.context().route((url) => url.hostname !== '127.0.0.1', (route) => route.abort());

/** A suite asks for a picture by a file NAME.ask, and goes on when NAME.done is there. */
const asks = path.join(temporary, 'shots');
fs.mkdirSync(asks);
const watcher = options.shots ? fs.watch(asks, (_event, file) => {
  const name = /^(.*)\.ask$/.exec(file ?? '')?.[1];
  if (!name || !fs.existsSync(path.join(asks, file))) return;
  fs.rmSync(path.join(asks, file));
  void (async () => {
    fs.mkdirSync(options.shots, { recursive: true });
    await page.waitForTimeout(600); // what fades in is there then; only pictures wait like this, never a test
    await page.screenshot({ path: path.join(options.shots, `${name}.png`) });
    fs.writeFileSync(path.join(asks, `${name}.done`), '');
  })();
}) : undefined;
const lines = [];
let pageTrouble;
const code = await new Promise((resolve) => {
  const timer = setTimeout(() => { pageTrouble = `no result within ${TIME_LIMIT_MS / 1000} s`; resolve(124); }, TIME_LIMIT_MS);
  const done = (status) => { clearTimeout(timer); resolve(status); };
  void (async () => {
    await page.exposeFunction('codeAutomationLog', (type, args) => {
      const text = args.map((each) => (typeof each === 'string' ? each : JSON.stringify(each))).join(' ');
      lines.push(`[${type}] ${text}`);
    });
    await page.exposeFunction('codeAutomationExit', (status) => done(status));
    page.on('crash', () => { pageTrouble = 'the page crashed'; done(125); });
    server.removeAllListeners('exit');
    server.on('exit', () => { pageTrouble = "VS Code's server ended"; done(126); });
    await page.goto(`${base}/?folder=${encodeURIComponent(workspace)}&payload=${encodeURIComponent(JSON.stringify(payload))}`);
  })().catch((error) => { pageTrouble = error.message; done(127); });
});
watcher?.close();
const out = fs.existsSync(results) ? fs.readFileSync(results, 'utf8') : '';
process.stdout.write(out);
if (pageTrouble) console.log(pageTrouble);
if (!out || pageTrouble) console.log(lines.slice(-40).join('\n'));
if (options.logs) {
  fs.mkdirSync(options.logs, { recursive: true });
  fs.writeFileSync(path.join(options.logs, 'console.log'), lines.join('\n'));
  fs.writeFileSync(path.join(options.logs, 'server.log'), log);
  if (fs.existsSync(path.join(data, 'data/logs'))) fs.cpSync(path.join(data, 'data/logs'), path.join(options.logs, 'remote'), { recursive: true });
}
await browser.close();
server.removeAllListeners('exit');
server.kill();
await new Promise((resolve) => (server.exitCode !== null || server.signalCode !== null ? resolve() : server.once('close', resolve)));
fs.rmSync(temporary, { recursive: true, force: true });
const closing = /(\d+) passed, (\d+) failed, (\d+) skipped\s*$/.exec(out);
if (!closing) console.log('0 passed, 1 failed, 0 skipped');
process.exit(closing && closing[2] === '0' && code === 0 ? 0 : 1);
