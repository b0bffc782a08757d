// Files that exist only because Linux shows them: /proc, /sys, /dev and a minimal /etc.
// Must stay true: contents follow from the guest's own state and options, never from the host.
import type { Kernel } from './kernel';
import { RELEASE } from './process-calls';
import { text } from './guest-memory';
import { NS_PER_INSTRUCTION } from './state';
import type { Thread } from './state';

export interface SyntheticEntry {
  kind: 'file' | 'directory' | 'symlink' | 'device';
  mode: number;
  content?: (kernel: Kernel) => Uint8Array;
  list?: (kernel: Kernel) => string[];
  target?: (kernel: Kernel) => string;
  device?: 'null' | 'zero' | 'full' | 'random' | 'tty';
}

const file = (content: (kernel: Kernel) => string, mode = 0o444): SyntheticEntry => ({ kind: 'file', mode, content: (kernel) => text(content(kernel)) });
const bytes = (content: (kernel: Kernel) => Uint8Array): SyntheticEntry => ({ kind: 'file', mode: 0o444, content });
const link = (target: (kernel: Kernel) => string): SyntheticEntry => ({ kind: 'symlink', mode: 0o777, target });
const directory = (...list: string[]): SyntheticEntry => ({ kind: 'directory', mode: 0o555, list: () => list });
const device = (name: NonNullable<SyntheticEntry['device']>): SyntheticEntry => ({ kind: 'device', mode: 0o666, device: name });

const hex = (value: number): string => value.toString(16).padStart(12, '0');

function maps(kernel: Kernel): string {
  return kernel.space.regions.map((region) => {
    const p = region.protection;
    const line = `${hex(region.start).slice(-12).replace(/^0{0,4}/, '')}-${hex(region.end).replace(/^0{0,4}/, '')} ${p & 1 ? 'r' : '-'}${p & 2 ? 'w' : '-'}${p & 4 ? 'x' : '-'}${region.shared ? 's' : 'p'} ${(region.backing?.offset ?? region.file?.offset ?? 0).toString(16).padStart(8, '0')} 00:00 ${region.file?.inode ?? (region.backing ? 1 : 0)} `;
    return region.name ? `${line.padEnd(73)}${region.name}\n` : `${line}\n`;
  }).join('');
}

function stat(kernel: Kernel, thread: Thread | undefined): string {
  const { state, space } = kernel;
  const ticks = Math.floor(((thread?.instructions ?? state.instruction) * NS_PER_INSTRUCTION) / 1e7);
  const size = space.regions.reduce((sum, region) => sum + region.end - region.start, 0);
  const letter = thread && thread.tid !== state.current && thread.wait ? 'S' : 'R';
  const fields = [thread?.tid ?? state.pid, `(${(thread?.name ?? state.processName).slice(0, 15)})`, letter, 1, state.pid, state.pid, 0, -1, 0, 0, 0, 0, 0, ticks, 0, 0, 0, 20, 0, state.threads.size, 0, 100, size, Math.floor(space.pages.bytesInUse / 4096), '18446744073709551615', 0, 0, kernel.facts.stackPointer];
  return fields.concat(new Array<number>(52 - fields.length).fill(0)).join(' ') + '\n';
}

function status(kernel: Kernel, thread: Thread | undefined): string {
  const { state, space, facts } = kernel;
  const kb = (value: number): string => `${Math.floor(value / 1024)} kB`;
  const size = space.regions.reduce((sum, region) => sum + region.end - region.start, 0);
  return `Name:\t${thread?.name ?? state.processName}\nUmask:\t${state.umask.toString(8).padStart(4, '0')}\nState:\tR (running)\nTgid:\t${state.pid}\nNgid:\t0\nPid:\t${thread?.tid ?? state.pid}\nPPid:\t1\nTracerPid:\t0\nUid:\t${`${facts.uid}\t`.repeat(4).trim()}\nGid:\t${`${facts.gid}\t`.repeat(4).trim()}\nFDSize:\t64\nGroups:\t${facts.gid} \nVmPeak:\t${kb(size)}\nVmSize:\t${kb(size)}\nVmLck:\t0 kB\nVmHWM:\t${kb(space.pages.bytesInUse)}\nVmRSS:\t${kb(space.pages.bytesInUse)}\nThreads:\t${state.threads.size}\nCpus_allowed_list:\t0-${facts.procs - 1}\n`;
}

const FEATURES = 'fpu tsc msr cx8 cmov mmx fxsr sse sse2 syscall nx rdtscp lm';

function cpuinfo(kernel: Kernel): string {
  let result = '';
  for (let i = 0; i < kernel.facts.procs; i++) result += `processor\t: ${i}\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 85\nmodel name\t: gobuf virtual CPU\nstepping\t: 7\ncpu MHz\t\t: 1000.000\nphysical id\t: 0\nsiblings\t: ${kernel.facts.procs}\ncore id\t\t: ${i}\ncpu cores\t: ${kernel.facts.procs}\nflags\t\t: ${FEATURES}${kernel.facts.avx ? ' pni pclmulqdq ssse3 fma cx16 sse4_1 sse4_2 movbe popcnt aes xsave avx f16c bmi1 avx2 bmi2 erms adx sha_ni' : ''}\nbogomips\t: 2000.00\n\n`;
  return result;
}

function meminfo(kernel: Kernel): string {
  const total = Math.floor(kernel.space.limit / 1024), free = Math.floor((kernel.space.limit - kernel.space.pages.bytesInUse) / 1024);
  return `MemTotal:       ${total} kB\nMemFree:        ${free} kB\nMemAvailable:   ${free} kB\nBuffers:               0 kB\nCached:                0 kB\nSwapTotal:             0 kB\nSwapFree:              0 kB\n`;
}

/** Files of one process or thread, below /proc/PID or /proc/PID/task/TID. */
const perProcess: Record<string, (thread: Thread | undefined) => SyntheticEntry> = {
  exe: () => link((k) => k.facts.path),
  cwd: () => link((k) => k.state.cwd),
  root: () => link(() => '/'),
  maps: () => file(maps),
  stat: (t) => file((k) => stat(k, t)),
  statm: () => file((k) => `${Math.floor(k.space.regions.reduce((sum, r) => sum + r.end - r.start, 0) / 4096)} ${Math.floor(k.space.pages.bytesInUse / 4096)} 0 0 0 0 0\n`),
  status: (t) => file((k) => status(k, t)),
  comm: (t) => file((k) => `${t?.name ?? k.state.processName}\n`),
  cmdline: () => bytes((k) => k.space.peek(k.facts.argStart, k.facts.argEnd - k.facts.argStart)),
  environ: () => bytes((k) => k.space.peek(k.facts.envStart, k.facts.envEnd - k.facts.envStart)),
  auxv: () => bytes((k) => k.facts.auxv),
  limits: () => file(() => 'Limit                     Soft Limit           Hard Limit           Units     \nMax open files            1024                 1048576              files     \n'),
  mountinfo: () => file(() => '21 1 0:19 / / ro - overlay overlay ro\n22 21 0:20 / /tmp rw - tmpfs tmpfs rw\n23 21 0:21 / /proc rw - proc proc rw\n24 21 0:22 / /sys ro - sysfs sysfs ro\n'),
  mounts: () => file(() => 'overlay / overlay ro 0 0\ntmpfs /tmp tmpfs rw 0 0\nproc /proc proc rw 0 0\nsysfs /sys sysfs ro 0 0\n'),
  cgroup: () => file(() => '0::/\n'),
  oom_score_adj: () => file(() => '0\n'),
  loginuid: () => file(() => '4294967295'),
};

const fixed: Record<string, SyntheticEntry> = {
  '/proc': { kind: 'directory', mode: 0o555, list: (k) => [`${k.state.pid}`, 'self', 'thread-self', 'cpuinfo', 'meminfo', 'stat', 'version', 'uptime', 'loadavg', 'sys', 'mounts', 'filesystems'] },
  '/proc/self': link((k) => `${k.state.pid}`),
  '/proc/thread-self': link((k) => `${k.state.pid}/task/${k.state.current}`),
  '/proc/mounts': link(() => 'self/mounts'),
  '/proc/cpuinfo': file(cpuinfo),
  '/proc/meminfo': file(meminfo),
  '/proc/version': file(() => `Linux version ${RELEASE} (gobuf) #1 gobuf\n`),
  '/proc/uptime': file((k) => `${(k.now / 1e9).toFixed(2)} 0.00\n`),
  '/proc/loadavg': file((k) => `0.00 0.00 0.00 1/${k.state.threads.size} ${k.state.nextTid - 1}\n`),
  '/proc/filesystems': file(() => 'nodev\tproc\nnodev\tsysfs\nnodev\ttmpfs\n'),
  '/proc/stat': file((k) => `cpu  ${Math.floor(k.state.instruction / 1e7)} 0 0 ${Math.floor(k.state.idle / 1e7)} 0 0 0 0 0 0\n${Array.from({ length: k.facts.procs }, (_, i) => `cpu${i} 0 0 0 0 0 0 0 0 0 0\n`).join('')}btime 1767225600\nprocesses 1\n`),
  '/proc/sys': directory('kernel', 'net', 'vm', 'fs'),
  '/proc/sys/kernel': directory('hostname', 'osrelease', 'ostype', 'pid_max', 'threads-max', 'random', 'cap_last_cap', 'ngroups_max'),
  '/proc/sys/kernel/hostname': file((k) => `${k.state.hostname}\n`),
  '/proc/sys/kernel/osrelease': file(() => `${RELEASE}\n`),
  '/proc/sys/kernel/ostype': file(() => 'Linux\n'),
  '/proc/sys/kernel/pid_max': file(() => '4194304\n'),
  '/proc/sys/kernel/threads-max': file(() => '30000\n'),
  '/proc/sys/kernel/cap_last_cap': file(() => '40\n'),
  '/proc/sys/kernel/ngroups_max': file(() => '65536\n'),
  '/proc/sys/net': directory('core'),
  '/proc/sys/net/core': directory('somaxconn'),
  '/proc/sys/net/core/somaxconn': file(() => '4096\n'),
  '/proc/sys/vm': directory('overcommit_memory', 'max_map_count'),
  '/proc/sys/vm/overcommit_memory': file(() => '0\n'),
  '/proc/sys/vm/max_map_count': file(() => '65530\n'),
  '/proc/sys/fs': directory('file-max', 'pipe-max-size'),
  '/proc/sys/fs/file-max': file(() => '1048576\n'),
  '/proc/sys/fs/pipe-max-size': file(() => '1048576\n'),
  '/sys': directory('kernel', 'devices'),
  '/sys/kernel': directory('mm'),
  '/sys/kernel/mm': directory('transparent_hugepage'),
  '/sys/kernel/mm/transparent_hugepage': directory('enabled', 'hpage_pmd_size'),
  '/sys/kernel/mm/transparent_hugepage/enabled': file(() => 'always [madvise] never\n'),
  '/sys/kernel/mm/transparent_hugepage/hpage_pmd_size': file(() => '2097152\n'),
  '/sys/devices': directory('system'),
  '/sys/devices/system': directory('cpu'),
  '/sys/devices/system/cpu': directory('online', 'possible', 'present'),
  '/sys/devices/system/cpu/online': file((k) => (k.facts.procs > 1 ? `0-${k.facts.procs - 1}\n` : '0\n')),
  '/sys/devices/system/cpu/possible': file((k) => (k.facts.procs > 1 ? `0-${k.facts.procs - 1}\n` : '0\n')),
  '/sys/devices/system/cpu/present': file((k) => (k.facts.procs > 1 ? `0-${k.facts.procs - 1}\n` : '0\n')),
  '/dev': { kind: 'directory', mode: 0o755, list: () => ['full', 'fd', 'null', 'random', 'stderr', 'stdin', 'stdout', 'urandom', 'zero'] },
  '/dev/null': device('null'),
  '/dev/zero': device('zero'),
  '/dev/full': device('full'),
  '/dev/random': device('random'),
  '/dev/urandom': device('random'),
  '/dev/fd': link(() => '/proc/self/fd'),
  '/dev/stdin': link(() => '/proc/self/fd/0'),
  '/dev/stdout': link(() => '/proc/self/fd/1'),
  '/dev/stderr': link(() => '/proc/self/fd/2'),
  '/etc': { kind: 'directory', mode: 0o755, list: () => ['group', 'hostname', 'hosts', 'nsswitch.conf', 'passwd', 'protocols', 'resolv.conf', 'services'] },
  '/etc/hosts': file(() => '127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n127.0.1.1\tgobuf\n', 0o644),
  '/etc/hostname': file((k) => `${k.state.hostname}\n`, 0o644),
  '/etc/nsswitch.conf': file(() => 'passwd: files\ngroup: files\nhosts: files dns\n', 0o644),
  '/etc/resolv.conf': file(() => '# The guest has no network beyond its own loopback.\nnameserver 127.0.0.1\n', 0o644),
  '/etc/passwd': file(() => 'root:x:0:0:root:/root:/bin/sh\nguest:x:1000:1000:guest:/tmp:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n', 0o644),
  '/etc/group': file(() => 'root:x:0:\nguest:x:1000:\nnogroup:x:65534:\n', 0o644),
  '/etc/services': file(() => 'ftp\t21/tcp\nssh\t22/tcp\ntelnet\t23/tcp\nsmtp\t25/tcp\ntime\t37/tcp\ndomain\t53/tcp\ndomain\t53/udp\nhttp\t80/tcp\npop3\t110/tcp\nntp\t123/udp\nimap2\t143/tcp\nhttps\t443/tcp\nhttps\t443/udp\n', 0o644),
  '/etc/protocols': file(() => 'ip\t0\tIP\nicmp\t1\tICMP\ntcp\t6\tTCP\nudp\t17\tUDP\n', 0o644),
  '/': { kind: 'directory', mode: 0o755, list: () => ['dev', 'etc', 'proc', 'sys', 'tmp'] },
};

/** The entry at an absolute path, if it is one of these. */
export function synthetic(kernel: Kernel, path: string): SyntheticEntry | undefined {
  const known = Object.hasOwn(fixed, path) ? fixed[path] : undefined;
  if (known) return known;
  if (!path.startsWith('/proc/')) return undefined;
  const [id, what, ...rest] = path.slice(6).split('/');
  if (id !== `${kernel.state.pid}`) return undefined;
  return inProcess(kernel, what, rest, undefined);
}

function inProcess(kernel: Kernel, what: string | undefined, rest: string[], thread: Thread | undefined): SyntheticEntry | undefined {
  if (what === undefined) return { kind: 'directory', mode: 0o555, list: () => [...Object.keys(perProcess), 'fd', ...(thread ? [] : ['task'])] };
  if (what === 'task' && !thread) {
    if (rest.length === 0) return { kind: 'directory', mode: 0o555, list: (k) => [...k.state.threads.keys()].map(String) };
    const other = /^\d+$/.test(rest[0]!) ? kernel.state.threads.get(Number(rest[0])) : undefined;
    return other && inProcess(kernel, rest[1], rest.slice(2), other);
  }
  if (what === 'fd') {
    if (rest.length === 0) return { kind: 'directory', mode: 0o500, list: (k) => [...k.state.descriptors.keys()].map(String) };
    const open = rest.length === 1 && /^\d+$/.test(rest[0]!) ? kernel.state.descriptors.get(Number(rest[0])) : undefined;
    return open && link((k) => k.state.files.get(open.file)!.path);
  }
  return rest.length === 0 && Object.hasOwn(perProcess, what) ? perProcess[what]!(thread) : undefined;
}
