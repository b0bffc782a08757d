// Sources of programs built with -trimpath, which names files by module instead of by folder.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { toolchain } from '../../testing/toolchains';
import { openDebugger } from '../debugging';
import { modulePaths } from './modules';

const go = toolchain(), folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-modules-'));
afterAll(() => { fs.rmSync(folder, { recursive: true, force: true }); });

test('the main module by its go.mod, others by the module cache, upper case escaped', () => {
  const cache = path.join(folder, 'cache'), root = path.join(folder, 'project');
  fs.mkdirSync(path.join(cache, 'example.com/!upper@v1.2.3'), { recursive: true });
  fs.mkdirSync(path.join(root, 'cmd'), { recursive: true });
  fs.writeFileSync(path.join(root, 'go.mod'), '// a comment\nmodule example.com/own\n');
  const info = 'path\texample.com/own/cmd\nmod\texample.com/own\t(devel)\t\ndep\texample.com/Upper\tv1.2.3\th1:x=\ndep\texample.com/missing\tv1.0.0\th1:y=\n';
  expect(modulePaths(info, [path.join(root, 'cmd')], { GOMODCACHE: cache })).toEqual([['example.com/own', root], ['example.com/Upper@v1.2.3', path.join(cache, 'example.com/!upper@v1.2.3')], ['command-line-arguments', path.join(root, 'cmd')], ['.', path.join(root, 'cmd')]]);
});

test.skipIf(!go)('a debugger finds such a program\'s own sources and breakpoints in them (needs the go command)', async () => {
  const root = path.join(folder, 'real');
  fs.mkdirSync(root);
  fs.writeFileSync(path.join(root, 'go.mod'), 'module example.com/real\n\ngo 1.19\n');
  fs.writeFileSync(path.join(root, 'main.go'), 'package main\n\nfunc main() {\n\tprintln("here")\n}\n');
  const built = spawnSync(go!.command, ['build', '-trimpath', '-o', 'program', '.'], { cwd: root, env: go!.env, encoding: 'utf8' });
  expect(built.stderr).toBe('');
  const program = path.join(root, 'program');
  const debug = openDebugger({ path: program, program: fs.readFileSync(program), args: [], env: [], cwd: root, readable: [], goamd64: 'v3', cache: false }, { write: () => undefined, goroot: '/goroot' });
  try {
    expect(debug.localPath('example.com/real/main.go')).toBe(path.join(root, 'main.go'));
    expect(debug.localPath('runtime/proc.go')).toBe('/goroot/src/runtime/proc.go');
    expect(debug.binaryPath(path.join(root, 'main.go'))).toBe('example.com/real/main.go');
    expect(await debug.source('example.com/real/main.go')).toContain('here');
    expect(debug.findLocations(`${path.join(root, 'main.go')}:4`)[0]).toMatchObject({ function: 'main.main', line: 4 });
  } finally { debug.dispose(); }
});

test.skipIf(!go).each([['with', []], ['without', ['-ldflags=-w']]])('files that were named to go build are found beside the program, %s debug information (needs the go command)', async (_, flags) => {
  const root = fs.mkdtempSync(path.join(folder, 'named'));
  fs.writeFileSync(path.join(root, 'lone.go'), 'package main\n\nfunc main() {\n\tprintln("alone")\n}\n');
  const built = spawnSync(go!.command, ['build', '-trimpath', ...flags, '-o', 'program', 'lone.go'], { cwd: root, env: go!.env, encoding: 'utf8' });
  expect(built.stderr).toBe('');
  const program = path.join(root, 'program'), name = flags.length > 0 ? './lone.go' : 'lone.go';
  const debug = openDebugger({ path: program, program: fs.readFileSync(program), args: [], env: [], cwd: root, readable: [], goamd64: 'v3', cache: false }, { write: () => undefined, goroot: '/goroot' });
  try {
    const [found] = debug.findLocations(`${path.join(root, 'lone.go')}:4`);
    expect(found).toMatchObject({ function: 'main.main', line: 4, file: name });
    expect(debug.localPath(name)).toBe(path.join(root, 'lone.go'));
    expect(debug.binaryPath(path.join(root, 'lone.go'))).toBe(name);
    expect(await debug.source(name)).toContain('alone');
  } finally { debug.dispose(); }
});
