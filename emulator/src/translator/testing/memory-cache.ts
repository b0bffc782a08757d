// Kept translations in memory, for tests.
// Must stay true: what is loaded is a copy of what was stored, as it is from a disk.
import type { TranslationCache } from '../../machine-types';

export function memoryCache(kept = new Map<string, Uint8Array>()): TranslationCache & { kept: Map<string, Uint8Array> } {
  return {
    kept,
    load: (key) => kept.get(key)?.slice(),
    store(key, ...parts) {
      const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
      let at = 0;
      for (const part of parts) { whole.set(part, at); at += part.length; }
      kept.set(key, whole);
    },
  };
}
