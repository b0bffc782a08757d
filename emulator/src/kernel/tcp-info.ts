// What is known of a TCP connection: its state, and struct tcp_info.
// Must stay true: sent bytes arrive at once and never again, so what Linux measures of waits and losses is 0.
import type { Socket } from './state';

export const ESTABLISHED = 1, CLOSE = 7;
const FIN_WAIT2 = 5, CLOSE_WAIT = 8, LISTEN = 10;
/** Of a loopback interface; the segment that a connection's peer is expected to fill, and that without one. */
export const MTU = 65535, MSS = 32768, SMALLEST_MSS = 536;
const SIZE = 232, TIMESTAMPS_SACK_AND_SCALING = 7, SCALES = 0xaa;

export function tcpState(s: Socket): number {
  if (s.state === 'listening') return LISTEN;
  if (s.state !== 'connected' || (s.writeClosed && s.peer === 0)) return CLOSE;
  return s.writeClosed ? FIN_WAIT2 : s.readClosed ? CLOSE_WAIT : ESTABLISHED;
}

/** struct tcp_info as Linux 6.1 has it. */
export function tcpInfo(s: Socket): Uint8Array {
  const bytes = new Uint8Array(SIZE), view = new DataView(bytes.buffer), word = (at: number, value: number): void => { view.setUint32(at, value, true); };
  bytes[0] = tcpState(s);
  word(80, 10);
  word(88, 3);
  view.setBigUint64(104, 2n ** 64n - 1n, true);
  view.setBigUint64(112, 2n ** 64n - 1n, true);
  if (s.state === 'listening') {
    word(24, s.backlog.length);
    word(28, s.backlogLimit - 1);
    return bytes;
  }
  word(76, 0x7fffffff);
  if (s.state !== 'connected') {
    word(8, 1_000_000);
    word(16, SMALLEST_MSS);
    return bytes;
  }
  bytes[5] = TIMESTAMPS_SACK_AND_SCALING;
  bytes[6] = SCALES;
  word(8, 200_000);
  word(16, MSS);
  word(20, SMALLEST_MSS);
  word(60, MTU);
  word(84, MTU - 52);
  // The SYN counts as a byte that the other side has.
  view.setBigUint64(120, BigInt(s.sent + 1), true);
  view.setBigUint64(128, BigInt(s.received), true);
  return bytes;
}
