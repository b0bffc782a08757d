// Disassembly around any address.
// Must stay true: exactly as many rows as asked for, addresses strictly rising; what is no instruction is marked invalid.

import type { DebugProtocol as DAP } from '@vscode/debugprotocol';
import type { DisassemblyRow } from '../engine/types';
import { RequestError, type Subject } from './handler';
import { unchanging } from './message-text';
import type { Session } from './session';
import { hex, hexBytes, parseReference } from './text';

/** Rows that are shown at once, and rows between the address that is named and them: each has to be decoded. */
const MOST_ROWS = 20_000;

/** What was made of a row before: the engine gives the same objects as long as the bytes are the same. */
const made = new WeakMap<DisassemblyRow, DAP.DisassembledInstruction>(), madeWithLocation = new WeakMap<DisassemblyRow, DAP.DisassembledInstruction>();

function plain(session: Session, row: DisassemblyRow, resolveSymbols: boolean): DAP.DisassembledInstruction {
  const shown: DAP.DisassembledInstruction = { address: hex(row.address), instruction: row.valid ? row.text : row.text || '??' };
  if (row.bytes.length > 0) shown.instructionBytes = hexBytes(row.bytes);
  if (!row.valid) shown.presentationHint = 'invalid';
  if (resolveSymbols && row.function) shown.symbol = row.offset ? `${row.function}+${hex(row.offset)}` : row.function;
  if (row.file && row.line && session.source(row.file)) shown.line = row.line;
  return shown;
}

/** Rows around an address, as they are told. */
export function listing(session: Session, address: number, from: number, count: number, resolveSymbols: boolean): DAP.DisassembledInstruction[] {
  const engine = session.stopped, flavor = session.launched?.disassembleFlavor;
  let file = '';
  const rows = engine.disassembleRows(address, from, count, flavor);
  // Nothing lies below address 0: what is missing there is added at the other end.
  for (let last = rows.at(-1); last && rows.length < count; last = rows.at(-1)) {
    const more = engine.disassembleRows(last.address, 1, count - rows.length, flavor);
    if (more.length === 0) break;
    rows.push(...more);
  }
  return rows.map((row): DAP.DisassembledInstruction => {
    const known = resolveSymbols ? made.get(row) : undefined;
    const shown = known ?? unchanging(plain(session, row, resolveSymbols));
    if (resolveSymbols && !known) made.set(row, shown);
    if (!row.file || !row.line) return shown;
    // The location is told where it changes; clients carry it on.
    if (row.file === file) return shown;
    const location = session.source(row.file);
    file = location ? row.file : '';
    if (!location) return shown;
    const located = (resolveSymbols ? madeWithLocation.get(row) : undefined) ?? unchanging({ ...shown, location });
    if (resolveSymbols) madeWithLocation.set(row, located);
    return located;
  });
}

export const disassembly: Subject = {
  capabilities: { supportsDisassembleRequest: true },
  handlers: {
    disassemble(session, { memoryReference, offset = 0, instructionOffset = 0, instructionCount, resolveSymbols = true }) {
      void session.stopped;
      if (instructionCount > MOST_ROWS) throw new RequestError(`${instructionCount} is not a number of rows that can be shown.`);
      if (Math.abs(instructionOffset) > MOST_ROWS) throw new RequestError(`${instructionOffset} is not a number of rows that can be counted off.`);
      const address = parseReference(memoryReference);
      return { instructions: listing(session, address + offset, instructionOffset, instructionCount, resolveSymbols) };
    },
  },
};
