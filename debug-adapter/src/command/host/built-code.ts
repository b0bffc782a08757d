// Run when gobuf is built, not by its users: has V8 make the code that every run needs, so that none of theirs waits for it. `module WIRE OUT` optimises a
// WebAssembly module, `script BUNDLE OUT` compiles all functions of a bundle, `command BUNDLE OUT` those that a command uses for an ordinary program (without
// the two fifths of run's code that are for rare system calls a start reads and revives less). OUT comes to be only if V8, asked in a new process, takes it.
// Must stay true: it runs under the flags of the commands, for code is good only under equal ones; OUT is never there in part.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Parsed } from '../options';
import { compiledBy, compiledWhole, scriptOf } from './code-cache';
import { optimisedWhole, v8Engine } from './engine';
import { setFlags } from './flags';
import { rehearsal } from './rehearsal';

setFlags();
const [what, from, out, check] = process.argv.slice(2);
if ((what !== 'module' && what !== 'script' && what !== 'command') || from === undefined || out === undefined) process.exit(2);
const source = new Uint8Array(fs.readFileSync(from));
if (check === 'check') {
  const code = new Uint8Array(fs.readFileSync(out));
  process.exit(what === 'module' ? (v8Engine().revive(code, source) ? 0 : 1) : Number(scriptOf(from, code).cachedDataRejected));
}

/** The command runs a program three times: with nothing kept, with what is kept then, and without keeping anything. */
async function rehearse(exports: object): Promise<void> {
  const { run } = exports as { run(parsed: Parsed): Promise<number> }, folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-rehearsal-')), program = path.join(folder, 'program');
  try {
    fs.writeFileSync(program, rehearsal());
    process.env['GOBUF_CACHE'] = path.join(folder, 'cache');
    for (const cache of [true, true, false]) {
      const status = await run({ words: [program], rest: undefined, flag: (name) => name === 'no-cache' && !cache, text: () => undefined, list: () => [], number: () => undefined });
      if (status !== 0) throw new Error(`the program that is run when gobuf is built ended with ${status}`);
    }
  } finally { fs.rmSync(folder, { recursive: true, force: true }); }
}

async function codeOf(file: string): Promise<Uint8Array | undefined> {
  if (what === 'module') return optimisedWhole(source);
  return what === 'script' ? compiledWhole(file) : compiledBy(file, rehearse);
}

void codeOf(from).then((code) => {
  if (!code) process.exit(1);
  const made = `${out}.${process.pid}.tmp`;
  fs.writeFileSync(made, code);
  const taken = spawnSync(process.execPath, [process.argv[1]!, what, from, made, 'check'], { stdio: 'ignore' }).status === 0;
  if (taken) fs.renameSync(made, out); else fs.rmSync(made, { force: true });
});
