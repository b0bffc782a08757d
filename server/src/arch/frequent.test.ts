// The list of frequent mnemonics against a count over Go's own assembly.
import { expect, test } from 'vitest';
import { disk, goroot } from '../testing/fixture';
import { architectures, type Family } from './architecture';
import { frequentWords } from './frequent';
import { targetOfName } from '../workspace/target';

const FOLDERS = ['runtime', 'syscall', 'math', 'math/big', 'crypto/md5', 'crypto/sha1', 'internal/bytealg', 'internal/runtime/atomic', 'crypto/internal/fips140/sha256', 'crypto/internal/fips140/aes', 'crypto/internal/fips140/bigmod', 'crypto/internal/fips140/nistec', 'crypto/internal/fips140/sha3', 'hash/crc32', 'vendor/golang.org/x/crypto/chacha20poly1305'];

test.skipIf(!goroot)('each is one of the hundred most used of its GOARCH', () => {
  const counts = new Map<Family, Map<string, number>>();
  for (const folder of FOLDERS) {
    for (const name of disk.list(`${goroot?.path ?? ''}/src/${folder}`) ?? []) {
      const goarch = name.endsWith('.s') ? (targetOfName(name).goarch ?? { mipsx: 'mips', mips64x: 'mips64', ppc64x: 'ppc64' }[/_([a-z0-9]+)\.s$/.exec(name)?.[1] ?? '']) : undefined;
      const family = goarch === undefined ? undefined : architectures.get(goarch)?.family;
      if (!family) continue;
      const own = counts.get(family) ?? new Map<string, number>();
      counts.set(family, own);
      for (const [, word = ''] of (disk.read(`${goroot?.path ?? ''}/src/${folder}/${name}`) ?? '').matchAll(/^\s+([A-Z]\w+)/gm)) own.set(word, (own.get(word) ?? 0) + 1);
    }
  }
  for (const [family, own] of counts) {
    const most = new Set([...own].sort((a, b) => b[1] - a[1]).slice(0, 100).map(([word]) => word));
    expect(frequentWords(family).filter((word) => !most.has(word)), family).toEqual([]);
  }
  expect(counts.size).toBeGreaterThan(9);
});
