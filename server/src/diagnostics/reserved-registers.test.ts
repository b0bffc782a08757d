// The frame pointer, g and the zero register: overwritten and not put back, and all the ways in which code rightly does.
import { expect, test } from 'vitest';
import { fixture } from '../testing/fixture';

function clobbers(body: string, text = 'TEXT ·f(SB), 4, $0', arch = 'amd64', module = 'p'): string[] {
  const p = fixture(`-- p/go.mod --\nmodule ${module}\n-- p/p.go --\npackage p\nfunc f()\n-- p/p_${arch}.s --\n${text}\n${body}`);
  const path = `/p/p_${arch}.s`;
  return p.checker.check(path, p.texts[path] ?? '').problems.filter(({ code }) => code === 'register-clobber').map(({ message }) => message.replace(/:.*/, ''));
}
const BP = ['BP is the frame pointer'], X15 = ['X15 is zero in ABIInternal code'], G = ['R14 holds the current g in ABIInternal code'];
const INTERNAL = 'TEXT ·f<ABIInternal>(SB), 4, $0';

test.each([
  ['overwritten, behind a branch too', '\tCMPQ AX, $1\n\tJEQ done\n\tMOVQ AX, BP\ndone:\n\tRET\n', 'TEXT ·f(SB), 4, $0', BP],
  ['saved and put back', '\tPUSHQ BP\n\tMOVQ AX, BP\n\tPOPQ BP\n\tRET\n', 'TEXT ·f(SB), 4, $0', []],
  ['saved by the assembler for a frame', '\tMOVQ AX, BP\n\tRET\n', 'TEXT ·f(SB), 4, $8', []],
  ['NOFRAME saves nothing', '\tMOVQ AX, BP\n\tRET\n', 'TEXT ·f(SB), 4|512, $8', BP],
  ['only addressed', '\tMOVQ AX, (BP)\n\tRET\n', 'TEXT ·f(SB), 4, $0', []],
  ['taken from another stack', '\tMOVQ 8(SP), BP\n\tADDQ $16, SP\n\tRET\n', 'TEXT ·f(SB), 4, $0', []],
  ['taken from the stack that is left as it is', '\tMOVQ 8(SP), BP\n\tRET\n', 'TEXT ·f(SB), 4, $0', BP],
  ['set up for what never comes back', '\tPUSHQ $0\n\tMOVQ SP, BP\n\tJMP ·g(SB)\n', 'TEXT ·f(SB), 4|512, $0', []],
  ['overwritten by what never comes back', '\tMOVQ AX, BP\n\tJMP ·g(SB)\n', 'TEXT ·f(SB), 4|512, $0', BP],
  ['never left', '\tMOVQ AX, BP\nagain:\n\tJMP again\n', 'TEXT ·f(SB), 4, $0', []],
  ['X15 in ABIInternal code', '\tMOVOU (AX), X15\n\tRET\n', INTERNAL, X15],
  ['X15 in ABI0 code is free', '\tMOVOU (AX), X15\n\tRET\n', 'TEXT ·f(SB), 4, $0', []],
  ['X15 zeroed again', '\tMOVOU (AX), X15\n\tXORPS X15, X15\n\tRET\n', INTERNAL, []],
  ['X15 zeroed on one path only', '\tMOVOU (AX), X15\n\tCMPQ AX, $1\n\tJEQ out\n\tXORPS X15, X15\nout:\n\tRET\n', INTERNAL, X15],
  ['X15 zeroed after a call', '\tMOVOU (AX), X15\n\tCALL ·f(SB)\n\tXORPS X15, X15\n\tRET\n', INTERNAL, X15],
  ['Y15 is X15', '\tVMOVDQU (AX), Y15\n\tRET\n', INTERNAL, X15],
  ['g overwritten', '\tMOVQ AX, R14\n\tRET\n', INTERNAL, G],
  ['g kept and loaded again', '\tMOVQ R14, BX\n\tXORL R14, R14\n\tMOVQ BX, R14\n\tRET\n', INTERNAL, []],
  ['g from thread-local storage', '\tXORL R14, R14\n\tMOVQ (TLS), R14\n\tRET\n', INTERNAL, []],
])('%s', (_name, body, text, expected) => {
  expect(clobbers(body, text)).toEqual(expected);
});

test('R29 of arm64, and package runtime left out', () => {
  expect(clobbers('\tCBZ R0, done\n\tMOVD R0, R29\ndone:\n\tRET\n', 'TEXT ·f(SB), 4, $0', 'arm64')).toEqual(['R29 is the frame pointer']);
  expect(clobbers('\tMOVQ AX, BP\n\tRET\n', 'TEXT ·f(SB), 4, $0', 'amd64', 'runtime')).toEqual([]);
});
