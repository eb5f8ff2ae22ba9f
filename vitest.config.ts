import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      '{src,simulators,test,tools}/**/*.test.ts',
      'test/{e2e,histories}/**/*.e2e.ts',
      'test/crash/**/*.crash.ts',
    ],
    globalSetup: ['test/support/global-setup.ts'],
    // Hundreds of processes of the product and the simulators are started; as bin/tieline.js does, they keep what was compiled.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules', '.cache', 'compiled') },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // More than there are cores: many tests wait for processes, polls and locks.
    maxWorkers: 3,
    reporters: ['default'],
  },
});
