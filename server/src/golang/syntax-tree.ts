// Parses Go source with web-tree-sitter and the grammar of tree-sitter-go, in Node and in a browser's worker alike.
// Must stay true: the host hands over the two WebAssembly files; a tree is kept as long as its file is.

import { Language, Parser, type Node } from 'web-tree-sitter';

export type GoNode = Node;

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
      return tree.rootNode;
    },
  };
}

/** Named children without comments. */
export function parts(node: GoNode): GoNode[] {
  return node.namedChildren.filter((child): child is GoNode => child !== null && child.type !== 'comment');
}

export const field = (node: GoNode, name: string): GoNode | undefined => node.childForFieldName(name) ?? undefined;
