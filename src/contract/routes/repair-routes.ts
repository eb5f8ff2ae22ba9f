import { z } from 'zod';
import { outboxDecided, undo } from '../work/index.ts';
import { defineRoutes } from './define-route.ts';

const reason = z.string().trim().min(1).max(2000);
const operation = z.strictObject({ operationId: z.string().min(1).max(64) });

/** What an operator puts right by hand: changes that were refused, and what an operation did. */
export const repairRoutes = defineRoutes({
  decideOutbox: {
    method: 'POST',
    path: '/outbox/decision',
    tag: 'outbox',
    summary: 'Send refused changes again, or drop changes for good',
    permission: 'sync:operate',
    scope: 'installation',
    body: z.strictObject({
      decision: z.enum(['retry', 'drop']),
      ids: z.array(z.number().int().positive()).min(1).max(500),
      reason,
    }),
    idempotent: true,
    answer: { status: 200, shape: outboxDecided },
    audit: { event: 'command' },
  },
  previewUndo: {
    method: 'GET',
    path: '/operations/:operationId/undo',
    tag: 'operations',
    summary: 'What an undo of an operation would set back',
    permission: 'sync:operate',
    scope: 'installation',
    params: operation,
    answer: { status: 200, shape: undo },
  },
  undoOperation: {
    method: 'POST',
    path: '/operations/:operationId/undo',
    tag: 'operations',
    summary: 'Set back what an operation changed',
    permission: 'sync:operate',
    scope: 'installation',
    params: operation,
    body: z.strictObject({
      reason,
      sha256: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .meta({ description: 'Of the preview: exactly what it showed is done, or nothing.' }),
    }),
    idempotent: true,
    answer: { status: 200, shape: undo },
    audit: { event: 'command' },
  },
});
