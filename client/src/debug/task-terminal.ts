// Runs the go command for a task, and writes files in what it says relative to the workspace folder, as the problem matcher takes them.
// Must stay true: nothing else of the output is changed, and the task ends with the command's own status.

import { spawn, type ChildProcess } from 'node:child_process';
import * as path from 'node:path';
import * as vscode from 'vscode';

/** VS Code looks for problems only in lines that it has parsed 0.1 s after a task's end (its issue 92868): after a failed build the end is told this much later, in milliseconds. */
const UNTIL_PARSED = 500;

/** A line that names a file relative to where the command ran. */
const PLACE = /^((?:vet: |asm: )?)((?:\.\.?[\\/])?[^\s:][^:]*\.(?:go|s|h))(?=:\d+)/;
export const relativeTo = (folder: string, directory: string) => (line: string): string => line.replace(PLACE, (_whole, before: string, file: string) => before + (path.isAbsolute(file) ? file : path.relative(folder, path.resolve(directory, file))));

export function taskTerminal(command: string, args: string[], directory: string, folder: string, env: NodeJS.ProcessEnv): vscode.Pseudoterminal {
  const written = new vscode.EventEmitter<string>(), closed = new vscode.EventEmitter<number>(), rewritten = relativeTo(folder, directory);
  let child: ChildProcess | undefined;
  const lines = (): ((chunk: Buffer | undefined) => void) => {
    let rest = '';
    return (chunk) => {
      const all = (rest + (chunk ? chunk.toString() : rest === '' ? '' : '\n')).split('\n');
      rest = all.pop() ?? '';
      for (const line of all) written.fire(`${rewritten(line.replace(/\r$/, ''))}\r\n`);
    };
  };
  return {
    onDidWrite: written.event, onDidClose: closed.event,
    open() {
      written.fire(`> ${[command, ...args].join(' ')}\r\n`);
      child = spawn(command, args, { cwd: directory, env, windowsHide: true });
      for (const stream of [child.stdout, child.stderr]) { const take = lines(); stream?.on('data', take).on('end', () => take(undefined)); }
      child.on('error', (error) => { written.fire(`${error.message}\r\n`); closed.fire(1); });
      child.on('close', (code) => { setTimeout(() => closed.fire(code ?? 1), code === 0 ? 0 : UNTIL_PARSED); });
    },
    close() { child?.kill(); },
  };
}
