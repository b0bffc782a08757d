// Writes and reads the amd64 rt_sigframe: return address, ucontext, siginfo and the FXSAVE/XSAVE area.
// Must stay true: every offset is Linux's (asm/ucontext.h, asm/sigcontext.h); sigreturn restores each register from guest memory.
import * as layout from '../cpu-state';
import type { Context } from './cpu-registers';
import { R10, R11, R8, R9, RAX, RBP, RBX, RCX, RDI, RDX, RSI, RSP } from './cpu-registers';
import type { Kernel } from './kernel';
import type { SigInfo, SignalAction, Thread } from './state';
import { SA_ONSTACK } from './signal-numbers';

const R12 = 12, R13 = 13, R14 = 14, R15 = 15;
/** In the order of struct sigcontext. */
const ORDER = [R8, R9, R10, R11, R12, R13, R14, R15, RDI, RSI, RBP, RBX, RDX, RAX, RCX, RSP] as const;
const UCONTEXT = 8, MCONTEXT = UCONTEXT + 40, SIGMASK = MCONTEXT + 256, SIGINFO = SIGMASK + 8, FRAME = SIGINFO + 128;
const IP = MCONTEXT + 128, FLAGS = IP + 8, SEGMENTS = FLAGS + 8, ERR = SEGMENTS + 8, TRAPNO = ERR + 8, OLDMASK = TRAPNO + 8, CR2 = OLDMASK + 8, FPSTATE = CR2 + 8;
const FX_SIZE = 512, XSTATE_HEADER = 64, YMM = FX_SIZE + XSTATE_HEADER;
const MAGIC1 = 0x46505853, MAGIC2 = 0x46505845;
const SS_DISABLE = 2, SS_ONSTACK = 1;
/** Flags that user code may change: CF PF AF ZF SF TF DF OF RF AC. */
const USER_FLAGS = 0x50dd5;
const HIGH_BITS = 0x100000000;

export function onAltStack(thread: Thread, rsp: number): boolean {
  const { base, size, flags } = thread.altStack;
  return (flags & SS_DISABLE) === 0 && rsp > base && rsp - base <= size;
}

/** FXSAVE's one-bit tags from the two-bit ones. */
export function abridgedTag(tag: number): number {
  let result = 0;
  for (let i = 0; i < 8; i++) if (((tag >>> (2 * i)) & 3) !== 3) result |= 1 << i;
  return result;
}
export function fullTag(abridged: number): number {
  let result = 0;
  for (let i = 0; i < 8; i++) if ((abridged & (1 << i)) === 0) result |= 3 << (2 * i);
  return result;
}

function saveFloating(r: Context, avx: boolean): Uint8Array {
  const size = avx ? YMM + 256 : YMM;
  const area = new Uint8Array(size + 4), view = new DataView(area.buffer);
  view.setUint16(0, r.u32(layout.X87_CONTROL), true);
  view.setUint16(2, r.u32(layout.X87_STATUS), true);
  view.setUint8(4, abridgedTag(r.u32(layout.X87_TAG)));
  view.setUint32(24, r.u32(layout.MXCSR), true);
  view.setUint32(28, 0xffff, true);
  area.set(r.bytes(layout.X87_REGISTERS, 128), 32);
  area.set(r.bytes(layout.XMM, 256), 160);
  view.setUint32(464, MAGIC1, true);
  view.setUint32(468, size + 4, true);
  view.setUint32(472, avx ? 7 : 3, true);
  view.setUint32(480, size, true);
  view.setUint32(FX_SIZE, avx ? 7 : 3, true);
  if (avx) area.set(r.bytes(layout.YMM_HIGH, 256), YMM);
  view.setUint32(size, MAGIC2, true);
  return area;
}

function restoreFloating(r: Context, area: Uint8Array, extended: boolean): void {
  const view = new DataView(area.buffer, area.byteOffset, area.byteLength);
  r.setU32(layout.X87_CONTROL, view.getUint16(0, true));
  r.setU32(layout.X87_STATUS, view.getUint16(2, true));
  r.setU32(layout.X87_TAG, fullTag(view.getUint8(4)));
  r.setU32(layout.MXCSR, view.getUint32(24, true) & 0xffff);
  r.bytes(layout.X87_REGISTERS, 128).set(area.subarray(32, 160));
  r.bytes(layout.XMM, 256).set(area.subarray(160, 416));
  if (extended) r.bytes(layout.YMM_HIGH, 256).set(area.subarray(YMM, YMM + 256));
  else r.bytes(layout.YMM_HIGH, 256).fill(0);
}

/** siginfo_t with the union its signal uses. */
export function encodeSigInfo(info: SigInfo): Uint8Array {
  const bytes = new Uint8Array(128), view = new DataView(bytes.buffer);
  view.setInt32(0, info.signo, true);
  view.setInt32(4, info.errno, true);
  view.setInt32(8, info.code, true);
  if (info.timer !== undefined) {
    view.setInt32(16, info.timer, true);
    view.setInt32(20, info.overrun ?? 0, true);
    view.setBigUint64(24, BigInt.asUintN(64, info.value ?? 0n), true);
  } else if (info.address !== undefined) view.setBigUint64(16, BigInt.asUintN(64, BigInt(info.address)), true);
  else {
    view.setInt32(16, info.pid ?? 0, true);
    view.setInt32(20, info.uid ?? 0, true);
    view.setBigUint64(24, BigInt.asUintN(64, info.value ?? 0n), true);
  }
  return bytes;
}

/** Puts a frame on the stack and points the registers at the handler; false if the stack cannot take it. */
export function pushFrame(kernel: Kernel, thread: Thread, info: SigInfo, action: SignalAction, oldMask: bigint): boolean {
  const r = kernel.registers, { altStack } = thread;
  const rsp = r.gpr(RSP), already = onAltStack(thread, rsp);
  let top = rsp - 128;
  if ((action.flags & SA_ONSTACK) !== 0 && (altStack.flags & SS_DISABLE) === 0 && !already) top = altStack.base + altStack.size;
  const floating = saveFloating(r, kernel.facts.avx);
  const fp = Math.floor((top - floating.length) / 64) * 64;
  const at = Math.floor((fp - FRAME) / 16) * 16 - 8;
  if (already && !onAltStack(thread, at)) return false;

  const frame = new Uint8Array(FRAME), view = new DataView(frame.buffer);
  const put = (offset: number, value: bigint | number): void => view.setBigUint64(offset, BigInt.asUintN(64, BigInt(value)), true);
  put(0, action.restorer);
  put(UCONTEXT, 7);
  put(UCONTEXT + 16, altStack.base);
  view.setInt32(UCONTEXT + 24, (altStack.flags & SS_DISABLE) !== 0 ? SS_DISABLE : already ? SS_ONSTACK : 0, true);
  put(UCONTEXT + 32, altStack.size);
  ORDER.forEach((register, i) => put(MCONTEXT + i * 8, r.gpr64(register)));
  put(IP, r.rip);
  put(FLAGS, r.rflags | 0x202);
  view.setUint16(SEGMENTS, 0x33, true);
  view.setUint16(SEGMENTS + 6, 0x2b, true);
  put(ERR, info.errorCode ?? 0);
  put(TRAPNO, info.trap ?? 0);
  put(OLDMASK, oldMask);
  put(CR2, info.trap === 14 ? info.address ?? 0 : 0);
  put(FPSTATE, fp);
  put(SIGMASK, oldMask);
  frame.set(encodeSigInfo(info), SIGINFO);
  if (!kernel.space.write(at, frame) || !kernel.space.write(fp, floating)) return false;

  r.setGpr(RDI, info.signo);
  r.setGpr(RSI, at + SIGINFO);
  r.setGpr(RDX, at + UCONTEXT);
  r.setGpr(RAX, 0);
  r.setGpr(RSP, at);
  r.rip = action.handler;
  // DF, RF and TF are cleared for the handler.
  r.rflags = r.rflags & ~0x10500;
  r.resetVector();
  return true;
}

/** rt_sigreturn: every register from the frame above the restorer's return; the mask to install, or undefined if the frame is bad. */
export function popFrame(kernel: Kernel, thread: Thread): bigint | undefined {
  const r = kernel.registers, at = r.gpr(RSP) - 8;
  const frame = kernel.space.read(at, FRAME);
  if (!frame) return undefined;
  const view = new DataView(frame.buffer);
  const word = (offset: number): bigint => view.getBigUint64(offset, true);
  const high = (offset: number): number => view.getInt32(offset + 4, true) * HIGH_BITS + view.getUint32(offset, true);
  const fp = high(FPSTATE);
  if (fp !== 0) {
    const legacy = kernel.space.read(fp, FX_SIZE);
    if (!legacy) return undefined;
    const info = new DataView(legacy.buffer);
    const extended = info.getUint32(464, true) === MAGIC1 && kernel.facts.avx && (info.getUint32(472, true) & 4) !== 0;
    const area = extended ? kernel.space.read(fp, YMM + 256) : legacy;
    if (!area) return undefined;
    restoreFloating(r, area, extended && (new DataView(area.buffer).getUint32(FX_SIZE, true) & 4) !== 0);
  } else r.resetVector();
  ORDER.forEach((register, i) => r.setGpr64(register, word(MCONTEXT + i * 8)));
  r.rip = high(IP);
  r.rflags = (view.getUint32(FLAGS, true) & USER_FLAGS) | 0x202;
  const flags = view.getInt32(UCONTEXT + 24, true);
  thread.altStack = { base: high(UCONTEXT + 16), size: high(UCONTEXT + 32), flags: flags & SS_DISABLE };
  return word(SIGMASK);
}
