/** What the page of an asset shows beside its row: each part has its own route, so that one which fails leaves the others. */
import { z } from 'zod';
import { severities } from '../../canonical/vocabulary/index.ts';
import { decisionCodes, instant, json, jsonObject } from '../json/index.ts';
import { fieldView } from './poams.ts';

/** What each source says, field by field, in the order of `sources`: the one that saw the asset last comes first. */
export const assetSources = z.strictObject({
  sources: z.array(
    z.strictObject({
      source: z.string(),
      type: z.string(),
      externalId: z.string(),
      lastSeen: instant.nullable(),
      reportedAt: instant,
    }),
  ),
  fields: z.array(
    z.strictObject({
      field: z.string(),
      /** One for each source; null where it does not say. */
      values: z.array(json),
      taken: json,
      /** Why this value: `only` one source says it, it is the `latest`, `all` of a list are, the `earliest` counts. */
      why: z.enum(['only', 'latest', 'all', 'earliest']),
      /** Places of the sources whose value was taken. */
      from: z.array(z.number()),
    }),
  ),
});

const decided = { decidedBy: z.string(), reason: z.string().nullable(), ...decisionCodes };

/** What an asset is known by, who else is known by it, and each decision about that. */
export const assetIdentity = z.strictObject({
  identifiers: z.array(
    z.strictObject({
      kind: z.string(),
      value: z.string(),
      lastSeen: instant.nullable(),
      sharedBy: z.array(
        z.strictObject({
          assetUuid: z.string(),
          name: z.string().nullable(),
          lastSeen: z.string().nullable(),
        }),
      ),
    }),
  ),
  decisions: z.array(
    z.strictObject({
      id: z.number(),
      source: z.string(),
      externalId: z.string(),
      decision: z.string(),
      candidates: z.array(jsonObject),
      decidedAt: instant,
      settledBy: z.string().nullable(),
      settledAt: instant.nullable(),
      ...decided,
    }),
  ),
});

/** Components that it may be, with what speaks for each. */
export const assetComponents = z.strictObject({
  items: z.array(
    z.strictObject({
      source: z.string(),
      componentId: z.string(),
      name: z.string(),
      systemId: z.string(),
      decision: z.string(),
      score: z.number(),
      evidence: json,
      decidedAt: instant,
      ...decided,
    }),
  ),
});

/** Open findings by severity at the end of each day, accepted ones included; days and severities with none are left out. */
export const assetExposure = z.strictObject({
  from: z.string(),
  to: z.string(),
  days: z.array(z.strictObject({ day: z.string(), severity: z.enum(severities), open: z.number() })),
  /** How long findings stayed open until they were fixed: half of them no longer than this. */
  fixTimes: z.array(
    z.strictObject({ severity: z.enum(severities), fixed: z.number(), medianDays: z.number() }),
  ),
});

/** What the business says of an asset, field by field. */
export const assetContextDetail = z.strictObject({
  version: z.string(),
  /** Whether the caller may edit it: in the asset's main system. */
  mayEdit: z.boolean(),
  fields: z.array(fieldView),
});

export const assetHistory = z.strictObject({
  items: z.array(
    z.strictObject({
      field: z.string().nullable(),
      before: json,
      after: json,
      direction: z.string(),
      at: instant,
      operationId: z.string(),
      ...decided,
    }),
  ),
});

export const assetCompliance = z.strictObject({
  items: z.array(
    z.strictObject({
      auditFile: z.string(),
      checkId: z.string(),
      checkName: z.string(),
      status: z.string(),
      expected: z.string().nullable(),
      actual: z.string().nullable(),
      solution: z.string().nullable(),
      controls: z.array(z.string()),
      lastSeen: instant.nullable(),
    }),
  ),
});
