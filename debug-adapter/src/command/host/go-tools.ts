// Runs `go tool asm` and `go vet` on one assembly file, for its own GOOS and GOARCH: only for `gobuf check --tools` and the editor's saves.
// Must stay true: nothing is written beside the sources; without a go command the reason is said once and nothing is found.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readAssemblerOutput, readVetOutput, type AskTools, type ToolFinding } from '@gobuf/server/diagnostics/tools';

/** Milliseconds; a first vet builds what the package imports. */
const TIME_LIMIT = 120_000;

interface Ran { output: string; missing: boolean }

function ran(command: string, args: string[], cwd: string, env: NodeJS.ProcessEnv): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(command, args, { cwd, env: { ...process.env, ...env, PWD: cwd }, timeout: TIME_LIMIT, maxBuffer: 64 << 20, encoding: 'utf8' }, (error, stdout, stderr) => {
      resolve({ output: `${stdout}\n${stderr}`, missing: (error as NodeJS.ErrnoException | null)?.code === 'ENOENT' });
    });
  });
}

/** `command` is the go command; `missing` is told once when there is none. */
export function goTools(goroot: string | undefined, missing: () => void, command = 'go'): AskTools {
  let told = false;
  return async ({ path: file, goos, goarch, packagePath, header, defines }): Promise<ToolFinding[]> => {
    const directory = path.dirname(file);
    const env = { GOOS: goos, GOARCH: goarch, CGO_ENABLED: '0' };
    const home = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-asm-'));
    try {
      fs.writeFileSync(path.join(home, 'go_asm.h'), header);
      const include = goroot === undefined ? [] : ['-I', path.join(goroot, 'pkg', 'include')];
      const assembled = await ran(command, ['tool', 'asm', '-e', '-p', packagePath ?? 'main', '-I', home, ...include, ...defines.flatMap((name) => ['-D', name]), '-o', path.join(home, 'x.o'), path.basename(file)], directory, env);
      if (assembled.missing) {
        if (!told) missing();
        told = true;
        return [];
      }
      const vetted = await ran(command, ['vet', '-json', '-asmdecl', '-framepointer', '.'], directory, env);
      const base = path.basename(file);
      return [...readAssemblerOutput(assembled.output, base), ...readVetOutput(vetted.output, base)];
    } finally {
      fs.rmSync(home, { recursive: true, force: true });
    }
  };
}
