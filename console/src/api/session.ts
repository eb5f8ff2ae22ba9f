/** Who is signed in, what they may do, and the ways in. */
import { queryOptions } from '@tanstack/react-query';
import type { Permission, Role, Scope } from '../../../src/canonical/access/index.ts';
import { get, post, remove } from './client.ts';

export interface Bootstrap {
  readonly person: {
    readonly name: string;
    readonly displayName: string;
    readonly roles: readonly Role[];
  };
  readonly permissions: Partial<Record<Permission, Scope>>;
  readonly boundaries: readonly { readonly id: string; readonly name: string }[];
  /** By page: what waits for this person. */
  readonly badges: Readonly<Record<string, number>>;
  readonly classification: { readonly text: string; readonly colour: string } | null;
  readonly zone: string | null;
  readonly demo: boolean;
  readonly version: string;
  readonly session: { readonly idleMinutes: number; readonly endsAt: string };
  /** Told once after signing in (AC-9). */
  readonly lastSignIn?: {
    readonly at: string | null;
    readonly address: string | null;
    readonly failuresSince: number;
  };
}

export interface Ways {
  readonly local: boolean;
  /** The demo's one-click roles; absent everywhere else. */
  readonly demo?: readonly { readonly role: Role; readonly title: string; readonly name: string }[];
}

export interface Banner {
  readonly text: string | null;
  readonly classification?: { readonly text: string; readonly colour: string } | null;
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
}): Promise<void> => post('/session', credentials);
export const signInAs = (role: Role): Promise<void> => post('/session/demo', { role });
export const signOut = (): Promise<void> => remove('/session');
/** The first administrator's link: a name and a password for the code in it. */
export const setUp = (code: string, account: { name: string; password: string }): Promise<void> =>
  post('/session/first', { code, ...account });
