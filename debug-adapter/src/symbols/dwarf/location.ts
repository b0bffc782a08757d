// DWARF location expressions and location lists: where a variable is at a given pc.
// Must stay true: an operation that is not understood makes the variable "gone" with its number named, never a wrong value.
import type { Registers } from '@gobuf/emulator/machine-types';
import { ByteReader } from '../byte-reader';
import type { Memory, Place } from '../types';
import { Form } from './constants';
import { numberOf } from './forms';
import type { AttributeValue, DebugInfo, Unit } from './info';

/** Hardware number (RAX 0, RCX 1, …) of DWARF's registers 0–15. */
export const HARDWARE_REGISTER = [0, 2, 1, 3, 6, 7, 5, 4, 8, 9, 10, 11, 12, 13, 14, 15];

export interface LocationContext { pc: number; cfa: number; registers?: Registers; framePointer?: number; memory: Memory }

const PART_MISSING = 'part of it is optimized away';

/** A location list, read whole: every step asks the same lists about another pc. */
interface LocationList { entries: { low: number; high: number; expression: Uint8Array }[]; fallback: Uint8Array | undefined }
const lists = new WeakMap<DebugInfo, Map<number, LocationList>>();
const MOST_LISTS = 4000;

/** The expression that holds at pc, from an exprloc or a list. */
export function expressionAt(info: DebugInfo, unit: Unit, value: AttributeValue | undefined, form: number | undefined, pc: number): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  const offset = numberOf(value);
  if (offset === undefined) return undefined;
  let known = lists.get(info);
  if (!known) lists.set(info, known = new Map());
  const at = unit.version >= 5 && form === Form.loclistx ? unit.loclistsBase + new ByteReader(info.sections.loclists, unit.loclistsBase + offset * (unit.dwarf64 ? 8 : 4)).u32() : offset;
  let list = known.get(at);
  if (!list) {
    if (known.size >= MOST_LISTS) known.clear();
    known.set(at, list = unit.version >= 5 ? loclist(info, unit, at) : oldLoclist(info, unit, at));
  }
  for (const { low, high, expression } of list.entries) if (pc >= low && pc < high) return expression;
  return list.fallback;
}

function oldLoclist(info: DebugInfo, unit: Unit, offset: number): LocationList {
  const r = new ByteReader(info.sections.loc, offset), list: LocationList = { entries: [], fallback: undefined };
  let base = unit.lowPc;
  while (!r.atEnd) {
    // All ones are -1.
    const low = r.offset64(), high = r.offset64();
    if (low === 0 && high === 0) break;
    if (low === -1) {
      base = high + info.bias;
      continue;
    }
    list.entries.push({ low: base + low, high: base + high, expression: r.bytes(r.u16()) });
  }
  return list;
}

function loclist(info: DebugInfo, unit: Unit, at: number): LocationList {
  const r = new ByteReader(info.sections.loclists, at), list: LocationList = { entries: [], fallback: undefined };
  let base = unit.lowPc;
  while (!r.atEnd) {
    let low = 0, high = 0;
    switch (r.u8()) {
      case 1: base = info.indexedAddress(unit, r.uleb()); continue;
      case 2: low = info.indexedAddress(unit, r.uleb()); high = info.indexedAddress(unit, r.uleb()); break;
      case 3: low = info.indexedAddress(unit, r.uleb()); high = low + r.uleb(); break;
      case 4: low = base + r.ulebOffset(); high = base + r.ulebOffset(); break;
      case 5: list.fallback = r.bytes(r.uleb()); continue;
      case 6: base = r.u64() + info.bias; continue;
      case 7: low = r.u64() + info.bias; high = r.u64() + info.bias; break;
      case 8: low = r.u64() + info.bias; high = low + r.uleb(); break;
      default: return list; // 0 ends it, and so does what is unknown
    }
    list.entries.push({ low, high, expression: r.bytes(r.uleb()) });
  }
  return list;
}

/** Evaluates a location expression to a place and, for values without a place, the bytes themselves. */
export function evaluateLocation(info: DebugInfo, unit: Unit, code: Uint8Array, size: number, context: LocationContext): { place: Place; bytes: Uint8Array } {
  const gone = (why: string): { place: Place; bytes: Uint8Array } => ({ place: { at: 'gone', why }, bytes: new Uint8Array(0) });
  // Delve's words for a variable without a location
  if (code.length === 0) return gone('empty OP stack');
  const r = new ByteReader(code);
  const stack: number[] = [];
  const pieces: { size: number; register?: number; address?: number; literal?: Uint8Array }[] = [];
  let register: number | undefined, literal: Uint8Array | undefined;
  const gpr = (n: number): number | undefined => {
    const hardware = HARDWARE_REGISTER[n];
    if (hardware === 5 && context.framePointer !== undefined) return context.framePointer;
    const v = hardware === undefined ? undefined : context.registers?.gpr[hardware];
    return v === undefined ? undefined : Number(v);
  };
  while (!r.atEnd) {
    const op = r.u8();
    if (op >= 0x50 && op <= 0x6f) register = op - 0x50;
    else if (op >= 0x30 && op <= 0x4f) stack.push(op - 0x30);
    else if (op >= 0x70 && op <= 0x8f) {
      const base = gpr(op - 0x70);
      const delta = Number(r.sleb());
      if (base === undefined) return gone('its register is not known in this frame');
      stack.push(base + delta);
    } else switch (op) {
      case 0x03: stack.push(r.u64() + info.bias); break;
      case 0x06: {
        const address = stack.pop() ?? 0;
        const bytes = context.memory.read(address, 8);
        if (bytes.length < 8) return gone(`memory at 0x${address.toString(16)} is not mapped`);
        stack.push(new ByteReader(bytes).u64());
        break;
      }
      case 0x08: stack.push(r.u8()); break;
      case 0x09: stack.push(r.i8()); break;
      case 0x0a: stack.push(r.u16()); break;
      case 0x0c: stack.push(r.u32()); break;
      case 0x0d: stack.push(r.i32()); break;
      case 0x0e: case 0x0f: stack.push(r.u64()); break;
      case 0x10: stack.push(r.uleb()); break;
      case 0x11: stack.push(Number(r.sleb())); break;
      case 0x12: stack.push(stack[stack.length - 1] ?? 0); break;
      case 0x1c: { const b = stack.pop() ?? 0; stack.push((stack.pop() ?? 0) - b); break; }
      case 0x22: { const b = stack.pop() ?? 0; stack.push((stack.pop() ?? 0) + b); break; }
      case 0x23: stack.push((stack.pop() ?? 0) + r.uleb()); break;
      case 0x90: register = r.uleb(); break;
      case 0x91: stack.push(context.cfa + Number(r.sleb())); break;
      case 0x9c: stack.push(context.cfa); break;
      case 0x9e: literal = r.bytes(r.uleb()); break;
      case 0x9f: {
        literal = new Uint8Array(8);
        new DataView(literal.buffer).setBigInt64(0, BigInt(Math.trunc(stack.pop() ?? 0)), true);
        break;
      }
      case 0xa1: stack.push(info.indexedAddress(unit, r.uleb())); break;
      case 0xa2: stack.push(info.indexedAddress(unit, r.uleb()) - info.bias); break;
      case 0x96: break;
      case 0x93: {
        const piece: (typeof pieces)[number] = { size: r.uleb() };
        if (literal) piece.literal = literal;
        else if (register !== undefined) piece.register = register;
        else if (stack.length) piece.address = stack.pop()!;
        pieces.push(piece);
        register = literal = undefined;
        break;
      }
      default: return gone(`DWARF operation 0x${op.toString(16)} is not supported`);
    }
  }
  if (pieces.length === 0) {
    if (literal) return { place: { at: 'gone', why: 'a constant' }, bytes: literal.slice(0, size) };
    if (register === undefined) {
      const address = stack.pop();
      if (address === undefined) return gone('empty OP stack');
      return { place: { at: 'memory', address }, bytes: context.memory.read(address, size) };
    }
    // What a register alone is named for is not all there if it is longer.
    const held = Math.min(size, registerBytes(context, register)?.length ?? size);
    pieces.push({ size: held, register }, ...(held < size ? [{ size: size - held }] : []));
  }
  const bytes = new Uint8Array(size);
  let at = 0, missing = '';
  // Go 1.19 and 1.20 name each piece of some arguments twice.
  const same = (a: (typeof pieces)[number], b: (typeof pieces)[number] | undefined): boolean => a.size === b?.size && a.register === b.register && a.address === b.address;
  const once = pieces.reduce((sum, piece) => sum + piece.size, 0) === 2 * size && pieces.every((piece, i) => same(piece, pieces[i ^ 1])) ? pieces.filter((_, i) => i % 2 === 0) : pieces;
  for (const p of once) {
    let part: Uint8Array | undefined = p.literal;
    if (p.register !== undefined) part = registerBytes(context, p.register);
    else if (p.address !== undefined) part = context.memory.read(p.address, p.size);
    if (!part || part.length < Math.min(p.size, 8)) missing ||= p.register !== undefined ? 'its register is not known in this frame' : PART_MISSING;
    // Old compilers name more pieces than some types have bytes.
    else if (at < size) bytes.set(part.subarray(0, Math.min(p.size, size - at)), at);
    at += p.size;
  }
  // pieces that are not there stay in the place without register or address: the fields in them are unreadable
  if (missing && once.every((p) => p.register === undefined && p.address === undefined && !p.literal)) return gone('optimized away');
  if (missing && missing !== PART_MISSING) return gone(missing);
  return { place: { at: 'pieces', pieces: once.map(({ literal: _literal, ...rest }) => rest) }, bytes };
}

function registerBytes(context: LocationContext, register: number): Uint8Array | undefined {
  const regs = context.registers;
  if (!regs) return undefined;
  if (register >= 17 && register <= 32) return regs.vector.subarray((register - 17) * 32, (register - 17) * 32 + 16);
  const v = regs.gpr[HARDWARE_REGISTER[register] ?? -1];
  if (v === undefined) return undefined;
  const out = new Uint8Array(8);
  new DataView(out.buffer).setBigUint64(0, v, true);
  return out;
}
