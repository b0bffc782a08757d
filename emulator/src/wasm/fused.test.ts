// The multiply-add of this V8 on this machine, told apart by what it computes.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hasFusedMultiplyAdd, usesFusedMultiplyAdd } from './fused';
import { relaxedSimdFlags } from './relaxed-simd';

const facts = (() => { try { return readFileSync('/proc/cpuinfo', 'utf8'); } catch { return ''; } })();

describe('the multiply-add of WebAssembly', () => {
  it.skipIf(!/^flags.*\bfma\b/m.test(facts))('is fused where the processor has FMA', () => {
    expect(hasFusedMultiplyAdd()).toBe(true);
    expect(usesFusedMultiplyAdd()).toBe(true);
  });

  it('needs a flag in versions of V8 that had not shipped it', () => {
    expect(relaxedSimdFlags('11.3.244.8-node.30')).toHaveLength(1);
    for (const version of ['11.4.183.14', '12.4.254.21-node.27', '13.6.233.10-node.18']) expect(relaxedSimdFlags(version)).toEqual([]);
  });
});
