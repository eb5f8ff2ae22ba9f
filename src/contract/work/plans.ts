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

/** A kept plan over HTTP: of its head only what names no record, since records may lie outside the reader's boundaries. */
export const planRow = keptPlan.omit({ head: true, madeByPrincipal: true }).extend({
  systems: z.array(z.string()),
  entities: z.array(z.string()),
  full: z.boolean(),
  /** Connections to which nothing is sent, and those that were left out. */
  sendingPaused: z.array(z.string()),
  leftOut: z.array(z.string()),
});

export const planGroup = keptPlanDetail.shape.groups.element;

/** One item, with what its record is called. */
export const planItemRow = z.strictObject({
  number: z.number(),
  group: z.number(),
  danger: z.enum(dangers),
  title: z.string().nullable(),
  entityId: z.string().nullable(),
  boundary: z.string().nullable(),
  item: planItem,
});
