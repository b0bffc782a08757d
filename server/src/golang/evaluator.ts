// Over 400 lines: one expression grammar, whose functions call each other.
// Evaluates the constants and types of Go packages for one GOARCH, far enough for go_asm.h: across imports, with generics' arguments.
// Must stay true: what it cannot work out throws EvaluationError with the name and the reason; it never guesses; cycles end.

import type { Declaration, GoFile } from './declarations';
import { binary, bool, float, int, parseDecimal, parseInteger, toInteger, unquote, type Constant } from './constant';
import type { GoPackage, Packages } from './packages';
import { field, fields, parts, type GoNode } from './syntax-tree';
import { SIGNED, basicType, isFloatName, structType, underlying, type GoType, type Sizes, type StructField } from './types';

export class EvaluationError extends Error {
  override readonly name = 'EvaluationError';
}

/** Where names are looked up: a file of a package, and the arguments of a generic type. */
interface Scope { package: GoPackage; file: GoFile; types: ReadonlyMap<string, GoType>; iota: number | undefined }

/** A constant with its type: a type, or undefined for an untyped one. */
export interface TypedConstant { value: Constant; type: GoType | undefined; rune: boolean }

export class Evaluator {
  private readonly constants = new Map<Declaration, TypedConstant | 'busy'>();
  private readonly types = new Map<string, GoType>();
  private depth = 0;

  constructor(private readonly packages: Packages, private readonly sizes: Sizes) {}

  constant(declaration: Declaration, owner: GoPackage): TypedConstant {
    if (declaration.kind !== 'const') throw new EvaluationError(`${declaration.name} is no constant`);
    const known = this.constants.get(declaration);
    if (known === 'busy') throw new EvaluationError(`constant ${declaration.name} depends on itself`);
    if (known) return known;
    if (!declaration.value) throw new EvaluationError(`constant ${declaration.name} has no value`);
    this.constants.set(declaration, 'busy');
    try {
      const scope: Scope = { package: owner, file: declaration.file, types: new Map(), iota: declaration.iota };
      const result = this.expression(declaration.value, scope);
      const typed = declaration.type ? this.convert(result, this.type(declaration.type, scope), declaration.name) : result;
      this.constants.set(declaration, typed);
      return typed;
    } catch (error) {
      this.constants.delete(declaration);
      throw error;
    }
  }

  /** The type that a package-level declaration names. */
  named(declaration: Declaration, owner: GoPackage, args: GoType[] = []): GoType {
    if (declaration.kind !== 'type') throw new EvaluationError(`${declaration.name} is no type`);
    const key = `${owner.directory}·${declaration.name}[${args.map((arg) => this.key(arg)).join()}]`;
    const known = this.types.get(key);
    if (known) return known;
    const bound = new Map(declaration.parameters.map((name, i) => [name, args[i] ?? basicType('int', this.sizes) as GoType]));
    const scope: Scope = { package: owner, file: declaration.file, types: bound, iota: undefined };
    if (declaration.alias) return this.type(declaration.type, scope);
    // sync/atomic and internal/runtime/atomic: the compiler aligns this type's values to 8 bytes everywhere.
    const aligned = declaration.name === 'align64' && /(^|\/)(sync|runtime(\/internal)?)\/atomic$/.test(owner.directory);
    let inner: GoType | undefined;
    const evaluate = () => {
      if (!inner) {
        if (this.depth > 200) throw new EvaluationError(`type ${declaration.name} contains itself`);
        this.depth++;
        try { inner = underlying(this.type(declaration.type, scope)); } finally { this.depth--; }
      }
      return inner;
    };
    const type: GoType = {
      kind: 'named', name: declaration.name, underlying: evaluate,
      get size() { return evaluate().size; },
      get align() { return aligned ? 8 : evaluate().align; },
    };
    this.types.set(key, type);
    return type;
  }

  /** The type that a node of a package's file stands for (a parameter's, a variable's). */
  typeIn(node: GoNode, file: GoFile, owner: GoPackage): GoType {
    return this.type(node, { package: owner, file, types: new Map(), iota: undefined });
  }

  /** The value of a constant expression of a package's file, with the type that a variable without one takes from it. */
  constantIn(node: GoNode, file: GoFile, owner: GoPackage): TypedConstant {
    const found = this.expression(node, { package: owner, file, types: new Map(), iota: undefined });
    const usual = { int: 'int', float: 'float64', string: 'string', bool: 'bool' }[found.value.kind];
    return { ...found, type: found.type ?? basicType(found.rune ? 'int32' : usual, this.sizes) };
  }

  private key(type: GoType): string {
    return type.kind === 'named' || type.kind === 'basic' ? type.name : `${type.kind}${type.size}`;
  }

  private lookup(name: string, scope: Scope): Declaration | undefined {
    return scope.package.scope.get(name);
  }

  /** The package that a qualifier of this file names. */
  private qualified(name: string, scope: Scope): GoPackage | 'unsafe' | undefined {
    const imports = scope.file.imports.filter((each) => each.alias === name || (!each.alias && lastElement(each.path) === name));
    const rest = scope.file.imports.filter((each) => !each.alias && !imports.includes(each));
    for (const each of [...imports, ...rest]) {
      if (each.path === 'unsafe') { if (name === 'unsafe' || each.alias === name) return 'unsafe'; continue; }
      if (!imports.includes(each) && !each.path.includes(name)) continue;
      const found = this.packages.imported(each.path, scope.package.directory);
      if (found && (each.alias === name || found.name === name)) return found;
      if (!found && imports.includes(each)) throw new EvaluationError(`package ${each.path} is not to be found`);
    }
    return undefined;
  }

  private type(node: GoNode, scope: Scope): GoType {
    const { pointer } = this.sizes;
    switch (node.type) {
      case 'type_identifier': case 'identifier': return this.typeName(node.text, scope, []);
      case 'qualified_type': case 'selector_expression': return this.qualifiedType(node, scope, []);
      case 'generic_type': {
        const generic = field(node, 'type') as GoNode;
        const args = parts(field(node, 'type_arguments') as GoNode).map((arg) => this.type(arg.type === 'type_elem' ? parts(arg)[0] as GoNode : arg, scope));
        return generic.type === 'qualified_type' ? this.qualifiedType(generic, scope, args) : this.typeName(generic.text, scope, args);
      }
      case 'parenthesized_type': case 'parenthesized_expression': case 'type_elem': return this.type(parts(node)[0] as GoNode, scope);
      case 'pointer_type': case 'unary_expression': return { kind: 'pointer', size: pointer, align: pointer, element: () => this.type(parts(node)[0] as GoNode, scope) };
      case 'function_type': return { kind: 'func', size: pointer, align: pointer };
      case 'map_type': return { kind: 'map', size: pointer, align: pointer };
      case 'channel_type': return { kind: 'chan', size: pointer, align: pointer };
      case 'interface_type': return { kind: 'interface', size: 2 * pointer, align: pointer, empty: parts(node).length === 0 };
      case 'slice_type': return { kind: 'slice', size: 3 * pointer, align: pointer, element: () => this.type(field(node, 'element') as GoNode, scope) };
      case 'array_type': {
        const length = toInteger(this.expression(field(node, 'length') as GoNode, scope).value);
        if (length === undefined) throw new EvaluationError(`the length of ${node.text} is no integer`);
        return arrayOf(this.type(field(node, 'element') as GoNode, scope), Number(length));
      }
      case 'struct_type': return this.struct(node, scope);
      default: throw new EvaluationError(`cannot work out the type ${shortened(node)}`);
    }
  }

  private typeName(name: string, scope: Scope, args: GoType[]): GoType {
    const bound = scope.types.get(name);
    if (bound) return bound;
    const declaration = this.lookup(name, scope);
    if (declaration) return this.named(declaration, scope.package, args);
    const basic = basicType(name, this.sizes);
    if (basic) return basic;
    for (const each of scope.file.imports.filter(({ alias }) => alias === '.')) {
      const found = this.packages.imported(each.path, scope.package.directory);
      const dotted = found?.scope.get(name);
      if (found && dotted) return this.named(dotted, found, args);
    }
    throw new EvaluationError(`type ${name} is not declared in package ${scope.package.name}`);
  }

  private qualifiedType(node: GoNode, scope: Scope, args: GoType[]): GoType {
    const [qualifier, name] = qualifiedName(node);
    const found = this.qualified(qualifier, scope);
    if (found === 'unsafe') return { kind: 'unsafePointer', size: this.sizes.pointer, align: this.sizes.pointer };
    const declaration = found?.scope.get(name);
    if (!found || !declaration) throw new EvaluationError(`type ${qualifier}.${name} is not to be found`);
    return this.named(declaration, found, args);
  }

  private struct(node: GoNode, scope: Scope): GoType {
    const list: Omit<StructField, 'offset'>[] = [];
    for (const each of parts(parts(node)[0] as GoNode)) {
      const typeNode = field(each, 'type') as GoNode;
      const names = fields(each, 'name');
      if (names.length) {
        const type = this.type(typeNode, scope);
        for (const name of names) list.push({ name: name.text, embedded: false, type });
      } else {
        const starred = each.children.some((child) => child.type === '*');
        const type: GoType = starred ? { kind: 'pointer', size: this.sizes.pointer, align: this.sizes.pointer, element: () => this.type(typeNode, scope) } : this.type(typeNode, scope);
        list.push({ name: embeddedName(typeNode), embedded: true, type });
      }
    }
    return structType(list);
  }

  private expression(node: GoNode, scope: Scope): TypedConstant {
    switch (node.type) {
      case 'int_literal': return untyped(int(parseInteger(node.text) ?? fail(node)));
      case 'float_literal': return untyped(parseDecimal(node.text) ?? fail(node));
      case 'rune_literal': return { ...untyped(int(BigInt((unquote(node.text) ?? fail(node)).codePointAt(0) ?? 0))), rune: true };
      case 'interpreted_string_literal': case 'raw_string_literal': return untyped({ kind: 'string', value: unquote(node.text) ?? fail(node) });
      case 'true': return untyped(bool(true));
      case 'false': return untyped(bool(false));
      case 'iota': return scope.iota === undefined ? fail(node) : untyped(int(BigInt(scope.iota)));
      case 'parenthesized_expression': return this.expression(parts(node)[0] as GoNode, scope);
      case 'identifier': return this.name(node, scope);
      case 'selector_expression': return this.selector(node, scope);
      case 'unary_expression': return this.unary(node, scope);
      case 'binary_expression': return this.binary(node, scope);
      case 'call_expression': case 'type_conversion_expression': return this.call(node, scope);
      default: return fail(node);
    }
  }

  private name(node: GoNode, scope: Scope): TypedConstant {
    const name = node.text;
    const declaration = this.lookup(name, scope);
    if (declaration) return this.constant(declaration, scope.package);
    if (name === 'iota' && scope.iota !== undefined) return untyped(int(BigInt(scope.iota)));
    if (name === 'true' || name === 'false') return untyped(bool(name === 'true'));
    throw new EvaluationError(`${name} is not declared in package ${scope.package.name}`);
  }

  private selector(node: GoNode, scope: Scope): TypedConstant {
    const [qualifier, name] = qualifiedName(node);
    const found = this.qualified(qualifier, scope);
    const declaration = found && found !== 'unsafe' ? found.scope.get(name) : undefined;
    if (!declaration || !found || found === 'unsafe') throw new EvaluationError(`${qualifier}.${name} is not to be found`);
    return this.constant(declaration, found);
  }

  private unary(node: GoNode, scope: Scope): TypedConstant {
    const operand = this.expression(field(node, 'operand') as GoNode, scope);
    const { value } = operand;
    switch (field(node, 'operator')?.text) {
      case '+': return operand;
      case '-': return value.kind === 'int' ? this.wrap({ ...operand, value: int(-value.value) }) : value.kind === 'float' ? { ...operand, value: float(-value.numerator, value.denominator) } : fail(node);
      case '!': return value.kind === 'bool' ? { ...operand, value: bool(!value.value) } : fail(node);
      case '^': {
        if (value.kind !== 'int') return fail(node);
        const basic = operand.type && underlying(operand.type);
        const unsigned = basic?.kind === 'basic' && !SIGNED.has(basic.name);
        return { ...operand, value: int(unsigned ? BigInt.asUintN(basic.size * 8, ~value.value) : ~value.value) };
      }
      default: return fail(node);
    }
  }

  private binary(node: GoNode, scope: Scope): TypedConstant {
    const operator = field(node, 'operator')?.text ?? '';
    const left = this.expression(field(node, 'left') as GoNode, scope);
    const right = this.expression(field(node, 'right') as GoNode, scope);
    const shift = operator === '<<' || operator === '>>';
    const a = shift && left.value.kind === 'float' ? int(toInteger(left.value) ?? fail(node)) : left.value;
    const b = shift && right.value.kind === 'float' ? int(toInteger(right.value) ?? fail(node)) : right.value;
    const value = binary(operator, a, b, a.kind === 'int' && b.kind === 'int') ?? fail(node);
    if (value.kind === 'bool' && left.value.kind !== 'bool') return untyped(value);
    return this.wrap({ value, type: left.type ?? (shift ? undefined : right.type), rune: left.rune || (!shift && right.rune) });
  }

  /** Typed integers keep to their size (a program that overflows does not compile; the value then does not matter). */
  private wrap(constant: TypedConstant): TypedConstant {
    const basic = constant.type && underlying(constant.type);
    if (basic?.kind !== 'basic' || constant.value.kind !== 'int') return constant;
    const bits = basic.size * 8;
    return { ...constant, value: int(SIGNED.has(basic.name) ? BigInt.asIntN(bits, constant.value.value) : BigInt.asUintN(bits, constant.value.value)) };
  }

  private convert({ value, rune }: TypedConstant, type: GoType, name: string): TypedConstant {
    const basic = underlying(type);
    if (basic.kind === 'string') return value.kind === 'int' ? { value: { kind: 'string', value: String.fromCodePoint(Number(value.value)) }, type, rune: false } : { value, type, rune: false };
    if (basic.kind !== 'basic') throw new EvaluationError(`${name} cannot be a constant of type ${type.kind}`);
    if (basic.name === 'bool') return { value, type, rune: false };
    if (isFloatName(basic.name)) return { value: value.kind === 'int' ? float(value.value, 1n) : value, type, rune: false };
    const integer = toInteger(value);
    if (integer === undefined) throw new EvaluationError(`${name} is no integer`);
    return { value: int(integer), type, rune };
  }

  private call(node: GoNode, scope: Scope): TypedConstant {
    const callee = field(node, 'function') ?? field(node, 'type') as GoNode;
    const list = field(node, 'arguments');
    const args = list ? parts(list) : [field(node, 'operand') as GoNode];
    const argument = args[0] ?? fail(node);
    const uintptr = basicType('uintptr', this.sizes);
    if (callee.type === 'selector_expression' && field(callee, 'operand')?.text === 'unsafe') {
      const what = field(callee, 'field')?.text;
      if (what === 'Sizeof') return { value: int(BigInt(this.typeOf(argument, scope).size)), type: uintptr, rune: false };
      if (what === 'Alignof') return { value: int(BigInt(this.typeOf(argument, scope).align)), type: uintptr, rune: false };
      if (what === 'Offsetof') return { value: int(BigInt(this.offsetOf(argument, scope))), type: uintptr, rune: false };
      return fail(node);
    }
    if (callee.type === 'identifier' && (callee.text === 'len' || callee.text === 'cap') && !this.lookup(callee.text, scope)) return this.length(argument, scope);
    if (callee.type === 'identifier' && (callee.text === 'min' || callee.text === 'max') && !this.lookup(callee.text, scope)) {
      return args.map((each) => this.expression(each, scope)).reduce((best, each) => {
        const less = binary('<', each.value, best.value, false);
        return (less?.kind === 'bool' && less.value) === (callee.text === 'min') ? each : best;
      });
    }
    return this.convert(this.expression(argument, scope), this.type(callee, scope), shortened(node));
  }

  private length(node: GoNode, scope: Scope): TypedConstant {
    const type = basicType('int', this.sizes);
    try {
      const text = this.expression(node, scope).value;
      if (text.kind === 'string') return { value: int(BigInt(new TextEncoder().encode(text.value).length)), type, rune: false };
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
    }
    let of = underlying(this.typeOf(node, scope));
    if (of.kind === 'pointer' && of.element) of = underlying(of.element());
    return of.kind === 'array' ? { value: int(BigInt(of.length)), type, rune: false } : fail(node);
  }

  /** The type of an expression as it stands in unsafe.Sizeof: conversions, literals, variables and their fields. */
  private typeOf(node: GoNode, scope: Scope): GoType {
    switch (node.type) {
      case 'parenthesized_expression': return this.typeOf(parts(node)[0] as GoNode, scope);
      case 'composite_literal': return this.literalType(node, scope);
      case 'call_expression': case 'type_conversion_expression': return this.callType(node, scope);
      case 'index_expression': {
        const of = underlying(this.typeOf(field(node, 'operand') as GoNode, scope));
        if (of.kind === 'string') return basicType('byte', this.sizes) as GoType;
        return 'element' in of && of.element ? of.element() : fail(node);
      }
      case 'unary_expression': {
        const operator = field(node, 'operator')?.text;
        if (operator === '&') return { kind: 'pointer', size: this.sizes.pointer, align: this.sizes.pointer, element: () => this.typeOf(field(node, 'operand') as GoNode, scope) };
        if (operator !== '*') break;
        const of = underlying(this.typeOf(field(node, 'operand') as GoNode, scope));
        return of.kind === 'pointer' && of.element ? of.element() : fail(node);
      }
      case 'selector_expression': {
        const operand = field(node, 'operand') as GoNode;
        const qualifier = operand.type === 'identifier' && !this.lookup(operand.text, scope) ? this.qualified(operand.text, scope) : undefined;
        if (qualifier && qualifier !== 'unsafe') {
          const declaration = qualifier.scope.get(field(node, 'field')?.text ?? '');
          if (declaration) return this.declaredType(declaration, qualifier, node);
        }
        return this.fieldOf(node, scope).type;
      }
      case 'identifier': {
        const declaration = this.lookup(node.text, scope);
        if (declaration) return this.declaredType(declaration, scope.package, node);
      }
    }
    const constant = this.expression(node, scope);
    return constant.type ?? basicType(constant.value.kind === 'float' ? 'float64' : constant.value.kind === 'string' ? 'string' : constant.value.kind === 'bool' ? 'bool' : constant.rune ? 'rune' : 'int', this.sizes) ?? fail(node);
  }

  private literalType(node: GoNode, scope: Scope): GoType {
    const type = field(node, 'type') as GoNode;
    if (type.type !== 'implicit_length_array_type') return this.type(type, scope);
    let length = 0;
    let index = 0;
    for (const element of parts(field(node, 'body') as GoNode)) {
      if (element.type === 'keyed_element') index = Number(toInteger(this.expression(parts(parts(element)[0] as GoNode)[0] ?? fail(element), scope).value) ?? fail(element));
      index++;
      length = Math.max(length, index);
    }
    return arrayOf(this.type(field(type, 'element') as GoNode, scope), length);
  }

  private callType(node: GoNode, scope: Scope): GoType {
    const callee = field(node, 'function') ?? field(node, 'type') as GoNode;
    if (callee.type === 'identifier' && callee.text === 'new') {
      const argument = parts(field(node, 'arguments') as GoNode)[0] as GoNode;
      return { kind: 'pointer', size: this.sizes.pointer, align: this.sizes.pointer, element: () => this.type(argument, scope) };
    }
    if (callee.type === 'parenthesized_expression') {
      const inner = parts(callee)[0] as GoNode;
      if (inner.type === 'unary_expression') return { kind: 'pointer', size: this.sizes.pointer, align: this.sizes.pointer, element: () => this.type(field(inner, 'operand') as GoNode, scope) };
    }
    return this.type(callee, scope);
  }

  private declaredType(declaration: Declaration, owner: GoPackage, node: GoNode): GoType {
    const scope: Scope = { package: owner, file: declaration.file, types: new Map(), iota: undefined };
    if (declaration.kind === 'var') return declaration.type ? this.type(declaration.type, scope) : declaration.value ? this.typeOf(declaration.value, scope) : fail(node);
    if (declaration.kind === 'const') {
      const constant = this.constant(declaration, owner);
      return constant.type ?? basicType(constant.value.kind === 'float' ? 'float64' : constant.value.kind === 'string' ? 'string' : 'int', this.sizes) ?? fail(node);
    }
    return declaration.kind === 'type' ? this.named(declaration, owner) : { kind: 'func', size: this.sizes.pointer, align: this.sizes.pointer };
  }

  private offsetOf(node: GoNode, scope: Scope): number {
    return node.type === 'selector_expression' ? this.fieldOf(node, scope).offset : fail(node);
  }

  private fieldOf(node: GoNode, scope: Scope): { type: GoType; offset: number } {
    let of = underlying(this.typeOf(field(node, 'operand') as GoNode, scope));
    if (of.kind === 'pointer' && of.element) of = underlying(of.element());
    return findField(of, field(node, 'field')?.text ?? '') ?? fail(node);
  }
}

/** A field by name, promoted ones with their whole offset; breadth first, as Go's rules say. */
function findField(type: GoType, name: string): { type: GoType; offset: number } | undefined {
  let level: { type: GoType; offset: number }[] = [{ type, offset: 0 }];
  for (let depth = 0; depth < 10 && level.length; depth++) {
    const next: typeof level = [];
    for (const each of level) {
      const of = underlying(each.type);
      if (of.kind !== 'struct') continue;
      for (const one of of.fields) {
        if (one.name === name) return { type: one.type, offset: each.offset + one.offset };
        if (one.embedded) next.push({ type: one.type, offset: each.offset + one.offset });
      }
    }
    level = next;
  }
  return undefined;
}

function arrayOf(element: GoType, length: number): GoType {
  return { kind: 'array', element: () => element, length, size: element.size * length, align: element.align };
}

const untyped = (value: Constant): TypedConstant => ({ value, type: undefined, rune: false });

function qualifiedName(node: GoNode): [string, string] {
  const [qualifier, name] = parts(node);
  return [qualifier?.text ?? '', name?.text ?? ''];
}

function embeddedName(node: GoNode): string {
  if (node.type === 'qualified_type') return field(node, 'name')?.text ?? '';
  return node.type === 'generic_type' ? embeddedName(field(node, 'type') as GoNode) : node.text;
}

function lastElement(path: string): string {
  const elements = path.split('/');
  const last = elements.at(-1) ?? '';
  return (/^v\d+$/.test(last) ? elements.at(-2) ?? last : last).replace(/\.v\d+$/, '');
}

const shortened = (node: GoNode): string => (node.text.length > 60 ? `${node.text.slice(0, 57)}…` : node.text);

function fail(node: GoNode): never {
  throw new EvaluationError(`cannot work out ${shortened(node)}`);
}
