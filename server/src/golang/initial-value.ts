// The bytes that a Go variable begins with, where its initializer is made of constants: numbers, arrays and structs of them.
// Must stay true: EvaluationError for everything else (calls, pointers, strings, slices); never a guess.

import { toFloat, toInteger, type Constant } from './constant';
import type { VarDeclaration } from './declarations';
import { EvaluationError, type Evaluator } from './evaluator';
import type { GoPackage } from './packages';
import { field, parts, type GoNode } from './syntax-tree';
import { isFloatName, underlying, type GoType } from './types';

export function initialValue(declaration: VarDeclaration, owner: GoPackage, evaluator: Evaluator): Uint8Array {
  const { value, file, name } = declaration;
  if (!value) throw new EvaluationError(`${name} has no initializer`);
  return new Layer((node) => evaluator.constantIn(node, file, owner), (node) => evaluator.typeIn(node, file, owner)).whole(value, declaration.type);
}

class Layer {
  constructor(private readonly constant: (node: GoNode) => { value: Constant; type: GoType | undefined }, private readonly typeOf: (node: GoNode) => GoType) {}

  whole(value: GoNode, declared: GoNode | undefined): Uint8Array {
    const written = value.type === 'composite_literal' ? field(value, 'type') : undefined;
    if (written?.type === 'implicit_length_array_type') {
      const element = this.typeOf(field(written, 'element') as GoNode), items = this.items(field(value, 'body') as GoNode);
      const bytes = new Uint8Array(element.size * Math.max(0, ...items.map(({ index }) => index + 1)));
      for (const { index, node } of items) this.lay(node, element, bytes, index * element.size);
      return bytes;
    }
    const typeNode = declared ?? written;
    const type = typeNode ? this.typeOf(typeNode) : this.constant(value).type;
    if (!type) throw new EvaluationError('the type of this initializer is not written');
    const bytes = new Uint8Array(type.size);
    this.lay(value, type, bytes, 0);
    return bytes;
  }

  /** The elements of an array's literal, each with its index. */
  private items(body: GoNode): { index: number; node: GoNode }[] {
    let index = -1;
    return parts(body).filter(({ type }) => type !== 'comment').map((each) => {
      const [key, value] = each.type === 'keyed_element' ? parts(each) : [undefined, each];
      index = key ? Number(toInteger(this.constant(inside(key)).value) ?? fail(key)) : index + 1;
      if (!Number.isSafeInteger(index) || index < 0 || index > 1 << 20) fail(each);
      return { index, node: inside(value ?? fail(each)) };
    });
  }

  private lay(node: GoNode, type: GoType, bytes: Uint8Array, at: number): void {
    const plain = underlying(type), view = new DataView(bytes.buffer);
    const body = node.type === 'composite_literal' ? field(node, 'body') : node.type === 'literal_value' ? node : undefined;
    if (plain.kind === 'array' && body) {
      for (const { index, node: item } of this.items(body)) this.lay(item, plain.element(), bytes, at + index * plain.element().size);
    } else if (plain.kind === 'struct' && body) {
      parts(body).filter(({ type: kind }) => kind !== 'comment').forEach((each, i) => {
        const [key, value] = each.type === 'keyed_element' ? parts(each) : [undefined, each];
        const member = key ? plain.fields.find(({ name }) => name === inside(key).text) : plain.fields[i];
        if (!member || !value) fail(each);
        else this.lay(inside(value), member.type, bytes, at + member.offset);
      });
    } else if (plain.kind === 'basic' && !body && !plain.name.startsWith('complex')) {
      const { value } = this.constant(node);
      if (value.kind === 'bool') bytes[at] = value.value ? 1 : 0;
      else if (isFloatName(plain.name)) {
        const fraction = toFloat(value);
        if (fraction?.kind !== 'float') return fail(node);
        const number = nearest(fraction.numerator, fraction.denominator);
        if (plain.size === 4) view.setFloat32(at, number, true); else view.setFloat64(at, number, true);
      } else {
        let rest = toInteger(value) ?? fail(node);
        for (let i = 0; i < plain.size; i++, rest >>= 8n) bytes[at + i] = Number(rest & 255n);
      }
    } else fail(node);
  }
}

const inside = (node: GoNode): GoNode => (node.type === 'literal_element' ? parts(node)[0] ?? node : node);
function fail(node: GoNode): never { throw new EvaluationError(`${node.text.slice(0, 40)} is no constant value`); }

/** The float64 nearest to a fraction: a quotient of 66 bits or more, its last one set if anything is left, is rounded once. */
function nearest(numerator: bigint, denominator: bigint): number {
  if (numerator < 0n) return -nearest(-numerator, denominator);
  const shift = 66 - (numerator.toString(2).length - denominator.toString(2).length);
  const top = shift > 0 ? numerator << BigInt(shift) : numerator, below = shift > 0 ? denominator : denominator << BigInt(-shift);
  const quotient = top / below;
  return Number(quotient * below === top ? quotient : quotient | 1n) * 2 ** -shift;
}
