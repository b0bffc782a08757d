// Templates that nearly every Go program needs, made once and for all as part of the core module.
// Must stay true: the index says, in the order of their slots, which patterns they are for; traits of rows go with it.
import type { HelperSlots } from '../semantics/flow';
import type { ModuleBuilder } from '../wasm/module';
import { decode } from '../x86/decoder';
import { commonInstructions } from './common-instructions';
import type { RowTraits } from './pattern';
import { patternOf } from './pattern';
import { makeTemplate } from './template';

export interface LibraryIndex {
  /** By row: what its templates cannot have as parameters. */
  traits: [row: number, traits: RowTraits][];
  /** The patterns of consecutive templates. */
  patterns: [row: number, pattern: number][];
}

export function makeLibrary(module: ModuleBuilder, helpers: HelperSlots): { index: LibraryIndex; bodies: Uint8Array[] } {
  const traits = new Map<number, RowTraits>(), patterns: LibraryIndex['patterns'] = [], bodies: Uint8Array[] = [], seen = new Set<string>();
  for (const bytes of commonInstructions()) {
    const i = decode(bytes, 0, 0x1000);
    if (!i) throw new Error(`${bytes.join(' ')} is no instruction`);
    let own = traits.get(i.row.id);
    if (!own) traits.set(i.row.id, own = { pinned: 0, immediates: false, alone: false });
    // Many are there for their recipe only.
    if (seen.has(`${i.row.id} ${patternOf(i, own)}`)) continue;
    const made = makeTemplate(i, own, module, helpers), name = `${i.row.id} ${made?.pattern}`;
    if (!made || seen.has(name)) continue;
    seen.add(name);
    patterns.push([i.row.id, made.pattern]);
    bodies.push(made.body);
  }
  return { index: { traits: [...traits], patterns }, bodies };
}
