// Offsets of the runtime fields of fields.ts per Go version, for programs without debug information (-ldflags=-w).
export const FALLBACK_LAYOUTS: Record<number, Record<string, readonly [number, number]>> = {};
