// Runs #define, #include, #ifdef and macro expansion as cmd/asm/internal/lex does, but goes on after an error.
// Must stay true: terminates on any input (nesting and output are bounded), never throws, every token keeps its origin.
// Long because directives, conditions and expansion share one state.

import { MacroScope } from './macro-scope';
import { meaningful, meaningfulIn, meaningfulInSteps } from './meaningful';
import { PlainHeader } from './plain-header';
import {
  sourceFile, visibleSpan,
  type Expansion, type Macro, type MacroToken, type PreprocessedToken, type Problem, type SourceFile, type Span,
} from './source';
import { openEnd } from './open-end';
import { finish, TOKENS, type Steps } from './steps';

/** Finds the file of `#include "name"` written in `from`; undefined if there is none. */
export type IncludeResolver = (name: string, from: SourceFile) => SourceFile | undefined;

export interface PreprocessOptions {
  /** Names that the command line defines (`GOOS_linux`, `GOARCH_amd64`), with their text. */
  defines?: ReadonlyMap<string, string>;
  resolveInclude?: IncludeResolver;
}

export interface Include { name: string; span: Span; target: SourceFile | undefined }

export interface MacroUse { macro: Macro; span: Span }

export interface Preprocessed {
  /** Without white space and comments; newlines are kept, they end statements. */
  tokens: PreprocessedToken[];
  problems: Problem[];
  /** Every definition met, in order (also of included files), even if undefined again later; but for those of `headers`. */
  macros: Macro[];
  /** Included files that are nothing but lists of macros. */
  headers: PlainHeader[];
  /** Macro names where they are invoked or tested, in the root file and its includes, each place once; those in bodies are in `bodyUses`. */
  uses: MacroUse[];
  /** Names of other macros in the bodies of the root file's macros, expanded or not. */
  bodyUses: MacroUse[];
  includes: Include[];
  /** Text that an #ifdef leaves out. */
  inactive: Span[];
  /** By the place of a macro's name in the root file: the statements it makes there. */
  expansions: Map<number, PreprocessedToken[]>;
  /** What changed the known macros, in order: where in the root file (of an include its own line), and what; see `macrosAt`. */
  changes: MacroChange[];
  /** A macro made a directive that may reach beyond its use: no line can be read alone. */
  expandedDirective: boolean;
  /** Places of macros' names in the root file whose expansion holds conditions that begin and end in it: such a line cannot be read alone, others can. */
  conditionalUses: number[];
}

export interface MacroChange { at: number; header?: PlainHeader; defined?: Macro; undefined_?: string }

interface Reader {
  tokens: PreprocessedToken[];
  index: number;
  /** For a file: may hold directives. */
  file: SourceFile | undefined;
}

/** `use`: the one that it stands in the expansion of. */
interface Condition { enabled: boolean; start: number; file: SourceFile; span: Span; use: Span | undefined }

/** Go's own limit is 100 readers; finished ones count, so that `#define A A` ends. */
const MOST_NESTING = 100;
/** A hostile chain of macros doubles at each step: this many tokens are more than the macros of any real file make. */
const MOST_TOKENS = 500_000;

export const preprocess = (root: SourceFile, options: PreprocessOptions = {}): Preprocessed => finish(preprocessInSteps(root, options));

export function* preprocessInSteps(root: SourceFile, options: PreprocessOptions): Steps<Preprocessed> {
  const tokens = yield* meaningfulInSteps(root, 0, root.text.length);
  return yield* new Preprocessor(options).run(root, tokens);
}

/** The lines [from, to) of a file alone, which hold no directive, with the macros that are known there. */
export function preprocessLines(root: SourceFile, from: number, to: number, macros: MacroScope): Preprocessed {
  return finish(new Preprocessor({}, macros).run(root, meaningfulIn(root, from, to)));
}

/** The macros that are known at a place of the root file. */
export function macrosAt(at: number, { changes }: Pick<Preprocessed, 'changes'>, defines: ReadonlyMap<string, string> = new Map()): MacroScope {
  const macros = commandLine(defines);
  for (const { at: place, header, defined, undefined_ } of changes) {
    if (place >= at) break;
    if (undefined_ !== undefined) macros.delete(undefined_);
    if (header) macros.include(header);
    // Of two definitions the first one stays.
    if (defined && !macros.get(defined.name)) macros.set(defined);
  }
  return macros;
}

function commandLine(defines: ReadonlyMap<string, string>): MacroScope {
  const macros = new MacroScope();
  for (const [name, text] of defines) {
    const file = sourceFile(`-D${name}`, text);
    macros.set({ name, parameters: undefined, body: meaningful(file).map((token) => ({ token, file })), definition: undefined });
  }
  return macros;
}

/** A macro that a file defines or includes, by name. */
export const macroNamed = ({ macros, headers }: Pick<Preprocessed, 'macros' | 'headers'>, name: string): Macro | undefined =>
  macros.find((macro) => macro.name === name) ?? headers.find((header) => header.has(name))?.get(name);

/** Every macro that people have written, in a file or what it includes: without go_asm.h, whose thousands the Go files give. */
export function* writtenMacros({ macros, headers }: Pick<Preprocessed, 'macros' | 'headers'>): Generator<Macro> {
  for (const header of headers) if (!/(^|\/)go_asm\.h$/.test(header.path)) yield* header;
  yield* macros;
}

/** What a token of an expansion comes from. */
function useOf({ expansion }: PreprocessedToken): Span | undefined {
  let at = expansion;
  while (at?.parent) at = at.parent;
  return at?.call;
}

const isOpen = ({ kind, problem }: PreprocessedToken): boolean => (kind === 'string' || kind === 'char') && problem?.endsWith('not terminated') === true;

class Preprocessor {
  private readonly macros: MacroScope;
  private readonly readers: Reader[] = [];
  private readonly conditions: Condition[] = [];
  private produced = 0;
  private stopped = false;
  private readonly out: Preprocessed = { tokens: [], problems: [], macros: [], headers: [], uses: [], bodyUses: [], includes: [], inactive: [], expansions: new Map(), changes: [], expandedDirective: false, conditionalUses: [] };
  /** Where the root file is being read. */
  private rootAt = 0;
  private beginningOfLine = true;
  /** The file has ended within a directive. */
  private isOpenEnd = false;
  private readonly usedArguments = new Set<string>();

  constructor(private readonly options: PreprocessOptions, macros?: MacroScope) {
    this.macros = macros ?? commandLine(options.defines ?? new Map());
  }

  *run(root: SourceFile, tokens: PreprocessedToken[]): Steps<Preprocessed> {
    this.readers.push({ tokens, index: 0, file: root });
    while (this.some(root)) yield undefined;
    this.collectExpansions(root);
    this.collectBodyUses(root);
    for (const open of this.conditions) {
      if (open.use) this.out.expandedDirective = true;
      this.problem('syntax', 'this #ifdef or #ifndef has no #endif', open.span);
      if (!open.enabled && open.start < open.file.text.length) this.out.inactive.push({ file: open.file, start: open.start, end: open.file.text.length });
    }
    return this.out;
  }

  /** The next tokens; false when there are no more. */
  private some(root: SourceFile): boolean {
    let { beginningOfLine } = this;
    for (let count = 0; count < TOKENS; count++) {
      const token = this.next();
      if (!token) return false;
      if (token.text === '#' && token.kind === 'punctuation') {
        if (!beginningOfLine) this.report('syntax', "'#' must be the first item on a line", token);
        if (token.file === root) this.rootAt = token.start;
        if (token.expansion && !beginningOfLine) this.out.expandedDirective = true;
        this.directive(token, root);
        beginningOfLine = true;
        continue;
      }
      // Left out or not, text that is not closed takes the end of its line with it.
      if (token.problem && !this.enabled() && isOpen(token) && this.peek()?.kind === 'newline') {
        this.next();
        beginningOfLine = false;
        continue;
      }
      beginningOfLine = token.kind === 'newline';
      if (!this.enabled()) continue;
      if (token.problem) this.report('syntax', token.problem, token);
      if (token.kind === 'identifier') {
        const macro = this.macros.get(token.text);
        if (macro && this.invoke(macro, token)) continue;
      }
      this.emit(token);
    }
    this.beginningOfLine = beginningOfLine;
    return true;
  }

  private collectExpansions(root: SourceFile): void {
    for (const token of this.out.tokens) {
      let at = token.expansion;
      if (!at) continue;
      while (at.parent) at = at.parent;
      if (at.call.file !== root) continue;
      const known = this.out.expansions.get(at.call.start);
      if (known) known.push(token);
      else this.out.expansions.set(at.call.start, [token]);
    }
  }

  private collectBodyUses(root: SourceFile): void {
    const own = this.out.macros.filter(({ definition }) => definition?.file === root);
    if (own.length === 0) return;
    const defined = new Map(this.out.macros.map((macro) => [macro.name, macro]));
    const known = (name: string) => defined.get(name) ?? this.out.headers.findLast((header) => header.has(name))?.get(name);
    for (const { parameters, body } of own) {
      for (const { token, file } of body) {
        const macro = token.kind === 'identifier' && !parameters?.includes(token.text) ? known(token.text) : undefined;
        if (macro) this.out.bodyUses.push({ macro, span: { file, start: token.start, end: token.end } });
      }
    }
  }

  private emit(token: PreprocessedToken): void {
    if (token.expansion && ++this.produced > MOST_TOKENS) {
      if (!this.stopped) this.report('syntax', 'the macros of this file expand to too much text', token);
      this.stopped = true;
      this.readers.length = 0;
      return;
    }
    this.out.tokens.push(token);
  }

  private enabled(): boolean {
    return this.conditions.at(-1)?.enabled ?? true;
  }

  private next(): PreprocessedToken | undefined {
    for (;;) {
      const reader = this.readers.at(-1);
      if (!reader) return undefined;
      const token = reader.tokens[reader.index];
      if (token) {
        reader.index++;
        return token;
      }
      this.readers.pop();
    }
  }

  private peek(): PreprocessedToken | undefined {
    for (let i = this.readers.length - 1; i >= 0; i--) {
      const reader = this.readers[i];
      const token = reader?.tokens[reader.index];
      if (token) return token;
    }
    return undefined;
  }

  private push(reader: Reader, at: PreprocessedToken): boolean {
    if (this.readers.length >= MOST_NESTING) {
      this.report('syntax', `macros or includes are nested more than ${MOST_NESTING} deep here`, at);
      return false;
    }
    this.readers.push(reader);
    return true;
  }

  private pushFile(file: SourceFile, at: PreprocessedToken): void {
    this.push({ tokens: meaningful(file), index: 0, file }, at);
  }

  private report(code: string, message: string, token: PreprocessedToken): void {
    this.problem(code, message, visibleSpan(token));
  }

  private problem(code: string, message: string, span: Span, severity: Problem['severity'] = 'error'): void {
    this.out.problems.push({ code, severity, message, span });
  }

  /** The rest of the line of a directive; its newline is consumed. */
  private restOfLine(): PreprocessedToken[] {
    const line: PreprocessedToken[] = [];
    for (;;) {
      const token = this.peek();
      if (!token) {
        this.isOpenEnd = true;
        return line;
      }
      this.next();
      if (token.kind === 'newline') return line;
      if (token.text === '\\' && this.peek()?.kind === 'newline') {
        line.push(token);
        const newline = this.next();
        if (newline) line.push(newline);
        continue;
      }
      line.push(token);
    }
  }

  private directive(hash: PreprocessedToken, root: SourceFile): void {
    const line = this.restOfLine();
    const open = this.isOpenEnd ? openEnd(line.at(-1) ?? hash) : undefined;
    if (open) this.out.problems.push(open);
    const word = line.shift();
    const use = useOf(hash);
    if (use?.file === root && this.out.conditionalUses.at(-1) !== use.start) this.out.conditionalUses.push(use.start);
    if (use && !['else', 'endif', 'ifdef', 'ifndef'].includes(word?.text ?? '')) this.out.expandedDirective = true;
    if (!word || word.kind !== 'identifier') {
      if (this.enabled()) this.report('syntax', 'a directive such as define, include or ifdef must follow #', word ?? hash);
      return;
    }
    if (!this.enabled() && !['else', 'endif', 'ifdef', 'ifndef'].includes(word.text)) return;
    switch (word.text) {
      case 'define': return this.define(line, word);
      case 'undef': return this.undefine(line, word);
      case 'include': return this.include(line, word);
      case 'ifdef': case 'ifndef': return this.condition(line, word, use);
      case 'else': return this.otherwise(line, word, use);
      case 'endif': return this.endif(line, word, use);
      case 'line': return this.line(line, word);
      default:
        this.report('syntax', `#${word.text} is not a directive of Go's assembler (define, undef, include, ifdef, ifndef, else, endif, line)`, word);
    }
  }

  private define(line: PreprocessedToken[], word: PreprocessedToken): void {
    const name = line.shift();
    if (!name || name.kind !== 'identifier') return this.report('syntax', 'a name must follow #define', name ?? word);
    let parameters: string[] | undefined;
    const first = line[0];
    if (first?.text === '(' && first.start === name.end) {
      parameters = [];
      line.shift();
      let wantName = true;
      for (;;) {
        const token = line.shift();
        if (!token) return this.report('syntax', `the parameter list of macro ${name.text} is not closed`, name);
        if (token.text === ')') break;
        if (token.text === ',') {
          if (wantName) this.report('syntax', `a parameter name is missing in macro ${name.text}`, token);
          wantName = true;
        } else if (token.kind === 'identifier') {
          if (!wantName) this.report('syntax', `a comma is missing between the parameters of macro ${name.text}`, token);
          if (parameters.includes(token.text)) this.report('syntax', `duplicate parameter ${token.text} of macro ${name.text}`, token);
          parameters.push(token.text);
          wantName = false;
        } else return this.report('syntax', `${token.text} cannot stand in the parameter list of macro ${name.text}`, token);
      }
    }
    const body: MacroToken[] = [];
    for (let i = 0; i < line.length; i++) {
      const token = line[i] as PreprocessedToken;
      if (token.text === '\\') {
        const escaped = line[i + 1];
        if (escaped?.kind !== 'newline' && escaped?.text !== '\\') this.report('syntax', 'in a macro only a newline or a backslash can follow \\', token);
        if (escaped) { body.push({ token: escaped, file: escaped.file }); i++; }
        continue;
      }
      body.push({ token, file: token.file });
    }
    const definition = { file: name.file, start: name.start, end: name.end };
    const macro: Macro = { name: name.text, parameters, body, definition };
    this.out.macros.push(macro);
    const earlier = this.macros.get(name.text);
    if (earlier) this.problem('macro-redefined', `macro ${name.text} is defined again`, definition);
    else this.macros.set(macro);
    this.out.changes.push({ at: this.rootAt, defined: macro });
  }

  private undefine(line: PreprocessedToken[], word: PreprocessedToken): void {
    const name = line.shift();
    if (!name || name.kind !== 'identifier') return this.report('syntax', 'a name must follow #undef', name ?? word);
    const macro = this.macros.get(name.text);
    if (!macro) this.report('syntax', `macro ${name.text} is not defined here`, name);
    else this.out.uses.push({ macro, span: { file: name.file, start: name.start, end: name.end } });
    this.macros.delete(name.text);
    this.out.changes.push({ at: this.rootAt, undefined_: name.text });
    this.nothingAfter(line, 'undef');
  }

  /** `#line 12 "file"`; the place is not taken over. */
  private line([number, name, ...rest]: PreprocessedToken[], word: PreprocessedToken): void {
    if (number?.kind !== 'integer') this.report('syntax', 'a line number must follow #line, as in #line 12 "file"', number ?? word);
    else if (name?.kind !== 'string') this.report('syntax', 'a file name in double quotes must follow the number of #line', name ?? number);
    else this.nothingAfter(rest, 'line');
  }

  private nothingAfter(line: PreprocessedToken[], directive: string): void {
    const extra = line[0];
    if (extra) this.report('syntax', `nothing may follow on the line of #${directive}`, extra);
  }

  private include(line: PreprocessedToken[], word: PreprocessedToken): void {
    const name = line.shift();
    if (!name || name.kind !== 'string') return this.report('syntax', '#include needs a file name in double quotes', name ?? word);
    this.nothingAfter(line, 'include');
    const span = { file: name.file, start: name.start, end: name.end };
    const path = name.text.slice(1, -1);
    const target = this.options.resolveInclude?.(path, name.file);
    this.out.includes.push({ name: path, span, target });
    if (!target) return this.problem('include-missing', `cannot find ${path}`, span);
    const header = PlainHeader.of(target);
    if (!header || this.readers.length >= MOST_NESTING) return this.pushFile(target, name);
    this.out.changes.push({ at: this.rootAt, header });
    this.out.headers.push(header);
    for (const macro of this.macros.include(header)) this.problem('macro-redefined', `macro ${macro.name} is defined again`, macro.definition ?? span);
  }

  private condition(line: PreprocessedToken[], word: PreprocessedToken, use: Span | undefined): void {
    const name = line.shift();
    const span = { file: word.file, start: word.start, end: word.end };
    if (!name || name.kind !== 'identifier') this.report('syntax', `a name must follow #${word.text}`, name ?? word);
    this.nothingAfter(line, word.text);
    const macro = name && this.macros.get(name.text);
    if (macro && name) {
      this.out.uses.push({ macro, span: { file: name.file, start: name.start, end: name.end } });
      // It stands elsewhere than what comes before and after it.
      if (use) this.out.expandedDirective = true;
    }
    const enabled = this.enabled() && (macro !== undefined) === (word.text === 'ifdef');
    this.conditions.push({ enabled, start: this.lineEnd(word), file: word.file, span, use });
  }

  private otherwise(line: PreprocessedToken[], word: PreprocessedToken, use: Span | undefined): void {
    this.nothingAfter(line, 'else');
    const open = this.conditions.at(-1);
    if (open?.use !== use) this.out.expandedDirective = true;
    if (!open) return this.report('syntax', '#else without #ifdef or #ifndef', word);
    this.leaveOut(open, word);
    const around = this.conditions.at(-2)?.enabled ?? true;
    if (around) open.enabled = !open.enabled;
    open.start = this.lineEnd(word);
  }

  private endif(line: PreprocessedToken[], word: PreprocessedToken, use: Span | undefined): void {
    this.nothingAfter(line, 'endif');
    const open = this.conditions.pop();
    if (open?.use !== use) this.out.expandedDirective = true;
    if (!open) return this.report('syntax', '#endif without #ifdef or #ifndef', word);
    this.leaveOut(open, word);
  }

  private leaveOut(open: Condition, word: PreprocessedToken): void {
    if (open.enabled || open.file !== word.file) return;
    const end = word.file.text.lastIndexOf('\n', word.start) + 1;
    if (end > open.start) this.out.inactive.push({ file: open.file, start: open.start, end });
  }

  private lineEnd(token: PreprocessedToken): number {
    const newline = token.file.text.indexOf('\n', token.end);
    return newline < 0 ? token.file.text.length : newline + 1;
  }

  /** Pushes the expansion; false if the name is to stand as it is. */
  private invoke(macro: Macro, name: PreprocessedToken): boolean {
    const callSpan = visibleSpan(name);
    // An argument that a macro repeats is written once.
    const key = name.expansion ? name.visible && `${name.file.path}:${name.start}` : undefined;
    if (!name.expansion || (key !== undefined && !this.usedArguments.has(key))) {
      this.out.uses.push({ macro, span: { file: name.file, start: name.start, end: name.end } });
      if (key !== undefined) this.usedArguments.add(key);
    }
    const expansion: Expansion = { macro, call: callSpan, parent: name.expansion };
    if (!macro.parameters) {
      this.push({ tokens: macro.body.map(({ token, file }) => ({ ...token, file, expansion })), index: 0, file: undefined }, name);
      return true;
    }
    if (this.peek()?.text !== '(') return false;
    this.next();
    const args = this.collectArguments(macro, name);
    if (!args) return true;
    if (macro.parameters.length === 0 && args.length === 1 && args[0]?.length === 0) args.length = 0;
    if (args.length !== macro.parameters.length) {
      this.problem('macro-arguments', `macro ${macro.name} takes ${macro.parameters.length} ${macro.parameters.length === 1 ? 'argument' : 'arguments'}, not ${args.length}`, callSpan);
      return true;
    }
    const tokens: PreprocessedToken[] = [];
    for (const { token, file } of macro.body) {
      const which = token.kind === 'identifier' ? macro.parameters.indexOf(token.text) : -1;
      const argument = which < 0 ? undefined : args[which];
      // As in Go's own preprocessor an empty argument leaves the parameter's name standing.
      if (!argument?.length) tokens.push({ ...token, file, expansion });
      else for (const part of argument) tokens.push({ ...part, expansion, visible: visibleSpan(part) });
    }
    this.push({ tokens, index: 0, file: undefined }, name);
    return true;
  }

  private collectArguments(macro: Macro, name: PreprocessedToken): PreprocessedToken[][] | undefined {
    const args: PreprocessedToken[][] = [[]];
    let nesting = 0;
    for (;;) {
      const token = this.peek();
      if (!token || token.kind === 'newline') {
        this.report('syntax', `the arguments of macro ${macro.name} are not closed on this line`, name);
        return undefined;
      }
      this.next();
      if (nesting === 0 && token.text === ')') return args;
      if (nesting === 0 && token.text === ',') { args.push([]); continue; }
      if (token.text === '(') nesting++;
      if (token.text === ')') nesting--;
      args.at(-1)?.push(token);
    }
  }
}
