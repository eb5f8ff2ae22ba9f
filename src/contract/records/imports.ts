import { z } from 'zod';
import { importStates } from '../../canonical/lists/index.ts';
import { fieldFault, instant } from '../json/index.ts';
import { fileOutcome } from './scan-files.ts';

/** A scan file as it was brought, and what became of it; `imports list`. */
export const importRow = z.strictObject({
  id: z.string(),
  file: z.string(),
  source: z.string(),
  state: z.enum(importStates),
  /** `upload`: over the API; `command`: from a path on the machine. */
  way: z.enum(['upload', 'command']),
  bytes: z.number().nullable(),
  sha256: z.string().nullable(),
  by: z.string(),
  requestedAt: instant,
  endedAt: instant.nullable(),
  hosts: z.number(),
  items: z.number(),
  newFindings: z.number(),
  fixed: z.number(),
  cameBack: z.number(),
  /** Records that could not be taken as they are; the operation names them. */
  held: z.number(),
  itemsUntilNow: z.number().nullable(),
  problem: z.string().nullable(),
  operationId: z.string().nullable(),
});

/** One import; of an archive, with each file that was in it. */
export const importDetail = importRow.extend({
  files: z.array(fileOutcome),
  fault: z
    .strictObject({
      code: z.string(),
      message: z.string(),
      remedy: z.string().optional(),
      fields: z.array(fieldFault).optional(),
    })
    .nullable(),
});

/** `imports list`. */
export const importRows = z.strictObject({
  items: z.array(importRow),
  total: z.number(),
});

/** `imports folders`. */
export const watchedFolders = z.array(
  z.strictObject({
    folder: z.string(),
    host: z.string(),
    source: z.string(),
    by: z.string(),
    everySeconds: z.number(),
    beganAt: instant,
    lookedAt: instant,
    endedAt: instant.nullable(),
    /** `not looking`: its process is there and has not looked for long; `gone`: its process said nothing more. */
    state: z.enum(['watched', 'importing', 'unreadable', 'not looking', 'gone', 'ended']),
    importing: z.string().nullable(),
    files: z.number(),
    problem: z.string().nullable(),
  }),
);

/** Where files can be filed, and what is accepted. */
export const importPlaces = z.strictObject({
  sources: z.array(z.string()),
  usualSource: z.string(),
  maxBytes: z.number(),
  endings: z.array(z.string()),
  /** With none alive, what is sent waits. */
  workers: z.number(),
});
