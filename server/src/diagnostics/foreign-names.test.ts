// Names of other assemblers: what is said, and that the fix is what Go's assembler takes.
import { expect, test } from 'vitest';
import { fixture } from '../testing/fixture';

function found(name: string, line: string): string[] {
  const path = `/p/p_${name}.s`;
  const p = fixture(`-- p/go.mod --\nmodule p\n-- p/p.go --\npackage p\n\nfunc f()\n-- p/p_${name}.s --\nTEXT ·f(SB), 4, $0\n\t${line}\n\tRET\n`);
  const text = p.texts[path] ?? '';
  return p.checker.check(path, text).problems.filter(({ severity }) => severity === 'error').map(({ message, fixes }) => {
    const fix = fixes?.[0];
    const after = fix ? fix.edits.reduce((now, { span, text: by }) => now.slice(0, span.start) + by + now.slice(span.end), text).split('\n')[1]?.trim() : '';
    return `${message} | ${after ?? ''}`;
  });
}

test.each([
  ['amd64', 'MOVQ RAX, BX', 'RAX is AX in Go\'s assembler | MOVQ AX, BX'],
  ['amd64', 'MOVQ %rax, BX', '%rax is AX in Go\'s assembler | MOVQ AX, BX'],
  ['amd64', 'MOVL AX, r8d', 'r8d is R8 in Go\'s assembler | MOVL AX, R8'],
  ['amd64', 'VPADDD YMM11, Y1, Y2', 'YMM11 is Y11 in Go\'s assembler | VPADDD Y11, Y1, Y2'],
  ['amd64', 'MOVQ ax, BX', 'ax is AX in Go\'s assembler | MOVQ AX, BX'],
  ['amd64', 'MOVQ nothing, BX', 'nothing is neither a register nor followed by (SB), (FP) or (SP) | '],
  ['amd64', 'LEAQ runtime.g0(SB), AX', 'in a symbol a dot is written · | LEAQ runtime·g0(SB), AX'],
  ['amd64', 'JMP ·g', '·g is no label: of a symbol write ·g(SB) | JMP ·g(SB)'],
  ['amd64', 'PUSH AX', 'amd64 has no instruction PUSH; is PUSHQ meant? | PUSHQ AX'],
  ['arm64', 'MOVD x3, R4', 'x3 is R3 in Go\'s assembler | MOVD R3, R4'],
])('%s %s', (goarch, line, expected) => expect(found(goarch, line)).toEqual([expected]));
