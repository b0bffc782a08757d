// /proc/PID and /proc/PID/task/TID: the program's memory, signals, limits, descriptors and sockets, as Linux writes them.
// Must stay true: every figure is one that is kept here, or 0 where nothing is counted; a file that could only be made up is not there.
import type { Region } from '../memory/regions';
import type { Kernel } from './kernel';
import { networkFiles } from './network-files';
import { PR_SET_NO_NEW_PRIVS } from './process-calls';
import { SIG_DFL, SIG_IGN } from './signal-numbers';
import { BOOT_TIME, NS_PER_INSTRUCTION } from './state';
import type { OpenFile, SigInfo, Thread } from './state';
import { bytes, file, line, link, listed } from './synthetic-entry';
import type { SyntheticEntry } from './synthetic-entry';

const PAGE = 4096, READABLE = 1, WRITABLE = 2, EXECUTABLE = 4;
const hex = (value: number): string => value.toString(16).padStart(12, '0').replace(/^0{0,4}/, '');
const total = (regions: readonly Region[]): number => regions.reduce((sum, { start, end }) => sum + end - start, 0);

// --- memory ---

function mapsLine(region: Region): string {
  const p = region.protection;
  const text = `${hex(region.start)}-${hex(region.end)} ${p & READABLE ? 'r' : '-'}${p & WRITABLE ? 'w' : '-'}${p & EXECUTABLE ? 'x' : '-'}${region.shared ? 's' : 'p'} ${(region.backing?.offset ?? region.file?.offset ?? 0).toString(16).padStart(8, '0')} 00:00 ${region.file?.inode ?? (region.backing ? 1 : 0)} `;
  return region.name ? `${text.padEnd(73)}${region.name}\n` : `${text}\n`;
}

/** Bytes of the region that have a page. */
function resident(kernel: Kernel, { start, end }: Region): number {
  let pages = 0;
  kernel.space.table.each(start, end, () => { pages++; });
  return pages * PAGE;
}

/** What smaps says of so much memory; a program of one process shares none. */
function smapsRows(size: number | undefined, rss: number, anonymous: number, dirty: number): string {
  const row = (name: string, value: number): string => `${`${name}:`.padEnd(15)} ${String(value / 1024).padStart(8)} kB\n`;
  const rows: [string, number][] = [['Rss', rss], ['Pss', rss], ['Pss_Dirty', dirty], ['Shared_Clean', 0], ['Shared_Dirty', 0], ['Private_Clean', rss - dirty], ['Private_Dirty', dirty], ['Referenced', rss], ['Anonymous', anonymous], ['LazyFree', 0], ['AnonHugePages', 0], ['ShmemPmdMapped', 0], ['FilePmdMapped', 0], ['Shared_Hugetlb', 0], ['Private_Hugetlb', 0], ['Swap', 0], ['SwapPss', 0], ['Locked', 0]];
  return (size === undefined ? '' : row('Size', size) + row('KernelPageSize', PAGE) + row('MMUPageSize', PAGE)) + rows.map(([name, value]) => row(name, value)).join('');
}
const dirtyOf = (region: Region, rss: number): number => ((region.protection & WRITABLE) !== 0 ? rss : 0);

function smaps(kernel: Kernel): string {
  return kernel.space.regions.map((region) => {
    const rss = resident(kernel, region), p = region.protection, flags = [[READABLE, 'rd'], [WRITABLE, 'wr'], [EXECUTABLE, 'ex']].filter(([bit]) => (p & (bit as number)) !== 0).map(([, name]) => name);
    return `${mapsLine(region)}${smapsRows(region.end - region.start, rss, region.backing || region.file ? 0 : rss, dirtyOf(region, rss))}THPeligible:           0\nVmFlags: ${[...flags, ...(region.shared ? ['sh'] : []), 'mr', 'mw', 'me'].join(' ')} \n`;
  }).join('');
}

function smapsRollup(kernel: Kernel): string {
  const { regions } = kernel.space;
  let rss = 0, anonymous = 0, dirty = 0;
  for (const region of regions) {
    const here = resident(kernel, region);
    rss += here;
    if (!region.backing && !region.file) anonymous += here;
    dirty += dirtyOf(region, here);
  }
  return `${hex(regions[0]?.start ?? 0)}-${hex(regions[regions.length - 1]?.end ?? 0)} ---p 00000000 00:00 0 `.padEnd(73) + `[rollup]\n${smapsRows(undefined, rss, anonymous, dirty)}`;
}

// --- the process ---

const instructions = (kernel: Kernel, thread: Thread | undefined): number => thread?.instructions ?? kernel.state.instruction;
const mask = (signals: Iterable<number>): bigint => { let result = 0n; for (const signal of signals) result |= 1n << BigInt(signal - 1); return result; };
const pending = (list: readonly SigInfo[]): bigint => mask(list.map(({ signo }) => signo));
function handled(kernel: Kernel, wanted: (handler: number) => boolean): bigint {
  return mask(kernel.state.actions.flatMap(({ handler }, signal) => (signal > 0 && wanted(handler) ? [signal] : [])));
}
const first = (kernel: Kernel, thread: Thread | undefined): Thread => thread ?? kernel.state.threads.get(kernel.state.pid) ?? [...kernel.state.threads.values()][0]!;
const isRunning = (kernel: Kernel, thread: Thread | undefined): boolean => !thread || thread.tid === kernel.state.current || !thread.wait;

function stat(kernel: Kernel, thread: Thread | undefined): string {
  const { state, space, facts } = kernel, ticks = Math.floor((instructions(kernel, thread) * NS_PER_INSTRUCTION) / 1e7), of = first(kernel, thread);
  const low = (value: bigint): bigint => value & 0x7fffffffn, started = Math.floor(BOOT_TIME / 1e7);
  const fields = [thread?.tid ?? state.pid, `(${(thread?.name ?? state.processName).slice(0, 15)})`, isRunning(kernel, thread) ? 'R' : 'S', 1, state.pid, state.pid, 0, -1, 0, 0, 0, 0, 0, ticks, 0, 0, 0, 20, 0, state.threads.size, 0, started, total(space.regions), Math.floor(space.pages.bytesInUse / PAGE), '18446744073709551615', 0, 0, facts.stackPointer,
    0, 0, low(pending(of.pending)), low(of.mask), low(handled(kernel, (handler) => handler === SIG_IGN)), low(handled(kernel, (handler) => handler !== SIG_IGN && handler !== SIG_DFL)), 0, 0, 0, 17, 0, 0, 0, 0, 0, 0, 0, 0, state.breakStart, facts.argStart, facts.argEnd, facts.envStart, facts.envEnd, 0];
  return fields.join(' ') + '\n';
}

function status(kernel: Kernel, thread: Thread | undefined): string {
  const { state, space, facts } = kernel, of = first(kernel, thread), id = thread?.tid ?? state.pid;
  const kb = (value: number): string => `${String(Math.floor(value / 1024)).padStart(8)} kB`, bits = (value: bigint): string => value.toString(16).padStart(16, '0'), four = (value: number): string => new Array(4).fill(value).join('\t');
  const size = total(space.regions), rss = space.pages.bytesInUse, sum = (wanted: (region: Region) => boolean): number => total(space.regions.filter(wanted));
  const isStack = ({ name }: Region): boolean => name === '[stack]', processors = allowed(kernel, of);
  const rows: [string, string | number][] = [['Name', thread?.name ?? state.processName], ['Umask', state.umask.toString(8).padStart(4, '0')], ['State', isRunning(kernel, thread) ? 'R (running)' : 'S (sleeping)'], ['Tgid', state.pid], ['Ngid', 0], ['Pid', id], ['PPid', 1], ['TracerPid', 0], ['Uid', four(facts.uid)], ['Gid', four(facts.gid)],
    ['FDSize', Math.max(64, 2 ** Math.ceil(Math.log2(Math.max(0, ...state.descriptors.keys()) + 1)))], ['Groups', `${facts.gid} `], ['NStgid', state.pid], ['NSpid', id], ['NSpgid', state.pid], ['NSsid', state.pid],
    ['VmPeak', kb(size)], ['VmSize', kb(size)], ['VmLck', kb(0)], ['VmPin', kb(0)], ['VmHWM', kb(rss)], ['VmRSS', kb(rss)], ['RssAnon', kb(rss)], ['RssFile', kb(0)], ['RssShmem', kb(0)],
    ['VmData', kb(sum((region) => !region.shared && (region.protection & WRITABLE) !== 0 && !isStack(region)))], ['VmStk', kb(sum(isStack))], ['VmExe', kb(sum(({ protection, backing }) => (protection & EXECUTABLE) !== 0 && !!backing))], ['VmLib', kb(0)], ['VmPTE', kb(0)], ['VmSwap', kb(0)],
    ['Threads', state.threads.size], ['SigQ', `${state.pending.length}/${state.limits.get(11)?.[0] ?? 0}`], ['SigPnd', bits(pending(of.pending))], ['ShdPnd', bits(pending(state.pending))], ['SigBlk', bits(of.mask)], ['SigIgn', bits(handled(kernel, (handler) => handler === SIG_IGN))], ['SigCgt', bits(handled(kernel, (handler) => handler !== SIG_IGN && handler !== SIG_DFL))],
    ...['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'].map((name): [string, string] => [name, bits(0n)]), ['NoNewPrivs', state.prctl.get(PR_SET_NO_NEW_PRIVS) ?? 0], ['Seccomp', 0],
    ['Cpus_allowed', mask(processors.map((n) => n + 1)).toString(16)], ['Cpus_allowed_list', ranges(processors)], ['Mems_allowed', '1'], ['Mems_allowed_list', 0]];
  return rows.map(([name, value]) => `${name}:\t${value}\n`).join('');
}

/** Processors that a thread may run on. */
function allowed(kernel: Kernel, { affinity }: Thread): number[] {
  return Array.from({ length: kernel.facts.procs }, (_, n) => n).filter((n) => !affinity || (affinity[n >> 3]! & (1 << (n & 7))) !== 0);
}
/** 0-2,5 */
export function ranges(numbers: readonly number[]): string {
  const parts: [number, number][] = [];
  for (const n of numbers) {
    const last = parts[parts.length - 1];
    if (last && last[1] + 1 === n) last[1] = n;
    else parts.push([n, n]);
  }
  return parts.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}

/** Names and units of resources, by number. */
const LIMITS: [string, string][] = [['cpu time', 'seconds'], ['file size', 'bytes'], ['data size', 'bytes'], ['stack size', 'bytes'], ['core file size', 'bytes'], ['resident set', 'bytes'], ['processes', 'processes'], ['open files', 'files'], ['locked memory', 'bytes'], ['address space', 'bytes'], ['file locks', 'locks'], ['pending signals', 'signals'], ['msgqueue size', 'bytes'], ['nice priority', ''], ['realtime priority', ''], ['realtime timeout', 'us']];
function limits(kernel: Kernel): string {
  const row = (...cells: [string, string, string, string]): string => `${cells[0].padEnd(25)} ${cells[1].padEnd(20)} ${cells[2].padEnd(20)} ${cells[3].padEnd(10)}\n`, value = (n: bigint): string => (n === (1n << 64n) - 1n ? 'unlimited' : `${n}`);
  return row('Limit', 'Soft Limit', 'Hard Limit', 'Units') + LIMITS.map(([name, unit], i) => { const [soft, hard] = kernel.state.limits.get(i)!; return row(`Max ${name}`, value(soft), value(hard), unit); }).join('');
}

function io({ state: { io: { read, written, reads, writes } } }: Kernel): string {
  return `rchar: ${read}\nwchar: ${written}\nsyscr: ${reads}\nsyscw: ${writes}\nread_bytes: 0\nwrite_bytes: 0\ncancelled_write_bytes: 0\n`;
}

// --- descriptors ---

function descriptorInfo(kernel: Kernel, open: OpenFile, closeOnExec: boolean): string {
  const { state } = kernel, flags = open.flags | 0o100000 | (closeOnExec ? 0o2000000 : 0);
  let text = `pos:\t${open.offset}\nflags:\t0${(flags >>> 0).toString(8)}\nmnt_id:\t21\nino:\t${open.inode || open.object || open.id}\n`;
  if (open.kind === 'eventfd') text += `eventfd-count: ${state.counters.get(open.object)!.count.toString(16).padStart(16)}\n`;
  if (open.kind === 'signalfd') text += `sigmask:\t${state.signalFiles.get(open.object)!.toString(16).padStart(16, '0')}\n`;
  if (open.kind === 'pidfd') text += `Pid:\t${state.pid}\nNSpid:\t${state.pid}\n`;
  if (open.kind === 'epoll') for (const { fd, events } of state.epolls.get(open.object)!.items.values()) text += `tfd: ${String(fd).padStart(8)} events: ${events.toString(16).padStart(8)}\n`;
  return text;
}

/** Namespaces, with the numbers of those that a machine starts with. */
const NAMESPACES: Record<string, number> = { cgroup: 4026531835, ipc: 4026531839, mnt: 4026531841, net: 4026531840, pid: 4026531836, time: 4026531834, user: 4026531837, uts: 4026531838 };
const IDENTITY_MAP = '         0          0 4294967295';

const here: Record<string, (thread: Thread | undefined) => SyntheticEntry> = {
  exe: () => link((k) => k.facts.path),
  cwd: () => link((k) => k.state.cwd),
  root: () => link(() => '/'),
  maps: () => file((k) => k.space.regions.map(mapsLine).join('')),
  smaps: () => file(smaps),
  smaps_rollup: () => file(smapsRollup),
  stat: (t) => file((k) => stat(k, t)),
  statm: () => file((k) => `${Math.floor(total(k.space.regions) / PAGE)} ${Math.floor(k.space.pages.bytesInUse / PAGE)} 0 0 0 0 0\n`),
  status: (t) => file((k) => status(k, t)),
  io: () => file(io, 0o400),
  schedstat: (t) => file((k) => `${instructions(k, t) * NS_PER_INSTRUCTION} 0 0\n`),
  comm: (t) => file((k) => `${t?.name ?? k.state.processName}\n`),
  cmdline: () => bytes((k) => k.space.peek(k.facts.argStart, k.facts.argEnd - k.facts.argStart)),
  environ: () => bytes((k) => k.space.peek(k.facts.envStart, k.facts.envEnd - k.facts.envStart)),
  auxv: () => bytes((k) => k.facts.auxv),
  limits: () => file(limits),
  mountinfo: () => file(() => '21 1 0:43 / / ro - overlay overlay ro\n22 21 0:42 / /tmp rw - tmpfs tmpfs rw\n23 21 0:44 / /proc rw - proc proc rw\n24 21 0:44 / /sys ro - sysfs sysfs ro\n25 21 0:42 / /dev/shm rw - tmpfs tmpfs rw\n'),
  mounts: () => file(() => 'overlay / overlay ro 0 0\ntmpfs /tmp tmpfs rw 0 0\nproc /proc proc rw 0 0\nsysfs /sys sysfs ro 0 0\ntmpfs /dev/shm tmpfs rw 0 0\n'),
  cgroup: () => line('0::/'),
  oom_score: () => line('0'), oom_score_adj: () => line('0'), oom_adj: () => line('0'),
  loginuid: () => file(() => '4294967295'), sessionid: () => file(() => '4294967295'),
  uid_map: () => line(IDENTITY_MAP), gid_map: () => line(IDENTITY_MAP), setgroups: () => line('allow'),
  personality: () => line('00000000', 0o400), coredump_filter: () => line('00000033'), wchan: () => file(() => '0'),
};

/** What is below /proc/PID, or /proc/PID/task/TID. */
export function inProcess(kernel: Kernel, [what, ...rest]: string[], thread?: Thread): SyntheticEntry | undefined {
  const [name, ...more] = rest;
  switch (what) {
    case undefined: return listed(() => [...Object.keys(here), 'fd', 'fdinfo', 'net', 'ns', ...(thread ? [] : ['task'])]);
    case 'task': {
      if (thread) return undefined;
      if (name === undefined) return listed((k) => [...k.state.threads.keys()].map(String));
      const other = /^\d+$/.test(name) ? kernel.state.threads.get(Number(name)) : undefined;
      return other && inProcess(kernel, more, other);
    }
    case 'fd': case 'fdinfo': {
      if (name === undefined) return listed((k) => [...k.state.descriptors.keys()].map(String), 0o500);
      const open = more.length === 0 && /^\d+$/.test(name) ? kernel.state.descriptors.get(Number(name)) : undefined;
      return open && (what === 'fd' ? link((k) => k.state.files.get(open.file)!.path) : file((k) => descriptorInfo(k, k.state.files.get(open.file)!, open.closeOnExec)));
    }
    case 'net':
      if (name === undefined) return listed(() => Object.keys(networkFiles));
      return more.length === 0 && Object.hasOwn(networkFiles, name) ? networkFiles[name] : undefined;
    case 'ns': {
      if (name === undefined) return listed(() => Object.keys(NAMESPACES));
      // A link leads to the namespace itself, which stands beside it.
      const [space, number] = name.split(':');
      if (more.length > 0 || !Object.hasOwn(NAMESPACES, space!) || (number !== undefined && number !== `[${NAMESPACES[space!]!}]`)) return undefined;
      return number === undefined ? link(() => `${space}:[${NAMESPACES[space!]!}]`) : file(() => '');
    }
    default: return rest.length === 0 && Object.hasOwn(here, what) ? here[what]!(thread) : undefined;
  }
}
