/** Grants as a list, and what one changes. */
import { namedInWords, roles } from '../../../canonical/access/index.ts';
import type { GrantEffect, GrantRow, GroupGrantRow } from '../../../operate/accounts/index.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { dayText } from '../kit/instants.ts';

export const givenText = ({ role, permission }: Pick<GrantRow, 'role' | 'permission'>): string => {
  const known = Object.entries(roles).find(([name]) => name === role);
  return known ? known[1].title : (role ?? permission ?? '');
};

type Place = Pick<GrantRow, 'reach' | 'systemIds' | 'unassigned'> &
  Partial<Pick<GrantRow, 'namedIn' | 'unclear'>>;

export const placeText = (at: Place): string => {
  if (at.reach === 'everywhere') return 'everywhere';
  if (!at.namedIn) return [...at.systemIds, ...(at.unassigned ? ['unassigned'] : [])].join(', ');
  const unclear =
    at.unclear && at.unclear.length > 0 ? `; not ${at.unclear.join(', ')}: others bear that name too` : '';
  return `as ${namedInWords[at.namedIn]}, now of ${at.systemIds.join(', ') || 'nothing'}${unclear}`;
};

const stateText = ({ revokedAt, revokedBy, until }: GrantRow): string =>
  revokedAt === null ? dayText(until) : `revoked ${dayText(revokedAt)} by ${revokedBy ?? '–'}`;

/** @param width of the terminal. */
export const grantsTable = (rows: readonly GrantRow[], width: number | undefined): string =>
  fittedTable(
    ['GRANT', 'ACCOUNT', 'GIVES', 'WHERE', 'UNTIL', 'SINCE', 'BY', 'REASON'],
    rows.map((row) => [
      row.id.slice(0, 8),
      row.principal,
      givenText(row),
      placeText(row),
      stateText(row),
      dayText(row.grantedAt),
      row.grantedBy,
      row.reason ?? '',
    ]),
    width,
  );

/** @param width of the terminal. */
export const groupGrantsTable = (rows: readonly GroupGrantRow[], width: number | undefined): string =>
  fittedTable(
    ['GRANT', 'GROUP', 'GIVES', 'WHERE', 'UNTIL', 'ACCOUNTS', 'BY', 'ISSUER'],
    rows.map((row) => [
      row.id.slice(0, 8),
      row.group,
      givenText(row),
      placeText(row),
      dayText(row.until),
      String(row.members),
      row.grantedBy,
      row.issuer,
    ]),
    width,
  );

/** What is not mentioned is not affected. */
export function effectLines(effect: GrantEffect): string[] {
  const lines: readonly (readonly [string, readonly string[]])[] = [
    ['Gained', effect.gained],
    ['In more places', effect.widened],
    ['In fewer places', effect.lowered],
    ['Removed', effect.removed],
  ];
  const told = lines.flatMap(([title, names]) =>
    names.length === 0 ? [] : [`  ${title}: ${names.join(', ')}`],
  );
  const { unaffected } = effect;
  return told.length > 0 && unaffected.length > 0 ? [...told, `  As before: ${unaffected.join(', ')}`] : told;
}
