// The loop of string instructions over guest memory, page by page; the registers are in the state area.
// Must stay true: an element is done wholly or not at all, and the registers are right after each, so that a fault can stop anywhere.
import { GPR, RESULT_SCRATCH, RFLAGS_OFFSET, STATE_BASE, WRITE_SCRATCH } from '../cpu-state';
import { Repetition, StringOperation } from '../semantics/string';
import type { Lookups } from './lookups';

const PAGE = 4096;
const RAX = 0, RCX = 1, RSI = 6, RDI = 7;
const register = (index: number) => (STATE_BASE + GPR + 8 * index) >> 2;

/** Result: -1 a fault (exit set), 0 no element done, 1 some. */
export function runString(lookups: Lookups, operation: StringOperation, log2: number, repetition: Repetition): number {
  lookups.refresh();
  const size = 1 << log2, down = (lookups.words[(STATE_BASE + RFLAGS_OFFSET) >> 2]! & 0x400) !== 0, step = down ? -size : size;
  const get = (index: number) => lookups.words[register(index)]! + lookups.words[register(index) + 1]! * 0x100000000;
  const add = (index: number, delta: number) => {
    const { words } = lookups, at = register(index), low = words[at]! + delta, carry = Math.floor(low / 0x100000000);
    words[at] = low;
    words[at + 1] = words[at + 1]! + carry;
  };
  const read = (index: number) => lookups.read(lookups.words[register(index) + 1]!, lookups.words[register(index)]!, size);
  const write = () => lookups.write(lookups.words[register(RDI) + 1]!, lookups.words[register(RDI)]!, size) === 0;
  const copy = (target: number, source: number) => lookups.bytes.copyWithin(target, source, source + size);
  let done = 0;
  for (;;) {
    if (repetition !== Repetition.none && lookups.words[register(RCX)] === 0 && lookups.words[register(RCX) + 1] === 0) return done;
    if (repetition !== Repetition.none && !lookups.stepping && operation <= StringOperation.store) {
      const bytes = bulk(lookups, operation, size, down, get(RCX), get(RSI), get(RDI));
      if (bytes > 0) {
        if (operation === StringOperation.move) add(RSI, down ? -bytes : bytes);
        add(RDI, down ? -bytes : bytes);
        add(RCX, -(bytes / size));
        done = 1;
        continue;
      }
    }
    let equal = false;
    if (operation === StringOperation.move || operation === StringOperation.load || operation === StringOperation.compare) {
      const host = read(RSI);
      if (host === 0) return -1;
      if (operation === StringOperation.load) { copy(STATE_BASE + GPR, host); if (size === 4) lookups.words[register(RAX) + 1] = 0; }
      else { copy(WRITE_SCRATCH, host); copy(RESULT_SCRATCH, host); }
    }
    if (operation === StringOperation.store || operation === StringOperation.scan) copy(operation === StringOperation.store ? WRITE_SCRATCH : RESULT_SCRATCH, STATE_BASE + GPR);
    if (operation === StringOperation.move || operation === StringOperation.store) { if (!write()) return -1; }
    if (operation === StringOperation.compare || operation === StringOperation.scan) {
      const host = read(RDI);
      if (host === 0) return -1;
      copy(RESULT_SCRATCH + 8, host);
      equal = true;
      for (let i = 0; i < size; i++) if (lookups.bytes[RESULT_SCRATCH + i] !== lookups.bytes[RESULT_SCRATCH + 8 + i]) equal = false;
    }
    if (operation !== StringOperation.store && operation !== StringOperation.scan) add(RSI, step);
    if (operation !== StringOperation.load) add(RDI, step);
    done = 1;
    if (repetition === Repetition.none) return done;
    add(RCX, -1);
    if ((operation === StringOperation.compare || operation === StringOperation.scan) && equal !== (repetition === Repetition.whileEqual)) return done;
  }
}

/** Whole elements up to the next page border, upwards or downwards, at once; 0 if that cannot be done here. */
function bulk(lookups: Lookups, operation: StringOperation, size: number, down: boolean, count: number, source: number, target: number): number {
  const room = (address: number): number => {
    if (!down) return PAGE - (address % PAGE);
    // An element that lies over the border is for the others' way.
    return (address % PAGE) + size > PAGE ? 0 : (address % PAGE) + size;
  };
  let bytes = Math.min(count * size, room(target));
  if (operation === StringOperation.move) bytes = Math.min(bytes, room(source));
  bytes -= bytes % size;
  if (bytes < 2 * size) return 0;
  const lowest = (host: number): number => (down ? host + size - bytes : host);
  const at = lookups.peekWrite(target);
  if (at === 0) return 0;
  const to = lowest(at);
  if (operation === StringOperation.move) {
    const from = lookups.peekRead(source);
    if (from === 0) return 0;
    // What is copied onto what comes next is read again by then.
    if (down ? from > at && from - at < bytes : at > from && at - from < bytes) return 0;
    lookups.bytes.copyWithin(to, lowest(from), lowest(from) + bytes);
    return bytes;
  }
  const value = STATE_BASE + GPR;
  lookups.bytes.copyWithin(to, value, value + size);
  for (let filled = size; filled < bytes; filled *= 2) lookups.bytes.copyWithin(to + filled, to, to + Math.min(filled, bytes - filled));
  return bytes;
}
