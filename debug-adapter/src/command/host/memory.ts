// Gives memory back while the language server rests: V8 alone would let the garbage of many edits grow to several times what is in use.
// Must stay true: only asked for between requests; it collects only when much has come together since the last time.
import v8 from 'node:v8';
import vm from 'node:vm';

const MUCH = 60 << 20;

/** Call it when there is nothing to do. */
export function collector(): () => void {
  let collect: (() => void) | undefined;
  let left = 0;
  return () => {
    if (process.memoryUsage().heapUsed < left + MUCH) return;
    if (!collect) {
      v8.setFlagsFromString('--expose-gc');
      collect = vm.runInNewContext('gc') as () => void;
    }
    collect();
    left = process.memoryUsage().heapUsed;
  };
}
