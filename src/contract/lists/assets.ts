import { z } from 'zod';
import { instant, jsonObject } from '../json/index.ts';
import { listOf } from './list-shapes.ts';

const assetRow = z.strictObject({
  assetUuid: z.string(),
  name: z.string().nullable(),
  ips: z.array(z.string()),
  fqdns: z.array(z.string()),
  operatingSystem: z.string().nullable(),
  systemIds: z.array(z.string()),
  componentId: z.string().nullable(),
  state: z.enum(['reported', 'unreported', 'terminated', 'deleted']),
  firstSeen: instant.nullable(),
  lastSeen: instant.nullable(),
  hasAgent: z.boolean().nullable(),
  acr: z.number().nullable(),
  /** Risk score, 0 to 100; null where nothing of it was scored. */
  risk: z.number().nullable(),
  criticality: z.string().nullable(),
  environment: z.string().nullable(),
  tags: z.array(z.string()),
  sources: z.array(z.string()),
  openCritical: z.number(),
  openHigh: z.number(),
  openMedium: z.number(),
  openLow: z.number(),
  openInfo: z.number(),
  accepted: z.number(),
});

/** `assets list`. */
export const assetRows = listOf(assetRow);

/** `assets show`. */
export const assetDetail = assetRow.extend({
  netbiosName: z.string().nullable(),
  businessOwner: z.string().nullable(),
  technicalOwner: z.string().nullable(),
  acrRated: z.number().nullable(),
  acrOverride: z.number().nullable(),
  deletedAt: instant.nullable(),
  terminatedAt: instant.nullable(),
  unreportedSince: instant.nullable(),
  lastCredentialedScan: instant.nullable(),
  component: z.strictObject({ id: z.string(), name: z.string(), systemId: z.string() }).nullable(),
  absorbed: z.array(z.string()),
  complianceFailed: z.number(),
  /** Its tags that workflows set. */
  workflowTags: z.array(
    z.strictObject({ category: z.string(), value: z.string(), workflow: z.string(), taggedAt: instant }),
  ),
  context: jsonObject,
});
