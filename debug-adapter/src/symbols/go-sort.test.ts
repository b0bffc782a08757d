// The sort against Go's own, where Go is installed.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { sortAsGo } from './go-sort';

const PROGRAM = `package main

import (
	"cmp"
	"encoding/json"
	"os"
	"slices"
)

func main() {
	var lists [][][2]int
	json.NewDecoder(os.Stdin).Decode(&lists)
	for _, list := range lists {
		slices.SortFunc(list, func(a, b [2]int) int { return cmp.Compare(a[0], b[0]) })
	}
	json.NewEncoder(os.Stdout).Encode(lists)
}
`;

/** Lists with many equal keys: random, nearly sorted, descending, periodic. */
function lists(): [key: number, place: number][][] {
  let x = 12345;
  const next = (n: number): number => { x ^= x << 13; x ^= x >>> 17; x ^= x << 5; return (x >>> 0) % n; };
  return Array.from({ length: 80 }, (_, round) => {
    const length = round % 3 === 0 ? next(60) : next(2500), keys = 1 + next(length + 1);
    return Array.from({ length }, (_element, i): [number, number] => [[next(keys), next(50) ? Math.floor(i / 3) : next(keys), Math.floor((length - i) / 2), i % 50][round % 4]!, i]);
  });
}

test('equal elements come out in the order of slices.SortFunc', (context) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'go-sort-'));
  try {
    writeFileSync(path.join(folder, 'main.go'), PROGRAM);
    let output: string;
    try {
      output = execFileSync('go', ['run', path.join(folder, 'main.go')], { input: JSON.stringify(lists()), encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['pipe', 'pipe', 'pipe'] });
    } catch (error) {
      return context.skip(`no Go: ${String((error as Error).message).split('\n')[0]}`);
    }
    const theirs = JSON.parse(output) as [number, number][][];
    lists().forEach((list, i) => expect(sortAsGo(list, (a, b) => a[0] - b[0])).toEqual(theirs[i]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
