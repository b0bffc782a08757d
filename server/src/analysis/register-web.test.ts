// Which uses of a register belong to one value.
import { expect, test } from 'vitest';
import { fixture, shown } from '../testing/fixture';
import { entityAt } from './entity';
import { registerWeb } from './register-web';

const web = (asm: string, mark = 'x') => {
  const p = fixture(`-- p/p.go --\npackage p\n-- p/p_amd64.s --\nTEXT ·f(SB), 4, $0\n${asm}`);
  const file = p.read('/p/p_amd64.s');
  const entity = entityAt(file, p.at(mark).offset);
  if (entity?.kind !== 'register' || !entity.function) throw new Error('no register at the mark');
  return registerWeb(entity.name, entity.span, entity.function, file, p.knowledge('/p/p_amd64.s')).map(({ span, write }) => `${shown(span).split(':')[1] ?? ''}${write ? 'w' : 'r'}`);
};

test('a value ends where the register is written again', () => {
  const asm = (first: string, second: string) => `\tMOVQ $1, ${first}AX\n\tMOVQ AX, BX\n\tMOVQ $2, ${second}AX\n\tMOVQ AX, CX\n\tRET\n`;
  expect(web(asm('«x»', ''))).toEqual(['2w', '3r']);
  expect(web(asm('', '«x»'))).toEqual(['4w', '5r']);
});

test('both branches that meet in one use', () => {
  expect(web('\tCMPQ BX, $0\n\tJEQ other\n\tMOVQ $1, AX\n\tJMP done\nother:\n\tMOVQ $2, AX\ndone:\n\tMOVQ «x»AX, CX\n\tMOVQ $3, AX\n\tRET\n')).toEqual(['4w', '7w', '9r']);
});

test('a loop, addresses, and parts of a register', () => {
  expect(web('\tMOVQ $8, CX\nloop:\n\tMOVB (SI)(CX*1), AL\n\tDECQ «x»CX\n\tJNE loop\n\tMOVQ $0, CX\n\tRET\n')).toEqual(['2w', '4r', '5w']);
  expect(web('\tMOVQ (SI), «x»AX\n\tMOVB AL, (DI)\n\tCALL ·g(SB)\n\tMOVQ AX, BX\n\tRET\n')).toEqual(['2w', '3r']);
});

test('what comes in from outside', () => expect(web('\tMOVQ «x»AX, BX\n\tADDQ AX, BX\n\tMOVQ BX, AX\n\tRET\n')).toEqual(['2r', '3r']));
