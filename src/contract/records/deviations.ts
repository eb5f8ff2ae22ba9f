import { z } from 'zod';
import { deviationStateWords } from '../../canonical/lists/index.ts';
import { allRoles } from '../../canonical/access/index.ts';
import { deviationKinds } from '../../canonical/vocabulary/index.ts';
import { instant, jsonObject } from '../json/index.ts';

const text = z.string();

/** A row of `deviations list`. */
export const deviationRow = z.strictObject({
  id: z.number(),
  kind: z.enum(deviationKinds),
  poamId: text,
  boundary: text.nullable(),
  boundaryName: text.nullable(),
  /** The first line of what its POA&M is about. */
  weakness: text.nullable(),
  severity: text.nullable(),
  /** Every asset of the POA&M, also those that join it later. */
  isWholePoam: z.boolean(),
  state: z.enum(deviationStateWords),
  rationale: text,
  compensatingControls: text.nullable(),
  /** What its kind needs: docs/deviations.md. */
  details: jsonObject,
  adjustedSeverity: text.nullable(),
  ratingBefore: text.nullable(),
  /** Days, YYYY-MM-DD; null: no end. */
  expiresOn: text.nullable(),
  reviewOn: text.nullable(),
  requestedBy: text,
  requestedAt: instant,
  approvalId: text.nullable(),
  decidedBy: text.nullable(),
  decidedAt: instant.nullable(),
  decisionReason: text.nullable(),
  endedBy: text.nullable(),
  endedAt: instant.nullable(),
  endReason: text.nullable(),
  /** The connection in which it was decided or ended; null: here. */
  decidedIn: text.nullable(),
  /** The POA&M that it was asked for, where that was merged into another one since. */
  movedFrom: text.nullable(),
  /** Of one that was found: the rule at the scanner, as `acceptances list` numbers it. */
  foundRule: z.number().nullable(),
  assetCount: z.number(),
  files: z.number(),
});

/** `deviations list`. */
export const deviationRows = z.array(deviationRow);

/** `deviations show`. */
export const deviationDetail = deviationRow.extend({
  assets: z.array(z.strictObject({ assetUuid: text, hostname: text.nullable(), open: z.number() })),
  evidence: z.array(
    z.strictObject({ sha256: text, name: text, bytes: z.number(), addedBy: text, addedAt: instant }),
  ),
  /** By which rule at a scanner's server it holds there, one for each asset and plugin. */
  rules: z.array(
    z.strictObject({
      acceptanceId: z.number(),
      connection: text,
      assetUuid: text,
      hostname: text.nullable(),
      pluginId: text,
      status: text,
      isThere: z.boolean(),
    }),
  ),
  checkIns: z.array(z.strictObject({ on: text, note: text, by: text })),
  nextCheckIn: text.nullable(),
  notices: z.array(z.strictObject({ kind: text, text, since: instant })),
});

/** `deviations request`. */
export const deviationAsked = z.strictObject({
  id: z.number(),
  operationId: text,
  state: z.enum(['requested', 'approved']),
  approvalId: text.nullable(),
  turn: z.array(z.enum(allRoles as [(typeof allRoles)[number], ...(typeof allRoles)[number][]])),
  action: text,
});

/** `deviations withdraw|checkin|attach`. */
export const deviationChanged = z.strictObject({ operationId: text });

/** A file that is kept. */
export const keptFile = z.strictObject({ sha256: text, bytes: z.number() });
