// Where translated code looks up addresses that it does not know.
// Must stay true: the same entry as places.ts computes.
import { JUMP_CACHE_BITS } from '../cpu-state';
import type { Code } from '../wasm/code';

/** Pushes the address of the jump cache entry for the guest address in an i64 local. */
export function jumpCacheEntry(code: Code, local: number): void {
  code.localGet(local).localGet(local).i64Const(JUMP_CACHE_BITS).i64ShrU().i64Xor().i32WrapI64().i32Const((1 << JUMP_CACHE_BITS) - 1).i32And().i32Const(4).i32Shl();
}
