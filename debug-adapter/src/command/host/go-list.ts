// Asks the go command where packages are and which files are built: only for the editor, and only in workspaces it trusts.
// Must stay true: nothing is downloaded (GOPROXY=off) and nothing is written; without a go command, or with an error, the answer is undefined.
import { execFile } from 'node:child_process';
import { LIST_FIELDS, type GoCommand } from '@gobuf/server/golang/go-list';

const TIME_LIMIT = 60_000;

function asked(command: string, args: string[], cwd: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(command, args, { cwd, env: { ...process.env, GOPROXY: 'off', CGO_ENABLED: '0', ...env, PWD: cwd }, timeout: TIME_LIMIT, maxBuffer: 256 << 20, encoding: 'utf8' }, (error, stdout) => {
      resolve(error ? undefined : stdout);
    });
  });
}

export function goCommand(command = 'go'): GoCommand {
  return {
    async environment(directory) {
      const output = await asked(command, ['env', '-json', 'GOROOT', 'GOVERSION', 'GOMODCACHE'], directory, {});
      let given: Record<string, unknown>;
      try { given = JSON.parse(output ?? '') as Record<string, unknown>; } catch { return undefined; }
      const text = (name: string) => (typeof given[name] === 'string' && given[name] ? (given[name]).replaceAll('\\', '/') : undefined);
      const goroot = text('GOROOT');
      const minor = /go1\.(\d+)/.exec(text('GOVERSION') ?? '')?.[1];
      return goroot === undefined ? undefined : { goroot, minor: minor === undefined ? undefined : Number(minor), moduleCache: text('GOMODCACHE') };
    },
    list: (directory, { goos, goarch }) => asked(command, ['list', '-e', '-deps', `-json=${LIST_FIELDS.join()}`, '.'], directory, { GOOS: goos, GOARCH: goarch }),
  };
}
