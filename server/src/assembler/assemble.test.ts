// The assembler's bytes against Go's own encoder tests and against `go tool asm`, where Go is installed; errors against what they should say.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readAssembly } from '../analysis/assembly-file';
import { positionAt } from '../syntax/source';
import { assemble, type Assembled } from './assemble';
import { hex, listing } from './listing';
import { goAssemble, goMinor, goroot } from './testing/go-asm';

const disk = { read: (name: string) => { try { return fs.readFileSync(name, 'utf8'); } catch { return undefined; } }, list: () => undefined };
const assembled = (text: string, minor = goMinor || 26, name = 'x_linux_amd64.s'): Assembled & { all: string[] } => {
  const file = readAssembly(name, text, disk, { goroot, minor });
  const result = assemble(file, { packagePath: 'p', minor });
  return { ...result, all: [...file.problems, ...result.problems].map(({ span, message }) => `${positionAt(span.file, span.start).line + 1}: ${message}`) };
};
const functions = (result: Assembled) => new Map(result.texts.map(({ text, bytes }) => [text.name, hex([...bytes])]));
const one = (instruction: string, minor?: number) => {
  const result = assembled(`TEXT ·f(SB), 4, $0\n\t${instruction}\n`, minor);
  return result.all.length ? result.all[0] : hex([...(result.texts[0]?.bytes ?? [])]);
};

const TESTS = ['amd64enc.s', 'amd64enc_extra.s', 'avx512enc'];

test.skipIf(!goroot)("every line of Go's own encoder tests", () => {
  const folder = path.join(goroot ?? '', 'src/cmd/asm/internal/asm/testdata');
  const files = TESTS.flatMap((name) => (name.endsWith('.s') ? [path.join(folder, name)] : fs.readdirSync(path.join(folder, name)).map((file) => path.join(folder, name, file))));
  for (const file of files) {
    const text = fs.readFileSync(file, 'utf8');
    const result = assembled(text, goMinor, file);
    expect(result.all).toEqual([]);
    const bytes = new Map<number, string>();
    for (const row of listing(result)) bytes.set(row.line, (bytes.get(row.line) ?? '') + row.bytes);
    const wrong: string[] = [];
    text.split('\n').forEach((line, i) => {
      const wanted = /^\t[^/].*\/\/ ((?:[0-9a-f]{2})+(?: or (?:[0-9a-f]{2})+)*)$/.exec(line)?.[1];
      if (wanted && !wanted.split(' or ').includes(bytes.get(i + 1) ?? '')) wrong.push(`${path.basename(file)}:${i + 1}: ${bytes.get(i + 1) ?? 'nothing'}, should be ${wanted}`);
    });
    expect(wrong).toEqual([]);
  }
});

/** Frames around every limit of the stack check, with and without calls, and branches around theirs. */
function frames(): string {
  const out: string[] = ['#define NOSPLIT 4', '#define NEEDCTXT 64', '#define WRAPPER 32', '#define NOFRAME 512'];
  for (const frame of [0, 8, 112, 120, 128, 136, 4088, 4096, 4104, 100000]) {
    for (const flags of ['0', 'NOSPLIT', 'NEEDCTXT', 'WRAPPER', 'NOSPLIT|WRAPPER', 'NOSPLIT|NOFRAME']) {
      for (const call of ['NOP', 'CALL ·g(SB)']) {
        if (frame && flags.includes('NOFRAME')) continue;
        out.push(`TEXT ·f${out.length}(SB), ${flags}, $${frame}-16`, '\tMOVQ a+0(FP), AX', '\tMOVQ AX, x-8(SP)', `\t${call}`, '\tPUSHQ AX', '\tMOVQ b+8(FP), BX', '\tPOPQ AX', '\tRET', '\tMOVQ AX, b+8(FP)', '\tJMP ·g(SB)', '\tRET ·g(SB)');
      }
    }
  }
  for (const gap of [120, 124, 125, 126, 127, 128, 129, 130]) {
    const body = Array.from({ length: gap }, () => '\tBYTE $0x90');
    out.push(`TEXT ·j${gap}(SB), 4, $0`, 'top:', '\tJEQ end', '\tJMP end', ...body, '\tJNE top', '\tJMP top', '\tCMPB AX, $0', 'end:', '\tRET', '\tJMP hop', '\tNOP', 'hop:', '\tJMP top', '\tPCALIGN $32', '\tRET');
  }
  return `${out.join('\n')}\n`;
}

test.skipIf(!goroot)('prologues, frames, branches and alignment as go tool asm', () => {
  const text = frames();
  const theirs = goAssemble(text);
  expect([...theirs.rejected]).toEqual([]);
  const result = assembled(text);
  expect(result.all).toEqual([]);
  const ours = functions(result);
  expect([...theirs.functions].filter(([name, bytes]) => ours.get(name) !== bytes).map(([name, bytes]) => `${name}: ${ours.get(name) ?? 'missing'}, should be ${bytes}`)).toEqual([]);
});

/** Forms that Go's own encoder tests leave out. */
const X87 = 'FCLEX; FINIT; FSAVE (AX); FSTCW (AX); FSTENV (AX); FSTSW (AX); FSTSW AX; FLDCW (AX); FRSTOR (AX); FADDD F1, F0; FADDD F0, F2; FXCHD F0, F2; FXCHD F2, F0; FCOMD F2, F0; FCOMD F0, F2; FCOMDP F0, F2; FCOMDPP F0, F1; FUCOM F0, F2; FUCOMP F0, F2; FUCOMPP F0, F1; FCOMI F1, F0; FCOMIP F1, F0; FMOVD F0, F3; FMOVD F3, F0; FMOVDP F0, F3; FADDDP F0, F3; FSUBD F0, F3; FSUBRD F3, F0; FSUBDP F0, F3; FCMOVEQ F1, F0; FCMOVU F1, F0; FCMOVUN F1, F0; FCMOVNU F1, F0; FCMOVNE F1, F0; FBLD (AX); FBSTP (AX); FMOVX (AX), F0; FMOVXP F0, (AX); FXAM; FTST; INT $3; RDPID AX; FSUBD F0, F3; FSUBRD F0, F3; FSUBDP F0, F3; FSUBRDP F0, F3; FDIVD F0, F3; FDIVRD F0, F3; FDIVDP F0, F3; FDIVRDP F0, F3; FMULD F0, F3; FMULDP F0, F3; FSUBD F3, F0; FDIVRD F3, F0; FSUBD (AX), F0; FSUBRF (AX), F0; FDIVL (AX), F0; FDIVRW (AX), F0';

/** Each in a function of its own, with a byte before it so that alignment has something to do. */
const TAKEN = 'PCDATA $1, $-1; PCDATA $0, $0x7fffffff; PCDATA $3, $-0x80000000; FUNCDATA $2, a<>(SB); FUNCDATA $99, b(SB); FUNCDATA $0, go_args_stackmap(SB); FUNCDATA $1, no_pointers_stackmap(SB); PCALIGN $8; PCALIGN $2048; ' +
  'BYTE $-129; BYTE $256; WORD $0x12345; LONG $-1; QUAD $0x123456789abcdef0; NOP; NOP AX; NOP X1; NOP F0; NOP 8(AX); NOP a(SB); NOP $a(SB); MOVW $a<>(SB), R9; MOVW $x+8(FP), BX; RET ·g(SB); CALL *(AX); JMP ·g+8(SB)';
const REFUSED = ['PCDATA $0', 'PCDATA 0, 1', 'PCDATA $a(SB), $1', 'PCDATA $0x100000000, $1', 'PCDATA $0, $0x80000000', 'PCDATA $1, $-0x80000001', 'PCDATA $-1, $1', 'PCDATA $1, $1, $2', 'PCDATA $1.5, $1', 'PCDATA $8(AX), $1', 'FUNCDATA $0', 'FUNCDATA $0, $a(SB)', 'FUNCDATA $0, a+8(SB)',
  'FUNCDATA 0, a(SB)', 'FUNCDATA $-1, a(SB)', 'FUNCDATA AX, a(SB)', 'FUNCDATA $0, AX', 'FUNCDATA $0x100000000, a(SB)', 'FUNCDATA $1, *a(SB)', 'FUNCDATA $1, a(SB)(AX*1)', 'FUNCDATA $1, a(FP)', 'FUNCDATA $1, 8(AX)', 'FUNCDATA $"a", a(SB)', 'FUNCDATA $2, a(SB); FUNCDATA $2, b(SB)',
  'FUNCDATA $2, go_args_stackmap(SB)', 'FUNCDATA $0, no_pointers_stackmap(SB)', 'PCALIGN $7', 'PCALIGN $4096', 'PCALIGN 8', 'PCALIGN $8, $7', 'BYTE $1, $2', 'BYTE AX', 'QUAD $1.5', 'LONG $a(SB)', 'NOP $5', 'NOP AL', 'NOP Y1', 'NOP CS', 'NOP AX, BX', 'NOP $1.5', 'MOVW $a<>(SB), (AX)', 'RET $8', 'JEQ AX'];
const AT_MOST = 'PCALIGNMAX $8, $7; PCALIGNMAX $8, $6; PCALIGNMAX $32, $30; PCALIGNMAX $64, $63', BEYOND = ['PCALIGNMAX $8, $8', 'PCALIGNMAX $7, $3', 'PCALIGNMAX $8, $-1', 'PCALIGNMAX AX, $4', 'PCALIGNMAX $4096, $4', 'PCALIGNMAX'];

test.skipIf(!goroot || goMinor < 23)('instructions without code of their own: the same are taken, with the same bytes, and the same refused', { timeout: 60_000 }, () => {
  const text = `${TAKEN}; ${AT_MOST}`.split('; ').map((each, i) => `TEXT ·f${i}(SB), 4, $0-16\n\tBYTE $0x90\n\t${each}\n\tRET\n`).join('');
  const theirs = goAssemble(text), result = assembled(text);
  expect([[...theirs.rejected], result.all]).toEqual([[], []]);
  expect([...functions(result)]).toEqual([...theirs.functions]);
  for (const each of [...REFUSED, ...BEYOND]) {
    const wrong = `TEXT ·f(SB), 4, $0-16\n\t${each}\n\tRET\n`;
    expect([each, goAssemble(wrong).functions.size, assembled(wrong).all.length]).toEqual([each, 0, 1]);
  }
});

const DATA = String.raw`DATA a<>+0(SB)/8, $1; DATA a<>+8(SB)/4, $1.5; DATA a<>+12(SB)/2, $-2; DATA a<>+14(SB)/1, $'x'; DATA a<>+16(SB)/8, $b<>+4(SB); DATA a<>+24(SB)/8, $"abc\x00ü"; DATA a<>+32(SB)/3, $"\n\\\""; DATA a<>+36(SB)/4, $0x1ffffffff; DATA a<>+40(SB)/8, $0xffffffffffffffff
GLOBL a<>(SB), 8, $64; GLOBL b<>(SB), 16, $16; DATA ·c+0(SB)/8, $-1.5; GLOBL ·c(SB), 18, $8; DATA ·d(SB)/8, $·f(SB); DATA ·d+8(SB)/16, $"0123456789abcdef"; GLOBL ·d(SB), $24; GLOBL ·e(SB), $0; DATA f<>+0(SB)/8, $(1+2*3<<4); GLOBL f<>(SB), 8, $8; DATA h<>+4(SB)/4, $1e-40; GLOBL h<>(SB), 8, $8`.replaceAll('; ', '\n');
/** One a line, refused by Go. */
const WRONG = `DATA a<>+0(SB)/3, $1; DATA a<>+0(SB)/8, $"abcdefghi"; DATA a<>+0(SB)/2, $1.5; DATA a<>+0(SB)/2, $b<>+4(SB); DATA a<>-8(SB)/8, $1; DATA a<>+0(SB)/8; DATA a<>+0(SB), $1; DATA a<>+0(SB)/8, 1; DATA a<>+0(SB)/8, (AX); DATA a<>+0(SB)/8, $1, $2; DATA a<>+0(FP)/8, $1; DATA a<>+0(SB)/0, $1; DATA a<>+0(SB)/-1, $1; DATA
GLOBL; GLOBL a<>(SB), 8; GLOBL a<>(SB), 8, 8; GLOBL a<>+8(SB), 8, $8; GLOBL a, 8, $8; GLOBL a<>(SB), FOO, $8; GLOBL a<>(SB), 8, $b(SB); GLOBL a(FP), $8; TEXT; TEXT ·f(SB); TEXT ·f(SB), 4; TEXT ·f(SB), 4, 8; TEXT ·f, 4, $8; TEXT ·f+8(SB), 4, $8; TEXT ·f(FP), 4, $8; TEXT ·f(SB), 4, $0, $8; TEXT ·f(SB), FOO, $8; TEXT ·f(SB), 4, $8--8; TEXT ·f(SB), 4, $8-(8); TEXT ·f(SB), 4, $8-8-8; TEXT ·f(SB), 4, $AX; TEXT ·f<ABI9>(SB), 4, $8`.split(/; |\n/)
  .concat(['DATA a<>+4(SB)/4, $1\nDATA a<>+0(SB)/8, $1', 'DATA a<>+0(SB)/4, $1\nDATA a<>+0(SB)/4, $1', 'GLOBL a<>(SB), 8, $8\nGLOBL a<>(SB), 8, $8', 'TEXT ·f(SB), 4, $0\n\tRET\nTEXT ·f(SB), 4, $0\n\tRET']);

// Before Go 1.22 the listing had another name for the package.
test.skipIf(!goroot || goMinor < 22)('data: bytes, sizes and addresses as go tool asm; DATA, GLOBL and TEXT that it refuses are refused', { timeout: 60_000 }, () => {
  const theirs = goAssemble(`${DATA}\n`), result = assembled(`${DATA}\n`);
  expect([[...theirs.rejected], result.all]).toEqual([[], []]);
  expect(theirs.data.size).toBe(7);
  const ours = new Map(result.data.map(({ name, bytes, relocations }) => [name, { size: bytes.length, hex: hex([...bytes]), addresses: relocations.map(({ offset, size, symbol, addend }) => `${offset}+${size} ${symbol}+${addend}`) }]));
  expect([...ours].sort()).toEqual([...theirs.data].map(([name, each]) => [name, { ...each, hex: each.hex.padEnd(each.size * 2, '0') }]).sort());
  for (const each of WRONG) {
    const wrong = `${each}\nTEXT ·z(SB), 4, $0\n\tRET\n`;
    expect([each, goAssemble(wrong).functions.size, assembled(wrong).all.length > 0]).toEqual([each, 0, true]);
  }
});

test.skipIf(!goroot)('x87 as go tool asm', () => {
  const text = `TEXT f(SB), 4, $0\n\t${X87.replaceAll('; ', '\n\t')}\n`;
  const theirs = goAssemble(text);
  expect([...theirs.rejected]).toEqual([]);
  expect(functions(assembled(text)).get('f')).toBe(theirs.functions.get('f'));
});

test.skipIf(!goroot)('thread-local storage on every system as go tool asm', () => {
  const text = 'TEXT f(SB), 0, $16\n\tMOVQ TLS, BX\n\tMOVQ 0(BX)(TLS*1), CX\n\tMOVQ (TLS), AX\n\tMOVQ AX, 8(BX)(TLS*1)\n\tCALL f(SB)\n\tRET\nTEXT h(SB), 0, $5000\n\tCALL f(SB)\n\tRET\n';
  for (const goos of ['linux', 'darwin', 'windows', 'freebsd', 'openbsd', 'plan9']) {
    const theirs = goAssemble(text, goos).functions;
    const ours = functions(assembled(text, goMinor, `x_${goos}_amd64.s`));
    expect([goos, ours.get('f'), ours.get('h')]).toEqual([goos, theirs.get('f'), theirs.get('h')]);
  }
});

test('without Go: sizes, immediates and the prologue that saves BP', () => {
  expect(one('ADDQ $1, AX')).toBe('4883c001');
  expect(one('MOVQ $5, AX', 26)).toBe('48c7c005000000');
  expect(one('MOVQ $5, AX', 27)).toBe('b805000000');
  expect(one('VADDPD.RU_SAE.Z Z1, Z2, K3, Z4')).toBe('62f1eddb58e1');
  const text = 'TEXT ·f(SB), $16\n\tCALL ·g(SB)\n\tRET\n';
  // MOVQ (TLS), R14; CMPQ SP, 16(R14); JLS; PUSHQ BP; MOVQ SP, BP; SUBQ $16, SP; CALL; ADDQ $16, SP; POPQ BP; RET; CALL; JMP.
  expect(hex([...(assembled(text, 26).texts[0]?.bytes ?? [])])).toBe(['644c8b342500000000', '493b6610', '7613', '55', '4889e5', '4883ec10', 'e800000000', '4883c410', '5d', 'c3', 'e800000000', 'ebd7'].join(''));
});

test.skipIf(!goroot)("every line that Go's own tests expect an error on has one with a reason, and no other line", () => {
  const text = fs.readFileSync(path.join(goroot ?? '', 'src/cmd/asm/internal/asm/testdata/amd64error.s'), 'utf8');
  const expected = text.split('\n').flatMap((line, i) => (line.includes('// ERROR "') ? [i + 1] : []));
  expect(expected.length).toBeGreaterThan(100);
  const { all } = assembled(text);
  expect([...new Set(all.map((each) => Number(/^\d+/.exec(each)?.[0])))].sort((a, b) => a - b)).toEqual(expected);
  // An instruction's name is no reason, nor is one that names what is there already.
  expect(all.filter((each) => /: invalid instruction( \w+)?$|, memory, should be [^m]*memory(?! with)/.test(each))).toEqual([]);
});

test('reasons, not just refusals', () => {
  expect(one('MOVL (AX)(X1*1), AX')).toMatch(/operand 1 has X1 as its index, which only gathers and scatters can have/);
  expect(one('VPGATHERDQ Y2, (BP)(Y3*2), Y1')).toMatch(/operand 2, memory with the index Y3, should be memory with an index X0…X15/);
  expect(one('MOVL foo<>(SB)(AX*1), AX')).toMatch(/cannot have an index/);
  expect(one('MOVL (AX)(SP*1), AX')).toMatch(/SP cannot be an index register/);
  expect(one('VADDPD Z0, Z1, K0, Z2')).toMatch(/operand 3, K0, should be a mask K1…K7 \(K0 means no mask\)/);
  expect(one('EXTRACTPS $4, X2, (BX)')).toMatch(/\$4, should be a constant from 0 to 3/);
  expect(one('MOVQ 3395469782(R10), R8')).toMatch(/offset too large/);
  expect(one('PUSHL AX')).toMatch(/64-bit mode/);
  expect(one('VADDPD.RU_SAE X3, X2, K1, X1')).toMatch(/unsupported rounding.*only its Z form/);
  expect(one('LEAQ AX, BX')).toMatch(/operand 1, AX, should be memory/);
  expect(one('PCALIGN $16', 21)).toMatch(/since Go 1\.22/);
  expect(one('PCALIGNMAX $16, $3', 22)).toMatch(/unrecognized instruction PCALIGNMAX/);
  expect(one('FUNCDATA $0, a+8(SB)')).toMatch(/a symbol without an offset/);
  expect(one('PCDATA $1, $0x80000000')).toMatch(/2147483648, the value of PCDATA, does not fit into 32 bits/);
  expect(one('ENDBR64', 24)).toMatch(/since Go 1\.25/);
  expect(one('JMP nowhere')).toMatch(/undefined label nowhere/);
  expect(one('CALL runtime·f<ABIInternal>(SB)')).toMatch(/only packages of the runtime may select an ABI/);
});
