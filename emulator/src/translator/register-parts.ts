// Pieces of code that depend on a set of registers only, such as their stores: a function has the same ones in many places.
// Must stay true: what is asked for is made once, so it may depend on nothing that changes while a function is finished.
import { Code } from '../wasm/code';
import type { Registers } from './registers';

/** Written to, copied and emptied: most pieces are some ten bytes long. */
const part = new Code(0, 1024);

export class RegisterParts {
  private readonly made = { load: new Map<number, Uint8Array>(), store: new Map<number, Uint8Array>(), unsaved: new Map<number, Uint8Array>() };

  get(kind: 'load' | 'store' | 'unsaved', registers: Registers, emit: (part: Code) => void): Uint8Array {
    const [low, high] = registers, made = this.made[kind], known = high === 0 ? made.get(low) : undefined;
    if (known) return known;
    part.length = 0;
    emit(part);
    const bytes = part.view().slice();
    // The other set, upper halves of YMM registers, is hardly ever in use.
    if (high === 0) made.set(low, bytes);
    return bytes;
  }
}
