/** Connections, as src/contract/routes/connection-routes gives them. */
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type { connectionChecks, connectionRoutes, connectionTrust } from '../../../src/contract/index.ts';
import { get, getVersioned, patch, post, put, remove } from './http/client.ts';

type Answer<Id extends keyof typeof connectionRoutes> = z.infer<
  (typeof connectionRoutes)[Id]['answer']['shape']
>;
export type ConnectionRow = Answer<'listConnections'>['items'][number];
export type ConnectionDetail = Answer<'getConnection'>;
export type ConnectionTypes = Answer<'listConnectionTypes'>;
export type ConnectionType = ConnectionTypes['items'][number];
export type Setting = ConnectionDetail['settings'][number];
export type Check = z.infer<typeof connectionChecks>[number];
export type TrustLevel = ConnectionDetail['trust']['level'];
export type TrustStep = z.infer<typeof connectionTrust>;
export type NewConnection = z.input<(typeof connectionRoutes)['checkNewConnection']['body']>;

const path = (name: string, part = ''): string => `/connections/${encodeURIComponent(name)}${part}`;

/** Below `sync`: the same events make both old. */
export const connectionsKey = ['sync', 'connections'] as const;
export const connectionsQuery = queryOptions({
  queryKey: connectionsKey,
  queryFn: ({ signal }) => get<Answer<'listConnections'>>('/connections', { signal }),
});
export const connectionTypesQuery = queryOptions({
  queryKey: ['connection-types'],
  queryFn: ({ signal }) => get<ConnectionTypes>('/connection-types', { signal }),
  staleTime: Infinity,
});
export const connectionQuery = (name: string) =>
  queryOptions({
    queryKey: [...connectionsKey, name],
    // Asked again by itself while it is running: that keeps no session alive.
    queryFn: ({ signal }) => getVersioned<ConnectionDetail>(path(name), { passive: true, signal }),
    refetchInterval: ({ state: { data } }) => (data?.value.overview.state === 'running' ? 5000 : false),
  });

interface Checks {
  readonly checks: readonly Check[];
}
export const checkConnection = (name: string): Promise<Checks> => post(path(name, '/check'));
export const checkNewConnection = (connection: NewConnection): Promise<Checks> =>
  post('/connections/check', connection);
export const addConnection = (
  connection: NewConnection & { readonly reason?: string | undefined },
): Promise<Answer<'addConnection'>> => post('/connections', connection);

export interface ConnectionEdit {
  readonly url?: string;
  readonly settings?: Readonly<Record<string, string>>;
  /** Needed with the address of another server. */
  readonly secrets?: Readonly<Record<string, string>>;
  readonly unset?: readonly string[];
  readonly check: boolean;
  readonly isSameServer?: boolean;
  readonly reason?: string | undefined;
}
export const editConnection = (name: string, edit: ConnectionEdit, etag: string): Promise<unknown> =>
  patch(path(name), edit, etag);
export const setSecrets = (
  name: string,
  body: {
    readonly secrets: Readonly<Record<string, string>>;
    readonly check: boolean;
    readonly reason?: string | undefined;
  },
  etag: string,
): Promise<unknown> => put(path(name, '/secrets'), body, { ifMatch: etag });
export const pauseConnection = (name: string, reason: string | undefined): Promise<unknown> =>
  post(path(name, '/pause'), { reason });
export const resumeConnection = (name: string, reason: string | undefined): Promise<unknown> =>
  post(path(name, '/resume'), { reason });
export const trustConnection = (
  name: string,
  step: { readonly level: TrustLevel; readonly reason?: string | undefined },
): Promise<TrustStep> => post(path(name, '/trust'), step);
/** What a step would do to changes that wait. */
export const trustStepQuery = (name: string, level: TrustLevel) =>
  queryOptions({
    queryKey: [...connectionsKey, name, 'trust', level],
    queryFn: ({ signal }) => get<TrustStep>(path(name, '/trust'), { query: { level }, signal }),
    staleTime: 0,
  });
export const removeConnection = (
  name: string,
  reason: string | undefined,
  ifMatch: string,
): Promise<unknown> => remove<unknown>(path(name), { query: { reason }, ifMatch });
