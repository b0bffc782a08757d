// Names as other assemblers write them, where Go's has another: registers of Intel's and ARM's manuals, an ASCII dot in a symbol.
// Must stay true: only what is an error already gets its reason and a fix here.

import type { AssemblyFile } from '../analysis/assembly-file';
import type { Family } from '../arch/architecture';
import type { Problem } from '../syntax/source';

export function foreignNames(problems: Problem[], file: AssemblyFile): Problem[] {
  return problems.map((problem) => {
    const { span } = problem;
    if (problem.code !== 'syntax' || span.file !== file.source || problem.fixes?.length) return problem;
    const { text } = file.source;
    const here = text.slice(span.start, span.end);
    if (here === '.' && /[\p{L}\p{Nd}_·∕]$/u.test(text.slice(0, span.start)) && /^[\p{L}_][\p{L}\p{Nd}_]*(?:<>)?(?:[+-]\w+)?\(/u.test(text.slice(span.end))) {
      return { ...problem, message: 'in a symbol a dot is written ·', fixes: [{ title: 'Write ·', edits: [{ span, text: '·' }] }] };
    }
    const sign = here === '%' ? 1 : 0;
    const name = sign ? /^[a-zA-Z]\w*/.exec(text.slice(span.end))?.[0] ?? '' : here;
    const own = name === '' || text[span.start - 1] === '.' ? undefined : goRegister(name, file.arch.family, file.arch.registers);
    if (own === undefined || (own === name && !sign)) return problem;
    const whole = { ...span, end: span.start + sign + name.length };
    return { ...problem, message: `${sign ? '%' : ''}${name} is ${own} in Go's assembler`, fixes: [{ title: `Write ${own}`, edits: [{ span: whole, text: own }] }] };
  });
}

/** Registers that Go's assembler takes by another name alone, so that nobody uses them by mistake. */
const OWN: Partial<Record<Family, Record<string, string>>> = {
  arm: { R10: 'g' }, arm64: { R18: 'R18_PLATFORM', R28: 'g', R31: 'ZR' }, loong64: { R22: 'g' }, mips: { R30: 'g' }, mips64: { R28: 'RSB', R30: 'g' }, ppc64: { R30: 'g' }, riscv64: { X4: 'TP', X27: 'g' }, s390x: { R13: 'g' },
};

/** Go's name of a register that a manual calls `name`. */
function goRegister(name: string, family: Family, registers: ReadonlySet<string>): string | undefined {
  const upper = name.toUpperCase();
  const number = family === 'amd64' || family === '386' ? fromIntel(upper) : family === 'arm64' ? fromArm(upper) : upper;
  const translated = OWN[family]?.[number] ?? number;
  return registers.has(translated) ? translated : undefined;
}

function fromIntel(name: string): string {
  const general = /^[RE]?([ABCD]X|SP|BP|SI|DI)$/.exec(name)?.[1];
  return general ?? name.replace(/^([XYZ])MM(\d+)$/, '$1$2').replace(/^MM(\d)$/, 'M$1').replace(/^(R\d+)[DWB]$/, '$1').replace(/^(SP|BP|SI|DI)L$/, '$1').replace(/^ST\(?(\d)\)?$/, 'F$1');
}

const fromArm = (name: string): string => name.replace(/^[XW](\d+)$/, 'R$1').replace(/^[BHSDQ](\d+)$/, 'F$1').replace(/^[XW]ZR$/, 'ZR').replace(/^W?SP$/, 'RSP');
