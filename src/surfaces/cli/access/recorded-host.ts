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
  'preview',
]);

export const isReading = (words: readonly string[]): boolean => reading.has(words.at(-1) ?? '');

/** Whether all rows of a list leave the house, however many: a command that only reads, and yet evidence. */
const takesAway = (flags: object): boolean => 'csv' in flags && flags.csv === true;

/** @param words of the command, such as `grants give`. */
export function recordedHost(host: CommandHost, words: readonly string[]): CommandHost {
  const command = { words: words.join(' '), account: accountName() };
  if (isReading(words))
    return {
      ...host,
      async withApp(flags, work, options) {
        if (!takesAway(flags)) return host.withApp(flags, work, options);
        const { recordLocalExport } = await import('../../../operate/accounts/index.ts');
        const recorded = async (app: Parameters<typeof work>[0]) => {
          await recordLocalExport(app, command);
          return work(app);
        };
        return host.withApp(flags, recorded, options);
      },
    };
  return {
    ...host,
    async withApp(flags, work, options) {
      const { recordLocalCommand } = await import('../../../operate/accounts/index.ts');
      return host.withApp(flags, (app) => recordLocalCommand(app, command, () => work(app)), options);
    },
  };
}
