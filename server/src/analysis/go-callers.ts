// Which Go functions call a symbol: for the assembly's call hierarchy.
// Must stay true: a caller calls it in its own source, by Go's scopes; who only takes the function as a value is none.

import { field, parts, type GoNode } from '../golang/syntax-tree';
import type { Span } from '../syntax/source';
import { directoryOf } from '../workspace/files';
import { packagePath } from '../workspace/package-path';
import type { Entity } from './entity';
import { goUses, type GoReferencesContext } from './go-references';

export interface GoCaller {
  /** As Go's tools write it: `f`, `(*T).m`; a variable's name for a call that makes its value. */
  name: string;
  kind: 'function' | 'method' | 'variable';
  /** The symbol, where assembly can name it. */
  symbol: string | undefined;
  span: Span;
  nameSpan: Span;
  places: Span[];
}

export function goCallers(entity: Entity, context: GoReferencesContext): GoCaller[] {
  const found: GoCaller[] = [];
  for (const { source, root, name, uses } of goUses(entity, context)) {
    if (uses.length === 0) continue;
    const calls = calledAt(root);
    const path = packagePath(directoryOf(source.path), context.files);
    for (const declaration of declarations(root)) {
      const places = uses.filter((start) => start >= declaration.start && start < declaration.end && calls.has(start));
      const named = field(declaration, 'name') ?? declaration;
      if (places.length === 0) continue;
      const span = (start: number, end: number): Span => ({ file: source, start, end });
      const receiver = field(declaration, 'receiver');
      const type = receiver && /^\(\s*(?:[\p{L}\p{Nd}_]+\s+)?(\*?)\s*([^)[\s]+)/u.exec(receiver.text);
      const text = type ? `${type[1] ? `(*${type[2]})` : type[2]}.${named.text}` : named.text;
      found.push({
        name: text, kind: type ? 'method' : declaration.type === 'function_declaration' ? 'function' : 'variable', symbol: type || declaration.type !== 'function_declaration' || path === undefined ? undefined : `${path}.${named.text}`,
        span: span(declaration.start, declaration.end), nameSpan: span(named.start, named.start + named.text.length), places: places.map((start) => span(start, start + name.length)),
      });
    }
  }
  return found;
}

/** Functions, methods and variables of the package. */
function declarations(node: GoNode): GoNode[] {
  return parts(node).flatMap((each) => {
    switch (each.type) {
      case 'function_declaration': case 'method_declaration': case 'var_spec': return [each];
      case 'var_declaration': case 'var_spec_list': return declarations(each);
      default: return [];
    }
  });
}

/** Where the names stand that are called. */
function calledAt(node: GoNode, found = new Set<number>()): Set<number> {
  for (const child of node.children) {
    if (child.type === 'call_expression') {
      let called = field(child, 'function');
      while (called?.type === 'parenthesized_expression') called = parts(called)[0];
      const name = called?.type === 'selector_expression' ? field(called, 'field') : called;
      if (name) found.add(name.start);
    }
    calledAt(child, found);
  }
  return found;
}
