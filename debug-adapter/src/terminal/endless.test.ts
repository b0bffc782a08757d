// Values that hold themselves come to an end, and so does all that is shown beside them. Delve ends itself on the first of them: there is nothing to compare with.
// Must stay true: what is not endless is shown whole, whatever else the frame holds.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { debuggerOf, hasGo } from '../engine/testing/session';
import { build, toolchain } from '../testing/toolchains';
import { Terminal } from './terminal';

const SOURCE = path.join(import.meta.dirname, 'testdata/endless.go');

test.skipIf(!hasGo)('channels, slices and maps that hold themselves (needs the go command)', async () => {
  const line = fs.readFileSync(SOURCE, 'utf8').split('\n').findIndex((each) => each.endsWith('// end')) + 1;
  const { debug } = debuggerOf(build(SOURCE, toolchain()!, ['-gcflags=all=-N -l']));
  let text = '';
  try {
    await debug.launch();
    const terminal = new Terminal(debug, { write: (part) => { text += part; }, workingDirectory: process.cwd() });
    const ask = async (command: string): Promise<string> => { text = ''; await terminal.execute(command); return text; };
    await ask(`break endless.go:${line}`);
    await ask('continue');
    expect(await ask('print other')).toBe('5\n');
    expect(await ask('print sl[2]')).toBe('main.slice len: 2, cap: 2, [\n\t[],\n\tnil,\n]\n');
    for (const name of ['ch', 'sl', 'm', 'anys', 'chain', 'fn']) {
      const value = await ask(`print ${name}`);
      expect(value, name).toMatch(/^(chan )?(\[\][\w ]+\{\} |map\[|main\.)/);
      expect(value.length, name).toBeLessThan(200_000);
    }
    expect(await ask('locals -v')).toMatch(/^other = 5$/m);
  } finally { debug.dispose(); }
}, 60_000);
