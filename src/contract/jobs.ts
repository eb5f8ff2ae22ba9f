import { z } from 'zod';
import { fieldFault, instant, json } from './shapes.ts';

/** `jobs show|cancel`. */
export const job = z.strictObject({
  id: z.string(),
  kind: z.string(),
  state: z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled']),
  requestedBy: z.string(),
  requestedByPrincipal: z.string(),
  requestedAt: instant,
  startedAt: instant.nullable(),
  endedAt: instant.nullable(),
  operationId: z.string().nullable(),
  progress: z.strictObject({
    done: z.number().nullable(),
    total: z.number().nullable(),
    unit: z.string().nullable(),
    step: z.string().nullable(),
  }),
  result: json,
  problem: z
    .strictObject({
      code: z.string(),
      message: z.string(),
      remedy: z.string().optional(),
      fields: z.array(fieldFault).optional(),
    })
    .nullable(),
  cancelRequestedAt: instant.nullable(),
});

/** `jobs list`. */
export const jobList = z.array(job);
