/**
 * `npm run check`: formatting, lint, types, dead code, import directions. Runs every check even after one failed,
 * so that one run tells all; exit code 1 if any failed.
 */
import { spawnSync } from 'node:child_process';

const checks: readonly (readonly [name: string, command: string, ...args: string[]])[] = [
  ['format', 'oxfmt', '--check', '.'],
  ['lint', 'oxlint', '--type-aware', '--deny-warnings', '.'],
  ['types', 'tsc', '--noEmit'],
  ['types of the console', 'tsc', '--noEmit', '-p', 'console'],
  ['lock file', process.execPath, 'tools/complete-lock.ts', '--check'],
  ['dead code', 'knip', '--no-progress'],
  ['import directions', process.execPath, 'tools/check-layers.ts'],
];

let failed = 0;
for (const [name, command, ...args] of checks) {
  const started = performance.now();
  const result = spawnSync(command, args, { encoding: 'utf8' });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const ok = result.status === 0;
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  if (!ok) {
    failed += 1;
    console.log(`${result.error?.message ?? ''}${result.stdout}${result.stderr}`);
  }
}
if (failed > 0) {
  console.log(`${failed} of ${checks.length} checks failed`);
  process.exit(1);
}
