// What both hosts (the headless VS Code of run.mjs and the desktop's of electron.mjs) need: the bundled suites, a workspace, settings.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

export const SETTINGS = {
  'chat.disableAIFeatures': true, 'workbench.secondarySideBar.defaultVisibility': 'hidden', 'telemetry.telemetryLevel': 'off', 'extensions.autoCheckUpdates': false, 'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true, 'workbench.startupEditor': 'none', 'git.enabled': false, 'json.schemaDownload.enable': false, 'update.mode': 'none', 'workbench.enableExperiments': false,
  'editor.hover.delay': 50, 'debug.inlineValues': 'on', 'debug.showInStatusBar': 'always', 'security.workspace.trust.enabled': false,
};

/** Bundles an entry of test/vscode/suites into one CommonJS file that exports run(). */
export async function buildSuites(root, into, entry = 'index.ts') {
  const esbuild = createRequire(path.join(root, 'package.json'))('esbuild');
  fs.mkdirSync(into, { recursive: true });
  fs.writeFileSync(path.join(into, 'package.json'), '{ "type": "commonjs" }\n');
  const outfile = path.join(into, 'index.js');
  await esbuild.build({ entryPoints: [path.join(root, 'test/vscode/suites', entry)], outfile, bundle: true, platform: 'node', format: 'cjs', target: 'node20', external: ['vscode'], sourcemap: 'inline', logLevel: 'warning' });
  return outfile;
}

/** A copy of examples/switch, built beforehand where Go is found, so that nothing is written to the repository. */
export function makeWorkspace(root, into) {
  fs.cpSync(path.join(root, 'examples', 'switch'), into, { recursive: true, filter: (file) => !file.includes(`${path.sep}.vscode`) });
  const env = { ...process.env, GOOS: 'linux', GOARCH: 'amd64', CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' };
  fs.mkdirSync(path.join(into, 'bin'));
  const built = spawnSync('go', ['build', '-o', path.join(into, 'bin', 'switch'), '.'], { cwd: into, env, encoding: 'utf8' });
  if (!built.error && built.status !== 0) throw new Error(`go build of examples/switch failed:\n${built.stderr}`);
  return into;
}

/** Bundles the suite for the browser's extension host, with mocha's own browser build. */
export async function buildWebSuite(root, into, modules) {
  const esbuild = createRequire(path.join(root, 'package.json'))('esbuild');
  const outfile = path.join(into, 'index.js');
  await esbuild.build({
    entryPoints: [path.join(root, 'test/vscode/suites/web.ts')], outfile, bundle: true, platform: 'browser', format: 'cjs', target: 'es2022', external: ['vscode'], logLevel: 'warning', define: { global: 'globalThis' },
    alias: { 'mocha/mocha': path.join(modules, 'mocha/mocha.js') },
  });
  return outfile;
}
