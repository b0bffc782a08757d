// What is known of goroutines beyond their g: those that one descends from, and those that wait at a channel.
// Must stay true: lists are bounded, so that cycles end; what the program does not keep is told in Delve's words.

import type { Binary } from '../symbols/types';
import type { RuntimeWords } from './guest';
import type { Frame } from './types';

const MOST = 10_000;

/** As far down as the user's function is looked for. */
export const USER_FRAMES = 30;
/** Is a function the user's, or one that users call? The place of a goroutine is in the first such; by Delve's rule. */
export function isUsers(name: string): boolean { return name.includes('.') && (!name.startsWith('runtime.') || /^runtime\.[A-Z]/.test(name)) && !/^(internal\/|runtime\/internal|iter\.)/.test(name); }

/** Goroutines (addresses of g) that wait to receive from or send to the channel whose header lies at `channel`, in the order of its queues; one that waits in several cases of a `select` as often as there. */
export function waitersAt(words: RuntimeWords, channel: number): number[] {
  const found: number[] = [];
  for (const queue of ['recvq.first', 'sendq.first']) {
    let waiter = words.pointerOf('runtime.hchan', channel, queue);
    for (let n = 0; waiter && n < MOST; n++) {
      const g = words.pointerOf('runtime.sudog', waiter, 'g');
      if (g) found.push(g);
      waiter = words.pointerOf('runtime.sudog', waiter, 'next');
    }
  }
  return found;
}

export interface Ancestor { goid: number; frames: Frame[]; truncated: boolean }

/** The goroutines that made this one, and theirs, nearest first, as far as GODEBUG=tracebackancestors=N kept them. */
export function ancestorsOf(words: RuntimeWords, binary: Binary, g: number | undefined, most: number, depth: number): Ancestor[] {
  const setting = binary.globalVariable('runtime.debug'), field = setting?.type.field('tracebackancestors');
  if (!setting || !field || !words.memory.u32(setting.address + field.offset)) throw new Error('tracebackancestors is disabled');
  const info = binary.typeNamed('runtime.ancestorInfo'), list = words.gPointer(g, 'ancestors'), found: Ancestor[] = [];
  if (!info || !list) return found;
  const at = (name: string): number => info.field(name)?.offset ?? 0;
  const base = words.memory.pointer(list) ?? 0, length = Math.min(words.memory.pointer(list + 8) ?? 0, most, MOST);
  for (let i = 0; i < length; i++) {
    const ancestor = base + i * info.size, pcs = words.memory.pointer(ancestor + at('pcs')) ?? 0, count = Math.min(words.memory.pointer(ancestor + at('pcs') + 8) ?? 0, MOST);
    const frames: Frame[] = [];
    for (let n = 0; n < count && n < depth; n++) {
      const pc = words.memory.pointer(pcs + 8 * n) ?? 0, place = binary.lineAt(n === 0 ? pc : pc - 1), fn = binary.functionAt(pc - 1);
      frames.push({ index: n, pc, lookupPc: pc, sp: 0, cfa: 0, bp: 0n, function: place?.inlined[0]?.name ?? fn?.name ?? '', entry: fn?.entry ?? 0, file: place?.file ?? '', line: place?.line ?? 0, inlined: false, wrapper: fn?.wrapper ?? false, registers: new Map() });
    }
    found.push({ goid: Number(words.memory.u64(ancestor + at('goid')) ?? 0n), frames, truncated: count > depth });
  }
  return found;
}
