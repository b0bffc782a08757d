// What every command of the terminal shares: the debugger, the selected frame and thread, settings, output.
// Must stay true: commands write only through `print`, so that the same text reaches a console, a script's output and an editor.

import type { Debugger } from '../engine/debugger';
import type { CorePiece } from '../engine/core-dump';
import type { Frame, StackTrace, StopInfo, Variable } from '../engine/types';
import { newSettings } from './settings';
import type { Settings } from './settings';

/** Files that the program's streams lead to. */
export interface Redirects { stdin?: string; stdout?: string; stderr?: string }

export interface TerminalHost {
  /** Output without a newline added. */
  write(text: string): void;
  /** Where `./` stands for in paths. */
  workingDirectory?: string;
  /** Escape sequences may be used. */
  colors?: boolean;
  /** Text of a file for `source`; undefined if there is none. */
  readScript?(path: string): string | undefined;
  /** Writes a file (`breakpoints -save`); absent where there is no file system. */
  writeFile?(path: string, text: string): void;
  /** Adds to a file (`transcript`), or begins it anew; absent where there is no file system. */
  appendFile?(path: string, text: string, anew: boolean): void;
  /** Arguments and redirections for `restart`; absent if they cannot be changed. */
  setStart?(args: string[], redirects: Redirects): void;
  /** Builds the program anew and gives a debugger for it, not launched yet; absent if gobuf did not build it. */
  rebuild?(): Debugger;
  /** Writes a file of that size, which is zero where no piece lies (`dump`). */
  writePieces?(path: string, size: number, pieces: Iterable<CorePiece>): void;
  /** Opens the person's editor and comes back when it is closed. */
  edit?(path: string, line: number): void;
  /** Keeps the lines that set what is set (`config -save`); absent where there is no file system. */
  saveSettings?(lines: readonly string[]): void;
  /** Lets the person edit a text (`on -edit`). */
  editText?(text: string): string;
}

/** Ends the session: thrown by `exit`. */
export class ExitRequest extends Error { override readonly name = 'ExitRequest'; }

/** Which prefix (`rev`, `on`, `frame 2`, `goroutine 5`) a command was given with. */
export interface Scope {
  reverse: boolean;
  /** Set by `on`: the command is kept for that breakpoint. */
  on?: number;
  /** Thread id (engine) of `goroutine N`. */
  thread?: number;
  /** Set by `goroutine N` or `frame N` as a prefix. */
  scoped: boolean;
  frame: number;
}

export interface Display { expression: string; format: string }

/** A transcript is plain text. */
const withoutStyles = (text: string): string => text.replace(/\x1b\[[\d;]*m/g, '');

export class Context {
  frame = 0;
  displays: (Display | undefined)[] = [];
  checkpoints = new Map<number, { instruction: number; note: string; where: string }>();
  nextCheckpoint = 1;
  substitute: [string, string][] = [];
  readonly settings: Settings = newSettings();

  readonly host: TerminalHost;
  /** Where output goes besides, or instead. */
  transcript: { file: string; quiet: boolean } | undefined;

  constructor(public debug: Debugger, host: TerminalHost) {
    this.host = { ...host, write: (text) => {
      if (this.transcript) host.appendFile?.(this.transcript.file, withoutStyles(text), false);
      if (!this.transcript?.quiet) host.write(text);
    } };
  }

  print(line = ''): void { this.host.write(`${line}\n`); }

  stop(): StopInfo {
    const { stop } = this.debug;
    if (!stop) throw new Error('the program has not been launched');
    return stop;
  }
  /** Throws once the program has ended, in Delve's words. */
  needProcess(): void {
    const { reason, exitCode } = this.stop();
    if (reason === 'exited' || reason === 'killed') throw new Error(`Process ${this.stop().tid} has exited with status ${exitCode ?? 0}`);
  }

  /** Substitution rules of the session, then the working directory shortened to `.`. */
  path(file: string): string {
    let shown = this.debug.localPath(file);
    for (const [from, to] of this.substitute) if (shown === from || shown.startsWith(from.endsWith('/') ? from : `${from}/`)) { shown = to + shown.slice(from.length); break; }
    const cwd = this.host.workingDirectory, short = cwd ? shown.replace(cwd, '.') : shown;
    // As the program names it, if it names no folder.
    return short === `./${file}` ? file : short;
  }

  stack(scope: Scope, levels: number, start = 0): StackTrace { return this.debug.stack(scope.thread, { start, levels }); }

  frameAt(scope: Scope): Frame {
    const frame = this.stack(scope, 1, scope.frame).frames[0];
    if (!frame) throw new Error(`Frame ${scope.frame} does not exist in goroutine ${this.stop().goroutine ?? 0}`);
    return frame;
  }

  evaluate(expression: string, scope: Scope): Variable { return this.debug.evaluate(expression, this.frameAt(scope), scope.thread); }
}

export const hex = (value: number | bigint): string => `0x${value.toString(16)}`;

/** Delve's Split2PartsBySpace: the first word and the rest. */
export function split2(text: string): string[] {
  const at = text.search(/\s/);
  if (at < 0) return [text];
  return [text.slice(0, at), text.slice(at).trimStart()];
}
