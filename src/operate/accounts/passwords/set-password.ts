/** Setting a password: by its person, by an administrator for them, or by a one-time link. */
import { type Origin, recordSecurityEvent } from '../../../ledger/security/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import type { Tx } from '../../../platform/postgres/index.ts';
import type { Secret } from '../../../platform/values/index.ts';
import { type AccountsApp } from '../accounts-app.ts';
import { requirePrincipal } from '../people/require-principal.ts';
import { type PrincipalRow, setMustChangePassword } from '../people/principals.sql.ts';
import { endAndRecord } from '../sign-in/begin-session.ts';
import { listOpenSessions } from '../sign-in/sessions.sql.ts';
import { hashPassword, isPassword } from './password-hash.ts';
import {
  faultSentences,
  findPasswordFault,
  type PasswordFault,
  rememberedPasswords,
} from './password-rules.ts';
import { listPasswords, replacePassword } from './passwords.sql.ts';

export interface PasswordChange {
  readonly password: Secret;
  /** Whether its person must choose another at the next sign-in: an administrator knows this one. */
  readonly mustChange: boolean;
  /** The session of who changes their own; all others end. */
  readonly keepsSession?: string;
}

/** @throws ACCOUNT_UNKNOWN, PASSWORD_REFUSED. */
export async function setPassword(
  app: AccountsApp,
  wanted: string,
  change: PasswordChange,
  by: Origin,
): Promise<PrincipalRow> {
  const principal = await requirePrincipal(app.db, wanted);
  const phc = await acceptedHash(app, principal, change.password);
  await app.store.transaction((tx) => applyPassword(app, tx, { principal, phc, change, by }));
  return principal;
}

/** The hash of a password that the rules accept. @throws PASSWORD_REFUSED. */
export async function acceptedHash(
  app: AccountsApp,
  principal: Pick<PrincipalRow, 'id' | 'kind' | 'name' | 'displayName' | 'email'>,
  password: Secret,
): Promise<string> {
  if (principal.kind === 'service')
    throw new TielineError(
      'PASSWORD_REFUSED',
      `${principal.name} is a program, and signs in by tokens only.`,
      {
        remedy: `Make a token: \`tieline tokens make ${principal.name} --name NAME\`.`,
      },
    );
  const fault =
    findPasswordFault(password.reveal(), namesOf(principal)) ??
    (await findEarlier(app, principal.id, password));
  if (fault !== undefined)
    throw new TielineError('PASSWORD_REFUSED', `The password ${faultSentences[fault]}.`);
  return hashPassword(password);
}

const namesOf = ({
  name,
  displayName,
  email,
}: Pick<PrincipalRow, 'name' | 'displayName' | 'email'>): string[] =>
  ['tieline', name, displayName, email?.split('@')[0]].filter((each) => each !== null && each !== undefined);

async function findEarlier(
  app: AccountsApp,
  principalId: string,
  password: Secret,
): Promise<PasswordFault | undefined> {
  for (const { phc } of await listPasswords(app.db, principalId, rememberedPasswords))
    if (await isPassword(password, phc)) return 'used_before';
  return undefined;
}

export async function applyPassword(
  app: AccountsApp,
  tx: Tx,
  it: {
    readonly principal: PrincipalRow;
    readonly phc: string;
    readonly change: Omit<PasswordChange, 'password'>;
    readonly by: Origin;
  },
): Promise<void> {
  const { principal, phc, change, by } = it;
  const at = app.now();
  await replacePassword(tx.db, principal.id, { phc, at, keep: rememberedPasswords });
  await setMustChangePassword(tx.db, principal.id, change.mustChange);
  const open = await listOpenSessions(tx.db, principal.id);
  const others = open.map((each) => each.id).filter((id) => id !== change.keepsSession);
  await endAndRecord(tx, others, { at, why: 'password_changed', origin: by });
  await recordSecurityEvent(tx.db, {
    kind: 'password_changed',
    at,
    origin: by,
    object: { type: 'principal', id: principal.id },
    details: { name: principal.name, mustChange: change.mustChange },
  });
}
