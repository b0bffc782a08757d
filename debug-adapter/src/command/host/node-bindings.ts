// What node:v8 and node:zlib call, without those two: they load Node's streams, which is a twentieth of a start.
// Must stay true: where Node does not give it so (it may refuse by permissions, or one day altogether), its modules do.

/** `setFlagsFromString` of node:v8. */
interface V8Binding { setFlagsFromString(flags: string): void }
/** Of node:zlib, from 20.15 and 22.2 on. */
interface ZlibBinding { crc32?: (data: Uint8Array, before: number) => number }

function binding<T>(name: 'v8' | 'zlib', sample: keyof T): T {
  const before = process.noDeprecation;
  try {
    // Node says at each use of these two that others are better, on the standard error of whoever runs gobuf.
    process.noDeprecation = true;
    const found = (process as unknown as { binding(name: string): T }).binding(name);
    if (typeof found[sample] === 'function') return found;
  } catch { /* Its modules are there. */ } finally { process.noDeprecation = before as boolean; }
  // Without node:module, which takes 3 ms to load. The former is there from 20.16 and 22.3 on, the latter wherever the bundles are.
  const { getBuiltinModule } = process as { getBuiltinModule?: (id: string) => unknown }, id = `node:${name}`;
  return (getBuiltinModule ? getBuiltinModule(id) : process.mainModule!.require(id)) as T;
}

const v8 = binding<V8Binding>('v8', 'setFlagsFromString');

/** Sets a flag of V8, such as `--lazy`. */
export const setFlag = (flag: string): void => v8.setFlagsFromString(flag);

const { crc32: sum } = binding<ZlibBinding>('zlib', 'crc32');
/** CRC-32 of the bytes, going on from `before`; undefined where Node has none. Below its modules Node ends the process for an argument that is missing. */
export const crc32 = sum && ((data: Uint8Array, before = 0): number => sum(data, before));
