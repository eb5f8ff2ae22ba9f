import { z } from 'zod';
import { remediationStatuses, validationStatuses } from '../../canonical/vocabulary/index.ts';
import { instant, json } from '../json/index.ts';

const day = z.iso.date();

/** `remediation assign` and the like, tried. */
export const remediationTried = z.strictObject({
  matched: z.number(),
  willChange: z.number(),
  unchanged: z.number(),
  fixed: z.number(),
  unseen: z.number(),
  token: z.string(),
});

/** The same with `--yes`; `operationId` is null where nothing changed. */
export const remediationChanged = z.strictObject({
  matched: z.number(),
  changed: z.number(),
  unchanged: z.number(),
  fixed: z.number(),
  unseen: z.number(),
  operationId: z.string().nullable(),
});

/** `remediation show`; `status` is null where nobody has begun any work. History, the latest first. */
export const remediationDetail = z.strictObject({
  key: z.string(),
  status: z.enum(remediationStatuses).nullable(),
  validation: z.enum(validationStatuses).nullable(),
  validatedAt: instant.nullable(),
  assignedTo: z.string().nullable(),
  isTeam: z.boolean(),
  due: day.nullable(),
  plan: z.string().nullable(),
  note: z.string().nullable(),
  effortHours: z.number().nullable(),
  cost: z.number().nullable(),
  fixReportedAt: instant.nullable(),
  fixReportedBy: z.string().nullable(),
  updatedAt: instant.nullable(),
  history: z.array(
    z.strictObject({
      at: instant,
      field: z.string(),
      before: json,
      after: json,
      by: z.string().nullable(),
      reason: z.string().nullable(),
    }),
  ),
  scans: z.array(
    z.strictObject({
      id: z.number(),
      system: z.string(),
      state: z.string(),
      requestedBy: z.string(),
      requestedAt: instant,
    }),
  ),
});

/** `remediation poam`. */
export const poamRemediation = z.strictObject({
  poamId: z.string(),
  findings: z.number(),
  byStatus: z.record(z.enum(['none', 'missing', ...remediationStatuses]), z.number()),
  unassigned: z.number(),
  late: z.number(),
  lastDue: day.nullable(),
  effortHours: z.number().nullable(),
  cost: z.number().nullable(),
  assignees: z.array(z.strictObject({ name: z.string(), findings: z.number() })),
});

/** `remediation people`: who can be given work. */
export const assignees = z.array(
  z.strictObject({ kind: z.enum(['person', 'team']), name: z.string(), title: z.string() }),
);
