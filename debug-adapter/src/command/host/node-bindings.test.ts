// What is taken from below Node's modules does what they do, and they are asked where Node does not give it.
import zlib from 'node:zlib';
import { afterEach, expect, test, vi } from 'vitest';

const BYTES = Buffer.from('goroutine 1 [running]:');
/** Of the versions that have one. */
const expected = (zlib as { crc32?: (data: Uint8Array) => number }).crc32?.(BYTES);
const given = process as unknown as { binding: (name: string) => unknown };
const { binding } = given;
afterEach(() => { given.binding = binding; });

test.each([['as Node gives it', binding], ['with permissions', () => { throw new Error('access denied'); }], ['with nothing in it', () => ({})]] as const)('%s', async (_name, instead) => {
  const warned = vi.fn(), before = process.noDeprecation;
  process.on('warning', warned);
  given.binding = instead;
  vi.resetModules();
  const { crc32, setFlag } = await import('./node-bindings');
  expect(crc32?.(BYTES)).toBe(expected);
  // A flag that shows: functions are then told in V8's own words.
  setFlag('--allow-natives-syntax');
  try { expect(new Function('f', 'return %GetOptimizationStatus(f)')(() => 1)).toBeTypeOf('number'); } finally { setFlag('--no-allow-natives-syntax'); }
  await new Promise((resolve) => { setTimeout(resolve, 20); });
  process.off('warning', warned);
  expect(warned).not.toHaveBeenCalled();
  expect(process.noDeprecation).toBe(before);
});
