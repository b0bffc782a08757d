// Short names of comparisons and carry-less multiplications whose immediate is part of the mnemonic.
// Must stay true: indexed by the immediate.

export const COMPARISONS = ['eq', 'lt', 'le', 'unord', 'neq', 'nlt', 'nle', 'ord'];

/** PCLMULQDQ by bit 4 × 2 + bit 0 of the immediate. */
export const CARRYLESS_PRODUCTS = ['pclmullqlqdq', 'pclmulhqlqdq', 'pclmullqhqdq', 'pclmulhqhqdq'];

/** VCMPxx with one of the first eight predicates: the mnemonic with the predicate in it. */
export function vectorCompareName(op: string, predicate: bigint): string | undefined {
  if (!/^VCMP(PD|PS|SD|SS|PH|SH|BF16)$/.test(op)) return undefined;
  const name = COMPARISONS[Number(predicate)];
  return predicate >= 0n && name ? `vcmp${name}${op.slice(4).toLowerCase()}` : undefined;
}
