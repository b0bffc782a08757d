// The body of one WebAssembly function: instructions as chainable methods, named labels instead of relative depths, locals by type.
// Must stay true: knows nothing of x86; `insertions` put bytes at recorded positions when the body is finished, and
// those bytes must leave the operand stack and the nesting as they found them.
import { Bytes } from './bytes';
import { LANE, MEMORY, PLAIN, SATURATING, VECTOR, VECTOR_MEMORY } from './opcodes';

export type ValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128';
export const TYPE_CODE: Record<ValueType, number> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b };

/** Number of enclosing blocks when the label was opened: stays valid while that block is open. */
export type Label = number;

/** Of function bodies: which way their branches mostly go, as the section metadata.code.branch_hint holds it. */
export const hintsOf = new WeakMap<Uint8Array, Uint8Array>();

/** A place in a body, counted from behind its size, whose five bytes are filled in when it is known what is in its module; and what it asks for. */
export interface Link { at: number; target: number }
/** Of function bodies that have any. */
export const linksOf = new WeakMap<Uint8Array, readonly Link[]>();
/** Writes a number in five bytes, whatever its size: below 2^27. */
export function putFiveBytes(to: Uint8Array, at: number, value: number): void {
  to[at] = (value & 127) | 128;
  to[at + 1] = ((value >>> 7) & 127) | 128;
  to[at + 2] = ((value >>> 14) & 127) | 128;
  to[at + 3] = ((value >>> 21) & 127) | 128;
  to[at + 4] = 0;
}

type Simple = { [K in keyof typeof PLAIN | keyof typeof SATURATING | keyof typeof VECTOR]: () => Code };
type Access = { [K in keyof typeof MEMORY | keyof typeof VECTOR_MEMORY]: (offset?: number) => Code };
type Lane = { [K in keyof typeof LANE]: (lane: number) => Code };
export type PlainName = keyof Simple;
export type AccessName = keyof Access;
export type LaneName = keyof Lane;

 
export interface Code extends Simple, Access, Lane {}

 
export class Code extends Bytes {
  /** Types of all locals that are not parameters, in order. */
  readonly locals: ValueType[] = [];
  private depth = 0;
  private readonly insertions: { at: number; bytes: () => Uint8Array }[] = [];
  private readonly hints: { at: number; likely: boolean }[] = [];
  private readonly links: Link[] = [];

  constructor(readonly parameters: number, capacity = 1024) { super(capacity); }

  local(type: ValueType): number { return this.parameters + this.locals.push(type) - 1; }
  localGet(index: number): this { return this.byte(0x20).unsigned(index); }
  localSet(index: number): this { return this.byte(0x21).unsigned(index); }
  localTee(index: number): this { return this.byte(0x22).unsigned(index); }
  globalGet(index: number): this { return this.byte(0x23).unsigned(index); }
  globalSet(index: number): this { return this.byte(0x24).unsigned(index); }

  i32Const(value: number): this { return this.byte(0x41).signed(value); }
  i64Const(value: bigint | number): this { return this.byte(0x42).signed64(value); }
  f32Const(value: number): this { this.byte(0x43); return this.append(new Uint8Array(Float32Array.of(value).buffer)); }
  f64Const(value: number): this { this.byte(0x44); return this.append(new Uint8Array(Float64Array.of(value).buffer)); }
  v128Const(low: bigint, high: bigint): this { return this.byte(0xfd).unsigned(12).append(new Uint8Array(BigUint64Array.of(BigInt.asUintN(64, low), BigInt.asUintN(64, high)).buffer)); }
  /** Lane numbers 0…15 pick from the first operand, 16…31 from the second. */
  i8x16Shuffle(lanes: readonly number[]): this {
    this.byte(0xfd).unsigned(13);
    for (let i = 0; i < 16; i++) this.byte(lanes[i]!);
    return this;
  }

  /** How many blocks are open here. */
  get nesting(): number { return this.depth; }

  private open(opcode: number, result: ValueType | undefined): Label { this.byte(opcode).byte(result ? TYPE_CODE[result] : 0x40); return ++this.depth; }
  block(result?: ValueType): Label { return this.open(0x02, result); }
  loop(result?: ValueType): Label { return this.open(0x03, result); }
  if(result?: ValueType): Label { return this.open(0x04, result); }
  else(): this { return this.byte(0x05); }
  end(): this { this.depth--; return this.byte(0x0b); }
  br(label: Label): this { return this.byte(0x0c).unsigned(this.depth - label); }
  brIf(label: Label): this { return this.byte(0x0d).unsigned(this.depth - label); }
  brTable(labels: readonly Label[], otherwise: Label): this {
    this.byte(0x0e).unsigned(labels.length);
    for (const label of labels) this.unsigned(this.depth - label);
    return this.unsigned(this.depth - otherwise);
  }
  /** `if (condition on the stack) { … }`. */
  when(body: () => void): this { this.if(); body(); return this.end(); }
  /** The same for what hardly ever happens. */
  seldom(body: () => void): this { return this.hint(false).when(body); }
  /** For an `if` or `brIf` that comes now: whether its condition is mostly true. What seldom happens is moved away, registers' worries with it. */
  hint(likely: boolean): this { this.hints.push({ at: this.length, likely }); return this; }

  /** A constant, and a call of a function of this module, that are filled in later (`Link`). */
  linkedConst(target: number): this { return this.byte(0x41).link(target); }
  linkedCall(target: number): this { return this.byte(0x10).link(target); }
  private link(target: number): this { this.links.push({ at: this.length, target }); return this.byte(128).byte(128).byte(128).byte(128).byte(0); }

  call(index: number): this { return this.byte(0x10).unsigned(index); }
  returnCall(index: number): this { return this.byte(0x12).unsigned(index); }
  callIndirect(type: number, table = 0): this { return this.byte(0x11).unsigned(type).unsigned(table); }
  returnCallIndirect(type: number, table = 0): this { return this.byte(0x13).unsigned(type).unsigned(table); }
  memoryCopy(): this { return this.byte(0xfc).unsigned(10).byte(0).byte(0); }
  memoryFill(): this { return this.byte(0xfc).unsigned(11).byte(0); }
  plain(name: PlainName): this { (this[name] as () => Code)(); return this; }
  access(name: AccessName, offset = 0): this { (this[name] as (offset: number) => Code)(offset); return this; }

  lane(name: LaneName, lane: number): this { (this[name] as (lane: number) => Code)(lane); return this; }

  /** Bytes to put here that are known only later. */
  insertLater(bytes: () => Uint8Array): void { this.insertions.push({ at: this.length, bytes }); }

  /** The whole function body as the code section holds it (size, locals, instructions, end). */
  finish(): Uint8Array {
    const head = new Bytes(64);
    const runs: { type: ValueType; count: number }[] = [];
    for (const type of this.locals) {
      const last = runs[runs.length - 1];
      if (last?.type === type) last.count++; else runs.push({ type, count: 1 });
    }
    head.unsigned(runs.length);
    for (const run of runs) head.unsigned(run.count).byte(TYPE_CODE[run.type]);
    const inserted = this.insertions.map((insertion) => insertion.bytes());
    const size = head.length + this.length + inserted.reduce((sum, bytes) => sum + bytes.length, 0) + 1;
    const out = new Bytes(size + 5);
    out.unsigned(size);
    const start = out.length;
    out.append(head.view());
    const encoded = new Bytes(16);
    if (this.hints.length > 0) encoded.unsigned(this.hints.length);
    const links: Link[] = [];
    let from = 0, hint = 0, link = 0;
    const marksBefore = (end: number) => {
      for (; link < this.links.length && this.links[link]!.at < end; link++) links.push({ at: out.length - start + this.links[link]!.at - from, target: this.links[link]!.target });
      for (; hint < this.hints.length && this.hints[hint]!.at < end; hint++) encoded.unsigned(out.length - start + this.hints[hint]!.at - from).byte(1).byte(Number(this.hints[hint]!.likely));
    };
    this.insertions.forEach((insertion, index) => {
      marksBefore(insertion.at);
      out.append(this.data.subarray(from, insertion.at)).append(inserted[index]!);
      from = insertion.at;
    });
    marksBefore(this.length);
    const body = out.append(this.data.subarray(from, this.length)).byte(0x0b).view();
    if (encoded.length > 0) hintsOf.set(body, encoded.view());
    if (links.length > 0) linksOf.set(body, links);
    return body;
  }
}

type Method = (this: Code, immediate?: number) => Code;
// One by one on the prototype itself, V8 would copy the list of all those before for each: without a prototype of its own an object is a dictionary from the start.
const instructions = Object.create(null) as Record<string, Method>;
for (const [name, opcode] of Object.entries(PLAIN)) instructions[name] = function () { return this.byte(opcode); };
for (const [name, opcode] of Object.entries(SATURATING)) instructions[name] = function () { return this.byte(0xfc).unsigned(opcode); };
for (const [name, opcode] of Object.entries(VECTOR)) instructions[name] = function () { return this.byte(0xfd).unsigned(opcode); };
for (const [name, opcode] of Object.entries(LANE)) instructions[name] = function (lane = 0) { return this.byte(0xfd).unsigned(opcode).byte(lane); };
// Guest data is rarely aligned in host terms: alignment hints are 1 byte throughout.
for (const [name, [opcode]] of Object.entries(MEMORY)) instructions[name] = function (offset = 0) { return this.byte(opcode).byte(0).unsigned(offset); };
for (const [name, [opcode]] of Object.entries(VECTOR_MEMORY)) instructions[name] = function (offset = 0) { return this.byte(0xfd).unsigned(opcode).byte(0).unsigned(offset); };
Object.setPrototypeOf(Code.prototype, Object.setPrototypeOf(instructions, Bytes.prototype) as object);
