import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      '{src,simulators,test,tools}/**/*.test.ts',
      'test/{e2e,histories}/**/*.e2e.ts',
      'test/crash/**/*.crash.ts',
    ],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    reporters: ['default'],
  },
});
