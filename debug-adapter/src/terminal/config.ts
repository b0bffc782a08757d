// `config`: parameters, substitution rules and aliases, their list, and keeping them for later sessions.
// Must stay true: forms, output and refusals are Delve's; what is kept is a script of these commands.

import type { Command } from './commands';
import { split2 } from './context';
import type { Context } from './context';
import { ABSENT, PARAMETERS, parameterList, setParameter, SHAPED, settingLines } from './settings';
import { align } from './tabwriter';

export const PARAMETER_NAMES = [...Object.keys(PARAMETERS), 'substitute-path', 'alias'];
const HELP = 'Changes configuration parameters.\n\n\tconfig -list\n\nShows all parameters.\n\n\tconfig -save\n\nKeeps them for later sessions in a terminal.\n\n\tconfig <parameter> <value>\n\nChanges one.\n\n\tconfig alias <command> <alias>\n\tconfig substitute-path <from> <to>\n\n\'help config <parameter>\' says more about it.';

/** Words of a line, with `"…"` kept together. */
export function quotedFields(text: string): string[] { return (text.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? []).map((word) => word.startsWith('"') ? word.slice(1, -1).replace(/\\(.)/g, '$1') : word); }

/** `help config NAME`. */
export function parameterHelp(name: string): string {
  const key = name === 'alias' ? 'aliases' : name;
  if (Object.hasOwn(SHAPED, key)) return SHAPED[key]!;
  if (Object.hasOwn(PARAMETERS, key)) return PARAMETERS[key]!.help;
  if (Object.hasOwn(ABSENT, key)) return `gobuf has no parameter ${key}: ${ABSENT[key]}.`;
  throw new Error(`unknown config parameter ${JSON.stringify(name)}`);
}

function configure(context: Context, args: string): void {
  switch (args) {
    case '': throw new Error('wrong number of arguments to "config"');
    case '-list': context.host.write(parameterList(context)); return;
    case '-save':
      if (!context.host.saveSettings) throw new Error('there are no files here');
      context.host.saveSettings(settingLines(context));
      return;
    default: {
      const [name, rest = ''] = split2(args);
      if (name === 'substitute-path') substitute(context, rest.trim());
      else if (name === 'alias') alias(context, quotedFields(rest));
      else setParameter(context, name!, rest.trim());
    }
  }
}

function alias({ settings: { aliases } }: Context, [command, name, ...more]: string[]): void {
  if (command === undefined || more.length > 0) return;
  if (name !== undefined) { aliases.set(command, [...aliases.get(command) ?? [], name]); return; }
  // One word: the name is taken away.
  for (const words of aliases.values()) { const at = words.indexOf(command); if (at >= 0) words.splice(at, 1); }
}

function substitute(context: Context, rest: string): void {
  const { debug } = context, rules = debug.substitutePath, words = quotedFields(rest);
  if (rest === '-clear') { rules.length = 0; return; }
  if (rest === '-guess') {
    rules.splice(0, Infinity, ...debug.guessSubstitutePath());
    words.length = 0;
  }
  if (words.length === 2 && words[0] === '-clear') words.shift();
  const at = rules.findIndex(([from]) => from === words[0]);
  switch (words.length) {
    case 0:
      if (rules.length > 0) context.host.write(`${align(rules.map(([from, to]) => `${JSON.stringify(from)}\t→\t${JSON.stringify(to)}`).join('\n'), { minWidth: 0, tabWidth: 8, padding: 1, pad: ' ' })}\n`);
      return;
    case 1:
      if (at < 0) throw new Error(`could not find rule for ${JSON.stringify(words[0])}`);
      rules.splice(at, 1);
      return;
    case 2:
      if (at >= 0) rules[at] = [words[0]!, words[1]!]; else rules.push([words[0]!, words[1]!]);
      return;
    default: throw new Error('too many arguments to "config substitute-path"');
  }
}

export const configCommand: Command = { names: ['config'], group: 'other', help: HELP, run: configure };
