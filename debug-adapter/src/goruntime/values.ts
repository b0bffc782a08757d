// What the debugger's front ends use: evaluate an expression, list variables, page through children, print in Delve's format, encode assignments.
// Must stay true: values are plain data plus a handle; nothing is followed before its children are asked for.
import type { GoBinary } from '../symbols/binary';
import type { GoType, Memory } from '../symbols/types';
import { Evaluator } from './evaluate';
import type { EvalScope, Operand } from './evaluate';
import { formatVerb } from './go-format';
import { FULL_LOAD } from './load';
import type { Loaded } from './load';
import { mapEntries, mapLength } from './maps';
import { numberAt } from './memory';
import { UNTYPED_COMPLEX, isUntyped } from './operand-kinds';
import { FOLLOWED } from './operands';
import { multiLine, singleLine } from './print';
import { Recollection, RecordedMemory } from './read-set';
import type { GoRuntime } from './runtime';
import { stackGuardName } from './status';
import { ExpressionError } from './value-types';
import type { FormatOptions, Value } from './value-types';

export type { EvalScope } from './evaluate';

/** DAP's one-line texts: shallow, as Delve's DAP server shows them. */
export const DAP_LOAD: FormatOptions = { followPointers: true, maxVariableRecurse: 1, maxStringLen: 512, maxArrayValues: 64, maxStructFields: -1 };

/** Values up to this size are part of what they are remembered by. */
const LONGEST_KEY = 4096;

export interface PrintOptions {
  multiLine?: boolean;
  /** fmt verb such as `%x`. */
  verb?: string;
  limits?: Partial<FormatOptions>;
}

/** What assigning to a value changes. */
export interface Assignment { memory: { address: number; bytes: Uint8Array }[]; registers: { register: string; value: bigint }[] }

export class GoValues {
  readonly evaluator: Evaluator;
  private readonly operands = new WeakMap<Value, Operand>();
  private readonly known: Recollection<Value> | undefined;
  private readonly typeNumbers = new WeakMap<GoType, number>();
  private nextType = 1;

  /** With recorded memory, which the runtime's model has to read too, variables that stay are not made again. */
  constructor(readonly binary: GoBinary, readonly runtime: GoRuntime, memory: Memory) {
    this.evaluator = new Evaluator(binary, runtime, memory);
    if (memory instanceof RecordedMemory && runtime.memory.memory === memory) this.known = new Recollection(memory);
  }

  /** Throws ExpressionError with one sentence. */
  evaluate(expression: string, scope: EvalScope): Value {
    return this.describe(this.evaluator.evaluate(expression, scope), expression);
  }

  /** `print` of an expression: `%x expr` formats included; Delve's text. */
  print(expression: string, scope: EvalScope, options: PrintOptions = {}): string {
    const m = /^(%[^\s]*[a-zA-Z])\s+(.*)$/s.exec(expression.trim());
    const v = this.evaluator.evaluate(m ? m[2]! : expression, scope);
    return this.text(v, { multiLine: true, ...options, verb: m ? m[1]! : options.verb });
  }

  variables(scope: EvalScope, declared = this.evaluator.declared(scope)): Value[] {
    return this.evaluator.variables(scope, declared).map((v) => (this.known && v.bytes.length <= LONGEST_KEY ? this.known.get(this.keyOf(v), () => this.describe(v, v.name)) : this.describe(v, v.name)));
  }

  /** All that a description depends on besides memory. */
  private keyOf(v: Operand): string {
    let type = v.type && this.typeNumbers.get(v.type);
    if (v.type && type === undefined) this.typeNumbers.set(v.type, type = this.nextType++);
    return `${v.name} ${type} ${v.place.at === 'memory' ? v.place.address : JSON.stringify(v.place)} ${v.unreadable ?? ''} ${String.fromCharCode(...v.bytes)}`;
  }

  /** A value of a type at an address (`*(*runtime.g)(0x…)`). */
  at(name: string, type: GoType | string, address: number): Value {
    const t = typeof type === 'string' ? this.binary.typeNamed(type) : type;
    if (!t) throw new ExpressionError(`could not find type ${String(type)}`);
    return this.describe(this.evaluator.loader.at(name, t, address), name);
  }

  /** Package variables, for a Globals scope. */
  globals(packageName: string): Value[] {
    return this.binary.globalVariables(packageName).map((g) => this.at(g.name.slice(packageName.length + 1), g.type, g.address));
  }

  format(value: Value, options: PrintOptions = {}): string {
    const v = this.operands.get(value);
    return v ? this.text(v, options) : value.text;
  }

  /** A value's text on several lines. */
  show(v: Operand): string { return this.text(v, { multiLine: true }); }

  private text(v: Operand, options: PrintOptions): string {
    const limits = { ...FULL_LOAD, ...options.limits };
    const fresh = this.reload(v, limits);
    if (v.constant !== undefined) {
      if (v.constant === null) return 'nil';
      if (options.verb) return formatVerb(options.verb, v.constant);
      if (typeof v.constant !== 'string') return fresh.value || String(v.constant);
    }
    const verb = options.verb ?? (limits.hex ? '%#x' : '');
    return options.multiLine ? multiLine(fresh, verb, limits.rawStrings) : singleLine(fresh, verb, limits.rawStrings);
  }

  /** A copy loaded with these limits (a value once loaded keeps its depth). */
  private reload(v: Operand, limits: FormatOptions): Operand {
    if (v.loaded && (v.constant !== undefined || v.kind === 'func')) return v;
    const copy: Operand = { ...v, loaded: false, children: [], value: v.kind === 'string' || v.kind === 'func' ? v.value : '' };
    if (v.kind === 'string' && v.constant !== undefined) copy.loaded = true;
    const loaded = this.evaluator.loader.load(copy, limits) as Operand;
    if (v.addressOnly && loaded.children[0]) loaded.children[0].onlyAddress = true;
    return loaded;
  }

  private describe(v: Operand, name: string): Value {
    const loaded = this.reload(v, DAP_LOAD);
    const { count, indexed } = this.childCount(loaded);
    const value: Value = {
      name, type: v.type, typeName: v.typeName, text: this.shortText(v, loaded), address: v.address, size: v.type?.size ?? v.bytes.length, place: v.place, bytes: v.bytes,
      childCount: count, indexed,
    };
    const integer = this.evaluator.toInteger(v) ?? loaded.integer;
    if (integer !== undefined) value.integer = integer;
    if (v.register !== undefined) value.register = v.register;
    if ((v.constant !== undefined && !v.typed && !v.declared) || v.type?.name === UNTYPED_COMPLEX) value.untyped = true;
    if (loaded.unreadable) value.unreadable = loaded.unreadable;
    this.operands.set(value, v);
    return value;
  }

  /** One line for a list of variables; integer pointers of the runtime and stack guards get their meaning. */
  private shortText(v: Operand, loaded: Loaded): string {
    const followed = v.type && FOLLOWED[v.type.name];
    if (followed && v.bytes.length >= 8) {
      const address = numberAt(v.bytes, 0, 8);
      return address === 0 ? `${v.typeName} nil` : `${v.typeName} (*${followed})(0x${address.toString(16)})`;
    }
    if (v.constant === null) return 'nil';
    if (v.kind === 'uintptr' && loaded.integer !== undefined) {
      const name = stackGuardName(loaded.integer);
      return name ? `${name} (0x${loaded.integer.toString(16)})` : `0x${loaded.integer.toString(16)}`;
    }
    return singleLine(loaded);
  }

  private childCount(v: Loaded): { count: number; indexed: boolean } {
    if (v.unreadable) return { count: 0, indexed: false };
    if (v.type && FOLLOWED[v.type.name]) return { count: v.bytes.length >= 8 && numberAt(v.bytes, 0, 8) !== 0 ? 1 : 0, indexed: false };
    switch (v.kind) {
      case 'struct': return { count: v.type?.fields.length ?? 0, indexed: false };
      case 'array': case 'slice': return { count: Math.max(0, v.length), indexed: true };
      case 'pointer': return { count: v.children[0] && v.children[0].address !== 0 && !v.children[0].unreadable ? 1 : 0, indexed: false };
      case 'interface': return { count: v.children[0] && v.children[0].kind !== 'invalid' ? 1 : 0, indexed: false };
      case 'map': return { count: mapLength(this.runtime.memory, v.type!, v.base) ?? 0, indexed: true };
      case 'chan': return { count: v.base ? v.children.length : 0, indexed: false };
      case 'complex64': case 'complex128': return { count: 2, indexed: false };
      case 'func': return { count: v.children.length, indexed: false };
      default: return { count: 0, indexed: false };
    }
  }

  /** Children [start, start + count). Map entries come as one child per key, named by it. */
  children(value: Value, start = 0, count = Infinity): Value[] {
    const v = this.operands.get(value);
    if (!v || v.unreadable) return [];
    const loader = this.evaluator.loader;
    const end = Math.min(start + count, value.childCount);
    const followed = v.type && FOLLOWED[v.type.name];
    if (followed) return value.childCount && start === 0 ? [this.at(`*${value.name}`, followed, numberAt(v.bytes, 0, 8))] : [];
    const out: Value[] = [];
    switch (v.kind) {
      case 'struct':
        for (const f of v.type!.fields.slice(start, end)) out.push(this.describe(loader.field(v, f.name, f.offset, f.type), f.name));
        break;
      case 'array': case 'slice':
        for (let i = start; i < end; i++) out.push(this.describe(loader.element(v, i), `[${i}]`));
        break;
      case 'pointer': {
        if (start > 0 || !value.childCount) break;
        const target = loader.at('', v.type!.elem, numberAt(v.bytes, 0, 8));
        // a pointer to a struct shows the fields at once, as Delve's DAP does one level down
        out.push(this.describe(target, ''));
        break;
      }
      case 'interface': {
        const d = loader.dynamic(v);
        if (d.data && start === 0) out.push(this.describe(d.data, 'data'));
        break;
      }
      case 'map': {
        let i = 0;
        for (const entry of mapEntries(this.runtime.memory, v.type!, v.base)) {
          if (i >= end) break;
          if (i++ < start) continue;
          const key = loader.load(loader.at('', entry.key.type, entry.key.address), DAP_LOAD);
          out.push(this.describe(loader.at('', entry.value.type, entry.value.address), singleLine(key)));
        }
        break;
      }
      case 'chan': {
        const header = loader.chanHeader(v);
        for (const f of header?.type?.fields.slice(start, end) ?? []) out.push(this.describe(loader.field(header!, f.name, f.offset, f.type), f.name));
        break;
      }
      default:
        for (const c of this.reload(v, FULL_LOAD).children.slice(start, end)) out.push(this.describe(c, c.name));
    }
    return out;
  }

  /** The writes that set `target` to the value of `expression`. */
  assign(target: Value, expression: string, scope: EvalScope): Assignment {
    const to = this.operands.get(target);
    if (!to) throw new ExpressionError('this can not be set');
    const source = this.evaluator.evaluate(expression, scope);
    if (typeof source.constant === 'string' && source.constant !== '' && isUntyped(source)) throw new ExpressionError('literal string can not be allocated because function calls are not allowed without using \'call\'');
    const bytes = this.evaluator.encode(to, source);
    const out: Assignment = { memory: [], registers: [] };
    if (target.register !== undefined) {
      out.registers.push({ register: target.register, value: bytesToInteger(bytes) });
      return out;
    }
    if (target.place.at === 'memory') out.memory.push({ address: target.place.address, bytes });
    else if (target.place.at === 'pieces') {
      let at = 0;
      for (const p of target.place.pieces) {
        const part = bytes.subarray(at, at + p.size);
        if (p.address !== undefined) out.memory.push({ address: p.address, bytes: part });
        else if (p.register !== undefined) out.registers.push({ register: DWARF_NAMES[p.register] ?? `dwarf${p.register}`, value: bytesToInteger(part) });
        at += p.size;
      }
    } else throw new ExpressionError(`this can not be set: ${target.place.why}`);
    return out;
  }
}

const DWARF_NAMES = ['rax', 'rdx', 'rcx', 'rbx', 'rsi', 'rdi', 'rbp', 'rsp', 'r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15', 'rip', ...Array.from({ length: 16 }, (_, i) => `xmm${i}`)];

function bytesToInteger(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
  return value;
}
