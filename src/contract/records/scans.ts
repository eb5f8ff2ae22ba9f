import { z } from 'zod';
import { fieldFault, instant } from '../json/index.ts';

const scan = z.strictObject({
  id: z.number(),
  systemId: z.number(),
  system: z.string(),
  key: z.string(),
  name: z.string(),
  targets: z.array(z.string()),
  pluginIds: z.array(z.string()),
  state: z.string(),
  externalId: z.string().nullable(),
  attempts: z.number(),
  startedAt: instant.nullable(),
  endedAt: instant.nullable(),
  settledAt: instant.nullable(),
  problem: z
    .strictObject({
      message: z.string(),
      remedy: z.string(),
      fields: z.array(fieldFault),
      /** Where a person rejected it: who, and that it was so. */
      by: z.string().optional(),
      outcome: z.string().optional(),
    })
    .nullable(),
  requestedBy: z.string(),
  reason: z.string().nullable(),
  requestedAt: instant,
  operationId: z.string(),
  findings: z.number(),
});

/** `scans list`, `scans follow`. */
export const scanList = z.array(scan);

/** `scans show`. */
export const scanDetail = z.strictObject({
  scan,
  findings: z.array(
    z.strictObject({
      findingId: z.number(),
      asset: z.string(),
      hostname: z.string().nullable(),
      pluginId: z.string(),
      name: z.string().nullable(),
      port: z.number().nullable(),
      stateBefore: z.string(),
      lifecycleState: z.string().nullable(),
      lastFound: instant.nullable(),
      lastFixed: instant.nullable(),
      verdict: z.enum(['pending', 'fixed', 'fixed_otherwise', 'open', 'not_covered']),
    }),
  ),
  moves: z.array(
    z.strictObject({ at: instant, state: z.string(), by: z.string(), reason: z.string().nullable() }),
  ),
  findingsReadAt: instant.nullable(),
});

const finding = z.strictObject({
  findingId: z.number(),
  scannerId: z.string().nullable(),
  asset: z.string(),
  hostname: z.string().nullable(),
  pluginId: z.string(),
  name: z.string().nullable(),
  severity: z.string().nullable(),
  port: z.number().nullable(),
  lifecycleState: z.string().nullable(),
  target: z.string().nullable(),
  isReported: z.boolean(),
});

/** `scans launch --plan`. */
export const scanPlan = z.strictObject({
  system: z.string(),
  systemId: z.number(),
  targets: z.array(z.string()),
  pluginIds: z.array(z.string()),
  findings: z.array(finding),
  leftOut: z.array(z.strictObject({ finding, reason: z.string() })),
  needsApproval: z.boolean(),
  same: z.strictObject({ id: z.number(), state: z.string() }).optional(),
});

/** `scans launch`. */
export const scanLaunched = z.strictObject({ scan, plan: scanPlan, resumed: z.boolean() });
