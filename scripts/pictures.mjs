// `npm run pictures`: pictures of every view in a real VS Code, dark, light and in high contrast; those that the documentation shows go to docs/images.
// Must stay true: all of them are made anew from the packaged extension, so that none shows what is no longer so; look at each before it is committed.
//   --all DIR  keep every picture there too
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './setup.mjs';

/** What the documentation shows; the others are for looking at. */
const KEPT = ['gogo', 'timeline', 'stacks', 'trees', 'tour', 'trace', 'assembly', 'palette'];
const THEMES = ['dark', 'light', 'contrast'];

const { values: options } = parseArgs({ options: { all: { type: 'string' } } });
const folder = options.all ? path.resolve(options.all) : fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-pictures-'));
const { status } = spawnSync(process.execPath, [path.join(root, 'test/vscode/run.mjs'), '--only', 'trusted', '--grep', 'gallery', '--shots', folder], { stdio: 'inherit' });
const images = path.join(root, 'docs', 'images');
if (status === 0) for (const name of KEPT) for (const theme of THEMES) fs.copyFileSync(path.join(folder, `${name}-${theme}.png`), path.join(images, `${name}-${theme}.png`));
if (!options.all) fs.rmSync(folder, { recursive: true, force: true });
process.exitCode = status ?? 1;
