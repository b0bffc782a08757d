// Parses Go source with web-tree-sitter and the grammar of tree-sitter-go, in Node and in a browser's worker alike, into nodes over small tables.
// Must stay true: the library's own tree is freed at once (its heap is small); bodies of functions are left out but for `parseWhole`, and text with errors is parsed whole;
// a node is a number in its file's table, since the nodes of whole packages are kept.

import { Language, Parser, type Tree, type TreeCursor } from 'web-tree-sitter';
import { outlineText, type OutlineText } from './outline-text';

/** A node of tree-sitter-go's grammar: its type, text, children, and the field of its parent that it is. */
export interface GoNode {
  readonly type: string;
  /** Without the comments in it. */
  readonly text: string;
  /** UTF-16 offset in the file. */
  readonly start: number;
  /** Behind its last character. */
  readonly end: number;
  readonly isNamed: boolean;
  readonly field: string | undefined;
  /** Punctuation is left out, but for operators and the `*` of embedded pointers. */
  readonly children: readonly GoNode[];
}

export interface GoParser {
  parse(text: string): GoNode;
  /** Of a text without bodies; what does not parse so is left to the parser as `instead` has it, with them. Undefined if there is none. */
  parseOutline(outline: OutlineText, instead?: () => OutlineText): GoNode | undefined;
  /** With the bodies of functions and every element of long literals. */
  parseWhole(text: string): GoNode;
}

/** `runtime` is web-tree-sitter.wasm, `grammar` is tree-sitter-go.wasm. */
export async function createGoParser(runtime: Uint8Array, grammar: Uint8Array): Promise<GoParser> {
  await Parser.init({ wasmBinary: runtime });
  const parser = new Parser();
  const language = await Language.load(grammar);
  parser.setLanguage(language);
  const names: Names = {
    types: language.types,
    fields: language.fields,
    named: language.types.map((_, id) => language.nodeTypeIsNamed(id)),
    leaf: language.types.map((type) => LEAVES.has(type)),
  };
  const whole: Names = { ...names, leaf: language.types.map((type) => LEAVES.has(type) && type !== 'block') };
  const treeOf = (text: string) => {
    const tree = parser.parse(text);
    if (!tree) throw new Error('the Go parser gave no tree');
    return tree;
  };
  const nodeOf = (tree: Tree, outline: OutlineText, names: Names, long: number): GoNode => {
    const cursor = tree.walk();
    try {
      return new Node(readTable(cursor, names, outline, long), 0);
    } finally {
      cursor.delete();
      tree.delete();
    }
  };
  const parseAll = (outline: OutlineText, bodies: boolean): GoNode => nodeOf(treeOf(outline.text), outline, bodies ? whole : names, bodies ? Infinity : LONG_LITERAL);
  const parseOutline = (outline: OutlineText, instead?: () => OutlineText): GoNode | undefined => {
    const tree = treeOf(outline.text);
    if (!tree.rootNode.hasError) return nodeOf(tree, outline, names, LONG_LITERAL);
    tree.delete();
    return instead && parseAll(instead(), false);
  };
  return { parse: (text) => parseOutline(outlineText(text)) ?? parseAll(outlineText(text, true), false), parseOutline, parseWhole: (text) => parseAll(outlineText(text, true), true) };
}

interface Names { types: readonly string[]; fields: readonly (string | null)[]; named: readonly boolean[]; leaf: readonly boolean[] }

/** Nodes without children: one need not look for them. */
const LEAVES: ReadonlySet<string> = new Set(['identifier', 'field_identifier', 'type_identifier', 'package_identifier', 'blank_identifier', 'int_literal', 'float_literal', 'rune_literal', 'block', 'iota', 'true', 'false', 'nil']);

/** Nodes in the order of the text, each before its children: where they begin and end in the outline, which node comes after the last below, type and field. */
interface Table { names: Names; outline: OutlineText; starts: Int32Array; ends: Int32Array; after: Int32Array; kinds: Uint16Array; fields: Uint8Array }

const ERROR = 0xffff;
/** Tables of thousands of values: only their elements count, not what is in them. */
const LONG_LITERAL = 4096;
/** Of one row while reading: start, end, after, type and field. */
const ROW = 4;

function readTable(cursor: TreeCursor, names: Names, outline: OutlineText, long: number): Table {
  const rows: number[] = [];
  const visit = (deep: boolean) => {
    const type = cursor.nodeTypeId;
    const named = type === ERROR || names.named[type] === true;
    const field = cursor.currentFieldId;
    if (!named && field === 0 && names.types[type] !== '*') return;
    const row = rows.length;
    const start = cursor.startIndex;
    const end = cursor.endIndex;
    rows.push(start, end, 0, type | (field << 16));
    if (deep && named && names.leaf[type] !== true && cursor.gotoFirstChild()) {
      const below = !(names.types[type] === 'literal_value' && end - start > long);
      do visit(below); while (cursor.gotoNextSibling());
      cursor.gotoParent();
    }
    rows[row + 2] = rows.length / ROW;
  };
  visit(true);
  const count = rows.length / ROW;
  const column = (at: number) => Int32Array.from({ length: count }, (_, i) => rows[i * ROW + at] ?? 0);
  return {
    names, outline, starts: column(0), ends: column(1), after: column(2),
    kinds: Uint16Array.from({ length: count }, (_, i) => (rows[i * ROW + 3] ?? 0) & 0xffff), fields: Uint8Array.from({ length: count }, (_, i) => (rows[i * ROW + 3] ?? 0) >> 16),
  };
}

class Node implements GoNode {
  constructor(private readonly table: Table, private readonly at: number) {}

  get type(): string { return this.table.names.types[this.table.kinds[this.at] ?? ERROR] ?? 'ERROR'; }
  get text(): string { return this.table.outline.text.slice(this.table.starts[this.at], this.table.ends[this.at]); }
  get start(): number { return this.table.outline.original(this.table.starts[this.at] ?? 0); }
  get end(): number { return this.table.outline.original((this.table.ends[this.at] ?? 0) - 1) + 1; }
  get isNamed(): boolean { return this.table.kinds[this.at] === ERROR || this.table.names.named[this.table.kinds[this.at] ?? 0] === true; }
  get field(): string | undefined { return this.table.names.fields[this.table.fields[this.at] ?? 0] ?? undefined; }
  get children(): Node[] {
    const { after } = this.table;
    const found: Node[] = [];
    for (let child = this.at + 1; child < (after[this.at] ?? 0); child = after[child] ?? Infinity) found.push(new Node(this.table, child));
    return found;
  }
}

/** Named children without comments. */
export function parts(node: GoNode): GoNode[] {
  return node.children.filter((child) => child.isNamed && child.type !== 'comment');
}

export const field = (node: GoNode, name: string): GoNode | undefined => node.children.find((child) => child.field === name);

/** All children that are this field: the names of `a, b int`. */
export const fields = (node: GoNode, name: string): GoNode[] => node.children.filter((child) => child.field === name && child.isNamed);
