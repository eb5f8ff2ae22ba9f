import { z } from 'zod';
import { evidence } from './assets.ts';
import { sharedWith } from './links.ts';
import { instant } from '../json/index.ts';

/** `matches show`. */
export const matchDetail = z.strictObject({
  id: z.number(),
  kind: z.enum(['component', 'duplicate', 'identity', 'boundary']),
  system: z.string(),
  systemId: z.number(),
  assetUuid: z.string().nullable(),
  assetName: z.string().nullable(),
  componentId: z.string().nullable(),
  externalId: z.string().nullable(),
  decisionId: z.number().nullable(),
  reason: z.string().nullable(),
  openedAt: instant,
  settledAt: instant.nullable(),
  settledBy: z.string().nullable(),
  outcome: z.string().nullable(),
  candidates: z.array(
    z.strictObject({
      choice: z.string(),
      name: z.string().nullable(),
      systemId: z.string().nullable(),
      score: z.number().nullable(),
      reason: z.string().nullable(),
      decision: z.string().nullable(),
      heldBy: z.array(z.string()),
      evidence,
    }),
  ),
});

/** `matches list`. */
export const matchList = z.array(matchDetail);

/** `matches accept|reject|always`. */
export const matchSettled = z.strictObject({
  id: z.number(),
  operationId: z.string().nullable(),
  asset: z.string().nullable(),
  assetName: z.string().nullable(),
  choice: z.string().nullable(),
  standing: z.number().nullable(),
  /** The boundary rule that was made. */
  ruleId: z.number().nullable(),
  sharedWith,
});

/** `matches standing`. */
export const standingMatches = z.array(
  z.strictObject({
    id: z.number(),
    system: z.string(),
    componentId: z.string(),
    componentRow: z.number().nullable(),
    evidence: z.array(z.strictObject({ kind: z.string(), value: z.string() })),
    decidedBy: z.string(),
    reason: z.string().nullable(),
    decidedAt: instant,
  }),
);

/** `matches forget`. */
export const matchForgotten = z.strictObject({ forgotten: z.number() });

/** A match as the console lists it. */
export const matchRow = matchDetail.extend({
  boundary: z.string().nullable(),
  /** Open findings that would belong to the system. */
  gain: z.number(),
  candidatesOutside: z.number(),
});

const identifiers = z.array(z.strictObject({ kind: z.string(), value: z.string() }));

/** One match, with what both sides are known by. */
export const matchPage = matchRow.extend({
  asset: z
    .strictObject({
      open: z.strictObject({
        critical: z.number(),
        high: z.number(),
        medium: z.number(),
        low: z.number(),
        info: z.number(),
      }),
      systemId: z.string().nullable(),
      lastSeen: instant.nullable(),
      operatingSystem: z.string().nullable(),
      sources: z.array(z.string()),
      identifiers,
    })
    .nullable(),
  candidates: z.array(matchDetail.shape.candidates.element.extend({ identifiers, isProposed: z.boolean() })),
});
