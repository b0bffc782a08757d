// Lines above functions: their Go declaration, who calls them in assembly, the stack that a NOSPLIT function and its calls take.
// Must stay true: cheap, it is asked for after every edit; places can be opened.

import { visibleSpan, type Span } from '../syntax/source';
import type { AssemblyFile } from './assembly-file';
import { callersOf } from './calls';
import { plainName } from './definition';
import { functionsOf } from './functions';
import { NOSPLIT_LIMIT, NoSplitDepths } from './nosplit';
import type { PackageKnowledge } from './package-knowledge';
import { fullName } from './references';
import { linked, type Neighbours } from './package-symbols';

export interface Lens { span: Span; title: string; places: Span[] }

export function codeLenses(context: Neighbours & { file: AssemblyFile; knowledge: PackageKnowledge | undefined; minor: number }): Lens[] {
  const { file, knowledge } = context;
  const functions = functionsOf(file).filter(({ nameToken }) => !nameToken.expansion);
  if (functions.length === 0) return [];
  const all = linked(file, context, context.minor);
  const depths = file.target.goarch === 'amd64' ? new NoSplitDepths(all) : undefined;
  return functions.flatMap((each): Lens[] => {
    const lenses: Lens[] = [];
    const span = visibleSpan(each.nameToken);
    const declared = each.static ? undefined : knowledge?.declaration(plainName(each.name));
    if (declared) lenses.push({ span, title: declared.text, places: [declared.span] });
    const callers = callersOf({ name: each.static ? each.name : fullName(each.name, file), static: each.static }, file.source.path, all);
    const count = callers.reduce((sum, { places }) => sum + places.length, 0);
    if (count > 0) lenses.push({ span, title: count === 1 ? '1 call' : `${count} calls`, places: callers.flatMap(({ places }) => places) });
    const use = depths?.of(each, file);
    if (use && use.chain.length > 1) lenses.push({ span, title: `${use.bytes} of ${NOSPLIT_LIMIT} NOSPLIT bytes`, places: [] });
    return lenses;
  });
}
