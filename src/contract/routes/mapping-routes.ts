/** Mappings and policies, for reading; they are changed at the command line. */
import { z } from 'zod';
import { defineRoutes } from './define-route.ts';

const connectionMappings = z.strictObject({
  connection: z.string(),
  type: z.string(),
  entities: z.array(
    z.strictObject({
      entity: z.string(),
      fields: z.array(
        z.strictObject({
          external: z.string(),
          internal: z.string(),
          direction: z.enum(['inbound', 'outbound', 'bidirectional']),
          transforms: z.array(z.string()),
          isRequired: z.boolean(),
          differs: z.boolean(),
          policy: z.strictObject({ words: z.string(), decidedBy: z.string() }).nullable(),
        }),
      ),
      approval: z.string().nullable(),
      limitedTo: z.string().nullable(),
    }),
  ),
  usual: z.string(),
});

const installation = { tag: 'mappings', permission: 'mapping:read', scope: 'installation' } as const;

export const mappingRoutes = defineRoutes({
  listMappedConnections: {
    method: 'GET',
    path: '/mappings',
    ...installation,
    summary: 'Connections that have mappings',
    answer: {
      status: 200,
      shape: z.strictObject({
        items: z.array(z.strictObject({ connection: z.string(), type: z.string() })),
      }),
    },
  },
  getMappings: {
    method: 'GET',
    path: '/mappings/:connection',
    ...installation,
    summary: 'Mappings and policies of a connection, in words',
    params: z.strictObject({ connection: z.string().min(1).max(100) }),
    answer: { status: 200, shape: connectionMappings },
  },
});
