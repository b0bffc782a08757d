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
  path: string;
  packageName: string;
  imports: Import[];
  declarations: Declaration[];
}

export function readDeclarations(path: string, root: GoNode): GoFile {
  const file: GoFile = { path, packageName: '', imports: [], declarations: [] };
  for (const node of parts(root)) {
    if (node.type === 'package_clause') file.packageName = parts(node)[0]?.text ?? '';
    else if (node.type === 'import_declaration') readImports(node, file.imports);
    else if (node.type === 'const_declaration') readConstants(node, file);
    else if (node.type === 'type_declaration') readTypes(node, file);
    else if (node.type === 'var_declaration') readVariables(node, file);
    else if (node.type === 'function_declaration' || node.type === 'method_declaration') readFunction(node, file);
  }
  return file;
}

function readImports(node: GoNode, imports: Import[]): void {
  for (const part of parts(node)) {
    if (part.type === 'import_spec_list') readImports(part, imports);
    else if (part.type === 'import_spec') imports.push({ alias: field(part, 'name')?.text, path: (field(part, 'path')?.text ?? '""').slice(1, -1) });
  }
}

function readConstants(node: GoNode, file: GoFile): void {
  let iota = 0;
  let type: GoNode | undefined;
  let values: GoNode[] = [];
  for (const spec of parts(node).filter((part) => part.type === 'const_spec')) {
    const names = fields(spec, 'name').filter((name) => name.type === 'identifier');
    const list = field(spec, 'value');
    // A spec without expressions repeats the type and the expressions before it.
    if (list) { values = parts(list); type = field(spec, 'type'); }
    names.forEach((name, i) => file.declarations.push({ kind: 'const', name: name.text, node: name, file, type, value: values[i], iota }));
    iota++;
  }
}

function readTypes(node: GoNode, file: GoFile): void {
  for (const spec of parts(node)) {
    const name = field(spec, 'name');
    const type = field(spec, 'type');
    if (!name || !type) continue;
    const list = field(spec, 'type_parameters');
    const parameters = list ? parts(list).flatMap((part) => fields(part, 'name').filter((each) => each.type === 'identifier').map((each) => each.text)) : [];
    file.declarations.push({ kind: 'type', name: name.text, node: name, file, type, alias: spec.type === 'type_alias', parameters });
  }
}

function readVariables(node: GoNode, file: GoFile): void {
  for (const spec of parts(node)) {
    if (spec.type === 'var_spec_list') { readVariables(spec, file); continue; }
    const list = field(spec, 'value');
    const values = list ? parts(list) : [];
    const names = fields(spec, 'name').filter((name) => name.type === 'identifier');
    names.forEach((name, i) => file.declarations.push({ kind: 'var', name: name.text, node: name, file, type: field(spec, 'type'), value: values[i] }));
  }
}

function readFunction(node: GoNode, file: GoFile): void {
  const name = field(node, 'name');
  const parameters = field(node, 'parameters');
  if (!name || !parameters) return;
  const receiver = field(node, 'receiver');
  file.declarations.push({
    kind: 'func', name: name.text, node: name, file, parameters, result: field(node, 'result'), hasBody: field(node, 'body') !== undefined,
    receiver: receiver && receiverType(receiver),
  });
}

/** The named type of `(r *T[K])`: undefined for what is none, as somebody is typing it. */
function receiverType(list: GoNode): string | undefined {
  const [parameter] = parts(list);
  let type = parameter && field(parameter, 'type');
  while (type && type.type !== 'type_identifier') type = field(type, 'type') ?? parts(type)[0];
  return type?.text;
}
