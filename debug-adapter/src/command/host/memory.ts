// Keeps the language server small: V8 alone would let the garbage of many edits grow to several times what is in use.
// Must stay true: it collects only while nobody asks anything, and only when much has come together since the last time;
// at the end V8's flags are as they were, since kept code is good only under equal flags.
import { constants, PerformanceObserver, type NodeGCPerformanceDetail } from 'node:perf_hooks';
import v8 from 'node:v8';
import vm from 'node:vm';
import { growNewSpace } from './flags';

const MUCH = 16 << 20;
/** Milliseconds without a message that count as rest. */
const REST = 700;
/** Of the space of new objects: V8 soon makes it 32 MB; with 1 MB a third of the time goes into collecting it. */
const WIDE = 8 << 20;
/** By how many percent old objects may grow between two collections. Left to itself (0) V8 lets a search through all of Go's assembly take twice what is in use; with 20 an edit that needs the whole file costs half as much again. */
const GROWTH = '--heap-growing-percent=';
/** Of a small heap it may be more, and most before the first collection: marking takes the time of whoever waits for the first answers and makes the first edits. */
const SMALL = 48 << 20, AT_FIRST = 300, WHILE_SMALL = 60, LATER = 40;

/** Lets the space of new objects grow to 8 MB, both halves, and no further: V8 lets it grow only while much survives. */
function widen(): void {
  const size = () => v8.getHeapSpaceStatistics().find((space) => space.space_name === 'new_space')?.space_size ?? WIDE;
  growNewSpace(4);
  for (let tries = 0; tries < 20 && size() < WIDE; tries++) {
    const kept: object[] = [];
    for (let i = 0; i < 20_000; i++) kept.push({ i, kept });
  }
  growNewSpace(1);
}

type Collect = (options: { type: 'major'; execution: 'sync'; flavor: 'last-resort' | 'regular' }) => void;

/** Call `busy` with every message, `rest` now and then and `end` at the end. */
export function collector(): { busy(): void; rest(): void; end(): void } {
  widen();
  v8.setFlagsFromString(`${GROWTH}${AT_FIRST}`);
  let small = true;
  const collections = new PerformanceObserver((list) => {
    if (!list.getEntries().some((entry) => (entry as { detail?: NodeGCPerformanceDetail }).detail?.kind === constants.NODE_PERFORMANCE_GC_MAJOR)) return;
    collections.disconnect();
    if (small) v8.setFlagsFromString(`${GROWTH}${WHILE_SMALL}`);
  });
  collections.observe({ entryTypes: ['gc'] });
  let collect: Collect | undefined;
  let left = 0;
  let last = 0;
  return {
    busy() { last = Date.now(); },
    rest() {
      const { heapUsed } = process.memoryUsage();
      if (small && heapUsed > SMALL) {
        small = false;
        v8.setFlagsFromString(`${GROWTH}${LATER}`);
      }
      if (Date.now() - last < REST || heapUsed < left + MUCH) return;
      if (!collect) {
        v8.setFlagsFromString('--expose-gc');
        collect = vm.runInNewContext('gc') as Collect;
        v8.setFlagsFromString('--no-expose-gc');
      }
      // The last resort also gives the pages back.
      collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
      widen();
      left = process.memoryUsage().heapUsed;
    },
    end() {
      collections.disconnect();
      small = false;
      growNewSpace();
      v8.setFlagsFromString(`${GROWTH}0`);
    },
  };
}
