import { randomUUID } from 'node:crypto';
import { type Origin, recordSecurityEvent } from '../../../ledger/security/index.ts';
import { findMailChannel, insertDeliveries } from '../../../modules/alerts/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import type { Tx } from '../../../platform/postgres/index.ts';
import type { AccountsApp } from '../accounts-app.ts';
import { lockPrincipal, type PrincipalRow } from '../people/principals.sql.ts';
import { requirePrincipal } from '../people/require-principal.ts';
import { endAndRecord } from '../sign-in/begin-session.ts';
import { listOpenSessions } from '../sign-in/sessions.sql.ts';
import { deleteAllFactors, recordFactorsReset } from './factors.sql.ts';

/**
 * Takes all second factors and recovery codes of a person away who lost them; sessions end. The next sign-in is by the password alone, tells
 * the person of it, and where the rules ask for a factor, has another one set up before anything else. A mail tells it at once: whoever
 * talked an administrator into it has the password, and would be the next to sign in.
 * @throws ACCOUNT_UNKNOWN, USAGE for a program, which has none.
 */
export async function resetFactors(
  app: AccountsApp,
  wanted: string,
  by: Origin,
  reason?: string,
): Promise<PrincipalRow> {
  const { id, kind, name } = await requirePrincipal(app.db, wanted);
  if (kind === 'service')
    throw new TielineError('USAGE', `${name} is a program: it signs in by tokens, and has no second factor.`);
  return app.store.transaction(async (tx) => {
    const at = app.now();
    const principal = await lockPrincipal(tx.db, id);
    if (!principal) throw new TielineError('ACCOUNT_UNKNOWN', `There is no account "${wanted}" any more.`);
    const factors = await deleteAllFactors(tx.db, id);
    await recordFactorsReset(tx.db, id, { at, by: by.actor?.name ?? 'nobody' });
    await recordSecurityEvent(tx.db, {
      kind: 'factor_reset',
      at,
      origin: by,
      object: { type: 'principal', id },
      details: { name: principal.name, factors, reason: reason ?? null },
    });
    const open = await listOpenSessions(tx.db, id);
    await endAndRecord(
      tx,
      open.map((each) => each.id),
      { at, why: 'ended', origin: by },
    );
    await tellPerson(tx, principal, { at, by: by.actor?.name ?? 'nobody' });
    return principal;
  });
}

/** In the same transaction, so that it is neither lost nor sent for nothing. Without an address or a channel for mail the next sign-in says it. */
async function tellPerson(
  { db }: Tx,
  { email }: PrincipalRow,
  { at, by }: { readonly at: Date; readonly by: string },
): Promise<void> {
  const channelId = email === null ? undefined : await findMailChannel(db);
  if (channelId === undefined) return;
  await insertDeliveries(db, [
    {
      id: randomUUID(),
      channelId,
      alertId: null,
      event: 'account',
      content: {
        line: 'The second factors of your account were taken away',
        lines: [
          `By ${by}, at ${at.toISOString().slice(0, 16).replace('T', ' ')} UTC. Your sessions have ended, and the password alone signs you in until you set up another one.`,
          '',
          'If you did not ask for this, tell your administrator at once.',
        ],
      },
      recipient: email,
      at,
    },
  ]);
}
