// Functions of the core module that semantics may call: written with the WebAssembly builder, reached through fixed table slots.
// Must stay true: every helper has a slot decided by its position in the list, and only the core module contains them.
import type { Code, ValueType } from '../wasm/code';

export interface Helper {
  parameters: readonly ValueType[];
  results: readonly ValueType[];
  /** Writes the body; `call` calls another helper directly. */
  emit(code: Code, call: (name: string) => void): void;
}
export type HelperTable = Record<string, Helper>;
