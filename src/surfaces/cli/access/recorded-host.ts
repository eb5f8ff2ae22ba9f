/** Wraps what a command is given so that what it changes is evidence (`security_events_extended`), whatever its action is. */
import { everywhere, localOperator } from '../../../canonical/access/index.ts';
import type { App } from '../../../engine/run/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { accountName } from '../kit/account.ts';
import type { CommandHost, GlobalFlags } from '../kit/command-context.ts';
import { leavingOf, type LeavingFlags } from '../kit/flags.ts';

/** Whether all rows of a list leave the house, however many: a command that only reads, and yet evidence. */
const takesAway = (flags: object): boolean => 'csv' in flags && flags.csv === true;

const filterOf = (flags: object): string => {
  const filter: unknown = 'filter' in flags ? flags.filter : undefined;
  return Array.isArray(filter) ? filter.join(' ') : typeof filter === 'string' ? filter : '';
};

/** A list that leaves the agency has its entry in the accounting of disclosures before its first row. @throws TielineError USAGE. */
async function accountFor(
  app: App,
  flags: GlobalFlags & LeavingFlags,
  { words, account }: { words: string; account: string },
): Promise<void> {
  const leaving = leavingOf(flags);
  if (!leaving) return;
  const { discloseList } = await import('../../../modules/privacy/index.ts');
  await discloseList(app, localOperator(account), {
    list: words.replace(/ list$/, ''),
    filter: filterOf(flags),
    scope: everywhere,
    leaving,
  });
}

/** @throws TielineError USAGE: what is printed on the screen does not leave the agency. */
function requireTaken(flags: GlobalFlags & LeavingFlags, reads: boolean): void {
  if (takesAway(flags) || !(reads || 'csv' in flags) || !leavingOf(flags)) return;
  throw new TielineError(
    'USAGE',
    '--recipient, --purpose and --authority say where an export goes: give --csv too.',
  );
}

/** @param words of the command, such as `grants give`. @param reads whether it is declared to change nothing. */
export function recordedHost(host: CommandHost, words: readonly string[], reads: boolean): CommandHost {
  const command = { words: words.join(' '), account: accountName() };
  if (reads)
    return {
      ...host,
      async withApp(flags, work, options) {
        requireTaken(flags, reads);
        if (!takesAway(flags)) return host.withApp(flags, work, options);
        const { recordLocalExport } = await import('../../../operate/accounts/index.ts');
        const recorded = async (app: App) => {
          await accountFor(app, flags, command);
          await recordLocalExport(app, command);
          return work(app);
        };
        return host.withApp(flags, recorded, options);
      },
    };
  return {
    ...host,
    async withApp(flags, work, options) {
      requireTaken(flags, reads);
      const { recordLocalCommand } = await import('../../../operate/accounts/index.ts');
      const accounted = async (app: App) => {
        if (takesAway(flags)) await accountFor(app, flags, command);
        return work(app);
      };
      return host.withApp(flags, (app) => recordLocalCommand(app, command, () => accounted(app)), options);
    },
  };
}
