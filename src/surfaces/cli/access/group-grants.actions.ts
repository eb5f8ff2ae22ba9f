/** `grants groups|give-group|revoke-group`: what groups of an identity provider give. */
import {
  findGroupGrants,
  giveGroupGrant,
  type GroupGrantChange,
  localOrigin,
  revokeGroupGrant,
} from '../../../operate/accounts/index.ts';
import { defined } from '../../../platform/values/index.ts';
import { accountName } from '../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { type PlaceFlags, scopeFrom } from './access-options.ts';
import { givesFrom } from './grants.actions.ts';
import { givenText, groupGrantsTable, placeText } from './grants.view.ts';

export async function list(
  context: CommandContext,
  flags: GlobalFlags & { readonly limit: number },
): Promise<void> {
  const rows = await context.host.withApp(flags, (app) => findGroupGrants(app, flags.limit + 1));
  const shown = rows.slice(0, flags.limit);
  if (flags.json) context.printJson('groupGrantList', shown);
  else if (shown.length === 0)
    context.print('No group gives anything. Give one a role: tieline grants give-group GROUP ROLE');
  else {
    context.print(groupGrantsTable(shown, context.width));
    if (rows.length > flags.limit) context.print(`… and more: --limit ${flags.limit * 10}`);
  }
}

interface GiveFlags extends GlobalFlags, PlaceFlags {
  readonly until?: Date;
  readonly reason?: string;
  readonly issuer?: string;
}

export async function give(
  context: CommandContext,
  flags: GiveFlags,
  [group, role]: readonly [string, string],
): Promise<void> {
  const { until, reason, issuer } = flags;
  const asked = {
    group,
    gives: givesFrom(role),
    scope: scopeFrom(flags),
    ...defined({ until, reason, issuer }),
  };
  const change = await context.host.withApp(flags, (app) =>
    giveGroupGrant(app, asked, localOrigin(accountName())),
  );
  tell(context, flags, change, 'is given to', 'have it now; others have it when they sign in');
}

export async function revoke(
  context: CommandContext,
  flags: GlobalFlags & { readonly reason?: string },
  [wanted]: readonly [string],
): Promise<void> {
  const change = await context.host.withApp(flags, (app) =>
    revokeGroupGrant(app, wanted, localOrigin(accountName()), flags.reason),
  );
  tell(context, flags, change, 'is taken from', 'lost it');
}

function tell(
  context: CommandContext,
  flags: GlobalFlags,
  change: GroupGrantChange,
  ...[verb, outcome]: readonly [string, string]
): void {
  if (flags.json) {
    context.printJson('groupGrantChanged', change);
    return;
  }
  const { grant, accounts } = change;
  context.print(
    `${givenText(grant)} (${placeText(grant)}) ${verb} the group ${grant.group} (grant ${grant.id.slice(0, 8)}).`,
  );
  context.print(`${accounts} ${accounts === 1 ? 'account' : 'accounts'} ${outcome}.`);
}
