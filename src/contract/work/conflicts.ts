import { z } from 'zod';
import { decisionCodes, instant, json } from '../json/index.ts';
import { conflictChoices, conflictEffects, conflictTypes } from '../../canonical/vocabulary/index.ts';

const conflict = z.strictObject({
  id: z.number(),
  entity: z.string(),
  entityId: z.string(),
  type: z.enum(conflictTypes),
  field: z.string().nullable(),
  base: json,
  internal: json,
  external: json,
  status: z.string(),
  createdAt: instant.nullable(),
  internalChangedAt: instant.nullable(),
  externalChangedAt: instant.nullable(),
  internalChangedBy: z.string().nullable(),
  externalChangedBy: z.string().nullable(),
  resolvedBy: z.string().nullable(),
  resolvedAt: instant.nullable(),
  resolution: json,
  operationId: z.string().nullable(),
  systemId: z.number().nullable(),
  system: z.string().nullable(),
  externalId: z.string().nullable(),
  boundary: z.string().nullable(),
  boundaryName: z.string().nullable(),
  weakness: z
    .strictObject({
      plugin: z.string().nullable(),
      name: z.string().nullable(),
      severity: z.string().nullable(),
      description: z.string().nullable(),
    })
    .nullable(),
});

const choices = z.array(z.strictObject({ choice: z.enum(conflictChoices), effect: z.enum(conflictEffects) }));

/** `conflicts list`. */
export const conflictList = z.array(conflict);

/** `conflicts show`. */
export const conflictDetail = conflict.extend({
  title: z.string().nullable(),
  choices,
  policy: z.strictObject({ words: z.string(), decidedBy: z.string() }).nullable(),
  history: z.array(
    z.strictObject({
      at: instant,
      side: z.enum(['here', 'there', 'sent']),
      field: z.string().nullable(),
      before: json,
      after: json,
      system: z.string().nullable(),
      operationId: z.string(),
      decidedBy: z.string(),
      reason: z.string().nullable(),
      ...decisionCodes,
    }),
  ),
  fields: z.array(z.strictObject({ field: z.string(), here: json, agreed: json, inConflict: z.boolean() })),
});

/** `conflicts resolve`. */
export const conflictsResolved = z.strictObject({
  operationId: z.string().nullable(),
  resolved: z.array(z.number()),
  /** What each came to, beyond its effect. */
  effects: z.array(
    z.strictObject({
      id: z.number(),
      effect: z.enum(conflictEffects),
      changes: z.number().optional(),
      waitsForApproval: z.boolean().optional(),
      unanswered: z
        .array(
          z.strictObject({
            boundary: z.string(),
            plugin: z.string(),
            named: z.string(),
            severity: z.string(),
            openFindings: z.number(),
          }),
        )
        .optional(),
      openFindings: z.number().optional(),
      other: z.string().optional(),
    }),
  ),
  refused: z.array(z.strictObject({ id: z.number(), reason: z.string().optional(), choices })),
});

/** What settling many in one way would come to. */
export const conflictsTried = z.strictObject({
  matched: z.number(),
  isCut: z.boolean(),
  /** Every choice that any of them has, what it does, and how many have it. */
  offered: z.array(
    z.strictObject({ choice: z.enum(conflictChoices), effect: z.enum(conflictEffects), count: z.number() }),
  ),
  settled: z.array(
    z.strictObject({
      id: z.number(),
      entity: z.string(),
      entityId: z.string(),
      field: z.string().nullable(),
      internal: json,
      external: json,
      effect: z.enum(conflictEffects),
    }),
  ),
  refused: z.array(z.strictObject({ id: z.number(), choices })),
  token: z.string(),
});

export const conflictsSettled = z.strictObject({
  operationId: z.string().nullable(),
  settled: z.array(z.number()),
  refused: z.array(z.strictObject({ id: z.number(), reason: z.string().optional(), choices })),
});
