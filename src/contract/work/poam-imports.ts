import { z } from 'zod';
import type { Json } from '../../platform/values/index.ts';
import { fieldFault, instant } from '../json/index.ts';

const json = z.json() as z.ZodType<Json>;
const counts = z.strictObject({
  /** Records: POA&Ms and milestones. */
  created: z.number(),
  updated: z.number(),
  unchanged: z.number(),
  /** Fields that both sides changed: held until a person decides. */
  conflicts: z.number(),
  /** Gone from the file: marked, never deleted. */
  missing: z.number(),
  /** Rows of the file with a fault. */
  held: z.number(),
});

/** A file of POA&Ms as it was brought, and what became of it; `poams imports list`. */
export const poamImportRow = z.strictObject({
  id: z.string(),
  file: z.string(),
  /** What it was recognized as by its headers. */
  layout: z.string().nullable(),
  source: z.string().nullable(),
  boundary: z.string().nullable(),
  /** `planned`: it waits for a person to approve or discard it. */
  state: z.enum(['planned', 'imported', 'unchanged', 'discarded', 'refused']),
  by: z.string(),
  way: z.enum(['upload', 'command']),
  broughtAt: instant,
  settledBy: z.string().nullable(),
  settledAt: instant.nullable(),
  counts: counts.nullable(),
  held: z.number(),
  problem: z.string().nullable(),
  operationId: z.string().nullable(),
});

/** `poams import`, `poams imports show`. */
export const poamImport = poamImportRow.extend({
  sha256: z.string(),
  bytes: z.number(),
  plan: z
    .strictObject({
      counts,
      items: z.array(
        z.strictObject({
          entity: z.string(),
          /** What the file calls the record. */
          record: z.string(),
          title: z.string().nullable(),
          kind: z.enum(['create', 'link', 'update', 'missing', 'conflict']),
          field: z.string().nullable(),
          before: json,
          after: json,
        }),
      ),
      notes: z.array(z.string()),
    })
    .nullable(),
  /** Rows that are not imported until they are corrected, by sheet and cell. */
  heldRows: z.array(
    z.strictObject({
      sheet: z.string(),
      cell: z.string(),
      record: z.string(),
      rule: z.string(),
      remedy: z.string(),
    }),
  ),
  fault: z
    .strictObject({
      code: z.string(),
      message: z.string(),
      remedy: z.string().optional(),
      fields: z.array(fieldFault).optional(),
    })
    .nullable(),
});

/** `poams imports list`. */
export const poamImportRows = z.array(poamImportRow);
