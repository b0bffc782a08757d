// The command line of every subcommand: one description from which parsing, `--help` and error texts come.
// Must stay true: an error of use is a UsageError (status 2), and every option that is parsed is named by --help.

export interface OptionSpec {
  /** Without dashes. */
  name: string;
  /** One letter, without dash. */
  short?: string;
  /** Placeholder of its value; a flag has none. */
  value?: string;
  repeatable?: boolean;
  help: string;
}

export interface CommandSpec {
  name: string;
  summary: string;
  /** What stands after the name. */
  usage: string;
  options: OptionSpec[];
  /** Further lines of --help. */
  notes?: string[];
}

export interface Parsed {
  /** Words before `--` that are no options. */
  words: string[];
  /** Words after `--`; undefined without `--`. */
  rest: string[] | undefined;
  flag(name: string): boolean;
  text(name: string): string | undefined;
  list(name: string): string[];
  /** A number of at least `least`; UsageError otherwise. */
  number(name: string, least?: number): number | undefined;
}

export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A failure that is the input's, told in one sentence (status 1). */
export class InputError extends Error {
  override readonly name = 'InputError';
}

const HELP: OptionSpec = { name: 'help', short: 'h', help: 'this text' };

export function parse(spec: CommandSpec, argv: readonly string[]): Parsed {
  const values = new Map<string, string[]>();
  const words: string[] = [];
  let rest: string[] | undefined;
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!;
    if (word === '--') { rest = argv.slice(i + 1); break; }
    if (!word.startsWith('-') || word === '-') { words.push(word); continue; }
    const equals = word.startsWith('--') ? word.indexOf('=') : -1;
    const name = equals < 0 ? word : word.slice(0, equals);
    const option = [...spec.options, HELP].find((each) => name === `--${each.name}` || (each.short !== undefined && name === `-${each.short}`));
    if (!option) throw new UsageError(`unknown option ${name}`);
    let value = equals < 0 ? undefined : word.slice(equals + 1);
    if (option.value === undefined) {
      if (value !== undefined) throw new UsageError(`${name} takes no value`);
      value = '';
    } else if (value === undefined) {
      value = argv[++i];
      if (value === undefined || value === '--') throw new UsageError(`${name} needs a value (${option.value})`);
    }
    const earlier = values.get(option.name);
    if (earlier && option.value !== undefined && !option.repeatable) throw new UsageError(`${name} is given twice`);
    values.set(option.name, [...(earlier ?? []), value]);
  }
  const text = (name: string): string | undefined => values.get(name)?.[0];
  return {
    words,
    rest,
    flag: (name) => values.has(name),
    text,
    list: (name) => values.get(name) ?? [],
    number(name, least = 0) {
      const given = text(name);
      if (given === undefined) return undefined;
      const number = Number(given);
      if (!/^(\d+|0x[0-9a-f]+)$/i.test(given) || !Number.isSafeInteger(number) || number < least) throw new UsageError(`--${name} needs a whole number of at least ${least}, not ${JSON.stringify(given)}`);
      return number;
    },
  };
}

export function help(spec: CommandSpec): string {
  const options = [...spec.options, HELP];
  const left = (option: OptionSpec): string => `  ${option.short && option !== HELP ? `-${option.short}, ` : ''}--${option.name}${option.value === undefined ? '' : ` ${option.value}`}${option.repeatable ? ' …' : ''}`;
  const width = Math.max(...options.map((option) => left(option).length)) + 2;
  return [
    `usage: gobuf ${spec.name} ${spec.usage}`,
    '',
    spec.summary,
    '',
    ...options.map((option) => left(option).padEnd(width) + option.help),
    ...(spec.notes ? ['', ...spec.notes] : []),
    '',
  ].join('\n');
}
