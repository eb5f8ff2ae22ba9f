import { z } from 'zod';
import { instant } from '../json/index.ts';

/** `acceptances list`. */
export const acceptanceList = z.array(
  z.strictObject({
    id: z.number(),
    system: z.string(),
    acceptanceId: z.string().nullable(),
    name: z.string().nullable(),
    kind: z.string(),
    pluginId: z.string().nullable(),
    cveId: z.string().nullable(),
    scope: z.string(),
    repository: z.string().nullable(),
    port: z.number().nullable(),
    protocol: z.string().nullable(),
    severity: z.string().nullable(),
    comment: z.string().nullable(),
    expiresAt: instant.nullable(),
    status: z.string(),
    requestedBy: z.string().nullable(),
    missingSince: instant.nullable(),
    expired: z.boolean(),
  }),
);

/** `acceptances add`. */
export const acceptanceAdded = z.strictObject({
  id: z.number(),
  operationId: z.string(),
  covers: z.strictObject({ assets: z.number(), findings: z.number() }),
});

/** `acceptances withdraw`. */
export const acceptanceWithdrawn = z.strictObject({ operationId: z.string(), system: z.string() });
