// WebAssembly opcodes that take no immediates, and those that take a memory argument, by method name.
// Must stay true: names are the specification's with the dot and underscores folded into camel case.

export const PLAIN = {
  unreachable: 0x00, nop: 0x01, return: 0x0f, drop: 0x1a, select: 0x1b,
  i32Eqz: 0x45, i32Eq: 0x46, i32Ne: 0x47, i32LtS: 0x48, i32LtU: 0x49, i32GtS: 0x4a, i32GtU: 0x4b, i32LeS: 0x4c, i32LeU: 0x4d, i32GeS: 0x4e, i32GeU: 0x4f,
  i64Eqz: 0x50, i64Eq: 0x51, i64Ne: 0x52, i64LtS: 0x53, i64LtU: 0x54, i64GtS: 0x55, i64GtU: 0x56, i64LeS: 0x57, i64LeU: 0x58, i64GeS: 0x59, i64GeU: 0x5a,
  f32Eq: 0x5b, f32Ne: 0x5c, f32Lt: 0x5d, f32Gt: 0x5e, f32Le: 0x5f, f32Ge: 0x60,
  f64Eq: 0x61, f64Ne: 0x62, f64Lt: 0x63, f64Gt: 0x64, f64Le: 0x65, f64Ge: 0x66,
  i32Clz: 0x67, i32Ctz: 0x68, i32Popcnt: 0x69, i32Add: 0x6a, i32Sub: 0x6b, i32Mul: 0x6c, i32DivS: 0x6d, i32DivU: 0x6e, i32RemS: 0x6f, i32RemU: 0x70,
  i32And: 0x71, i32Or: 0x72, i32Xor: 0x73, i32Shl: 0x74, i32ShrS: 0x75, i32ShrU: 0x76, i32Rotl: 0x77, i32Rotr: 0x78,
  i64Clz: 0x79, i64Ctz: 0x7a, i64Popcnt: 0x7b, i64Add: 0x7c, i64Sub: 0x7d, i64Mul: 0x7e, i64DivS: 0x7f, i64DivU: 0x80, i64RemS: 0x81, i64RemU: 0x82,
  i64And: 0x83, i64Or: 0x84, i64Xor: 0x85, i64Shl: 0x86, i64ShrS: 0x87, i64ShrU: 0x88, i64Rotl: 0x89, i64Rotr: 0x8a,
  f32Abs: 0x8b, f32Neg: 0x8c, f32Ceil: 0x8d, f32Floor: 0x8e, f32Trunc: 0x8f, f32Nearest: 0x90, f32Sqrt: 0x91, f32Add: 0x92, f32Sub: 0x93, f32Mul: 0x94, f32Div: 0x95, f32Min: 0x96, f32Max: 0x97, f32Copysign: 0x98,
  f64Abs: 0x99, f64Neg: 0x9a, f64Ceil: 0x9b, f64Floor: 0x9c, f64Trunc: 0x9d, f64Nearest: 0x9e, f64Sqrt: 0x9f, f64Add: 0xa0, f64Sub: 0xa1, f64Mul: 0xa2, f64Div: 0xa3, f64Min: 0xa4, f64Max: 0xa5, f64Copysign: 0xa6,
  i32WrapI64: 0xa7, i32TruncF32S: 0xa8, i32TruncF32U: 0xa9, i32TruncF64S: 0xaa, i32TruncF64U: 0xab,
  i64ExtendI32S: 0xac, i64ExtendI32U: 0xad, i64TruncF32S: 0xae, i64TruncF32U: 0xaf, i64TruncF64S: 0xb0, i64TruncF64U: 0xb1,
  f32ConvertI32S: 0xb2, f32ConvertI32U: 0xb3, f32ConvertI64S: 0xb4, f32ConvertI64U: 0xb5, f32DemoteF64: 0xb6,
  f64ConvertI32S: 0xb7, f64ConvertI32U: 0xb8, f64ConvertI64S: 0xb9, f64ConvertI64U: 0xba, f64PromoteF32: 0xbb,
  i32ReinterpretF32: 0xbc, i64ReinterpretF64: 0xbd, f32ReinterpretI32: 0xbe, f64ReinterpretI64: 0xbf,
  i32Extend8S: 0xc0, i32Extend16S: 0xc1, i64Extend8S: 0xc2, i64Extend16S: 0xc3, i64Extend32S: 0xc4,
} as const;

/** Prefix FC. */
export const SATURATING = {
  i32TruncSatF32S: 0, i32TruncSatF32U: 1, i32TruncSatF64S: 2, i32TruncSatF64U: 3,
  i64TruncSatF32S: 4, i64TruncSatF32U: 5, i64TruncSatF64S: 6, i64TruncSatF64U: 7,
} as const;

/** Prefix FD. */
export const VECTOR = {
  i8x16Swizzle: 14, i8x16Splat: 15, i16x8Splat: 16, i32x4Splat: 17, i64x2Splat: 18, f32x4Splat: 19, f64x2Splat: 20,
  i8x16Eq: 35, i8x16Ne: 36, i8x16LtS: 37, i8x16LtU: 38, i8x16GtS: 39, i8x16GtU: 40, i8x16LeS: 41, i8x16LeU: 42, i8x16GeS: 43, i8x16GeU: 44,
  i16x8Eq: 45, i16x8Ne: 46, i16x8LtS: 47, i16x8LtU: 48, i16x8GtS: 49, i16x8GtU: 50, i16x8LeS: 51, i16x8LeU: 52, i16x8GeS: 53, i16x8GeU: 54,
  i32x4Eq: 55, i32x4Ne: 56, i32x4LtS: 57, i32x4LtU: 58, i32x4GtS: 59, i32x4GtU: 60, i32x4LeS: 61, i32x4LeU: 62, i32x4GeS: 63, i32x4GeU: 64,
  f32x4Eq: 65, f32x4Ne: 66, f32x4Lt: 67, f32x4Gt: 68, f32x4Le: 69, f32x4Ge: 70,
  f64x2Eq: 71, f64x2Ne: 72, f64x2Lt: 73, f64x2Gt: 74, f64x2Le: 75, f64x2Ge: 76,
  v128Not: 77, v128And: 78, v128Andnot: 79, v128Or: 80, v128Xor: 81, v128Bitselect: 82, v128AnyTrue: 83,
  f32x4DemoteF64x2Zero: 94, f64x2PromoteLowF32x4: 95,
  i8x16Abs: 96, i8x16Neg: 97, i8x16Popcnt: 98, i8x16AllTrue: 99, i8x16Bitmask: 100, i8x16NarrowI16x8S: 101, i8x16NarrowI16x8U: 102,
  f32x4Ceil: 103, f32x4Floor: 104, f32x4Trunc: 105, f32x4Nearest: 106,
  i8x16Shl: 107, i8x16ShrS: 108, i8x16ShrU: 109, i8x16Add: 110, i8x16AddSatS: 111, i8x16AddSatU: 112, i8x16Sub: 113, i8x16SubSatS: 114, i8x16SubSatU: 115,
  f64x2Ceil: 116, f64x2Floor: 117, i8x16MinS: 118, i8x16MinU: 119, i8x16MaxS: 120, i8x16MaxU: 121, f64x2Trunc: 122, i8x16AvgrU: 123,
  i16x8ExtaddPairwiseI8x16S: 124, i16x8ExtaddPairwiseI8x16U: 125, i32x4ExtaddPairwiseI16x8S: 126, i32x4ExtaddPairwiseI16x8U: 127,
  i16x8Abs: 128, i16x8Neg: 129, i16x8Q15mulrSatS: 130, i16x8AllTrue: 131, i16x8Bitmask: 132, i16x8NarrowI32x4S: 133, i16x8NarrowI32x4U: 134,
  i16x8ExtendLowI8x16S: 135, i16x8ExtendHighI8x16S: 136, i16x8ExtendLowI8x16U: 137, i16x8ExtendHighI8x16U: 138,
  i16x8Shl: 139, i16x8ShrS: 140, i16x8ShrU: 141, i16x8Add: 142, i16x8AddSatS: 143, i16x8AddSatU: 144, i16x8Sub: 145, i16x8SubSatS: 146, i16x8SubSatU: 147,
  f64x2Nearest: 148, i16x8Mul: 149, i16x8MinS: 150, i16x8MinU: 151, i16x8MaxS: 152, i16x8MaxU: 153, i16x8AvgrU: 155,
  i16x8ExtmulLowI8x16S: 156, i16x8ExtmulHighI8x16S: 157, i16x8ExtmulLowI8x16U: 158, i16x8ExtmulHighI8x16U: 159,
  i32x4Abs: 160, i32x4Neg: 161, i32x4AllTrue: 163, i32x4Bitmask: 164,
  i32x4ExtendLowI16x8S: 167, i32x4ExtendHighI16x8S: 168, i32x4ExtendLowI16x8U: 169, i32x4ExtendHighI16x8U: 170,
  i32x4Shl: 171, i32x4ShrS: 172, i32x4ShrU: 173, i32x4Add: 174, i32x4Sub: 177, i32x4Mul: 181, i32x4MinS: 182, i32x4MinU: 183, i32x4MaxS: 184, i32x4MaxU: 185, i32x4DotI16x8S: 186,
  i32x4ExtmulLowI16x8S: 188, i32x4ExtmulHighI16x8S: 189, i32x4ExtmulLowI16x8U: 190, i32x4ExtmulHighI16x8U: 191,
  i64x2Abs: 192, i64x2Neg: 193, i64x2AllTrue: 195, i64x2Bitmask: 196,
  i64x2ExtendLowI32x4S: 199, i64x2ExtendHighI32x4S: 200, i64x2ExtendLowI32x4U: 201, i64x2ExtendHighI32x4U: 202,
  i64x2Shl: 203, i64x2ShrS: 204, i64x2ShrU: 205, i64x2Add: 206, i64x2Sub: 209, i64x2Mul: 213,
  i64x2Eq: 214, i64x2Ne: 215, i64x2LtS: 216, i64x2GtS: 217, i64x2LeS: 218, i64x2GeS: 219,
  i64x2ExtmulLowI32x4S: 220, i64x2ExtmulHighI32x4S: 221, i64x2ExtmulLowI32x4U: 222, i64x2ExtmulHighI32x4U: 223,
  f32x4Abs: 224, f32x4Neg: 225, f32x4Sqrt: 227, f32x4Add: 228, f32x4Sub: 229, f32x4Mul: 230, f32x4Div: 231, f32x4Min: 232, f32x4Max: 233, f32x4Pmin: 234, f32x4Pmax: 235,
  f64x2Abs: 236, f64x2Neg: 237, f64x2Sqrt: 239, f64x2Add: 240, f64x2Sub: 241, f64x2Mul: 242, f64x2Div: 243, f64x2Min: 244, f64x2Max: 245, f64x2Pmin: 246, f64x2Pmax: 247,
  i32x4TruncSatF32x4S: 248, i32x4TruncSatF32x4U: 249, f32x4ConvertI32x4S: 250, f32x4ConvertI32x4U: 251,
  i32x4TruncSatF64x2SZero: 252, i32x4TruncSatF64x2UZero: 253, f64x2ConvertLowI32x4S: 254, f64x2ConvertLowI32x4U: 255,
  i8x16RelaxedSwizzle: 0x100, f32x4RelaxedMadd: 0x105, f64x2RelaxedMadd: 0x107,
} as const;

/** [opcode, alignment as a power of two]; the vector ones have prefix FD. */
export const MEMORY = {
  i32Load: [0x28, 2], i64Load: [0x29, 3], f32Load: [0x2a, 2], f64Load: [0x2b, 3],
  i32Load8S: [0x2c, 0], i32Load8U: [0x2d, 0], i32Load16S: [0x2e, 1], i32Load16U: [0x2f, 1],
  i64Load8S: [0x30, 0], i64Load8U: [0x31, 0], i64Load16S: [0x32, 1], i64Load16U: [0x33, 1], i64Load32S: [0x34, 2], i64Load32U: [0x35, 2],
  i32Store: [0x36, 2], i64Store: [0x37, 3], f32Store: [0x38, 2], f64Store: [0x39, 3],
  i32Store8: [0x3a, 0], i32Store16: [0x3b, 1], i64Store8: [0x3c, 0], i64Store16: [0x3d, 1], i64Store32: [0x3e, 2],
} as const;
export const VECTOR_MEMORY = {
  v128Load: [0, 4], v128Load8x8S: [1, 3], v128Load8x8U: [2, 3], v128Load16x4S: [3, 3], v128Load16x4U: [4, 3], v128Load32x2S: [5, 3], v128Load32x2U: [6, 3],
  v128Load8Splat: [7, 0], v128Load16Splat: [8, 1], v128Load32Splat: [9, 2], v128Load64Splat: [10, 3], v128Store: [11, 4], v128Load32Zero: [92, 2], v128Load64Zero: [93, 3],
} as const;
/** Vector instructions with a lane immediate. */
export const LANE = {
  i8x16ExtractLaneS: 21, i8x16ExtractLaneU: 22, i8x16ReplaceLane: 23, i16x8ExtractLaneS: 24, i16x8ExtractLaneU: 25, i16x8ReplaceLane: 26,
  i32x4ExtractLane: 27, i32x4ReplaceLane: 28, i64x2ExtractLane: 29, i64x2ReplaceLane: 30,
  f32x4ExtractLane: 31, f32x4ReplaceLane: 32, f64x2ExtractLane: 33, f64x2ReplaceLane: 34,
} as const;
