/** Wraps what a command is given so that what it changes is evidence (`security_events_extended`), whatever its action is. */
import { everywhere, localOperator } from '../../../canonical/access/index.ts';
import type { App } from '../../../engine/run/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { accountName } from '../kit/account.ts';
import type { CommandSpec } from '../kit/command.ts';
import type { CommandHost, GlobalFlags } from '../kit/command-context.ts';
import { leavingOf, type LeavingFlags } from '../kit/flags.ts';

type Recorded = Pick<CommandSpec, 'reads' | 'exports'>;

/** Whether all rows of a list leave the house, however many: a command that only reads, and yet evidence. */
const takesAway = (flags: object): boolean => 'csv' in flags && flags.csv === true;

/** What is listed, as it was asked for: what the command was given, and its filter. */
const filterOf = (flags: object, args: readonly string[]): string => {
  const filter: unknown = 'filter' in flags ? flags.filter : undefined;
  const given = Array.isArray(filter) ? filter : typeof filter === 'string' ? [filter] : [];
  return [...args, ...given].join(' ');
};

/** A list that leaves the agency has its entry in the accounting of disclosures before its first row. @throws TielineError USAGE. */
async function accountFor(
  app: App,
  flags: GlobalFlags & LeavingFlags,
  { words, args, account }: { words: string; args: readonly string[]; account: string },
): Promise<void> {
  const leaving = leavingOf(flags);
  if (!leaving) return;
  const { discloseList } = await import('../../../modules/privacy/index.ts');
  await discloseList(app, localOperator(account), {
    list: words.replace(/ list$/, ''),
    filter: filterOf(flags, args),
    scope: everywhere,
    leaving,
  });
}

/** @throws TielineError USAGE: what is printed on the screen does not leave the agency. */
function requireTaken(flags: GlobalFlags & LeavingFlags, { reads, exports }: Recorded): void {
  if (takesAway(flags) || exports === true || !(reads === true || 'csv' in flags) || !leavingOf(flags))
    return;
  throw new TielineError(
    'USAGE',
    '--recipient, --purpose and --authority say where an export goes: give --csv too.',
  );
}

/** @param typed words of the command, such as `grants give`, and what it was given. @param spec what it is declared to do. */
export function recordedHost(
  host: CommandHost,
  { words, args }: { readonly words: readonly string[]; readonly args: readonly string[] },
  spec: Recorded,
): CommandHost {
  const command = { words: words.join(' '), args, account: accountName() };
  if (spec.reads)
    return {
      ...host,
      async withApp(flags, work, options) {
        requireTaken(flags, spec);
        if (!takesAway(flags) && spec.exports !== true) return host.withApp(flags, work, options);
        const { recordLocalExport } = await import('../../../operate/accounts/index.ts');
        // The rows of a list go out while it works; another export is put out after it, and says by itself what leaves the agency.
        const recorded = async (app: App) => {
          if (!takesAway(flags)) {
            const made = await work(app);
            await recordLocalExport(app, command);
            return made;
          }
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
      requireTaken(flags, spec);
      const { recordLocalCommand } = await import('../../../operate/accounts/index.ts');
      const accounted = async (app: App) => {
        if (takesAway(flags)) await accountFor(app, flags, command);
        return work(app);
      };
      return host.withApp(flags, (app) => recordLocalCommand(app, command, () => accounted(app)), options);
    },
  };
}
