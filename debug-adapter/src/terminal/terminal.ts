// Delve's command language on our debugger: one line in, text out. The same object serves `gobuf exec`, scripts and an editor's
// debug console. Must stay true: a line never throws (errors are printed), and its output is complete when its promise resolves.

import type { Debugger } from '../engine/debugger';
import type { BreakpointView } from '../engine/types';
import { allCommands } from './commands';
import type { Command, Commander } from './commands';
import { SHOWN_FIRST, inOrder } from './break';
import { PARAMETER_NAMES } from './config';
import { Context, ExitRequest, split2 } from './context';
import type { Scope, TerminalHost } from './context';
import { printDisplays, splitFormat } from './data';
import { currentGoroutine } from './goroutines';
import { indented } from './position';
import { carryBreakpoints } from './program';
import { applySettings, isSet, timestamp } from './settings';
import { stackText } from './stack';

export type { TerminalHost } from './context';

export class Terminal implements Commander {
  readonly commands: readonly Command[] = allCommands();
  readonly context: Context;
  /** A command is being carried out. */
  busy = false;

  constructor(debug: Debugger, host: TerminalHost) {
    this.context = new Context(debug, host);
    this.context.settings.disassembleFlavor = debug.flavor;
    this.listen(debug);
  }

  private listen(debug: Debugger): void {
    debug.onTrace = (breakpoint) => this.trace(breakpoint);
    debug.on({ output: (category, text) => { if (this.busy) this.context.print(category === 'warning' ? `Warning: ${text}` : text); } });
  }

  /** Goes on with another program's debugger: settings stay. */
  attach(debug: Debugger): void {
    const { context } = this, { settings } = context;
    debug.flavor = settings.disassembleFlavor;
    debug.stepIntoRuntime = context.debug.stepIntoRuntime;
    debug.substitutePath.splice(0, Infinity, ...context.debug.substitutePath);
    context.debug = debug;
    applySettings(context);
    this.listen(debug);
  }

  /** Names and aliases. */
  names(): string[] { return this.commands.flatMap(({ names }) => names); }

  private find(name: string): Command | undefined {
    return this.commands.find((command) => command.names.includes(name) || this.context.settings.aliases.get(command.names[0]!)?.includes(name));
  }

  /** Runs a line as typed; 'exit' asks for the end of the session, 'error' says that a sentence about a failure was printed. */
  async execute(line: string): Promise<'exit' | 'error' | undefined> {
    this.busy = true;
    const { transcript, host } = this.context;
    if (transcript) host.appendFile?.(transcript.file, `(gobuf) ${line}\n`, false);
    try {
      await this.call(line, this.scope());
      return undefined;
    } catch (error) {
      if (error instanceof ExitRequest) return 'exit';
      this.context.print(`Command failed: ${(error as Error).message}`);
      return 'error';
    } finally { this.busy = false; }
  }

  /**
   * Runs the lines of a script; failures are printed as `name:line: what`. 'exit' if the script asked for it.
   * With a prompt, each command is shown after it before it runs, and so are the script's comments: a session that can be read.
   */
  async script(name: string, text: string, prompt?: string): Promise<'exit' | undefined> {
    this.busy = true;
    try {
      await this.runScript(name, text, prompt);
      return undefined;
    } catch (error) {
      if (error instanceof ExitRequest) return 'exit';
      throw error;
    } finally { this.busy = false; }
  }

  async runScript(name: string, text: string, prompt?: string): Promise<void> {
    const lines = text.trimEnd().split('\n');
    for (let i = 0; i < lines.length; i++) {
      const line = lines[i]!.trim();
      if (prompt !== undefined) this.context.print(line === '' || line.startsWith('#') ? line : `${prompt}${line}`);
      if (line === '' || line.startsWith('#')) continue;
      try { await this.call(line, this.scope()); } catch (error) {
        if (error instanceof ExitRequest) throw error;
        this.context.print(`${name}:${i + 1}: ${(error as Error).message}`);
      }
    }
  }

  private scope(): Scope { return { reverse: false, scoped: false, frame: this.context.frame }; }

  async call(line: string, scope: Scope): Promise<void> {
    const [name, args = ''] = split2(line.trim());
    if (name === '') return;
    const command = this.find(name!);
    if (!command || (scope.reverse && !command.reversible) || (scope.on !== undefined && !command.onBreakpoint)) throw new Error('command not available');
    await command.run(this.context, args.trim(), scope, this);
  }

  async atBreakpoints(): Promise<void> {
    const { context } = this;
    for (const id of context.stop().breakpoints) for (const command of inOrder(context.debug.breakpointCommands(id), SHOWN_FIRST)) await this.onBreakpoint(command);
  }

  display(): void { printDisplays(this.context, this.scope()); }

  /** A command kept with `on`: its output is indented under the stop, as in Delve. */
  private async onBreakpoint(line: string): Promise<void> {
    if (!this.shown(line)) try { await this.call(line, this.scope()); } catch (error) { this.context.print(`\t${line}: ${(error as Error).message}`); }
  }
  /** The commands that only look. */
  private shown(line: string): boolean {
    const { context } = this;
    const [name, args = ''] = split2(line);
    try {
      if (name === 'print' || name === 'p') {
        const [format, expression] = splitFormat(args);
        let value: string;
        try { value = indented(context.debug.printValue(expression, format)); } catch (error) { value = `(unreadable eval error: ${(error as Error).message})`; }
        context.print(`\t${expression}: ${value}`);
      } else if (name === 'stack' || name === 'bt') {
        context.print('\tStack:');
        context.host.write(stackText(context, context.stack(this.scope(), Number(args || 50) + 1), { indent: '\t\t' }));
      } else if (name === 'goroutine' || name === 'gr') context.host.write(currentGoroutine(context, '\t'));
      else if (name === 'args' || name === 'locals') {
        const long = args.startsWith('-v');
        // Arguments in short stand in the line that tells the stop.
        if (name === 'locals' || long) for (const row of context.debug.frameVariables(context.frameAt(this.scope()))) if ((row.role === 'local') === (name === 'locals')) context.print(`\t${row.name}: ${long ? indented(row.long()) : row.short()}`);
      } else return false;
    } catch (error) { context.print(`\t${line}: ${(error as Error).message}`); }
    return true;
  }

  private trace(breakpoint: BreakpointView): void {
    const { context } = this, { debug } = context, goroutine = `goroutine(${debug.tracedGoroutine() ?? 0}):`, { pc } = context.stop(), time = isSet(context, 'trace-show-timestamp') ? `${timestamp()} ` : '';
    const name = debug.binary.functionAt(pc)?.name ?? breakpoint.function ?? '';
    if (breakpoint.traceReturn) {
      context.print(`${time}>> ${goroutine} ${name} => (${debug.tracedResults().join(',')})`);
      return;
    }
    let args = '';
    try { args = debug.tracedArguments(); } catch { /* a frame without variables */ }
    context.print(`${time}> ${goroutine} ${breakpoint.name === undefined ? '' : `[${breakpoint.name}] `}${name}(${args})`);
    const commands = inOrder(debug.breakpointCommands(breakpoint.id), SHOWN_FIRST).filter((command) => command !== 'args');
    if (commands.length > 0 && !commands.includes('args -v') && debug.tracedResults().length > 0) context.print();
    for (const command of commands) this.shown(command);
  }

  /** Goes on with another program's debugger and these of the breakpoints; gives a line for each that is lost. */
  carryTo(debug: Debugger, which?: (id: number) => boolean): string[] {
    const lost = carryBreakpoints(this.context, this.context.debug, debug, which);
    this.attach(debug);
    return lost;
  }

  /** Completions of a line, as whole lines. */
  complete(line: string): string[] {
    const space = line.lastIndexOf(' ');
    if (space < 0) return this.names().filter((name) => name.startsWith(line.toLowerCase())).sort();
    const head = line.slice(0, space + 1), word = line.slice(space + 1);
    const command = this.find(line.trim().split(/\s+/)[0]!)?.names[0];
    const from = (names: Iterable<string>): string[] => [...new Set(names)].filter((name) => name.startsWith(word) || name.slice(name.lastIndexOf('/') + 1).startsWith(word)).sort().slice(0, 200).map((name) => head + name);
    switch (command) {
      case 'break': case 'trace': case 'continue': case 'list': case 'disassemble': case 'jump': return word.length < 2 ? [] : from(this.context.debug.binary.functions().map(({ name }) => name));
      case 'print': case 'whatis': case 'display': case 'set': case 'watch':
        try { return from(this.context.debug.frameVariables(this.context.frameAt(this.scope())).map(({ name }) => name)); } catch { return []; }
      case 'config': return from(PARAMETER_NAMES);
      case 'rev': return from(['next', 'step', 'step-instruction', 'next-instruction', 'stepout', 'continue']);
      case 'help': return from(this.names());
      default: return [];
    }
  }
}

/** The terminal for an editor's debug console: each line's output as a string. */
export function consoleTerminal(debug: Debugger, host: Omit<TerminalHost, 'write'> = {}): { names(): readonly string[]; execute(line: string): Promise<string>; complete(line: string): string[] } {
  let output = '';
  const terminal = new Terminal(debug, { ...host, write: (text) => { output += text; } });
  return {
    names: () => terminal.names(),
    complete: (line) => terminal.complete(line),
    async execute(line) {
      output = '';
      await terminal.execute(line);
      return output;
    },
  };
}

/** A whole session: a script, then lines until their end or `exit`. */
export async function runTerminal(debug: Debugger, lines: AsyncIterable<string> | Iterable<string>, host: TerminalHost, init?: { name: string; text: string }): Promise<void> {
  const terminal = new Terminal(debug, host);
  if (init && await terminal.script(init.name, init.text) === 'exit') return;
  for await (const line of lines) if (await terminal.execute(line) === 'exit') return;
}
