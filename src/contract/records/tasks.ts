import { z } from 'zod';
import { taskSubjects } from '../../canonical/vocabulary/index.ts';
import { instant } from '../json/index.ts';

const day = z.iso.date();

/** A task as a row of its list. */
export const task = z.strictObject({
  id: z.number(),
  what: z.string(),
  about: z.enum(taskSubjects),
  recordId: z.string(),
  recordTitle: z.string().nullable(),
  systemId: z.string().nullable(),
  assignedTo: z.string().nullable(),
  isTeam: z.boolean(),
  due: day.nullable(),
  note: z.string().nullable(),
  madeAt: instant,
  madeBy: z.string(),
  doneAt: instant.nullable(),
  doneBy: z.string().nullable(),
  doneNote: z.string().nullable(),
});

/** `tasks list`. */
export const taskRows = z.strictObject({ items: z.array(task), total: z.number() });

/** `poams reviewed` without `--yes`. */
export const reviewsTried = z.strictObject({ matched: z.number(), token: z.string() });

/** `poams reviewed --yes`; `operationId` is null where there were none. */
export const poamsReviewed = z.strictObject({ reviewed: z.number(), operationId: z.string().nullable() });

/** `poams review-intervals`; `boundary` is null for every one without an interval of its own, `days` where none is asked for. */
export const reviewIntervals = z.array(
  z.strictObject({
    boundary: z.string().nullable(),
    days: z.number().nullable(),
    setBy: z.string(),
    setAt: instant,
  }),
);

/** `poams review-every`. */
export const reviewIntervalSet = z.strictObject({ operationId: z.string() });

/** A team: people who look after some boundaries together. */
export const team = z.strictObject({
  id: z.string(),
  name: z.string(),
  mail: z.string().nullable(),
  systemIds: z.array(z.string()),
  members: z.array(z.strictObject({ name: z.string(), title: z.string(), isActive: z.boolean() })),
  /** Open findings and tasks that are its work. */
  work: z.strictObject({ findings: z.number(), tasks: z.number() }),
  createdAt: instant,
  createdBy: z.string(),
});

/** `teams list`. */
export const teams = z.array(team);
