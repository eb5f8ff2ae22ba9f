import { describe, expect, it } from 'vitest';
import { cronWords } from './cron-words.ts';

describe('a cron expression in words', () => {
  it.each([
    ['*/15 * * * *', 'Every 15 minutes'],
    ['* * * * *', 'Every minute'],
    ['5 * * * *', 'Every hour, at minute 5'],
    ['0 */4 * * *', 'Every 4 hours'],
    ['30 */4 * * *', 'Every 4 hours, at minute 30'],
    ['0 2 * * *', 'Every day at 02:00 UTC'],
    ['0 6,18 * * *', 'Every day at 06:00 and 18:00 UTC'],
    ['0 2 * * 1-5', 'On Monday to Friday at 02:00 UTC'],
    ['0 2 * * SUN', 'On Sunday at 02:00 UTC'],
    ['0 2 * * 1,3,5', 'On Monday, Wednesday and Friday at 02:00 UTC'],
    ['0 2 1 * *', 'On the 1st of every month at 02:00 UTC'],
    ['0 2 2,13,23 * *', 'On the 2nd, 13th and 23rd of every month at 02:00 UTC'],
    ['0 2 1 3 *', 'On the 1st of March at 02:00 UTC'],
    ['*/10 * * * 1-5', 'Every 10 minutes, on Monday to Friday'],
    ['0-10 2 * * *', 'Minute 0-10, hour 2, day *, month *, weekday * (UTC)'],
    ['0 2 1 * 1', 'Minute 0, hour 2, day 1, month *, weekday 1 (UTC)'],
  ])('%s is: %s', (cron, words) => {
    expect(cronWords(cron)).toBe(words);
  });
});
