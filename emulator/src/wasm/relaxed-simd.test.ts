// Relaxed SIMD of this V8 on this machine: what it computes tells its kinds apart.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hasRelaxedSimd, usesRelaxedSimd } from './relaxed-simd';
import { relaxedSimdFlags } from './relaxed-simd-flags';

const facts = (() => { try { return readFileSync('/proc/cpuinfo', 'utf8'); } catch { return ''; } })();

describe('relaxed SIMD', () => {
  it.skipIf(!/^flags.*\bfma\b/m.test(facts))('multiplies and adds with one rounding where the processor has FMA', () => {
    expect(hasRelaxedSimd()).toBe(true);
    expect(usesRelaxedSimd()).toBe(true);
  });

  it('needs a flag in versions of V8 that had not shipped it', () => {
    expect(relaxedSimdFlags('11.3.244.8-node.30')).toHaveLength(1);
    for (const version of ['11.4.183.14', '12.4.254.21-node.27', '13.6.233.10-node.18']) expect(relaxedSimdFlags(version)).toEqual([]);
  });
});
