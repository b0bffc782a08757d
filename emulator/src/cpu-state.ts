// Where a guest thread's architectural registers live in the linear memory shared by all translated code.
// Must stay true: offsets are bytes from STATE_BASE; [0, CONTEXT_SIZE) is a thread's whole context, saved and restored by copying.

/** Linear address of the state of the running thread; 0, because small offsets make translated code shorter. */
export const STATE_BASE = 0;

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
export const PAGES_BASE = 0x1c30000;

/** u32: kind of the pending status flags; 0 means the status bits of RFLAGS are exact. */
export const FLAG_KIND = STATE_BASE + CONTEXT_SIZE;
/** u64 each: operands of the pending flags. */
export const FLAG_A = FLAG_KIND + 8;
export const FLAG_B = FLAG_KIND + 16;
/** u32: why translated code left (ExitCode); only meaningful after a negative result. */
export const EXIT_CODE = FLAG_KIND + 24;
/** u32 each: low and high half of the faulting address, and whether it was a write. */
export const EXIT_ADDRESS = FLAG_KIND + 32;
export const EXIT_WRITE = FLAG_KIND + 40;
/** 64 bytes each: an access that crosses a page is put together here. */
export const READ_SCRATCH = 0x900;
export const WRITE_SCRATCH = 0x940;
/** 256 bytes through which helpers return more than one value. */
export const RESULT_SCRATCH = 0x980;
/** Constants and work space of helpers, zero at the start. */
export const HELPER_DATA = 0x2000;
/** Direct-mapped, 16 bytes an entry: guest address u64, table slot u32, selector u32. */
export const JUMP_CACHE = 0x20000;
export const JUMP_CACHE_BITS = 14;
/** u32 each: the table slot of the translation for an address that is called or jumped to; 0 while there is none. */
export const CALL_CELLS = 0x60000;
export const CALL_CELLS_END = 0x100000;
/** A byte each: whether a block has been executed, as noted by cold translations, so that hot ones hold only what is wanted. */
export const BLOCK_MARKS = 0x100000;
export const BLOCK_MARKS_END = 0x200000;
/** Records of instructions (translator/record-layout.ts); what is never used is never resident. */
export const RECORDS = 0x200000;
export const RECORDS_END = 0x1000000;
/** Direct-mapped, 16 bytes an entry: page address u64, u32 to add to the low half of the guest address. Together they reach over 256 MiB. */
export const READ_TLB = 0x1000000;
export const WRITE_TLB = 0x1100000;
export const TLB_BITS = 16;
/** Recipes of records, and the tree that leads to them (translator/recipes.ts). */
export const RECIPES = 0x1200000;
export const RECIPE_NODES = 0x1320000;
export const RECIPE_NODES_END = 0x1720000;
/** Work space where records are copied for keeping: which, where to each will be, and so many copies as have room. */
export const KEEP_LIST = 0x1720000;
export const KEEP_TO = 0x1820000;
export const KEEP_COPIES = 0x1920000;
export const KEEP_COPIES_END = 0x1a20000;
/** Where records are, by their addresses (translator/known-places.ts): u32 each, a record or 0. */
export const PLACES = 0x1a20000;
export const PLACE_BITS = 19;
/** A bit for each 65536th address: whether translated code may begin there, or a breakpoint be. */
export const SPECIAL_PLACES = 0x1c20000;
/** Direct-mapped, 16 bytes an entry: address of a page of code plus 1 as a u64, its host address as a u32. */
export const CODE_PAGES = 0x1c22000;
export const CODE_PAGES_END = 0x1c23000;
/** u32 each: how many records were made that what is special about their addresses has not been asked of, and which. */
export const NEW_SPECIALS = 0x1c23000;
/** Of an address shifted right by 8: the offset of its entry. */
export const TLB_MASK = ((1 << TLB_BITS) - 1) << 4;
/**
 * What clock_gettime is answered from (translator/clock.ts): nanoseconds since the program's start at the end of the slice as an i64, -1 where the kernel is to
 * be asked; what clocks 0 and 1 count besides, a u64 each; the call's number as a u32.
 */
export const CLOCK_ELAPSED = STATE_BASE + 0x7c0;
export const CLOCK_OFFSETS = STATE_BASE + 0x7c8;
export const CLOCK_CALL = STATE_BASE + 0x7d8;
/** u32 each: where the next record will be; how many records were taken over, which are the first, in order; how many were made since any were kept. */
export const NEXT_RECORD = STATE_BASE + 0x7e0;
export const KEPT_RECORDS = STATE_BASE + 0x7e4;
export const FRESH_RECORDS = STATE_BASE + 0x7e8;
/** u32: after how many transfers of control to a place it is translated. */
export const OFTEN = STATE_BASE + 0x7f0;
/** A u64 that is always 0: the base and index of addresses that have none. */
export const ALWAYS_ZERO = STATE_BASE + 0x7f8;
