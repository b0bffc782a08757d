// Values that lie in several registers and words of memory: parts of them, and which of their pieces are nowhere.
import type { Place } from '../symbols/types';

/** Some of the value's pieces are nowhere. */
export function hasGap(place: Place): boolean {
  return place.at === 'pieces' && place.pieces.some((p) => p.register === undefined && p.address === undefined);
}

export function onlyCapacityGone(place: Place): boolean {
  return place.at === 'pieces' && place.pieces.length === 3 && place.pieces.every((p, i) => p.size === 8 && (p.register === undefined && p.address === undefined) === (i === 2));
}

/** Part of a value that lies in registers. */
export function partOf(place: Place, offset: number, size: number): Place {
  if (place.at !== 'pieces') return place.at === 'memory' ? { at: 'memory', address: place.address + offset } : place;
  const pieces: typeof place.pieces = [];
  let at = 0;
  for (const p of place.pieces) {
    if (at >= offset && at + p.size <= offset + size) pieces.push(p);
    at += p.size;
  }
  return pieces.length ? { at: 'pieces', pieces } : { at: 'gone', why: 'part of a register' };
}
