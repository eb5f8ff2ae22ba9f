import { defineConfig } from 'vitest/config';

/** The pure tests of the merge alone, for the mutation check (`npm run mutate`). */
export default defineConfig({
  test: { include: ['src/{engine/merge,canonical,review/plans}/**/*.test.ts'], testTimeout: 60_000 },
});
