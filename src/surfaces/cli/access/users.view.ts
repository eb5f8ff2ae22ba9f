/** Accounts: as a list, and one with its grants and sessions. */
import type {
  AccountDetail,
  OneTimeLink,
  PrincipalRow,
  UnknownIdentity,
  SignInRules,
} from '../../../operate/accounts/index.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { dayText, minuteText } from '../kit/instants.ts';
import { table } from '../kit/table.ts';
import { givenText, placeText } from './grants.view.ts';

function stateText({ status, statusReason, lockedUntil }: PrincipalRow): string {
  const until = lockedUntil === null || status !== 'locked' ? '' : ` until ${minuteText(lockedUntil)}`;
  return `${status}${until}${statusReason === null ? '' : ` (${statusReason})`}`;
}

/** @param width of the terminal. */
export const accountsTable = (rows: readonly PrincipalRow[], width: number | undefined): string =>
  fittedTable(
    ['NAME', 'KIND', 'WHO', 'STATE', 'LAST SIGN-IN (UTC)', 'FROM'],
    rows.map((row) => [
      row.name,
      row.kind,
      row.displayName ?? row.email ?? '',
      stateText(row),
      minuteText(row.lastSignInAt),
      row.lastSignInAddress ?? '',
    ]),
    width,
  );

export function accountLines(account: AccountDetail): string[] {
  const { grants, groups, identities, sessions } = account;
  const outside = identities.filter(({ way }) => way !== 'local');
  return [
    `${account.name} (${account.kind}${account.displayName === null ? '' : `, ${account.displayName}`}), ${stateText(account)}`,
    `Added ${dayText(account.createdAt)} by ${account.createdBy}. Last sign-in: ${minuteText(account.lastSignInAt)}${account.lastSignInAddress === null ? '' : ` from ${account.lastSignInAddress}`}.`,
    ...(account.mustChangePassword ? ['Must choose another password at the next sign-in.'] : []),
    ...(account.kind === 'service' ? [] : [factorsText(account)]),
    ...(outside.length === 0
      ? []
      : [
          '',
          table(
            ['IDENTITY', 'BY', 'ISSUER', 'SUBJECT', 'LAST USED (UTC)'],
            outside.map((row) => [row.id, row.way, row.issuer, row.subject, minuteText(row.lastUsedAt)]),
          ),
        ]),
    ...(groups.length === 0
      ? []
      : [
          `Groups until ${minuteText(groups[0]?.until ?? null)} UTC, then again at a sign-in: ${groups.map(({ name }) => name).join(', ')}`,
        ]),
    '',
    grants.length === 0
      ? `No grants: tieline grants give ${account.name} ROLE`
      : table(
          ['GRANT', 'GIVES', 'WHERE', 'UNTIL', 'BY'],
          grants.map((row) => [
            row.id.slice(0, 8),
            givenText(row),
            placeText(row),
            dayText(row.until),
            row.grantedBy,
          ]),
        ),
    '',
    sessions.length === 0
      ? 'No open sessions.'
      : table(
          ['SESSION', 'SINCE (UTC)', 'LAST ACTIVE', 'FROM'],
          sessions.map((row) => [
            row.id.slice(0, 8),
            minuteText(row.createdAt),
            minuteText(row.lastActivityAt),
            row.address ?? '',
          ]),
        ),
  ];
}

/** Whether the password is all that there is to prove. */
function factorsText({ secondFactor: { factors, recoveryCodes } }: AccountDetail): string {
  if (factors.length === 0) return 'No second factor.';
  const names = factors.map(({ name, kind }) => (kind === 'totp' ? name : `${name} (security key)`));
  return `Second factors: ${names.join(', ')}. Recovery codes left: ${recoveryCodes?.left ?? 0}.`;
}

/** @param width of the terminal. */
export const identitiesTable = (rows: readonly UnknownIdentity[], width: number | undefined): string =>
  fittedTable(
    ['ID', 'WHO', 'NAME THERE', 'LAST TRIED (UTC)', 'TIMES', 'FROM', 'WHY', 'BY'],
    rows.map((row) => [
      row.id.slice(0, 8),
      row.presented.displayName ?? row.presented.email ?? '',
      row.presented.name ?? row.subject,
      minuteText(row.lastAt),
      String(row.attempts),
      row.lastAddress ?? '',
      row.why === 'unknown' ? 'no account has it' : 'an account has the name',
      row.way === 'oidc' ? row.issuer : `card, ${row.issuer}`,
    ]),
    width,
  );

export const linkLines = ({ path, account, expiresAt }: OneTimeLink): string[] => [
  `${account} sets a password at the address of the server (tieline serve), followed by`,
  `  ${path}`,
  `Once, and until ${minuteText(expiresAt)} UTC.`,
];

/** @param width of the terminal. */
export function signInRulesText(
  { ways, rules, withoutFactor }: SignInRules,
  width: number | undefined,
): string {
  const table = fittedTable(
    ['SETTING', 'IS', 'WHAT IT DOES'],
    rules.map(({ key, value, isDefault, means }) => [
      key,
      `${value === null ? 'not set' : String(value)}${isDefault ? '' : ' *'}`,
      means,
    ]),
    width,
  );
  return [
    `People sign in by: ${ways.map(({ title }) => title).join(', ')}.`,
    '',
    table,
    '* differs from the default. Set them in the settings file or the environment, and start again: docs/settings.md.',
    '',
    withoutFactor.length === 0
      ? 'Everybody who may approve or administer with a password has a second factor.'
      : `Without a second factor, though they may approve or administer: ${withoutFactor.join(', ')}.`,
  ].join('\n');
}
