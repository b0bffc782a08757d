// Expressions about the runtime's structures in programs without debug information, by the table of layouts: `g.m.p.id`, `allgs[3].goid`,
// `runtime.sched.nmidle`, `(*runtime.g)(0xc000…).stack.lo`, `runtime.gomaxprocs`.
// Must stay true: a field that the table does not have is said to be missing by its name; nothing is guessed.
import type { Node } from './expression-parser';
import type { GoRuntime } from './runtime';

/** Where a field or a variable lies. */
export interface TableValue { address: number; size: number }
export class NotInTable extends Error {}

interface Place { type: string; address: number; name: string }
/** What a name stands for that has no type in the program. */
export interface TableScope {
  /** Address of the current g, m or p; 0 if there is none. */
  current(name: string): number;
  number(node: Node): number;
}

const NAMES: Record<string, string> = { g: 'runtime.g', m: 'runtime.m', p: 'runtime.p', sched: 'runtime.schedt' };
const VARIABLES: Record<string, string> = { sched: 'runtime.schedt', g0: 'runtime.g', m0: 'runtime.m' };
const LISTS: Record<string, string> = { allgs: 'runtime.g', allp: 'runtime.p' };
const INTEGERS = new Set(['gomaxprocs', 'ncpu', 'numCPUStartup']);
/** Fields that are pointers to structures of the table. */
const POINTERS: Record<string, string> = {
  'runtime.g m': 'runtime.m', 'runtime.g lockedm': 'runtime.m', 'runtime.g schedlink': 'runtime.g', 'runtime.g sched.g': 'runtime.g',
  'runtime.m g0': 'runtime.g', 'runtime.m gsignal': 'runtime.g', 'runtime.m curg': 'runtime.g', 'runtime.m lockedg': 'runtime.g', 'runtime.m p': 'runtime.p', 'runtime.m nextp': 'runtime.p', 'runtime.m oldp': 'runtime.p',
  'runtime.m alllink': 'runtime.m', 'runtime.m schedlink': 'runtime.m', 'runtime.p m': 'runtime.m', 'runtime.p link': 'runtime.p', 'runtime.p runnext': 'runtime.g', 'runtime.schedt pidle': 'runtime.p',
};
const isRuntime = (node: Node): boolean => node.kind === 'ident' && node.name === 'runtime';
const strip = (node: Node): Node => (node.kind === 'paren' ? strip(node.of) : node);

/** The place of the value; undefined if the expression is not about these structures. */
export function tableValue(node: Node, runtime: GoRuntime, scope: TableScope): TableValue | undefined {
  const path: string[] = [];
  let base = strip(node);
  for (; base.kind === 'selector' && !isRuntime(base.of); base = strip(base.of)) path.unshift(base.name);
  const variable = path.length === 0 && base.kind === 'selector' && INTEGERS.has(base.name) ? base.name : undefined;
  if (variable) {
    const address = runtime.variable(`runtime.${variable}`);
    return address ? { address, size: 4 } : undefined;
  }
  let place: Place | undefined = path.length > 0 ? placeOf(base, runtime, scope) : undefined;
  if (!place) return undefined;
  for (let rest = path; ;) {
    if (!place.address) throw new NotInTable(place.name.startsWith('runtime.') || place.name === 'sched' ? `where ${place.name} lies is not known: the program has no symbols` : `${place.name} is nil`);
    const known = runtime.layouts.field(place.type, rest.join('.'));
    if (known) return { address: place.address + known.offset, size: [1, 2, 4].includes(known.size) ? known.size : 8 };
    const type: string = place.type, length: number = rest.findIndex((_, i) => i < rest.length - 1 && POINTERS[`${type} ${rest.slice(0, i + 1).join('.')}`] !== undefined) + 1;
    const field = length > 0 ? runtime.layouts.field(type, rest.slice(0, length).join('.')) : undefined;
    if (!field) throw new NotInTable(`${type} ${rest.join('.')} is not in the table of layouts that is used for programs without debug information`);
    place = { type: POINTERS[`${type} ${rest.slice(0, length).join('.')}`]!, address: runtime.memory.u64(place.address + field.offset) ?? 0, name: `${place.name}.${rest.slice(0, length).join('.')}` };
    rest = rest.slice(length);
  }
}

function placeOf(node: Node, runtime: GoRuntime, scope: TableScope): Place | undefined {
  if (node.kind === 'ident') {
    const type = NAMES[node.name];
    return type ? { type, name: node.name, address: node.name === 'sched' ? runtime.variable('runtime.sched') : scope.current(node.name) } : undefined;
  }
  if (node.kind === 'selector' && isRuntime(node.of)) {
    const type = VARIABLES[node.name];
    return type ? { type, name: `runtime.${node.name}`, address: runtime.variable(`runtime.${node.name}`) } : undefined;
  }
  if (node.kind === 'index') {
    const of = strip(node.of), list = of.kind === 'ident' ? of.name : of.kind === 'selector' && isRuntime(of.of) ? of.name : '', type = LISTS[list];
    if (!type) return undefined;
    const all = list === 'allgs' ? runtime.allgs() : runtime.allp(), index = scope.number(node.index);
    if (index < 0 || index >= all.length) throw new NotInTable(`index out of bounds: ${list} has ${all.length}`);
    return { type, name: `${list}[${index}]`, address: all[index]! };
  }
  if (node.kind === 'call' && node.args.length === 1) {
    const star = strip(node.fn), named = star.kind === 'star' ? strip(star.of) : undefined, type = named?.kind === 'selector' && isRuntime(named.of) ? `runtime.${named.name}` : '';
    return Object.values(NAMES).includes(type) ? { type, name: `(*${type})`, address: scope.number(node.args[0]!) } : undefined;
  }
  return undefined;
}
