import { z } from 'zod';
import { describedChange } from './approvals.ts';
import { instant, json, jsonObject } from '../json/index.ts';

const entry = z.strictObject({
  id: z.number(),
  systemId: z.number(),
  system: z.string(),
  entity: z.string(),
  entityId: z.string(),
  externalId: z.string().nullable(),
  kind: z.enum(['create', 'update']),
  state: z.string(),
  attempts: z.number(),
  reason: z.string(),
  payload: jsonObject,
  before: jsonObject.nullable(),
  failure: json,
  createdAt: instant,
  notBefore: instant.nullable(),
  operationId: z.string(),
  approvedBy: z.string().nullable(),
  approvedAt: instant.nullable(),
  mustReplan: z.boolean(),
});

/** `outbox list`. */
export const outboxList = z.array(entry);

/** `outbox show`. */
export const outboxEntry = entry.extend(describedChange.shape);

/** `outbox retry|drop`. */
export const outboxDecided = z.strictObject({
  operationId: z.string(),
  done: z.array(z.number()),
  refused: z.array(z.strictObject({ id: z.number(), reason: z.string() })),
});

/** `outbox pause`; of `outbox resume` also how many changes are planned again. */
export const outboxPaused = z.strictObject({
  system: z.string(),
  paused: z.boolean(),
  plannedAgain: z.number().optional(),
});
