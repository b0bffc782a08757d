// Evaluates `//go:build` and `// +build` lines as go/build/constraint does.
// Must stay true: never throws; a line that cannot be parsed holds for nothing.

export type TagTest = (tag: string) => boolean;

/** The constraint of a file's text, as a test of its tags; a file without one is always built. */
export function buildConstraint(text: string): (test: TagTest) => boolean {
  const plus: string[] = [];
  for (const line of headerLines(text)) {
    const build = /^\/\/go:build\s+(.*)$/.exec(line)?.[1];
    if (build !== undefined) return (test) => evaluate(build, test);
    const old = /^\/\/\s*\+build\s+(.*)$/.exec(line)?.[1];
    if (old !== undefined) plus.push(old);
  }
  return (test) => plus.every((line) => line.trim().split(/\s+/).some((option) => option.split(',').every((term) => (term.startsWith('!') ? !test(term.slice(1)) : test(term)))));
}

/** Lines before the first that is neither blank nor a comment. */
function* headerLines(text: string): Generator<string> {
  let inBlock = false;
  for (const raw of text.split('\n', 400)) {
    let line = raw.trim();
    if (inBlock) {
      const close = line.indexOf('*/');
      if (close < 0) continue;
      inBlock = false;
      line = line.slice(close + 2).trim();
    }
    while (line.startsWith('/*')) {
      const close = line.indexOf('*/', 2);
      if (close < 0) { inBlock = true; line = ''; break; }
      line = line.slice(close + 2).trim();
    }
    if (line === '') continue;
    if (!line.startsWith('//')) return;
    yield line;
  }
}

function evaluate(text: string, test: TagTest): boolean {
  const tokens = text.match(/&&|\|\||[!()]|[^\s!()&|]+/g) ?? [];
  let at = 0;
  const or = (): boolean => {
    let value = and();
    while (tokens[at] === '||') { at++; const right = and(); value = value || right; }
    return value;
  };
  const and = (): boolean => {
    let value = not();
    while (tokens[at] === '&&') { at++; const right = not(); value = value && right; }
    return value;
  };
  const not = (): boolean => {
    const token = tokens[at++];
    if (token === '!') return !not();
    if (token === '(') {
      const value = or();
      at++;
      return value;
    }
    return token !== undefined && /^[\w.]+$/.test(token) && test(token);
  };
  return tokens.length > 0 && or() && at >= tokens.length;
}
