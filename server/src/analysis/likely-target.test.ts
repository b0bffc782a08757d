// Files whose name and constraint leave the GOARCH open: Go's own assembler tests say in their names what they are for.
import { expect, test } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { Documents } from '../lsp/documents';
import { disk, fixture, goroot, parser } from '../testing/fixture';
import { Checker } from './check';

const TESTS = `${goroot?.path ?? ''}/src/cmd/asm/internal/asm/testdata`;
/** What the name begins with, but for the newer ARM and the errors that all GOARCHes have. */
const named = (disk.list(TESTS) ?? []).flatMap((name) => { const family = /^(386|amd64|arm64|arm|loong64|mips64|mips|ppc64|riscv64|s390x)\w*\.s$/.exec(name)?.[1]; return family === undefined ? [] : [[name, family] as const]; });

test.skipIf(!goroot)('Go\'s assembler tests are read for the GOARCH in their name', () => {
  const checker = new Checker({ files: disk, parser, goroot: goroot?.path, minor: goroot?.minor ?? 26, moduleCache: undefined });
  expect(named.length).toBeGreaterThan(10);
  // 386 is told from amd64 by its registers alone, which is as well read for amd64.
  const wrong = named.flatMap(([name, family]) => { const read = checker.read(`${TESTS}/${name}`, disk.read(`${TESTS}/${name}`) ?? '').arch.family; return read === family || (family === '386' && read === 'amd64') ? [] : [`${name} for ${read}`]; });
  expect(wrong).toEqual([]);
});

const FILES = '-- p/go.mod --\nmodule p\n-- p/p.go --\npackage p\n-- p/irq.s --\n';
const AMD64 = ['TEXT ·f(SB), 4, $0', '\tMOVQ\tAX, BX', '\tADDQ\tCX, BX', '\tCMPQ\tAX, BX', '\tRET'];
const ARM64 = ['TEXT ·f(SB), 4, $0', '\tMOVD\tR1, R2', '\tADD\tR2, R3', '\tCBZ\tR3, 2(PC)', '\tRET'];
const read = (lines: string[], before = '', path = '/p/irq.s') => fixture(FILES).checker.read(path, `${before}${lines.join('\n')}\n`).target.goarch;

test('the instructions decide where name and constraint do not', () => {
  expect([read(AMD64), read(ARM64), read([])]).toEqual(['amd64', 'arm64', 'amd64']);
  expect([read(ARM64, '//go:build amd64\n\n'), read(ARM64, '', '/p/irq_amd64.s'), read(AMD64, '//go:build amd64 || arm64\n\n'), read(ARM64, '//go:build amd64 || arm64\n\n'), read(ARM64, '//go:build !arm64\n\n')]).toEqual(['amd64', 'amd64', 'amd64', 'arm64', 'amd64']);
});

test('a word that nobody knows, or that is being typed, changes nothing', () => {
  expect(read([...AMD64.slice(0, 2), '\tNOBODY\tAX', ...AMD64.slice(2)])).toBe('amd64');
  expect([read(['TEXT ·f(SB), 4, $0', '\tCBZ', '\tRET']), read(['TEXT ·f(SB), 4, $0', '\tCBZ\tR3, 2(PC)', '\tRET'])]).toEqual(['amd64', 'arm64']);
  expect(read([...Array.from({ length: 12 }, () => AMD64[1] ?? ''), '\tCBZ'])).toBe('amd64');
});

test('an edited file is read for the target that the same text is opened for', () => {
  const p = fixture(FILES);
  let document = TextDocument.create('file:///p/irq.s', 'go.asm', 0, `${AMD64.join('\n')}\n`);
  const documents = new Documents({ get: (uri: string) => (uri === document.uri ? document : undefined), all: () => [document] } as never, { toPath: (uri) => uri.slice('file://'.length), toUri: (path) => `file://${path}` }, p.checker.options);
  const met = new Set<string>();
  for (const [from, to] of [[AMD64, ARM64], [ARM64, AMD64]] as const) {
    for (let line = 1; line <= to.length; line++) {
      const text = `${[...to.slice(0, line), ...from.slice(line)].join('\n')}\n`;
      document = TextDocument.create(document.uri, 'go.asm', document.version + 1, text);
      const { target: { goarch } } = documents.file(document.uri) ?? { target: { goarch: '' } };
      met.add(goarch);
      expect([text, goarch]).toEqual([text, p.checker.read('/p/irq.s', text).target.goarch]);
    }
  }
  expect([...met].sort()).toEqual(['amd64', 'arm64']);
});
