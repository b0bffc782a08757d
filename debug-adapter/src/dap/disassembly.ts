// Disassembly around any address.
// Must stay true: exactly as many rows as asked for, addresses strictly rising; what is no instruction is marked invalid.

import type { DebugProtocol as DAP } from '@vscode/debugprotocol';
import { RequestError, type Subject } from './handler';
import { hex, hexBytes, parseReference } from './text';

const MOST_ROWS = 20_000;

export const disassembly: Subject = {
  capabilities: { supportsDisassembleRequest: true },
  handlers: {
    disassemble(session, { memoryReference, offset = 0, instructionOffset = 0, instructionCount, resolveSymbols = true }) {
      const engine = session.stopped;
      if (!Number.isSafeInteger(instructionCount) || instructionCount < 0 || instructionCount > MOST_ROWS) throw new RequestError(`${instructionCount} is not a number of rows that can be shown.`);
      let file = '';
      const rows = engine.disassembleRows(parseReference(memoryReference) + offset, instructionOffset, instructionCount, session.launched?.disassembleFlavor);
      // Nothing lies below address 0: what is missing there is added at the other end.
      for (let last = rows.at(-1); last && rows.length < instructionCount; last = rows.at(-1)) {
        const more = engine.disassembleRows(last.address, 1, instructionCount - rows.length, session.launched?.disassembleFlavor);
        if (more.length === 0) break;
        rows.push(...more);
      }
      const instructions = rows.map((row): DAP.DisassembledInstruction => {
        const shown: DAP.DisassembledInstruction = { address: hex(row.address), instruction: row.valid ? row.text : row.text || '??' };
        if (row.bytes.length > 0) shown.instructionBytes = hexBytes(row.bytes);
        if (!row.valid) shown.presentationHint = 'invalid';
        if (resolveSymbols && row.function) shown.symbol = row.offset ? `${row.function}+${hex(row.offset)}` : row.function;
        if (row.file && row.line) {
          // The location is told where it changes; clients carry it on.
          if (row.file !== file) { shown.location = session.source(row.file); file = shown.location ? row.file : ''; }
          if (file !== '') shown.line = row.line;
        }
        return shown;
      });
      return { instructions };
    },
  },
};
