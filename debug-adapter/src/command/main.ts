// The `gobuf` command: a flat table of subcommands, each loaded only when it is asked for.
// Must stay true: errors of use end with status 2, bad input with one sentence and status 1, and never with a stack trace.
import { setFlags } from './host/flags';
import { help, parse } from './options';
import type { CommandSpec, Parsed } from './options';
import { complain, print } from './host/output';

interface Command {
  spec: CommandSpec;
  /** The exit status. */
  run(parsed: Parsed): number | Promise<number>;
}

const COMMANDS: Record<string, { summary: string; load: () => Promise<Command> }> = {
  run: { summary: 'run a program to its end', load: () => import('./commands/run') },
  exec: { summary: 'debug a program in the terminal, forwards and backwards', load: () => import('./commands/exec') },
  debug: { summary: 'build a Go package, then debug it', load: () => import('./commands/debug') },
  test: { summary: 'build a Go package\'s tests, then debug them', load: () => import('./commands/test') },
  trace: { summary: 'the boot and every goroutine switch, with instruction numbers', load: () => import('./commands/trace') },
  tour: { summary: 'guided tours of the runtime: list them, or play one', load: () => import('./commands/tour') },
  disass: { summary: 'the disassembly of one function', load: () => import('./commands/disass') },
  dap: { summary: 'the debug adapter, for editors', load: () => import('./commands/dap') },
  tty: { summary: 'joins a terminal to a debugged program (started by editors)', load: () => import('./commands/tty') },
  symbols: { summary: 'the text symbols of assembly files, as go tool asm -gensymabis', load: () => import('./commands/symbols') },
  fmt: { summary: 'format assembly, with the flags of gofmt', load: () => import('./commands/fmt') },
  layout: { summary: 'go_asm.h of a package, as the compiler writes it', load: () => import('./commands/layout') },
  asm: { summary: 'assemble amd64 files with the bundled assembler; -S lists the bytes', load: () => import('./commands/asm') },
  check: { summary: 'diagnostics of assembly files', load: () => import('./commands/check') },
  lsp: { summary: 'the language server, on standard input and output', load: () => import('./commands/lsp') },
};

const USAGE = [
  'usage: gobuf COMMAND [options] …',
  '',
  ...Object.entries(COMMANDS).map(([name, command]) => `  ${name.padEnd(8)}${command.summary}`),
  '',
  'gobuf COMMAND --help says more about each.',
  '',
].join('\n');

async function main(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    (name === undefined ? complain : print)(USAGE);
    return name === undefined ? 2 : 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) {
    complain(`gobuf: there is no command ${JSON.stringify(name)}; the commands are ${Object.keys(COMMANDS).join(', ')}.`);
    return 2;
  }
  try {
    const { spec, run } = await command.load();
    const parsed = parse(spec, rest);
    if (parsed.flag('help')) { print(help(spec)); return 0; }
    return await run(parsed);
  } catch (error) {
    return failure(name, error);
  }
}

/** Names of errors that mean the input is at fault: the loader's, the symbol reader's, this command's. */
const INPUT_ERRORS = new Set(['InputError', 'BinaryError', 'BadProgram']);

function failure(name: string, error: unknown): number {
  const { message, name: kind, stack } = error instanceof Error ? error : new Error(String(error));
  // By name: each command is a bundle with classes of its own.
  if (kind === 'UsageError') {
    complain(`gobuf ${name}: ${message} (gobuf ${name} --help says more).`);
    return 2;
  }
  const sentence = message.split('\n')[0] ?? '';
  complain(INPUT_ERRORS.has(kind) ? `gobuf: ${sentence}` : `gobuf ${name}: internal error: ${sentence} (please report it; GOBUF_DEBUG=1 shows where).`);
  if (process.env['GOBUF_DEBUG'] === '1' && stack) complain(stack);
  return 1;
}

// Before anything is loaded, since kept code is good only under the flags it was made under.
setFlags();
void main(process.argv.slice(2)).then((status) => process.exit(status));
