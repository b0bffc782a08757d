// The limits of `gobuf run`: a program that asks for more than it was given is stopped with one sentence and status 1.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { build, toolchain } from '../../debug-adapter/src/testing/toolchains';
import { gobuf, temporaryFolder } from '../support/processes';

const go = toolchain();
const source = path.join(temporaryFolder(), 'greedy.go');
fs.writeFileSync(source, `package main

import "os"

var kept [][]byte

func main() {
	for {
		if len(os.Args) > 1 {
			block := make([]byte, 1<<20)
			for i := 0; i < len(block); i += 4096 {
				block[i] = 1
			}
			kept = append(kept, block)
		}
	}
}
`);

describe.skipIf(!go)('limits of gobuf run (need the go command)', () => {
  test.each([
    ['instructions', ['--max-instructions', '5000000'], [], /^gobuf: .*5000000 instructions.*\n$/],
    ['seconds', ['--max-seconds', '1'], [], /^gobuf: the program was still running after 1 s, the limit it was given\n$/],
    ['memory', ['--max-memory', '100'], ['grow'], /^gobuf: the program .*need more than the 100 MiB of memory they may use\n$/],
  ])('%s', async (_name, options, args, sentence) => {
    const { status, stdout, stderr } = await gobuf(['run', ...options, build(source, go!), '--', ...args]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(sentence);
  });
  test('a program that needs less is not disturbed', async () => {
    const hello = build('test/programs/hello.go', go!);
    const free = await gobuf(['run', hello]);
    expect(await gobuf(['run', '--max-seconds', '600', '--max-instructions', '1000000000000', '--max-memory', '4000', hello])).toEqual(free);
    expect(free.status).toBe(0);
  });
});
