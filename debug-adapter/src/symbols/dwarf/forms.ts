// How attributes of debug information are written (DWARF 5, section 7.5.6): how long each form is, and what their values are as numbers and texts.
// Must stay true: this is the one list of the forms' lengths; whoever passes attributes over goes by it.
import { Form } from './constants';
import type { AttributeValue, Unit } from './info';

/** Lengths that stand in the attribute itself: a number by sevens, a text that a zero ends, a block behind one byte or behind such a number; and what only reading tells. */
export const LEB = -1, TEXT = -2, SHORT_BLOCK = -3, BLOCK = -4, OTHER = -5;

/** In bytes, or one of the above; of a form that only reading tells it is OTHER less the form. */
export function lengthOf(unit: Unit, form: number): number {
  const offset = unit.dwarf64 ? 8 : 4;
  switch (form) {
    case Form.string: return TEXT;
    case Form.udata: case Form.sdata: case Form.refUdata: case Form.strx: case Form.addrx: case Form.loclistx: case Form.rnglistx: return LEB;
    case Form.data1: case Form.flag: case Form.ref1: case Form.strx1: case Form.addrx1: return 1;
    case Form.data2: case Form.ref2: case Form.strx2: case Form.addrx2: return 2;
    case Form.strx3: case Form.addrx3: return 3;
    case Form.data4: case Form.ref4: case Form.strx4: case Form.addrx4: return 4;
    case Form.data8: case Form.ref8: case Form.refSig8: return 8;
    case Form.addr: return unit.addressSize;
    case Form.secOffset: case Form.strp: case Form.lineStrp: return offset;
    case Form.refAddr: return unit.version < 3 ? unit.addressSize : offset;
    case Form.flagPresent: case Form.implicitConst: return 0;
    case Form.block1: return SHORT_BLOCK;
    case Form.block: case Form.exprloc: return BLOCK;
    default: return OTHER - form;
  }
}

export function numberOf(v: AttributeValue | undefined): number | undefined {
  return typeof v === 'number' ? v : typeof v === 'bigint' ? Number(v) : undefined;
}

export function stringOf(v: AttributeValue | undefined): string | undefined {
  return typeof v === 'string' ? v : undefined;
}
