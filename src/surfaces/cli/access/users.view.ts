/** Accounts: as a list, and one with its grants and sessions. */
import type { AccountDetail, OneTimeLink, PrincipalRow } from '../../../operate/accounts/index.ts';
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
  const { grants, sessions } = account;
  return [
    `${account.name} (${account.kind}${account.displayName === null ? '' : `, ${account.displayName}`}), ${stateText(account)}`,
    `Added ${dayText(account.createdAt)} by ${account.createdBy}. Last sign-in: ${minuteText(account.lastSignInAt)}${account.lastSignInAddress === null ? '' : ` from ${account.lastSignInAddress}`}.`,
    ...(account.mustChangePassword ? ['Must choose another password at the next sign-in.'] : []),
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

export const linkLines = ({ path, account, expiresAt }: OneTimeLink): string[] => [
  `${account} sets a password at the address of the server (tieline serve), followed by`,
  `  ${path}`,
  `Once, and until ${minuteText(expiresAt)} UTC.`,
];
