// What can stand as an operand, by the forms of the user's Go: nothing that Go's own assembly writes is left out, and branches that compare have no label first.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { operandForms } from '../arch/operand-forms';
import { disk, goroot, parser } from '../testing/fixture';
import { Checker } from './check';
import { canBe, operandTexts } from './operand-kinds';

const root = goroot?.path ?? '';

test.skipIf(!goroot)("every label and every place in memory of Go's own assembly can be where it is", () => {
  const checker = new Checker({ files: disk, parser, goroot: root, minor: goroot?.minor ?? 26, moduleCache: undefined });
  const refused = new Set<string>();
  let count = 0;
  for (const folder of ['runtime', 'internal/bytealg', 'internal/runtime/atomic', 'math', 'math/big', 'reflect', 'crypto/internal/fips140/sha256', 'crypto/internal/fips140/aes', 'crypto/md5', 'syscall']) {
    for (const name of fs.readdirSync(path.join(root, 'src', folder)).filter((each) => each.endsWith('.s'))) {
      const file = checker.read(`${root}/src/${folder}/${name}`, fs.readFileSync(path.join(root, 'src', folder, name), 'utf8'), undefined, true);
      const { family, isJump } = file.arch;
      const forms = operandForms(family, { goroot: root, files: disk, parser });
      const aliases = checker.mnemonics(file)?.aliases;
      for (const { word, operands } of file.statements) {
        if (!word || word.expansion || /^(TEXT|DATA|GLOBL|PCDATA|FUNCDATA)$/.test(word.text)) continue;
        operands.forEach(({ kind, pseudo, prefix }, i) => {
          if (prefix || (kind !== 'label' && kind !== 'memory' && !pseudo)) return;
          const text = file.source.text.slice(word.end, operands[i]?.tokens[0]?.start);
          if (operands[i]?.tokens.some(({ expansion }) => expansion) || operands.slice(0, i).some(({ tokens }) => tokens.some(({ expansion }) => expansion))) return;
          count++;
          const sort = isJump(word.text) ? 'label' : 'memory';
          if (isJump(word.text) && kind === 'memory') return;
          if (!canBe(sort, aliases?.get(word.text) ?? word.text, operandTexts(text), family, forms)) refused.add(`${family} ${word.text} ${operands.map(({ tokens }) => tokens.map((each) => each.text).join('')).join(', ')}: ${i} ${sort}`);
        });
      }
    }
  }
  expect(count).toBeGreaterThan(5000);
  expect([...refused]).toEqual([]);
});

test.skipIf(!goroot).each([['arm64', 'CBZ'], ['arm64', 'TBZ'], ['riscv64', 'BEQ'], ['loong64', 'BEQ'], ['mips64', 'BNE']] as const)('%s %s begins with no label', (family, word) => {
  const forms = operandForms(family, { goroot: root, files: disk, parser });
  expect(canBe('label', word, [], family, forms)).toBe(false);
  expect(canBe('label', word, word === 'TBZ' ? ['$2', 'R2'] : ['R2'], family, forms)).toBe(family !== 'riscv64');
  expect(canBe('label', word, ['R2', 'R3'], family, forms)).toBe(true);
});
