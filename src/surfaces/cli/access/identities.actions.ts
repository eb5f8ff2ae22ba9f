/** `users identities|link-identity|dismiss-identity|unlink-identity`: who people are at an identity provider, or on a card. */
import {
  dismissIdentity,
  findUnknownIdentities,
  localOrigin,
  linkIdentity,
  unlinkIdentity,
} from '../../../operate/accounts/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { accountName } from '../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { identitiesTable } from './users.view.ts';

export async function list(
  context: CommandContext,
  flags: GlobalFlags & { readonly limit: number },
): Promise<void> {
  const rows = await context.host.withApp(flags, (app) => findUnknownIdentities(app, flags.limit + 1));
  const shown = rows.slice(0, flags.limit);
  if (flags.json) context.printJson('unknownIdentityList', shown);
  else if (shown.length === 0) context.print('No identity waits.');
  else {
    context.print(identitiesTable(shown, context.width));
    if (rows.length > flags.limit) context.print(`… and more: --limit ${flags.limit * 10}`);
    context.print('Next: tieline users link-identity NAME ID, or tieline users dismiss-identity ID');
  }
}

interface LinkFlags extends GlobalFlags {
  readonly way?: 'oidc' | 'cac';
  readonly issuer?: string;
  readonly subject?: string;
}

/** @throws TielineError USAGE where neither an id nor all three are given. */
function wantedOf({ way, issuer, subject }: LinkFlags, id: string | undefined) {
  if (id !== undefined) return id;
  if (way !== undefined && issuer !== undefined && subject !== undefined) return { way, issuer, subject };
  throw new TielineError('USAGE', 'It is not said which identity.', {
    remedy: 'Give the id of one that waits (`tieline users identities`), or --way, --issuer and --subject.',
  });
}

export async function link(
  context: CommandContext,
  flags: LinkFlags,
  [name, id]: readonly [string, string | undefined],
): Promise<void> {
  const wanted = wantedOf(flags, id);
  const linked = await context.host.withApp(flags, (app) =>
    linkIdentity(app, name, wanted, localOrigin(accountName())),
  );
  if (flags.json) context.printJson('identityLinked', linked);
  else
    context.print(
      `${linked.identity.subject} at ${linked.identity.issuer} is ${linked.account} from now on.`,
    );
}

export async function dismiss(
  context: CommandContext,
  flags: GlobalFlags,
  [id]: readonly [string],
): Promise<void> {
  const row = await context.host.withApp(flags, (app) =>
    dismissIdentity(app, id, localOrigin(accountName())),
  );
  if (flags.json) context.printJson('identityDismissed', row);
  else
    context.print(`${row.presented.name ?? row.subject} waits no more. If it comes again, it waits again.`);
}

export async function unlink(
  context: CommandContext,
  flags: GlobalFlags,
  [name, id]: readonly [string, string],
): Promise<void> {
  const gone = await context.host.withApp(flags, (app) =>
    unlinkIdentity(app, name, id, localOrigin(accountName())),
  );
  if (flags.json) context.printJson('identityLinked', gone);
  else
    context.print(
      `${gone.identity.subject} at ${gone.identity.issuer} is not ${gone.account} any more; sessions that began by it have ended.`,
    );
}
