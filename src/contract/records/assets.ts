import { z } from 'zod';
import { decisionCodes, instant, json, jsonObject } from '../json/index.ts';

const asset = z.strictObject({
  assetUuid: z.string(),
  hostname: z.string().nullable(),
  systemId: z.string().nullable(),
  firstSeen: instant.nullable(),
  lastSeen: instant.nullable(),
  mergedInto: z.string().nullable(),
  deletedAt: instant.nullable(),
  terminatedAt: instant.nullable(),
  unreportedSince: instant.nullable(),
});

/** An identifier that two records share, and what it counts for. */
export const evidence = z.array(
  z.strictObject({
    kind: z.string(),
    value: z.string(),
    weight: z.number(),
    note: z.string().optional(),
  }),
);

const identityDecision = z.strictObject({
  id: z.number(),
  system: z.string(),
  externalId: z.string(),
  assetUuid: z.string(),
  decision: z.string(),
  reason: z.string(),
  /** Where a person merged or split, the other asset alone, without score and evidence. */
  candidates: z.array(
    z.strictObject({
      assetUuid: z.string(),
      score: z.number().optional(),
      evidence: evidence.optional(),
    }),
  ),
  decidedBy: z.string(),
  ...decisionCodes,
  decidedAt: instant,
  settledBy: z.string().nullable(),
});

/** `assets explain`. */
export const assetExplanation = z.strictObject({
  asset,
  sources: z.array(
    z.strictObject({
      system: z.string(),
      externalId: z.string(),
      lastSeen: instant.nullable(),
      reportedAt: instant,
      findings: z.number(),
    }),
  ),
  identifiers: z.array(z.strictObject({ kind: z.string(), value: z.string(), lastSeen: instant.nullable() })),
  decisions: z.array(identityDecision),
  components: z.array(
    z.strictObject({
      system: z.string(),
      componentId: z.string(),
      decision: z.string(),
      score: z.number(),
      reason: z.string(),
      decidedBy: z.string(),
      ...decisionCodes,
    }),
  ),
  absorbed: z.array(z.string()),
});

/** `assets review`. */
export const assetReviews = z.array(identityDecision);

/** `assets duplicates`: the one seen longest ago first. */
export const assetDuplicates = z.array(
  z.strictObject({ system: z.string(), assets: z.tuple([asset, asset]) }),
);

const open = { openCritical: z.number(), openHigh: z.number(), openFindings: z.number() };

/** `assets unreported`. */
export const unreportedAssets = z.array(
  z.strictObject({
    assetUuid: z.string(),
    hostname: z.string().nullable(),
    systemId: z.string().nullable(),
    unreportedSince: instant,
    lastSeen: instant.nullable(),
    ended: z.enum(['terminated', 'deleted', 'no longer shown']),
    sources: z.array(z.string()),
    ...open,
  }),
);

/** `assets unmatched`. */
export const unmatchedAssets = z.array(
  z.strictObject({
    assetUuid: z.string(),
    hostname: z.string().nullable(),
    address: z.string().nullable(),
    lastSeen: instant.nullable(),
    sources: z.array(z.string()),
    ...open,
  }),
);

/** `assets merge`. */
export const assetsMerged = z.strictObject({ from: z.string(), into: z.string(), operationId: z.string() });

/** `assets split`. */
export const assetSplit = assetsMerged.extend({ isSynced: z.boolean() });

/** `assets keep`. */
export const assetKept = z.strictObject({ kept: z.number() });

/** `assets context`. */
export const assetContext = z.strictObject({
  assetUuid: z.string(),
  hostname: z.string().nullable(),
  said: jsonObject,
  known: jsonObject,
});

/** `assets context --set`; without `operationId` nothing changed. */
export const assetContextSet = z.strictObject({
  assetUuid: z.string(),
  changes: z.array(z.strictObject({ field: z.string(), before: json, after: json })),
  operationId: z.string().optional(),
});
