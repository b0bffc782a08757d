// Copies kernel state for snapshots: plain objects, maps, sets, arrays and byte arrays, and classes that know how to share themselves.
// Must stay true: identity inside one state is kept, nothing mutable is shared between copy and original.

/** A class with its own cheap way of copying. */
export interface Cloneable { cloneForSnapshot(): unknown }

export function cloneState<T>(value: T): T {
  const seen = new Map<object, unknown>();
  const copy = (item: unknown): unknown => {
    if (typeof item !== 'object' || item === null) return item;
    const known = seen.get(item);
    if (known !== undefined) return known;
    if (item instanceof Uint8Array) return item.slice();
    if (Array.isArray(item)) {
      const result: unknown[] = new Array(item.length);
      seen.set(item, result);
      for (let i = 0; i < item.length; i++) result[i] = copy(item[i]);
      return result;
    }
    if (item instanceof Map) {
      const result = new Map<unknown, unknown>();
      seen.set(item, result);
      for (const [key, entry] of item) result.set(key, copy(entry));
      return result;
    }
    if (item instanceof Set) {
      const result = new Set<unknown>(item);
      seen.set(item, result);
      return result;
    }
    if ('cloneForSnapshot' in item) {
      const result = (item as Cloneable).cloneForSnapshot();
      seen.set(item, result);
      return result;
    }
    const result: Record<string, unknown> = {};
    seen.set(item, result);
    for (const key in item) result[key] = copy((item as Record<string, unknown>)[key]);
    return result;
  };
  return copy(value) as T;
}
