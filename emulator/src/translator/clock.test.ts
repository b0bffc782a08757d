// The time as translated code answers it and as the kernel does: the same program, once as ever and once with somebody who wants to hear of each call.
import { describe, expect, it, vi } from 'vitest';
import { Kernel } from '../kernel/kernel';
import { createMachine } from '../machine';
import { CODE_AT, DATA_AT, tinyElf } from '../testing/tiny-elf';

const word = (value: number): number[] => [0, 8, 16, 24].map((shift) => (value >> shift) & 255);

/** Asks so often for the time of clock `i & mask`, put at `at`, mixes what is there and what came back into R12, then writes R12 and ends. */
function program(turns: number, mask: number, at: number): Uint8Array {
  const setup = [0xbb, ...word(turns), 0x4d, 0x31, 0xe4];
  const body = [
    0x89, 0xdf, 0x81, 0xe7, ...word(mask), // MOVL BX, DI; ANDL $mask, DI
    0xbe, ...word(at), 0xb8, ...word(228), 0x0f, 0x05, // MOVL $at, SI; MOVL $228, AX; SYSCALL
    0x49, 0xc1, 0xc4, 0x05, 0x49, 0x01, 0xc4, // ROLQ $5, R12; ADDQ AX, R12
    0x4c, 0x33, 0x24, 0x25, ...word(DATA_AT + 0x2ff8), 0x4c, 0x03, 0x24, 0x25, ...word(DATA_AT + 0x3000), // XORQ, ADDQ of what is there
    0x4c, 0x89, 0x24, 0x25, ...word(DATA_AT + 0x3100), // MOVQ R12, beside it: only pages that are written to are known to the processor
    0xff, 0xcb, // DECL BX
  ];
  const loop = [...body, 0x0f, 0x85, ...word(-(body.length + 6))];
  const end = [
    0x4c, 0x89, 0x24, 0x25, ...word(DATA_AT), 0xbf, ...word(1), 0xbe, ...word(DATA_AT), 0xba, ...word(8), 0xb8, ...word(1), 0x0f, 0x05, // MOVQ R12, DATA_AT; write
    0x31, 0xff, 0xb8, ...word(231), 0x0f, 0x05,
  ];
  return tinyElf(new Uint8Array([...setup, ...loop, ...end]));
}

function outcome(code: Uint8Array, heard: boolean, budget = 1e12): { written: string; instructions: number; end: unknown } {
  let written = '';
  const machine = createMachine({ program: code, path: '/p', args: [], env: [], host: { write: (_, bytes) => { written += Buffer.from(bytes).toString('hex'); } } });
  if (heard) machine.stopOn(new Set(['syscall']));
  for (;;) {
    const end = machine.run(machine.instruction + budget);
    if (end.reason !== 'limit' && end.reason !== 'event') return { written, instructions: machine.instruction, end };
  }
}

describe('clock_gettime in translated code', () => {
  it.each([
    ['clocks 0 and 1', 1, DATA_AT + 0x3000],
    ['clocks 0 to 3, two of which the kernel answers', 3, DATA_AT + 0x3000],
    ['clocks that there are not', 31, DATA_AT + 0x3000],
    ['across pages', 1, DATA_AT + 0x2ff8],
    ['where nothing may be written', 1, CODE_AT],
    ['where nothing is', 1, 0x1000],
  ])('%s', (_, mask, at) => {
    const code = program(20_000, mask, at), plain = outcome(code, false);
    expect(plain.written).toHaveLength(16);
    expect(plain.end).toEqual({ reason: 'exited', code: 0 });
    expect(outcome(code, true)).toEqual(plain);
    expect(outcome(code, false, 7919)).toEqual(plain);
  });

  it('is answered while code is interpreted', () => {
    const asked = vi.spyOn(Kernel.prototype, 'syscall');
    try {
      // Fewer turns than make a loop worth translating.
      outcome(program(2000, 1, DATA_AT + 0x3000), false);
      expect(asked.mock.calls.length).toBeLessThan(100);
    } finally { asked.mockRestore(); }
  });

  it('is answered there once code is hot', () => {
    const asked = vi.spyOn(Kernel.prototype, 'syscall');
    try {
      outcome(program(200_000, 1, DATA_AT + 0x3000), false);
      expect(asked.mock.calls.length).toBeLessThan(50_000);
    } finally { asked.mockRestore(); }
  });
});
