import { z } from 'zod';
import { instant } from '../json/index.ts';

/** `stig list`. */
export const assetStigs = z.array(
  z.strictObject({
    stig: z.string(),
    revision: z.string().nullable(),
    /** With a result. */
    rules: z.number(),
    /** Of these open. */
    open: z.number(),
    lastSeen: instant.nullable(),
  }),
);
