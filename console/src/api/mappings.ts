/** Mappings and policies of a connection, for reading. */
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type { mappingRoutes } from '../../../src/contract/index.ts';
import { get } from './http/client.ts';

export type ConnectionMappings = z.infer<(typeof mappingRoutes)['getMappings']['answer']['shape']>;
export type MappedEntity = ConnectionMappings['entities'][number];
export type MappedField = MappedEntity['fields'][number];

export const mappedConnectionsQuery = queryOptions({
  queryKey: ['mappings'],
  queryFn: ({ signal }) =>
    get<{ readonly items: readonly { readonly connection: string; readonly type: string }[] }>('/mappings', {
      signal,
    }),
});
export const mappingsQuery = (connection: string) =>
  queryOptions({
    queryKey: ['mappings', connection],
    queryFn: ({ signal }) =>
      get<ConnectionMappings>(`/mappings/${encodeURIComponent(connection)}`, { signal }),
  });
