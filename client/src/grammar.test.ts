// What the grammar says of Go assembly, by the engine that VS Code colours with, on lines written here and on the installed runtime.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import oniguruma from 'vscode-oniguruma';
import textmate from 'vscode-textmate';
import type { IGrammar } from 'vscode-textmate';
import { beforeAll, describe, expect, it } from 'vitest';

const syntaxes = path.join(import.meta.dirname, '../../syntaxes');
let grammar: IGrammar;

beforeAll(async () => {
  const wasm = fs.readFileSync(createRequire(import.meta.url).resolve('vscode-oniguruma/release/onig.wasm'));
  await oniguruma.loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength));
  const file = path.join(syntaxes, 'go-asm.tmLanguage.json');
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({ createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns), createOnigString: (text) => new oniguruma.OnigString(text) }),
    loadGrammar: () => Promise.resolve(textmate.parseRawGrammar(fs.readFileSync(file, 'utf8'), file)),
  });
  grammar = (await registry.loadGrammar('source.go.asm'))!;
});

interface Token { text: string; scope: string; line: string }
function tokens(source: string): Token[] {
  const found: Token[] = [];
  let state = textmate.INITIAL;
  for (const line of source.split('\n')) {
    const result = grammar.tokenizeLine(line, state);
    state = result.ruleStack;
    for (const { startIndex, endIndex, scopes } of result.tokens) found.push({ text: line.slice(startIndex, endIndex).trim(), scope: scopes.slice(1).join(' '), line });
  }
  return found;
}
/** The innermost scope of the token that is `text`. */
const scope = (found: Token[], text: string): string => found.find((token) => token.text === text)?.scope.split(' ').at(-1) ?? `${text} is no token of its own`;

function goroot(): string | undefined {
  try { return execFileSync('go', ['env', 'GOROOT'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim(); } catch { return undefined; }
}

describe('the grammar of Go assembly', () => {
  it('tells the parts of a function of the runtime', () => {
    const found = tokens('TEXT gogo<>(SB), NOSPLIT, $0\n\tget_tls(CX)\n\tMOVQ\tDX, g(CX)\n\tMOVQ\tgobuf_sp(BX), SP\t// restore SP\n\tJMP\tBX\n');
    expect(Object.fromEntries(['TEXT', 'gogo', '<>', 'NOSPLIT', 'get_tls', 'MOVQ', 'g', 'gobuf_sp', 'BX', 'JMP', 'restore SP'].map((text) => [text, scope(found, text)]))).toEqual({
      TEXT: 'storage.type.function.go.asm', gogo: 'entity.name.function.go.asm', '<>': 'storage.modifier.abi.go.asm', NOSPLIT: 'storage.modifier.flag.go.asm', get_tls: 'entity.name.function.preprocessor.go.asm',
      MOVQ: 'support.function.mnemonic.go.asm', g: 'variable.other.member.go.asm', gobuf_sp: 'variable.other.member.go.asm', BX: 'variable.language.register.go.asm', JMP: 'keyword.control.flow.go.asm', 'restore SP': 'comment.line.double-slash.go.asm',
    });
  });

  it('tells symbols, pseudo-registers, data, strings, numbers, labels and macros', () => {
    const found = tokens('#include "textflag.h"\n#define STEP(a, b) \\\n\tADDQ a, b; \\\n\tROLQ $7, b\nDATA bits<>+8(SB)/8, $0x0f\nGLOBL bits<>(SB), RODATA|NOPTR, $16\nTEXT ·sum<ABIInternal>(SB), $0-32\nloop:\n\tMOVQ x_base+0(FP), SI\n\tCALL crypto∕md5·block(SB)\n\tDECQ R9; JNZ loop\n\tVPADDD.Z Y1, Y2, K1, Y3\n\tMOVQ $"gobuf\\z00", AX\n');
    const expected: Record<string, RegExp> = {
      include: /keyword\.control\.directive/, STEP: /entity\.name\.function\.preprocessor/, ADDQ: /mnemonic/, ROLQ: /mnemonic/, DATA: /storage\.type/, '0x0f': /numeric\.integer\.hexadecimal/, RODATA: /storage\.modifier/,
      '·sum': /entity\.name\.function/, '<ABIInternal>': /storage\.modifier/, loop: /entity\.name\.label/, x_base: /variable\.parameter/, FP: /pseudo-register/, 'crypto∕md5·block': /entity\.name\.function/,
      JNZ: /keyword\.control/, 'VPADDD.Z': /mnemonic/, K1: /register/, gobuf: /string\.quoted/,
    };
    for (const [text, wanted] of Object.entries(expected)) expect(scope(found, text), text).toMatch(wanted);
  });

  it.each(['ARM64 MOVD.P R0, 8(R1)', 'RISCV64 ADDI $-8, X2', 'S390X LMG 0(R15), R2, R3', 'PPC64 MOVD.Z', 'WASM I64Load $8', 'ARM MOVW.IA.W'])('takes what starts a statement for a mnemonic: %s', (text) => {
    const statement = text.slice(text.indexOf(' ') + 1);
    expect(tokens(`\t${statement}`).find((token) => token.text !== '')?.scope).toMatch(/mnemonic/);
  });

  it('leaves no word of the installed runtime and crypto without a meaning, on every GOARCH', ({ skip }) => {
    const root = goroot();
    if (!root) { skip('go is not here'); return; }
    const files = ['runtime', 'internal/bytealg', 'math/big', 'crypto/internal/fips140/sha256', 'crypto/md5', 'sync/atomic', 'reflect']
      .flatMap((dir) => (fs.existsSync(path.join(root, 'src', dir)) ? fs.readdirSync(path.join(root, 'src', dir)).filter((name) => name.endsWith('.s')).map((name) => path.join(root, 'src', dir, name)) : []));
    expect(files.length).toBeGreaterThan(150);
    const unknown: string[] = [], notMnemonic = new Map<string, string>();
    for (const file of files) {
      for (const { text, scope: where, line } of tokens(fs.readFileSync(file, 'utf8'))) {
        if (where === '' && /[\p{L}\p{N}]/u.test(text)) unknown.push(`${path.basename(file)}: ${text} in ${line.trim()}`);
      }
      // An indented line of a plain statement starts with a mnemonic, a directive, a label or a macro.
      for (const line of fs.readFileSync(file, 'utf8').split('\n')) {
        const word = /^\t([A-Z][A-Z0-9.]+)\s+[^\\]*$/.exec(line)?.[1];
        if (!word || notMnemonic.has(word)) continue;
        const where = tokens(line).find((token) => token.text === word)?.scope ?? '';
        if (!/mnemonic|keyword|prefix|hint|raw-data|storage\.type/.test(where)) notMnemonic.set(word, `${path.basename(file)}: ${word} is ${where}`);
      }
    }
    expect(unknown.slice(0, 20)).toEqual([]);
    expect([...notMnemonic.values()].slice(0, 20)).toEqual([]);
  }, 120_000);

  it('has a language configuration whose patterns are valid', () => {
    const configuration = JSON.parse(fs.readFileSync(path.join(syntaxes, 'go-asm.language-configuration.json'), 'utf8')) as { wordPattern: { pattern: string; flags: string }; indentationRules: Record<string, string>; folding: { markers: Record<string, string> } };
    for (const pattern of [...Object.values(configuration.indentationRules), ...Object.values(configuration.folding.markers)]) expect(() => new RegExp(pattern)).not.toThrow();
    expect('MOVQ runtime·g0(SB), AX'.match(new RegExp(configuration.wordPattern.pattern, `g${configuration.wordPattern.flags}`))).toEqual(['MOVQ', 'runtime·g0', 'SB', 'AX']);
  });
});
