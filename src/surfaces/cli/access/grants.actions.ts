/** `grants …`: who may do what. */
import { allPermissions, allRoles, type NamedIn, type Scope } from '../../../canonical/access/index.ts';
import {
  findGrants,
  giveGrant,
  type GrantChange,
  type GrantRequest,
  localOrigin,
  previewRevocation,
  revokeGrant,
} from '../../../operate/accounts/index.ts';
import { defined } from '../../../platform/values/index.ts';
import { accountName } from '../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { confirmed } from '../kit/confirm.ts';
import { oneOf } from '../kit/flags.ts';
import { type PlaceFlags, scopeFrom } from './access-options.ts';
import { effectLines, givenText, grantsTable, placeText } from './grants.view.ts';

export async function list(
  context: CommandContext,
  flags: GlobalFlags & { readonly all: boolean; readonly limit: number },
  [account]: readonly [string | undefined],
): Promise<void> {
  const filter = { all: flags.all, ...defined({ account }) };
  const rows = await context.host.withApp(flags, (app) => findGrants(app, filter, flags.limit + 1));
  const shown = rows.slice(0, flags.limit);
  if (flags.json) context.printJson('grantList', shown);
  else if (shown.length === 0) context.print('No grants in force. Give one: tieline grants give NAME ROLE');
  else {
    context.print(grantsTable(shown, context.width));
    if (rows.length > flags.limit) context.print(`… and more: --limit ${flags.limit * 10}`);
  }
}

/** A role goes before a permission; no permission is called as a role is. @throws USAGE naming both. */
export function givesFrom(text: string): GrantRequest['gives'] {
  const permission = allPermissions.find((each) => each === text);
  return permission === undefined ? { role: oneOf('role or permission', allRoles)(text) } : { permission };
}

interface GiveFlags extends GlobalFlags, PlaceFlags {
  readonly whereNamed?: NamedIn;
  readonly until?: Date;
  readonly reason?: string;
}

export async function give(
  context: CommandContext,
  flags: GiveFlags,
  [name, role]: readonly [string, string],
): Promise<void> {
  const { until, reason, whereNamed: namedIn } = flags;
  const listed = scopeFrom(flags);
  // A place that is listed beside it is refused where grants are given.
  const scope: Scope =
    namedIn !== undefined && listed.kind === 'everywhere'
      ? { kind: 'boundaries', systemIds: [], unassigned: false }
      : listed;
  const asked = { gives: givesFrom(role), scope, namedIn, until, reason };
  const change = await context.host.withApp(flags, (app) =>
    giveGrant(app, name, asked, localOrigin(accountName())),
  );
  tell(context, flags, change, 'is given to');
}

export async function revoke(
  context: CommandContext,
  flags: GlobalFlags & { readonly reason?: string; readonly yes: boolean },
  [wanted]: readonly [string],
): Promise<void> {
  if (!flags.yes) {
    const { grant, effect } = await context.host.withApp(flags, (app) => previewRevocation(app, wanted));
    const about = `${givenText(grant)} (${placeText(grant)}) is taken from ${grant.principal}.`;
    if (!(await confirmed(context, flags, [about, ...effectLines(effect)].join('\n')))) return;
  }
  const change = await context.host.withApp(flags, (app) =>
    revokeGrant(app, wanted, localOrigin(accountName()), flags.reason),
  );
  tell(context, flags, change, 'is taken from');
}

function tell(context: CommandContext, flags: GlobalFlags, change: GrantChange, verb: string): void {
  if (flags.json) {
    context.printJson('grantChanged', change);
    return;
  }
  const { grant, effect } = change;
  const lines = effectLines(effect);
  context.print(
    `${givenText(grant)} (${placeText(grant)}) ${verb} ${grant.principal} (grant ${grant.id.slice(0, 8)}).`,
  );
  context.print(lines.length > 0 ? lines.join('\n') : 'It changes nothing: other grants give the same.');
}
