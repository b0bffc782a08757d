// Stands for everything that decides what code is made of guest code: kept code of another version is of no use.
// Must stay true: whatever changes translated code or the core module changes this number.
import { Emitter } from '../semantics/emitter';
import { semantics } from '../semantics/index';
import { MemoryEmitter, RegisterEmitter } from '../semantics/operands';
import { answerClock } from './clock';
import { EXAMPLES } from './common-instructions';
import { buildCore } from './core';
import { fillRecord } from './decoded-record';
import { FunctionTranslator } from './function';
import { discover } from './graph';
import { canBeInlined, inlineCalls } from './inline';
import { helperList, helperSlots } from './helper-slots';
import { KEPT_FORM } from './kept';
import { layOutLoops } from './layout';
import { localHelpers } from './layer-module';
import { makeLibrary } from './library';
import { patternOf } from './pattern';
import { Recipes } from './recipes';
import { recordFunctions } from './record-functions';
import { Records } from './records';
import { solveRegisters } from './registers';
import { stackShape } from './stack';

let known: number | undefined;

export function fingerprint(): number {
  if (known !== undefined) return known;
  const texts = [KEPT_FORM, EXAMPLES, ...[FunctionTranslator, Emitter, MemoryEmitter, RegisterEmitter, discover, layOutLoops, stackShape, solveRegisters, localHelpers, inlineCalls, canBeInlined, buildCore, makeLibrary, answerClock, patternOf, Records, fillRecord, Recipes, ...recordFunctions].map(String)];
  for (const name of helperList) texts.push(name, String(helperSlots.helper(name).emit));
  let hash = 0x811c9dc5;
  for (const text of texts) for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  for (const meaning of semantics.values()) {
    const text = String(meaning);
    hash = Math.imul(hash ^ text.length, 0x01000193);
  }
  return (known = hash >>> 0);
}
