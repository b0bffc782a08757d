// The one table of every field of Go's runtime that gobuf reads by name, with the Go versions (1.x) that have it.
// Must stay true: no other file names a runtime field; the test beside this checks each row against binaries of every supported version.

export interface RuntimeField {
  type: string;
  /** Path from the type's start: `sched.pc`, `gFree.stack.head`. */
  path: string;
  /** First and last minor version (1.x) that has it; open where absent. */
  since?: number;
  until?: number;
}

const all = (type: string, paths: string): RuntimeField[] => paths.split(' ').map((path) => ({ type, path }));
const some = (type: string, paths: string, since?: number, until?: number): RuntimeField[] => paths.split(' ').map((path) => ({ type, path, since, until }));

export const OLDEST_MINOR = 19;
export const NEWEST_MINOR = 27;

export const RUNTIME_FIELDS: readonly RuntimeField[] = [
  ...all('runtime.g', 'stack.lo stack.hi stackguard0 stackguard1 m sched.sp sched.pc sched.g sched.ctxt sched.bp sched.lr syscallsp syscallpc stktopsp atomicstatus goid schedlink waitsince waitreason preempt preemptStop asyncSafePoint lockedm gopc startpc waiting labels ancestors'),
  ...some('runtime.g', 'sched.ret', undefined, 24),
  ...some('runtime.g', 'parentGoid', 21),
  ...some('runtime.coro', 'gp f', 22),
  ...all('runtime.m', 'g0 gsignal curg procid tls mstartfn p nextp oldp id mallocing throwing preemptoff locks spinning blocked incgo park.key alllink schedlink lockedg'),
  ...some('runtime.m', 'idleNode.next', 26),
  ...all('runtime.p', 'id status link schedtick syscalltick m mcache runqhead runqtail runq runnext preempt timers.len goidcache goidcacheend'),
  ...some('runtime.p', 'gFree.gList.head gFree.n', undefined, 24),
  ...some('runtime.p', 'gFree.head gFree.size', 25),
  ...some('runtime.p', 'numTimers', undefined, 22),
  ...all('runtime.schedt', 'goidgen nmidle nmidlelocked mnext maxmcount nmsys ngsys pidle npidle nmspinning runq.head runq.tail disable.user gFree.stack.head gFree.noStack.head gcwaiting stopwait sysmonwait midle'),
  ...some('runtime.schedt', 'midle.obj', 26),
  ...some('runtime.schedt', 'runqsize gFree.n', undefined, 24),
  ...some('runtime.schedt', 'runq.size gFree.stack.size gFree.noStack.size', 25),
  ...all('runtime._defer', 'sp pc fn link'),
  ...some('runtime._defer', 'head', 22),
  ...all('runtime.g', '_panic _defer'),
  ...all('runtime._panic', 'sp'),
  ...some('runtime._panic', 'fp', 22),
  ...all('runtime.ancestorInfo', 'pcs goid'),
  ...all('runtime.sudog', 'g next elem waitlink c'),
  ...all('runtime.hchan', 'qcount dataqsiz buf elemsize closed sendx recvx recvq.first sendq.first'),
  ...some('runtime.hmap', 'count flags B buckets oldbuckets noverflow', undefined, 23),
  ...some('internal/runtime/maps.Map', 'used dirPtr dirLen', 24),
  ...some('internal/runtime/maps.table', 'used capacity groups.data groups.lengthMask', 24),
  ...some('internal/abi.Type', 'Size_ Kind_ Str', 21),
  ...some('runtime._type', 'size kind str', undefined, 20),
  ...some('internal/abi.ITab', 'Type', 23),
  ...some('runtime.itab', '_type', undefined, 22),
];

/** Package variables of the runtime that gobuf reads, with versions likewise. */
export const RUNTIME_VARIABLES: readonly { name: string; since?: number; until?: number }[] = [
  { name: 'runtime.allgs' }, { name: 'runtime.allm' }, { name: 'runtime.allp' }, { name: 'runtime.m0' }, { name: 'runtime.g0' }, { name: 'runtime.sched' },
  { name: 'runtime.gomaxprocs' }, { name: 'runtime.waitReasonStrings' }, { name: 'runtime.firstmoduledata' }, { name: 'runtime.debug' },
  { name: 'runtime.ncpu', until: 24 }, { name: 'runtime.numCPUStartup', since: 25 },
];

export function inVersion(row: { since?: number; until?: number }, minor: number): boolean {
  return minor >= (row.since ?? 0) && minor <= (row.until ?? 1000);
}
