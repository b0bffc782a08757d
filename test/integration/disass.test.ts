// The disassembly of every function of the example, in each flavour, is Delve's, text for text; where Delve cannot decode an
// instruction, gobuf can.
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { delve, delveVersion, gobufExec } from '../support/delve';
import { build, toolchain } from '../../debug-adapter/src/testing/toolchains';
import { gobuf } from '../support/processes';

const go = toolchain();

/** Function names that Delve's location syntax can express and that mean one function to it. */
function functionNames(binary: string): string[] {
  const listed = spawnSync(go!.command, ['tool', 'nm', '-n', binary], { env: go!.env, encoding: 'utf8', maxBuffer: 1 << 26 }).stdout;
  const names = new Set([...listed.matchAll(/^\s*[0-9a-f]+ [Tt] ([\w./()*]+)$/gm)].map((match) => match[1]!.replace(/\.(abi0|abiinternal)$/, '')));
  const packageAndLast = (name: string): string => { const dot = name.indexOf('.', name.lastIndexOf('/') + 1); return `${name.slice(0, dot)}.${name.slice(name.lastIndexOf('.') + 1)}`; };
  const methods = new Set([...names].filter((name) => packageAndLast(name) !== name).map(packageAndLast));
  return [...names].filter((name) => !methods.has(name));
}

/** Text by function name. */
function byFunction(output: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const part of output.split(/^(?=TEXT )/m).filter((each) => each.startsWith('TEXT '))) {
    const lines = part.split('\n').map((line) => line.trimEnd());
    const end = lines.findIndex((line, i) => i > 0 && line !== '' && !line.startsWith('\t') && !line.startsWith('=>'));
    const name = /^TEXT (\S+?)(?:\.abi0|\.abiinternal)?\(SB\)/.exec(lines[0]!)?.[1];
    if (name) found.set(name, (end < 0 ? lines : lines.slice(0, end)).join('\n').trimEnd());
  }
  return found;
}

describe.skipIf(!go || !delveVersion)(`disassembly as Delve ${delveVersion ?? '(not here)'} prints it`, () => {
  test.each(['intel', 'go', 'gnu'])('every function of examples/switch, flavour %s', async (flavour) => {
    const binary = build('examples/switch', go!);
    const names = functionNames(binary);
    const script = [`config disassemble-flavor ${flavour}`, ...names.map((name) => `disass -l ${name}`), 'exit'];
    const theirs = byFunction((await delve(binary, script, 280_000)).stdout);
    const ours = byFunction((await gobufExec(binary, script, { milliseconds: 280_000, goroot: go!.goroot })).stdout);
    let compared = 0;
    const different: string[] = [];
    for (const [name, text] of theirs) {
      const own = ours.get(name) ?? '(nothing)';
      if (/\t\?$/m.test(text) && !/\t\?$/m.test(own) && own !== '(nothing)') continue;
      compared++;
      if (own !== text) different.push(name);
    }
    const [first] = different;
    expect(ours.get(first ?? ''), `${different.length} of ${compared} differ: ${different.slice(0, 10).join(' ')}`).toBe(theirs.get(first ?? ''));
    expect(compared).toBeGreaterThan(1000);
  }, 600_000);

  test('gobuf disass prints the same without a session', async () => {
    const binary = build('examples/switch', go!);
    const theirs = byFunction((await delve(binary, ['disass -l runtime.gogo', 'exit'])).stdout).get('runtime.gogo');
    const ours = await gobuf(['disass', binary, '-l', 'runtime.gogo']);
    expect(byFunction(ours.stdout).get('runtime.gogo')).toBe(theirs);
    expect(ours.status).toBe(0);
  });
});
