// Walks through programs line by line beside Delve, optimised and not: at every stop the same line, stack, arguments and locals.
// Must stay true: left out is only what differs between two native runs, too: addresses, and values of variables that are not set yet.
import { execFile, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { hasGo } from '../engine/testing/session';
import { VERSIONS, build, toolchain } from '../testing/toolchains';
import { played } from './testing/play';

const DATA = path.join(import.meta.dirname, 'testdata/walks');
const hasDelve = hasGo && spawnSync('dlv', ['version']).status === 0;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-walk-'));
afterAll(() => { fs.rmSync(folder, { recursive: true, force: true }); });

/** Delve ends a script with the program; then nothing is compared any more. */
const STEPS = 70, LOOKS = ['locals', 'args', 'stack 6'];
const commands = ['break main.main', 'continue', ...Array.from({ length: STEPS }, () => [...LOOKS, 'next']).flat()];
const script = commands.flatMap((command, i) => [command, `print "after ${i}"`]);

const normal = (text: string): string => text.replace(/\x1b\[[0-9;]*m/g, '').replace(/\b0x(0|c[0-9a-f]{9}|[0-9a-f]{10,16})\b/g, 'ADDRESS').replace(/\(thread \d+\)/g, '(thread N)').replaceAll('struct struct {', 'struct {');
/** The output by command. */
function parts(text: string): string[] {
  const found: string[] = [];
  let rest = normal(text).replace(/^Type 'help'.*\n/m, '');
  for (let i = 0; i < commands.length; i++) {
    const mark = `"after ${i}"\n`, at = rest.indexOf(mark);
    if (at < 0) break;
    found.push(rest.slice(0, at).trim());
    rest = rest.slice(at + mark.length);
  }
  return found;
}

/** What a register or a word of the stack holds before a variable is set: strings and slices of absurd length, results, parts of split variables. */
const UNSET = /unreadable|\+\d{5,} more|len: \d{7,}|cap: \d{9,}/, NEVER_COMPARED = /^(~r\d+|[~\w]+\.(len|cap|ptr))$/;
function variables(text: string): Map<string, string> {
  return new Map(text.split('\n').map((line) => /^(\S+) = (.*)$/.exec(line)).filter((match) => match !== null)
    // Delve names a result that has two entries twice.
    .filter(([, name]) => !NEVER_COMPARED.test(name!) && !name!.startsWith('(')).map(([, name, value]) => [name!, value!]));
}
function sameVariables(theirs: string, ours: string): unknown[] {
  const a = variables(theirs), b = variables(ours);
  return [[...a].map(([name, value]) => [name, UNSET.test(value) || UNSET.test(b.get(name) ?? '') ? 'unset' : value]), [...b].map(([name, value]) => [name, UNSET.test(value) || UNSET.test(a.get(name) ?? '') ? 'unset' : value])];
}
/** The program's own output comes before the stop. */
const stop = (text: string): string => text.slice(Math.max(0, text.search(/^> /m)));

const versions = (process.env['GOBUF_WHOLE'] === '1' ? ['local', ...VERSIONS] : ['local', 'go1.19']).map((version) => toolchain(version)).filter((each) => each !== undefined);

describe.skipIf(!hasDelve)('walks beside Delve (need dlv and go)', () => {
  for (const go of versions) for (const file of fs.readdirSync(DATA)) for (const flags of [['-gcflags=-N -l'], []]) {
    if (file === 'ranges.go' && Number(go.version.split('.')[1]) < 23) continue;
    // The oldest is there for what changed since: panics and stripped-down location lists.
    if (go.version.startsWith('go1.19') && process.env['GOBUF_WHOLE'] !== '1' && !/defers|library/.test(file)) continue;
    test(`${go.version}: ${file}${flags.length > 0 ? '' : ', optimised'}`, async () => {
      const program = build(path.join(DATA, file), go, flags), init = path.join(folder, 'script');
      fs.writeFileSync(init, `${[...script, 'exit'].join('\n')}\n`);
      const theirs = parts(await new Promise<string>((resolve) => {
        execFile('dlv', ['exec', program, '--allow-non-terminal-interactive=true', '--check-go-version=false', '--redirect', 'stdout:/dev/null', '--redirect', 'stderr:/dev/null', '--init', init], { cwd: DATA, env: { ...process.env, GOMAXPROCS: '1', GOROOT: go.goroot, HOME: folder, XDG_CONFIG_HOME: folder, TERM: 'dumb', NO_COLOR: '1' }, encoding: 'utf8', timeout: 100_000, maxBuffer: 1 << 26 }, (_error, stdout) => { resolve(stdout); });
      }));
      const ours = parts(await played(program, script, { goroot: go.goroot, workingDirectory: DATA }));
      expect(theirs.length).toBeGreaterThan(60);
      let where = '';
      for (const [i, their] of theirs.entries()) {
        const command = commands[i]!, our = ours[i] ?? '(nothing)';
        if (/has exited/.test(their)) break;
        where = /^> .*$/m.exec(their)?.[0] ?? where;
        if (command === 'locals' || command === 'args') {
          const [a, b] = sameVariables(their, our);
          expect({ where, command, shown: b }).toEqual({ where, command, shown: a });
        } else expect({ where, command, shown: stop(our) }).toEqual({ where, command, shown: stop(their) });
      }
    }, 180_000);
  }
});
