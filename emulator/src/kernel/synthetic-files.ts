// Files that exist only because Linux shows them: /proc, /sys, /dev and a minimal /etc.
// Must stay true: contents follow from the guest's own state and options, never from the host.
import type { Kernel } from './kernel';
import { inProcess } from './process-files';
import { device, file, line, link, listed, withFolders } from './synthetic-entry';
import type { SyntheticEntry } from './synthetic-entry';
import { processorFile, systemFiles } from './system-files';

export type { SyntheticEntry } from './synthetic-entry';

const elsewhere: Record<string, SyntheticEntry> = withFolders({
  '/dev/null': device('null'),
  '/dev/zero': device('zero'),
  '/dev/full': device('full'),
  '/dev/random': device('random'),
  '/dev/urandom': device('random'),
  // Opening it says that the program has no terminal.
  '/dev/tty': device('tty'),
  '/dev/fd': link(() => '/proc/self/fd'),
  '/dev/stdin': link(() => '/proc/self/fd/0'),
  '/dev/stdout': link(() => '/proc/self/fd/1'),
  '/dev/stderr': link(() => '/proc/self/fd/2'),
  '/etc/hosts': file(() => '127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n127.0.1.1\tgobuf\n', 0o644),
  '/etc/hostname': file((k) => `${k.state.hostname}\n`, 0o644),
  '/etc/nsswitch.conf': file(() => 'passwd: files\ngroup: files\nhosts: files dns\n', 0o644),
  '/etc/resolv.conf': file(() => '# The guest has no network beyond its own loopback.\nnameserver 127.0.0.1\n', 0o644),
  '/etc/passwd': file(() => 'root:x:0:0:root:/root:/bin/sh\nguest:x:1000:1000:guest:/tmp:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n', 0o644),
  '/etc/group': file(() => 'root:x:0:\nguest:x:1000:\nnogroup:x:65534:\n', 0o644),
  '/etc/services': file(() => 'ftp\t21/tcp\nssh\t22/tcp\ntelnet\t23/tcp\nsmtp\t25/tcp\ntime\t37/tcp\ndomain\t53/tcp\ndomain\t53/udp\nhttp\t80/tcp\npop3\t110/tcp\nntp\t123/udp\nimap2\t143/tcp\nhttps\t443/tcp\nhttps\t443/udp\n', 0o644),
  '/etc/protocols': file(() => 'ip\t0\tIP\nicmp\t1\tICMP\ntcp\t6\tTCP\nudp\t17\tUDP\n', 0o644),
  '/etc/os-release': file(() => 'NAME="gobuf"\nID=gobuf\nPRETTY_NAME="gobuf"\n', 0o644),
  '/etc/machine-id': line('676f6275660000000000000000000001', 0o644),
  '/etc/mtab': link(() => '/proc/self/mounts'),
});

const fixed: Record<string, SyntheticEntry> = {
  ...systemFiles, ...elsewhere,
  '/proc': listed((k) => [`${k.state.pid}`, 'self', 'thread-self', ...systemFiles['/proc']!.list!(k)]),
  '/proc/self': link((k) => `${k.state.pid}`),
  '/proc/thread-self': link((k) => `${k.state.pid}/task/${k.state.current}`),
  '/dev': { ...elsewhere['/dev']!, mode: 0o755 }, '/etc': { ...elsewhere['/etc']!, mode: 0o755 },
  '/': listed(() => ['dev', 'etc', 'proc', 'sys', 'tmp'], 0o755),
};

/** The entry at an absolute path, if it is one of these. */
export function synthetic(kernel: Kernel, path: string): SyntheticEntry | undefined {
  const processor = path.startsWith('/sys/devices/system/cpu') ? processorFile(kernel, path) : undefined;
  const known = processor ?? (Object.hasOwn(fixed, path) ? fixed[path] : undefined);
  if (known) return known;
  if (!path.startsWith('/proc/')) return undefined;
  const [id, ...rest] = path.slice(6).split('/');
  return id === `${kernel.state.pid}` ? inProcess(kernel, rest) : undefined;
}
