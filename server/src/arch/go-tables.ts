// Finds in Go's own sources, with the Go parser, what the tables of a GOARCH are read from: variables, functions and what stands in them.
// Must stay true: nothing is known here of what the tables say; a declaration is parsed whole alone, since files with tables are long.

import { field, fields, parts, type GoNode, type GoParser } from '../golang/syntax-tree';
import type { Files } from '../workspace/files';

export interface GoSource { text: string; root: GoNode }

export function readSource(path: string, files: Files, parser: GoParser): GoSource | undefined {
  const text = files.read(path);
  return text === undefined ? undefined : { text, root: parser.parse(text) };
}

/** A function, or a declaration of variables, with all that is in it. */
function* wholly({ text, root }: GoSource, parser: GoParser, wanted: (node: GoNode) => boolean): Generator<GoNode> {
  for (const { start, end } of parts(root).filter(wanted)) {
    const node = parts(parser.parseWhole(`package p\n${text.slice(start, end)}`)).at(-1);
    if (node) yield node;
  }
}

export function functionNamed(name: string, source: GoSource, parser: GoParser): GoNode | undefined {
  const [found] = wholly(source, parser, (node) => node.type === 'function_declaration' && field(node, 'name')?.text === name);
  return found;
}

/** The elements of the composite literals that variables begin with, of those that are wanted by their name and their literal's type. */
export function* elementsOf(source: GoSource, parser: GoParser, wanted: (name: string, type: string) => boolean): Generator<GoNode> {
  for (const declaration of wholly(source, parser, (node) => node.type === 'var_declaration' && [...tables(node)].some(({ name, type }) => wanted(name, type)))) {
    for (const { name, type, body } of tables(declaration)) if (wanted(name, type)) yield* parts(body);
  }
}

/** Strings of a list or a map, which may be so long that the parts of its elements are not kept. */
export function* stringsOf({ root }: GoSource, variable: string): Generator<string> {
  for (const node of parts(root)) {
    if (node.type !== 'var_declaration') continue;
    for (const { name, body } of tables(node)) if (name === variable) for (const { text } of parts(body)) yield text.slice(text.lastIndexOf('"', text.length - 2) + 1, -1);
  }
}

function* tables(declaration: GoNode): Generator<{ name: string; type: string; body: GoNode }> {
  for (const spec of parts(declaration)) {
    if (spec.type === 'var_spec_list') { yield* tables(spec); continue; }
    const [name] = fields(spec, 'name');
    const value = field(spec, 'value');
    const literal = value && parts(value)[0];
    const body = literal?.type === 'composite_literal' ? field(literal, 'body') : undefined;
    if (name && literal && body) yield { name: name.text, type: field(literal, 'type')?.text ?? '', body };
  }
}

/** All that is below a node, in the order of the text. */
export function* below(node: GoNode): Generator<GoNode> {
  for (const child of node.children) {
    yield child;
    yield* below(child);
  }
}

export interface Member { key: string | undefined; value: GoNode }

const inner = (node: GoNode): GoNode => (node.type === 'literal_element' ? parts(node)[0] ?? node : node);

/** An element of a composite literal, `value` or `key: value`. */
export function memberOf(element: GoNode): Member {
  const [first, second] = element.type === 'keyed_element' ? parts(element).map(inner) : [];
  return first && second ? { key: first.text, value: second } : { key: undefined, value: inner(element) };
}

export const membersOf = (literal: GoNode): Member[] => parts(literal).map(memberOf);

/** `AADD` and `obj.ACALL` name the instructions ADD and CALL. */
export const instructionName = (text: string): string | undefined => /^(?:\w+\.)?[Aa](\w+)$/.exec(text)?.[1];
