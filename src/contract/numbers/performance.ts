import { z } from 'zod';
import { timingKinds } from '../../platform/timings/index.ts';
import { instant } from '../json/index.ts';

/** `performance`: what Tieline's own work took, by operation. */
export const performance = z.strictObject({
  since: instant,
  items: z.array(
    z.strictObject({
      kind: z.enum(timingKinds),
      /** A connection by its name, `postgres`, `worker` or `api`. */
      component: z.string(),
      operation: z.string(),
      calls: z.number(),
      failed: z.number(),
      averageMs: z.number(),
      /** 95 of 100 took at most this long. */
      p95Ms: z.number(),
      longestMs: z.number(),
    }),
  ),
  /** Whether there is more than is listed. */
  isCut: z.boolean(),
});
