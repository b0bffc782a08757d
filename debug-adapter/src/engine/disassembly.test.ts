// Disassembly by parts of functions: rows around a place must be those that decoding the whole function gives.
// Must stay true: the places at which a function is parted are told by Go's own line table; that they begin instructions is shown here, on a whole program.

import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openBinary } from '../symbols';
import { decodeInstruction } from './decode';
import { disassembleRange, disassembleRows } from './disassembly';
import type { DisassemblyHost } from './disassembly';
import { hasGo, PINGPONG, program } from './testing/session';

describe.skipIf(!hasGo)('disassembly by parts (needs the go command)', () => {
  test('every part of every large function begins with an instruction, and rows are the whole function\'s', () => {
    const binary = openBinary(fs.readFileSync(program(PINGPONG)));
    const host: DisassemblyHost = { binary, pc: undefined, breakpoints: new Set(), read: (address, length) => binary.readStatic(address, length), decode: (bytes, offset, address, flavor) => decodeInstruction(binary, bytes, offset, address, flavor) };
    let starts = 0, listed = 0;
    for (const fn of binary.functions()) {
      if (fn.assembly || fn.end - fn.entry < 1500) continue;
      const whole = disassembleRange(host, fn.entry, fn.end, 'intel'), addresses = new Set(whole.map(({ address }) => address));
      const strays = binary.instructionStarts(fn).filter((address) => !addresses.has(address));
      expect(strays, fn.name).toEqual([]);
      starts += binary.instructionStarts(fn).length;
      const middle = whole.length >> 1;
      expect(disassembleRows(host, whole[middle]!.address, -100, 200, 'intel').map(({ address, text }) => `${address} ${text}`)).toEqual(whole.slice(middle - 100, middle + 100).map(({ address, text }) => `${address} ${text}`));
      listed++;
    }
    expect(starts).toBeGreaterThan(5000);
    expect(listed).toBeGreaterThan(30);
  });
});
