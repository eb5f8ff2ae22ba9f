/** Who is signed in, what they may do, and the ways in. */
import { queryOptions } from '@tanstack/react-query';
import type { Permission, Role, Scope } from '../../../src/canonical/access/index.ts';
import { get, post, remove } from './http/client.ts';
import { queryClient } from './http/query-client.ts';

export interface Bootstrap {
  readonly person: {
    readonly name: string;
    readonly displayName: string;
    readonly roles: readonly string[];
    readonly kind: string;
  };
  readonly permissions: Partial<Record<Permission, Scope>>;
  readonly boundaries: readonly { readonly id: string; readonly name: string }[];
  readonly classification: { readonly text: string };
  /** Null for a token. */
  readonly session: {
    readonly idleMinutes: number;
    readonly endsAt: string;
    readonly canStepUp: boolean;
  } | null;
  readonly isDemo: boolean;
  readonly version: string;
}

export interface SignedIn {
  readonly name: string;
  readonly displayName: string;
  /** The sign-in before this one (AC-9). */
  readonly lastSignIn: { readonly at: string; readonly address: string | null } | null;
  readonly failuresSince: number;
  readonly mustChangePassword: boolean;
}

export interface Ways {
  readonly local: boolean;
  /** The demo's one-click roles; null everywhere else. */
  readonly demo: readonly { readonly role: Role; readonly title: string }[] | null;
  readonly classification: { readonly text: string };
}

export interface Banner {
  readonly text: string | null;
}

export const bootstrapQuery = queryOptions({
  queryKey: ['me', 'bootstrap'],
  queryFn: ({ signal }) => get<Bootstrap>('/me/bootstrap', { signal }),
  staleTime: 60_000,
});
export const waysQuery = queryOptions({
  queryKey: ['session', 'ways'],
  queryFn: () => get<Ways>('/session/ways', { passive: true }),
  staleTime: Infinity,
});
export const bannerQuery = queryOptions({
  queryKey: ['banner'],
  queryFn: () => get<Banner>('/banner', { passive: true }),
  staleTime: Infinity,
});

export const signIn = (credentials: {
  readonly name: string;
  readonly password: string;
  readonly bannerAcknowledged: boolean;
}): Promise<SignedIn> => post('/session', credentials);
export const signInAs = (role: Role): Promise<SignedIn> => post('/session/demo', { role });
export const signOut = (): Promise<void> => remove('/session');
/** A one-time link: the first administrator's, or one that an administrator made. */
export const redeemLink = (link: string, password: string): Promise<SignedIn> =>
  post('/session/link', { link, password, bannerAcknowledged: true });
export const changePassword = (present: string, next: string): Promise<void> =>
  post('/me/password', { present, next });
/** Gives the password again before what needs it. */
export const stepUp = (password: string): Promise<void> => post('/session/step-up', { password });
/** Tells that a person is at work. */
export const keepSession = (): Promise<{ readonly endsAt: string }> => post('/session/activity');

const key = ['session', 'signed-in'] as const;
/** Kept until the next sign-in, for the page that tells of the last one. */
export const rememberSignIn = (signedIn: SignedIn): void => void queryClient.setQueryData(key, signedIn);
export const signedInQuery = queryOptions({
  queryKey: key,
  queryFn: (): SignedIn | null => null,
  staleTime: Infinity,
  gcTime: Infinity,
});
