// Field names beside instructions: taken from the source line, believed only where the program's own types have the field at that displacement.
import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { debuggerOf, hasGo, PINGPONG, program } from '../engine/testing/session';
import { openBinary } from '../symbols';
import { fieldNotes } from './disassembly-notes';
import { Terminal } from './terminal';

describe.skipIf(!hasGo)('names of fields (needs the go command)', () => {
  test('stand only where they are right', () => {
    const binary = openBinary(fs.readFileSync(program(PINGPONG)));
    const offset = (path: string): number => path.split('.').reduce(({ type, at }, name) => { const field = type!.field(name)!; return { type: field.type, at: at + field.offset }; }, { type: binary.typeNamed('runtime.g'), at: 0 }).at;
    const sp = offset('sched.sp'), m = offset('m'), guard = offset('stackguard0');
    expect(fieldNotes(binary, `MOVQ 0x${sp.toString(16)}(R14), SP`, 'MOVQ (g_sched+gobuf_sp)(R14), SP', true)).toEqual(['(g_sched+gobuf_sp)(R14)']);
    expect(fieldNotes(binary, `MOVQ 0x${m.toString(16)}(DX), BX`, '\tMOVQ\tg_m(DX), BX', true)).toEqual(['g_m(DX)']);
    expect(fieldNotes(binary, `MOVQ 0x${(m + 8).toString(16)}(DX), BX`, 'MOVQ g_m(DX), BX', true)).toEqual([]);
    expect(fieldNotes(binary, `MOVQ 0x${m.toString(16)}(CX), BX`, 'MOVQ g_m(DX), BX', true)).toEqual([]);
    expect(fieldNotes(binary, `CMPQ 0x${guard.toString(16)}(R14), SP`, 'func main() {', false)).toEqual(['g.stackguard0']);
    expect(fieldNotes(binary, `CMPQ 0x${guard.toString(16)}(R14), SP`, undefined, true)).toEqual([]);
    expect(fieldNotes(binary, 'MOVQ 0x8(AX), CX', 'x := y', false)).toEqual([]);
  });

  test('disass -f -s adds to the listing and changes none of its rows', async () => {
    const { debug } = debuggerOf(program(PINGPONG));
    let text = '';
    try {
      await debug.launch();
      const terminal = new Terminal(debug, { write: (part) => { text += part; } });
      const listing = async (line: string): Promise<string[]> => { text = ''; await terminal.execute(line); return text.trimEnd().split('\n'); };
      const plain = await listing('disass -l runtime.mcall'), noted = await listing('disass -s -f -l runtime.mcall');
      expect(noted.filter((line) => !line.startsWith('\t; ')).map((line) => line.replace(/\t; .*$/, ''))).toEqual(plain);
      expect(noted.some((line) => /\t; \(g_sched\+gobuf_pc\)\(R14\)$/.test(line))).toBe(true);
      expect(noted.some((line) => /\t; TLS: g$/.test(line))).toBe(true);
      expect(noted.some((line) => /^\t; MOVQ \(g_sched\+gobuf_sp\)\(R14\), SP/.test(line))).toBe(true);
    } finally { debug.dispose(); }
  });
});
