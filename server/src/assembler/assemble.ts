// Assembles one amd64 file: from its statements to symbols with bytes, relocations and a line for each instruction.
// Must stay true: never throws on any source; what cannot be assembled is a problem with its place, and the rest is still there.

import type { AssemblyFile } from '../analysis/assembly-file';
import type { Problem } from '../syntax/source';
import { finish, STEP, type Steps } from '../syntax/steps';
import type { DataSymbol } from './data';
import { collapseJumps, layout, type Code } from './layout';
import { addPrologue } from './prologue';
import { readProgram, type Instruction, type TextSymbol } from './program';
import { rewrite, threadLocalAccess } from './rewrite';

export interface AssembledText extends Code {
  text: TextSymbol;
  /** In the order of the code, with offsets and bytes; also those the assembler added. */
  instructions: Instruction[];
}

export interface Assembled {
  texts: AssembledText[];
  data: DataSymbol[];
  problems: Problem[];
}

export interface AssembleOptions {
  /** Import path as in symbol names; `main` or `""` where there is none. */
  packagePath: string;
  /** N of go1.N: which prologue. */
  minor: number;
}

export function assemble(file: AssemblyFile, options: AssembleOptions): Assembled {
  return finish(assembleInSteps(file, options));
}

export function* assembleInSteps(file: AssemblyFile, options: AssembleOptions): Steps<Assembled> {
  const program = yield* readProgram(file, options);
  const problems = [...program.problems];
  const texts: AssembledText[] = [];
  for (const text of program.texts) {
    const report = (message: string, { span }: Instruction) => { problems.push({ code: 'assemble', severity: 'error', message, span }); };
    const { goos } = file.target;
    const rewritten: Instruction[] = [];
    for (const instruction of text.instructions) {
      rewritten.push(...rewrite(instruction, goos));
      if (rewritten.length % STEP === 0) yield undefined;
    }
    text.instructions = rewritten;
    const framed = addPrologue(text, options, report);
    if (framed.length > STEP) yield undefined;
    const instructions = framed.flatMap((instruction) => (instruction.statement ? [instruction] : [instruction, ...threadLocalAccess(instruction, goos)]));
    collapseJumps(instructions);
    if (framed.length > STEP) yield undefined;
    texts.push({ text, instructions, ...(yield* layout(instructions, options.minor, report)) });
  }
  return { texts, data: program.data, problems };
}
