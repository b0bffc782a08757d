// Where a Go file means a package-level name: identifiers that no function, block or parameter list declares for itself, and names behind an import.
// Must stay true: scopes are Go's; fields, methods, labels, comments and strings never count; a key of a literal counts only where the literal is known to be no struct.

import { field, fields, parts, type GoNode } from './syntax-tree';

export interface GoUse {
  name: string;
  /** Offset of the name in the file. */
  start: number;
  /** `p` in `p.name`, where no declaration inside of a function hides it. */
  qualifier: string | undefined;
  /** The package-level declaration itself. */
  declares: boolean;
  /** Of the names asked for, those that mean something of the function's own here. */
  local: ReadonlySet<string>;
  /** The key of a literal whose type is not known: perhaps a field. */
  perhapsField: boolean;
}

/** What a type in a literal is made of; a type declared elsewhere is asked for by name. Undefined where it is not known. */
export type TypeLookup = (name: string, qualifier: string | undefined) => GoNode | undefined;

/** Uses of `names` at package level, and of anything behind the qualifiers among them. */
export function packageLevelUses(root: GoNode, names: ReadonlySet<string>, typeNamed: TypeLookup): GoUse[] {
  const walker = new Walker(names, typeNamed);
  walker.visit(root);
  return walker.found;
}

/** Whether the parser met something that is no Go. */
export function hasErrors(node: GoNode): boolean {
  return node.type === 'ERROR' || node.children.some(hasErrors);
}

/** Nodes whose names are visible inside of them only. */
const SCOPES: ReadonlySet<string> = new Set(['block', 'func_literal', 'function_type', 'method_declaration', 'method_elem', 'if_statement', 'for_statement', 'expression_switch_statement', 'type_switch_statement', 'select_statement', 'expression_case', 'default_case', 'type_case', 'communication_case']);
const NOTHING: ReadonlySet<string> = new Set(['package_clause', 'import_declaration', 'comment', 'label_name', 'field_identifier', 'package_identifier', 'interpreted_string_literal', 'raw_string_literal']);

class Walker {
  readonly found: GoUse[] = [];
  /** Innermost last: of the names asked for, those that are declared there. */
  private readonly scopes: Set<string>[] = [];

  constructor(private readonly names: ReadonlySet<string>, private readonly typeNamed: TypeLookup) {}

  visit(node: GoNode): void {
    if (NOTHING.has(node.type)) return;
    if (SCOPES.has(node.type)) return this.inside(() => this.content(node));
    this.content(node);
  }

  private inside(work: () => void): void {
    this.scopes.push(new Set());
    work();
    this.scopes.pop();
  }

  private all(nodes: Iterable<GoNode | undefined>): void {
    for (const node of nodes) if (node) this.visit(node);
  }

  private content(node: GoNode): void {
    switch (node.type) {
      case 'identifier': case 'type_identifier': return this.use(node);
      case 'function_declaration': {
        const name = field(node, 'name');
        if (name) this.use(name, { declares: true });
        return this.inside(() => this.callable(node));
      }
      case 'method_declaration': case 'func_literal': return this.callable(node);
      case 'short_var_declaration': {
        this.all([field(node, 'right')]);
        return this.declareList(field(node, 'left'));
      }
      case 'range_clause': case 'receive_statement': {
        const left = field(node, 'left');
        this.all([field(node, 'right')]);
        if (!left) return;
        if (/^\s*:=/.test(node.text.slice(node.text.indexOf(left.text) + left.text.length))) return this.declareList(left);
        return this.visit(left);
      }
      case 'type_switch_statement': {
        this.all([field(node, 'initializer'), field(node, 'value')]);
        this.declareList(field(node, 'alias'));
        return this.all(node.children.filter((child) => child.field === undefined));
      }
      case 'var_spec': case 'const_spec': {
        this.all([field(node, 'type'), field(node, 'value')]);
        return this.declare(fields(node, 'name').filter(({ type }) => type === 'identifier'));
      }
      case 'type_spec': case 'type_alias': {
        this.declare(fields(node, 'name'));
        return this.inside(() => this.all([field(node, 'type_parameters'), field(node, 'type')]));
      }
      case 'parameter_declaration': case 'variadic_parameter_declaration': return this.all([field(node, 'type')]);
      case 'type_parameter_declaration':
        this.declare(fields(node, 'name'));
        return this.all([field(node, 'type')]);
      case 'labeled_statement': return this.all(node.children.filter((child) => child.field !== 'label'));
      case 'selector_expression': case 'qualified_type': {
        const left = field(node, 'operand') ?? field(node, 'package');
        const right = field(node, 'field') ?? field(node, 'name');
        if (left && right && (left.type === 'identifier' || left.type === 'package_identifier') && this.names.has(left.text) && !this.isLocal(left.text)) this.use(right, { qualifier: left.text });
        return this.all([left]);
      }
      case 'composite_literal': {
        const type = field(node, 'type');
        const body = field(node, 'body');
        this.all([type]);
        return body && this.literal(body, type && this.known(type));
      }
      case 'literal_value': return this.literal(node, undefined);
      case 'field_declaration': return this.all([field(node, 'type')]);
      default: return this.all(node.children);
    }
  }

  /** Parameters and results are known in the body, not in each other's types. */
  private callable(node: GoNode): void {
    const lists = ['receiver', 'type_parameters', 'parameters', 'result'].map((name) => field(node, name));
    this.all(lists);
    for (const list of lists) if (list) for (const each of parts(list)) if (each.type !== 'type_parameter_declaration') this.declare(fields(each, 'name').filter(({ type }) => type === 'identifier'));
    this.all([field(node, 'body')]);
  }

  /** Elements of a literal of a type, where that is known: its keys may be fields, and elements may leave out their type. */
  private literal(node: GoNode, type: GoNode | undefined): void {
    const of = type && (field(type, 'value') ?? field(type, 'element'));
    const element = of && this.known(of);
    const key = type && field(type, 'key');
    const one = (each: GoNode | undefined, inner: GoNode | undefined): void => {
      const content = each?.type === 'literal_element' ? parts(each)[0] : each;
      if (content?.type === 'literal_value') this.literal(content, inner);
      else if (content) this.visit(content);
    };
    for (const each of parts(node)) {
      if (each.type !== 'keyed_element') { one(each, element); continue; }
      const left = field(each, 'key');
      const name = left && parts(left)[0];
      if (name?.type === 'identifier' && (!type || type.type === 'struct_type')) { if (!type) this.use(name, { perhapsField: true }); }
      else one(left, key && this.known(key));
      const right = field(each, 'value');
      one(right, type?.type === 'struct_type' ? undefined : element);
    }
  }

  /** The type that a type's name stands for; undefined where only another package, or a function, knows. */
  private known(type: GoNode): GoNode | undefined {
    let at: GoNode | undefined = type;
    for (let depth = 0; at && depth < 20; depth++) {
      switch (at.type) {
        case 'struct_type': case 'map_type': case 'slice_type': case 'array_type': case 'implicit_length_array_type': return at;
        case 'pointer_type': case 'parenthesized_type': at = parts(at)[0]; break;
        case 'generic_type': at = field(at, 'type'); break;
        case 'qualified_type': {
          const [qualifier, name] = [field(at, 'package')?.text, field(at, 'name')?.text];
          // What other packages call it leads there; from there on only what is no name is known here.
          const found: GoNode | undefined = name === undefined || qualifier === undefined ? undefined : this.typeNamed(name, qualifier);
          return found && ['struct_type', 'map_type', 'slice_type', 'array_type'].includes(found.type) ? found : undefined;
        }
        case 'type_identifier': at = this.declaredTypes.includes(at.text) ? undefined : this.typeNamed(at.text, undefined); break;
        default: return undefined;
      }
    }
    return undefined;
  }

  /** Types that functions have declared so far, wherever they are visible. */
  private readonly declaredTypes: string[] = [];

  private isLocal(name: string): boolean { return this.scopes.some((scope) => scope.has(name)); }

  private use(node: GoNode, more: Partial<GoUse> = {}): void {
    const name = node.text;
    if (more.qualifier === undefined && (!this.names.has(name) || this.isLocal(name))) return;
    this.found.push({ name, start: node.start, qualifier: undefined, declares: false, perhapsField: false, local: new Set(this.scopes.flatMap((scope) => [...scope])), ...more });
  }

  private declareList(list: GoNode | undefined): void {
    if (list) this.declare(parts(list).filter(({ type }) => type === 'identifier'));
  }

  /** From here on, or at package level for all of the package. */
  private declare(nodes: readonly GoNode[]): void {
    const scope = this.scopes.at(-1);
    for (const node of nodes) {
      if (!scope) this.use(node, { declares: true });
      else {
        if (this.names.has(node.text)) scope.add(node.text);
        if (node.type === 'type_identifier') this.declaredTypes.push(node.text);
      }
    }
  }
}
