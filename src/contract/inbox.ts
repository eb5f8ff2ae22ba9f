import { z } from 'zod';
import { inboxKinds } from '../canonical/lists/index.ts';
import { instant } from './shapes.ts';

/** The list that holds what waits, and the filter of it. */
const list = z.strictObject({ noun: z.string(), filter: z.record(z.string(), z.string()) });

/** `inbox`. */
export const inbox = z.strictObject({
  items: z.array(
    z.strictObject({
      kind: z.enum(inboxKinds),
      subject: z.string(),
      title: z.string(),
      detail: z.string().nullable(),
      since: instant,
      boundary: z.string().nullable(),
      connection: z.string().nullable(),
      list,
    }),
  ),
  /** Of each kind of which any waits. */
  counts: z.array(
    z.strictObject({
      kind: z.enum(inboxKinds),
      count: z.number(),
      since: instant.nullable(),
      mayAct: z.boolean(),
      words: z.string(),
      list,
      command: z.string(),
    }),
  ),
});
