// The record of one guest instruction in linear memory, which templates and the interpreter's loop read.
// Must stay true: a record belongs to one address for as long as it exists; offsets are bytes, RECORD.size a multiple of 8.

export const enum RECORD {
  /** u32: the slot of what the interpreter calls here. 0: code has been translated, it leaves. */
  slot = 0,
  /** u32: the same for single steps, which know no translations. */
  step = 4,
  /** u32: the slot of the template itself, breakpoint or not. */
  template = 8,
  /** u16: how often it was jumped to or called. */
  count = 12,
  /** u8: factor of the index, as a shift. */
  shift = 14,
  /** u8: bits of RecordMark. */
  marks = 15,
  /** u32 each: records of the next instruction, and of the place where control went from here last. */
  nextRecord = 16,
  takenRecord = 20,
  /** 4 × u8: where in the state area the template's registers are. */
  registers = 24,
  /** u16 each: where the address's base and index are. */
  base = 28,
  index = 30,
  /** u64: address of the next instruction. */
  next = 32,
  /** u64: the address's displacement; for RIP-relative ones the whole address. Of jumps and calls: the target. */
  displacement = 40,
  target = 40,
  /** u64. */
  immediate = 48,
  /** u64. */
  address = 56,
  size = 64,
}

export const enum RecordMark {
  /** The place to which it transfers control counts that. */
  counts = 1,
  /** Its code may have changed, or has not been compared with what was kept: the template is not to be believed. */
  stale = 2,
  /** Stale only as long as its page has not been compared: it is kept once more. */
  waiting = 4,
}
