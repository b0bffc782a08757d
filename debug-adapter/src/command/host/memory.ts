// Keeps the language server small: V8 alone would let the garbage of many edits grow to several times what is in use.
// Must stay true: it collects only while nobody asks anything, and only when much has come together since the last time.
import v8 from 'node:v8';
import vm from 'node:vm';

const MUCH = 24 << 20;
/** Milliseconds without a message that count as rest. */
const REST = 700;

type Collect = (options: { type: 'major'; execution: 'sync'; flavor: 'last-resort' | 'regular' }) => void;

/** Call `busy` with every message and `rest` now and then. */
export function collector(): { busy(): void; rest(): void } {
  v8.setFlagsFromString('--optimize-for-size');
  let collect: Collect | undefined;
  let left = 0;
  let last = 0;
  return {
    busy() { last = Date.now(); },
    rest() {
      if (Date.now() - last < REST || process.memoryUsage().heapUsed < left + MUCH) return;
      if (!collect) {
        v8.setFlagsFromString('--expose-gc');
        collect = vm.runInNewContext('gc') as Collect;
      }
      // The last resort also gives the pages back.
      collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
      left = process.memoryUsage().heapUsed;
    },
  };
}
