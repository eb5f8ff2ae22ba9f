/** Wraps what a command is given so that what it changes is evidence (`security_events_extended`), whatever its action is. */
import { accountName } from '../kit/account.ts';
import type { CommandHost } from '../kit/command-context.ts';

/** The last words of commands that change nothing. Every other command is recorded: one that is new, too. */
const reading = new Set([
  'list',
  'show',
  'status',
  'check',
  'explain',
  'duplicates',
  'unmatched',
  'review',
  'unreported',
  'standing',
  'test',
  'export',
  'assets',
  'conflicts',
  'inbox',
  'plan',
]);

export const isReading = (words: readonly string[]): boolean => reading.has(words.at(-1) ?? '');

/** @param words of the command, such as `grants give`. */
export function recordedHost(host: CommandHost, words: readonly string[]): CommandHost {
  if (isReading(words)) return host;
  const command = { words: words.join(' '), account: accountName() };
  return {
    ...host,
    async withApp(flags, work, options) {
      const { recordLocalCommand } = await import('../../../operate/accounts/index.ts');
      return host.withApp(flags, (app) => recordLocalCommand(app, command, () => work(app)), options);
    },
  };
}
