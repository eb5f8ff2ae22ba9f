import type { GrantChange, GrantRow, TokenRow, UnknownIdentity, UserRow } from '../../api/access/accounts.ts';
import { roleWords } from '../../shell/words.ts';

export const words = {
  users: 'Users',
  grants: 'Grants',
  tokens: 'Tokens',
  roles: 'Roles',
  identities: 'Identity provider',
  nothingYet: 'Nobody has an account yet. Add the first user.',
  noGrants: 'No grant is in force. Without one, an account may do nothing.',
  noTokens: 'No token is in force. A program needs one to use the API.',
};

interface Told {
  readonly text: string;
  readonly tone: string;
}
/** A lock for some minutes is over once they are. */
export function stateOf({ status, lockedUntil }: Pick<UserRow, 'status' | 'lockedUntil'>, now: Date): Told {
  if (status === 'disabled') return { text: 'Disabled', tone: 'quiet' };
  const isLocked = status === 'locked' && (lockedUntil === null || new Date(lockedUntil) > now);
  if (!isLocked) return { text: 'Active', tone: '' };
  return { text: lockedUntil === null ? 'Locked' : 'Locked for minutes', tone: 'bad strong' };
}
export const kindWords = { person: 'Person', service: 'Program' } as const;

export const givenWords = ({ role, permission }: Pick<GrantRow, 'role' | 'permission'>): string =>
  role === null ? (permission ?? '') : (roleWords[role] ?? role);
export const namedInWords: Readonly<Record<NonNullable<GrantRow['namedIn']>, string>> = {
  isso: 'ISSO',
  owner: 'system owner',
  ao: 'authorizing official',
};
type Place = Pick<GrantRow | TokenRow, 'reach' | 'systemIds' | 'unassigned'> &
  Partial<Pick<GrantRow, 'namedIn' | 'unclear'>>;
export const placeWords = (at: Place): string => {
  if (at.reach === 'everywhere') return 'everywhere';
  if (!at.namedIn) return [...at.systemIds, ...(at.unassigned ? ['what is in no system'] : [])].join(', ');
  const unclear =
    at.unclear && at.unclear.length > 0 ? `; not ${at.unclear.join(', ')}: others bear that name too` : '';
  return `as ${namedInWords[at.namedIn]}, now of ${at.systemIds.join(', ') || 'nothing'}${unclear}`;
};
export const sourceWords: Readonly<Record<GrantRow['source'], string>> = {
  person: 'in the console or by a token',
  machine: 'on the machine',
  demo: 'by the demo',
  group: 'by a group of the identity provider',
};

export function grantState({ revokedAt, until }: Pick<GrantRow, 'revokedAt' | 'until'>, now: Date): Told {
  if (revokedAt !== null) return { text: 'Revoked', tone: 'quiet' };
  return until !== null && new Date(until) <= now
    ? { text: 'Ended', tone: 'quiet' }
    : { text: 'In force', tone: '' };
}
export function tokenState(
  { revokedAt, expiresAt }: Pick<TokenRow, 'revokedAt' | 'expiresAt'>,
  now: Date,
): Told {
  if (revokedAt !== null) return { text: 'Revoked', tone: 'quiet' };
  const days = (new Date(expiresAt).getTime() - now.getTime()) / 86_400_000;
  if (days <= 0) return { text: 'Expired', tone: 'quiet' };
  return days < 14 ? { text: 'Ends soon', tone: 'attention strong' } : { text: 'In force', tone: '' };
}

const effects = [
  ['gained', 'Gains', ''],
  ['widened', 'In more places', ''],
  ['lowered', 'In fewer places', 'attention strong'],
  ['removed', 'Loses', 'bad strong'],
  ['unaffected', 'Keeps', 'quiet'],
] as const;
/** What a grant that comes or goes changes, the kinds that there are. */
export const effectLines = (effect: GrantChange['effect']) =>
  effects.flatMap(([key, title, tone]) =>
    effect[key].length === 0 ? [] : [{ title, tone, permissions: effect[key].join(', ') }],
  );

/** Who proved an identity, as far as it says so itself. */
export const whoOf = ({ presented, subject }: Pick<UnknownIdentity, 'presented' | 'subject'>): string =>
  presented.displayName ?? presented.name ?? presented.email ?? subject;
