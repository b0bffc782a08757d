// `gobuf tour`: lists the guided tours, or plays one in the terminal, on its own example, the bundled runtime or the user's program.
// Must stay true: at a terminal a person goes on, back, and may use every command of gobuf exec; without one it plays straight through.
import path from 'node:path';
import readline from 'node:readline';
import type { Debugger } from '../../engine/debugger';
import { Terminal } from '../../terminal/terminal';
import { Interrupted } from '../../tours/moves';
import { TourPlayer } from '../../tours/player';
import { renderStep, table, wrap } from '../../tours/render';
import { openDebugger } from '../debugging';
import { GUEST_NOTES, GUEST_OPTIONS, guestOf } from '../guest';
import { complain, print } from '../host/output';
import { UsageError } from '../options';
import type { CommandSpec, Parsed } from '../options';
import { bundledTours, findTour, programOfTour, tourFolders } from '../tour-programs';

export const spec: CommandSpec = {
  name: 'tour',
  summary: 'Lists the guided tours of Go\'s runtime, or plays one: each step stops the program at a place and says what has happened there.',
  usage: '[options] [TOUR [PROGRAM [-- ARGS…]]]',
  options: [
    { name: 'runtime', help: 'on the bundled runtime in assembly, which needs no Go, where the tour is for it too' },
    { name: 'steps', help: 'ask after each step also where the input is no terminal' },
    ...GUEST_OPTIONS,
  ],
  notes: [
    'TOUR is a name from the list, the number of a story, or a file; docs/tours.md says how to write one.',
    'Without PROGRAM the tour\'s own example is built with Go; the options about the guest are for PROGRAM.',
    ...GUEST_NOTES,
  ],
};

const HELP = 'Enter or n: on · b: back in time · N: to step N · a: the step again · q: quit · or any command of gobuf exec (help lists them)';

export async function run(parsed: Parsed): Promise<number> {
  // The command is bundled into dist/commands.
  const folders = tourFolders(path.join(__dirname, '..'));
  const [name, program, ...others] = parsed.words;
  if (name === undefined) { list(folders.tours); return 0; }
  if (others.length > 0) throw new UsageError('one tour and one program: arguments of the program come after --');
  const tour = findTour(folders.tours, name);
  if (program !== undefined && parsed.flag('runtime')) throw new UsageError('--runtime is instead of a program');
  const chosen = program === undefined ? await programOfTour(tour, folders, parsed.flag('runtime')) : { guest: guestOf(parsed, program), substitute: [] as [string, string][], goroot: undefined };
  /** What the program printed, and when: a movement that went too far has seen more than is to be told yet. */
  const said: { instruction: number; text: string }[] = [];
  let told = 0;
  const debug: Debugger = openDebugger(chosen.guest, {
    write: (_fd, bytes, replayed) => { if (!replayed) said.push({ instruction: debug.machine?.instruction ?? 0, text: Buffer.from(bytes).toString('utf8') }); },
    substitutePath: chosen.substitute, ...(chosen.goroot ? { goroot: chosen.goroot } : {}),
  });
  for (const note of debug.binary.notes) if (program !== undefined) complain(note);
  const interrupted = (): void => { if (debug.running) debug.pause(); };
  process.on('SIGINT', interrupted);
  try {
    await debug.launch();
    let output = '';
    const terminal = new Terminal(debug, { write: (text) => { output += text; }, workingDirectory: process.cwd() });
    terminal.context.settings.disassembleFlavor = 'go';
    const command = async (line: string): Promise<string> => { output = ''; await terminal.execute(line); return output; };
    const player = new TourPlayer(debug, tour, { command });
    print(`${tour.title}\n\n${wrap(tour.about).join('\n')}\n\n`);
    const interactive = parsed.flag('steps') || (process.stdin.isTTY === true && process.stdout.isTTY === true);
    const show = async (index: number): Promise<void> => {
      const step = await player.go(index);
      const fresh = said.filter(({ instruction }) => instruction >= told && instruction <= step.place.instruction).map(({ text }) => text).join('');
      if (fresh !== '') print(`${fresh.trimEnd().split('\n').map((line) => `   program: ${line}`).join('\n')}\n\n`);
      told = Math.max(told, step.place.instruction + 1);
      print(renderStep(step, { colors: process.stdout.isTTY === true && !process.env['NO_COLOR'], path: (file) => file.replace(`${process.cwd()}${path.sep}`, '') }));
    };
    if (interactive) return await ask(debug, player, show, async (line) => { print(await command(line)); });
    for (let i = 0; i < player.steps.length; i++) await show(i);
    return 0;
  } finally {
    process.removeListener('SIGINT', interrupted);
    debug.dispose();
  }
}

async function ask(debug: Debugger, player: TourPlayer, show: (index: number) => Promise<void>, command: (line: string) => Promise<void>): Promise<number> {
  const tty = process.stdin.isTTY === true && process.stdout.isTTY === true;
  const reader = readline.createInterface({ input: process.stdin, terminal: tty, ...(tty ? { output: process.stdout } : {}) });
  const prompt = (): void => print(`(tour ${player.at + 1}/${player.steps.length}) `);
  reader.on('SIGINT', () => { if (debug.running) debug.pause(); else { print('\n'); prompt(); } });
  const go = async (index: number): Promise<void> => {
    if (index < 0) return print('This is the first step.\n');
    if (index >= player.steps.length) return print(`The tour has ${player.steps.length} steps${player.at === player.steps.length - 1 ? '; this is the last. q ends it' : ''}.\n`);
    try { await show(index); } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      print(`${error.message}; this is still step ${player.at + 1}.\n`);
    }
  };
  print(`${HELP}\n\n`);
  await go(0);
  prompt();
  for await (const typed of reader) {
    const line = typed.trim();
    if (['q', 'quit', 'exit'].includes(line)) break;
    if (['', 'n', 'next'].includes(line)) await go(player.at + 1);
    else if (['b', 'back', 'p', 'previous'].includes(line)) await go(player.at - 1);
    else if (['a', 'again'].includes(line)) await go(player.at);
    else if (/^\d+$/.test(line)) await go(Number(line) - 1);
    else if (line === '?') print(`${HELP}\n`);
    else await command(line);
    prompt();
  }
  reader.close();
  return 0;
}

function list(folder: string): void {
  const tours = bundledTours(folder);
  const rows = tours.map(({ name, tour }) => [`  ${tour.story === undefined ? '' : String(tour.story).padStart(2)}`, name, tour.title]);
  print(['Tours of Go\'s runtime, each a session that anyone replays exactly:', '', ...table(rows), '', 'gobuf tour NAME plays one on its example (Go builds it), gobuf tour NAME PROGRAM on a program of yours.', ''].join('\n'));
}
