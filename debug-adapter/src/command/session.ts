// A terminal session on a debugger: first the lines of --init, then those a person types or a pipe brings, until `exit`.
// Must stay true: all output is written before the next line is read, so that nothing is lost when the session ends.
import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import type { Debugger } from '../engine/debugger';
import { promptText } from '../terminal/settings';
import { Terminal } from '../terminal/terminal';
import { cacheFolder, configFolder } from './host/cache';
import { complain, print } from './host/output';
import { openDebugger } from './debugging';
import { readProgram } from './guest';
import type { Guest } from './guest';
import { edit, editText } from './host/editor';
import { filesFrom, Streams } from './host/streams';
import { InputError } from './options';
import type { OptionSpec, Parsed } from './options';

const PROMPT = '(gobuf) ';
/** What `config -save` keeps: a script. */
const settingsFile = (): string => path.join(configFolder(), 'settings.gobuf');
const HISTORY_LINES = 1000;

export const SESSION_OPTIONS: OptionSpec[] = [
  { name: 'init', value: 'FILE', help: 'first run the commands of this file, a line each; # begins a comment' },
  { name: 'echo', help: 'show the commands and comments of --init as they run' },
  { name: 'snapshot-memory', value: 'MIB', help: 'what snapshots of the past may hold beyond the program\'s own memory (default 512); with less, going back takes longer' },
  { name: 'stdin', value: 'FILE', help: 'what the program reads from its standard input (default: nothing; - is what the command stdin gives it)' },
];
export const SESSION_NOTES = ['The commands are Delve\'s, with rev before those that move, sched and tls; help lists them.'];

function readText(option: string, file: string | undefined): Buffer | undefined {
  if (file === undefined) return undefined;
  try { return fs.readFileSync(file); } catch (error) { throw new InputError(`${file}, which --${option} names, cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}.`); }
}

interface SessionParts {
  goroot?: string;
  /** Builds the program again, to the same place. */
  rebuild?(): void;
  /** Commands that come before those of --init. */
  before?: readonly string[];
}

export async function runSession(guest: Guest, parsed: Parsed, { goroot, rebuild, before = [] }: SessionParts = {}): Promise<number> {
  const init = readText('init', parsed.text('init')), input = parsed.text('stdin') === '-' ? 'later' as const : readText('stdin', parsed.text('stdin'));
  const snapshots = parsed.number('snapshot-memory');
  const streams = new Streams(input), open = (): Debugger => openDebugger(guest, { write: streams.write, input: streams.start, ...(snapshots === undefined ? {} : { snapshotBytes: snapshots * 2 ** 20 }), ...(goroot ? { goroot } : {}) });
  const first = open();
  for (const note of first.binary.notes) complain(note);
  await first.launch();
  const terminal = new Terminal(first, {
    write: print,
    workingDirectory: process.cwd(),
    colors: process.stdout.isTTY === true && !process.env['NO_COLOR'],
    ...filesFrom(process.cwd()),
    setStart: (args, redirects) => { streams.redirect(redirects); guest.args = args; },
    ...(rebuild ? { rebuild: () => { rebuild(); Object.assign(guest, readProgram(guest.path)); return open(); } } : {}),
    saveSettings(lines) {
      fs.mkdirSync(configFolder(), { recursive: true, mode: 0o700 });
      fs.writeFileSync(settingsFile(), lines.map((line) => `${line}\n`).join(''), { mode: 0o600 });
    },
    edit: (file, line) => edit([`+${line}`, file], `${file}:${line}`),
    editText,
  });
  const interrupted = (): void => { const { debug } = terminal.context; if (debug.running) debug.pause(); };
  process.on('SIGINT', interrupted);
  print("Type 'help' for list of commands.\n");
  try {
    const kept = settings();
    if (kept !== undefined) await terminal.script(settingsFile(), kept);
    for (const line of before) await terminal.execute(line);
    if (init && await terminal.script(parsed.text('init') ?? '', init.toString('utf8'), parsed.flag('echo') ? PROMPT : undefined) === 'exit') return 0;
    return await readLines(terminal);
  } finally {
    process.removeListener('SIGINT', interrupted);
    terminal.context.debug.dispose();
    streams.close();
  }
}

function settings(): string | undefined {
  try { return fs.readFileSync(settingsFile(), 'utf8'); } catch { return undefined; }
}

async function readLines(terminal: Terminal): Promise<number> {
  const tty = process.stdin.isTTY === true && process.stdout.isTTY === true;
  const historyFile = path.join(cacheFolder(), 'history');
  const history = tty ? readHistory(historyFile) : [];
  const reader = readline.createInterface({
    input: process.stdin, terminal: tty, history, historySize: HISTORY_LINES, prompt: PROMPT,
    ...(tty ? { output: process.stdout, completer: (line: string) => [terminal.complete(line), line] as [string[], string] } : {}),
  });
  const prompt = (): void => { reader.setPrompt(promptText(terminal.context, PROMPT)); reader.prompt(); };
  if (tty) {
    reader.on('history', (lines: string[]) => writeHistory(historyFile, lines));
    // While a command runs, the process's own handler pauses the guest; at the prompt it clears the line.
    reader.on('SIGINT', () => {
      if (terminal.busy) { process.emit('SIGINT'); return; }
      print('^C\n');
      replaceLine(reader, '');
      prompt();
    });
    searchHistory(reader, history);
    prompt();
  }
  let last = '';
  for await (const typed of reader) {
    // An empty line repeats the last command, as in Delve.
    const line = typed.trim() === '' ? last : typed;
    last = line;
    if (line !== '' && await terminal.execute(line) === 'exit') break;
    if (tty) prompt();
  }
  reader.close();
  return 0;
}

function replaceLine(reader: readline.Interface, text: string): void {
  reader.write(null, { ctrl: true, name: 'e' });
  reader.write(null, { ctrl: true, name: 'u' });
  if (text !== '') reader.write(text);
}

/** Ctrl-R, which Node's line editor lacks: the last line that has what was typed in it; again: the one before. */
function searchHistory(reader: readline.Interface, kept: readonly string[]): void {
  let lines = kept, search: { words: string; from: number } | undefined;
  reader.on('history', (now: string[]) => { lines = [...now]; });
  process.stdin.on('keypress', (_text: string | undefined, key: { name?: string; ctrl?: boolean }) => {
    if (!key.ctrl || key.name !== 'r') { search = undefined; return; }
    search ??= { words: reader.line, from: -1 };
    const { words, from } = search, at = lines.findIndex((line, i) => i > from && line.includes(words) && line !== reader.line);
    if (at < 0) return;
    search.from = at;
    replaceLine(reader, lines[at]!);
  });
}

function readHistory(file: string): string[] {
  try { return fs.readFileSync(file, 'utf8').split('\n').filter(Boolean).slice(0, HISTORY_LINES); } catch { return []; }
}
function writeHistory(file: string, lines: string[]): void {
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    fs.writeFileSync(file, lines.join('\n'), { mode: 0o600 });
  } catch { /* a history that cannot be kept is forgotten */ }
}
