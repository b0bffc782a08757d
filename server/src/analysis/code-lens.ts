// Lines above functions: their Go declaration, who calls them in assembly, the stack that a NOSPLIT function and its calls take.
// Must stay true: cheap, it is asked for after every edit; places can be opened.

import { visibleSpan, type Span } from '../syntax/source';
import type { AssemblyFile } from './assembly-file';
import { callersIn } from './calls';
import { elsewhere } from './elsewhere';
import { plainName } from './definition';
import { functionsOf } from './functions';
import { nosplitLimit, NoSplitDepths } from './nosplit';
import type { PackageKnowledge } from './package-knowledge';
import { fullName } from './references';
import { linked, type Neighbours } from './package-symbols';

export interface Lens { span: Span; title: string; places: Span[] }

export function codeLenses(context: Neighbours & { file: AssemblyFile; knowledge: PackageKnowledge | undefined; minor: number }): Lens[] {
  const { file, knowledge } = context;
  const functions = functionsOf(file).filter(({ nameToken }) => !nameToken.expansion);
  if (functions.length === 0) return [];
  const all = linked(file, context, context.minor);
  const [own] = all;
  const limit = nosplitLimit(file.target);
  const depths = limit === undefined ? undefined : new NoSplitDepths(all, file.target, elsewhere(file, context));
  return functions.flatMap((each): Lens[] => {
    const lenses: Lens[] = [];
    const span = visibleSpan(each.nameToken);
    const declared = each.static ? undefined : knowledge?.declaration(plainName(each.name));
    if (declared) lenses.push({ span, title: declared.text, places: [declared.span] });
    const callers = callersIn({ name: each.static ? each.name : fullName(each.name, file), static: each.static }, file.source, all);
    const count = callers.reduce((sum, { places }) => sum + places.length, 0);
    if (count > 0) lenses.push({ span, title: count === 1 ? '1 call' : `${count} calls`, places: callers.flatMap(({ places }) => places) });
    const use = own && depths?.of(each, own);
    if (use && (use.chain.length > 1 || use.unknown.size)) lenses.push({ span, title: `${use.unknown.size ? 'at least ' : ''}${use.bytes} of ${limit} NOSPLIT bytes${use.unknown.size ? `, without ${[...use.unknown].join(', ')}` : ''}`, places: [] });
    return lenses;
  });
}
