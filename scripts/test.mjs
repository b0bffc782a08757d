// `npm test`: installs what is missing, builds, type checks, lints and runs every suite; the last line is `N passed, N failed`.
// Must stay true: works before `npm install` was ever run, counts a step that cannot run as a failure, names what was skipped and why.
//
//   --install   also install Go toolchains, Delve and qemu-user (the default when CI is set)
//   --only STEP…  some of: build types lint unit integration vscode
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { findCommand, installPackages, root } from './setup.mjs';

const words = process.argv.slice(2);
const only = words.includes('--only') ? words.slice(words.indexOf('--only') + 1) : undefined;
const wants = (step) => !only || only.includes(step);
const install = words.includes('--install') || Boolean(process.env.CI);
const VSCODE = path.join(root, 'test', 'vscode', 'run.mjs');
const total = { passed: 0, failed: 0, skipped: 0 };
const remarks = [];

/** Runs a step with its output shown; resolves with its exit status and the end of its output. */
function show(args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], ...options });
    let tail = '';
    child.stdout.on('data', (chunk) => { process.stdout.write(chunk); tail = (tail + chunk).slice(-20_000); });
    child.on('close', (status) => resolve({ status: status ?? 1, tail }));
  });
}
/** The beginning of why a test failed, for those who see only the end of what is printed. */
const reason = (messages) => String(messages[0] ?? '').split('\n').filter((line) => !/^\s+at /.test(line)).slice(0, 12).join('\n    ').slice(0, 1000);
const count = (passed, failed, skipped = 0) => { total.passed += passed; total.failed += failed; total.skipped += skipped; };

/** A step that is one pass or one failure. */
async function step(name, title, args) {
  if (!wants(name)) return;
  console.log(`\n== ${title}`);
  const { status } = await show(args);
  count(Number(status === 0), Number(status !== 0));
  if (status !== 0) remarks.push(`failed: ${title}`);
}

/** Tools that suites compare with; whoever is asked to install may use the package manager. */
function installTools() {
  const versions = JSON.parse(fs.readFileSync(path.join(root, 'test/support/go-versions.json'), 'utf8'));
  const packages = [...(findCommand('qemu-x86_64') ? [] : ['qemu-user']), ...(fs.existsSync('/usr/lib/go-1.19/bin/go') ? [] : ['golang-1.19-go', 'golang-1.19-src'])];
  if (packages.length > 0 && findCommand('apt-get') && process.getuid?.() === 0) {
    console.log(`Installing ${packages.join(' ')} …`);
    spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore' });
    if (spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }).status !== 0) remarks.push(`could not install: ${packages.join(' ')}`);
  }
  if (!findCommand('go')) { remarks.push('no go command here: nothing is compared with Go'); return; }
  for (const version of versions.filter((each) => Number(each.split('.')[1]) >= 21)) {
    if (spawnSync('go', ['version'], { stdio: 'ignore', env: { ...process.env, GOTOOLCHAIN: version } }).status !== 0) remarks.push(`could not get ${version}`);
  }
  if (!findCommand('dlv') && spawnSync('go', ['install', 'github.com/go-delve/delve/cmd/dlv@v1.27.2'], { stdio: 'inherit' }).status === 0) {
    const bin = spawnSync('go', ['env', 'GOPATH'], { encoding: 'utf8' }).stdout.trim();
    process.env.PATH += path.delimiter + path.join(bin, 'bin');
  }
}

async function vitest(project, title) {
  if (!wants(project)) return;
  console.log(`\n== ${title}`);
  const report = path.join(root, 'out', `vitest-${project}.json`);
  fs.rmSync(report, { force: true });
  const { status } = await show(['node_modules/vitest/vitest.mjs', 'run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]);
  let result;
  try { result = JSON.parse(fs.readFileSync(report, 'utf8')); } catch { /* vitest did not get that far */ }
  if (!result) { count(0, 1); remarks.push(`failed: ${title} (vitest ended with status ${status} and no report)`); return; }
  // A file that cannot even be loaded has no tests of its own to count.
  const unloaded = result.testResults.filter((file) => file.status === 'failed' && !file.assertionResults.some((each) => each.status === 'failed'));
  const skipped = result.numPendingTests + result.numTodoTests;
  count(result.numPassedTests, result.numFailedTests + unloaded.length, skipped);
  if (status !== 0 && result.numFailedTests + unloaded.length === 0) { count(0, 1); remarks.push(`failed: ${title} (status ${status} without a failing test)`); }
  for (const file of result.testResults) {
    for (const each of file.assertionResults) if (each.status === 'failed') remarks.push(`failed: ${path.relative(root, file.name)}: ${each.fullName}: ${reason(each.failureMessages)}`);
    if (unloaded.includes(file)) remarks.push(`failed: ${path.relative(root, file.name)}: ${String(file.message).split('\n')[0]}`);
    const groups = new Map();
    for (const each of file.assertionResults.filter((one) => one.status === 'pending' || one.status === 'skipped' || one.status === 'todo')) groups.set(each.ancestorTitles.join(' › ') || each.title, (groups.get(each.ancestorTitles.join(' › ') || each.title) ?? 0) + 1);
    for (const [group, number] of groups) remarks.push(`skipped: ${path.relative(root, file.name)}: ${group} (${number})`);
  }
}

async function vscode() {
  if (!wants('vscode') || !fs.existsSync(VSCODE)) return;
  console.log('\n== Suites inside a real VS Code');
  const { status, tail } = await show([VSCODE]);
  const lines = [...tail.matchAll(/(\d+) passed, (\d+) failed(?:, (\d+) skipped)?/g)];
  const last = lines.at(-1);
  if (!last) { count(0, 1); remarks.push(`failed: the VS Code suites ended with status ${status} and no closing line`); return; }
  count(Number(last[1]), Number(last[2]), Number(last[3] ?? 0));
  for (const [, title] of tail.matchAll(/^ {4}FAILED {3}(.*)$/gm)) remarks.push(`failed in VS Code: ${title}`);
  if (status !== 0 && last[2] === '0') { count(0, 1); remarks.push(`failed: the VS Code suites ended with status ${status}`); }
}

const began = Date.now();
installPackages();
if (install) installTools();
await step('build', 'Build', ['scripts/build.mjs']);
await step('types', 'Types', ['node_modules/typescript/bin/tsc', '-b']);
await step('lint', 'Lint', ['node_modules/eslint/bin/eslint.js', '.']);
await step('lint', 'File headers', ['scripts/check-headers.mjs']);
await vitest('unit', 'Unit tests');
await vitest('integration', 'End-to-end suites');
await vscode();

console.log('');
for (const remark of remarks) console.log(remark);
console.log(`(${Math.round((Date.now() - began) / 1000)} s)`);
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
