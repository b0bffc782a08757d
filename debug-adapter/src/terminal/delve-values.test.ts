// Programs of many kinds of values under the same script in Delve and here: same stops, lines, values, frames and lists.
// Must stay true: what is compared is what both can do alike; places of the machine (addresses, thread ids) are left out, nothing else.

import { execFile, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { hasGo } from '../engine/testing/session';
import { build, toolchain } from '../testing/toolchains';
import { played } from './testing/play';

const DATA = path.join(import.meta.dirname, 'testdata');
const hasDelve = hasGo && spawnSync('dlv', ['version']).status === 0;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-values-'));
afterAll(() => { fs.rmSync(folder, { recursive: true, force: true }); });

/** `// mark` at a line's end is where a breakpoint goes. */
function at(file: string, mark: string): string {
  return `${file}:${fs.readFileSync(path.join(DATA, file), 'utf8').split('\n').findIndex((line) => line.endsWith(`// ${mark}`)) + 1}`;
}
const kinds = (mark: string): string => at('kinds.go', mark), iterators = (mark: string): string => at('iterators.go', mark), mixture = (mark: string): string => at('mixture.go', mark);
const USER = 'goroutines -with userloc main.';

/** An expression and its type. */
const both = (list: string[]): string[] => list.flatMap((each) => [`print ${each}`, ...(each.startsWith('%') ? [] : [`whatis ${each}`])]);

const SCRIPTS: { name: string; file: string; from: number; lines: string[]; flags?: string[] }[] = [
  { name: 'recursion, arrays, maps, slices and pointers', file: 'kinds.go', from: 19, lines: [
    `break ${kinds('deepest')}`, 'continue', 'stack 6', 'stack 7 -offsets', 'args', 'print seen', 'up', 'args', 'frame 3 print n', 'stepout', 'clearall',
    `break ${kinds('collections')}`, 'continue', 'locals', 'locals -v', 'print big[7]', 'print big[290:]', 'print grid[1][2]', 'print len(text), 1', 'print text[:4]', 'print lookup', 'print words["one"]', 'print nilMap', 'print %x bytes', 'print runes', 'print complexes[0]',
    'print pointers', 'print *pointers[0]', 'print funcs[0]', 'print chain', 'print chain.next.value', 'print chain.next.next.value', 'whatis lookup', 'whatis funcs', 'whatis chain.value', 'print green', 'print none == nil', 'print len(big) + cap(bytes)', 'print big[400]', 'print nosuch', 'print chain.nosuch', 'exit',
  ] },
  { name: 'interfaces, embedding, method values', file: 'kinds.go', from: 19, lines: [
    `break ${kinds('interfaces')}`, 'continue', 'locals', 'print nothing', 'print err', 'print err.(*fmt.wrapError).msg', 'print p', 'print p.animal.legs', 'print p.legs', 'print p.owner', 'print p.tags', 'print l', 'print l.(*main.animal).name', 'print n', 'print values', 'print values[4].(main.point).y', 'print values[3]',
    'whatis p', 'whatis l', 'whatis values', 'print structs', 'print method', 'print expression', 'print structs.extra[0] && !structs.extra[1]', 'print l.(main.color)', 'whatis main.pet', 'exit',
  ] },
  { name: 'expressions of every kind', file: 'walks/structs.go', from: 19, lines: [
    `break ${at('walks/structs.go', 'all')}`, 'continue',
    'print o.base.id', 'print o.id', 'print o.name', 'print o.extra', 'print o.extra["s"]', 'print o.extra["f"]', 'print o.extra["zz"]', 'print o.ch', 'print o.any', 'print o.any.(*fmt.wrapError)', 'print o.any.(*fmt.wrapError).msg', 'print o.any.(error)', 'print o.c', 'print real(o.c)', 'print imag(o.c)', 'print complex(1, 2)', 'print o.c * 2', 'print o.c + o.c', 'print o.arr', 'print o.arr[1][2]', 'print o.arr[1:]', 'print o.arr[5]', 'print len(o.arr)', 'print cap(long)', 'print long[2:5]', 'print long[:3]', 'print long[97:]', 'print long[100]', 'print long[-1]', 'print o.un', 'print o.un.y', 'print o.emp', 'print o.ptrs', 'print o.ptrs[0].tag', 'print o.ptrs[1]', 'print *o.ptrs[1]', 'print o.col', 'print o.col == blue', 'print o.col == main.blue', 'print main.green', 'print o.fl', 'print o.fl & 1', 'print o.fl | 2', 'print o.fl &^ 1', 'print o.dur', 'print o.up', 'print b.next.next.next.id', 'print (*int)(0)', 'print int(o.col)', 'print uint8(300)', 'print int8(-1)', 'print float64(3)', 'print float32(o.dur)', 'print string(y)', 'print string(98)', 'print []byte(y)', 'print y', 'print y[0]', 'print y[2:4]', 'print y[1:]', 'print len(y)', 'print y + "!"', 'print y == "a"', 'print y < "z"', 'print x + 1', 'print x - 1', 'print -x', 'print +x', 'print ^x', 'print !true', 'print x * 2', 'print x / 3', 'print x % 7', 'print x << 3', 'print x >> 1', 'print 1 << 70', 'print 1 / 0', 'print x / 0', 'print x == 5', 'print x != 5', 'print x > 5 && z < 3', 'print x > 5 || z < 3', 'print x + y', 'print x + 1.5', 'print o.dur + 1', 'print 1.5 + 2', 'print "a" + "b"', 'print 0x10', 'print 0b101', 'print 0o17', 'print 1_000', 'print \'a\'', 'print \'\\n\'', 'print `raw`', 'print "esc\\t\\""', 'print nil', 'print ni', 'print ni == nil', 'print np', 'print np == nil', 'print *np', 'print np.name', 'print ns == nil', 'print nm', 'print nm["x"]', 'print nf', 'print nc', 'print len(nc)', 'print min(3, x)', 'print max(1.5, 2)', 'print min()', 'print len("héllo")', 'print runtime.NumCPU', 'print main.main', 'print main.take', 'print math.MaxInt64', 'print fmt.Println', 'print time.Second', 'print nosuch', 'print nosuch.x', 'print o.nosuch', 'print b.next == b', 'print o == o', 'print o.mid == nil', 'print &o == &o', 'print o.fn == nil', 'print len(str)', 'print str[60:]', 'print runtime.allgs[0].goid', 'print (*runtime.g)(runtime.allgs[0]).atomicstatus', 'print runtime.curg.goid', 'print runtime.goid', 'print iota', 'print len(o.extra)', 'print o.extra["n"].(int)', 'print o.extra["s"].(int)', 'print o.extra["s"].(string)', 'print (o.extra["s"]).(string)[1:]', 'print *(*uint8)(o.us)', 'print *(*[4]uint8)(o.us)', 'print (*[4]uint8)(o.us)[2]', 'print *(*main.base)(o.us)', 'print interface{}(x)', 'print x.(int)', 'print %x x', 'print %d o.arr', 'print %v o.un', 'print %q y', 'print %08b x', 'print %s y', 'print %v o.c', 'print %+v o.c', 'print %#v o.c', 'print %.2f o.c', 'print %8.1f o.c', 'print %+.1e o.c', 'print %#v o.up', 'print %#v o.extra', 'exit',
  ] },
  { name: 'operands that fit, and that do not', file: 'walks/structs.go', from: 19, lines: [
    `break ${at('walks/structs.go', 'all')}`, 'continue',
    'print 1 + 2i', 'print 2i * o.c', 'print imag(3i)', 'print real(4)', 'print -o.c', 'print max("a", "b", "ab")', 'print min(y, "zz")', 'print max(x, 3, 70000)', 'print nil + 1', 'print x == nil', 'print nil == x', 'print ni == nil', 'print np == nil', 'print &3', 'print *3', 'print *x', 'print *nil', 'print &nil', 'print !nil', 'print -nil', 'print nil[0]', 'print nil[1:2]', 'print nil.x', 'print x + np', 'print x + y', 'print o.dur + x', 'print o.dur + 1', 'print y + 1', 'print nc + 1', 'print nc == o.ch', 'print nc == nc', 'print ns == nil', 'print 1 << -1', 'print x << 1.5', 'print x << 2', 'print 1.5 << 2', 'print 1.5 + x', 'print o.un.x + 1', 'print o.un.x / 2', 'print []byte("héé")', 'print string([]rune("héé"))', 'print string(runes)', 'print string(stamp)', 'print string(stamp[1:3])', 'print string(o.arr)', 'print string(x)', 'print []byte(runes)', 'print complex128(x)', 'print complex64(o.un.x)', 'print uint8(o.un.x)', 'print float64(o.col)', 'print int(np)', 'print (*int)(y)', 'print (*main.outer)(&o)', 'print long[0:70]', 'print long[:90]', 'print long[20:]', 'print long[x:]', 'print o.extra[9:]', 'print o.extra[1:2]', 'print main.nosuch', 'print main.red', 'print x.nosuch', 'print o.col.nosuch', 'print np.nosuch', 'print np.name', 'print o.mid.base.next.next.nosuch', 'print cap(x)', 'print len(np)', 'print cap(y)', 'print len(stamp)', 'print complex(1, y)', 'print ni.(int)', 'print o.any.(int)', 'print o.any.(nosuch)', 'print x.(int)', 'print take', 'print main.take', 'print nosuch(1)', 'print o.nosuch(1)', 'print fmt.nosuch(1)', 'print _RAX == RAX', 'print RAX.uint8[9]', 'print x && true', 'print stamp == stamp', 'print o.arr == o.arr', 'print long == long', 'print mexico', 'print "fmt".nosuch',
    'whatis 1', 'whatis 1.5', 'whatis "a"', 'whatis true', 'whatis x', 'whatis x == 1', 'whatis x + 1', 'whatis y[0]', 'whatis o.un.x / 2', 'whatis string(x)', 'whatis string(stamp)', 'whatis main.color(1)', 'whatis ni', 'whatis o.any', 'whatis nil', 'whatis len(y)', 'whatis []rune(y)', 'whatis names', 'whatis 1 + 2i', 'exit',
  ] },
  { name: 'what cannot be read as an expression', file: 'walks/structs.go', from: 19, lines: [
    `break ${at('walks/structs.go', 'all')}`, 'continue',
    ...['(', '(1', '1 +', '1 2', ')', 'a b', '"abc', "'ab'", '[', 'x[', 'x[1', 'x.', 'x.1', '*', '&', '1 +* 2', 'f(', 'f(1,', 'f(1', 'f(1 2)', '{', '#', '@', 'a@b', '0x', '0b', '1e', '1.5e+', '1.2.3', '08', '1_000', '`raw`', '"\\q"', '"\\\'"', "''", "'\\n'", 'a ? b', 'a := 1', 'if', 'func', 'map[string]', 'chan', 'x.(', 'x.()', 'long[1:2:3]', '!', '^', '&^3', '...', 'a...', 'a;b', 'return', '1,2', 'ns[0]', 'long[-1]', 'map', 'map[', 'struct', 'struct{', 'struct{a', 'interface', 'interface{', 'func(', '<-', '<-5', '~x', '\'a', '`a', 'x[::]', 'x[1::2]', 'x[1:2:]', 'a{', 'a{1', 'a{1 2}', 'main.base{', 'main.base{1', 'main.base{1,', 'main.base{x:1 y:2}', 'a.if', '$', 'nosuch(a...)', 'nosuch(a..., b)', 'x.(type)', 'x.(1)', '1__0', '1_', '0b12', '0o8', '\'\\400\'', '\'\\xf\'', '\'\\u12\'', '"\\xzz"', '"\\400"', 'a++', 'a--', '1--1', 'a = 1', '(a = 1)', 'a += 1'].map((text) => `print ${text}`),
    'funcs (', 'funcs [', 'funcs a[', 'funcs *', 'funcs a)', 'funcs a\\', 'funcs a**', 'types (', 'sources (', 'locals (', 'args [', 'vars (', 'packages *', 'break /(/', 'list /[/', 'exit',
  ] },
  { name: 'floating-point numbers in hexadecimal', file: 'walks/structs.go', from: 19, lines: [
    `break ${at('walks/structs.go', 'all')}`, 'continue',
    ...['o.un.x', 'o.un.y', 'o.c', 'o.extra', '1.5', '-0.1', '1e300', '5e-324', '2.2250738585072014e-308', '0.0', '1024.0', '255.9375'].flatMap((text) => [`print %x ${text}`, `print %X ${text}`]), ...['%.0x', '%.1x', '%.3x', '%.15x', '%+x', '%.2f'].flatMap((format) => [`print ${format} 1.96875`, `print ${format} -1.999999`]), 'exit',
  ] },
  { name: 'assignments', file: 'walks/structs.go', from: 19, lines: [
    `break ${at('walks/structs.go', 'all')}`, 'continue',
    ...[['x', '5'], ['x', 'x + z'], ['x', 'len(y)'], ['x', 'y'], ['x', '1.5'], ['y', '"changed"'], ['y', '""'], ['y', 'str'], ['y', 'nil'], ['ns', 'long'], ['ns', 'long[2:4]'], ['ns', 'nil'], ['ns', 'str'], ['ni', 'nil'], ['np', '&o'], ['np', 'nil'], ['o.any', 'nil'], ['o.col', '1'], ['o.col', 'x'], ['o.dur', '5'], ['o.un.x', '2'], ['o.c', '1+2i'], ['o.arr[0][0]', '-7'], ['b.id', 'x == 5'], ['names', 'nil'], ['nosuch', '1'], ['x', 'nosuch']].flatMap(([to, from]) => [`set ${to} = ${from}`, `print ${to}`]), 'exit',
  ] },
  { name: 'lines and places that are named', file: 'kinds.go', from: 19, lines: [
    `break ${kinds('deepest')}`, 'continue', 'list 1', 'list +1', 'list -3', 'list 17', 'list kinds.go:2', 'list kinds.go:100000', 'list depth', 'list main.nosuch', 'list /^main\\.(depth|collections)$/', 'list *0x1', 'break kinds.go:1', 'jump kinds.go:1', 'jump main.collections', 'jump', 'frame 1', 'print nosuch', 'display -a', 'display -d 0', 'display -d x', 'display -d -1', 'next x', 'next 0', 'thread 99999', 'thread x', 'exit',
  ] },
  { name: 'breakpoints on the way', file: 'kinds.go', from: 19, lines: [
    'break bp1 main.depth', 'break main.depth', 'trace main.depth', 'break bp2 main.depth', 'on bp1 stack 1', 'on bp1 print n', 'on bp1 args', 'on bp1 print seen', 'on bp1 locals', 'on bp1 goroutine', 'condition -hitcount bp1 foo', 'condition -per-g-hitcount bp1 >= 1', 'continue', 'next 4', 'display -a n', 'display -a nosuch', 'next', 'next 3', 'display -d 1', 'stepout', 'clear bp1', 'next', 'stack 3', 'exit',
  ] },
  { name: 'numbers of breakpoints that could not be set', file: 'kinds.go', from: 19, lines: ['break main.depth', 'break main.depth', 'break nosuch', 'watch -w nosuch', 'break x main.main', `break x ${kinds('deepest')}`, `break ${kinds('deepest')}`, 'breakpoints', 'exit'] },
  { name: 'a hit count without an operator', file: 'kinds.go', from: 19, lines: ['break bp1 main.depth', 'condition -hitcount bp1 2', `break ${kinds('deepest')}`, 'continue', 'print n', 'continue', 'print n', 'exit'] },
  { name: 'tracepoints with what is returned', file: 'kinds.go', from: 19, lines: [
    'trace main.depth', 'trace tc main.collections', 'trace kinds.go:72', 'on 1 print n', 'on 1 locals', 'on 1 goroutine', 'on 1 stack 1', 'on tc goroutine', 'breakpoints', `break ${kinds('interfaces')}`, 'continue', 'clear 1', 'clear tc', 'breakpoints', 'exit',
  ] },
  { name: 'variables before they are declared', file: 'kinds.go', from: 19, lines: [
    'break main.collections', 'continue', 'print big', 'print grid', 'locals', 'next', 'print big[7]', 'print grid', 'whatis grid', 'set grid = 1', 'up', 'locals', 'exit',
  ] },
  { name: 'generics and closures', file: 'kinds.go', from: 19, lines: [
    `break ${kinds('generic')}`, 'continue', 'locals', 'print p.key', 'print *p', 'whatis p', 'clearall', `break ${kinds('closure')}`, 'continue', 'args', 'locals', 'print count + inner', 'stack 2', 'up', 'locals', 'continue', 'print count', 'print name', 'funcs main\\.\\(\\*pair', 'exit',
  ] },
  { name: 'defer, panic, recover', file: 'kinds.go', from: 19, lines: [
    `break ${kinds('recovered')}`, 'break main.recovers', 'continue', 'next', 'next', 'next', 'stack 1 -defer', 'deferred 3 args', 'deferred 0 args', 'next', 'continue', 'continue', 'print r', 'next', 'exit',
  ] },
  { name: 'out of functions with deferred calls', file: 'walks/defers.go', from: 19, lines: [
    'break main.nested', 'continue', 'continue', 'stepout', 'stack 3', 'clearall', `break ${at('walks/defers.go', 'named')}`, 'continue', 'stepout', 'clearall', `break ${at('walks/defers.go', 'wrapped')}`, 'continue', 'stepout', 'exit',
  ] },
  { name: 'channels with waiters, labels', file: 'kinds.go', from: 19, lines: [
    `break ${kinds('channels')}`, 'continue', 'print len(full)', 'print cap(full)', 'print done', USER, `${USER} -l`, 'goroutines -with label number=1', 'goroutines -group label number -with userloc main.', 'goroutines -chan full', 'goroutines -chan empty', 'goroutines -without user -with userloc main.', 'print mu', 'print wg.noCopy', 'exit',
  ] },
  { name: 'bytes that are no text, names of registers, pointers to what is indexed', file: 'corners.go', from: 19, lines: [
    `break ${at('corners.go', 'corners')}`, 'continue',
    ...both(['bad', 'bad + "x"', 'bad[1]', 'bad == "a\\xffb\\xc3(c\\xe4\\xb8"', 'bad < "a\\xfe"', '"\\xff"', '"\\xe4\\xb8\\x96"', '"\\377" + bad', 't', 't + "x"', 't[1:]', 't == "xy\\xfe"', 'string(t)', 'string(arr)', 'string(arr[:])', '%q bad', '%x bad', '%s t', '%v t']),
    ...both(['sp', 'pc', '*sp', '*pc', 'sp[1]', 'pc["k"]', 'pt[0]', 'pc["nosuch"]', 'sp[9]', 'list[nosuch]', 'list["a"]', 'list[1.5]', 'list[1.0]', 'ppx', '**ppx', 'pp.name', '(*pp).name', 'animal.name', 'mixed[1]', 'mixed["a"]', 'long[0:100]', 'long[:100]']),
    ...both(['errs[0] == errs[0]', 'errs[0] == io.EOF', 'errs[1] == io.EOF', 'errs[2] == errs[1]', 'errs[3] == nil', 'errs[0] != nil']),
    ...both(['odd', 'bare', 'where', 'nowhere', 'in', 'out', '(chan int)(5)', '(<-chan int)(5)', '(*int)(px)', '(*int)(0)', '*(*int)(px)']),
    ...both(['f', 'v.Legs', 'c.Name', 'animal.Name', 'time.Duration.String', '!yes', '!!yes', '-half', '+half', 'half + 1', '-i64', 'u8 + 100', '0x1p4', '0x1.8p-2', '0X.8p1', '0x1p', '%+v v', '%#v bad', '%#v t', '%#v u8', '%#v i64', '%#v v', '%+d i64', '%s u8', '%s i64', '%T t', '%T u8', '%T half', 'len(5)', 'cap("x")', 'len()', 'cap()', 'yes && i64', 'i64 && yes', 'half % 2', 'yes < true', '!1', '-"x"', '^half', '+yes', '!half', 'main.nosuch(1)', 'main.truth(1)', '(*[2]main.nosuch)(px)']).filter((line) => !/^print (f|v\.Legs|c\.Name|animal\.Name|time\.Duration\.String)$/.test(line)),
    'print f', 'exit',
  ] },
  { name: 'goroutines that wait', file: 'waits.go', from: 21, lines: [
    `break ${at('waits.go', 'parked')}`, 'continue', 'goroutines -with label w', 'goroutines -r -with label w', 'goroutines -g -with label w', 'goroutines -l -with user', ...['userloc', 'curloc', 'startloc', 'goloc', 'user', 'label w'].map((by) => `goroutines -group ${by}`), 'goroutines -with userloc net -t 4', 'goroutines -chan block', 'goroutines -chan block -t', 'goroutines -chan block -with userloc many', 'goroutines -chan cs', 'print block', 'print l', 'print rw',
    ...['recv', 'ctx', 'sleep', 'locked'].map((label) => `goroutines -with label w=${label} -exec bt -full`), 'goroutines -with label w=once2 -exec bt', 'goroutines -with label w=none -exec bt -defer', `break ${at('waits.go', 'chosen')}`, 'continue', 'stack 3', 'locals', 'args', 'next', 'next', 'next', 'stepout', 'exit',
  ] },
  { name: 'goroutines that wait in optimised code', file: 'waits.go', from: 21, flags: [], lines: [
    `break ${at('waits.go', 'parked')}`, 'continue', 'goroutines -with label w', 'goroutines -l -with user', 'goroutines -group userloc', 'goroutines -with userloc main', 'goroutines -chan block', 'goroutines -with userloc net -exec frame 2 args', 'goroutines -with label w=pipe -exec bt', 'exit',
  ] },
  { name: 'memory that expressions name', file: 'features.go', from: 21, lines: [
    `break ${at('features.go', 'pointers')}`, 'continue', ...['-fmt bin -count 4 -size 1 -x q', '-x q', '-x p', '-x u', '-x ap', '-count 8 -x &x', '-x x', '-x str', '-x s', '-x cc', '-x ni', '-x nilf', '-x 1.5', '-x true', '-x 1+', '-x nosuch', '-x &x[1]', '-x u+2', '-x -1', '-x "a"', '-fmt addr -x q'].map((text) => `x ${text}`), ...[11, 35, 95, 2].map((number) => `print syscall.Errno(${number})`), 'print syscall.Signal(29)', 'print syscall.Signal(6)', 'print ni.nosuch', 'print np.nosuch', 'print np.both',
    'clearall', `break ${at('features.go', 'values')}`, 'continue', ...['o', 'c', 'e', 'e2', 'err', 'm1', 'iv[1]', 't', 'anon'].map((text) => `x -x ${text}`), 'print e2.nosuch', 'print err.nosuch', 'print err.code', 'print o.both.name', 'exit',
  ] },
  { name: 'into coroutines and back', file: 'coroutines.go', from: 23, lines: [
    `break ${at('coroutines.go', 'next')}`, 'continue', 'clear 1', 'locals', 'whatis next', 'step', 'step', 'step', 'stack', 'stepout', 'next', 'step', 'print v', 'next', 'step', 'stack', 'step', 'step', 'goroutines -r -with userloc pulled', `break ${at('coroutines.go', 'first')}`, 'continue', 'locals', 'step', 'step', 'step', 'step', 'step', 'stack 4', 'exit',
  ] },
  { name: 'out of loops over functions', file: 'coroutines.go', from: 23, lines: ['break main.nested', 'continue', ...Array<string>(10).fill('next'), 'step', 'step', 'step', 'stepout', 'exit'] },
  { name: 'coroutines that panic', file: 'coroutines.go', from: 23, lines: [`break ${at('coroutines.go', 'inpanic')}`, 'continue', 'stack', 'next', 'next', 'next', 'exit'] },
  { name: 'what callers keep', file: 'corners.go', from: 19, flags: [], lines: [
    `break ${at('corners.go', 'leaf')}`, 'continue', 'stack 2', 'frame 1 print n', 'frame 1 print s', 'frame 1 print e', 'frame 1 whatis e', 'frame 1 print k', 'up', 'print n + 1', 'print err', 'exit',
  ] },
  { name: 'pointers that are indexed, literals, types that stand where a value should', file: 'mixture.go', from: 22, lines: [
    `break ${mixture('pointers')}`, 'continue',
    ...both(['u[0]', 'u["x"]', 'e[0]', 'pp[0]', 'pi[0]', 'pi[1]', 'pa[0]', 'pa[3]', 'pf[0]', 'ps[0]', 'pe[0]', 'pc[0]', 'pan[0]', '(&q)[0]', '(*main.node)(0)[0]', 'u[1:2]', 'pi[0:1]', 'list[1:]', 'list[0:1]', 'u.arr[1:]']),
    ...both(['struct{}{}', 'struct{ a int }{1}', '[]int{1, 2}', '[]int{}', '[2]int{1, 2}', '[...]int{1, 2}', 'map[string]int{"a": 1}', 'map[string]int{}', 'point{1, 2}', 'main.point{1, 2}', 'main.point{x: 1}', 'main.point{}', '&main.point{1, 2}', 'main.point{1, 2}.x', 'main.point{1, 2} == q', 'main.nosuch{1}', 'main.point{z: 1}', 'main.empty{}', 'int{}', 'x{}', '5{}', 'u.next{}', 'func() int { return 1 }', 'func() {}', 'func() {}()', '(func() int)(f)', '("main.point")(q)', '*(*"main.point")(&q)', '("nosuch")(q)', '("[2]int")(q)']),
    ...['struct{}', 'interface{}', '[]int', 'map[string]int', 'chan int', 'func()'].map((text) => `print ${text}`), ...['struct{}', '[]int', 'string', '*int', '[3]int', 'main.point', 'main.names'].map((text) => `whatis ${text}`),
    'print failure.(*nosuch)', 'print nosuch.(*nosuch)', 'print main.(*node).nosuch', 'print', 'print %v',
    ...[['eface', 'failure'], ['eface', 'held'], ['eface', 'pi'], ['eface', 'pc'], ['eface', 'q'], ['eface', 'i'], ['eface', 'temperature'], ['failure', 'pi'], ['failure', 'eface'], ['held', 'list'], ['list', '5'], ['text', '5'], ['q', '5'], ['yes', '5'], ['temperature', 'big'], ['big', 'temperature'], ['temperature', '5'], ['minimal', 'letter'], ['list', 'list[1:]'], ['q', 'main.point{7, 8}'], ['u.arr', 'u.next.arr'], ['*pi', '4'], ['(minimal)', '(7)'], ['letter', '\'x\''], ['maximal', '-1'], ['nosuch', 'nosuch2']].flatMap(([to, from]) => [`set ${to} = ${from}`, `print ${to}`]), ...['=', 'yes', 'yes =', '= 5', 'yes == true', 'yes = = 5', 'minimal := 5', 'minimal += 5', 'minimal++', 'u.arr[0]=9', 'q.x='].map((text) => `set ${text}`), 'print minimal = 5', 'print (minimal = 5)', 'print u.arr[minimal = 1]', 'print minimal++', 'print minimal--1', 'exit',
  ] },
  { name: 'formats', file: 'mixture.go', from: 22, lines: [
    `break ${mixture('pointers')}`, 'continue',
    ...['temperature', 'big', 'tiny', 'huge', 'both', 'text', 'letter', 'minimal', 'maximal', 'yes', 'q', 'list', 'u', 'eface', '1e20', '5', '"abc"'].flatMap((value) => ['%v', '%+v', '%#v', '%g', '%G', '%e', '%E', '%f', '%.3g', '%8.2f', '%x', '%X', '%#x', '% x', '%d', '%+d', '%06d', '%-8d|', '%b', '%o', '%O', '%q', '%+q', '%#q', '%s', '%.2s', '%10s', '%c', '%U', '%#U', '%t', '%z', '%%', '%', '%T'].map((format) => `print ${format} ${value}`)), 'exit',
  ] },
  { name: 'names that are declared again', file: 'mixture.go', from: 22, lines: [
    `break ${mixture('again')}`, 'continue', 'print x', 'whatis x', 'locals', 'args', 'next', 'print x', 'locals', 'next', 'next', 'print x', 'locals', 'next', 'print x', `break ${mixture('case')}`, 'continue', 'print x', 'locals', 'exit',
  ] },
  { name: 'what closures captured', file: 'mixture.go', from: 22, lines: [
    ...['direct', 'indirect', 'deferred'].flatMap((mark) => [`break ${mixture(mark)}`, 'continue', 'args', 'locals', 'print n', 'up', 'args', 'locals', 'down', 'next', 'args', 'locals', 'clearall']), 'exit',
  ] },
  { name: 'places that are expressions, and that are none', file: 'mixture.go', from: 22, lines: [
    `break ${mixture('functions')}`, 'continue', 'break f', 'break *f', 'break *list[0]', 'break list[1]', 'break list', 'break *list', 'break i', 'break *main.called', 'break *nosuch', 'break *"x"', 'break *1.5', 'break trace:x', 'break mixture.go:called', 'break -x', 'break +x', 'break -clear', 'break /a/b/', 'break /', 'break 5th main.main', 'break 55 main.main', 'list *main.hidden', 'step', 'continue', 'stack 1', 'exit',
  ] },
  { name: 'a package whose path has dots', file: 'dotted', from: 19, lines: [
    `break ${at('dotted/main.go', 'dotted')}`.replace('dotted/', ''), 'continue', 'locals', 'print two', 'print both', 'print held', 'print kind', 'whatis two', 'whatis kind', 'print "example.com/some.thing/dotted/v1.2/dotted.pkg".Global.N', 'print "example.com/some.thing/dotted/v1.2/dotted.pkg".Two', 'vars dotted', 'types dotted', 'exit',
  ] },
  { name: 'loops over functions', file: 'iterators.go', from: 23, lines: [
    `break ${iterators('loop')}`, 'continue', 'locals', 'args', 'next', 'next', 'next', 'continue', 'print total', 'clearall', `break ${iterators('found')}`, 'continue', 'args', 'locals', 'print steps', 'print v == want', 'stack 2', 'next', 'clearall', `break ${iterators('end')}`, 'continue', 'locals', 'exit',
  ] },
];

/** The machine's own numbers. */
const normal = (text: string): string => text.replace(/\x1b\[[0-9;]*m/g, '').replace(/0x[0-9a-f]{9,16}/g, 'ADDRESS').replace(/\(thread \d+\)/g, '(thread N)').replace(/^(\S+:\d+|Command failed): /gm, 'FAILED: ')
  // In which order it says several addresses is not the same each time.
  .replace(/^.*runtime-fatal-throw.*\n/gm, '')
  // Delve says the word twice.
  .replaceAll('struct struct {', 'struct {')
  .split('\n').filter((line) => !/^Type 'help'/.test(line)).join('\n').trim();

const versions = ['local', 'go1.19', 'go1.21.13', 'go1.24.13'].map((version) => toolchain(version)).filter((each) => each !== undefined);

describe.skipIf(!hasDelve)('values against Delve (needs dlv and go)', () => {
  for (const go of versions) {
    for (const { name, file, from, lines, flags = ['-gcflags=all=-N -l'] } of SCRIPTS) {
      if (Number(go.version.split('.')[1]) < from) continue;
      test(`${go.version}: ${name}`, async () => {
        const program = build(path.join(DATA, file), go, flags), script = path.join(folder, 'script');
        fs.writeFileSync(script, `${lines.join('\n')}\n`);
        const theirs = await new Promise<string>((resolve) => {
          execFile('dlv', ['exec', program, '--allow-non-terminal-interactive=true', '--check-go-version=false', '--redirect', `stdout:${path.join(folder, 'output')}`, '--init', script], { cwd: DATA, env: { ...process.env, GOMAXPROCS: '1', HOME: folder, XDG_CONFIG_HOME: folder, TERM: 'dumb', NO_COLOR: '1' }, encoding: 'utf8', timeout: 60_000 }, (_error, stdout) => { resolve(stdout); });
        });
        expect(normal(await played(program, lines, { workingDirectory: DATA }))).toBe(normal(theirs));
      }, 120_000);
    }
  }
});
