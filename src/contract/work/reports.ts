import { z } from 'zod';
import { instant } from '../json/index.ts';

/** Somebody without an account, who is sent the file itself: an entry of the accounting of disclosures each time. */
export const outsideRecipient = z.strictObject({
  address: z.string().trim().max(255),
  /** The person or agency that gets it. */
  recipient: z.string().trim().max(500),
  purpose: z.string().trim().max(1000),
  /** The law, agreement or consent, as 5 U.S.C. 552a(b)(7). */
  authority: z.string().trim().max(500),
});

/** What a report is told beside its boundary. */
export const reportParameter = z.strictObject({
  name: z.string(),
  title: z.string(),
  type: z.enum(['day', 'text', 'choice', 'poam', 'file']),
  choices: z.array(z.string()).optional(),
  default: z.string().optional(),
  isRequired: z.literal(true).optional(),
});

export const reportTemplate = z.strictObject({
  id: z.number(),
  name: z.string(),
  kind: z.string(),
  format: z.string(),
  title: z.string(),
  isShipped: z.boolean(),
  /** False: its schedule was ended. */
  isActive: z.boolean(),
  /** Of a schedule: the boundary that it is about; null: all that its owner may see. */
  boundary: z.string().nullable(),
  schedule: z.strictObject({ cron: z.string(), parameters: z.record(z.string(), z.string()) }).nullable(),
  recipients: z.array(z.string()),
  outside: z.array(outsideRecipient),
  owner: z.string().nullable(),
  nextRunAt: instant.nullable(),
  lastRunAt: instant.nullable(),
  /** Of its last run by itself: the report that it asked for, or why it did nothing. */
  lastOutcome: z
    .union([
      z.strictObject({ report: z.string() }),
      z.strictObject({ code: z.string(), message: z.string() }),
    ])
    .nullable(),
  question: z.string(),
  takesBoundary: z.enum(['one', 'any']),
  parameters: z.array(reportParameter),
  mayMake: z.boolean(),
  isOwn: z.boolean(),
});
export const reportTemplates = z.array(reportTemplate);

export const reportNote = z.strictObject({
  code: z.string(),
  subject: z.string(),
  detail: z.string().optional(),
  /** Of a workbook that was filled: where. */
  sheet: z.string().optional(),
  cell: z.string().optional(),
  field: z.string().optional(),
});

export const reportRow = z.strictObject({
  id: z.string(),
  template: z.string(),
  title: z.string(),
  kind: z.string(),
  format: z.string(),
  status: z.enum(['pending', 'running', 'completed', 'failed', 'cancelled']),
  boundary: z.string().nullable(),
  parameters: z.record(z.string(), z.string()),
  periodFrom: z.string().nullable(),
  periodTo: z.string().nullable(),
  /** The moment that its data shows. */
  dataAsOf: instant.nullable(),
  fileName: z.string().nullable(),
  mediaType: z.string().nullable(),
  bytes: z.number().nullable(),
  sha256: z.string().nullable(),
  /** The rows that it was made of. */
  snapshot: z.string().nullable(),
  by: z.string().nullable(),
  /** Of a schedule: who was told of it, and who was not and why. */
  recipients: z.array(
    z.strictObject({
      recipient: z.string(),
      outcome: z.enum([
        'told',
        'no_right',
        'no_address',
        'no_channel',
        'not_active',
        'disclosed',
        'domain_not_allowed',
        'not_attachable',
        'owner_may_not',
      ]),
      at: instant,
      isAttached: z.boolean(),
      /** Of the mail, while its row is kept: pending, sending, sent, failed. */
      mail: z.string().nullable(),
      /** When the person here first fetched the file, or said that it was read. */
      openedAt: instant.nullable(),
    }),
  ),
  at: instant.nullable(),
  requestedAt: instant,
  expiresAt: instant.nullable(),
  job: z.string().nullable(),
  /** What its format could not say, or what is to be looked at. */
  notes: z.array(reportNote),
  problem: z.looseObject({ code: z.string(), message: z.string(), remedy: z.string().optional() }).nullable(),
});
export const reportRows = z.array(reportRow);

export const reportAsked = z.strictObject({ reportId: z.string(), jobId: z.string() });

export const reportVerified = z.strictObject({ sha256: z.string(), reports: reportRows });

export const reportScheduled = z.strictObject({ name: z.string(), next: z.array(instant) });
