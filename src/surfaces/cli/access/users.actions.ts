/** `users …`: accounts of people and programs. */
import {
  addAccount,
  type AccountsApp,
  disableAccount,
  enableAccount,
  fetchAccount,
  fetchSignInRules,
  findAccounts,
  giveGrant,
  localOrigin,
  lockAccount,
  makeLink,
  type OneTimeLink,
  type PrincipalRow,
  resetFactors,
  setPassword,
  unlockAccount,
} from '../../../operate/accounts/index.ts';
import { everywhere } from '../../../canonical/access/index.ts';
import type { Origin } from '../../../ledger/security/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import type { Secret } from '../../../platform/values/index.ts';
import { accountName } from '../kit/account.ts';
import type { Action } from '../kit/command.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { password } from '../kit/password-prompt.ts';
import { accountLines, accountsTable, linkLines, signInRulesText } from './users.view.ts';

interface AddFlags extends GlobalFlags {
  readonly service: boolean;
  readonly admin: boolean;
  readonly password: boolean;
  readonly displayName?: string;
  readonly email?: string;
  readonly user?: string;
}
type Named = readonly [string];

export async function addUser(context: CommandContext, flags: AddFlags, [name]: Named): Promise<void> {
  if (flags.service && (flags.admin || flags.password))
    throw new TielineError('USAGE', 'A program has no password, and is no administrator of accounts.');
  const { displayName, email, user } = flags;
  const kind = flags.service ? 'service' : 'person';
  const by = localOrigin(accountName());
  const first = flags.password ? await askTwice(context) : undefined;
  const added = await context.host.withApp(flags, async (app) => {
    const account = await addAccount(app, { kind, name, displayName, email, user, password: first }, by);
    const { id } = account;
    if (flags.admin) await giveGrant(app, id, { gives: { role: 'admin' }, scope: everywhere }, by);
    const link = kind === 'person' && !first ? await makeLink(app, id, by) : null;
    return { account, role: flags.admin ? ('admin' as const) : null, link };
  });
  if (flags.json) context.printJson('accountAdded', added);
  else {
    context.print(`Account ${added.account.name} is added${flags.admin ? ' as an administrator' : ''}.`);
    if (added.link) printLink(context, added.link);
    else if (flags.service)
      context.print(`Next: tieline grants give ${name} ROLE, then tieline tokens make ${name} --name NAME`);
    if (!flags.admin && !flags.service) context.print(`It may nothing yet: tieline grants give ${name} ROLE`);
  }
}

const printLink = (context: CommandContext, link: OneTimeLink): void =>
  context.printWhole(linkLines(link).join('\n'));

/** @throws TielineError USAGE without a terminal, or where the two differ. */
async function askTwice({ host: { terminal } }: CommandContext): Promise<Secret> {
  if (!terminal.in.isTTY)
    throw new TielineError('USAGE', 'A password is asked for at a terminal, and there is none.', {
      remedy: 'Run the command in a terminal, or have a link made: `tieline users link NAME`.',
    });
  const first = await password(terminal, 'Password, from 15 to 128 characters');
  const second = await password(terminal, 'The same again');
  if (first.reveal() !== second.reveal())
    throw new TielineError('USAGE', 'The two differ; nothing was changed.');
  return first;
}

export async function listUsers(
  context: CommandContext,
  flags: GlobalFlags & { readonly limit: number },
): Promise<void> {
  const rows = await context.host.withApp(flags, (app) => findAccounts(app, flags.limit + 1));
  const shown = rows.slice(0, flags.limit);
  if (flags.json) context.printJson('accountList', shown);
  else if (shown.length === 0)
    context.print('No accounts. Add the first administrator: tieline users add NAME --admin');
  else {
    context.print(accountsTable(shown, context.width));
    if (rows.length > flags.limit) context.print(`… and more: --limit ${flags.limit * 10}`);
  }
}

export async function showUser(context: CommandContext, flags: GlobalFlags, [name]: Named): Promise<void> {
  const account = await context.host.withApp(flags, (app) => fetchAccount(app, name));
  if (flags.json) context.printJson('accountDetail', account);
  else context.print(accountLines(account).join('\n'));
}

export async function showSignInRules(context: CommandContext, flags: GlobalFlags): Promise<void> {
  const rules = await context.host.withApp(flags, (app) => fetchSignInRules(app));
  if (flags.json) context.printJson('signInRules', rules);
  else context.print(signInRulesText(rules, context.width));
}

type Changing = (app: AccountsApp, name: string, by: Origin, reason?: string) => Promise<PrincipalRow>;
const changing =
  (change: Changing, result: string): Action<GlobalFlags & { readonly reason?: string }, Named> =>
  async (context, flags, [name]) => {
    const account = await context.host.withApp(flags, (app) =>
      change(app, name, localOrigin(accountName()), flags.reason),
    );
    if (flags.json) context.printJson('accountChanged', account);
    else context.print(`${account.name} ${account.status === 'disabled' ? 'is disabled' : result}.`);
  };

export const lock = changing(lockAccount, 'is locked; its sessions have ended');
export const unlock = changing(unlockAccount, 'is released');
export const disable = changing(disableAccount, 'is disabled');
export const enable = changing(enableAccount, 'is enabled');
export const resetSecondFactors = changing(
  resetFactors,
  'has no second factor and no recovery codes any more; its sessions have ended',
);

export async function setUserPassword(
  context: CommandContext,
  flags: GlobalFlags,
  [name]: Named,
): Promise<void> {
  const chosen = await askTwice(context);
  const account = await context.host.withApp(flags, (app) =>
    setPassword(app, name, { password: chosen, mustChange: true }, localOrigin(accountName())),
  );
  if (flags.json) context.printJson('accountChanged', { ...account, mustChangePassword: true });
  else
    context.print(
      `The password of ${account.name} is changed; it must be changed again at the next sign-in.`,
    );
}

export async function link(context: CommandContext, flags: GlobalFlags, [name]: Named): Promise<void> {
  const made = await context.host.withApp(flags, (app) => makeLink(app, name, localOrigin(accountName())));
  if (flags.json) context.printJson('oneTimeLink', made);
  else printLink(context, made);
}
