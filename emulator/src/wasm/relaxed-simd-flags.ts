// Which versions of V8 must be told to have relaxed SIMD (relaxed-simd.ts).
// Must stay true: imports nothing, for it is read at every start.
/** What a V8 of a version is to be told so that it has relaxed SIMD, which it has by itself from 11.4 on and then complains of. */
export function relaxedSimdFlags(version: string): string[] {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < 11 || (major === 11 && minor < 4) ? ['--experimental-wasm-relaxed-simd'] : [];
}
