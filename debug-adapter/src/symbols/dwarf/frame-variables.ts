// Variables of a frame out of their DWARF entries: name, type, where the value lies at this pc, and its bytes.
// Must stay true: a variable has the type that the code was called with, also in code that several types share; what lies nowhere says why in Delve's words.
import type { FrameContext, GoType, Memory, VariableInfo } from '../types';
import { At, Tag } from './constants';
import type { TypeReader } from './go-types';
import { numberOf, stringOf } from './forms';
import type { DebugInfo, Die } from './info';
import { evaluateLocation, expressionAt } from './location';
import { locationText } from './location-text';

type Declared = Pick<VariableInfo, 'name' | 'type' | 'role' | 'declLine' | 'captured'> & { /** Of a type parameter's type: its index in the dictionary. */ dictIndex: number | undefined; /** Of what a closure has captured: where it lies in the closure. */ closureOffset: number | undefined };
/** What is known of the program besides its debug information. */
export interface DwarfHost {
  typeAtRuntimeAddress(address: number): GoType | undefined;
  /** Not past the first address after its function's prologue. */
  inPrologue(pc: number): boolean;
  /** The package that the name of the function there begins with. */
  packageAt?(pc: number): string | undefined;
}
/** The variable of generic code that points to the types it was called with. */
const DICTIONARY = '.dict', CLOSURE = '.closureptr';
const RDX = 2;

export class FrameVariables {
  constructor(private readonly info: DebugInfo, private readonly types: TypeReader, private readonly host: DwarfHost = { typeAtRuntimeAddress: () => undefined, inPrologue: () => false }) {}

  /** What a variable's entry says wherever it lies; null for one without a name. */
  private readonly declarations = new WeakMap<Die, Declared | null>();
  private declared(die: Die): Declared | null {
    const known = this.declarations.get(die);
    if (known !== undefined) return known;
    const originOffset = numberOf(die.attributes.get(At.abstractOrigin));
    const origin = originOffset === undefined ? undefined : this.info.dieAt(originOffset);
    const attribute = (at: number) => die.attributes.get(at) ?? origin?.attributes.get(at);
    const name = stringOf(attribute(At.name)) ?? '', typeOffset = numberOf(attribute(At.type));
    const type = typeOffset === undefined ? undefined : this.types.at(typeOffset);
    const isParameter = (origin?.tag ?? die.tag) === Tag.formalParameter;
    const role = !isParameter ? 'local' : attribute(At.variableParameter) ? 'result' : 'parameter';
    const typeDie = typeOffset === undefined ? undefined : this.info.dieAt(typeOffset), dictIndex = typeDie?.tag === Tag.typedef ? numberOf(typeDie.attributes.get(At.goDictIndex)) : undefined;
    const found = !type || name === '' || name === CLOSURE ? null : { name, type, role, declLine: numberOf(attribute(At.declLine)) ?? 0, captured: die.attributes.has(At.goClosureOffset), dictIndex, closureOffset: numberOf(die.attributes.get(At.goClosureOffset)) } as const;
    this.declarations.set(die, found);
    return found;
  }

  describe(scope: { die: Die; depth: number }[], frame: FrameContext, memory: Memory): VariableInfo[] {
    const out: VariableInfo[] = [];
    const valueOf = (die: Die, size: number) => {
      const at = (pc: number) => {
        const code = expressionAt(this.info, die.unit, die.attributes.get(At.location), die.attributes.form(At.location), pc);
        return { code, ...evaluateLocation(this.info, die.unit, code ?? new Uint8Array(0), size, { pc, cfa: frame.cfa, registers: frame.registers, framePointer: frame.framePointer, memory }) };
      };
      const found = at(frame.pc);
      if ((found.code && found.place.at !== 'gone') || frame.returnPc === undefined) return found;
      // The call takes the register; where the frame goes on with the value is where it was kept meanwhile, if it was. A register there would be the call's result.
      const kept = at(frame.returnPc);
      return !kept.code || kept.place.at === 'memory' || (kept.place.at === 'pieces' && kept.place.pieces.every(({ address }) => address !== undefined)) ? kept : found;
    };
    const holder = scope.find(({ die }) => this.declared(die)?.name === DICTIONARY), dictionary = holder && wordIn(valueOf(holder.die, 8).bytes);
    for (const { die, depth } of scope) {
      const declared = this.declared(die);
      if (!declared || declared.name === DICTIONARY) continue;
      const { role, declLine, captured, dictIndex, closureOffset } = declared;
      let { name, type } = declared;
      // The code is shared by all types of a shape; which one it is the dictionary says.
      const called = dictIndex !== undefined && dictionary ? this.host.typeAtRuntimeAddress(wordIn(memory.read(dictionary + 8 * dictIndex, 8))) : undefined;
      if (called?.size === type.size) type = called;
      const value = valueOf(die, type.size), { code } = value;
      let { place, bytes } = value;
      const list = numberOf(die.attributes.get(At.location));
      const assembled = die.unit.producer.startsWith('gobuf asm');
      if (!code && list !== undefined) place = { at: 'gone', why: assembled ? ASSEMBLED_GONE[role === 'result' ? 'result' : 'argument'] : `could not find loclist entry at 0x${list.toString(16)} for address 0x${(frame.returnPc ?? frame.pc).toString(16)}` };
      // Its own place is written only then; DX holds the closure.
      if (closureOffset !== undefined && role === 'local' && frame.registers && this.host.inPrologue(frame.pc)) {
        const address = Number(BigInt.asUintN(48, frame.registers.gpr[RDX] ?? 0n)) + closureOffset, read = memory.read(address, type.size);
        if (read.length === type.size) { place = { at: 'memory', address }; bytes = read; }
      }
      const escaped = name.startsWith('&') && type.kind === 'pointer';
      if (escaped) {
        name = name.slice(1);
        type = type.elem ?? type;
        if (bytes.length >= 8 && place.at !== 'gone') {
          const address = wordIn(bytes);
          place = { at: 'memory', address };
          bytes = memory.read(address, type.size);
        }
      }
      // a result that lives in a register has a second, empty entry
      if (out.some((v) => v.name === name && v.role === 'result' && role === 'result')) continue;
      // A closure that is called where it stands gets what it captured as parameters. Those are nobody's arguments; they are there from its first line on.
      const given = escaped && role === 'parameter';
      const { pc } = frame, location = code && (() => `${list === undefined ? '[block] ' : `[0x${list.toString(16)}:0x${pc.toString(16)}] `}${locationText(code)}${escaped ? ' (escaped)' : ''}`);
      out.push({ name, type, role: given ? 'local' : role, declLine: given ? 0 : declLine, captured, place, bytes, escaped, depth, ...(location ? { location } : {}) });
    }
    return out;
  }
}

/** Values in registers of functions that the bundled assembler made; of compiled code Delve's words are used. */
const ASSEMBLED_GONE = { argument: 'its register has been used for something else', result: 'its register is still to be written' } as const;

/** The first eight bytes as an address; 0 if there are fewer. */
function wordIn(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return bytes.length < 8 ? 0 : view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
}
