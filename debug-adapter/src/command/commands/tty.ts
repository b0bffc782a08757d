// `gobuf tty`: what the debug adapter has the editor run in a terminal, so that a debugged program reads what is typed there and writes there.
// Must stay true: it knows nothing of the program; it carries bytes both ways and ends with the session.
import net from 'node:net';
import { TTY_VARIABLE } from '../../dap/guest-terminal';
import { complain } from '../host/output';
import { InputError, UsageError } from '../options';
import type { CommandSpec, Parsed } from '../options';

export const spec: CommandSpec = {
  name: 'tty',
  summary: 'Joins this terminal to a program that is being debugged: editors start it, people do not.',
  usage: '',
  options: [],
  notes: [`Where the debugger listens is told by the environment variable ${TTY_VARIABLE}.`],
};

export function run(parsed: Parsed): Promise<number> {
  if (parsed.words.length > 0 || parsed.rest) throw new UsageError('tty takes no words');
  const match = /^([\d.]+):(\d+) (\w+)$/.exec(process.env[TTY_VARIABLE] ?? '');
  if (!match) throw new InputError(`${TTY_VARIABLE} does not say where the debugger listens: this command is started by a debug session.`);
  return new Promise((resolve) => {
    const socket = net.connect({ host: match[1]!, port: Number(match[2]), allowHalfOpen: true }, () => {
      socket.write(`${match[3]}\n`);
      process.stdin.pipe(socket);
      socket.pipe(process.stdout, { end: false });
    });
    socket.on('error', (error: NodeJS.ErrnoException) => { complain(`gobuf: the debugger cannot be reached: ${error.code ?? error.message}.`); resolve(1); });
    socket.on('end', () => resolve(0));
  });
}
