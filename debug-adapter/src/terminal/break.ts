// Commands about breakpoints, tracepoints and watchpoints. Must stay true: texts are Delve's, so that scripts that read them work.

import type { BreakpointView, Location } from '../engine/types';
import { withoutTypeParameters } from '../symbols';
import type { Command, Commander } from './commands';
import { hex, split2 } from './context';
import type { Context, Scope } from './context';

export function breakpointName(breakpoint: BreakpointView, upper: boolean): string {
  if (breakpoint.event) return `${upper ? 'E' : 'e'}vent breakpoint ${breakpoint.name ?? breakpoint.id} on [${[breakpoint.event.event, ...(breakpoint.event.names ?? []), ...(breakpoint.event.goroutine === undefined ? [] : [`goroutine ${breakpoint.event.goroutine}`])].join(' ')}]`;
  let thing = breakpoint.watch ? 'watchpoint' : breakpoint.trace ? 'tracepoint' : 'breakpoint';
  if (upper) thing = thing[0]!.toUpperCase() + thing.slice(1);
  const id = breakpoint.name ?? String(breakpoint.id);
  return breakpoint.watch && breakpoint.watch.expression !== breakpoint.name ? `${thing} ${id} on [${breakpoint.watch.expression}]` : `${thing} ${id}`;
}

export function breakpointPlace(context: Context, breakpoint: BreakpointView): string {
  if (breakpoint.event) return breakpoint.addresses.length === 0 ? 'every place' : `${breakpoint.addresses.length} ${breakpoint.addresses.length === 1 ? 'place' : 'places'} in the runtime`;
  const addresses = breakpoint.addresses.map(hex).join(',');
  if (breakpoint.watch?.register) return `register ${breakpoint.watch.register}`;
  if (breakpoint.watch) return addresses;
  if (breakpoint.kind === 'user' && breakpoint.addresses.length > 1) {
    const places = breakpoint.addresses.map((address) => context.debug.binary.lineAt(address));
    const first = places[0];
    if (places.some((place) => place?.file !== first?.file || place?.line !== first?.line)) {
      const names = new Set(places.map((place) => withoutTypeParameters(place?.function.name ?? '')));
      return `${addresses} for ${names.size === 1 ? [...names][0]! : '(multiple functions)'}() <multiple locations>:0`;
    }
  }
  const functions = new Set(breakpoint.addresses.map((address) => withoutTypeParameters(context.debug.binary.functionAt(address)?.name ?? '')));
  if (breakpoint.kind === 'user' && functions.size > 1) return `${addresses} for (multiple functions)() ${context.path(breakpoint.file ?? '')}:${breakpoint.line ?? 0}`;
  return `${addresses} for ${breakpoint.function ? `${withoutTypeParameters(breakpoint.function)}() ` : ''}${context.path(breakpoint.file ?? '')}:${breakpoint.line ?? 0}`;
}

export function findBreakpoint(context: Context, word: string): BreakpointView {
  const all = context.debug.breakpoints();
  const found = /^-?\d+$/.test(word) ? all.find(({ id }) => id === Number(word)) : all.find(({ name }) => name === word);
  if (!found) throw new Error(/^-?\d+$/.test(word) ? `no breakpoint with id ${word}` : `no breakpoint with name ${word}`);
  return found;
}

/** In which order Delve lists what a breakpoint does, and in which it does it. */
const LISTED_FIRST = ['stack', 'goroutine', 'args', 'locals', 'print'];
export const SHOWN_FIRST = ['goroutine', 'print', 'locals', 'args', 'stack'];
const FULL_NAMES: Record<string, string> = { p: 'print', bt: 'stack', gr: 'goroutine' };
export function inOrder(commands: readonly string[], order: readonly string[]): string[] {
  const rank = (command: string): number => { const [name = ''] = split2(command), at = order.indexOf(FULL_NAMES[name] ?? name); return at < 0 ? order.length : at; };
  return [...commands].sort((a, b) => rank(a) - rank(b));
}
/** Delve's depth of a stack that is shown without one. */
const asListed = (command: string): string => (/^(stack|bt)$/.test(command) ? 'stack 50' : command.replace(/^bt\b/, 'stack').replace(/^p\b/, 'print').replace(/^gr\b/, 'goroutine'));

const validName = (name: string): boolean => /^[\p{L}\p{Nd}_]+$/u.test(name) && !/^\d+$/.test(name);

/** The locations of a spec, one list per breakpoint: `/regexp/` makes one for each function. */
function locationsOf(context: Context, spec: string, scope: Scope): Location[][] {
  const locations = context.debug.findLocations(spec, /^[+-]?\d+$/.test(spec) ? context.frameAt(scope) : undefined);
  if (!(spec.startsWith('/') && spec.endsWith('/') && spec.length > 1)) return [locations];
  const byFunction = new Map<string, Location[]>();
  for (const location of locations) byFunction.set(location.function, [...byFunction.get(location.function) ?? [], location]);
  return [...byFunction.values()];
}

function set(context: Context, args: string, scope: Scope, trace: boolean): BreakpointView[] {
  let name: string | undefined, spec: string, condition: string | undefined;
  const parse = (text: string): void => {
    const [first, rest] = split2(text);
    if (text === '') spec = '+0';
    else if (rest !== undefined && rest !== '' && validName(first!)) { name = first; spec = rest; } else { name = undefined; spec = text; }
  };
  spec = '';
  parse(args);
  let places: Location[][];
  const tries: [text: string, condition: string | undefined][] = [[args, undefined]];
  const split = /^if | if /.exec(args);
  if (split) tries.push([args.slice(0, split.index), args.slice(split.index + split[0].length)]);
  let problem: unknown;
  for (const [text, wanted] of tries) {
    parse(text);
    try { places = locationsOf(context, spec, scope); condition = wanted; return create(places); } catch (error) {
      if (name !== undefined && !wanted) {
        // `break a b`: perhaps both words are the location.
        try { name = undefined; spec = text; places = locationsOf(context, spec, scope); return create(places); } catch { /* the first complaint is the better one */ }
      }
      problem ??= error;
      if (wanted !== undefined) problem = error;
    }
  }
  throw problem;

  function create(found: Location[][]): BreakpointView[] {
    return found.map((locations) => {
      const exists = context.debug.breakpoints().find((breakpoint) => breakpoint.kind === 'user' && !breakpoint.watch && breakpoint.addresses.some((address) => locations.some(({ pc }) => pc === address)));
      const unmapped = exists ? undefined : locations.find(({ pc }) => context.debug.readMemory(pc, 1).length === 0);
      if (exists ?? unmapped) context.debug.skipBreakpointNumber();
      if (exists) throw new Error(`Breakpoint exists at ${exists.file}:${exists.line} at ${exists.addresses[0]!.toString(16)}`);
      if (unmapped) throw new Error(`could not read memory at ${hex(unmapped.pc)}`);
      const created = context.debug.setBreakpointAt(locations, { ...(name !== undefined ? { name } : {}), ...(condition !== undefined ? { condition } : {}), trace });
      context.print(`${breakpointName(created, true)} set at ${breakpointPlace(context, created)}`);
      // A function that is traced is told to return, too: by breakpoints of their own, as in Delve.
      if (trace && !/^[*+-]|^\d+$|:\d+$/.test(spec)) for (const place of returnsOf(context, locations)) context.debug.setBreakpointAt([place], { traceReturn: true });
      return created;
    });
  }
}

/** The instructions by which the functions return. */
function returnsOf(context: Context, locations: Location[]): Location[] {
  const entries = new Map(locations.map(({ pc }) => [context.debug.binary.functionAt(pc)?.entry ?? pc, pc]));
  return [...entries.values()].flatMap((pc) => context.debug.disassembleFunction(pc, 'intel').filter(({ text }) => /^ret\b/.test(text))).map((row) => ({ pc: row.address, file: row.file ?? '', line: row.line ?? 0, function: row.function ?? '' }));
}

/** `on N -edit`: what `breakpoints` shows of it, as a text. */
async function editBreakpoint(context: Context, breakpoint: BreakpointView, terminal: Commander, scope: Scope): Promise<void> {
  if (!context.host.editText) throw new Error('no editor can be started here');
  const { id, condition, hitCondition, trace } = breakpoint;
  const now = [...(condition ? [`cond ${condition}`] : []), ...(hitCondition ? [`cond -hitcount ${hitCondition}`] : []), ...(trace ? ['trace'] : []), ...context.debug.breakpointCommands(id)];
  const lines = context.host.editText(now.map((line) => `${line}\n`).join('')).split('\n').map((line) => line.trim()).filter(Boolean);
  const bad = lines.findIndex((line) => !ON_WORDS.has(split2(line)[0]!));
  if (bad >= 0) throw new Error(`line ${bad + 1}: command not available: ${lines[bad]!}`);
  context.debug.amendBreakpoint(id, { condition: '', hitCondition: '', trace: false });
  context.debug.setBreakpointCommands(id, []);
  for (const line of lines) await terminal.call(`on ${id} ${line}`, scope);
}

const ON_WORDS = new Set(['print', 'p', 'stack', 'bt', 'goroutine', 'gr', 'args', 'locals', 'trace', 't', 'condition', 'cond']);

export const breakpointCommands: Command[] = [
  {
    names: ['break', 'b'], group: 'break',
    help: 'Sets a breakpoint.\n\n\tbreak [name] [locspec] [if <condition>]\n\nLocspec is one of:\n\n  * *<address>\n  * <filename>:<line>\n  * <line>, +<offset>, -<offset> in the current file\n  * <function>[:<line>], also gogo<> and runtime·gogo\n  * /<regex>/ all functions that match\n\nIf locspec is omitted a breakpoint will be set on the current line.',
    run(context, args, scope) { set(context, args, scope, false); },
  },
  {
    names: ['trace', 't'], group: 'break', onBreakpoint: true, help: 'Set tracepoint.\n\n\ttrace [name] [locspec]\n\nA tracepoint is a breakpoint that does not stop the execution of the program, instead when the tracepoint is hit a notification is displayed.',
    run(context, args, scope) { set(context, args, scope, true); },
  },
  {
    names: ['watch'], group: 'break', help: 'Set watchpoint.\n\n\twatch [-r|-w|-rw] <expr>\n\n\t-r\tstops when the memory location is read\n\t-w\tstops when the memory location is written\n\t-rw\tstops when the memory location is read or written\n\nAny size and any number. `rev continue` finds the last access.',
    run(context, args, scope) {
      const [flag, expression] = split2(args);
      const access = { '-r': 'read', '-w': 'write', '-rw': 'readWrite' } as const;
      if (expression === undefined || expression === '') throw new Error('wrong number of arguments: watch [-r|-w|-rw] <expr>');
      const kind = access[flag as keyof typeof access];
      if (!kind) throw new Error(`wrong argument ${JSON.stringify(flag)} to watch`);
      const value = (() => { try { return context.evaluate(expression, scope); } catch (error) { context.debug.skipBreakpointNumber(); throw error; } })();
      if (value.address === undefined && kind === 'write' && /^[$%]?[a-z]\w*$/i.test(expression)) {
        const created = context.debug.watchRegister(expression, scope.thread);
        return context.print(`${breakpointName(created, true)} set: every instruction is looked at, the program runs much slower`);
      }
      if (value.address === undefined) { context.debug.skipBreakpointNumber(); throw new Error(`can not watch ${JSON.stringify(expression)}`); }
      const { id } = context.debug.watch({ expression, size: value.size || 8 }, kind);
      // It is called what it watches, unless another is.
      const created = context.debug.amendBreakpoint(id, context.debug.breakpoints().some(({ name }) => name === expression) ? {} : { name: expression });
      context.print(`${breakpointName(created, true)} set at ${breakpointPlace(context, created)}`);
    },
  },
  {
    names: ['breakpoints', 'bp'], group: 'break', help: 'Print out info for active breakpoints.\n\n\tbreakpoints [-a] [-save <filename>]',
    run(context, args) {
      const save = /(?:^|\s)-save(?:\s+(\S+))?/.exec(args);
      const all = context.debug.breakpoints().sort((a, b) => a.id - b.id);
      if (save) {
        if (!save[1]) throw new Error('missing filename after -save flag');
        if (!context.host.writeFile) throw new Error('files cannot be written here');
        const lines: string[] = [];
        for (const breakpoint of all) {
          if (breakpoint.id < 0 || breakpoint.watch || breakpoint.event) continue;
          const name = breakpoint.name ?? `bp${breakpoint.id}`;
          lines.push(`${breakpoint.trace ? 'trace' : 'break'} ${name} ${breakpoint.file}:${breakpoint.line}`);
          if (breakpoint.condition) lines.push(`condition ${name} ${breakpoint.condition}`);
          if (breakpoint.hitCondition) lines.push(`condition -hitcount ${name} ${breakpoint.hitCondition}`);
          if (!breakpoint.enabled) lines.push(`toggle ${name}`);
        }
        context.host.writeFile(save[1], `${lines.join('\n')}\n`);
        return context.print(`Breakpoints successfully saved to '${save[1]}'`);
      }
      for (const breakpoint of all) {
        context.print(`${breakpointName(breakpoint, true)} ${breakpoint.enabled ? '(enabled)' : '(disabled)'} at ${breakpointPlace(context, breakpoint)} (${breakpoint.totalHits})`);
        if (breakpoint.condition) context.print(`\tcond ${breakpoint.condition}`);
        if (breakpoint.hitCondition) context.print(`\tcond ${breakpoint.hitConditionPerGoroutine ? '-per-g-hitcount' : '-hitcount'} ${breakpoint.hitCondition}`);
        const commands = context.debug.breakpointCommands(breakpoint.id);
        for (const command of inOrder((breakpoint.trace || breakpoint.traceReturn) && !commands.some((each) => each.startsWith('args')) ? [...commands, 'args'] : commands, LISTED_FIRST)) context.print(`\t${asListed(command)}`);
      }
    },
  },
  {
    names: ['clear'], group: 'break', help: 'Deletes breakpoint.\n\n\tclear <breakpoint name or id>',
    run(context, args) {
      if (args === '') throw new Error('not enough arguments');
      const cleared = context.debug.clearBreakpoint(findBreakpoint(context, args).id);
      context.print(`${breakpointName(cleared, true)} cleared at ${breakpointPlace(context, cleared)}`);
    },
  },
  {
    names: ['clearall'], group: 'break', help: 'Deletes multiple breakpoints.\n\n\tclearall [<locspec>]\n\nIf called with the locspec argument it will delete all the breakpoints matching the locspec. If locspec is omitted all breakpoints are deleted.',
    run(context, args) {
      const only = args === '' ? undefined : new Set(context.debug.findLocations(args).map(({ pc }) => pc));
      for (const breakpoint of context.debug.breakpoints()) {
        if (breakpoint.id < 0 || (only && !breakpoint.addresses.some((address) => only.has(address)))) continue;
        context.debug.clearBreakpoint(breakpoint.id);
        context.print(`${breakpointName(breakpoint, true)} cleared at ${breakpointPlace(context, breakpoint)}`);
      }
    },
  },
  {
    names: ['toggle'], group: 'break', help: 'Toggles on or off a breakpoint.\n\n\ttoggle <breakpoint name or id>',
    run(context, args) {
      if (args === '') throw new Error('not enough arguments');
      const found = findBreakpoint(context, args);
      const changed = context.debug.amendBreakpoint(found.id, { enabled: !found.enabled });
      // It is told as it was before: one that was off was nowhere.
      context.print(`${breakpointName(changed, true)} toggled at ${changed.enabled ? breakpointPlace(context, changed).replace(/^[0-9a-fx,]+/, '0x0') : breakpointPlace(context, changed)}`);
    },
  },
  {
    names: ['condition', 'cond'], group: 'break', onBreakpoint: true, help: 'Set breakpoint condition.\n\n\tcondition <breakpoint name or id> <boolean expression>.\n\tcondition -hitcount <breakpoint name or id> <operator> <argument>.\n\tcondition -per-g-hitcount <breakpoint name or id> <operator> <argument>.\n\tcondition -clear <breakpoint name or id>.',
    run(context, args, scope) {
      const words = split2(args);
      if (words.length < 2) throw new Error('not enough arguments');
      const on = scope.on;
      if (words[0] === '-hitcount' || words[0] === '-per-g-hitcount') {
        const [id, condition] = on === undefined ? split2(words[1]!) : [String(on), words[1]!];
        if (!condition) throw new Error('not enough arguments');
        context.debug.amendBreakpoint(findBreakpoint(context, id!).id, { hitCondition: condition, hitConditionPerGoroutine: words[0] === '-per-g-hitcount' });
      } else if (words[0] === '-clear') context.debug.amendBreakpoint(findBreakpoint(context, words[1]!).id, { condition: '' });
      else if (on !== undefined) context.debug.amendBreakpoint(on, { condition: args });
      else context.debug.amendBreakpoint(findBreakpoint(context, words[0]!).id, { condition: words[1]! });
    },
  },
  {
    names: ['on'], group: 'break', help: 'Executes a command when a breakpoint is hit.\n\n\ton <breakpoint name or id> <command>\n\ton <breakpoint name or id> -edit\n\nSupported commands: print, stack, goroutine, trace, args, locals and cond.\n\n-edit opens the list of commands in $DELVE_EDITOR or $EDITOR.',
    async run(context, args, scope, terminal) {
      const [word, command] = split2(args);
      if (command === undefined || command === '') throw new Error('not enough arguments');
      const found = findBreakpoint(context, word!);
      if (command === '-edit') return editBreakpoint(context, found, terminal, scope);
      const [name] = split2(command);
      if (!ON_WORDS.has(name!)) throw new Error('command not available');
      if (name === 'trace' || name === 't') context.debug.amendBreakpoint(found.id, { trace: true });
      else if (name === 'condition' || name === 'cond') await terminal.call(command, { ...scope, on: found.id });
      else context.debug.setBreakpointCommands(found.id, [...context.debug.breakpointCommands(found.id), command]);
    },
  },
];
