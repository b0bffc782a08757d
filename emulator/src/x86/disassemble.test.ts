// The text of instructions against Delve's own decoder: recorded vectors, and that decoder itself where Go is installed.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decode } from './decoder';
import type { Flavour } from './disassemble';
import { UNDECODABLE, disassemble } from './disassemble';
import { listing } from './disassemble/listing';
import { ADDRESS, askDelvesDecoder, symbolName } from './testing/delve-decoder';
import { randomInstructions } from './testing/random-instructions';

const FLAVOURS: Flavour[] = ['intel', 'gnu', 'go'];
const fromHex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

function texts(bytes: Uint8Array): string[] {
  const instruction = decode(bytes, 0, ADDRESS);
  return instruction ? FLAVOURS.map((flavour) => disassemble(instruction, flavour, symbolName)) : [UNDECODABLE];
}

/**
 * Instructions whose text deliberately differs from Delve's: Delve takes instructions that came after its tables for older ones
 * with a meaningless prefix (or refuses them), and prints the register class of another row for conversions with a 128-bit EVEX prefix.
 */
const NEWER = new Set(('WBNOINVD PTWRITE INCSSPD INCSSPQ CLRSSBSY UMONITOR UMWAIT TPAUSE CLWB CLFLUSHOPT VMCLEAR VMXON VMPTRLD VMPTRST RDPID ' +
  'RDSSPD RDSSPQ ENDBR32 ENDBR64 CLDEMOTE SERIALIZE UD0 UD1').split(' '));

function differsOnPurpose(bytes: Uint8Array): boolean {
  const instruction = decode(bytes, 0, ADDRESS);
  if (!instruction || NEWER.has(instruction.row.name)) return true;
  if (/^(CR|DR)/.test(instruction.row.form.split(/[ ,]+/).find((part) => /^[CD]Rn/.test(part)) ?? '')) return true;
  return instruction.evex !== undefined && instruction.vectorLength === 128 && /^VCVT/.test(instruction.row.name);
}

describe('disassembly', () => {
  test('equals the recorded text of Delve in three flavours', () => {
    const lines = readFileSync(new URL('./testing/disassembly.txt', import.meta.url), 'utf8').trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(1500);
    const wrong = lines.filter((line) => {
      const [hex = '', ...expected] = line.split('|');
      return texts(fromHex(hex)).join('|') !== expected.join('|');
    });
    expect(wrong).toEqual([]);
  });

  test('equals what Delve prints for random instructions of every row', (context) => {
    const instructions = [...randomInstructions(20_261, 3)];
    const answers = askDelvesDecoder(instructions.map((bytes) => Buffer.from(bytes).toString('hex')));
    if (!Array.isArray(answers)) return context.skip(answers.unavailable);
    let compared = 0;
    const wrong: string[] = [];
    answers.forEach((answer, i) => {
      const bytes = instructions[i]!;
      if (!answer || differsOnPurpose(bytes)) return;
      compared++;
      const ours = [bytes.length, ...texts(bytes)].join('|');
      const theirs = [answer.length, answer.intel, answer.gnu, answer.go].join('|');
      if (ours !== theirs) wrong.push(`${Buffer.from(bytes).toString('hex')}: ${ours}, Delve ${theirs}`);
    });
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(6000);
  });

  test('names what Delve cannot decode', () => {
    expect(texts(fromHex('f30f1efa'))).toEqual(['endbr64', 'endbr64', 'ENDBR64']);
    expect(texts(fromHex('66480f38f6c1'))).toEqual(['adcx rax, rcx', 'adcx %rcx,%rax', 'ADCX CX, AX']);
    expect(texts(fromHex('0f01ee'))).toEqual(['rdpkru', 'rdpkru', 'RDPKRU']);
    expect(texts(fromHex('06'))).toEqual(['?']);
  });

  test('follows Delve past VZEROUPPER unless that leads to bytes it cannot decode', () => {
    // vzeroupper; ret; nop; nop – Delve takes the ret for a ModRM byte.
    expect(listing(fromHex('c5f877c39090'), 0x1000, 'intel', () => undefined).map((line) => [line.address, line.text])).toEqual(
      [[0x1000, 'vzeroupper'], [0x1004, 'nop'], [0x1005, 'nop']]);
    // vzeroupper; jmp: after the stolen byte stands 60, which 64-bit mode does not have.
    expect(listing(fromHex('c5f877e960000000'), 0x1000, 'intel', () => undefined).map((line) => [line.address, line.text])).toEqual(
      [[0x1000, 'vzeroupper'], [0x1003, 'jmp 0x1068']]);
    expect(listing(fromHex('c5f877c39090'), 0x1000, 'intel', () => undefined, false).map((line) => line.text)).toEqual(['vzeroupper', 'ret', 'nop', 'nop']);
  });
});
