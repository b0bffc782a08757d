// /sys, and what /proc says of the machine: processors, memory, limits of the kernel, devices that are not there.
// Must stay true: what a program is told here is what the kernel does; a figure that nothing obeys is not told.
import type { Kernel } from './kernel';
import { RELEASE } from './process-calls';
import { ranges } from './process-files';
import { file, line, link, listed, withFolders } from './synthetic-entry';
import type { SyntheticEntry } from './synthetic-entry';

const FEATURES = 'fpu tsc msr cx8 cmov mmx fxsr sse sse2 syscall nx rdtscp lm';
const all = (kernel: Kernel): number[] => Array.from({ length: kernel.facts.procs }, (_, n) => n), online = file((k) => `${ranges(all(k))}\n`);

function cpuinfo(kernel: Kernel): string {
  return all(kernel).map((i) => `processor\t: ${i}\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 85\nmodel name\t: gobuf virtual CPU\nstepping\t: 7\ncpu MHz\t\t: 1000.000\nphysical id\t: 0\nsiblings\t: ${kernel.facts.procs}\ncore id\t\t: ${i}\ncpu cores\t: ${kernel.facts.procs}\nflags\t\t: ${FEATURES}${kernel.facts.avx ? ' pni pclmulqdq ssse3 fma cx16 sse4_1 sse4_2 movbe popcnt aes xsave avx f16c bmi1 avx2 bmi2 erms adx sha_ni' : ''}\nbogomips\t: 2000.00\n\n`).join('');
}

const free = (kernel: Kernel): number => kernel.space.limit - kernel.space.pages.bytesInUse;
function meminfo(kernel: Kernel): string {
  const kb = (name: string, bytes: number): string => `${`${name}:`.padEnd(15)}${String(Math.floor(bytes / 1024)).padStart(9)} kB\n`;
  return kb('MemTotal', kernel.space.limit) + kb('MemFree', free(kernel)) + kb('MemAvailable', free(kernel)) + ['Buffers', 'Cached', 'SwapCached', 'Active', 'Inactive', 'SwapTotal', 'SwapFree', 'Dirty', 'Writeback'].map((name) => kb(name, 0)).join('') + kb('AnonPages', kernel.space.pages.bytesInUse) + kb('Mapped', 0) + kb('Shmem', 0);
}

function stat(kernel: Kernel): string {
  const { state } = kernel, busy = Math.floor(state.instruction / 1e7), idle = Math.floor(state.idle / 1e7);
  return `cpu  ${busy} 0 0 ${idle} 0 0 0 0 0 0\n${all(kernel).map((i) => `cpu${i} ${i === 0 ? busy : 0} 0 0 ${i === 0 ? idle : busy + idle} 0 0 0 0 0 0\n`).join('')}intr 0\nctxt 0\nbtime 1767225600\nprocesses 1\nprocs_running 1\nprocs_blocked 0\nsoftirq 0 0 0 0 0 0 0 0 0 0 0\n`;
}

/** A UUID of the guest's own random numbers. */
function uuid(kernel: Kernel): string {
  const bytes = kernel.randomBytes(16);
  bytes[6] = (bytes[6]! & 15) | 64;
  bytes[8] = (bytes[8]! & 63) | 128;
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-') + '\n';
}

const perProcessor = file((k) => `${' '.repeat(11)}${all(k).map((n) => `CPU${n}`.padEnd(11)).join('')}\n`);
const noStalls = file(() => 'some avg10=0.00 avg60=0.00 avg300=0.00 total=0\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n');

export const systemFiles: Record<string, SyntheticEntry> = withFolders({
  '/proc/mounts': link(() => 'self/mounts'), '/proc/net': link(() => 'self/net'),
  '/proc/cpuinfo': file(cpuinfo),
  '/proc/meminfo': file(meminfo),
  '/proc/version': line(`Linux version ${RELEASE} (gobuf) #1 gobuf`),
  '/proc/uptime': file((k) => `${(k.now / 1e9).toFixed(2)} ${(k.state.idle / 1e9).toFixed(2)}\n`),
  '/proc/loadavg': file((k) => `0.00 0.00 0.00 1/${k.state.threads.size} ${k.state.nextTid - 1}\n`),
  '/proc/filesystems': file(() => 'nodev\tproc\nnodev\tsysfs\nnodev\ttmpfs\n'),
  '/proc/stat': file(stat),
  '/proc/vmstat': file((k) => `nr_free_pages ${Math.floor(free(k) / 4096)}\nnr_anon_pages ${Math.floor(k.space.pages.bytesInUse / 4096)}\npgpgin 0\npgpgout 0\npswpin 0\npswpout 0\n`),
  '/proc/swaps': line('Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority'),
  '/proc/partitions': file(() => 'major minor  #blocks  name\n\n'),
  '/proc/diskstats': file(() => ''), '/proc/misc': file(() => ''), '/proc/crypto': file(() => ''),
  '/proc/devices': file(() => 'Character devices:\n  1 mem\n\nBlock devices:\n'),
  '/proc/cgroups': line('#subsys_name\thierarchy\tnum_cgroups\tenabled'),
  '/proc/interrupts': perProcessor, '/proc/softirqs': perProcessor,
  '/proc/cmdline': line('gobuf'),
  '/proc/pressure/cpu': noStalls, '/proc/pressure/memory': noStalls, '/proc/pressure/io': noStalls,
  '/proc/sys/kernel/hostname': file((k) => `${k.state.hostname}\n`), '/proc/sys/kernel/domainname': line('(none)'),
  '/proc/sys/kernel/osrelease': line(RELEASE), '/proc/sys/kernel/ostype': line('Linux'), '/proc/sys/kernel/version': line('#1 gobuf'),
  '/proc/sys/kernel/pid_max': line('4194304'), '/proc/sys/kernel/threads-max': line('30000'),
  '/proc/sys/kernel/cap_last_cap': line('40'), '/proc/sys/kernel/ngroups_max': line('65536'),
  '/proc/sys/kernel/random/boot_id': line('6f627566-676f-4000-8000-000000000001'), '/proc/sys/kernel/random/uuid': file(uuid),
  '/proc/sys/kernel/random/entropy_avail': line('256'), '/proc/sys/kernel/random/poolsize': line('256'),
  '/proc/sys/net/core/somaxconn': line('4096'), '/proc/sys/net/core/rmem_default': line('212992'), '/proc/sys/net/core/wmem_default': line('212992'),
  '/proc/sys/net/ipv4/ip_local_port_range': line('32768\t60999'), '/proc/sys/net/ipv6/conf/all/disable_ipv6': line('0'), '/proc/sys/net/ipv6/conf/default/disable_ipv6': line('0'), '/proc/sys/net/ipv6/conf/lo/disable_ipv6': line('0'),
  '/proc/sys/vm/overcommit_memory': line('0'), '/proc/sys/vm/max_map_count': line('65530'),
  '/proc/sys/fs/file-max': line('1048576'), '/proc/sys/fs/nr_open': line('1048576'), '/proc/sys/fs/pipe-max-size': line('1048576'), '/proc/sys/fs/file-nr': file((k) => `${k.state.files.size}\t0\t1048576\n`),
  '/proc/sys/fs/inotify/max_user_watches': line('1048576'), '/proc/sys/fs/inotify/max_user_instances': line('1048576'), '/proc/sys/fs/inotify/max_queued_events': line('16384'),
  '/sys/kernel/mm/transparent_hugepage/enabled': line('always [madvise] never'), '/sys/kernel/mm/transparent_hugepage/hpage_pmd_size': line('2097152'),
  '/sys/devices/system/cpu/online': online, '/sys/devices/system/cpu/possible': online, '/sys/devices/system/cpu/present': online,
  '/sys/devices/system/node/online': line('0'), '/sys/devices/system/node/possible': line('0'), '/sys/devices/system/node/node0/cpulist': online,
  '/sys/class/net/lo/mtu': line('65536'), '/sys/class/net/lo/address': line('00:00:00:00:00:00'), '/sys/class/net/lo/operstate': line('unknown'), '/sys/class/net/lo/ifindex': line('1'), '/sys/class/net/lo/flags': line('0x9'), '/sys/class/net/lo/type': line('772'),
  '/sys/block': listed(() => []), '/sys/class/block': listed(() => []), '/sys/fs/cgroup': listed(() => []),
});

const CPUS = '/sys/devices/system/cpu', TOPOLOGY = ['core_id', 'physical_package_id', 'core_cpus_list', 'thread_siblings_list', 'package_cpus_list', 'core_siblings_list'];

/** Folders of single processors, of which there are as many as the option says. */
export function processorFile(kernel: Kernel, path: string): SyntheticEntry | undefined {
  if (path === CPUS) return listed((k) => ['online', 'possible', 'present', ...all(k).map((n) => `cpu${n}`)]);
  const [, digits, rest = ''] = /^\/sys\/devices\/system\/cpu\/cpu(0|[1-9]\d*)(?:\/(.*))?$/.exec(path) ?? [], cpu = Number(digits);
  if (digits === undefined || cpu >= kernel.facts.procs) return undefined;
  if (rest === '') return listed(() => ['topology']);
  if (rest === 'topology') return listed(() => TOPOLOGY);
  const name = rest.startsWith('topology/') ? rest.slice('topology/'.length) : '';
  if (!TOPOLOGY.includes(name)) return undefined;
  return name === 'physical_package_id' ? line('0') : name.startsWith('package') || name === 'core_siblings_list' ? online : line(`${cpu}`);
}
