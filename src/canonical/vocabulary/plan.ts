/** A plan: what a sync would do, as a document that can be read, kept, and applied exactly or not at all. */
import { z } from 'zod';
import type { Json } from '../../platform/values/index.ts';

// The same set of values; zod's own type of it is not readonly.
const json = z.json() as z.ZodType<Json>;

export const planItem = z.strictObject({
  /** The external system at which the record is, or by which the change came about; null for none. */
  system: z.string().nullable(),
  entity: z.string(),
  /** The remote's id where the record has one, else ours. */
  record: z.string(),
  kind: z.enum(['create', 'update', 'link', 'missing', 'conflict']),
  /** inbound: our record changes; outbound: the remote's does; internal: ours, by a conclusion of our own. */
  direction: z.enum(['inbound', 'outbound', 'internal']),
  field: z.string().nullable(),
  before: json,
  after: json,
  reason: z.string(),
  /** The rule or policy that decided, as it is shown: `rule:…`, `policy:…`, or a person's name. */
  decidedBy: z.string(),
  /** For an outbound change: waits for approval before it is sent. */
  needsApproval: z.boolean(),
  /** For an outbound change. */
  key: z.string().nullable(),
});
export type PlanItem = z.infer<typeof planItem>;

const counts = z.strictObject({
  read: z.number(),
  created: z.number(),
  updated: z.number(),
  unchanged: z.number(),
  held: z.number(),
  failed: z.number(),
});

/** A record that cannot be imported, and why. */
const untaken = z.strictObject({ record: z.string(), reason: z.string() });

export const planDocument = z.strictObject({
  format: z.literal('tieline-plan-1'),
  /** ISO 8601, UTC. */
  madeAt: z.iso.datetime(),
  systems: z.array(z.string()).min(1),
  /** Those of these systems to which nothing is sent until a person resumes it (`outbox resume`). */
  sendingPaused: z.array(z.string()).default([]),
  /** Connections that are paused and so no part of the plan (`connections resume`). */
  leftOut: z.array(z.string()).default([]),
  entities: z.array(z.string()),
  full: z.boolean(),
  /** What each step of the sync found; facts (assets, findings) are counted here and are not items. */
  steps: z.array(z.strictObject({ system: z.string(), step: z.string(), counts })),
  items: z.array(planItem),
  untaken: z.array(untaken),
  /** SHA-256 of the items in canonical form, hexadecimal: a plan that was edited is refused. */
  sha256: z.string(),
});
export type PlanDocument = z.infer<typeof planDocument>;
