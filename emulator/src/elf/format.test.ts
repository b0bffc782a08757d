// Every kind of file that cannot be run gets its own sentence, and no bytes crash the loader.
import { describe, expect, it } from 'vitest';
import { AddressSpace } from '../memory/address-space';
import { tinyElf } from '../testing/tiny-elf';
import { BadProgram, parseElf } from './format';
import { loadElf } from './load';

const spoiled = (change: (bytes: Uint8Array, view: DataView) => void): Uint8Array => {
  const bytes = tinyElf();
  change(bytes, new DataView(bytes.buffer));
  return bytes;
};

describe('programs that cannot be run', () => {
  const cases: [string, Uint8Array, RegExp][] = [
    ['empty', new Uint8Array(0), /it is empty/],
    ['text', new TextEncoder().encode('hello, this is text'), /not an ELF file/],
    ['script', new TextEncoder().encode('#!/bin/sh\n'), /a script/],
    ['PE', new Uint8Array([0x4d, 0x5a, 0, 0]), /Windows program \(PE\)/],
    ['Mach-O', new Uint8Array([0xcf, 0xfa, 0xed, 0xfe, 0, 0]), /Mach-O/],
    ['truncated header', tinyElf().slice(0, 40), /header is truncated/],
    ['truncated program headers', tinyElf().slice(0, 100), /truncated inside its program headers/],
    ['truncated segment', tinyElf().slice(0, 0x1002), /truncated: segment 0/],
    ['big-endian', spoiled((b) => { b[5] = 2; }), /big-endian/],
    ['32-bit', spoiled((b, v) => { b[4] = 1; v.setUint16(18, 3, true); }), /32-bit program for 32-bit x86/],
    ['arm64', spoiled((_, v) => v.setUint16(18, 183, true)), /for arm64, not amd64/],
    ['object file', spoiled((_, v) => v.setUint16(16, 1, true)), /not been linked/],
    ['core', spoiled((_, v) => v.setUint16(16, 4, true)), /core dump/],
    ['FreeBSD', spoiled((b) => { b[7] = 9; }), /FreeBSD/],
    ['dynamic', spoiled((_, v) => v.setUint32(120, 3, true)), /dynamically linked/],
    ['no headers', spoiled((_, v) => v.setUint16(56, 0, true)), /no program headers/],
    ['overlap', spoiled((_, v) => v.setBigUint64(136, 0x401000n, true)), /overlap/],
    ['one page twice', spoiled((_, v) => { v.setBigUint64(136, 0x401800n, true); v.setBigUint64(128, 0x800n, true); }), /share a page/],
    ['huge', spoiled((_, v) => v.setBigUint64(160, 0x7000_0000_0000n, true)), /asks for|outside/],
    ['beyond user space', spoiled((_, v) => v.setBigUint64(136, 0xffff_8000_0000_0000n, true)), /outside the user address space/],
    ['program headers in the kernel', spoiled((_, v) => { v.setUint32(120, 6, true); v.setBigUint64(136, 0xffff_ffff_ffff_ffffn, true); }), /program headers lie outside the user address space/],
    ['file larger than memory', spoiled((_, v) => v.setBigUint64(104, 1n, true)), /larger in the file/],
    ['page zero', spoiled((_, v) => v.setBigUint64(136, 0x1000n, true)), /below the lowest address/],
    ['entry outside', spoiled((_, v) => v.setBigUint64(24, 0x500000n, true)), /entry point/],
  ];
  it.each(cases)('%s', (_, bytes, message) => {
    expect(() => parseElf(bytes)).toThrow(BadProgram);
    expect(() => parseElf(bytes)).toThrow(message);
    try { parseElf(bytes); } catch (error) { expect((error as Error).message).not.toContain('\n'); }
  });

  it('refuses or loads whatever bytes it is given', () => {
    let seed = 1;
    const random = (n: number): number => { seed = (Math.imul(seed, 1103515245) + 12345) >>> 0; return (seed >>> 8) % n; };
    for (let i = 0; i < 1000; i++) {
      let bytes = tinyElf();
      for (let j = random(4); j >= 0; j--) bytes[random(200)] = [0, 255, 1, 0x80, random(256)][random(5)]!;
      if (random(8) === 0) bytes = bytes.slice(0, random(bytes.length));
      try {
        const program = parseElf(bytes), space = new AddressSpace(1 << 24);
        loadElf(space, program, bytes, { path: '/p', args: ['p'], env: [], random: new Uint8Array(16), uid: 0, gid: 0, cpuFeatures: 0 });
      } catch (error) { expect(error).toBeInstanceOf(BadProgram); }
    }
  });
});

describe('the initial stack', () => {
  it('holds argc, argv, envp and the auxiliary vector as Linux writes them', () => {
    const bytes = tinyElf(), space = new AddressSpace(1 << 24);
    const random = Uint8Array.from({ length: 16 }, (_, i) => i + 1);
    const loaded = loadElf(space, parseElf(bytes), bytes, { path: '/bin/p', args: ['p', 'two'], env: ['A=b'], random, uid: 5, gid: 6, cpuFeatures: 7 });
    const word = (at: number): number => Number(new DataView(space.peek(at, 8).buffer).getBigUint64(0, true));
    const text = (at: number): string => new TextDecoder().decode(space.peek(at, 64)).split('\0')[0]!;
    const sp = loaded.stackPointer;
    expect(sp % 16).toBe(0);
    expect([word(sp), text(word(sp + 8)), text(word(sp + 16)), word(sp + 24), text(word(sp + 32)), word(sp + 40)]).toEqual([2, 'p', 'two', 0, 'A=b', 0]);
    const auxv = new Map<number, number>();
    for (let at = sp + 48; word(at) !== 0; at += 16) auxv.set(word(at), word(at + 8));
    expect([...space.peek(auxv.get(25)!, 16)]).toEqual([...random]);
    expect([auxv.get(6), auxv.get(9), auxv.get(11), auxv.get(23), text(auxv.get(31)!)]).toEqual([4096, 0x401000, 5, 0, '/bin/p']);
    expect(auxv.has(33)).toBe(false);
  });
});
