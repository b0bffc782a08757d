// Sizes, alignments and field offsets of Go types on one GOARCH, as cmd/compile lays them out (types.CalcSize).
// Must stay true: plain data; a type that cannot be worked out is an error with a name, never a wrong size.

export type GoType =
  | { kind: 'basic'; name: string; size: number; align: number }
  | { kind: 'pointer' | 'func' | 'map' | 'chan' | 'unsafePointer' | 'slice' | 'string'; size: number; align: number; element?: () => GoType }
  /** `empty`: without methods, so that its first word is a type, not an itab. */
  | { kind: 'interface'; size: number; align: number; empty: boolean }
  | { kind: 'array'; element: () => GoType; length: number; size: number; align: number }
  | { kind: 'struct'; fields: StructField[]; size: number; align: number }
  /** A defined type keeps its name for constants (whose kind is the underlying type's). */
  | { kind: 'named'; name: string; underlying: () => GoType; size: number; align: number };

export interface StructField { name: string; embedded: boolean; type: GoType; offset: number }

export interface Sizes {
  /** Bytes of a pointer. */
  pointer: number;
  /** Largest alignment of 8-byte values: 4 on 386, arm and mips. */
  maxAlign: number;
}

const INTEGERS: Record<string, number> = { int8: 1, uint8: 1, byte: 1, bool: 1, int16: 2, uint16: 2, int32: 4, uint32: 4, rune: 4, int64: 8, uint64: 8 };
const FLOATS: Record<string, number> = { float32: 4, float64: 8 };
export const SIGNED: ReadonlySet<string> = new Set(['int', 'int8', 'int16', 'int32', 'int64', 'rune']);
export const isFloatName = (name: string): boolean => /^(float|complex)/.test(name);

export function basicType(name: string, { pointer, maxAlign }: Sizes): GoType | undefined {
  const scalar = (size: number): GoType => ({ kind: 'basic', name, size, align: Math.min(size, maxAlign) });
  const sized = INTEGERS[name] ?? FLOATS[name];
  if (sized !== undefined) return scalar(sized);
  if (name === 'int' || name === 'uint' || name === 'uintptr') return scalar(pointer);
  if (name === 'complex64') return { kind: 'basic', name, size: 8, align: 4 };
  if (name === 'complex128') return { kind: 'basic', name, size: 16, align: Math.min(8, maxAlign) };
  if (name === 'string') return { kind: 'string', size: 2 * pointer, align: pointer };
  if (name === 'error' || name === 'any' || name === 'comparable') return { kind: 'interface', size: 2 * pointer, align: pointer, empty: name === 'any' };
  return undefined;
}

export const roundUp = (size: number, align: number): number => (align <= 1 ? size : Math.ceil(size / align) * align);

/** Lays fields out in order; a last field of size zero gets a byte, so that its address stays inside. */
export function structType(fields: readonly Omit<StructField, 'offset'>[], minimumAlign = 1): GoType {
  let offset = 0;
  let align = minimumAlign;
  const placed = fields.map((each) => {
    align = Math.max(align, each.type.align);
    offset = roundUp(offset, each.type.align);
    const at = offset;
    offset += each.type.size;
    return { ...each, offset: at };
  });
  if (offset > 0 && fields.at(-1)?.type.size === 0) offset++;
  return { kind: 'struct', fields: placed, size: roundUp(offset, align), align };
}

export function underlying(type: GoType): GoType {
  let at = type;
  while (at.kind === 'named') at = at.underlying();
  return at;
}
