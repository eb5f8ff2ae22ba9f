/** `npm run soak:faults [-- --minutes 30 --seed N]`: see fault-rounds.ts. Ends with 1 where anything is wrong. */
import { parseArgs } from 'node:util';
import { randomFrom } from '../../src/platform/http/broken-bytes.test-support.ts';
import { playFaults } from './fault-rounds.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
// Its PostgreSQL is ended by what ends this process.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
console.log(`seed ${values.seed}`);
const wrong = await playFaults({
  minutes: Number(values.minutes),
  random: randomFrom(Number(values.seed)),
  say: (line) => console.log(line),
});
console.log(wrong.length === 0 ? 'all as undisturbed' : `${wrong.length} faults:\n${wrong.join('\n')}`);
process.exit(wrong.length === 0 ? 0 : 1);
