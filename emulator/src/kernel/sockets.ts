// Loopback and Unix sockets between threads of the one guest process.
// Must stay true: nothing here reaches the host's network.
import { fail, ENOTSOCK } from './errno';
import type { Kernel } from './kernel';
import type { OpenFile } from './state';

export function closeSocket(kernel: Kernel, id: number): void { kernel.state.sockets.delete(id); }
export function pollSocket(_: Kernel, __: OpenFile): number { return 0; }
export function receiveStream(_: Kernel, __: OpenFile, ___: number): Uint8Array | undefined { return fail(ENOTSOCK); }
export function sendStream(_: Kernel, __: OpenFile, ___: Uint8Array): number | undefined { return fail(ENOTSOCK); }
