// `npm run test:electron`: the same suites inside the desktop's VS Code, for machines that can download it (@vscode/test-electron).
// What it downloads goes to the tests' cache folder, never into the repository.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../support/vscode-host.mjs';
import { buildSuites, makeWorkspace, SETTINGS } from './prepare.mjs';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const tools = path.join(cacheFolder(), 'electron');
const PACKAGES = { '@vscode/test-electron': '^2.5.2', mocha: '^11.8.0' };
if (!Object.keys(PACKAGES).every((name) => fs.existsSync(path.join(tools, 'node_modules', name)))) {
  fs.mkdirSync(tools, { recursive: true });
  fs.writeFileSync(path.join(tools, 'package.json'), JSON.stringify({ private: true }));
  const done = spawnSync('npm', ['i', '--no-audit', '--no-fund', ...Object.entries(PACKAGES).map(([name, range]) => `${name}@${range}`)], { cwd: tools, stdio: 'inherit', shell: process.platform === 'win32' });
  if (done.status !== 0) process.exit(1);
}
const { runTests } = createRequire(path.join(tools, 'x.js'))('@vscode/test-electron');

const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-electron-'));
const results = path.join(temporary, 'results.txt'), user = path.join(temporary, 'user');
const workspace = makeWorkspace(root, path.join(temporary, 'workspace'));
fs.mkdirSync(path.join(user, 'User'), { recursive: true });
fs.writeFileSync(path.join(user, 'User', 'settings.json'), JSON.stringify(SETTINGS));
let failed = false;
try {
  await runTests({
    cachePath: path.join(tools, 'vscode'), extensionDevelopmentPath: root, extensionTestsPath: await buildSuites(root, path.join(temporary, 'suites')),
    launchArgs: [workspace, '--disable-extensions', '--user-data-dir', user],
    extensionTestsEnv: { GOBUF_TEST_RESULTS: results, GOBUF_TEST_MOCHA: path.join(tools, 'node_modules', 'mocha'), GOBUF_TEST_WORKSPACE: workspace, GOBUF_TEST_ROOT: root, GOBUF_TEST_GREP: '' },
  });
} catch (error) {
  failed = true;
  console.error(`The suites did not pass in the desktop's VS Code: ${error.message}`);
}
if (fs.existsSync(results)) process.stdout.write(fs.readFileSync(results, 'utf8'));
fs.rmSync(temporary, { recursive: true, force: true });
process.exit(failed ? 1 : 0);
