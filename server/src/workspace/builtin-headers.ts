// The headers that Go keeps in GOROOT/pkg/include, for machines without Go: textflag.h and funcdata.h.
// Must stay true: the same names with the same values as Go's (1.21 to 1.27); a GOROOT's own headers win over these.

const defines = (entries: Record<string, number | string>): string => Object.entries(entries).map(([name, value]) => `#define ${name} ${value}\n`).join('');

const HEADERS: Record<string, string> = {
  'textflag.h': defines({ NOPROF: 1, DUPOK: 2, NOSPLIT: 4, RODATA: 8, NOPTR: 16, WRAPPER: 32, NEEDCTXT: 64, TLSBSS: 256, NOFRAME: 512, REFLECTMETHOD: 1024, TOPFRAME: 2048, ABIWRAPPER: 4096 }),
  'funcdata.h': defines({
    PCDATA_UnsafePoint: 0, PCDATA_StackMapIndex: 1, PCDATA_InlTreeIndex: 2, PCDATA_ArgLiveIndex: 3, PCDATA_PanicBounds: 4,
    FUNCDATA_ArgsPointerMaps: 0, FUNCDATA_LocalsPointerMaps: 1, FUNCDATA_StackObjects: 2, FUNCDATA_InlTree: 3, FUNCDATA_OpenCodedDeferInfo: 4, FUNCDATA_ArgInfo: 5, FUNCDATA_ArgLiveInfo: 6, FUNCDATA_WrapInfo: 7,
    ArgsSizeUnknown: '0x80000000', GO_ARGS: 'FUNCDATA $FUNCDATA_ArgsPointerMaps, go_args_stackmap(SB)', GO_RESULTS_INITIALIZED: 'PCDATA $PCDATA_StackMapIndex, $1',
    NO_LOCAL_POINTERS: 'FUNCDATA $FUNCDATA_LocalsPointerMaps, no_pointers_stackmap(SB)',
  }),
};

export function builtinHeader(name: string): string | undefined {
  return Object.hasOwn(HEADERS, name) ? HEADERS[name] : undefined;
}
