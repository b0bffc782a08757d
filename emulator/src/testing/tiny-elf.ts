// Makes small ELF executables for tests: one page of code, some data, headers that a test may then spoil.
// Must stay true: the result is a valid static linux/amd64 program until it is changed.

export const CODE_AT = 0x401000, DATA_AT = 0x500000;

export function tinyElf(code: Uint8Array = new Uint8Array([0x0f, 0x05]), dataSize = 0x10000): Uint8Array {
  const bytes = new Uint8Array(0x1000 + Math.max(code.length, 16)), view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]);
  view.setUint16(16, 2, true);
  view.setUint16(18, 62, true);
  view.setUint32(20, 1, true);
  view.setBigUint64(24, BigInt(CODE_AT), true);
  view.setBigUint64(32, 64n, true);
  view.setUint16(52, 64, true);
  view.setUint16(54, 56, true);
  view.setUint16(56, 2, true);
  const header = (at: number, flags: number, offset: number, address: number, fileSize: number, memorySize: number): void => {
    view.setUint32(at, 1, true);
    view.setUint32(at + 4, flags, true);
    [offset, address, address, fileSize, memorySize, 0x1000].forEach((value, i) => view.setBigUint64(at + 8 + i * 8, BigInt(value), true));
  };
  header(64, 5, 0x1000, CODE_AT, bytes.length - 0x1000, bytes.length - 0x1000);
  header(120, 6, 0, DATA_AT, 0, dataSize);
  bytes.set(code, 0x1000);
  return bytes;
}
