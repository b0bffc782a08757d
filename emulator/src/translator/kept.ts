// The form in which translations are kept between runs: a head in JSON that describes them, and one WebAssembly module.
// Must stay true: anything damaged or foreign reads as nothing; code pages are known by a hash of their content.

import { BLOCK_MARKS } from '../cpu-state';
import type { FileBytes } from '../elf/file-bytes';
import type { KeptRecords } from './kept-records';

export interface KeptFunction {
  /** Address and selector by turns, the entry (selector 0) first. */
  s: number[];
  /** Start and end of its blocks by turns. */
  p: number[];
  /** With a hot translation: the cell that holds the slot of the one for awkward stacks; the hot one's layer and place in it. */
  c?: number;
  h?: [layer: number, index: number];
  /** Where the hot one can be entered, and where its blocks start. */
  f?: number[];
  w?: number[];
  /** Where blocks note that they have been executed. */
  m?: number;
  /** If it has only blocks that had been executed: where it goes on to what is not in it. */
  l?: number[];
  /** The same of the plain translation, if there is one. */
  n?: [layer: number, index: number];
  /** Start and end of blocks of other functions that the hot and the plain one have taken in. */
  i?: number[];
  /** How often the hot one was made: it is not made anew for ever, a little of it each run. */
  r?: number;
}

export interface KeptHead {
  key: number;
  /** Some of it needs `hasRelaxedSimd`. */
  relaxed?: true;
  nextCell: number;
  nextMark: number;
  /** Address and cell by turns. */
  cells: number[];
  /** Page and hash by turns. */
  pages: number[];
  functions: KeptFunction[];
  /** Bytes of the records, of the module of their templates, and of each body in it. */
  records: [bytes: number, module: number, ...bodies: number[]];
  recordHead: KeptRecords;
  /** Bytes of each cold function body, in the module's order. */
  lengths: number[];
  /** Modules of hot and plain translations: bytes of the module, bytes of its machine code (0: none), patience, bytes of each body. */
  layers: [wire: number, machineCode: number, patience: number, ...bodies: number[]][];
}

/** Changes whenever what may be kept changes: kept code of another form is not used. */
export const KEPT_FORM = 'records, and executed blocks only, in short modules; 16384 places in the jump cache; small callees in their callers; places of records in memory; how often functions were made hot';

const MAGIC = 0x31_62_67_74;

/** The head, then the module of cold translations, the blocks' marks, records, their addresses as doubles, their templates, and each layer's wire bytes and machine code: one behind the other. Words are aligned for the engine's sake. */
export function encodeKept(head: KeptHead, parts: readonly Uint8Array[]): Uint8Array[] {
  const text = new TextEncoder().encode(JSON.stringify(head)), start = new Uint8Array(padded(12 + text.length)), view = new DataView(start.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, text.length, true);
  view.setUint32(8, parts[0]?.length ?? 0, true);
  start.set(text, 12);
  return [start, ...parts.flatMap((part) => (part.length % 8 === 0 ? [part] : [part, new Uint8Array(padded(part.length) - part.length)]))];
}
const padded = (length: number): number => (length + 7) & ~7;

export interface Kept { head: KeptHead; module: Uint8Array<ArrayBuffer>; marks: Uint8Array; records: Uint8Array; addresses: Uint8Array; templates: { module: Uint8Array<ArrayBuffer>; bodies: Uint8Array[] }; layers: { wire: Uint8Array<ArrayBuffer>; machineCode: Uint8Array | undefined; patience: number; bodies: Uint8Array[] }[] }

/** The same with other machine code of its layers. `wait`: another patience for those without. */
export function keptWith({ head, module, marks, records, addresses, templates, layers }: Kept, machineCode: readonly (Uint8Array | undefined)[], wait: (patience: number) => number): Uint8Array[] {
  const lengths = head.layers.map(([wire, , patience, ...bodies], index): KeptHead['layers'][number] => [wire, machineCode[index]?.length ?? 0, machineCode[index] ? patience : wait(patience), ...bodies]);
  return encodeKept({ ...head, layers: lengths }, [module, marks, records, addresses, templates.module, ...layers.flatMap(({ wire }, index) => (machineCode[index] ? [wire, machineCode[index]] : [wire]))]);
}

export function decodeKept(bytes: Uint8Array<ArrayBuffer>): Kept | undefined {
  if (bytes.length < 12) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), length = view.getUint32(4, true), size = view.getUint32(8, true);
  if (view.getUint32(0, true) !== MAGIC || bytes.length < 12 + length + size) return undefined;
  try {
    const head = JSON.parse(new TextDecoder().decode(bytes.subarray(12, 12 + length))) as KeptHead;
    let at = padded(12 + length);
    const part = (bytesOfPart: number) => { at += padded(bytesOfPart); return bytes.subarray(at - padded(bytesOfPart), at - padded(bytesOfPart) + bytesOfPart); };
    const module = part(size), marks = part(head.nextMark - BLOCK_MARKS);
    const [recordBytes, templateBytes, ...templateLengths] = head.records, records = part(recordBytes), addresses = part(recordBytes / 8), templateModule = part(templateBytes), templates = { module: templateModule, bodies: bodiesOf(templateModule, templateLengths) };
    const layers = head.layers.map(([wireBytes, machineCode, patience, ...lengths]) => {
      const wire = part(wireBytes);
      return { wire, machineCode: machineCode > 0 ? part(machineCode) : undefined, patience, bodies: bodiesOf(wire, lengths) };
    });
    return at === bytes.length ? { head, module, marks, records, addresses, templates, layers } : undefined;
  } catch { return undefined; }
}

/** The bodies at the end of a module whose last section is the code section. */
export function bodiesOf(module: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  let at = module.length;
  for (const length of lengths) at -= length;
  return lengths.map((length) => { at += length; return module.subarray(at - length, at); });
}

const PAGE = 4096, SAMPLES = 32, SAMPLE = 64;

/**
 * Names a program's content well enough to find its translations (their code is compared again before use): by its first page, where Go's linker puts
 * the build identifier, which covers the content, and by samples of the rest.
 */
export function programKey(program: FileBytes): string {
  let a = program.length | 0, b = 0x2545f491;
  for (let i = 0; i <= SAMPLES; i++) {
    const at = i === 0 ? 0 : Math.floor(program.length / SAMPLES) * (i - 1);
    for (const byte of program.subarray(at, at + (i === 0 ? PAGE : SAMPLE))) {
      a = Math.imul(a ^ byte, 0x01000193);
      b = Math.imul(b + byte + (a >>> 13), 0x5bd1e995);
    }
  }
  return `code-${(a >>> 0).toString(16).padStart(8, '0')}${(b >>> 0).toString(16).padStart(8, '0')}`;
}
