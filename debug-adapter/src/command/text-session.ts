// The debug adapter's mode `text`: one TEXT function of an open file, called with values, stopped at its first instruction.
// Must stay true: its results and misdeeds are told before the first step; the package's other assembly comes along where it can be assembled.
import path from 'node:path';
import type { LaunchArguments } from '../dap/protocol';
import type { Debugger } from '../engine/debugger';
import type { StopInfo } from '../engine/types';
import { openDebugger } from './debugging';
import type { Guest } from './guest';
import { InputError } from './options';
import { buildCall, call, goVariable, neighbours, openText, unknownVariables } from './text-function';

type Write = (fd: 1 | 2, bytes: Uint8Array, replayed: boolean) => void;

export async function openTextSession(launch: LaunchArguments, write: Write): Promise<Debugger> {
  const tell = (fd: 1 | 2, text: string): void => { write(fd, new TextEncoder().encode(`${text}\n`), false); };
  const fn = await openText(launch.text ?? '', [launch.program], neighbours(launch.program));
  const variables = new Map(Object.entries(launch.textVariables ?? {}).map(([name, value]) => {
    try {
      return [goVariable(fn, name), BigInt(value)] as const;
    } catch (error) {
      throw error instanceof InputError ? new InputError(`textVariables: ${error.message}.`) : error;
    }
  }));
  const unknown = unknownVariables(fn, variables);
  const built = buildCall(fn, launch.textArgs ?? '', variables);
  const { results, memory, problems, instructions } = call(fn, built);
  if (fn.undeclared) tell(1, `No Go declaration of ${fn.name} was found: its arguments are ${fn.parameters.length} words.`);
  tell(1, `${fn.name}(${launch.textArgs ?? ''}): ${instructions} instructions`);
  for (const { name, value } of [...results, ...memory]) tell(1, `  ${name} = ${value}`);
  if (unknown) tell(2, `  ${unknown} (the launch attribute textVariables, as in { "·name": 1 }).`);
  for (const problem of problems) tell(2, `  ${problem}`);
  const file = path.resolve(launch.program);
  const guest: Guest = { path: file, program: built.program, args: [], env: [], cwd: path.dirname(file), readable: [], goamd64: launch.goamd64 ?? 'v4', cache: false };
  const debug = openDebugger(guest, { write });
  // The harness before the call is nobody's concern.
  const begin = debug.launch.bind(debug);
  debug.launch = async (): Promise<StopInfo> => { await begin(); return debug.runTo(fn.name); };
  return debug;
}
