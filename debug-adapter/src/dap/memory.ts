// Reading and writing guest memory at any address.
// Must stay true: what is not mapped is reported as unreadable, never as zeros.

import { RequestError, type Subject } from './handler';
import { fromBase64, hex, parseReference, toBase64 } from './text';

const MOST_BYTES = 16 << 20;

export const memory: Subject = {
  capabilities: { supportsReadMemoryRequest: true, supportsWriteMemoryRequest: true },
  handlers: {
    readMemory(session, { memoryReference, offset = 0, count }) {
      const engine = session.stopped;
      const address = parseReference(memoryReference) + offset;
      if (count === 0) return { address: hex(Math.max(0, address)) };
      if (address < 0 || address >= 2 ** 47) return { address: address < 0 ? '0x0' : hex(address), unreadableBytes: count };
      const wanted = Math.min(count, MOST_BYTES);
      const bytes = engine.readMemory(address, wanted);
      const missing = count - bytes.length;
      return { address: hex(address), ...(bytes.length > 0 ? { data: toBase64(bytes) } : {}), ...(missing > 0 ? { unreadableBytes: missing } : {}) };
    },
    writeMemory(session, { memoryReference, offset = 0, data, allowPartial = false }) {
      const engine = session.stopped;
      const address = parseReference(memoryReference) + offset, bytes = fromBase64(data);
      if (!allowPartial && engine.readMemory(address, bytes.length).length < bytes.length) throw new RequestError(`Not all of the ${bytes.length} bytes at ${hex(address)} are mapped.`, false);
      const bytesWritten = engine.writeMemory(address, bytes);
      if (bytesWritten === 0 && bytes.length > 0) throw new RequestError(`Nothing is mapped at ${hex(address)}.`, false);
      session.invalidate('all');
      return { bytesWritten };
    },
  },
};
