// A script of commands in a session of ours, as tests give it to Delve as well.
// Must stay true: the guest runs with one processor, and its environment holds nothing else, so that every run says the same.
import { debuggerOf, machineOf } from '../../engine/testing/session';
import { Terminal } from '../terminal';

/** Each command after one that prints its number, by which answers are told apart: `"@@3@@"`. */
export const numbered = (script: readonly string[]): string[] => script.flatMap((line, i) => [`print "@@${i}@@"`, line]);

/** All that the session prints. */
export async function played(program: string, lines: readonly string[], { goroot, workingDirectory = process.cwd() }: { goroot?: string; workingDirectory?: string } = {}): Promise<string> {
  let text = '';
  const { debug } = debuggerOf(program, { createMachine: () => machineOf(program, undefined, ['GOMAXPROCS=1']), ...(goroot === undefined ? {} : { goroot }) });
  try {
    await debug.launch();
    await new Terminal(debug, { write: (part) => { text += part; }, workingDirectory }).script('session', lines.join('\n'));
  } finally { debug.dispose(); }
  return text;
}
