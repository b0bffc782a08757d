// Loads a value and what hangs on it, as deep as the limits allow: the tree that the printer and the expression evaluator work on.
// Must stay true: the depth and count rules are Delve's (so the text is too); unreadable memory is a property of the value, never an exception.
import type { GoBinary } from '../symbols/binary';
import type { GoKind, GoType, Place } from '../symbols/types';
import { momentText } from './time-text';
import { Within } from './endless';
import { formatFloat } from './go-text';
import { mapEntries, mapLength } from './maps';
import { hasGap, onlyCapacityGone, partOf } from './pieces';
import type { GuestMemory} from './memory';
import { numberAt } from './memory';
import type { FormatOptions } from './value-types';

export const FULL_LOAD: FormatOptions = { followPointers: true, maxVariableRecurse: 1, maxStringLen: 64, maxArrayValues: 64, maxStructFields: -1 };

export interface Loaded {
  name: string;
  type: GoType | undefined;
  typeName: string;
  kind: GoKind | 'invalid';
  /** Undefined: in registers or a computed value (which is not nil). */
  address: number | undefined;
  place: Place;
  bytes: Uint8Array;
  /** Text of basic values, function names, times; '' where there is none. */
  value: string;
  integer?: bigint;
  float?: number;
  /** String contents as far as loaded. */
  text?: Uint8Array;
  children: Loaded[];
  length: number;
  capacity: number;
  /** Start of the elements: slice, string, map header, function pc. */
  base: number;
  onlyAddress: boolean;
  loaded: boolean;
  /** The elements of a slice that lies nowhere: a converted string. */
  held?: Uint8Array;
  /** All elements are wanted: the slice was written with both ends; or all of a string that was compared. */
  whole?: boolean;
  /** Of a slice in registers the capacity is nowhere any more: it is shown as 0, as Delve has it. */
  noCapacity?: boolean;
  /** A map's entries before this one are left out. */
  skip?: number;
  unreadable?: string;
}

const TAKE_ERRORS = 3;
/** Where a value comes to itself again. */
const WITHOUT_ELEMENTS: FormatOptions = { ...FULL_LOAD, maxArrayValues: 0 };
/** Elements that are loaded of a slice with both ends written. */
const MOST_WHOLE = 10_000;

export class Loader {
  private readonly loading = new Within();

  constructor(readonly binary: GoBinary, readonly memory: GuestMemory) {}

  /** An unloaded value at an address. */
  at(name: string, type: GoType | undefined, address: number): Loaded {
    const size = type?.size ?? 0;
    const v = this.make(name, type, address, { at: 'memory', address });
    if (type && address !== 0) {
      v.bytes = size > 1 << 20 ? new Uint8Array(0) : this.memory.bytes(address, size);
      if (v.bytes.length < size && size <= 1 << 20) v.unreadable = `could not read memory at 0x${address.toString(16)}`;
      this.prepare(v);
    }
    return v;
  }

  /** An unloaded value whose bytes are known (registers, results of expressions). */
  of(name: string, type: GoType, bytes: Uint8Array, place: Place): Loaded {
    const v = this.make(name, type, place.at === 'memory' ? place.address : undefined, place);
    v.bytes = bytes;
    if (place.at === 'gone' && bytes.length < type.size) v.unreadable = place.why;
    else if (bytes.length < type.size) v.unreadable = 'part of it could not be read';
    else if (v.kind === 'slice' && onlyCapacityGone(place)) v.noCapacity = true;
    else if (v.kind !== 'struct' && v.kind !== 'array' && hasGap(place)) v.unreadable = 'optimized away';
    this.prepare(v);
    return v;
  }

  private make(name: string, type: GoType | undefined, address: number | undefined, place: Place): Loaded {
    return {
      name, type, typeName: type?.name ?? 'void', kind: !type || type.kind === 'void' ? 'invalid' : type.kind, address, place, bytes: new Uint8Array(0), value: '', children: [],
      length: 0, capacity: 0, base: 0, onlyAddress: false, loaded: false,
    };
  }

  /** What is known without following anything: lengths and bases. */
  private prepare(v: Loaded): void {
    if (v.unreadable || !v.type) return;
    const b = v.bytes;
    if (v.kind === 'string') {
      v.base = numberAt(b, 0, 8);
      v.length = Number(BigInt.asIntN(64, big(b, 8, 8)));
    } else if (v.kind === 'slice') {
      v.base = numberAt(b, 0, 8);
      v.length = Number(BigInt.asIntN(64, big(b, 8, 8)));
      v.capacity = Number(BigInt.asIntN(64, big(b, 16, 8)));
    } else if (v.kind === 'array') {
      v.base = v.address ?? 1;
      v.length = v.capacity = v.type.length;
    } else if (v.kind === 'map' || v.kind === 'chan') v.base = numberAt(b, 0, 8);
  }

  load(v: Loaded, limits: FormatOptions = FULL_LOAD, depth = 0): Loaded {
    if (v.unreadable || v.loaded || (v.address === 0 && v.base === 0) || !v.type) return v;
    v.loaded = true;
    const { type, bytes } = v;
    switch (v.kind) {
      case 'pointer': case 'unsafe.Pointer': {
        const target = numberAt(bytes, 0, 8);
        v.integer = big(bytes, 0, 8);
        v.value = v.integer.toString();
        v.length = 1;
        const child = v.kind === 'pointer' ? this.at('', type.elem, target) : this.make('', undefined, target, { at: 'memory', address: target });
        v.children = [child];
        if (!limits.followPointers) child.onlyAddress = true;
        else {
          let next = depth;
          let check = false;
          if (child.kind === 'interface') next++;
          else if (type.elem?.kind === 'pointer' || type.elem?.kind === 'unsafe.Pointer') {
            next++;
            check = true;
          }
          if (check && depth > limits.maxVariableRecurse) child.onlyAddress = true;
          else if (v.kind === 'pointer') this.load(child, limits, next);
        }
        break;
      }
      case 'chan': {
        if (v.base === 0) break;
        const header = this.chanHeader(v);
        if (header) {
          // Begun anew like this, a channel that is sent into itself has no end.
          this.loading.channel(v, (again) => this.load(header, again ? WITHOUT_ELEMENTS : FULL_LOAD, 0));
          v.children = header.children;
          v.length = header.length;
        }
        break;
      }
      case 'map': this.loadMap(v, limits, depth); break;
      case 'string': {
        if (v.length < 0) {
          v.unreadable = `invalid length: ${v.length}`;
          break;
        }
        const take = Math.min(v.length, v.whole ? Math.max(MOST_WHOLE, limits.maxStringLen) : limits.maxStringLen);
        v.text = v.length === 0 ? new Uint8Array(0) : this.memory.bytes(v.base, take);
        if (v.text.length < take) v.unreadable = `could not read string at 0x${v.base.toString(16)}`;
        else v.value = new TextDecoder().decode(v.text);
        break;
      }
      case 'array': this.loadElements(v, limits, depth); break;
      case 'slice': this.loading.slice(v, (again) => { this.loadElements(v, again ? WITHOUT_ELEMENTS : limits, depth); }); break;
      case 'struct': {
        v.length = type.fields.length;
        if (depth <= limits.maxVariableRecurse) {
          this.loading.struct(() => {
            for (const f of type.fields) {
              if (limits.maxStructFields >= 0 && v.children.length >= limits.maxStructFields) break;
              v.children.push(this.load(this.field(v, f.name, f.offset, f.type), limits, depth + 1));
            }
          });
        }
        if (type.name === 'time.Time') v.value = this.time(v);
        break;
      }
      case 'interface': this.loadInterface(v, limits, depth); break;
      case 'complex64': case 'complex128': {
        const half = type.size / 2;
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
        v.length = 2;
        v.children = ['real', 'imaginary'].map((name, i) => {
          const part = this.make(name, this.binary.typeNamed(half === 4 ? 'float32' : 'float64'), undefined, v.place);
          part.float = half === 4 ? view.getFloat32(i * 4, true) : view.getFloat64(i * 8, true);
          part.value = formatFloat(part.float, half === 4 ? 32 : 64);
          part.loaded = true;
          return part;
        });
        break;
      }
      case 'float32': case 'float64': {
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
        v.float = type.size === 4 ? view.getFloat32(0, true) : view.getFloat64(0, true);
        v.value = formatFloat(v.float, type.size === 4 ? 32 : 64);
        break;
      }
      case 'bool':
        v.integer = BigInt(bytes[0] ?? 0);
        v.value = bytes[0] ? 'true' : 'false';
        break;
      case 'func': this.loadFunction(v, limits, depth); break;
      case 'invalid': break;
      default: {
        const raw = big(bytes, 0, type.size);
        v.integer = v.kind.startsWith('int') ? BigInt.asIntN(type.size * 8, raw) : raw;
        const name = this.constantName(type, v.integer);
        v.value = name ? `${name} (${v.integer})` : v.integer.toString();
      }
    }
    return v;
  }

  /** A field of a struct value, sharing its bytes. */
  field(v: Loaded, name: string, offset: number, type: GoType): Loaded {
    if (v.address !== undefined && v.bytes.length < offset + type.size) return this.at(name, type, v.address + offset);
    const place: Place = v.address !== undefined ? { at: 'memory', address: v.address + offset } : partOf(v.place, offset, type.size);
    return this.of(name, type, v.bytes.subarray(offset, offset + type.size), place);
  }

  /** Element i of a slice or array. */
  element(v: Loaded, i: number): Loaded {
    const type = v.type!.elem!;
    if (v.held) return this.of(`[${i}]`, type, v.held.subarray(i * type.size, (i + 1) * type.size), { at: 'gone', why: 'a computed value' });
    if (v.kind === 'array' && v.address === undefined) return this.of(`[${i}]`, type, v.bytes.subarray(i * type.size, (i + 1) * type.size), partOf(v.place, i * type.size, type.size));
    return this.at(`[${i}]`, type, v.base + i * type.size);
  }

  private loadElements(v: Loaded, limits: FormatOptions, depth: number): void {
    const elem = v.type!.elem;
    if (!elem) return;
    if (v.length < 0) {
      v.unreadable = 'Negative array length';
      return;
    }
    if (v.base === 0 && v.length > 0) {
      v.unreadable = 'non-zero length array with nil base';
      return;
    }
    const count = Math.min(v.length, v.whole ? Math.max(MOST_WHOLE, limits.maxArrayValues) : limits.maxArrayValues);
    for (let i = 0, errors = 0; i < count && errors <= TAKE_ERRORS; i++) {
      const child = this.load(this.element(v, i), limits, depth + 1);
      child.name = '';
      if (child.unreadable) errors++;
      v.children.push(child);
    }
  }

  private loadMap(v: Loaded, limits: FormatOptions, depth: number): void {
    const length = mapLength(this.memory, v.type!, v.base);
    if (length === undefined) {
      v.unreadable = `could not read map at 0x${v.base.toString(16)}`;
      return;
    }
    v.length = length;
    if (depth > limits.maxVariableRecurse || length === 0) return;
    let errors = 0, skip = v.skip ?? 0;
    for (const entry of mapEntries(this.memory, v.type!, v.base)) {
      if (skip-- > 0) continue;
      if (v.children.length / 2 >= Math.min(limits.maxArrayValues, length) || errors > TAKE_ERRORS) break;
      const key = this.load(this.at('', entry.key.type, entry.key.address), limits, depth + 1);
      const value = this.load(this.at('', entry.value.type, entry.value.address), limits, depth + 1);
      if (key.unreadable || value.unreadable) errors++;
      v.children.push(key, value);
    }
  }

  /** The dynamic type and the data of an interface value; undefined type for nil. */
  dynamic(v: Loaded): { type: GoType | undefined; /** Where the runtime describes it. */ described?: number; data: Loaded | undefined; nil: boolean; why?: string } {
    const header = v.type?.header;
    const word = numberAt(v.bytes, 0, 8), dataAt = 8;
    if (word === 0) return { type: undefined, data: undefined, nil: true };
    let typeAddress = word;
    if (header?.field('tab')) {
      const itab = this.binary.typeNamed('internal/abi.ITab') ?? this.binary.typeNamed('runtime.itab');
      const offset = itab?.field('Type')?.offset ?? itab?.field('_type')?.offset ?? 8;
      typeAddress = this.memory.u64(word + offset) ?? 0;
    }
    const type = this.binary.typeAtRuntimeAddress(typeAddress);
    if (!type) return { type: undefined, data: undefined, nil: false, why: 'could not resolve interface type' };
    const place: Place = v.address !== undefined ? { at: 'memory', address: v.address + dataAt } : partOf(v.place, dataAt, 8);
    const data = isDirect(type) ? this.of('data', type, v.bytes.subarray(dataAt, dataAt + 8), place) : this.at('data', type, numberAt(v.bytes, dataAt, 8));
    return { type, described: typeAddress, data, nil: false };
  }

  private loadInterface(v: Loaded, limits: FormatOptions, depth: number): void {
    const d = this.dynamic(v);
    if (d.nil) {
      v.children = [this.make('', undefined, 0, { at: 'memory', address: 0 })];
      return;
    }
    if (!d.data) {
      v.unreadable = d.why;
      return;
    }
    v.children = [d.data];
    if (depth <= limits.maxVariableRecurse) this.load(d.data, limits, depth);
    else d.data.onlyAddress = true;
  }

  private loadFunction(v: Loaded, limits: FormatOptions, depth: number): void {
    const closure = numberAt(v.bytes, 0, 8);
    if (closure === 0) return;
    const pc = this.memory.u64(closure);
    if (pc === undefined) {
      v.unreadable = `could not read memory at 0x${closure.toString(16)}`;
      return;
    }
    v.base = pc;
    const fn = this.binary.functionAt(pc);
    if (!fn) {
      v.unreadable = `could not find function for 0x${pc.toString(16)}`;
      return;
    }
    v.value = fn.name;
    const captured = this.binary.closureFields(pc);
    v.length = captured.length;
    if (depth > limits.maxVariableRecurse) return;
    for (const f of captured) {
      let child = this.at(f.name, f.type, closure + f.offset);
      if (f.name.startsWith('&') && f.type.kind === 'pointer') child = this.at(f.name.slice(1), f.type.elem, numberAt(child.bytes, 0, 8));
      v.children.push(this.load(child, limits, depth + 1));
    }
  }

  /** hchan with its buffer typed as an array of the element type. */
  chanHeader(v: Loaded): Loaded | undefined {
    const type = v.type?.header, elem = v.type?.elem;
    if (!type || v.base === 0) return undefined;
    const header = this.at(v.name, type, v.base);
    const size = type.field('dataqsiz'), buffer = type.field('buf');
    if (!size || !buffer || !elem) return header;
    const length = this.memory.u64(v.base + size.offset) ?? 0;
    if (length > 1 << 30) return header;
    const array = this.binary.pointerTo(this.binary.arrayOf(elem, length));
    header.type = withField(type, 'buf', array);
    return header;
  }

  private readonly constantTables = new Map<GoType, Map<bigint, string>>();

  /** The constant of the type's own package that has this value, as Delve names it (bits joined with |). */
  private constantName(type: GoType, value: bigint): string {
    if (!type.name.includes('.')) return '';
    let table = this.constantTables.get(type);
    if (!table) {
      table = new Map();
      const prefix = type.name.slice(0, type.name.indexOf('.', type.name.lastIndexOf('/') + 1) + 1);
      for (const c of this.binary.constantsOfType(type)) if (!table.has(c.value)) table.set(c.value, c.name.startsWith(prefix) ? c.name.slice(prefix.length) : c.name);
      this.constantTables.set(type, table);
    }
    if (table.size === 0) return '';
    const exact = table.get(value);
    if (exact !== undefined) return exact;
    if (value === 0n) return '';
    const names: string[] = [];
    let rest = value;
    for (const [bit, name] of [...table].sort((a, b) => (a[0] < b[0] ? -1 : 1))) {
      if (bit > 0n && (bit & (bit - 1n)) === 0n && (rest & bit) !== 0n) {
        names.push(name);
        rest &= ~bit;
      }
    }
    return rest === 0n ? names.join('|') : '';
  }

  /** RFC 3339 of a time.Time in UTC, with the monotonic reading where there is one. */
  private locationName(v: Loaded): string {
    const address = v.children.find((c) => c.name === 'loc')?.children[0]?.address, type = this.binary.typeNamed('time.Location'), field = type?.field('name');
    return address && field ? this.load(this.at('', field.type, address + field.offset)).value : '';
  }

  private time(v: Loaded): string {
    const [wall, ext] = ['wall', 'ext'].map((name) => v.children.find((c) => c.name === name)?.integer);
    return wall === undefined || ext === undefined ? '' : momentText(wall, ext, this.locationName(v));
  }
}

/** Does an interface hold the value itself in its data word (pointer-shaped types)? */
export function isDirect(type: GoType): boolean {
  switch (type.kind) {
    case 'pointer': case 'unsafe.Pointer': case 'map': case 'chan': case 'func': return true;
    case 'struct': return type.fields.length === 1 && isDirect(type.fields[0]!.type);
    case 'array': return type.length === 1 && type.elem !== undefined && isDirect(type.elem);
    default: return false;
  }
}

function withField(type: GoType, name: string, changed: GoType): GoType {
  const fields = type.fields.map((f) => (f.name === name ? { name: f.name, offset: f.offset, embedded: f.embedded, type: changed } : f));
  return {
    name: type.name, kind: type.kind, size: type.size, named: type.named, fields, elem: undefined, key: undefined, length: 0, header: undefined, runtimeType: 0,
    field: (n) => fields.find((f) => f.name === n),
  };
}

export function big(bytes: Uint8Array, offset: number, size: number): bigint {
  let value = 0n;
  for (let i = Math.min(size, 8) - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[offset + i] ?? 0);
  return value;
}
