// Puts WebAssembly modules together: types, imports, functions, exports and table elements.
// Must stay true: function indices count imports first; sections come out in the specified order.
import { Bytes } from './bytes';
import type { Code, Link, ValueType } from './code';
import { TYPE_CODE, hintsOf, linksOf, putFiveBytes } from './code';

export interface FunctionType { parameters: readonly ValueType[]; results: readonly ValueType[] }

/** Types by number: each has one, whoever asks. Several modules may share a list, and then have the same numbers. */
export class TypeList {
  private readonly bySignature = new Map<FunctionType, number>();
  private readonly types: string[] = [];
  readonly bytes = new Bytes();

  get length(): number { return this.types.length; }

  number(signature: FunctionType): number {
    const seen = this.bySignature.get(signature);
    if (seen !== undefined) return seen;
    const key = `${signature.parameters.join()}:${signature.results.join()}`;
    let number = this.types.indexOf(key);
    if (number < 0) {
      number = this.types.push(key) - 1;
      this.bytes.byte(0x60);
      for (const list of [signature.parameters, signature.results]) {
        this.bytes.unsigned(list.length);
        for (const type of list) this.bytes.byte(TYPE_CODE[type]);
      }
    }
    this.bySignature.set(signature, number);
    return number;
  }
}

const HINTS = 'metadata.code.branch_hint', LINKS = 'gobuf.links';

/** The body with its links filled in by `of`, which is told whether a call or a constant is wanted. */
export function linked(body: Uint8Array, of: (target: number, call: boolean) => number): Uint8Array {
  const links = linksOf.get(body);
  if (!links) return body;
  const copy = body.slice(), hints = hintsOf.get(body);
  let start = 1;
  while (copy[start - 1]! > 127) start++;
  for (const { at, target } of links) putFiveBytes(copy, start + at, of(target, copy[start + at - 1] === 0x10));
  linksOf.set(copy, links);
  if (hints) hintsOf.set(copy, hints);
  return copy;
}

/** Finds the hints and links that a module without imported functions has for its last functions, whose bodies these are: for another module made of them. */
export function adoptMarks(wire: Uint8Array, bodies: readonly Uint8Array[]): void {
  let at = 8, functions = 0;
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) { const byte = wire[at++]!; value |= (byte & 127) << shift; if (byte < 128) return value; }
  };
  while (at < wire.length) {
    const id = wire[at++]!, end = number() + at;
    if (id === 3) functions = number();
    else if (id === 0 && wire[at] === HINTS.length) {
      at += 1 + HINTS.length;
      for (let count = number(); count > 0; count--) {
        const body = bodies[number() - functions + bodies.length], start = at;
        for (let left = number(); left > 0; left--) { number(); at += 2; }
        if (body) hintsOf.set(body, wire.subarray(start, at));
      }
    } else if (id === 0 && wire[at] === LINKS.length) {
      at += 1 + LINKS.length;
      for (let count = number(); count > 0; count--) {
        const body = bodies[number() - functions + bodies.length], links: Link[] = [];
        for (let left = number(); left > 0; left--) links.push({ at: number(), target: (number() >>> 0) + (number() >>> 0) * 0x100000000 });
        if (body) linksOf.set(body, links);
      }
    }
    at = end;
  }
}

export class ModuleBuilder {
  private readonly imports = new Bytes();
  private importCount = 0;
  private importedFunctions = 0;
  private readonly functions: { type: number; body?: Uint8Array }[] = [];
  private readonly exports = new Bytes();
  private exportCount = 0;
  private readonly elements: { slot: number; functions: number[]; table: number; base?: number }[] = [];
  private globals = 0;

  constructor(private readonly types = new TypeList()) {}

  type(signature: FunctionType): number { return this.types.number(signature); }

  importMemory(module: string, name: string, minimum: number, maximum?: number): void {
    this.imports.text(module).text(name).byte(2);
    if (maximum === undefined) this.imports.byte(0).unsigned(minimum);
    else this.imports.byte(1).unsigned(minimum).unsigned(maximum);
    this.importCount++;
  }

  importTable(module: string, name: string, minimum: number): void {
    this.imports.text(module).text(name).byte(1).byte(0x70).byte(0).unsigned(minimum);
    this.importCount++;
  }

  /** An immutable i32; its index. */
  importGlobal(module: string, name: string): number {
    this.imports.text(module).text(name).byte(3).byte(TYPE_CODE.i32).byte(0);
    this.importCount++;
    return this.globals++;
  }

  /** All function imports come before the first `declare`. */
  importFunction(module: string, name: string, signature: FunctionType): number {
    this.imports.text(module).text(name).byte(0).unsigned(this.type(signature));
    this.importCount++;
    return this.importedFunctions++;
  }

  /** Index of a function whose body follows with `define`. */
  declare(signature: FunctionType): number { return this.importedFunctions + this.functions.push({ type: this.type(signature) }) - 1; }
  /** The index that the next one will have. */
  get declared(): number { return this.importedFunctions + this.functions.length; }
  define(index: number, body: Uint8Array): void { this.functions[index - this.importedFunctions]!.body = body; }
  add(signature: FunctionType, code: Code): number { const index = this.declare(signature); this.define(index, code.finish()); return index; }

  exportFunction(name: string, index: number): void { this.exports.text(name).byte(0).unsigned(index); this.exportCount++; }
  /** Puts functions into consecutive slots of a table when the module is instantiated. */
  element(slot: number, functions: number[], table = 0): void { this.elements.push({ slot, functions, table }); }
  /** The same in table 0, from the slot on that an imported global holds. */
  elementAt(base: number, functions: number[]): void { this.elements.push({ slot: 0, functions, table: 0, base }); }

  finish(): Uint8Array<ArrayBuffer> {
    const out = new Bytes(4096).append(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
    const section = (id: number, count: number, content: Bytes) => {
      if (count === 0) return;
      const head = new Bytes(8).unsigned(count);
      out.byte(id).unsigned(head.length + content.length).append(head.view()).append(content.view());
    };
    section(1, this.types.length, this.types.bytes);
    section(2, this.importCount, this.imports);
    const indices = new Bytes(), bodies = new Bytes(4096);
    for (const each of this.functions) {
      indices.unsigned(each.type);
      if (!each.body) throw new Error('a declared function has no body');
      bodies.append(each.body);
    }
    section(3, this.functions.length, indices);
    section(7, this.exportCount, this.exports);
    const elements = new Bytes();
    for (const { slot, functions, table, base } of this.elements) {
      if (table === 0) elements.byte(0); else elements.byte(2).unsigned(table);
      if (base === undefined) elements.byte(0x41).signed(slot); else elements.byte(0x23).unsigned(base);
      elements.byte(0x0b);
      // Functions, all of them.
      if (table !== 0) elements.byte(0);
      elements.unsigned(functions.length);
      for (const index of functions) elements.unsigned(index);
    }
    section(9, this.elements.length, elements);
    const hints = new Bytes(), links = new Bytes();
    let hinted = 0, linking = 0;
    this.functions.forEach(({ body }, index) => {
      const own = body && hintsOf.get(body), asked = body && linksOf.get(body);
      if (own) { hints.unsigned(this.importedFunctions + index).append(own); hinted++; }
      if (!asked) return;
      links.unsigned(this.importedFunctions + index).unsigned(asked.length);
      for (const { at, target } of asked) links.unsigned(at).unsigned(target % 0x100000000).unsigned(Math.floor(target / 0x100000000));
      linking++;
    });
    const custom = (name: string, count: number, content: Bytes) => {
      if (count === 0) return;
      const head = new Bytes(32).text(name).unsigned(count);
      out.byte(0).unsigned(head.length + content.length).append(head.view()).append(content.view());
    };
    custom(HINTS, hinted, hints);
    custom(LINKS, linking, links);
    section(10, this.functions.length, bodies);
    return out.view().slice();
  }
}
