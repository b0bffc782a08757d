// Commands about frames. Must stay true: rows are Delve's (`N  0xADDRESS in NAME`, then `at FILE:LINE`), the frames are the true ones.

import type { DeferredCall } from '../engine/deferred';
import type { Frame, StackTrace } from '../engine/types';
import type { Command, Commander } from './commands';
import { pattern } from '../symbols/pattern';
import { split2 } from './context';
import { splitFormat } from './data';
import type { Context, Scope } from './context';
import { printSource, printStop } from './position';
import { painted } from './style';

export function stackText(context: Context, trace: StackTrace, options: { indent?: string; offsets?: boolean; full?: (frame: Frame) => string[]; deferred?: Map<number, DeferredCall[]> } = {}): string {
  const { frames } = trace;
  if (frames.length === 0) return '';
  const indent = options.indent ?? '';
  const digits = String(frames[frames.length - 1]!.index).length;
  const space = indent + ' '.repeat(digits + 2 + indent.length);
  const details = frames.map((frame) => options.full?.(frame) ?? []);
  const blank = options.offsets || frames.some(({ index }) => options.deferred?.has(index)) || details.some((lines) => lines.length > 0);
  let text = '';
  frames.forEach((frame, i) => {
    text += `${indent}${String(frame.index).padStart(digits)}  0x${frame.pc.toString(16).padStart(16, '0')} in ${painted(context, 'function', frame.function || '???')}\n`;
    const place = frame.file ? context.path(frame.file) : '?', name = place.lastIndexOf('/') + 1;
    text += `${space}at ${place.slice(0, name)}${painted(context, 'base', `${place.slice(name)}:${frame.file ? frame.line : -1}`)}\n`;
    if (options.offsets) {
      // To Delve goexit has been called like any other function, and has a return address.
      const top = context.debug.stackTop(frame), cfa = frame.cfa + (frame.boundary === 'goexit' ? 8 : 0);
      text += `${space}frame: ${signed(top === undefined ? cfa : cfa - top)} frame pointer ${signed(top === undefined ? Number(frame.bp) : Number(frame.bp) - top)}\n`;
    }
    (options.deferred?.get(frame.index) ?? []).forEach((call, n) => {
      const head = `${space}    defer ${n + 1}: `, under = ' '.repeat(head.length);
      text += `${head}0x${call.entry.toString(16).padStart(16, '0')} in ${call.function}\n${under}at ${context.path(call.file)}:${call.line}\n${under}deferred by ${call.by.function} at ${context.path(call.by.file)}:${call.by.line}\n`;
    });
    for (const line of details[i]!) text += `${space}    ${line}\n`;
    if (blank) text += '\n';
  });
  if (trace.problem) text += `${space}error: ${trace.problem}\n`;
  if (trace.truncated) text += `${indent}(truncated)\n`;
  return text;
}
function signed(value: number): string { return value < 0 ? `-0x${(-value).toString(16)}` : `+0x${value.toString(16)}`; }

function stack(context: Context, args: string, scope: Scope): void {
  let depth = 50, ancestors = 0, ancestorDepth: number | undefined, full = false, defer = false, offsets = false, fromG = false;
  const words = args.split(' ').filter(Boolean);
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (word === '-full') full = true;
    else if (word === '-offsets') offsets = true;
    else if (word === '-defer') defer = true;
    else if (word === '-a' || word === '-adepth') {
      const text = words[++i];
      if (text === undefined) throw new Error(`expected number after ${word}`);
      if (!/^\d+$/.test(text)) throw new Error(`expected number after ${word}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
      if (word === '-a') ancestors = Number(text); else ancestorDepth = Number(text);
    }
    else if (word === '-mode') {
      const mode = words[++i];
      if (mode !== 'normal' && mode !== 'simple' && mode !== 'fromg') throw new Error('expected normal, simple or fromg after -mode');
      fromG = mode === 'fromg';
    } else if (/^\d+$/.test(word)) depth = Number(word);
    else throw new Error('depth must be a number');
  }
  // Delve's depth counts from 0: `stack 1` shows two frames.
  const trace = fromG ? context.debug.savedStack(depth + 1) : context.stack(scope, depth + 1);
  context.host.write(stackText(context, trace, { offsets, ...(defer ? { deferred: context.debug.deferredIn(trace.frames) } : {}), ...(full ? { full: (frame: Frame) => context.debug.ownVariables(frame, scope.thread).map((row) => `${row.name} = ${row.short()}`) } : {}) }));
  if (ancestors > 0) for (const ancestor of context.debug.ancestors(ancestors, ancestorDepth ?? depth, scope.thread)) context.host.write(`Created by Goroutine ${ancestor.goid}:\n${stackText(context, ancestor, { indent: '\t' })}`);
}

/** `deferred N print|args|locals …`: the arguments of a deferred call are what its closure holds. */
function inDeferred(context: Context, args: string, scope: Scope): void {
  const [number, command] = split2(args);
  if (!number || !command) throw new Error('not enough arguments');
  if (!/^[+-]?\d+$/.test(number)) throw new Error(`strconv.Atoi: parsing ${JSON.stringify(number)}: invalid syntax`);
  if (Number(number) <= 0) throw new Error("argument of deferred must be a number greater than 0 (use 'stack -defer' to see the list of deferred calls)");
  const [name = '', rest = ''] = split2(command);
  if (!['args', 'locals', 'print', 'p'].includes(name)) throw new Error('command not available');
  const frame = context.frameAt(scope), trace = context.stack(scope, frame.index + 1), calls = context.debug.deferredIn(trace.frames).get(frame.index) ?? [], call = calls[Number(number) - 1];
  if (!call) throw new Error(`Frame ${frame.index} only has ${calls.length} deferred calls`);
  const captured = context.debug.deferredArguments(call);
  if (name === 'args') {
    const wanted = pattern(rest.replace(/^-v\s*/, '')), shown = captured.filter((variable) => wanted.test(variable.name));
    for (const variable of shown) context.print(`${variable.name} = ${variable.value}`);
    if (shown.length === 0) context.print('(no args)');
  } else if (name === 'locals') context.print('(no locals)');
  else {
    const [format, expression] = splitFormat(rest);
    // Its variables by where they lie.
    const text = expression.replace(/(^|[^\w."])([A-Za-z_]\w*)(?![\w(])/g, (whole, before: string, word: string) => {
      const found = captured.find((variable) => variable.name === word);
      return found?.address === undefined ? whole : `${before}(*(*${found.type ?? ''})(0x${found.address.toString(16)}))`;
    });
    context.print(context.debug.printValue(text, format, frame, scope.thread));
  }
}

async function select(context: Context, args: string, scope: Scope, terminal: Commander, how: (given: number) => number, needed: boolean): Promise<void> {
  const [word, rest] = split2(args);
  if (word === '' && needed) throw new Error('not enough arguments');
  const given = word === '' ? 1 : Number(word);
  if (!Number.isInteger(given)) throw new Error(`strconv.Atoi: parsing ${JSON.stringify(word)}: invalid syntax`);
  const frame = how(given);
  if (rest) return terminal.call(rest, { ...scope, frame, scoped: true });
  if (frame < 0) throw new Error(`Invalid frame ${frame}`);
  const found = context.stack({ ...scope, frame }, 1, frame).frames[0];
  if (!found) throw new Error(`Invalid frame ${frame}`);
  context.frame = frame;
  printStop(context, { ...context.stop(), reason: 'step' });
  context.print(`Frame ${frame}: ${context.path(found.file)}:${found.line} (PC: ${found.pc.toString(16)})`);
  // Code that the compiler or linker made has no text.
  if (!found.file.startsWith('<')) await printSource(context, found.file, found.line, true);
}

export const stackCommands: Command[] = [
  {
    names: ['stack', 'bt'], group: 'stack', onBreakpoint: true,
    help: 'Print stack trace.\n\n\t[goroutine <n>] [frame <m>] stack [<depth>] [-full] [-offsets] [-defer] [-a <n>] [-adepth <depth>] [-mode <mode>]\n\n\t-full\t\tevery stackframe is decorated with the value of its local variables and arguments.\n\t-offsets\tprints frame offset of each frame.\n\t-defer\t\tprints deferred function call stack for each frame.\n\t-a <n>\t\tprints stacktrace of n ancestors of the selected goroutine (the program must run with GODEBUG=tracebackancestors=<n>)\n\t-adepth <depth>\tconfigures depth of ancestor stacktrace\n\t-mode <mode>\tnormal and simple are the same here: the true stack; fromg starts from the registers stored in the runtime.g struct',
    run: stack,
  },
  {
    names: ['deferred'], group: 'stack', run: inDeferred,
    help: 'Executes command in the context of a deferred call.\n\n\tdeferred <n> <command>\n\nExecutes the specified command (print, args, locals) in the context of the n-th deferred call in the current frame. Since Go 1.18 the arguments of a deferred call are held by a closure: args shows what that holds (Go 1.23 and later say what it is).',
  },
  { names: ['frame'], group: 'stack', help: 'Set the current frame, or execute command on a different frame.\n\n\tframe <m>\n\tframe <m> <command>', run: (context, args, scope, terminal) => select(context, args, scope, terminal, (given) => given, true) },
  { names: ['up'], group: 'stack', help: 'Move the current frame up.\n\n\tup [<m>]\n\tup [<m>] <command>', run: (context, args, scope, terminal) => select(context, args, scope, terminal, (given) => context.frame + given, false) },
  { names: ['down'], group: 'stack', help: 'Move the current frame down.\n\n\tdown [<m>]\n\tdown [<m>] <command>', run: (context, args, scope, terminal) => select(context, args, scope, terminal, (given) => context.frame - given, false) },
];
