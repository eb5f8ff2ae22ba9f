/** Users, grants and tokens, as src/contract/routes/account-routes gives them. */
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type { Permission, Role, Scope } from '../../../../src/canonical/access/index.ts';
import type { accountRoutes } from '../../../../src/contract/index.ts';
import { get, post } from '../http/client.ts';

type Answer<Id extends keyof typeof accountRoutes> = z.infer<
  Extract<(typeof accountRoutes)[Id]['answer'], { readonly shape: z.ZodType }>['shape']
>;
export type UserRow = Answer<'listUsers'>['items'][number];
export type GrantRow = Answer<'listGrants'>['items'][number];
export type TokenRow = Answer<'listTokens'>['items'][number];
export type UserDetail = Answer<'getUser'>;
export type GrantChange = Answer<'giveGrant'>;
export type GrantChoices = Answer<'getGrantChoices'>;
export type OneTimeLink = Answer<'makeUserLink'>;
export type AccountAdded = Answer<'addUser'>;
export type TokenMade = Answer<'makeToken'>;
export type GroupGrant = Answer<'listGroupGrants'>['items'][number];
export type GroupGrantChange = Answer<'giveGroupGrant'>;
export type UnknownIdentity = Answer<'listUnknownIdentities'>['items'][number];
export type OutsideIdentity = UserDetail['identities'][number];

const path = (account: string, part = ''): string => `/users/${encodeURIComponent(account)}${part}`;

export const userQuery = (account: string) =>
  queryOptions({
    queryKey: ['users', account],
    queryFn: ({ signal }) => get<UserDetail>(path(account), { signal }),
  });
export type SignInRules = Answer<'getSignInRules'>;
export const signInRulesQuery = queryOptions({
  // Not below `users`, whose second part is a name that somebody may bear.
  queryKey: ['sign-in-rules'],
  queryFn: ({ signal }) => get<SignInRules>('/sign-in-rules', { signal }),
});
export const grantChoicesQuery = queryOptions({
  queryKey: ['grants', 'choices'],
  queryFn: ({ signal }) => get<GrantChoices>('/grants/choices', { signal }),
  staleTime: 60_000,
});
export const revocationQuery = (grantId: string) =>
  queryOptions({
    queryKey: ['grants', grantId, 'revocation'],
    queryFn: ({ signal }) =>
      get<GrantChange>(`/grants/${encodeURIComponent(grantId)}/revocation`, { signal }),
    staleTime: 0,
  });

export interface NewUser {
  readonly kind: 'person' | 'service';
  readonly name: string;
  readonly displayName?: string;
  readonly email?: string;
}
export const addUser = (user: NewUser): Promise<AccountAdded> => post('/users', user);
export const makeUserLink = (account: string): Promise<OneTimeLink> => post(path(account, '/link'));
export type Move = 'lock' | 'unlock' | 'disable' | 'enable' | 'reset-factors';
export const moveUser = (account: string, move: Move, reason: string | undefined): Promise<unknown> =>
  post(path(account, `/${move}`), { reason });
export const endSessions = (account: string, sessionId?: string): Promise<{ readonly ended: number }> =>
  post(
    path(
      account,
      sessionId === undefined ? '/sessions/end' : `/sessions/${encodeURIComponent(sessionId)}/end`,
    ),
  );

export interface NewGrant {
  readonly account: string;
  readonly gives: { readonly role: Role } | { readonly permission: Permission };
  readonly scope: Scope;
  readonly until?: string;
  readonly reason?: string | undefined;
}
export const giveGrant = (grant: NewGrant): Promise<GrantChange> => post('/grants', grant);
export const revokeGrant = (grantId: string, reason: string | undefined): Promise<GrantChange> =>
  post(`/grants/${encodeURIComponent(grantId)}/revocation`, { reason });

export interface NewToken {
  readonly account: string;
  readonly name: string;
  readonly permissions?: readonly Permission[];
  readonly scope: Scope;
  readonly addresses: readonly string[];
  readonly days: number;
  /** SHA-256 fingerprint. */
  readonly certificate?: string;
}
export const makeToken = (token: NewToken): Promise<TokenMade> => post('/tokens', token);
export const revokeToken = (tokenId: string, reason: string | undefined): Promise<TokenRow> =>
  post(`/tokens/${encodeURIComponent(tokenId)}/revocation`, { reason });

export const groupGrantsQuery = queryOptions({
  queryKey: ['grants', 'groups'],
  queryFn: ({ signal }) => get<{ readonly items: readonly GroupGrant[] }>('/grants/groups', { signal }),
});
export const giveGroupGrant = (
  grant: Omit<NewGrant, 'account'> & { readonly group: string },
): Promise<GroupGrantChange> => post('/grants/groups', grant);
export const revokeGroupGrant = (grantId: string, reason: string | undefined): Promise<GroupGrantChange> =>
  post(`/grants/groups/${encodeURIComponent(grantId)}/revocation`, { reason });

export const identitiesQuery = queryOptions({
  queryKey: ['identities'],
  queryFn: ({ signal }) => get<{ readonly items: readonly UnknownIdentity[] }>('/identities', { signal }),
});
const identityPath = (id: string, part: string): string => `/identities/${encodeURIComponent(id)}${part}`;
export const linkIdentity = (id: string, account: string): Promise<unknown> =>
  post(identityPath(id, '/link'), { account });
export const dismissIdentity = (id: string): Promise<unknown> => post(identityPath(id, '/dismissal'));
export const unlinkIdentity = (account: string, id: string): Promise<unknown> =>
  post(path(account, `/identities/${encodeURIComponent(id)}/removal`));
export type SignInCheck = Answer<'checkIdentityProvider'>['items'][number];
export const checkIdentityProvider = (): Promise<{ readonly items: readonly SignInCheck[] }> =>
  post('/identities/provider/check');
/** @param pem a certificate of a card; empty: none. */
export const checkSmartCards = (pem: string): Promise<{ readonly items: readonly SignInCheck[] }> =>
  post('/identities/cards/check', pem === '' ? {} : { card: pem });
