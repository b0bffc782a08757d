// Runs the decoder and printers that Delve uses (golang.org/x/arch/x86/x86asm) on many instructions, for tests.
// Must stay true: the version is the one in Delve's go.mod; without Go or the module the answer is a reason, not an error.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const VERSION = 'v0.28.0';
/** Where the instructions stand. */
export const ADDRESS = 0x500800;

const PROGRAM = `package main

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"os"

	"golang.org/x/arch/x86/x86asm"
)

func symbol(address uint64) (string, uint64) {
	if address >= 0x500000 && address < 0x600000 {
		base := address &^ 0xfff
		return fmt.Sprintf("main.s%x", base>>12), base
	}
	return "", 0
}

func main() {
	in, out := bufio.NewScanner(os.Stdin), bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for in.Scan() {
		code, _ := hex.DecodeString(in.Text())
		inst, err := x86asm.Decode(code, 64)
		if err != nil || inst.Op == 0 {
			fmt.Fprintln(out, "?")
			continue
		}
		pc := uint64(${ADDRESS})
		fmt.Fprintf(out, "%d|%s|%s|%s\\n", inst.Len, x86asm.IntelSyntax(inst, pc, symbol), x86asm.GNUSyntax(inst, pc, symbol), x86asm.GoSyntax(inst, pc, symbol))
	}
}
`;

/** The symbols of the program above. */
export function symbolName(address: number): { name: string; base: number } | undefined {
  if (address < 0x500000 || address >= 0x600000) return undefined;
  const base = address - (address % 0x1000);
  return { name: `main.s${(base / 0x1000).toString(16)}`, base };
}

export interface DelveText { length: number; intel: string; gnu: string; go: string }

/** What Delve makes of each instruction (undefined: it cannot decode it), or why it cannot be asked. */
export function askDelvesDecoder(instructions: string[]): (DelveText | undefined)[] | { unavailable: string } {
  const folder = mkdtempSync(path.join(tmpdir(), 'x86asm-'));
  try {
    writeFileSync(path.join(folder, 'main.go'), PROGRAM);
    writeFileSync(path.join(folder, 'go.mod'), `module oracle\n\ngo 1.21\n\nrequire golang.org/x/arch ${VERSION}\n`);
    const run = (args: string[], input = ''): string => execFileSync('go', args, { cwd: folder, input, encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, GOFLAGS: '-mod=mod', GOWORK: 'off' } });
    try {
      run(['build', '-o', 'oracle', '.']);
    } catch (error) {
      return { unavailable: `no Go, or no module golang.org/x/arch ${VERSION}: ${String((error as Error).message).split('\n')[0]}` };
    }
    const output = execFileSync(path.join(folder, 'oracle'), { input: `${instructions.join('\n')}\n`, encoding: 'utf8', maxBuffer: 1 << 28 });
    return output.trimEnd().split('\n').map((line) => {
      const [length, intel = '', gnu = '', go = ''] = line.split('|');
      return line === '?' ? undefined : { length: Number(length), intel, gnu, go };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
