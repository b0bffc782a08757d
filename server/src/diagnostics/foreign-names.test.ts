// Names of other assemblers: what is said, and that the fix is what Go's assembler takes.
import { expect, test } from 'vitest';
import { fixture } from '../testing/fixture';

function found(name: string, line: string): string[] {
  const path = `/p/p_${name}.s`;
  const p = fixture(`-- p/go.mod --\nmodule p\n-- p/p.go --\npackage p\n\nfunc f()\n\nconst limit = 4\n\ntype T struct{ x int }\n-- p/p_${name}.s --\nTEXT ·f(SB), 4, $0\n\t${line}\n\tRET\n`);
  const text = p.texts[path] ?? '';
  return p.checker.check(path, text).problems.filter(({ severity }) => severity === 'error').map(({ message, fixes }) => {
    const fix = fixes?.[0];
    // From the end on, as each edit moves what is behind it.
    const after = fix ? [...fix.edits].sort((a, b) => b.span.start - a.span.start).reduce((now, { span, text: by }) => now.slice(0, span.start) + by + now.slice(span.end), text).split('\n').at(-3)?.trim() : '';
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
  ['amd64', 'MOVQ $limit, BX', 'limit is a Go constant: here it is const_limit, of go_asm.h | MOVQ $const_limit, BX'],
  ['arm64', 'MOVD T_x(R0), R1', 'T_x is defined in go_asm.h, which this file does not include | MOVD T_x(R0), R1'],
  ['arm64', 'MOVD w18, R1', "w18 is R18_PLATFORM in Go's assembler | MOVD R18_PLATFORM, R1"],
  ['arm64', 'MOVD (R28), R1', "R28 is g in Go's assembler | MOVD (g), R1"],
  ['arm64', 'ADD V0.S4, V1.S5, V2.S4', 'V1 has no arrangement S5 | '],
  ['loong64', 'MOVV R22, R5', "R22 is g in Go's assembler | MOVV g, R5"],
  ['s390x', 'MOVD R13, R1', "R13 is g in Go's assembler | MOVD g, R1"],
  ['arm64', 'MOVD x3, R4', 'x3 is R3 in Go\'s assembler | MOVD R3, R4'],
])('%s %s', (goarch, line, expected) => expect(found(goarch, line)).toEqual([expected]));
