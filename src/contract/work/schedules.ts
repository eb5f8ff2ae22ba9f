import { z } from 'zod';
import { instant } from '../json/index.ts';

/** `schedules list`. */
export const scheduleList = z.array(
  z.strictObject({
    id: z.number(),
    systemId: z.number(),
    system: z.string(),
    systemEnabled: z.boolean(),
    name: z.string(),
    cron: z.string(),
    entities: z.array(z.string()),
    full: z.boolean(),
    jitterSeconds: z.number(),
    enabled: z.boolean(),
    nextRunAt: instant.nullable(),
    lastRunAt: instant.nullable(),
    lastOutcome: z.string().nullable(),
  }),
);

/** `schedules set`: its next times. */
export const scheduleSaved = z.strictObject({
  system: z.string(),
  name: z.string(),
  next: z.array(instant),
});

/** `schedules remove`. */
export const scheduleRemoved = z.strictObject({ removed: z.literal(true) });

/** `worker`, when it was stopped. */
export const workerEnded = z.strictObject({ ended: z.literal(true) });

/** A cron expression in words, and the next times that it names. */
export const cronPreview = z.strictObject({ words: z.string(), next: z.array(instant) });

/** A schedule as people read it. */
export const scheduleView = scheduleList.element.extend(cronPreview.shape);
