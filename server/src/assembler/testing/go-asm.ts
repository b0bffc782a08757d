// Asks the installed `go tool asm` for the machine code of a file, for tests; undefined where Go is not installed.
// Must stay true: test code only; the listing is read by function, with the bytes of each.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

function goEnvironment(name: string): string | undefined {
  try {
    return execFileSync('go', ['env', name], { encoding: 'utf8' }).trim() || undefined;
  } catch {
    return undefined;
  }
}

export const goroot = goEnvironment('GOROOT');
export const goMinor = Number(/go1\.(\d+)/.exec(goEnvironment('GOVERSION') ?? '')?.[1] ?? 0);

export interface GoListing {
  /** Hex by function name. */
  functions: Map<string, string>;
  /** Of every data symbol: its size, its bytes in hex up to the last that is given, its addresses as `offset+size symbol+addend`. */
  data: Map<string, { size: number; hex: string; addresses: string[] }>;
  /** One-based lines that were rejected. */
  rejected: Set<number>;
}

/** Assembles a text as package p; with errors nothing is listed. */
export function goAssemble(text: string, goos = 'linux'): GoListing {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-'));
  try {
    const file = path.join(directory, 'x_amd64.s');
    fs.writeFileSync(file, text);
    const include = path.join(goroot ?? '', 'pkg', 'include');
    const result = spawnSync('go', ['tool', 'asm', '-e', '-p', 'p', '-S', '-I', include, '-D', `GOOS_${goos}`, '-D', 'GOARCH_amd64', '-o', path.join(directory, 'out'), file],
      { encoding: 'utf8', maxBuffer: 1 << 28, env: { ...process.env, GOOS: goos, GOARCH: 'amd64' } });
    const rejected = new Set([...result.stderr.matchAll(/x_amd64\.s:(\d+)(?::\d+)?[:)]/g)].map((match) => Number(match[1])));
    if (result.status === 0) rejected.clear();
    return { functions: result.status === 0 ? functionsOf(result.stdout) : new Map(), data: result.status === 0 ? dataOf(result.stdout) : new Map(), rejected };
  } finally {
    fs.rmSync(directory, { recursive: true });
  }
}

function functionsOf(listing: string): Map<string, string> {
  const functions = new Map<string, string>();
  let name: string | undefined;
  for (const line of listing.split('\n')) {
    const head = /^(\S+) (\S+)/.exec(line);
    if (head) {
      name = head[2] === 'STEXT' ? head[1] : undefined;
      if (name !== undefined) functions.set(name, '');
      continue;
    }
    const dump = /^\t0x[0-9a-f]+((?: [0-9a-f]{2}){1,16}) {2}/.exec(line);
    if (dump && name !== undefined) functions.set(name, (functions.get(name) ?? '') + (dump[1] ?? '').replaceAll(' ', ''));
  }
  return functions;
}

function dataOf(listing: string): GoListing['data'] {
  const data: GoListing['data'] = new Map();
  let symbol: { size: number; hex: string; addresses: string[] } | undefined;
  for (const line of listing.split('\n')) {
    const head = /^(\S+) (S\w+) .*?size=(\d+)/.exec(line);
    if (head) {
      symbol = head[2] === 'STEXT' ? undefined : { size: Number(head[3]), hex: '', addresses: [] };
      if (symbol) data.set(head[1] ?? '', symbol);
    }
    if (!symbol) continue;
    symbol.hex += (/^\t0x[0-9a-f]+((?: [0-9a-f]{2}){1,16}) {2}/.exec(line)?.[1] ?? '').replaceAll(' ', '');
    const address = /^\trel (\d+\+\d+) t=R_ADDR (\S+)$/.exec(line);
    if (address) symbol.addresses.push(`${address[1]} ${address[2]}`);
  }
  return data;
}
