/** Who is signed in, what they may do, and the ways in. */
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type { Permission, Role, Scope } from '../../../../src/canonical/access/index.ts';
import type { secondFactorAsked } from '../../../../src/contract/index.ts';
import { get, post, remove } from '../http/client.ts';

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
    /** By a password. */
    readonly canStepUp: boolean;
    /** Who came from outside proves it again there: where a browser begins. */
    readonly stepUpAddress: string | null;
    /** The sign-in before this one (AC-9). */
    readonly lastSignIn: { readonly at: string; readonly address: string | null } | null;
    readonly failuresSince: number;
    /** What a step-up takes beside the password, or (key) in its place. */
    readonly factors: { readonly app: boolean; readonly key: boolean };
    /** A second factor comes before anything else. */
    readonly mustSetUpFactor: boolean;
    /** Where an administrator took the second factors away since the sign-in before this one. */
    readonly factorsReset: { readonly at: string; readonly by: string } | null;
    /** Recovery codes that are left, where they are few. */
    readonly fewCodesLeft: number | null;
  } | null;
  readonly isDemo: boolean;
  readonly version: string;
}

export interface SignedIn {
  readonly name: string;
  readonly displayName: string;
  readonly mustChangePassword: boolean;
  readonly mustSetUpFactor: boolean;
}

export type Asked = z.infer<typeof secondFactorAsked>['secondFactor'];

/** A code of an app, or a recovery code: the server is told which. */
export type Code = { readonly kind: 'totp' | 'recovery'; readonly code: string };

/** A right password, of who has a second factor: nobody is signed in yet. */
export interface AskedForMore {
  readonly secondFactor: Asked;
}

export interface Ways {
  readonly local: boolean;
  /** The demo's one-click roles; null everywhere else. */
  readonly demo: readonly { readonly role: Role; readonly title: string }[] | null;
  /** By an identity provider or a card: where a browser begins. */
  readonly outside: readonly {
    readonly way: 'oidc' | 'cac';
    readonly title: string;
    readonly address: string;
  }[];
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
}): Promise<SignedIn | AskedForMore> => post('/session', credentials);
export const signInAs = (role: Role): Promise<SignedIn> => post('/session/demo', { role });
/** @returns where to sign out at the identity provider, too. */
export const signOut = (): Promise<{ readonly continueAt: string | null }> => remove('/session');
/** A one-time link: the first administrator's, or one that an administrator made. */
export const redeemLink = (link: string, password: string): Promise<SignedIn | AskedForMore> =>
  post('/session/link', { link, password, bannerAcknowledged: true });
export const changePassword = (present: string, next: string): Promise<void> =>
  post('/me/password', { present, next });
/** Proves again who one is, before what needs it. */
export const stepUp = (password: string, factor?: Code): Promise<void> =>
  post('/session/step-up', { password, ...(factor ? { factor } : {}) });
/** Tells that a person is at work. */
export const keepSession = (): Promise<{ readonly endsAt: string }> => post('/session/activity');
