// Package-level declarations of one Go file: constants with their iota and repeated expressions, types, variables, functions, imports.
// Must stay true: order is the file's; nodes stay valid as long as the tree lives.

import { field, fields, parts, type GoNode } from './syntax-tree';

export interface Import { alias: string | undefined; path: string }

interface Named { name: string; node: GoNode; file: GoFile }
export interface ConstDeclaration extends Named { kind: 'const'; type: GoNode | undefined; value: GoNode | undefined; iota: number }
export interface TypeDeclaration extends Named { kind: 'type'; type: GoNode; alias: boolean; parameters: string[] }
export interface VarDeclaration extends Named { kind: 'var'; type: GoNode | undefined; value: GoNode | undefined }
/** `receiver` is the type's name of a method. */
export interface FuncDeclaration extends Named { kind: 'func'; receiver: string | undefined; parameters: GoNode; result: GoNode | undefined; hasBody: boolean }
export type Declaration = ConstDeclaration | TypeDeclaration | VarDeclaration | FuncDeclaration;

export interface GoFile {
  readonly path: string;
  readonly packageName: string;
  readonly imports: readonly Import[];
  readonly declarations: readonly Declaration[];
}

/** Of a whole file that has been parsed. */
export function readDeclarations(path: string, root: GoNode): GoFile {
  const file = { path, packageName: packageName(root), imports: importsOf(root), declarations: [] as Declaration[] };
  file.declarations = declarationsOf(root, file);
  return file;
}

export const packageName = (root: GoNode): string => parts(root).flatMap((node) => (node.type === 'package_clause' ? parts(node)[0]?.text ?? '' : [])).at(-1) ?? '';

export function importsOf(root: GoNode): Import[] {
  const imports: Import[] = [];
  for (const node of parts(root)) if (node.type === 'import_declaration') readImports(node, imports);
  return imports;
}

/** What a file declares, or a part of it. */
export function declarationsOf(root: GoNode, file: GoFile): Declaration[] {
  const found: Declaration[] = [];
  for (const node of parts(root)) {
    if (node.type === 'const_declaration') readConstants(node, file, found);
    else if (node.type === 'type_declaration') readTypes(node, file, found);
    else if (node.type === 'var_declaration') readVariables(node, file, found);
    else if (node.type === 'function_declaration' || node.type === 'method_declaration') readFunction(node, file, found);
  }
  return found;
}

function readImports(node: GoNode, imports: Import[]): void {
  for (const part of parts(node)) {
    if (part.type === 'import_spec_list') readImports(part, imports);
    else if (part.type === 'import_spec') imports.push({ alias: field(part, 'name')?.text, path: (field(part, 'path')?.text ?? '""').slice(1, -1) });
  }
}

function readConstants(node: GoNode, file: GoFile, found: Declaration[]): void {
  let iota = 0;
  let type: GoNode | undefined;
  let values: GoNode[] = [];
  for (const spec of parts(node).filter((part) => part.type === 'const_spec')) {
    const names = fields(spec, 'name').filter((name) => name.type === 'identifier');
    const list = field(spec, 'value');
    // A spec without expressions repeats the type and the expressions before it.
    if (list) { values = parts(list); type = field(spec, 'type'); }
    names.forEach((name, i) => found.push({ kind: 'const', name: name.text, node: name, file, type, value: values[i], iota }));
    iota++;
  }
}

function readTypes(node: GoNode, file: GoFile, found: Declaration[]): void {
  for (const spec of parts(node)) {
    const name = field(spec, 'name');
    const type = field(spec, 'type');
    if (!name || !type) continue;
    const list = field(spec, 'type_parameters');
    const parameters = list ? parts(list).flatMap((part) => fields(part, 'name').filter((each) => each.type === 'identifier').map((each) => each.text)) : [];
    found.push({ kind: 'type', name: name.text, node: name, file, type, alias: spec.type === 'type_alias', parameters });
  }
}

function readVariables(node: GoNode, file: GoFile, found: Declaration[]): void {
  for (const spec of parts(node)) {
    if (spec.type === 'var_spec_list') { readVariables(spec, file, found); continue; }
    const list = field(spec, 'value');
    const values = list ? parts(list) : [];
    const names = fields(spec, 'name').filter((name) => name.type === 'identifier');
    names.forEach((name, i) => found.push({ kind: 'var', name: name.text, node: name, file, type: field(spec, 'type'), value: values[i] }));
  }
}

function readFunction(node: GoNode, file: GoFile, found: Declaration[]): void {
  const name = field(node, 'name');
  const parameters = field(node, 'parameters');
  if (!name || !parameters) return;
  const list = field(node, 'receiver');
  const receiver = list && receiverType(list);
  // Neither a method nor a function.
  if (list && receiver === undefined) return;
  found.push({
    kind: 'func', name: name.text, node: name, file, parameters, result: field(node, 'result'), hasBody: field(node, 'body') !== undefined, receiver,
  });
}

/** The named type of `(r *T[K])`: undefined for what is none, as somebody is typing it. */
function receiverType(list: GoNode): string | undefined {
  const [parameter] = parts(list);
  let type = parameter && field(parameter, 'type');
  while (type && type.type !== 'type_identifier') type = field(type, 'type') ?? parts(type)[0];
  return type?.text;
}
