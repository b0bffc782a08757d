// The part of NETLINK_ROUTE that lists interfaces and addresses: the guest has one, lo.
// Must stay true: it never names an interface of the host.
import type { Kernel } from './kernel';

const NLMSG_ERROR = 2, NLMSG_DONE = 3, RTM_NEWLINK = 16, RTM_GETLINK = 18, RTM_NEWADDR = 20, RTM_GETADDR = 22, RTM_GETROUTE = 26, NLM_F_MULTI = 2;
const EOPNOTSUPP = 95;

function attribute(type: number, bytes: number[]): number[] {
  const length = 4 + bytes.length;
  return [length & 255, length >> 8, type & 255, type >> 8, ...bytes, ...new Array<number>((4 - (length % 4)) % 4).fill(0)];
}
const u32 = (value: number): number[] => [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, (value >>> 24) & 255];

function message(type: number, flags: number, sequence: number, pid: number, body: number[]): number[] {
  return [...u32(16 + body.length), type & 255, type >> 8, flags & 255, flags >> 8, ...u32(sequence), ...u32(pid), ...body];
}

/** Answers to one request, each as a datagram. */
export function netlinkRequest(kernel: Kernel, request: Uint8Array): Uint8Array[] {
  if (request.length < 16) return [];
  const view = new DataView(request.buffer, request.byteOffset, request.length);
  const type = view.getUint16(4, true), sequence = view.getUint32(8, true), { pid } = kernel.state;
  const name = [0x6c, 0x6f, 0], replies: number[][] = [];
  if (type === RTM_GETLINK) {
    // struct ifinfomsg: ARPHRD_LOOPBACK, index 1, UP LOOPBACK RUNNING LOWER_UP.
    const body = [0, 0, 772 & 255, 772 >> 8, ...u32(1), ...u32(0x10049), ...u32(0), ...attribute(3, name), ...attribute(4, u32(65536)), ...attribute(1, [0, 0, 0, 0, 0, 0])];
    replies.push(message(RTM_NEWLINK, NLM_F_MULTI, sequence, pid, body));
  } else if (type === RTM_GETADDR) {
    const v4 = [127, 0, 0, 1], v6 = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
    replies.push(message(RTM_NEWADDR, NLM_F_MULTI, sequence, pid, [2, 8, 0x80, 254, ...u32(1), ...attribute(1, v4), ...attribute(2, v4), ...attribute(3, name)]));
    replies.push(message(RTM_NEWADDR, NLM_F_MULTI, sequence, pid, [10, 128, 0x80, 254, ...u32(1), ...attribute(1, v6)]));
  } else if (type !== RTM_GETROUTE) return [new Uint8Array(message(NLMSG_ERROR, 0, sequence, pid, [...u32(-EOPNOTSUPP), ...request.subarray(0, 16)]))];
  replies.push(message(NLMSG_DONE, NLM_F_MULTI, sequence, pid, u32(0)));
  return [new Uint8Array(replies.flat())];
}
