// Parameters of `config`: which there are, what kind each is and what it does; their list and the lines that set them again.
// Must stay true: names, order, kinds and refusals are Delve's; ours are at the end.

import type { FormatOptions } from '../goruntime/value-types';
import { quoteBytes, unquoted } from '../goruntime/go-text';
import type { Context } from './context';
import { align } from './tabwriter';

type Kind = 'number' | 'truth' | 'text' | 'number or text';
type Value = number | string | boolean;

export interface Settings {
  disassembleFlavor: 'intel' | 'go' | 'gnu';
  sourceListLineCount: number;
  position: 'default' | 'source' | 'disassembly';
  maxStringLen: number;
  maxArrayValues: number;
  maxVariableRecurse: number;
  aliases: Map<string, string[]>;
  /** What was set, by the parameter's name; the fields above are what follows. */
  given: Map<string, Value>;
}

export const newSettings = (): Settings => ({ disassembleFlavor: 'intel', sourceListLineCount: 5, position: 'default', maxStringLen: 64, maxArrayValues: 64, maxVariableRecurse: 1, aliases: new Map(), given: new Map() });

interface Parameter {
  kind: Kind;
  help: string;
  /** What the list has where nothing was set. */
  unset: string;
  apply?(context: Context, value: Value): void;
}

const oneOf = <T extends string>(value: Value, ...choices: [T, ...T[]]): T => choices.find((choice) => choice === value) ?? choices[0];
const limit = (name: 'maxStringLen' | 'maxArrayValues' | 'maxVariableRecurse') => ({ settings, debug }: Context, value: Value): void => { debug.setLimits({ [name]: settings[name] = value as number } as Partial<FormatOptions>); };
const UNDEFINED = '<not defined>', EMPTY = '""';
const color = (what: string): Parameter => ({ kind: 'text', unset: EMPTY, help: `Color of ${what}, as a terminal's escape sequence. Empty means the usual one.` });

export const PARAMETERS: Record<string, Parameter> = {
  'max-string-len': { kind: 'number', unset: UNDEFINED, help: 'So many bytes of a string are printed (64 by default).', apply: limit('maxStringLen') },
  'max-array-values': { kind: 'number', unset: UNDEFINED, help: 'So many elements of an array, slice or map are printed (64 by default).', apply: limit('maxArrayValues') },
  'max-variable-recurse': { kind: 'number', unset: UNDEFINED, help: 'So deep nested values are printed (1 by default).', apply: limit('maxVariableRecurse') },
  'disassemble-flavor': {
    kind: 'text', unset: UNDEFINED, help: 'Syntax of disassembly: intel, gnu or go.',
    apply(context, value) { context.debug.flavor = context.settings.disassembleFlavor = oneOf(value, 'intel', 'gnu', 'go'); },
  },
  'show-location-expr': { kind: 'truth', unset: 'false', help: 'Whether whatis also prints where a variable lies: its DWARF location expression.' },
  'source-list-line-color': { kind: 'number or text', unset: '<nil>', help: 'Color of line numbers in listings, as a terminal\'s escape sequence or as its number, such as 34.' },
  'source-list-arrow-color': color('the arrow in listings'),
  'source-list-keyword-color': color('keywords in listings'),
  'source-list-string-color': color('strings in listings'),
  'source-list-number-color': color('numbers in listings'),
  'source-list-comment-color': color('comments in listings'),
  'prompt-color': color('the prompt'),
  'source-list-tab-color': color('what tabs are shown as'),
  'stacktrace-function-color': color('function names in stacks'),
  'stacktrace-basename-color': color('the names of files in stacks'),
  'source-list-line-count': { kind: 'number', unset: UNDEFINED, help: 'So many lines are listed above and below the current one (5 by default).', apply({ settings }, value) { settings.sourceListLineCount = value as number; } },
  position: {
    kind: 'text', unset: EMPTY, help: 'What is shown where the program stops: source, disassembly, or default, which is disassembly after step-instruction and otherwise source.',
    apply({ settings }, value) { settings.position = oneOf(value, 'default', 'source', 'disassembly'); },
  },
  tab: { kind: 'text', unset: EMPTY, help: 'What tabs in listed sources are shown as.' },
  'trace-show-timestamp': { kind: 'truth', unset: 'false', help: 'Whether lines of tracepoints begin with the time.' },
  'show-raw-strings': { kind: 'truth', unset: 'false', help: 'Whether strings are printed as they are, without quotes and escapes.', apply({ debug }, value) { debug.setLimits({ rawStrings: value === true }); } },
  prompt: { kind: 'text', unset: EMPTY, help: 'What is printed before a command is read, in which\n\n\t$d\tis the time\n\t$d{fmt}\tthe time as fmt says, in Go\'s reference time (15:04:05)\n\t$f\tthe number of the selected frame\n\t$g\tthat of the goroutine\n\t$t\tthat of the thread\n\t$p\tthat of the process\n\t$$\ta dollar sign' },
  'step-into-runtime': { kind: 'truth', unset: 'false', help: 'Whether step goes into calls of the runtime. (gobuf\'s own.)', apply({ debug }, value) { debug.stepIntoRuntime = value === true; } },
};

/** Parameters of their own shape. */
export const SHAPED: Record<string, string> = {
  aliases: 'Names of commands.\n\n\tconfig alias <command> <alias>\n\tconfig alias <alias>\n\nGives a command a further name, or takes a name away.',
  'substitute-path': 'Where sources lie.\n\n\tconfig substitute-path <from> <to>\n\tconfig substitute-path <from>\n\tconfig substitute-path -clear\n\tconfig substitute-path -guess\n\nPaths in the program that begin with <from> are found under <to>; one word takes a rule away, none shows them all. -guess makes rules of where the program\'s modules and Go\'s sources lie on this machine.',
};
/** Delve's parameters that are not here, and why. */
export const ABSENT: Record<string, string> = { 'debug-info-directories': 'debug information is the program\'s own' };

const quoted = (text: string): string => quoteBytes(new TextEncoder().encode(text));
function number(name: string, text: string): number {
  if (!/^[+-]?\d+$/.test(text)) throw new Error(`argument to ${quoted(name)} must be a number`);
  if (Number(text) < 0) throw new Error(`argument to ${quoted(name)} must be a number greater than zero`);
  return Number(text);
}

function read(name: string, kind: Kind, text: string): Value {
  switch (kind) {
    case 'number': return number(name, text);
    case 'truth':
      if (text !== 'true' && text !== 'false') throw new Error(`argument to ${quoted(name)} must be true or false`);
      return text === 'true';
    case 'number or text': return /^[+-]?\d+$/.test(text) ? number(name, text) : unquoted(text) ?? text;
    case 'text': return unquoted(text) ?? text;
  }
}

export function setParameter(context: Context, name: string, text: string): void {
  const parameter = Object.hasOwn(PARAMETERS, name) ? PARAMETERS[name] : undefined;
  if (Object.hasOwn(ABSENT, name)) throw new Error(`gobuf has no parameter ${name}: ${ABSENT[name]}`);
  if (!parameter) throw new Error(`${quoted(name)} is not a configuration parameter`);
  const value = read(name, parameter.kind, text);
  context.settings.given.set(name, value);
  parameter.apply?.(context, value);
}

/** A new debugger gets what applies to debuggers. */
export function applySettings(context: Context): void { for (const [name, value] of context.settings.given) PARAMETERS[name]?.apply?.(context, value); }

export const settingText = ({ settings }: Context, name: keyof typeof PARAMETERS): string => { const value = settings.given.get(name); return value === undefined ? '' : String(value); };
export const isSet = ({ settings }: Context, name: keyof typeof PARAMETERS): boolean => settings.given.get(name) === true;

/** `config -list`: two columns. */
export function parameterList(context: Context): string {
  const { aliases, given } = context.settings;
  const shown = (value: Value, kind: Kind): string => (typeof value === 'string' && kind !== 'truth' ? quoted(value) : String(value));
  const rows = [
    `aliases\tmap[${[...aliases].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, words]) => `${name}:[${words.join(' ')}]`).join(' ')}]`,
    `substitute-path\t[${context.debug.substitutePath.map(([from, to]) => `{${from} ${to}}`).join(' ')}]`,
    // Go prints what a pointer to a string points to without quotes.
    ...Object.entries(PARAMETERS).map(([name, { kind, unset }]) => { const value = given.get(name); return `${name}\t${value === undefined ? unset : name === 'disassemble-flavor' ? String(value) : shown(value, kind)}`; }),
  ];
  return `${align(rows.join('\n'), { minWidth: 0, tabWidth: 8, padding: 1, pad: ' ' })}\n`;
}

/** The commands that bring all of it back. */
export function settingLines({ settings, debug }: Context): string[] {
  return [
    ...[...settings.aliases].flatMap(([name, words]) => words.map((word) => `config alias ${name} ${word}`)),
    ...debug.substitutePath.map(([from, to]) => `config substitute-path ${JSON.stringify(from)} ${JSON.stringify(to)}`),
    ...[...settings.given].map(([name, value]) => `config ${name} ${typeof value === 'string' ? quoted(value) : String(value)}`),
  ];
}

/** Go's reference time in a format: the parts that people use. */
function timeText(format: string, now: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0'), offset = -now.getTimezoneOffset(), zone = offset === 0 ? 'Z' : `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
  const nanoseconds = String(now.getMilliseconds()).padStart(3, '0').padEnd(9, '0'), hour = now.getHours() % 12 || 12;
  const parts: Record<string, string> = { 2006: String(now.getFullYear()), '06': two(now.getFullYear() % 100), '01': two(now.getMonth() + 1), '02': two(now.getDate()), 15: two(now.getHours()), '03': two(hour), '04': two(now.getMinutes()), '05': two(now.getSeconds()), PM: now.getHours() < 12 ? 'AM' : 'PM', 'Z07:00': zone };
  return format.replace(/2006|0[1-6]|15|PM|Z07:00|\.9+/g, (part) => (part.startsWith('.') ? `.${nanoseconds.slice(0, part.length - 1)}`.replace(/\.?0+$/, '') : parts[part]!));
}
const RFC3339 = '2006-01-02T15:04:05Z07:00';
export const timestamp = (now = new Date()): string => timeText(RFC3339.replace('05', '05.999999999'), now);

/** The prompt as it is now, in its color; `usual` where none was set. */
export function promptText(context: Context, usual: string): string {
  const text = settingText(context, 'prompt'), { debug } = context, paint = context.host.colors === true ? settingText(context, 'prompt-color') : '';
  const shown = text === '' ? usual : text.replace(/\$(?:d\{([^}]*)\}|(.?))/gs, (_, format: string | undefined, letter: string) => {
    if (format !== undefined) return timeText(format, new Date());
    switch (letter) {
      case '$': return '$';
      case 'd': return timeText(RFC3339, new Date());
      case 'f': return String(context.frame);
      case 'g': return String(debug.reportedGoroutine() ?? 0);
      case 't': return String(debug.stop?.tid ?? 0);
      case 'p': return String(debug.processId);
      default: return '<malformed escape>';
    }
  });
  return paint === '' ? shown : `${paint}${shown}\x1b[0m`;
}
