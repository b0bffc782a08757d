// `gobuf dap`: the debug adapter, on standard input and output or on a socket.
// Must stay true: nothing but the protocol is written to standard output; the guest inherits no environment, the client gives it one.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { LaunchArguments } from '../../dap/protocol';
import { serveSocket, serveStreams } from '../../dap/serve';
import type { DapHost, Engine } from '../../dap/session';
import { openDebugger } from '../debugging';
import { buildPackage } from '../go-build';
import type { Build } from '../go-build';
import { openTextSession } from '../text-session';
import { readProgram } from '../guest';
import type { Guest } from '../guest';
import { complain } from '../host/output';
import { standardIo } from '../host/standard-io';
import { filesFrom } from '../host/streams';
import { UsageError } from '../options';
import type { CommandSpec, Parsed } from '../options';

export const spec: CommandSpec = {
  name: 'dap',
  summary: 'Speaks the Debug Adapter Protocol on standard input and output, or serves one client on a socket.',
  usage: '[--listen HOST:PORT]',
  options: [{ name: 'listen', value: 'HOST:PORT', help: 'a socket instead; port 0 picks one, the address is printed on stderr' }],
  notes: ['Translated code is kept in the folder that the environment variable GOBUF_CACHE names, by default the user\'s cache folder.'],
};

const modeOf = ({ program, mode = 'exec' }: LaunchArguments): string => (mode !== 'auto' ? mode : /\.(go|s)$/.test(program) || fs.statSync(program, { throwIfNoEntry: false })?.isDirectory() ? 'debug' : 'exec');

/** What a debugger was made of: which file it was, or what was built and how it was built. */
const madeOf = new WeakMap<Engine, { stamp: string } | { build: Build; digest: string }>();
/** Built again for this launch, to be opened. */
const builtAgain = new WeakMap<LaunchArguments, Build>();
const digestOf = (program: string): string => createHash('sha256').update(fs.readFileSync(program)).digest('hex');
function stampOf(program: string): string {
  const found = fs.statSync(program, { throwIfNoEntry: false });
  return found ? `${found.mtimeMs} ${found.size} ${found.ino}` : '';
}

/** Builds first where the mode asks for it. */
function built(launch: LaunchArguments, tell: (text: string) => void): Build | undefined {
  const { program } = launch, asked = modeOf(launch), again = builtAgain.get(launch);
  if (asked === 'exec' || again) return again;
  return buildPackage(asked === 'test' ? 'test' : 'build', /\.s$/.test(program) ? path.dirname(program) : program, launch.buildFlags ?? [], tell);
}

function guestOfLaunch(launch: LaunchArguments, { program, folder }: { program: string; folder?: string }): Guest {
  const found = readProgram(program);
  const cwd = launch.cwd ? path.resolve(launch.cwd) : folder ?? path.dirname(found.path);
  return {
    ...found, cwd, cache: true, args: [...(launch.test === undefined ? [] : [`-test.run=${/^\w+$/.test(launch.test) ? `^${launch.test}$` : launch.test}`]), ...launch.args ?? []], readable: [cwd, ...folder === undefined ? [] : [folder], ...(launch.readable ?? []).map((each) => path.resolve(each))], goamd64: launch.goamd64 ?? 'v3',
    env: Object.entries(launch.env ?? {}).filter((entry): entry is [string, string] => entry[1] !== null).map(([name, value]) => `${name}=${value}`),
    ...(launch.seed === undefined ? {} : { seed: launch.seed }),
    ...(launch.procs === undefined ? {} : { procs: launch.procs }),
  };
}

export const dapHost: DapHost = {
  async open(launch, write, terminal) {
    if (launch.mode === 'text') return openTextSession(launch, write);
    const build = built(launch, (text) => write(2, Buffer.from(text), false)), made = build ? { build, digest: digestOf(build.program) } : { stamp: stampOf(launch.program) };
    const engine = openDebugger(guestOfLaunch(launch, build ?? { program: launch.program }), {
      write,
      input: terminal ?? (() => (launch.input === undefined ? launch.console === 'internalConsole' ? 'later' : undefined : Buffer.from(launch.input))),
      ...(launch.snapshotMemory === undefined ? {} : { snapshotBytes: launch.snapshotMemory * 2 ** 20 }),
      // Clients write {from: here, to: in the binary}; the engine wants it the other way round.
      ...(launch.substitutePath ? { substitutePath: launch.substitutePath.map(({ from, to }): [string, string] => [to, from]) } : {}),
      ...(launch.goroot ?? build?.goroot ? { goroot: launch.goroot ?? build?.goroot } : {}),
    });
    madeOf.set(engine, made);
    return engine;
  },
  changed(launch, engine) {
    const made = madeOf.get(engine);
    if (!made) return true;
    if ('stamp' in made) return made.stamp !== stampOf(launch.program);
    made.build.again();
    if (digestOf(made.build.program) === made.digest) return false;
    builtAgain.set(launch, made.build);
    return true;
  },
  fileExists: (file) => fs.existsSync(file),
  files: (launch) => filesFrom(launch.cwd ?? path.dirname(launch.program)),
  // In the desktop's VS Code process.execPath is Electron, which is Node when it is told so.
  terminalCommand: () => ({ args: [process.execPath, path.join(__dirname, '..', 'gobuf.js'), 'tty'], env: { ...(process.versions['electron'] === undefined ? undefined : { ELECTRON_RUN_AS_NODE: '1' }) } }),
};

export async function run(parsed: Parsed): Promise<number> {
  if (parsed.words.length > 0 || parsed.rest) throw new UsageError('the program to debug is named by the client\'s launch request');
  const address = parsed.text('listen');
  if (address === undefined) {
    const { input, output, drained } = standardIo();
    await serveStreams(dapHost, input, output);
    await drained();
  }
  else await serveSocket(dapHost, address, (bound) => complain(`DAP server listening at: ${bound}`));
  return 0;
}
