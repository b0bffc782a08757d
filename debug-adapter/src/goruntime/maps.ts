// Walking Go's maps in memory: buckets (Go ≤ 1.23) and Swiss tables (Go ≥ 1.24), in memory order as Delve walks them.
// Must stay true: damaged maps end the walk; the number of buckets visited is bounded by what the caller takes.
import type { GoType } from '../symbols/types';
import type { GuestMemory } from './memory';
import { numberAt } from './memory';

export interface MapEntry { key: { type: GoType; address: number }; value: { type: GoType; address: number } }

/** Number of entries, or undefined when the header cannot be read. */
export function mapLength(memory: GuestMemory, type: GoType, header: number): number | undefined {
  if (header === 0) return 0;
  const field = type.header?.field('count') ?? type.header?.field('used');
  return field ? memory.u64(header + field.offset) : undefined;
}

export function* mapEntries(memory: GuestMemory, type: GoType, header: number): Iterable<MapEntry> {
  if (header === 0 || !type.header) return;
  if (type.header.field('buckets')) yield* classic(memory, type, header);
  else if (type.header.field('dirPtr')) yield* swiss(memory, type, header);
}

/** The slot of a key or element: big ones are kept behind a pointer. */
function slot(memory: GuestMemory, want: GoType | undefined, have: GoType, address: number): { type: GoType; address: number } {
  if (want && have.kind === 'pointer' && want.kind !== 'pointer') return { type: want, address: memory.u64(address) ?? 0 };
  return { type: want ?? have, address };
}

function* classic(memory: GuestMemory, type: GoType, header: number): Iterable<MapEntry> {
  const h = type.header!;
  const read = (name: string, size: number): number => {
    const f = h.field(name);
    const b = f ? memory.bytes(header + f.offset, size) : new Uint8Array(0);
    return b.length < size ? 0 : numberAt(b, 0, size);
  };
  const bucket = h.field('buckets')?.type.elem;
  const tophash = bucket?.field('tophash'), keys = bucket?.field('keys'), values = bucket?.field('values'), overflow = bucket?.field('overflow');
  if (!bucket || !tophash || !keys || !overflow) return;
  const keyType = keys.type.elem, valueType = values?.type.elem;
  if (!keyType) return;
  const B = read('B', 1);
  if (B > 40) return;
  const count = 2 ** B, buckets = read('buckets', 8), old = read('oldbuckets', 8);
  const oldMask = count / 2 - 1;
  const evacuated = (at: number): boolean => {
    const first = memory.u8(at + tophash.offset) ?? 0;
    return first > 1 && first < 5;
  };
  for (let i = 0; i < count; i++) {
    let at = buckets + i * bucket.size;
    if (old !== 0) {
      // while growing: an old bucket that has not moved yet stands for the two new ones it will fill
      const oldIndex = oldMask >= 0 ? i & oldMask : 0;
      const oldAt = old + oldIndex * bucket.size;
      if (!evacuated(oldAt)) {
        if (oldIndex !== i) continue;
        at = oldAt;
      }
    }
    for (let hops = 0; at !== 0 && hops < 100_000; hops++) {
      const bytes = memory.bytes(at, bucket.size);
      if (bytes.length < bucket.size) return;
      for (let k = 0; k < tophash.type.length; k++) {
        if (bytes[tophash.offset + k]! <= 1) continue;
        yield {
          key: slot(memory, type.key, keyType, at + keys.offset + k * keyType.size),
          value: values && valueType ? slot(memory, type.elem, valueType, at + values.offset + k * valueType.size) : { type: type.elem!, address: at },
        };
      }
      at = numberAt(bytes, overflow.offset, 8);
    }
  }
}

function* swiss(memory: GuestMemory, type: GoType, header: number): Iterable<MapEntry> {
  const h = type.header!;
  const dir = h.field('dirPtr')!, dirLength = h.field('dirLen')!;
  const table = dir.type.elem?.elem;
  const groups = table?.field('groups'), index = table?.field('index');
  const data = groups?.type.field('data'), mask = groups?.type.field('lengthMask');
  const group = data?.type.elem;
  const ctrl = group?.field('ctrl'), slots = group?.field('slots'), splitKeys = group?.field('keys'), splitElems = group?.field('elems');
  if (!table || !groups || !data || !mask || !group || !ctrl) return;
  const element = slots?.type.elem;
  const SLOTS = slots?.type.length ?? splitKeys?.type.length ?? 8;
  const visit = function* (at: number): Iterable<MapEntry> {
    const control = memory.bytes(at + ctrl.offset, SLOTS);
    if (control.length < SLOTS) return;
    for (let i = 0; i < SLOTS; i++) {
      // empty and deleted slots have the high bit
      if (control[i]! & 0x80) continue;
      if (element && slots) {
        const key = element.field('key'), elem = element.field('elem');
        if (!key || !elem) return;
        const base = at + slots.offset + i * element.size;
        yield { key: slot(memory, type.key, key.type, base + key.offset), value: slot(memory, type.elem, elem.type, base + elem.offset) };
      } else if (splitKeys && splitElems) {
        const k = splitKeys.type.elem!, e = splitElems.type.elem!;
        yield { key: slot(memory, type.key, k, at + splitKeys.offset + i * k.size), value: slot(memory, type.elem, e, at + splitElems.offset + i * e.size) };
      }
    }
  };
  const dirPointer = memory.u64(header + dir.offset) ?? 0, length = memory.u64(header + dirLength.offset) ?? 0;
  if (dirPointer === 0) return;
  if (length === 0) {
    // a small map: dirPtr is its one group
    yield* visit(dirPointer);
    return;
  }
  if (length > 1 << 26) return;
  for (let i = 0; i < length; i++) {
    const at = memory.u64(dirPointer + i * 8) ?? 0;
    if (at === 0) continue;
    // several directory entries may share a table; its own index is the first of them
    if (index && memory.u64(at + index.offset) !== i) continue;
    const first = memory.u64(at + groups.offset + data.offset) ?? 0, last = memory.u64(at + groups.offset + mask.offset) ?? 0;
    if (first === 0 || last > 1 << 26) continue;
    for (let g = 0; g <= last; g++) yield* visit(first + g * group.size);
  }
}
