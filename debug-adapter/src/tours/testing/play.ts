// Plays bundled tours for tests over in-memory streams: the program is built with -trimpath and runs with nothing of this machine around it.
// Must stay true: two machines with the same Go get the same text, addresses and instruction counts included.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createMachine } from '@gobuf/emulator/machine';
import { Debugger } from '../../engine/debugger';
import { openBinary } from '../../symbols';
import { Terminal } from '../../terminal/terminal';
import type { Toolchain } from '../../testing/toolchains';
import type { Tour } from '../format';
import { parseTour } from '../parse';
import { TourPlayer } from '../player';
import type { ShownStep } from '../player';
import { renderStep, wrap } from '../render';

const ROOT = path.join(import.meta.dirname, '../../../..');
const TOURS = path.join(ROOT, 'tours'), STORIES = path.join(ROOT, 'examples/stories');
const KEPT = path.join(process.env['GOBUF_TEST_CACHE'] ?? path.join(os.homedir(), '.cache', 'gobuf-test'), 'stories');

export const tourNames = (): string[] => fs.readdirSync(TOURS).filter((name) => name.endsWith('.tour.yaml')).map((name) => name.replace('.tour.yaml', '')).sort();
export function readTour(name: string): Tour { return parseTour(`${name}.tour.yaml`, fs.readFileSync(path.join(TOURS, `${name}.tour.yaml`), 'utf8')); }

/** An example as `gobuf tour` builds it; kept by content. */
export function story(name: string, go: Toolchain): Uint8Array {
  const folder = path.join(STORIES, name), hash = createHash('sha256').update(go.version);
  for (const file of [path.join(STORIES, 'go.mod'), ...fs.readdirSync(folder).sort().map((each) => path.join(folder, each))]) hash.update(path.basename(file)).update(fs.readFileSync(file));
  const out = path.join(KEPT, hash.digest('hex').slice(0, 20), name);
  if (!fs.existsSync(out)) {
    fs.mkdirSync(path.dirname(out), { recursive: true });
    const temporary = `${out}.${process.pid}`;
    const done = spawnSync(go.command, ['build', '-trimpath', '-buildvcs=false', '-o', temporary, '.'], { cwd: folder, env: { ...go.env, GOAMD64: 'v1', GOEXPERIMENT: '', GOFIPS140: 'off' }, encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`go build ${folder} (${go.version}): ${done.stderr}`);
    fs.renameSync(temporary, out);
  }
  return fs.readFileSync(out);
}

export interface Played { text: string; steps: ShownStep[] }
export interface Playing { debug: Debugger; player: TourPlayer; said(): string; dispose(): void }

export async function openTour(tour: Tour, program: Uint8Array): Promise<Playing> {
  const { args, env, procs, seed, example } = tour.program;
  let said = '', output = '';
  const name = `/program/${example ?? 'program'}`;
  const debug: Debugger = new Debugger({
    binary: openBinary(program), sources: { read: () => undefined }, yieldToHost: () => new Promise((resolve) => { setImmediate(resolve); }), now: () => performance.now(),
    createMachine: () => createMachine({
      program, path: name, args, env, cwd: '/program', goamd64: 'v3', ...(procs === undefined ? {} : { procs }), ...(seed === undefined ? {} : { seed }),
      host: { write: (_fd, bytes, replayed) => { if (!replayed) said += Buffer.from(bytes).toString('utf8'); } },
    }),
  });
  await debug.launch();
  const terminal = new Terminal(debug, { write: (text) => { output += text; } });
  terminal.context.settings.disassembleFlavor = 'go';
  const player = new TourPlayer(debug, tour, { command: async (line) => { output = ''; await terminal.execute(line); return output; } });
  return { debug, player, said: () => { const text = said; said = ''; return text; }, dispose: () => debug.dispose() };
}

/** The whole tour as `gobuf tour` prints it where there is no terminal. */
export async function play(tour: Tour, program: Uint8Array): Promise<Played> {
  const { player, said, dispose } = await openTour(tour, program);
  try {
    let text = `${tour.title}\n\n${wrap(tour.about).join('\n')}\n\n`;
    const steps: ShownStep[] = [];
    for (let i = 0; i < player.steps.length; i++) {
      const step = await player.go(i), printed = said();
      steps.push(step);
      if (printed !== '') text += `${printed.trimEnd().split('\n').map((line) => `   program: ${line}`.trimEnd()).join('\n')}\n\n`;
      text += renderStep(step);
    }
    return { text, steps };
  } finally { dispose(); }
}
