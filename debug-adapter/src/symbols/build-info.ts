// Which Go built this: the version string and module lines of `.go.buildinfo`.
// Must stay true: both layouts are read (inline strings since Go 1.18, pointers before).
import type { ElfFile } from './elf';
import { ByteReader, text } from './byte-reader';

export interface BuildInfo { version: string; modules: string }

const MAGIC = [0xff, 0x20, 0x47, 0x6f, 0x20, 0x62, 0x75, 0x69, 0x6c, 0x64, 0x69, 0x6e, 0x66, 0x3a];

export function readBuildInfo(elf: ElfFile): BuildInfo {
  const data = elf.data('.go.buildinfo');
  if (data.length < 32 || MAGIC.some((b, i) => data[i] !== b)) return { version: '', modules: '' };
  const pointerSize = data[14]!, flags = data[15]!;
  if (flags & 2) {
    const r = new ByteReader(data, 32);
    const version = inlineString(r);
    return { version, modules: unframe(inlineString(r)) };
  }
  if (pointerSize !== 8) return { version: '', modules: '' };
  const r = new ByteReader(data, 16);
  const at = (address: number): string => {
    const header = new ByteReader(elf.readStatic(address, 16));
    const bytes = elf.readStatic(header.u64(), header.u64());
    return text(bytes, 0, bytes.length);
  };
  return { version: at(r.u64()), modules: unframe(at(r.u64())) };
}

function inlineString(r: ByteReader): string {
  const bytes = r.bytes(r.uleb());
  return text(bytes, 0, bytes.length);
}

/** Module text is framed by 16 bytes on either side. */
function unframe(s: string): string {
  const start = s.indexOf('path\t');
  if (start < 0) return '';
  const end = s.lastIndexOf('\n');
  return s.slice(start, end + 1);
}

export function parseVersion(version: string): readonly [number, number, number] {
  const m = /go(\d+)\.(\d+)(?:\.(\d+))?/.exec(version);
  return m ? [Number(m[1]), Number(m[2]), Number(m[3] ?? 0)] : [0, 0, 0];
}
