// Values as `print`, the DAP variables view and `evaluate` show them.
// Must stay true: a value is data plus where it lies; children are made on demand and paged, so cycles cost nothing.
import type { GoType, Place } from '../symbols/types';

export interface Value {
  /** Name of a field, index `[3]`, key, or the expression. */
  name: string;
  type: GoType | undefined;
  /** Go name of the type, also where `type` is absent (registers: `uint64`). */
  typeName: string;
  /** One line as Delve's `print` in DAP shows it. */
  text: string;
  /** Where it lies when in memory: memoryReference, watchpoints. */
  address: number | undefined;
  size: number;
  place: Place;
  bytes: Uint8Array;
  /** Numeric content of ints, pointers, bools, registers. */
  integer?: bigint;
  /** Register name when it is one (`rax`), for setVariable and register watches. */
  register?: string;
  /** An untyped constant: it has no type yet. */
  untyped?: boolean;
  /** Children: fields, elements, key/value pairs, the pointer's target. 0: none. */
  childCount: number;
  /** Children are indexed elements (paged) rather than named fields. */
  indexed: boolean;
  /** Why it could not be read. */
  unreadable?: string;
}

export interface FormatOptions {
  /** Delve's LoadConfig. */
  followPointers: boolean;
  maxVariableRecurse: number;
  maxStringLen: number;
  maxArrayValues: number;
  maxStructFields: number;
  /** Strings as they are, without quotes and escapes. */
  rawStrings?: boolean;
  /** `%x`-like formats: integers in hexadecimal. */
  hex?: boolean;
}

export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
}
