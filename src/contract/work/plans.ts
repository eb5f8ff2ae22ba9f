import { z } from 'zod';
import { dangers, planItem } from '../../canonical/vocabulary/index.ts';
import { instant, jsonObject } from '../json/index.ts';

/** `sync plan` prints the document that `sync apply` reads, and has one definition with it. */
export { planDocument } from '../../canonical/vocabulary/index.ts';

const keptPlan = z.strictObject({
  planId: z.string(),
  sha256: z.string(),
  /** The document without its items. */
  head: jsonObject,
  operationId: z.string().nullable(),
  madeBy: z.string(),
  madeByPrincipal: z.string(),
  madeAt: instant,
  expiresAt: instant,
  appliedAt: instant.nullable(),
  appliedBy: z.string().nullable(),
  appliedOperationId: z.string().nullable(),
  itemCount: z.number(),
  items: z.number(),
  dangers: z.record(z.enum(dangers), z.number()),
  itemsOutside: z.number(),
});

/** `plans list`. */
export const keptPlanList = z.array(keptPlan);

/** `plans show`. */
export const keptPlanDetail = keptPlan.extend({
  groups: z.array(
    z.strictObject({
      number: z.number(),
      danger: z.enum(dangers),
      sha256: z.string(),
      sample: planItem,
      count: z.number(),
      viewedAt: instant.nullable(),
    }),
  ),
});
