// Names of go_asm.h that cannot be worked out because a dependency is not on the disk are no errors, and say what is missing; misspelled ones are, with what is meant.
import { expect, test } from 'vitest';
import { fixture } from '../testing/fixture';

const GO = `-- p/go.mod --
module example.com/p

require example.org/gone v1.0.0
-- p/p.go --
package p

import "example.org/gone/sub"

const Own = 5
const From_dep = sub.Size * 2

type Holder struct {
	a int
	b sub.Thing
}

type Good struct{ count, size int }

func f()
`;
const REASON = 'package example.org/gone/sub is not to be found; "go mod download" fetches what is required';
const found = (line: string) => {
  const p = fixture(`${GO}-- p/p_amd64.s --\n#include "go_asm.h"\n#define LOAD(r) MOVQ Holder_b(r), AX\n\nTEXT ·f(SB), 4, $0\n${line}\n\tRET\n`);
  const text = p.texts['/p/p_amd64.s'] ?? '';
  return p.checker.check('/p/p_amd64.s', text).problems.map(({ code, severity, message, span, fixes }) => `${severity} ${code} ${text.slice(span.start, span.end)}: ${message}${fixes?.length ? ` [${fixes.map(({ title }) => title).join(', ')}]` : ''}`);
};

test.each([
  ['\tMOVQ $const_Own, AX', []],
  ['\tMOVQ $const_From_dep, AX', [`warning unresolved const_From_dep: const_From_dep cannot be worked out: ${REASON}`]],
  ['\tMOVQ $(const_From_dep*8+1), AX', [`warning unresolved const_From_dep: const_From_dep cannot be worked out: ${REASON}`]],
  ['\tMOVQ Holder_a(AX), BX', [`warning unresolved Holder_a: Holder_a cannot be worked out: ${REASON}`]],
  ['\tMOVQ $Holder__size, BX', [`warning unresolved Holder__size: Holder__size cannot be worked out: ${REASON}`]],
  ['\tMOVQ Holder_a(AX), BX; MOVQ BX, Holder_b(AX)', [`warning unresolved Holder_a: Holder_a cannot be worked out: ${REASON}`]],
  ['\tLOAD(BX)', [`warning unresolved LOAD: Holder_b cannot be worked out: ${REASON}`]],
  ['\tMOVQ $1 2, AX // const_From_dep', ['error syntax 2: unexpected 2 after the operand']],
  ['\tMOVX $const_From_dep, AX', ['error mnemonic MOVX', `warning unresolved const_From_dep: const_From_dep cannot be worked out: ${REASON}`]],
  ['\tMOVQ Good_cont(AX), BX', ['error syntax Good_cont: Good_cont is not defined: there is no #define of it, and no such name in go_asm.h; is Good_count meant? [Write Good_count]']],
  ['\tMOVQ Good_c(AX), BX', ['error syntax Good_c: Good_c is not defined: there is no #define of it, and no such name in go_asm.h; is Good_count meant? [Write Good_count]']],
  ['\tMOVQ $const_Own1, BX', ['error syntax const_Own1: const_Own1 is not defined: there is no #define of it, and no such name in go_asm.h; is const_Own meant? [Write const_Own]']],
  ['\tMOVQ nothing_like_it(AX), BX', ['error syntax nothing_like_it: nothing_like_it is not defined: there is no #define of it, and no such name in go_asm.h']],
  ['\tMOVQ good(AX), BX', ['error syntax AX: expected SB, FP, SP or PC, found AX']],
  ['#if const_From_dep', ["error syntax if: #if is not a directive of Go's assembler"]],
])('%j', (line, expected) => {
  const all = found(line);
  expect(all.map((each, i) => (expected[i] !== undefined && each.startsWith(expected[i]) ? expected[i] : each))).toEqual(expected);
});
