import { z } from 'zod';
import { instant, json, jsonObject } from '../json/index.ts';

/** A change in words: what a person reads before deciding. */
export const describedChange = z.strictObject({
  title: z.string(),
  boundary: z.string().nullable(),
  lines: z.array(z.strictObject({ field: z.string(), before: z.string().optional(), after: z.string() })),
});

const change = z.strictObject({
  key: z.string(),
  entity: z.string(),
  record: z.string(),
  entityId: z.string().optional(),
  kind: z.enum(['create', 'update']),
  before: json,
  after: jsonObject,
  reason: z.string(),
});

const approval = z.strictObject({
  number: z.number(),
  approvalId: z.string(),
  planId: z.string(),
  systemId: z.number(),
  system: z.string(),
  action: z.string(),
  requestedBy: z.string(),
  requestedAt: instant,
  status: z.string(),
  decidedBy: z.string().nullable(),
  decidedAt: instant.nullable(),
  reason: z.string().nullable(),
  content: z.array(change),
  contentSha256: z.string(),
  boundary: z.string().nullable(),
  boundaryName: z.string().nullable(),
  isByBoundary: z.boolean(),
});

/** `approvals list`. */
export const approvalList = z.array(approval);

/** `approvals show`: each change also in words. */
export const approvalDetail = approval.extend({
  content: z.array(change.extend({ described: describedChange.optional() })),
});

/** `approvals approve|reject`. */
export const approvalDecided = z.strictObject({
  operationId: z.string(),
  changes: z.number(),
  waiting: z.number(),
  system: z.string(),
});
