// Parses Go source with web-tree-sitter and the grammar of tree-sitter-go, in Node and in a browser's worker alike, into plain nodes.
// Must stay true: the library's own tree is freed at once (its heap is small); bodies of functions are left out, nothing here reads them.

import { Language, Parser, type TreeCursor } from 'web-tree-sitter';

/** A node of tree-sitter-go's grammar: its type, text, children, and the field of its parent that it is. */
export interface GoNode {
  type: string;
  text: string;
  /** UTF-16 offset in the file. */
  start: number;
  isNamed: boolean;
  field: string | undefined;
  children: GoNode[];
}

export interface GoParser {
  parse(text: string): GoNode;
}

/** `runtime` is web-tree-sitter.wasm, `grammar` is tree-sitter-go.wasm. */
export async function createGoParser(runtime: Uint8Array, grammar: Uint8Array): Promise<GoParser> {
  await Parser.init({ wasmBinary: runtime });
  const parser = new Parser();
  parser.setLanguage(await Language.load(grammar));
  return {
    parse(text) {
      const tree = parser.parse(text);
      if (!tree) throw new Error('the Go parser gave no tree');
      const cursor = tree.walk();
      try {
        return copy(cursor, text, true);
      } finally {
        cursor.delete();
        tree.delete();
      }
    },
  };
}

/** Tables of thousands of values: only their elements count, not what is in them. */
const LONG_LITERAL = 4096;

function copy(cursor: TreeCursor, text: string, deep: boolean): GoNode {
  const { nodeType: type, startIndex: start, endIndex } = cursor;
  const node: GoNode = { type, text: text.slice(start, endIndex), start, isNamed: cursor.nodeIsNamed, field: cursor.currentFieldName ?? undefined, children: [] };
  if (!deep || type === 'block') return node;
  const below = !(type === 'literal_value' && endIndex - start > LONG_LITERAL);
  if (cursor.gotoFirstChild()) {
    do node.children.push(copy(cursor, text, below)); while (cursor.gotoNextSibling());
    cursor.gotoParent();
  }
  return node;
}

/** Named children without comments. */
export function parts(node: GoNode): GoNode[] {
  return node.children.filter((child) => child.isNamed && child.type !== 'comment');
}

export const field = (node: GoNode, name: string): GoNode | undefined => node.children.find((child) => child.field === name);

/** All children that are this field: the names of `a, b int`. */
export const fields = (node: GoNode, name: string): GoNode[] => node.children.filter((child) => child.field === name && child.isNamed);
