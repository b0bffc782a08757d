// One vitest configuration for every suite that needs no editor: the unit tests beside the code and the end-to-end suites under
// test/integration. A test that writes to the console fails (see test/support/no-console.ts).
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{emulator,server,debug-adapter,client}/src/**/*.test.ts', 'test/integration/**/*.test.ts', 'scripts/**/*.test.ts'],
    setupFiles: ['test/support/no-console.ts'],
    pool: 'forks',
    testTimeout: 120_000,
    hookTimeout: 300_000,
    reporters: ['default'],
  },
});
