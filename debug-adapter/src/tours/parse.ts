// Reads a tour file (YAML, so JSON too). Must stay true: a file that is not a tour is refused with one sentence that begins with
// `file:line:column:`, and a key that nobody knows is refused too: a misspelled one would be left out silently.

import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Document, Node, Pair, YAMLMap } from 'yaml';
import { isSchedulerEvent } from '../engine/scheduler-events';
import type { EventFilter } from '../engine/types';
import { FORMS, STEPS } from './format';
import type { ByVersion, Form, Move, Show, StepBy, Tour, TourProgram, TourStep, VersionRange } from './format';
import { parseRange } from './versions';

/** The file is not a tour. */
export class TourError extends Error { override readonly name = 'InputError'; }

/** Longer ones are somebody's mistake. */
const MOST_CHARACTERS = 1 << 20;

class Reader {
  private readonly lines = new LineCounter();
  readonly root: Node | null;
  private readonly document: Document.Parsed;
  constructor(private readonly file: string, text: string) {
    if (text.length > MOST_CHARACTERS) throw new TourError(`${file}: a tour has at most ${MOST_CHARACTERS} characters, this file has ${text.length}.`);
    const document = this.document = parseDocument(text, { lineCounter: this.lines, prettyErrors: false, merge: false });
    const [error] = document.errors;
    if (error) { const { line, col } = this.lines.linePos(error.pos[0]); throw new TourError(`${file}:${line}:${col}: ${error.message.split('\n')[0]!.replace(/\.?$/, '.')}`); }
    this.root = document.contents;
  }

  where(node: Node | null | undefined): string {
    const at = node?.range?.[0];
    if (at === undefined) return this.file;
    const { line, col } = this.lines.linePos(at);
    return `${this.file}:${line}:${col}`;
  }
  fail(node: unknown, sentence: string): never { throw new TourError(`${this.where(node as Node | null)}: ${sentence}`); }

  /** The entries of a mapping that may have these keys only. */
  map(node: unknown, what: string, keys: readonly string[]): Map<string, Node> {
    if (!isMap(node)) return this.fail(node, `${what} is a mapping with the keys ${keys.join(', ')}.`);
    const found = new Map<string, Node>();
    for (const { key, value } of (node as YAMLMap).items as Pair<Node, Node | null>[]) {
      const name = isScalar(key) ? String(key.value) : '';
      if (!keys.includes(name)) this.fail(key, `${what} has no key ${JSON.stringify(name)}; it has ${keys.join(', ')}.`);
      if (value === null || (isScalar(value) && value.value === null)) this.fail(key, `${name} has no value.`);
      found.set(name, this.real(value as Node));
    }
    return found;
  }
  /** What an alias (`*name`) stands for. */
  private real(node: Node): Node {
    return isAlias(node) ? node.resolve(this.document) ?? this.fail(node, `there is no anchor &${node.source}.`) : node;
  }
  text(node: Node, what: string): string {
    if (!isScalar(node) || typeof node.value === 'object' || String(node.value).trim() === '') return this.fail(node, `${what} is a text.`);
    // A number is what was written, not what it is: 0x10 stays.
    return (typeof node.value === 'string' ? node.value : node.source ?? String(node.value)).trim();
  }
  number(node: Node, what: string, least: number): number {
    const value = isScalar(node) ? node.value : undefined;
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least) return this.fail(node, `${what} is a whole number of at least ${least}.`);
    return value;
  }
  flag(node: Node, what: string): boolean {
    const value = isScalar(node) ? node.value : undefined;
    return typeof value === 'boolean' ? value : this.fail(node, `${what} is true or false.`);
  }
  list(node: Node, what: string): Node[] { return isSeq(node) ? node.items as Node[] : this.fail(node, `${what} is a list.`); }
  /** One text, or a list of them. */
  texts(node: Node, what: string): string[] {
    const all = isSeq(node) ? (node.items as Node[]).map((each) => this.text(each, what)) : [this.text(node, what)];
    return all.length > 0 ? all : this.fail(node, `${what} is empty.`);
  }
  range(node: Node | undefined): VersionRange | undefined {
    if (!node) return undefined;
    const text = this.text(node, 'go');
    return parseRange(text) ?? this.fail(node, `go is something like ">=1.21 <1.26", "runtime" or "!runtime", not ${JSON.stringify(text)}.`);
  }
}

export function parseTour(file: string, text: string): Tour {
  const read = new Reader(file, text);
  const top = read.map(read.root, 'a tour', ['title', 'story', 'about', 'program', 'steps']);
  const need = (name: string): Node => top.get(name) ?? read.fail(read.root, `a tour needs ${name}.`);
  const story = top.get('story'), program = top.get('program');
  const steps = read.list(need('steps'), 'steps').map((step) => stepOf(read, step));
  if (steps.length === 0) read.fail(need('steps'), 'a tour needs at least one step.');
  return {
    file, title: read.text(need('title'), 'title'), about: oneLine(read.text(need('about'), 'about')), steps,
    ...(story ? { story: read.number(story, 'story', 1) } : {}),
    program: program ? programOf(read, program) : { runtime: false, args: [], env: [] },
  };
}

function programOf(read: Reader, node: Node): TourProgram {
  const map = read.map(node, 'program', ['example', 'runtime', 'args', 'env', 'procs', 'seed']);
  const example = map.get('example'), runtime = map.get('runtime'), args = map.get('args'), env = map.get('env'), procs = map.get('procs'), seed = map.get('seed');
  const name = example && read.text(example, 'example');
  if (name !== undefined && !/^[a-z0-9][a-z0-9-]*$/.test(name)) read.fail(example, `example is the name of a folder in examples/stories, not ${JSON.stringify(name)}.`);
  return {
    ...(name !== undefined ? { example: name } : {}), runtime: runtime ? read.flag(runtime, 'runtime') : false,
    args: args ? read.list(args, 'args').map((each) => read.text(each, 'an argument')) : [],
    env: env ? variables(read, env).map(([key, value]) => `${key}=${value}`) : [],
    ...(procs ? { procs: read.number(procs, 'procs', 1) } : {}), ...(seed ? { seed: read.number(seed, 'seed', 0) } : {}),
  };
}

/** A mapping with free names. */
function variables(read: Reader, node: Node): [string, string][] {
  if (!isMap(node)) return read.fail(node, 'this is a mapping of names to texts.');
  return (node.items as unknown as Pair<Node, Node>[]).map(({ key, value }) => {
    const name = isScalar(key) ? String(key.value) : '';
    if (!/^[A-Za-z_]\w*$/.test(name)) read.fail(key, `${JSON.stringify(name)} is no name.`);
    return [name, read.text(value ?? read.fail(key, `${name} has no value.`), name)];
  });
}

function stepOf(read: Reader, node: Node): TourStep {
  const map = read.map(node, 'a step', ['title', 'go', 'stop', 'keep', 'show', 'text']);
  const title = map.get('title') ?? read.fail(node, 'a step needs title.'), text = map.get('text') ?? read.fail(node, 'a step needs text.');
  const go = read.range(map.get('go')), stop = map.get('stop'), keep = map.get('keep'), show = map.get('show');
  return {
    where: read.where(node), title: oneLine(read.text(title, 'title')), ...(go ? { go } : {}),
    moves: stop ? (isSeq(stop) ? stop.items as Node[] : [stop]).map((each) => moveOf(read, each)) : [],
    keep: keep ? variables(read, keep) : [],
    show: show ? read.list(show, 'show').map((each) => showOf(read, each)) : [],
    text: byVersion(read, text),
  };
}

function byVersion(read: Reader, node: Node): ByVersion<string>[] {
  if (!isSeq(node)) return [{ value: paragraph(read.text(node, 'text')) }];
  return (node.items as Node[]).map((each) => {
    const map = read.map(each, 'an alternative of text', ['go', 'text']), go = read.range(map.get('go'));
    return { ...(go ? { go } : {}), value: paragraph(read.text(map.get('text') ?? read.fail(each, 'an alternative of text needs text.'), 'text')) };
  });
}

const KINDS = ['at', 'event', 'written', 'step', 'moment', 'end'] as const;
function moveOf(read: Reader, node: Node): Move {
  const map = read.map(node, 'stop', [...KINDS, 'instruction', 'goroutine', 'names', 'when', 'times', 'back']);
  const [kind, ...others] = KINDS.filter((each) => map.has(each));
  if (kind === undefined || others.length > 0) return read.fail(node, `stop says one of ${KINDS.join(', ')}${others.length ? ', not several' : ''}.`);
  const only = (key: string, ...kinds: string[]): void => { if (map.has(key) && !kinds.includes(kind)) read.fail(map.get(key), `${key} goes with ${kinds.join(' or ')}, not with ${kind}.`); };
  only('instruction', 'at'); only('goroutine', 'event'); only('names', 'event'); only('when', 'at', 'event', 'written'); only('times', 'at', 'event', 'written', 'step'); only('back', 'at', 'event', 'written', 'step');
  const when = map.get('when'), times = map.get('times'), back = map.get('back'), value = map.get(kind)!;
  const common = { where: read.where(node), back: back ? read.flag(back, 'back') : false, times: times ? read.number(times, 'times', 1) : 1, ...(when ? { when: read.text(when, 'when') } : {}) };
  switch (kind) {
    case 'at': { const instruction = map.get('instruction'); return { ...common, kind, locations: read.texts(value, 'at'), instructions: instruction ? read.texts(instruction, 'instruction') : [] }; }
    case 'event': { const goroutine = map.get('goroutine'); return { ...common, kind, filters: eventsOf(read, value, map.get('names')), ...(goroutine ? { goroutine: read.text(goroutine, 'goroutine') } : {}) }; }
    case 'step': { const by = read.text(value, 'step'); return { ...common, kind, by: STEPS.includes(by as StepBy) ? by as StepBy : read.fail(value, `a step is by ${STEPS.join(', ')}, not ${JSON.stringify(by)}.`) }; }
    case 'end': if (!read.flag(value, 'end')) read.fail(value, 'end is true.'); return { ...common, kind };
    case 'written': case 'moment': return { ...common, kind, expression: read.text(value, kind) };
  }
}

function eventsOf(read: Reader, node: Node, names: Node | undefined): EventFilter[] {
  return read.texts(node, 'event').map((event): EventFilter => {
    if (!isSchedulerEvent(event) && event !== 'syscall' && event !== 'signal') return read.fail(node, `there is no event ${JSON.stringify(event)}; gobuf exec's help catch lists them.`);
    if (names && isSchedulerEvent(event)) read.fail(names, 'names go with syscall or signal.');
    return { event, ...(names ? { names: read.texts(names, 'names') } : {}) };
  });
}

function showOf(read: Reader, node: Node): Show {
  if (isScalar(node)) { const expression = read.text(node, 'an expression'); return { kind: 'value', name: expression, expression }; }
  const map = read.map(node, 'what is shown', ['name', 'value', 'as', 'run', 'cost', 'go']);
  const go = read.range(map.get('go')), range = go ? { go } : {};
  const kinds = ['value', 'run', 'cost'].filter((each) => map.has(each));
  if (kinds.length !== 1) read.fail(node, 'what is shown is an expression, or one of value, run, cost.');
  const value = map.get('value'), run = map.get('run'), cost = map.get('cost'), as = map.get('as'), name = map.get('name');
  if ((as ?? name) && !value) read.fail(as ?? name, 'name and as go with value.');
  if (run) return { kind: 'run', command: read.text(run, 'run'), ...range };
  if (cost) { const of = read.text(cost, 'cost'); return { kind: 'cost', of: of === 'switch' || of === 'run' ? of : read.fail(cost, `cost is of a switch or of the run, not ${JSON.stringify(of)}.`), ...range }; }
  const expression = read.text(value!, 'value'), form = as && read.text(as, 'as');
  if (form !== undefined && !FORMS.includes(form as Form)) read.fail(as, `as is one of ${FORMS.join(', ')}, not ${JSON.stringify(form)}.`);
  return { kind: 'value', expression, name: name ? read.text(name, 'name') : expression, ...(form ? { form: form as Form } : {}), ...range };
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();
/** Lines of a paragraph flow together; an empty line begins the next. */
const paragraph = (text: string): string => text.split(/\n\s*\n/).map(oneLine).join('\n\n');
