// The recipe of a record in linear memory: what it says of an instruction's head, and how the rest of the instruction is to be read.
// Must stay true: offsets are bytes; a kept recipe has the same form.

export const enum RECIPE {
  /** u32 each, as in the record: its template; count, shift and marks. */
  template = 0,
  count = 4,
  /** u32 each: the registers; where the address's base and index are. */
  registers = 8,
  base = 12,
  /** u64 each: what holds unless the instruction has bytes of its own for it. */
  displacement = 16,
  immediate = 24,
  /** u32: numbers of four bits and single bits, as `Shape` says. */
  shape = 32,
  size = 36,
}

/** Bytes of the head and of the instruction, of the displacement, and how a value is read (`TailValue`); whether the displacement counts from the next instruction, and whether control may go elsewhere. */
export const enum Shape { head = 0, length = 4, displacement = 8, value = 12, fromNext = 16, ends = 17 }
