// What each name of a small file is coloured as.
import { expect, test } from 'vitest';
import { fixture } from '../testing/fixture';
import { semanticTokens } from './semantic-tokens';

test('names by what they are', () => {
  const p = fixture(`-- p/go.mod --
module p
-- p/p.go --
package p

const limit = 3

type cell struct{ value int64 }

var counter int64

func f(c *cell)
-- p/p_amd64.s --
#include "go_asm.h"
#define TWICE(r) ADDQ r, r
#ifdef GOARCH_arm64
	BROKEN here
#endif
DATA table<>+0(SB)/8, $const_limit
GLOBL table<>(SB), 8, $8
TEXT ·f(SB), 4, $8-8
	MOVQ c+0(FP), AX
	MOVQ cell_value(AX), BX
again:
	TWICE(BX)
	MOVQ BX, p·counter(SB)
	MOVQ BX, x-8(SP)
	JNE again
	CALL ·f(SB)
	RET
`);
  const file = p.read('/p/p_amd64.s');
  const found = semanticTokens(file, p.knowledge('/p/p_amd64.s')).map(({ start, end, type, modifiers }) => `${file.source.text.slice(start, end).trim()} ${[type, ...modifiers].join('.')}`);
  expect(found).toEqual([
    'TWICE macro.declaration', 'r parameter.declaration', 'r parameter', 'r parameter', 'BROKEN here comment', 'table variable.static', 'const_limit enumMember.readonly', 'table variable.declaration.static',
    '·f function.declaration', 'c parameter', 'cell_value property.readonly', 'again label.declaration', 'TWICE macro', 'p·counter variable', 'x variable', 'again label', '·f function',
  ]);
});
