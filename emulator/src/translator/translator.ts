// Everything that makes code of code. A short run, or one all of whose code was kept, needs none of it, and loading it takes longer than such a run, so
// the commands load it when one of these functions is first called (scripts/build.mjs puts that in this file's place).
// Must stay true: only functions are exported, and what runs code reaches what makes it through here alone.
export { buildRecipes } from './common-recipes';
export { buildCore, builtMachineCode, builtRecipes } from './core';
export { fingerprint } from './fingerprint';
export { translate, translateSingle } from './function';
export { discover } from './graph';
export { canBeInlined, inlineCalls } from './inline';
export { joinedModule, layerModule, localHelpers, newLayer, shortModule } from './layer-module';
export { makeTemplate } from './template';
export { usesRelaxedSimd } from '../wasm/relaxed-simd';
export { adoptMarks } from '../wasm/module';
