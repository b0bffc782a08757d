// Which words of an assembly line have a value beside it.
import { describe, expect, it } from 'vitest';
import { operandAt, operandsOf } from './assembly-operands';

const found = (line: string): string[] => operandsOf(line).map(({ expression }) => expression);

describe('operands of a line of Go assembly', () => {
  it.each([
    ['\tMOVQ\tgobuf_sp(BX), SP\t// restore SP', ['gobuf_sp(BX)', 'SP']],
    ['\tMOVQ\tDX, g(CX)', ['DX', 'CX']],
    ['\tLEAQ\truntime·g0(SB), DI', ['runtime·g0(SB)', 'DI']],
    ['\tMOVQ\t(g_sched+gobuf_sp)(SI), SP', ['(g_sched+gobuf_sp)(SI)', 'SP']],
    ['\tCALL\truntime·check(SB)', []],
    ['loop:\tADDQ\t$1, R8', ['R8']],
    ['\tMOVQ\tbuf+0(FP), BX', ['buf+0(FP)', 'BX']],
    ['\tget_tls(CX)', ['CX']],
    ['TEXT gogo<>(SB), NOSPLIT, $0', []],
    ['#define get_tls(r)\tMOVQ TLS, r', []],
    ['// MOVQ AX, BX', []],
    ['\tPXOR\tX15, X15', ['X15', 'X15']],
  ])('%s', (line, expected) => expect(found(line)).toEqual(expected));

  it('gives columns of the operand itself', () => {
    const line = '\tMOVQ\tgobuf_sp(BX), SP';
    for (const { start, end, expression } of operandsOf(line)) expect(line.slice(start, end)).toBe(expression);
  });

  it.each([[6, 'gobuf_sp(BX)'], [14, 'gobuf_sp(BX)'], [15, 'BX'], [16, 'BX'], [17, 'gobuf_sp(BX)'], [20, 'SP'], [1, undefined], [18, undefined]])('at column %i of a line a hover means %s', (column, expected) => {
    expect(operandAt('\tMOVQ\tgobuf_sp(BX), SP', column)?.expression).toBe(expected);
  });
  it('a symbol is whole at each of its columns', () => expect(operandAt('\tLEAQ\truntime·g0(SB), DI', 18)?.expression).toBe('runtime·g0(SB)'));
});
