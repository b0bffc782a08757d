// Run when gobuf is built, not by its users: has V8 make the code that every run needs, so that none of theirs waits for it. `module WIRE OUT` optimises a
// WebAssembly module, `script BUNDLE OUT` compiles all functions of a bundle. OUT comes to be only if V8, asked in a new process, takes it.
// Must stay true: it runs under the flags of the commands, for code is good only under equal ones; OUT is never there in part.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { compiledWhole, scriptOf } from './code-cache';
import { optimisedWhole, v8Engine } from './engine';
import { setFlags } from './flags';

setFlags();
const [what, from, out, check] = process.argv.slice(2);
if ((what !== 'module' && what !== 'script') || from === undefined || out === undefined) process.exit(2);
const source = new Uint8Array(fs.readFileSync(from));
if (check === 'check') {
  const code = new Uint8Array(fs.readFileSync(out));
  process.exit(what === 'module' ? (v8Engine().revive(code, source) ? 0 : 1) : Number(scriptOf(from, code).cachedDataRejected));
}
const code = what === 'module' ? optimisedWhole(source) : compiledWhole(from);
if (!code) process.exit(1);
const made = `${out}.${process.pid}.tmp`;
fs.writeFileSync(made, code);
const taken = spawnSync(process.execPath, [process.argv[1]!, what, from, made, 'check'], { stdio: 'ignore' }).status === 0;
if (taken) fs.renameSync(made, out); else fs.rmSync(made, { force: true });
