// Bundles a TypeScript tool of this folder with esbuild and runs it: `node emulator/tools/fuzz-cpu.mjs ADD SHL --cases 200`.
// Must stay true: nothing is written outside the temporary folder.

import { build } from 'esbuild';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
process.env.GOBUF_TOOLS = here;
export async function runTool(name) {
  const outfile = join(mkdtempSync(join(tmpdir(), 'gobuf-tool-')), `${name}.mjs`);
  await build({ entryPoints: [join(here, `${name}.ts`)], outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'warning', sourcemap: 'inline' });
  await import(pathToFileURL(outfile).href);
}
if (process.argv[1] === fileURLToPath(import.meta.url)) await runTool('fuzz-cpu');
