/** The command line acts as the operator at the machine, by the name of the account there; what it changes is evidence too. */
import { randomUUID } from 'node:crypto';
import { localOperator } from '../../canonical/access/index.ts';
import { type Origin, type Outcome, recordSecurityEvent } from '../../ledger/security/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import type { AccountsApp } from './accounts-app.ts';

/** @param account of the machine. */
export const localOrigin = (account: string): Origin => ({ way: 'local', actor: localOperator(account) });

export interface LocalCommand {
  /** Its words, such as `grants give`; no arguments, which may hold what is not for the log. */
  readonly words: string;
  readonly account: string;
}

/**
 * Runs the work of a command between two events: that it begins, without which it does not, and how it ended. Of a failure only the code
 * is kept.
 */
export async function recordLocalCommand<T>(
  app: Pick<AccountsApp, 'db' | 'now'>,
  { words, account }: LocalCommand,
  work: () => Promise<T>,
): Promise<T> {
  const correlationId = randomUUID();
  const record = (outcome: Outcome, failureReason?: string): Promise<void> =>
    recordSecurityEvent(app.db, {
      kind: 'command',
      at: app.now(),
      origin: localOrigin(account),
      outcome,
      object: { type: 'command', id: words },
      correlationId,
      ...(failureReason === undefined ? {} : { failureReason }),
    });
  await record('attempted');
  let result: T;
  try {
    result = await work();
  } catch (error) {
    // What failed first is what counts, also where the database is what is away.
    await record('failure', error instanceof TielineError ? error.code : 'INTERNAL').catch(() => undefined);
    throw error;
  }
  await record('success');
  return result;
}

/** Records that a command exports a list, before its first row is written: what cannot be recorded does not leave. */
export const recordLocalExport = (
  app: Pick<AccountsApp, 'db' | 'now'>,
  { words, account }: LocalCommand,
): Promise<void> =>
  recordSecurityEvent(app.db, {
    kind: 'export',
    at: app.now(),
    origin: localOrigin(account),
    outcome: 'success',
    object: { type: 'command', id: words },
  });
