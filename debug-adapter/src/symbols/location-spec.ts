// Delve's location syntax (`main.main`, `asm_amd64.s:412`, `main.f:3`, `*0x45acc0`, `+3`, `17`, `/regexp/`), with its error texts.
// Must stay true: what Delve accepts finds the same addresses here; in addition `gogo<>` and `runtime·gogo` name assembly functions.
import { pattern } from './pattern';
import { matchesFunction, matchesPath, parseFunctionSpec, withoutTypeParameters } from './names';
import type { Binary, BreakpointPlace, FunctionInfo, LocationResult } from './types';

const MAX_CANDIDATES = 5;
const SOURCE_EXTENSION = /\.(go|s|S|c|cc|cpp|cxx|h|y)$/;

export interface LocationHost extends Binary {
  pcsForFunction(fns: readonly FunctionInfo[]): number[];
  inlinedOnly(name: string): number[];
  sourcesLike(path: string): string[];
}

export function findLocation(binary: LocationHost, spec: string, from: { file: string; line: number; pc: number } | undefined): LocationResult {
  const malformed = (why: string, at = 0): LocationResult => ({ places: [], error: `Malformed breakpoint location ${JSON.stringify(spec)} at ${at}: ${why}` });
  if (spec === '') return malformed('empty string');
  const place = (pc: number): BreakpointPlace[] => {
    const at = binary.lineAt(pc);
    return at ? [{ pc, function: at.function, file: at.file, line: at.line }] : [];
  };
  const places = (pcs: number[]): LocationResult => ({ places: pcs.flatMap(place) });
  const fileLine = (file: string, line: number): LocationResult => {
    const pcs = binary.pcsForLine(file, line);
    return pcs.length ? places(pcs) : { places: [], line: { file, line }, error: `could not find statement at ${file}:${line}, please use a line with a statement` };
  };
  if (/^[+-]\d+$/.test(spec)) {
    if (!from) return { places: [], error: 'could not determine current location (scope is nil)' };
    const offset = Number(spec);
    return offset === 0 ? places([from.pc]) : fileLine(from.file, from.line + offset);
  }
  if (/^[+-]/.test(spec)) return malformed(`strconv.Atoi: parsing ${JSON.stringify(spec)}: invalid syntax`);
  if (spec.startsWith('*')) {
    const text = spec.slice(1).trim();
    if (!/^(0x[0-9a-f]+|\d+)$/i.test(text)) return { places: [], error: `the address ${JSON.stringify(text)} is not a number` };
    const pc = Number(text);
    const at = place(pc);
    return at.length ? { places: at } : { places: [], error: `address 0x${pc.toString(16)} is not inside a function of this program` };
  }
  if (spec.startsWith('/') && spec.endsWith('/')) {
    const closing = /^\/(?:\\.|[^\\/])*\//.exec(spec)?.[0].length;
    if (closing === undefined) return malformed('non-terminated regular expression');
    if (closing < spec.length) return malformed('no line offset can be specified for regular expression locations');
    let wanted: RegExp;
    try {
      wanted = pattern(spec.slice(1, -1).replace(/\\\//g, '/'));
    } catch (e) {
      return { places: [], error: `invalid filter argument: ${(e as Error).message}` };
    }
    const out: number[] = [];
    for (const name of binary.distinctNames()) if (wanted.test(name)) {
      const fns = binary.functionsNamed(name);
      out.push(...(fns.length ? binary.pcsForFunction(fns) : binary.inlinedOnly(name)));
    }
    return out.length ? places([...new Set(out)]) : { places: [], error: `location ${JSON.stringify(spec)} not found` };
  }
  if (/^(0x[0-9a-f]+|\d+)$/i.test(spec)) {
    if (!from) return { places: [], error: 'could not determine current location (scope is nil)' };
    return fileLine(from.file, Number(spec));
  }
  const colon = spec.lastIndexOf(':');
  let base = spec, line = -1;
  if (colon > 0 && /^\d+$/.test(spec.slice(colon + 1))) {
    base = spec.slice(0, colon);
    line = Number(spec.slice(colon + 1));
  } else if (colon > 0 && !spec.startsWith('type:') && !spec.startsWith('go:')) return malformed('line offset negative or not a number', colon + 1);
  const written = base;
  base = base.replace(/·/g, '.').replace(/∕/g, '/').replace(/<>$/, '').replace(/^\./, '').replace(/\(SB\)$/, '');

  // Nor all functions for what cannot be the name of one: no package begins with a slash, and `go` is a keyword.
  const isFile = written.startsWith('/') || /\.go$/.test(base), exact = isFile ? [] : binary.functionsNamed(base);
  // Reading all file names takes time: not for what is the name of a function and cannot be one of a file.
  const files = exact.length && !SOURCE_EXTENSION.test(base) ? [] : [...new Set([...binary.sourcesLike(written), ...binary.sourcesLike(base)])].filter((f) => f === written || matchesPath(base, f)).slice(0, MAX_CANDIDATES);
  let names: string[] = [];
  if (exact.length && exact.some((f) => f.name === base || f.symbol === base)) names = [base];
  else {
    const parsed = isFile ? undefined : parseFunctionSpec(base);
    if (parsed) {
      const seen = new Set<string>();
      for (const name of binary.distinctNames()) {
        const generic = withoutTypeParameters(name);
        if (!matchesFunction(parsed, generic)) continue;
        seen.add(generic);
        if (generic === base) {
          seen.clear();
          seen.add(base);
          break;
        }
        if (seen.size >= MAX_CANDIDATES) break;
      }
      names = [...seen];
    }
  }
  const count = files.length + names.length;
  if (count === 0) return { places: [], unknown: true, error: `location ${JSON.stringify(spec)} not found` };
  if (count > 1) return { places: [], error: `Location ${JSON.stringify(spec)} ambiguous: ${[...files, ...names].join(', ')}…` };
  if (files.length) return line < 0 ? { places: [], error: 'Malformed breakpoint location, no line offset specified' } : fileLine(files[0]!, line);
  const fns = binary.functionsNamed(names[0]!);
  if (line > 0) {
    const entry = fns[0] && binary.lineAt(fns[0].entry);
    if (!entry) return { places: [], error: `location ${JSON.stringify(spec)} not found` };
    return fileLine(entry.file, entry.line + line);
  }
  // Of a generic function some instances may have no code of their own.
  const generic = fns.some(({ name }) => name.includes('[')), pcs = [...new Set([...(fns.length ? binary.pcsForFunction(fns) : []), ...(fns.length === 0 || generic ? binary.inlinedOnly(names[0]!) : [])])].sort((a, b) => a - b);
  return pcs.length ? places(pcs) : { places: [], error: `location ${JSON.stringify(spec)} not found` };
}
