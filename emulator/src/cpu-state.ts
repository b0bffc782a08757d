// Where a guest thread's architectural registers live in the linear memory shared by all translated code.
// Must stay true: offsets are bytes from STATE_BASE; [0, CONTEXT_SIZE) is a thread's whole context, saved and restored by copying.

/** Linear address of the state of the running thread. */
export const STATE_BASE = 0x400;

/** RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8…R15: 16 × u64. */
export const GPR = 0x000;
export const RIP_OFFSET = 0x080;
/** EFLAGS as a u64, materialised: exact whenever translated code is not running. */
export const RFLAGS_OFFSET = 0x088;
export const FS_BASE = 0x090;
export const GS_BASE = 0x098;
/** u32 each. */
export const MXCSR = 0x0a0;
export const X87_CONTROL = 0x0a4;
export const X87_STATUS = 0x0a8;
export const X87_TAG = 0x0ac;
/** 8 × 16 bytes (80-bit values in the low 10). */
export const X87_REGISTERS = 0x0b0;
/** 16 × 16 bytes: XMM0…XMM15. */
export const XMM = 0x140;
/** 16 × 16 bytes: the upper halves of YMM0…YMM15. */
export const YMM_HIGH = 0x240;
/** Bytes of a saved context. */
export const CONTEXT_SIZE = 0x400;

/** Linear memory below belongs to the processor (state, jump cache, look-up tables, scratch); guest pages begin here. */
export const PAGES_BASE = 0x200000;
