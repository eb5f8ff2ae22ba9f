import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const pure = ['{src,simulators,test,tools}/**/*.test.ts'];
const withDatabase = ['{src,simulators,test,tools}/**/*.pg.test.ts'];
const byVolume = ['{src,simulators,test,tools}/**/*.proof.ts'];

export default defineConfig({
  test: {
    // Hundreds of processes of the product and the simulators are started; as bin/tieline.js does, they keep what was compiled.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules', '.cache', 'compiled') },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // More than there are cores: many tests wait for processes, polls and locks.
    maxWorkers: 3,
    reporters: ['default'],
    // They run in the order of their names: the long files first, and the short ones fill up the end.
    projects: [
      {
        extends: true,
        test: {
          name: 'live',
          // As the pure ones: a fifth of the CPU of a run was to load the same modules again for each file.
          isolate: false,
          include: [...withDatabase, 'test/{browser,e2e}/**/*.e2e.ts'],
          globalSetup: ['test/support/global-setup.ts'],
        },
      },
      {
        extends: true,
        // `npm run test:proof`: what shows a thing by many tries. Not a part of `npm test`.
        test: {
          name: 'proof',
          // Each file alone: one registers an entity of its own with what all share.
          include: byVolume,
          globalSetup: ['test/support/global-setup.ts'],
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        // They share their workers, and with them what was loaded: half a second of CPU for each file.
        test: { name: 'pure', include: pure, exclude: withDatabase, isolate: false },
      },
    ],
  },
});
