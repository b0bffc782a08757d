// Runs the suites of test/vscode/suites inside a real VS Code, on the packaged extension: `node test/vscode/run.mjs [options]`.
// Must stay true: its last line is `N passed, N failed, N skipped`, and its exit status is 0 only when that line says that all is well.
//   --grep REGEXP only tests whose title matches           --shots DIR  a picture per request of a suite, light and dark
//   --logs DIR    keep VS Code's logs there                --source     on dist/ of this folder instead of a freshly packaged .vsix
//   --only RUN…   some of: trusted (everything), untrusted (nothing of the workspace runs), chinese (texts), web (the browser's extension host)
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureHost } from '../support/vscode-host.mjs';
import { atEnd, endAll, endOnSignals } from './endings.mjs';
import { buildSuites, buildWebSuite, makeWorkspace, SETTINGS } from './prepare.mjs';
import { emptyExtension, runInVSCode } from './window.mjs';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const { values: options, positionals } = parseArgs({ allowPositionals: true, options: { grep: { type: 'string' }, shots: { type: 'string' }, logs: { type: 'string' }, source: { type: 'boolean' }, only: { type: 'string', multiple: true } } });

endOnSignals();
/** Something of the host is missing: said as a failure, since nothing was tested. */
async function giveUp(message) {
  await endAll();
  console.log(message);
  console.log('0 passed, 1 failed, 0 skipped');
  process.exit(1);
}

let host;
try { host = ensureHost((line) => console.log(line)); } catch (error) { await giveUp(`The VS Code host could not be installed: ${error.message}`); }
const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-suites-'));
atEnd(() => fs.rmSync(temporary, { recursive: true, force: true }));
const vsix = options.source ? undefined : path.join(temporary, 'gobuf.vsix');
if (vsix || !fs.existsSync(path.join(root, 'dist', 'extension.js'))) {
  const made = spawnSync(process.execPath, [path.join(root, 'scripts', vsix ? 'package.mjs' : 'build.mjs'), ...(vsix ? ['--out', vsix] : [])], { cwd: root, encoding: 'utf8', timeout: 600_000 });
  if (made.status !== 0) await giveUp(`The extension could not be ${vsix ? 'packaged' : 'built'}:\n${made.stdout}${made.stderr}`);
  console.log(made.stdout.trim().split('\n').at(-1));
}
let workspace;
try { workspace = makeWorkspace(root, path.join(temporary, 'workspace')); } catch (error) { await giveUp(error.message); }
const developed = vsix ? emptyExtension(path.join(temporary, 'harness')) : root;
const env = { GOBUF_TEST_MOCHA: path.join(host.modules, 'mocha'), GOBUF_TEST_WORKSPACE: workspace, GOBUF_TEST_ROOT: root, GOBUF_TEST_GREP: options.grep ?? '' };
const RUNS = {
  trusted: async () => ({ suites: await buildSuites(root, path.join(temporary, 'suites')), developed, vsix, settings: SETTINGS }),
  untrusted: async () => ({
    suites: await buildSuites(root, path.join(temporary, 'untrusted'), 'untrusted.ts'), developed, vsix, trust: true,
    settings: { ...SETTINGS, 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'never', 'security.workspace.trust.banner': 'never' },
  }),
  chinese: async () => ({ suites: await buildSuites(root, path.join(temporary, 'chinese'), 'chinese.ts'), developed, vsix, language: 'zh-cn', settings: SETTINGS }),
  web: async () => {
    if (!vsix) throw new Error('the browser\'s run needs the packaged extension: leave --source out.');
    const extension = path.join(temporary, 'unpacked', 'extension');
    if (spawnSync('unzip', ['-q', vsix, 'extension/*', '-d', path.dirname(extension)]).status !== 0) throw new Error('unzip, which unpacks the .vsix for the browser, is not here or failed.');
    // This VS Code has a Node extension host beside the browser's and would choose that: vscode.dev has only the latter.
    const manifest = JSON.parse(fs.readFileSync(path.join(extension, 'package.json'), 'utf8'));
    fs.writeFileSync(path.join(extension, 'package.json'), JSON.stringify({ ...manifest, main: undefined }));
    // VS Code runs tests in the extension host of the extension that they lie in.
    return { suites: await buildWebSuite(root, path.join(extension, 'out', 'web-suite'), host.modules), developed: extension, web: true, settings: SETTINGS };
  },
};
const wanted = [...options.only ?? [], ...positionals];
const total = [0, 0, 0];
for (const [name, make] of Object.entries(RUNS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`  ${name}`);
  try {
    const { out, status, trouble, outside } = await runInVSCode({ host, workspace, env, shots: options.shots, logs: options.logs && path.join(options.logs, name), ...await make() });
    process.stdout.write(out.replace(/\n?$/, '\n'));
    if (trouble) console.log(trouble);
    if (outside.length > 0 && options.logs) console.log(`(the workbench asked for ${outside.join(', ')}, in vain)`);
    const closing = /(\d+) passed, (\d+) failed, (\d+) skipped\s*$/.exec(out);
    for (const index of [0, 1, 2]) total[index] += closing ? Number(closing[index + 1]) : Number(index === 1);
    if (closing && closing[2] === '0' && status !== 0) { total[1]++; console.log(`    FAILED   the suite's run ended with status ${status}`); }
  } catch (error) {
    total[1]++;
    console.log(`    FAILED   ${error.message}`);
  }
}
await endAll();
console.log(`${total[0]} passed, ${total[1]} failed, ${total[2]} skipped`);
process.exit(total[0] > 0 && total[1] === 0 ? 0 : 1);
