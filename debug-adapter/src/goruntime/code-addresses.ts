// Addresses of the scheduler's variables for programs without symbols, read out of the code of functions that use them.
// Must stay true: 0 when the code does not look as expected; a test compares with the linker's symbols in every supported version.
import { decode } from '@gobuf/emulator/x86/decoder';
import { RIP } from '@gobuf/emulator/x86/instruction';
import type { Binary } from '../symbols/types';
import { addressFromBootCode } from './boot-code';
import type { Layouts } from './layout';
import { numberAt } from './memory';

interface Reference { target: number; size: number; access: string; name: string }

/** Functions of the runtime that use fields of sched; not every version has all of them, and some are inlined in some. */
const SCHED_USERS = ['schedule', 'findRunnable', 'findrunnable', 'stopm', 'startm', 'checkdead', 'mput', 'mget', 'pidleput', 'pidleget', 'globrunqput', 'globrunqget', 'injectglist', 'gfput', 'gfget', 'handoffp', 'wakep', 'sysmon', 'incidlelocked', 'mcommoninit', 'startTheWorldWithSema', 'stopTheWorldWithSema', 'gcstopm', 'procresize', 'goschedImpl'];
const SCHED_FIELDS = ['goidgen', 'midle', 'nmidle', 'nmidlelocked', 'mnext', 'maxmcount', 'nmsys', 'ngsys', 'pidle', 'npidle', 'nmspinning', 'runq.head', 'runq.tail', 'runqsize', 'runq.size', 'disable.user', 'gFree.stack.head', 'gFree.noStack.head', 'gcwaiting', 'stopwait', 'sysmonwait'];
const FEWEST_FIELDS = 8;

export function addressFromCode(binary: Binary, layouts: Layouts, name: string): number {
  switch (name) {
    case 'runtime.allgs': return slices(binary, 'allgadd')[0] ?? 0;
    case 'runtime.allp': {
      const made = new Set(slices(binary, 'procresize'));
      const used = references(binary, 'retake').filter(({ size }) => size === 64).map(({ target }) => target);
      return used.find((target) => made.has(target) && used.includes(target + 8)) ?? 0;
    }
    case 'runtime.sched': return sched(binary, layouts);
    case 'runtime.waitReasonStrings': return references(binary, 'waitReason.String').filter(({ name: mnemonic, target }) => mnemonic === 'LEA' && target % 8 === 0).map(({ target }) => target).find((target) => isString(binary, target)) ?? 0;
    default: return addressFromBootCode(binary, name);
  }
}

/** How many wait reasons there are: what waitReason.String compares with. */
export function waitReasonCount(binary: Binary): number {
  const fn = binary.functionsNamed('runtime.waitReason.String')[0];
  const code = fn ? binary.readStatic(fn.entry, Math.min(40, fn.end - fn.entry)) : new Uint8Array(0);
  for (let at = 0; fn && at < code.length;) {
    const instruction = decode(code, at, fn.entry + at);
    const last = instruction?.operands.at(-1);
    if (instruction?.row.name === 'CMP' && last?.kind === 'immediate') return Math.min(Number(BigInt.asUintN(8, last.value)), 200);
    at += instruction?.length ?? 1;
  }
  return 0;
}

const known = new WeakMap<Binary, Map<string, Reference[]>>();

/** Memory that a function of the runtime names by its address. */
function references(binary: Binary, name: string): Reference[] {
  let all = known.get(binary);
  if (!all) known.set(binary, all = new Map());
  const before = all.get(name);
  if (before) return before;
  const found: Reference[] = [];
  for (const fn of binary.functionsNamed(`runtime.${name}`)) {
    const code = binary.readStatic(fn.entry, fn.end - fn.entry);
    for (let at = 0; at < code.length;) {
      const instruction = decode(code, at, fn.entry + at);
      for (const operand of instruction?.operands ?? []) {
        if (operand.kind === 'memory' && operand.base === RIP) found.push({ target: fn.entry + at + instruction!.length + operand.displacement, size: operand.size, access: operand.access, name: instruction!.row.name });
      }
      at += instruction?.length ?? 1;
    }
  }
  all.set(name, found);
  return found;
}

/** Package variables that are slices: three words in a row, the first and second written. */
function slices(binary: Binary, name: string): number[] {
  const words = references(binary, name).filter(({ size }) => size === 64);
  const used = new Set(words.map(({ target }) => target)), written = new Set(words.filter(({ access }) => access.includes('w')).map(({ target }) => target));
  return [...used].filter((target) => used.has(target + 8) && used.has(target + 16) && written.has(target + 8)).sort((a, b) => a - b);
}

/** The base from which most known fields of sched are used. */
function sched(binary: Binary, layouts: Layouts): number {
  const offsets = [...new Set(SCHED_FIELDS.flatMap((field) => layouts.field('runtime.schedt', field)?.offset ?? []))].filter((offset) => offset > 0);
  const targets = new Set(SCHED_USERS.flatMap((name) => references(binary, name).map(({ target }) => target)));
  const votes = new Map<number, number>();
  for (const target of targets) for (const offset of offsets) {
    const base = target - offset;
    if (base % 8 === 0) votes.set(base, (votes.get(base) ?? 0) + 1);
  }
  const [best, second] = [...votes].sort((a, b) => b[1] - a[1]);
  return best && best[1] >= FEWEST_FIELDS && best[1] > (second?.[1] ?? 0) ? best[0] : 0;
}

function isString(binary: Binary, address: number): boolean {
  const header = binary.readStatic(address + 16, 16);
  return header.length === 16 && numberAt(header, 8, 8) > 0 && numberAt(header, 8, 8) < 64 && binary.readStatic(numberAt(header, 0, 8), 1).length === 1;
}
