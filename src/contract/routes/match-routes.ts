import { z } from 'zod';
import { matchList } from '../../canonical/lists/index.ts';
import { matchPage, matchRow, matchSettled } from '../records/index.ts';
import { defineRoutes } from './define-route.ts';
import { listRoutes } from './list-routes.ts';

const params = z.strictObject({ matchId: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER) });

export const matchRoutes = {
  ...listRoutes('Matches', matchList, { row: matchRow, permission: 'link:read' }),
  ...defineRoutes({
    getMatch: {
      method: 'GET',
      path: '/matches/:matchId',
      tag: 'matches',
      summary: 'One match: both sides, evidence, what would follow',
      permission: 'link:read',
      scope: 'boundaries',
      params,
      answer: { status: 200, shape: matchPage },
      audit: { access: 'read', resource: 'match' },
    },
    decideMatch: {
      method: 'POST',
      path: '/matches/:matchId/decision',
      tag: 'matches',
      summary: 'Say which candidate it is, or that it is none',
      permission: 'link:write',
      scope: 'boundaries',
      params,
      body: z.strictObject({
        decision: z.enum(['accept', 'reject']),
        choice: z.string().min(1).max(255).optional().meta({
          description: 'A candidate. Absent: the only one; with reject, all that are proposed.',
        }),
        always: z.boolean().default(false),
        replaces: z.boolean().default(false),
        reason: z.string().max(2000).optional(),
      }),
      idempotent: true,
      answer: { status: 200, shape: matchSettled },
      audit: { event: 'link_decided' },
    },
  }),
} as const;
