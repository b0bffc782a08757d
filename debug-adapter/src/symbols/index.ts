// Entry of the symbol reader: openBinary(file) gives everything the debugger asks about a Go program.
import type { FileBytes } from '@gobuf/emulator/elf/file-bytes';
import { GoBinary } from './binary';
import type { Find } from './dwarf/needle';
import type { Inflate } from './elf';

export * from './types';
export { GoBinary } from './binary';
export { HARDWARE_REGISTER } from './dwarf/location';
export { splitName, withoutTypeParameters } from './names';

/**
 * Opens a linux/amd64 Go program. `bias` is what the loader added to its addresses (0 unless position-independent);
 * `inflate` may be a native zlib (Node: zlib.inflateSync), several times faster than the built-in one on big programs;
 * `find` may be the host's search for bytes, many times faster than the one written here while that has not been optimised;
 * `name` is used in the one-sentence BinaryError for files that cannot be debugged.
 */
export function openBinary(bytes: FileBytes, options: { bias?: number; name?: string; inflate?: Inflate; find?: Find } = {}): GoBinary {
  return new GoBinary(bytes, options.bias ?? 0, options.name ?? 'the file', options);
}
