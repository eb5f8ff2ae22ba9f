import { z } from 'zod';
import { instant, jsonObject } from '../json/index.ts';

/** `links list`. */
export const linkList = z.array(
  z.strictObject({
    id: z.number(),
    systemId: z.number(),
    system: z.string(),
    entity: z.string(),
    entityId: z.string(),
    externalId: z.string(),
    base: jsonObject,
    linkedAt: instant,
    confirmedAt: instant,
    missingSince: instant.nullable(),
    retiredAt: instant.nullable(),
  }),
);

/** `links break`. */
export const linkBroken = z.strictObject({ operationId: z.string(), externalId: z.string() });

/** Other assets that have the same component. */
export const sharedWith = z.array(z.strictObject({ assetUuid: z.string(), hostname: z.string().nullable() }));

/** `links make`. */
export const linkMade = z.strictObject({
  operationId: z.string(),
  replaced: z.string().optional(),
  sharedWith,
});
