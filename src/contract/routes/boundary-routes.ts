/** The parts of a system's page that no other list has. */
import { z } from 'zod';
import { componentKind, recordHistory, systemComponents, systemControls } from '../records/index.ts';
import { defineRoutes } from './define-route.ts';

const params = z.strictObject({ systemId: z.string().min(1).max(255) });
const limit = z.coerce.number().int().min(1).max(500).default(100);
const ofSystem = { tag: 'systems', scope: 'boundaries', params } as const;

export const boundaryRoutes = defineRoutes({
  listSystemControls: {
    method: 'GET',
    path: '/systems/:systemId/controls',
    ...ofSystem,
    summary: 'Controls of a system with what is open against each',
    permission: 'system:read',
    query: z.strictObject({ after: z.string().max(255).optional(), limit }),
    answer: { status: 200, shape: systemControls },
  },
  listSystemComponents: {
    method: 'GET',
    path: '/systems/:systemId/components',
    ...ofSystem,
    summary: 'Components of a system and the assets they are',
    permission: 'asset:read',
    query: z.strictObject({
      kind: componentKind.default('linked'),
      offset: z.coerce.number().int().min(0).max(100_000).default(0),
      limit,
    }),
    answer: { status: 200, shape: systemComponents },
  },
  listSystemHistory: {
    method: 'GET',
    path: '/systems/:systemId/history',
    ...ofSystem,
    summary: 'What happened to a system’s record, the latest first',
    permission: 'system:read',
    query: z.strictObject({ before: z.coerce.number().int().optional(), limit }),
    answer: { status: 200, shape: z.strictObject({ items: recordHistory }) },
  },
});
