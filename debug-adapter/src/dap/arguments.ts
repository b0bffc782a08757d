// What the arguments of each request are: one table, by which they are checked where requests arrive. A name that ends in `?` may be left out; other arguments that a client adds are not looked at.
// Must stay true: handlers see only arguments that are listed here, as they are listed (`Handlers` is typed by this table), and the table takes all that the protocol's types allow.

import { type Command, RequestError } from './handler';

type Kind = 'text' | 'whole number' | 'count' | 'truth' | 'text or null' | 'anything' | readonly ['list', Kind] | readonly ['by name', Kind] | readonly ['one of', ...string[]] | Fields;
interface Fields { readonly [name: string]: Kind }

type ValueOf<K> =
  K extends 'text' ? string : K extends 'whole number' | 'count' ? number : K extends 'truth' ? boolean : K extends 'text or null' ? string | null : K extends 'anything' ? unknown :
  K extends readonly ['list', infer E] ? ValueOf<E>[] : K extends readonly ['by name', infer E] ? Record<string, ValueOf<E>> : K extends readonly ['one of', ...infer W] ? W[number] : FieldsOf<K>;
type FieldsOf<F> = { [N in keyof F as N extends `${string}?` ? never : N]: ValueOf<F[N]> } & { [N in keyof F as N extends `${infer O}?` ? O : never]?: ValueOf<F[N]> };

const SOURCE = { 'path?': 'text', 'sourceReference?': 'whole number' } as const;
const CONDITIONS = { 'condition?': 'text', 'hitCondition?': 'text', 'logMessage?': 'text' } as const;
const FORMAT = { 'hex?': 'truth' } as const;
const STEP = { threadId: 'whole number', 'granularity?': ['one of', 'statement', 'line', 'instruction'] } as const;
const EVENT = { event: 'text', 'goroutine?': 'whole number', 'names?': ['list', 'text'] } as const;
/** Every thread stops and goes on with the others, so that clients that name none are understood. */
const ALL_THREADS = { 'threadId?': 'whole number' } as const;
const KNOWN_ROWS = { revision: 'whole number', segments: 'whole number', marks: 'whole number', strings: 'whole number' } as const;
const REVERSE_STEPS = ['one of', 'reverseStepIn', 'reverseStepOut', 'reverseNext', 'reverseStepInstruction', 'reverseNextInstruction', 'reverseStepOutInstruction'] as const;

const ARGUMENTS = {
  initialize: {
    'adapterID?': 'text', 'linesStartAt1?': 'truth', 'columnsStartAt1?': 'truth', 'pathFormat?': 'text', 'supportsVariableType?': 'truth', 'supportsRunInTerminalRequest?': 'truth', 'supportsMemoryEvent?': 'truth',
    'supportsInvalidatedEvent?': 'truth', 'supportsProgressReporting?': 'truth', 'supportsANSIStyling?': 'truth',
  },
  launch: {
    program: 'text', 'mode?': ['one of', 'auto', 'exec', 'debug', 'test', 'text'], 'text?': 'text', 'textArgs?': 'text', 'textVariables?': ['by name', 'whole number'], 'buildFlags?': ['list', 'text'], 'test?': 'text', 'built?': 'truth',
    'readable?': ['list', 'text'], 'args?': ['list', 'text'], 'env?': ['by name', 'text or null'], 'cwd?': 'text', 'stopOnEntry?': 'truth', 'stopOnExit?': 'truth', 'input?': 'text',
    'console?': ['one of', 'internalConsole', 'integratedTerminal', 'externalTerminal'], 'seed?': 'whole number', 'procs?': 'whole number', 'goamd64?': ['one of', 'v1', 'v2', 'v3', 'v4'], 'snapshotMemory?': 'whole number',
    'substitutePath?': ['list', { from: 'text', to: 'text' }], 'goroot?': 'text', 'showGlobalVariables?': 'truth', 'disassembleFlavor?': ['one of', 'intel', 'go', 'gnu'], 'noDebug?': 'truth',
  },
  attach: {},
  restart: { 'arguments?': 'anything' },
  disconnect: {},
  terminate: {},
  configurationDone: {},
  cancel: { 'requestId?': 'whole number', 'progressId?': 'text' },
  setBreakpoints: { source: SOURCE, 'breakpoints?': ['list', { line: 'whole number', ...CONDITIONS }], 'lines?': ['list', 'whole number'] },
  setFunctionBreakpoints: { breakpoints: ['list', { name: 'text', ...CONDITIONS }] },
  setInstructionBreakpoints: { breakpoints: ['list', { instructionReference: 'text', 'offset?': 'whole number', ...CONDITIONS }] },
  setDataBreakpoints: { breakpoints: ['list', { dataId: 'text', 'accessType?': ['one of', 'read', 'write', 'readWrite'], 'condition?': 'text', 'hitCondition?': 'text' }] },
  dataBreakpointInfo: { name: 'text', 'variablesReference?': 'whole number', 'frameId?': 'whole number', 'bytes?': 'whole number', 'asAddress?': 'truth' },
  setExceptionBreakpoints: { 'filters?': ['list', 'text'], 'filterOptions?': ['list', { filterId: 'text', 'condition?': 'text' }] },
  breakpointLocations: { source: SOURCE, line: 'whole number', 'endLine?': 'whole number' },
  exceptionInfo: ALL_THREADS,
  continue: ALL_THREADS,
  next: STEP,
  stepIn: { ...STEP, 'targetId?': 'whole number' },
  stepInTargets: { frameId: 'whole number' },
  stepOut: STEP,
  stepBack: STEP,
  reverseContinue: ALL_THREADS,
  pause: ALL_THREADS,
  gotoTargets: { source: SOURCE, line: 'whole number' },
  goto: { threadId: 'whole number', targetId: 'whole number' },
  restartFrame: { frameId: 'whole number' },
  threads: {},
  stackTrace: { threadId: 'whole number', 'startFrame?': 'count', 'levels?': 'count', 'format?': { ...FORMAT, 'parameterValues?': 'truth' } },
  scopes: { frameId: 'whole number' },
  variables: { variablesReference: 'whole number', 'filter?': ['one of', 'indexed', 'named'], 'start?': 'count', 'count?': 'count', 'format?': FORMAT },
  setVariable: { variablesReference: 'whole number', name: 'text', value: 'text', 'format?': FORMAT },
  setExpression: { expression: 'text', value: 'text', 'frameId?': 'whole number', 'format?': FORMAT },
  evaluate: { expression: 'text', 'frameId?': 'whole number', 'context?': 'text', 'format?': FORMAT },
  completions: { text: 'text', column: 'whole number', 'frameId?': 'whole number' },
  disassemble: { memoryReference: 'text', 'offset?': 'whole number', 'instructionOffset?': 'whole number', instructionCount: 'count', 'resolveSymbols?': 'truth' },
  readMemory: { memoryReference: 'text', 'offset?': 'whole number', count: 'count' },
  writeMemory: { memoryReference: 'text', 'offset?': 'whole number', data: 'text', 'allowPartial?': 'truth' },
  source: { 'source?': SOURCE, 'sourceReference?': 'whole number' },
  loadedSources: {},
  modules: {},
  'gobuf/scheduler': { 'maxGs?': 'whole number' },
  'gobuf/tls': ALL_THREADS,
  'gobuf/reverseStep': { threadId: 'whole number', kind: REVERSE_STEPS },
  'gobuf/goTo': { instruction: 'whole number' },
  'gobuf/runTo': { location: 'text' },
  'gobuf/setEventBreakpoints': { breakpoints: ['list', { ...EVENT, ...CONDITIONS }] },
  'gobuf/runToEvent': { 'events?': ['list', EVENT], 'reverse?': 'truth' },
  'gobuf/writes': { 'expression?': 'text', 'frameId?': 'whole number', 'memoryReference?': 'text', 'offset?': 'whole number', 'count?': 'whole number', 'most?': 'whole number' },
  'gobuf/timeline': { 'until?': 'whole number', 'limit?': 'whole number' },
  'gobuf/lanes': { 'known?': KNOWN_ROWS, 'limit?': 'whole number', 'piece?': 'whole number' },
  'gobuf/stacks': { ...ALL_THREADS, 'words?': 'whole number' },
  'gobuf/registers': ALL_THREADS,
  'gobuf/lastChange': { register: 'text', ...ALL_THREADS, 'most?': 'whole number' },
  'gobuf/effects': { 'count?': 'whole number' },
  'gobuf/runNext': { threadId: 'whole number' },
  'gobuf/selectThread': { threadId: 'whole number' },
  'gobuf/tour': { file: 'text', text: 'text' },
  'gobuf/tourStep': { index: 'whole number' },
  'gobuf/moment': {},
} as const satisfies Record<Command, Fields>;

/** What a handler is given. */
export type Arguments<C extends Command> = FieldsOf<(typeof ARGUMENTS)[C]>;

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const WORDS = { text: 'text', 'whole number': 'a whole number', count: 'a whole number from 0 on', truth: 'true or false', 'text or null': 'text or null', anything: 'anything' } as const;
const wordsOf = (kind: Kind): string => typeof kind === 'string' ? WORDS[kind] : !isList(kind) ? 'an object' : kind[0] === 'list' ? 'a list' : kind[0] === 'by name' ? 'an object' : `one of ${kind.slice(1).join(', ')}`;
const isList = (kind: Kind): kind is readonly ['list', Kind] | readonly ['by name', Kind] | readonly ['one of', ...string[]] => Array.isArray(kind);

const LONGEST_SHOWN = 60;
function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}

function isScalar(value: unknown, kind: keyof typeof WORDS): boolean {
  switch (kind) {
    case 'text': return typeof value === 'string';
    case 'whole number': return Number.isSafeInteger(value);
    case 'count': return Number.isSafeInteger(value) && (value as number) >= 0;
    case 'truth': return typeof value === 'boolean';
    case 'text or null': return typeof value === 'string' || value === null;
    case 'anything': return true;
  }
}

/** `at`: the argument's name, with the way to it. */
function check(command: string, at: string, value: unknown, kind: Kind): void {
  const good = typeof kind === 'string' ? isScalar(value, kind) : !isList(kind) ? isObject(value) : kind[0] === 'list' ? Array.isArray(value) : kind[0] === 'by name' ? isObject(value) : kind.slice(1).includes(value as string);
  if (!good) throw refusal(command, `The argument ${at} of ${command} cannot be ${shown(value)}: it has to be ${wordsOf(kind)}.`);
  if (typeof kind === 'string') return;
  if (!isList(kind)) checkFields(command, `${at}.`, value as Record<string, unknown>, kind);
  else if (kind[0] === 'list') (value as unknown[]).forEach((each, index) => check(command, `${at}[${index}]`, each, kind[1] as Kind));
  else if (kind[0] === 'by name') for (const [name, each] of Object.entries(value as object)) check(command, `${at}.${name}`, each, kind[1] as Kind);
}

function checkFields(command: string, before: string, value: Record<string, unknown>, fields: Fields): void {
  for (const [key, kind] of Object.entries(fields)) {
    const optional = key.endsWith('?'), name = optional ? key.slice(0, -1) : key, given = value[name];
    if (given === undefined && !optional) throw refusal(command, `The request ${command} needs the argument ${before}${name}: ${wordsOf(kind)}.`);
    // Some clients say null for what they leave out.
    if (given === null && optional) delete value[name];
    else if (given !== undefined) check(command, `${before}${name}`, given, kind);
  }
}

/** A launch is written by the user, who is shown what is wrong with it; other requests are made by the client. */
const refusal = (command: string, text: string): RequestError => new RequestError(text, command !== 'launch');

/** The arguments of a request as its handler may take them; a refusal names what is wrong. */
export function checkedArguments<C extends Command>(command: C, given: unknown): Arguments<C> {
  const args = given ?? {};
  if (!isObject(args)) throw refusal(command, `The arguments of ${command} cannot be ${shown(args)}: they have to be an object.`);
  checkFields(command, '', args, ARGUMENTS[command]);
  return args as Arguments<C>;
}
