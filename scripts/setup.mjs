// What every script needs before anything can be imported from node_modules: the packages of the lock file, installed once.
// Must stay true: uses only what Node itself brings, so that it works in a fresh clone.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const NODE_AT_LEAST = 20;

/** Runs a program with this process's streams; its exit status. */
export function run(command, args, options = {}) {
  const done = spawnSync(command, args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' && command === 'npm', ...options });
  if (done.error) throw done.error;
  return done.status ?? 1;
}

/** The path of a command on PATH, or undefined. */
export function findCommand(name) {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];
  for (const folder of (process.env.PATH ?? '').split(path.delimiter).filter(Boolean)) {
    for (const ending of endings) {
      const file = path.join(folder, name + ending);
      try { fs.accessSync(file, fs.constants.X_OK); if (fs.statSync(file).isFile()) return file; } catch { /* not there */ }
    }
  }
  return undefined;
}

/** Ends the process with one sentence. */
export function giveUp(sentence, status = 1) {
  console.error(sentence);
  process.exit(status);
}

export function installPackages() {
  if (Number(process.versions.node.split('.')[0]) < NODE_AT_LEAST) giveUp(`gobuf needs Node ${NODE_AT_LEAST} or later; this is Node ${process.versions.node}.`);
  const lock = path.join(root, 'package-lock.json'), mark = path.join(root, 'node_modules', '.package-lock.json');
  if (fs.existsSync(mark) && fs.statSync(mark).mtimeMs >= fs.statSync(lock).mtimeMs) return;
  if (fs.existsSync(mark) && sameVersions(lock, mark)) return;
  console.log('Installing packages …');
  const quiet = ['--no-audit', '--no-fund', '--loglevel', 'error'];
  // A registry mirror that lacks packages of other platforms makes `npm ci` refuse a good lock file.
  if (run('npm', ['ci', ...quiet]) !== 0 && run('npm', ['install', '--no-save', ...quiet]) !== 0) giveUp('npm cannot install the packages; its message is above.');
}

/** A checkout gives the lock file a new time without new content. */
function sameVersions(lock, mark) {
  try {
    const wanted = JSON.parse(fs.readFileSync(lock, 'utf8')).packages, present = JSON.parse(fs.readFileSync(mark, 'utf8')).packages;
    return Object.entries(wanted).every(([name, each]) => name === '' || !name.startsWith('node_modules/') || each.optional || each.link || present[name]?.version === each.version);
  } catch { return false; }
}

export function buildProduct() {
  if (run(process.execPath, ['scripts/build.mjs']) !== 0) giveUp('The build failed; its message is above.');
}
