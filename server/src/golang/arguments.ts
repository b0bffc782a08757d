// Where a Go function's arguments and results lie in an ABI0 frame, with the names that assembly gives their parts.
// Must stay true: names, offsets and sizes are those of vet's asmdecl; the total is not rounded up at its end.

import type { FuncDeclaration } from './declarations';
import type { Evaluator } from './evaluator';
import type { GoPackage } from './packages';
import { field, fields, parts } from './syntax-tree';
import { basicType, roundUp, underlying, type GoType, type Sizes } from './types';

export interface ArgumentPart {
  /** `buf_base`, `p_c_0`. */
  name: string;
  offset: number;
  /** Bytes. */
  size: number;
  /** One machine word's worth of data (or less), or a whole of several parts. */
  shape: 'plain' | 'string' | 'slice' | 'interface' | 'complex' | 'struct' | 'array';
  /** What it is, in words: `slice len`, `int64`, `half uint64`. */
  description: string;
  /** Its immediate parts. */
  inner: ArgumentPart[];
  /** Its Go type; lengths are ints, a string's or slice's base points to an element. */
  type: GoType;
}

export interface FunctionFrame {
  parts: Map<string, ArgumentPart>;
  /** The innermost part at each byte. */
  byOffset: Map<number, ArgumentPart>;
  /** Bytes of arguments and results. */
  size: number;
  /** Where the results begin; the size where there are none. */
  results: number;
  /** Arguments and results as the signature lists them. */
  values: ArgumentPart[];
  /** How many of them are arguments: offsets cannot tell where values have no size. */
  argumentCount: number;
}

export function functionFrame(declaration: FuncDeclaration, owner: GoPackage, evaluator: Evaluator, sizes: Sizes, bigEndian: boolean): FunctionFrame {
  const frame: FunctionFrame = { parts: new Map(), byOffset: new Map(), size: 0, results: 0, values: [], argumentCount: 0 };
  const add = (list: { names: string[]; type: GoType; text: string }[], unnamed: string) => {
    let number = 0;
    for (const { names, type, text } of list) {
      frame.size = roundUp(frame.size, type.align);
      const used = names.length ? names : [number ? `${unnamed}${number}` : unnamed];
      number += used.length;
      for (const name of used) {
        addParts(frame, name, type, text, frame.size, sizes, bigEndian, undefined);
        const value = frame.parts.get(name);
        if (value) frame.values.push(value);
        frame.size += type.size;
      }
    }
  };
  const typed = (node: typeof declaration.parameters) => {
    // The grammar takes the first of a long list of names, `a, b, c … int`, for types; where one parameter has a name, all have.
    const all = parts(node), anyNamed = all.some((each) => fields(each, 'name').length > 0);
    let waiting: string[] = [];
    return all.flatMap((parameter) => {
      const typeNode = field(parameter, 'type') ?? parameter;
      const own = fields(parameter, 'name').flatMap((each) => (each.type === 'identifier' ? [each.text] : []));
      if (anyNamed && fields(parameter, 'name').length === 0) { waiting.push(typeNode.text); return []; }
      const names = [...waiting, ...own];
      waiting = [];
      const type = evaluator.typeIn(typeNode, declaration.file, owner);
      const whole: GoType = parameter.type === 'variadic_parameter_declaration' ? { kind: 'slice', size: 3 * sizes.pointer, align: sizes.pointer, element: () => type } : type;
      return [{ names, type: whole, text: typeNode.text }];
    });
  };
  add(typed(declaration.parameters), 'arg');
  const { result } = declaration;
  frame.results = frame.size;
  frame.argumentCount = frame.values.length;
  if (result) {
    frame.size = roundUp(frame.size, sizes.maxAlign);
    frame.results = frame.size;
    add(result.type === 'parameter_list' ? typed(result) : [{ names: [], type: evaluator.typeIn(result, declaration.file, owner), text: result.text }], 'ret');
  }
  return frame;
}

function addParts(frame: FunctionFrame, name: string, type: GoType, description: string, offset: number, sizes: Sizes, bigEndian: boolean, outer: ArgumentPart | undefined): void {
  const of = underlying(type);
  const complex = of.kind === 'basic' && of.name.startsWith('complex');
  const shape: ArgumentPart['shape'] = complex ? 'complex' : of.kind === 'string' || of.kind === 'slice' || of.kind === 'interface' || of.kind === 'struct' || of.kind === 'array' ? of.kind : 'plain';
  const whole: ArgumentPart = { name, offset, size: type.size, shape, description, inner: [], type };
  const record = (part: ArgumentPart, parent: ArgumentPart | undefined) => {
    parent?.inner.push(part);
    frame.parts.set(part.name, part);
    for (let i = 0; i < part.size; i++) frame.byOffset.set(part.offset + i, part);
  };
  record(whole, outer);
  const word = sizes.pointer;
  const scalar = (suffix: string, text: string, at: number, size: number, as: GoType = { kind: 'unsafePointer', size: word, align: word }) =>
    record({ name: `${name}_${suffix}`, offset: offset + at, size, shape: 'plain', description: text, inner: [], type: as }, whole);
  const named = (basic: string): GoType | undefined => basicType(basic, sizes);
  const pointer = (element: () => GoType): GoType => ({ kind: 'pointer', size: word, align: word, element });
  const byte = () => named('byte') as GoType;
  switch (of.kind) {
    case 'string': scalar('base', 'string base', 0, word, pointer(byte)); scalar('len', 'string len', word, word, named('int')); break;
    case 'slice': scalar('base', 'slice base', 0, word, pointer(of.element ?? byte)); scalar('len', 'slice len', word, word, named('int')); scalar('cap', 'slice cap', 2 * word, word, named('int')); break;
    case 'interface': scalar(of.empty ? 'type' : 'itable', of.empty ? 'interface type' : 'interface itable', 0, word); scalar('data', 'interface data', word, word); break;
    case 'struct':
      for (const each of of.fields) addParts(frame, `${name}_${each.name}`, each.type, each.name, offset + each.offset, sizes, bigEndian, whole);
      break;
    case 'array': {
      const element = of.element();
      // Names of more elements than these help nobody, and a hostile length must not hang.
      for (let i = 0; i < Math.min(of.length, 4096); i++) addParts(frame, `${name}_${i}`, element, description.replace(/^\[[^\]]*\]/, ''), offset + i * element.size, sizes, bigEndian, whole);
      break;
    }
    case 'basic':
      if (complex) {
        const half = of.size / 2;
        scalar('real', `real(${of.name})`, 0, half, named(half === 4 ? 'float32' : 'float64'));
        scalar('imag', `imag(${of.name})`, half, half, named(half === 4 ? 'float32' : 'float64'));
      } else if (of.size === 8 && word === 4) {
        scalar(bigEndian ? 'hi' : 'lo', `half ${of.name}`, 0, 4, named('uint32'));
        scalar(bigEndian ? 'lo' : 'hi', `half ${of.name}`, 4, 4, named('uint32'));
      }
  }
}
