// Commands that show values, registers and memory. Must stay true: formats are Delve's; memory can be read anywhere.

import type { VariableRow } from '../engine/values';
import { splitAssignment } from '../goruntime/expression-parser';
import type { Command } from './commands';
import { pattern } from '../symbols/pattern';
import { split2 } from './context';
import type { Context, Scope } from './context';
import { goroutineRows } from './goroutines';
import { indented } from './position';
import { isSet } from './settings';
import { align } from './tabwriter';

function printMatching(context: Context, kind: string, rows: VariableRow[], args: string, refused = ''): void {
  const [flag, rest] = split2(args);
  const long = flag === '-v';
  let wanted: RegExp;
  try { wanted = pattern(long ? rest ?? '' : args); } catch (error) { throw new Error(refused + (error as Error).message); }
  const found = rows.filter(({ name }) => wanted.test(name));
  for (const row of found) context.print(`${row.shadowed ? `(${row.name})` : row.name} = ${long ? row.long() : row.short()}`);
  if (found.length === 0) context.print(`(no ${kind})`);
}

const RADIX: Record<string, [radix: number, columns: number, width: (size: number) => number, prefix: string]> = {
  bin: [2, 4, (size) => size * 8, ''], oct: [8, 8, (size) => size * 3, '0'], dec: [10, 8, (size) => size * 3, ''], hex: [16, 8, (size) => size * 2, '0x'],
};

export function memoryText(address: number, bytes: Uint8Array, format: string, size: number): string {
  const [radix, columns, width, prefix] = RADIX[format]!;
  const perRow = columns * size;
  const addressWidth = bytes.length ? (address + bytes.length).toString(16).length : 0;
  const lines: string[] = [];
  for (let row = 0; row * perRow < bytes.length; row++) {
    let line = `0x${(address + row * perRow).toString(16).padStart(addressWidth, '0')}:\t`;
    for (let column = 0; column < columns; column++) {
      const at = row * perRow + column * size;
      if (at + size > bytes.length) continue;
      let value = 0n;
      for (let i = size - 1; i >= 0; i--) value = value << 8n | BigInt(bytes[at + i]!);
      line += `${prefix}${value.toString(radix).padStart(width(size), '0')}\t`;
    }
    lines.push(line);
  }
  return lines.length ? align(`${lines.join('\n')}\n`, { minWidth: 0, tabWidth: 0, padding: 3, pad: ' ' }) : '';
}

function examine(context: Context, args: string, scope: Scope): void {
  const words = args.split(' ').filter((word) => word !== '');
  let format = 'hex', count = 1, size = 1, operand = '', expression = false;
  const number = (text: string | undefined): number => Number(text ?? NaN);
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (word === '-fmt') {
      const name = words[++i];
      if (name === undefined) throw new Error('expected argument after -fmt');
      format = { oct: 'oct', octal: 'oct', hex: 'hex', hexadecimal: 'hex', dec: 'dec', decimal: 'dec', bin: 'bin', binary: 'bin', raw: 'raw' }[name] ?? '';
      if (format === '') throw new Error(`${JSON.stringify(name)} is not a valid format`);
    } else if (word === '-count' || word === '-len') {
      const text = words[++i];
      if (text === undefined) throw new Error('expected argument after -count/-len');
      count = number(text);
      if (!Number.isInteger(count) || count <= 0) throw new Error('count/len must be a positive integer');
    } else if (word === '-size') {
      const text = words[++i];
      if (text === undefined) throw new Error('expected argument after -size');
      size = number(text);
      if (!Number.isInteger(size) || size <= 0 || size > 8) throw new Error('size must be a positive integer (<=8)');
    } else if (word === '-x') { expression = true; operand = words.slice(i + 1).join(' '); break; } else {
      if (i + 1 < words.length) throw new Error(`unknown option ${JSON.stringify(words[i + 1])}`);
      operand = word;
    }
  }
  if (operand === '') throw new Error('no address specified');
  let address: number;
  if (expression) address = context.debug.addressOf(operand, context.frameAt(scope), scope.thread);
  else {
    address = /^(0x[0-9a-f]+|\d+)$/i.test(operand) ? Number(operand) : NaN;
    if (!Number.isFinite(address)) throw new Error(`convert address into uintptr type failed, strconv.ParseUint: parsing ${JSON.stringify(operand)}: invalid syntax`);
  }
  const bytes = context.debug.readMemory(address, count * size);
  if (bytes.length < count * size && bytes.length === 0) throw new Error(`could not read memory at 0x${address.toString(16)}`);
  context.host.write(format === 'raw' ? String.fromCharCode(...bytes) : memoryText(address, bytes, format, size));
}

export function splitFormat(args: string): [format: string, expression: string] {
  if (!args.startsWith('%')) return ['', args];
  const [format, rest] = split2(args);
  return [format!, rest ?? ''];
}

export const dataCommands: Command[] = [
  {
    names: ['print', 'p'], group: 'data', onBreakpoint: true, help: 'Evaluate an expression.\n\n\t[goroutine <n>] [frame <m>] print [%format] <expression>\n\nBesides Go expressions: registers (rsp, x0.int32, zf), g, m, p, TLS, stackguard, sched, allgs[i].\nThe optional format argument is a format specifier, like the ones used by the fmt package.',
    run(context, args, scope) {
      if (args === '') throw new Error('not enough arguments');
      const [format, expression] = splitFormat(args), frame = context.frameAt(scope);
      context.print(context.debug.printValue(expression, format, frame, scope.thread));
      if (!context.debug.isChannel(expression, frame, scope.thread)) return;
      context.print('\nGoroutines waiting on this channel:');
      const waiters = context.debug.waitersAt(expression, frame, scope.thread);
      context.host.write(goroutineRows(context, waiters));
    },
  },
  {
    names: ['whatis'], group: 'data', help: 'Prints type of an expression or a type.\n\n\twhatis <expression>\n\twhatis <type name>',
    run(context, args, scope) {
      if (args === '') throw new Error('not enough arguments');
      for (const line of context.debug.whatIs(args, context.frameAt(scope), scope.thread, isSet(context, 'show-location-expr'))) context.print(line);
    },
  },
  {
    names: ['set'], group: 'data', help: 'Changes the value of a variable.\n\n\t[goroutine <n>] [frame <m>] set <variable> = <value>\n\nAlso registers and flags. The recorded future is dropped.',
    run(context, args, scope) {
      // `%rax` and `$rax` are registers, whatever the program has of that name.
      const sigil = /^[%$]/.exec(args)?.[0] ?? '', [to, value] = splitAssignment(sigil === '' ? args : ` ${args.slice(1)}`);
      context.debug.assign(sigil + to.trim(), value, context.frameAt(scope), scope.thread);
    },
  },
  { names: ['args'], group: 'data', onBreakpoint: true, help: 'Print function arguments.\n\n\t[goroutine <n>] [frame <m>] args [-v] [<regex>]', run(context, args, scope) { printMatching(context, 'args', context.debug.frameVariables(context.frameAt(scope), scope.thread).filter(({ role }) => role !== 'local'), args); } },
  { names: ['locals'], group: 'data', onBreakpoint: true, help: 'Print local variables.\n\n\t[goroutine <n>] [frame <m>] locals [-v] [<regex>]\n\nThe name of variables that are shadowed in the current scope will be shown in parenthesis.', run(context, args, scope) { printMatching(context, 'locals', context.debug.frameVariables(context.frameAt(scope), scope.thread).filter(({ role }) => role === 'local'), args); } },
  { names: ['vars'], group: 'data', help: 'Print package variables.\n\n\tvars [-v] [<regex>]', run(context, args) { printMatching(context, 'vars', context.debug.packageVariables(), args, 'invalid filter argument: '); } },
  {
    names: ['regs'], group: 'data', help: 'Print contents of CPU registers.\n\n\tregs [-a]\n\nArgument -a shows more registers.',
    run(context, args, scope) {
      const rows = context.debug.registers(scope.thread, args === '-a', scope.scoped && scope.frame > 0 ? context.frameAt(scope) : undefined);
      const width = Math.max(...rows.map(({ name }) => name.length));
      for (const { name, value } of rows) context.print(`${name.padStart(width)} = ${value}`);
      context.print();
    },
  },
  {
    names: ['examinemem', 'x'], group: 'data', help: 'Examine raw memory at the given address.\n\n\texaminemem [-fmt <format>] [-count|-len <count>] [-size <size>] <address>\n\texaminemem [-fmt <format>] [-count|-len <count>] [-size <size>] -x <expression>\n\nFormat is one of bin, oct, dec, hex (default) and raw.',
    run: examine,
  },
  {
    names: ['call'], group: 'run', help: 'Calls a function of the program and shows what it returns.\n\n\tcall <expression>\n\nThe call runs on a stack of its own, and everything it did is undone: the program stays as it is. Functions may be called in every expression (print, conditions).',
    run(context, args, scope) {
      if (args === '') throw new Error('not enough arguments');
      // Delve checks that pointers to the stack do not escape, unless this is given; what a call does here is undone.
      const results = context.debug.callResults(args.replace(/^-unsafe\s+/, ''), context.frameAt(scope), scope.thread);
      context.print('Values returned:');
      for (const { name, value } of results) context.print(`\t${name}: ${indented(value)}`);
      context.print();
    },
  },
  {
    names: ['display'], group: 'data', help: 'Print value of an expression every time the program stops.\n\n\tdisplay -a [%format] <expression>\n\tdisplay -d <number>',
    run(context, args, scope) {
      if (args === '') { printDisplays(context, scope); return; }
      const [flag, rest] = split2(args);
      if (flag === '-a' && rest) {
        const [format, expression] = splitFormat(rest);
        if (expression === '') throw new Error('not enough arguments');
        context.displays.push({ format, expression });
        printDisplay(context, context.displays.length - 1, scope);
      } else if (flag === '-d') {
        const number = Number(rest);
        if (!Number.isInteger(number)) throw new Error(`${JSON.stringify(rest)} is not a number`);
        if (number < 0 || number >= context.displays.length) throw new Error(`${number} is out of range`);
        context.displays[number] = undefined;
        context.displays.length = context.displays.findLastIndex((each) => each !== undefined) + 1;
      } else throw new Error('wrong arguments');
    },
  },
];

function printDisplay(context: Context, number: number, scope: Scope): void {
  const display = context.displays[number];
  if (!display) return;
  let text: string;
  try { text = context.debug.printValue(display.expression, display.format, context.frameAt(scope), scope.thread, true); } catch (error) { text = `error ${(error as Error).message}`; }
  context.print(text.startsWith('error ') ? `${number}: ${display.expression} = ${text}` : `${number}: ${display.expression} = ${text}`);
}
export function printDisplays(context: Context, scope: Scope): void { context.displays.forEach((_display, number) => printDisplay(context, number, scope)); }
