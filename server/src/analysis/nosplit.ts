// How much stack a chain of NOSPLIT functions takes, as the linker adds it up, for the functions of one package's assembly.
// Must stay true: amd64 only; Go's own functions count nothing, so a chain reported here is over the limit in truth too.

import { symbolName, type AssemblyFile } from './assembly-file';
import { isCall } from './flow';
import { functionsOf, type AssemblyFunction } from './functions';

/** Bytes a chain may take (cmd/internal/objabi.StackNosplitBase less the call). */
export const NOSPLIT_LIMIT = 792;
const NOSPLIT = 4n, NOFRAME = 512n;

export interface StackUse { bytes: number; /** Names from the function down. */ chain: string[] }

export class NoSplitDepths {
  private readonly functions = new Map<string, { each: AssemblyFunction; file: AssemblyFile }>();
  private readonly known = new Map<string, StackUse>();

  constructor(files: readonly AssemblyFile[]) {
    for (const file of files) for (const each of functionsOf(file)) this.functions.set(this.key(each.name, each.static, file), { each, file });
  }

  private key(name: string, isStatic: boolean, file: AssemblyFile): string {
    return isStatic ? `${name}<>${file.source.path}` : name;
  }

  /** undefined for a function that checks its stack. */
  of(each: AssemblyFunction, file: AssemblyFile): StackUse | undefined {
    return isNoSplit(each) ? this.depth(this.key(each.name, each.static, file), new Set()) : undefined;
  }

  private depth(key: string, above: Set<string>): StackUse {
    const known = this.known.get(key);
    if (known) return known;
    const found = this.functions.get(key);
    // A function that checks its stack costs the call that asks for more; recursion is the linker's own error.
    if (!found || above.has(key)) return { bytes: 0, chain: [] };
    if (!isNoSplit(found.each)) return { bytes: 8, chain: [] };
    above.add(key);
    const frame = frameOf(found.each);
    let deepest: StackUse = { bytes: 0, chain: [] };
    for (const { word, operands } of found.each.statements) {
      const symbol = operands[0]?.pseudo === 'SB' ? operands[0].symbol : undefined;
      if (!word || !symbol || !(isCall(word.text) || word.text === 'JMP')) continue;
      const jump = word.text === 'JMP';
      const callee = this.depth(this.key(symbolName(symbol.token.text, found.file), symbol.static, found.file), above);
      const bytes = callee.bytes + (jump ? -frame : 8);
      if (bytes > deepest.bytes) deepest = { bytes, chain: callee.chain };
    }
    above.delete(key);
    const use = { bytes: frame + deepest.bytes, chain: [found.each.name.replace(/^\./, ''), ...deepest.chain] };
    this.known.set(key, use);
    return use;
  }
}

function flagsOf({ text }: AssemblyFunction): bigint {
  // name, flags, $frame: without flags the second operand is the frame.
  return text.operands.length > 2 ? text.operands[1]?.value ?? 0n : 0n;
}

export const isNoSplit = (each: AssemblyFunction): boolean => (flagsOf(each) & NOSPLIT) !== 0n;

export const isNoFrame = (each: AssemblyFunction): boolean => (flagsOf(each) & NOFRAME) !== 0n;

/** The frame with the saved frame pointer that the assembler adds to one with calls or locals. */
function frameOf(each: AssemblyFunction): number {
  const size = Number(each.text.operands.at(-1)?.value ?? 0n);
  const calls = each.statements.some(({ word }) => word?.text === 'CALL');
  const noFrame = isNoFrame(each) || (size === 0 && !calls);
  return Math.max(0, size) + (noFrame ? 0 : 8);
}
