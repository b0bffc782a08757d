// Loads the Go grammar's two WebAssembly files for the language server's core: beside the bundle, else from the installed packages.
// Must stay true: they are read once, and only by commands that read Go.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { createGoParser, type GoParser } from '@gobuf/server/golang/syntax-tree';

function wasm(name: string): Uint8Array {
  const beside = [path.join(__dirname, '..', name), path.join(__dirname, name)].find((file) => fs.existsSync(file));
  if (beside) return fs.readFileSync(beside);
  const require = createRequire(path.join(process.cwd(), 'package.json'));
  return fs.readFileSync(require.resolve(name === 'tree-sitter-go.wasm' ? `tree-sitter-go/${name}` : `web-tree-sitter/${name}`));
}

export const goParser = (): Promise<GoParser> => createGoParser(wasm('web-tree-sitter.wasm'), wasm('tree-sitter-go.wasm'));
