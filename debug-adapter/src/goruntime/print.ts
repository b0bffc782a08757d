// The text of a loaded value, in Delve's two forms: one line, and `print`'s lines with tabs.
// Must stay true: this is Delve's format to the byte (a differential test compares), so peculiarities such as `, ]` stay.
import { formatVerb } from './go-format';
import { bytesOf, quoteBytes, textOf } from './go-text';
import type { Loaded } from './load';

interface Flags { top: boolean; includeType: boolean; newlines: boolean; /** Strings without quotes. */ raw: boolean }

/** One line. */
export function singleLine(v: Loaded, verb = '', raw = false): string {
  return text(v, { top: true, includeType: true, newlines: false, raw }, '', verb);
}

/** As the `print` command shows it. */
export function multiLine(v: Loaded, verb = '', raw = false): string {
  return text(v, { top: true, includeType: true, newlines: true, raw }, '', verb);
}

const INDENT = '\t';
const LONG_STRING = 7;
const hex = (n: number): string => '0x' + n.toString(16);

/** `(*T)(0x…)`; type names with a slash are quoted so that they can be typed in again. */
function addressed(typeName: string, address: number, star = ''): string {
  return typeName.includes('/') ? `(${star}"${typeName}")(${hex(address)})` : `(${star}${typeName})(${hex(address)})`;
}

function text(v: Loaded, flags: Flags, indent: string, verb: string): string {
  if (v.unreadable) return `(unreadable ${v.unreadable})`;
  if (!flags.top && v.address === 0 && v.value === '') return flags.includeType && v.typeName !== 'void' ? `${v.typeName} nil` : 'nil';
  switch (v.kind) {
    case 'slice': {
      const head = flags.includeType ? `${v.typeName} len: ${v.length}, cap: ${v.capacity}, ` : '';
      return head + (v.base === 0 && v.children.length === 0 ? 'nil' : elements(v, flags, indent, verb));
    }
    case 'array': return (flags.includeType ? `${v.typeName} ` : '') + elements(v, flags, indent, verb);
    case 'pointer': {
      const child = v.children[0];
      if (v.typeName === '' || !child) return 'nil';
      if (child.onlyAddress && child.address !== 0) return addressed(v.typeName, child.address ?? 0);
      const head = flags.top && flags.newlines && child.address !== 0 ? addressed(v.typeName, child.address ?? 0) + '\n' : '';
      return `${head}*${text(child, { ...flags, top: false }, indent, verb)}`;
    }
    case 'unsafe.Pointer': return v.children.length === 0 ? 'unsafe.Pointer(nil)' : `unsafe.Pointer(${hex(v.children[0]!.address ?? 0)})`;
    case 'chan':
      if (flags.newlines) return struct(v, flags, indent, verb);
      return v.children.length === 0 ? `${v.typeName} nil` : `${v.typeName} ${v.children[0]!.value}/${v.children[1]!.value}`;
    case 'struct': return v.value !== '' ? `${v.typeName}(${v.value})` + struct(v, { ...flags, includeType: false }, indent, verb) : struct(v, flags, indent, verb);
    case 'interface': return dynamic(v, flags, indent, verb);
    case 'map': return map(v, flags, indent, verb);
    case 'func': {
      if (v.value === '') return 'nil';
      if (!flags.newlines || v.children.length === 0) return v.value;
      const lines = v.children.map((c) => `${indent}${INDENT}${c.name} ${c.typeName} = ${text(c, { ...flags, top: false, includeType: false }, indent + INDENT, verb)}\n`);
      return `${v.value} {\n${lines.join('')}${indent}}`;
    }
    default: return basic(v, verb, flags.raw);
  }
}

function basic(v: Loaded, verb: string, raw: boolean): string {
  if (v.kind === 'string') {
    const bytes = v.text ?? bytesOf(v.value);
    if (verb !== '') return formatVerb(verb, textOf(bytes));
    const more = v.length - bytes.length;
    return raw ? `${new TextDecoder().decode(bytes)}${more > 0 ? `...+${more} more` : ''}` : quoteBytes(bytes, more);
  }
  if (v.kind === 'complex64' || v.kind === 'complex128') {
    const [re, im] = v.children;
    if (verb !== '' && re?.float !== undefined && im?.float !== undefined) return formatVerb(verb, { re: written(re), im: written(im) });
    return `(${re?.value} + ${im?.value}i)`;
  }
  if (v.value === '') return `(unknown ${v.kind})`;
  if (verb !== '') {
    if (v.kind === 'bool') return formatVerb(verb, v.value === 'true');
    if (v.float !== undefined) return formatVerb(verb, written(v));
    if (v.integer !== undefined) return formatVerb(verb, v.integer, v.kind.startsWith('u'));
  }
  return v.value;
}

/** Delve formats the number that is written, which for a float32 is not the same: 0.1. */
const written = (v: Loaded): number => (Number.isFinite(v.float) ? Number(v.value) : v.float!);

function dynamic(v: Loaded, flags: Flags, indent: string, verb: string): string {
  if (v.address === 0) return 'nil';
  const data = v.children[0];
  if (!data) return 'nil';
  let head = '';
  if (flags.includeType) {
    if (data.kind === 'invalid') {
      head = `${v.typeName} `;
      if (data.address === 0) return head + 'nil';
    } else head = `${v.typeName}(${data.typeName}) `;
  }
  const inner = (): string => text(data, { ...flags, top: false, includeType: !flags.includeType }, indent, verb);
  if (data.kind === 'pointer') {
    const target = data.children[0];
    if (!target) return head + '...';
    if (target.address === 0) return head + 'nil';
    // Of an interface in registers the data word has no address.
    if (target.onlyAddress) return head + hex(data.address ?? target.address ?? 0);
    return head + inner();
  }
  if (data.onlyAddress) return head + (v.address === undefined ? '{...}' : '*' + addressed(v.typeName, v.address, '*'));
  return head + inner();
}

function struct(v: Loaded, flags: Flags, indent: string, verb: string): string {
  if (v.length !== v.children.length && v.children.length === 0) return v.address === undefined ? `${v.typeName} {...}` : addressed(v.typeName, v.address, '*');
  const lines = flags.newlines && v.children.some(needsLine);
  let out = (flags.includeType ? `${v.typeName} ` : '') + '{';
  v.children.forEach((c, i) => {
    if (lines) out += `\n${indent}${INDENT}`;
    out += `${c.name}: ${text(c, { top: false, includeType: true, newlines: lines, raw: flags.raw }, indent + INDENT, verb)}`;
    if (i !== v.children.length - 1 || lines) out += lines ? ',' : ', ';
  });
  if (v.children.length !== v.length) out += (lines ? `\n${indent}${INDENT}` : ',') + `...+${v.length - v.children.length} more`;
  return out + '}';
}

function map(v: Loaded, flags: Flags, indent: string, verb: string): string {
  let out = flags.includeType ? `${v.typeName} ` : '';
  if (v.base === 0 && v.children.length === 0) return out + 'nil';
  const lines = flags.newlines && v.children.length > 0;
  out += '[';
  for (let i = 0; i < v.children.length; i += 2) {
    if (lines) out += `\n${indent}${INDENT}`;
    out += text(v.children[i]!, { top: false, includeType: false, newlines: false, raw: flags.raw }, indent + INDENT, verb) + ': ';
    out += text(v.children[i + 1]!, { top: false, includeType: false, newlines: lines, raw: flags.raw }, indent + INDENT, verb) + ', ';
  }
  const entries = v.children.length / 2;
  if (entries !== v.length) out += v.children.length === 0 ? '...' : (lines ? `\n${indent}${INDENT}` : ',') + `...+${v.length - entries} more`;
  return out + (lines ? `\n${indent}` : '') + ']';
}

function elements(v: Loaded, flags: Flags, indent: string, verb: string): string {
  const lines = flags.newlines && v.children.length > 0 && arrayNeedsLines(v);
  let out = '[';
  v.children.forEach((c, i) => {
    if (lines) out += `\n${indent}${INDENT}`;
    out += text(c, { top: false, includeType: false, newlines: lines, raw: flags.raw }, indent + INDENT, verb);
    if (i !== v.children.length - 1 || lines) out += ',';
  });
  if (v.children.length !== v.length) out += v.children.length === 0 ? '...' : (lines ? `\n${indent}${INDENT}` : ',') + `...+${v.length - v.children.length} more`;
  return out + (lines ? `\n${indent}` : '') + ']';
}

/** The kind at the end of a chain of pointers. */
function endOfPointers(v: Loaded): { kind: Loaded['kind']; pointer: boolean } {
  let pointer = false;
  for (;;) {
    if (v.kind !== 'pointer') return { kind: v.kind, pointer };
    pointer = true;
    if (!v.children[0]) return { kind: v.kind, pointer };
    v = v.children[0];
  }
}

const COMPOSITE: ReadonlySet<string> = new Set(['slice', 'array', 'struct', 'map', 'interface']);

function arrayNeedsLines(v: Loaded): boolean {
  const { kind, pointer } = endOfPointers(v.children[0]!);
  if (COMPOSITE.has(kind)) return true;
  return kind === 'string' && (pointer || v.children.some((c) => (c.text?.length ?? 0) > LONG_STRING));
}

function needsLine(c: Loaded): boolean {
  const { kind, pointer } = endOfPointers(c);
  if (COMPOSITE.has(kind)) return true;
  return kind === 'string' && (pointer || (c.text?.length ?? 0) > LONG_STRING);
}
