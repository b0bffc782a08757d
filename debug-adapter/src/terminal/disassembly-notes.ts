// What `disass -f` and `disass -s` add to Delve's text: names of the fields that instructions reach, and the source lines they come from.
// Must stay true: a name is shown only where the structure's field lies at the instruction's own displacement, as the program's types have it.

import type { DisassemblyRow } from '../engine/types';
import type { Binary } from '../symbols/types';
import type { Context } from './context';
import { disassemblyText } from './position';

const NUMBER_OF = (text: string | undefined): number => (text === undefined ? 0 : Number(text.replace('-', '')) * (text.startsWith('-') ? -1 : 1));

/** Offset of `type.field.field` in the runtime's structures. */
function offsetOf(binary: Binary, type: string, path: readonly string[]): number | undefined {
  let at = binary.typeNamed(type), offset = 0;
  for (const name of path) {
    const field = at?.field(name);
    if (!field) return undefined;
    offset += field.offset;
    at = field.type;
  }
  return offset;
}

/** The innermost field that begins at an offset: `sched.sp`. */
function fieldAt(binary: Binary, type: string, offset: number): string | undefined {
  let at = binary.typeNamed(type), rest = offset;
  const path: string[] = [];
  while (at?.kind === 'struct') {
    const field = at.fields.find((each) => rest >= each.offset && rest < each.offset + Math.max(1, each.type.size));
    if (!field) return undefined;
    path.push(field.name);
    rest -= field.offset;
    at = field.type;
  }
  return rest === 0 && path.length > 0 ? path.join('.') : undefined;
}

/**
 * The field names of one instruction (in Go's syntax): those that its source line has, `gobuf_sp(BX)` or `(g_sched+gobuf_sp)(SI)`, checked; what
 * R14 reaches in compiled code, where it holds g; and the place of g in thread-local storage.
 */
export function fieldNotes(binary: Binary, goText: string, source: string | undefined, assembly: boolean): string[] {
  const notes: string[] = [];
  for (const [, displacement, base] of goText.matchAll(/(-?0x[0-9a-f]+|-?\d+)?\(([A-Z]\w*)\)/g)) {
    const offset = NUMBER_OF(displacement);
    for (const [written, expression, plain] of (source ?? '').matchAll(new RegExp(`(?:\\(([\\w+]+)\\)|\\b([A-Za-z]\\w*))\\(${base}\\)`, 'g'))) {
      const parts = (expression ?? plain)!.split('+').map((part) => /^([A-Za-z]+)_(\w+)$/.exec(part));
      if (parts.some((part) => !part)) continue;
      const sum = parts.reduce((total: number | undefined, part) => { const at = offsetOf(binary, `runtime.${part![1]}`, [part![2]!]); return at === undefined || total === undefined ? undefined : total + at; }, 0);
      if (sum === offset && !notes.includes(written)) notes.push(written);
    }
    if (!assembly && base === 'R14') { const name = fieldAt(binary, 'runtime.g', offset); if (name) notes.push(`g.${name}`); }
  }
  if (/FS:0xfffffff8\b|-0x8\(FS\)|FS:-0x8/.test(goText) && binary.tlsOffset === -8) notes.push('TLS: g');
  return notes;
}

/** Delve's listing with what was asked for added. */
export async function notedDisassembly(context: Context, rows: readonly DisassemblyRow[], header: boolean, wanted: { fields: boolean; sources: boolean }): Promise<string> {
  const lines = disassemblyText([...rows], header).split('\n'), { debug } = context;
  if (lines.at(-1) === '') lines.pop();
  const out = lines.slice(0, lines.length - rows.length), texts = new Map<string, string[]>();
  let shown = '';
  for (const [index, row] of rows.entries()) {
    const { file, line } = row;
    if (file && !texts.has(file)) texts.set(file, (await debug.source(file))?.split('\n') ?? []);
    const source = file && line ? texts.get(file)![line - 1] : undefined, place = `${file}:${line}`;
    if (wanted.sources && source !== undefined && place !== shown) out.push(`\t; ${source.trim().replace(/\t+/g, ' ')}`);
    shown = place;
    const go = wanted.fields ? debug.disassembleRange(row.address, row.address + Math.max(1, row.bytes.length), 'go')[0]?.text ?? '' : '';
    const notes = wanted.fields ? fieldNotes(debug.binary, go, source, /\.s$/.test(file ?? '')) : [];
    out.push(lines[lines.length - rows.length + index]! + (notes.length > 0 ? `\t; ${notes.join(', ')}` : ''));
  }
  return `${out.join('\n')}\n`;
}
