// /proc/PID/net: the interface there is, routes, and the program's own sockets.
// Must stay true: what is told of a socket is what it is now; its inode is the one that fstat and /proc/PID/fd show.
import type { Kernel } from './kernel';
import { file } from './synthetic-entry';
import type { SyntheticEntry } from './synthetic-entry';
import { AF_INET, AF_INET6, AF_UNIX, anyAddress, encodeAddress } from './socket-address';
import { SOCK_DGRAM, SOCK_STREAM } from './sockets';
import type { Socket, SocketAddress } from './state';
import { CLOSE, ESTABLISHED, tcpState } from './tcp-info';

const hex = (value: number, digits: number): string => value.toString(16).toUpperCase().padStart(digits, '0');

/** As the kernel prints it: words of the machine's order, and the port. */
function address(given: SocketAddress | undefined, family: number): string {
  const encoded = encodeAddress(given ?? anyAddress(family), family), host = family === AF_INET ? encoded.subarray(4, 8) : encoded.subarray(8, 24);
  let words = '';
  for (let i = 0; i < host.length; i += 4) words += hex(new DataView(host.buffer, host.byteOffset + i).getUint32(0, true), 8);
  return `${words}:${hex(given?.port ?? 0, 4)}`;
}

/** Sockets that a descriptor refers to; others wait to be accepted. */
const open = (kernel: Kernel): Set<number> => new Set([...kernel.state.files.values()].filter(({ kind }) => kind === 'socket').map(({ object }) => object));

function inet(kernel: Kernel, family: number, type: number, wanted: (s: Socket) => boolean, row: (s: Socket, inode: number) => string): string {
  const held = open(kernel);
  let rows = '', n = 0;
  for (const s of kernel.state.sockets.values()) if (s.family === family && s.type === type && s.local && wanted(s)) rows += `${String(n++).padStart(type === SOCK_DGRAM ? 5 : 4)}: ${row(s, held.has(s.id) ? s.id : 0)}\n`;
  return rows;
}

function sockets(family: number, type: number): SyntheticEntry {
  const wide = family === AF_INET6, names = wide ? 'local_address                         remote_address                        st' : 'local_address rem_address   st';
  return file((kernel) => {
    const head = `${type === SOCK_DGRAM ? '   ' : '  '}sl  ${names} tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode${type === SOCK_DGRAM ? ' ref pointer drops' : ''}\n`;
    const common = (s: Socket, state: number, sent: number, came: number, inode: number): string => `${address(s.local, family)} ${address(s.remote, family)} ${hex(state, 2)} ${hex(sent, 8)}:${hex(came, 8)} 00:00000000 00000000 ${String(kernel.facts.uid).padStart(5)}        0 ${inode}`;
    if (type === SOCK_DGRAM) return head + inet(kernel, family, type, (s) => s.local!.port !== 0, (s, inode) => `${common(s, s.state === 'connected' ? ESTABLISHED : CLOSE, 0, s.incomingSize, inode)} 2 0000000000000000 0`);
    return head + inet(kernel, family, type, (s) => tcpState(s) !== CLOSE, (s, inode) => {
      const listens = s.state === 'listening';
      return `${common(s, tcpState(s), listens ? s.backlogLimit - 1 : 0, listens ? s.backlog.length : s.incomingSize, inode)} 1 0000000000000000 100 0 0 10 0`;
    });
  });
}

function unix(kernel: Kernel): string {
  let rows = 'Num       RefCount Protocol Flags    Type St Inode Path\n';
  for (const s of kernel.state.sockets.values()) {
    if (s.family !== AF_UNIX) continue;
    const path = s.local ? `${s.local.abstract ? '@' : ''}${s.local.path}` : '';
    rows += `0000000000000000: 00000002 00000000 ${s.state === 'listening' ? '00010000' : '00000000'} ${hex(s.type, 4)} ${s.state === 'connected' ? '03' : '01'} ${s.id}${path && ` ${path}`}\n`;
  }
  return rows;
}

function interfaces({ state }: Kernel): string {
  const { bytes, packets } = state.loopback, half = `${String(bytes).padStart(8)} ${String(packets).padStart(7)}    0    0    0     0          0         0`;
  return `Inter-|   Receive                                                |  Transmit\n face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n    lo:${half} ${half.replace(/0 {10}0 {9}0$/, '0       0          0')}\n`;
}

function sockstat(kernel: Kernel): string {
  const all = [...kernel.state.sockets.values()], count = (family: number, type: number): number => all.filter((s) => s.family === family && s.type === type).length;
  return `sockets: used ${all.length}\nTCP: inuse ${count(AF_INET, SOCK_STREAM)} orphan 0 tw 0 alloc ${count(AF_INET, SOCK_STREAM) + count(AF_INET6, SOCK_STREAM)} mem 0\nUDP: inuse ${count(AF_INET, SOCK_DGRAM)} mem 0\nUDPLITE: inuse 0\nRAW: inuse 0\nFRAG: inuse 0 memory 0\n`;
}

/** By name below /proc/PID/net. */
export const networkFiles: Record<string, SyntheticEntry> = {
  dev: file(interfaces),
  tcp: sockets(AF_INET, SOCK_STREAM), tcp6: sockets(AF_INET6, SOCK_STREAM),
  udp: sockets(AF_INET, SOCK_DGRAM), udp6: sockets(AF_INET6, SOCK_DGRAM),
  unix: file(unix),
  sockstat: file(sockstat),
  route: file(() => 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT                                                       \n'),
  if_inet6: file(() => '00000000000000000000000000000001 01 80 10 80       lo\n'),
  arp: file(() => 'IP address       HW type     Flags       HW address            Mask     Device\n'),
};
