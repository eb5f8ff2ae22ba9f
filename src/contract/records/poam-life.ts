/** The life of a POA&M as it is printed and sent. */
import { z } from 'zod';
import { fieldFault, instant, json } from '../json/index.ts';

const answer = z.enum(['yes', 'no', 'unknown']);
const day = z.iso.date();

/** `poams explain`. */
export const poamExplanation = z.strictObject({
  poamId: z.string(),
  /** Null: its status is a word of its own. */
  state: z.string().nullable(),
  status: z.string().nullable(),
  meaning: z.string().nullable(),
  since: z.strictObject({ at: instant, by: z.string(), reason: z.string().nullable() }).nullable(),
  made: z.strictObject({
    at: instant.nullable(),
    by: z.string().nullable(),
    reason: z.string().nullable(),
    /** The version of the rule; of all boundaries where it names none. */
    rule: z.strictObject({ boundary: z.string().nullable(), version: z.number() }).nullable(),
    follows: z.string().nullable(),
    followedBy: z.string().nullable(),
  }),
  due: z.strictObject({
    promised: z.string().nullable(),
    /** Before it was first extended. */
    original: z.string().nullable(),
    weaknesses: z.array(z.strictObject({ what: z.string(), due: z.string(), reason: z.string() })),
  }),
  rating: z.strictObject({ present: z.string().nullable(), original: z.string().nullable() }),
  findings: z.array(
    z.strictObject({
      id: z.number(),
      plugin: z.string(),
      asset: z.string(),
      state: z.string(),
      isFalsePositive: z.boolean(),
      /** Whether its machine is in the boundary. */
      isInside: z.boolean(),
      lastFound: z.string().nullable(),
      fixedAt: z.string().nullable(),
      evidence: z
        .strictObject({ after: answer, sawHost: answer, authenticated: answer, ranPlugin: answer })
        .nullable(),
    }),
  ),
  isVerified: z.boolean(),
  questions: z.array(z.strictObject({ code: z.string(), text: z.string(), since: instant })),
  /** What a person may make of it, each with what it lacks. */
  moves: z.array(
    z.strictObject({ event: z.string(), what: z.string(), status: z.string(), lacks: z.array(fieldFault) }),
  ),
});

/** `poams history`. */
export const poamStory = z.array(
  z.strictObject({
    at: instant,
    kind: z.enum(['change', 'finding', 'question', 'request', 'sent']),
    what: z.string(),
    by: z.string().nullable(),
    reason: z.string().nullable(),
  }),
);

/** `poams complete|reopen|extend`. */
export const poamMoved = z.strictObject({
  poamId: z.string(),
  /** `asked`: others agree first; `approvalId` says where. */
  outcome: z.enum(['done', 'asked']),
  status: z.string(),
  operationId: z.string().nullable(),
  approvalId: z.string().nullable(),
});

const settings = {
  closeAfter: z.enum(['at once', 'days', 'word']),
  closeDays: z.number().int().min(0).max(3650),
  reopenDays: z.number().int().min(0).max(3650),
  contradiction: z.enum(['ask', 'reopen', 'accept']),
  acceptUntil: day.nullable(),
  isFedramp: z.boolean(),
};

/** What may be set; null gives it back to the default. */
export const lifeSettingsChange = z.strictObject({
  closeAfter: settings.closeAfter.nullable().optional(),
  closeDays: settings.closeDays.nullable().optional(),
  reopenDays: settings.reopenDays.nullable().optional(),
  contradiction: settings.contradiction.nullable().optional(),
  acceptUntil: settings.acceptUntil.optional(),
  isFedramp: settings.isFedramp.nullable().optional(),
});

/** `poams life show|set`. */
export const lifeSettings = z.strictObject({
  systemId: z.string(),
  /** Null: the default. */
  own: z.strictObject({
    closeAfter: settings.closeAfter.nullable(),
    closeDays: settings.closeDays.nullable(),
    reopenDays: settings.reopenDays.nullable(),
    contradiction: settings.contradiction.nullable(),
    acceptUntil: settings.acceptUntil,
    isFedramp: settings.isFedramp.nullable(),
  }),
  inForce: z.strictObject(settings),
});

/** `changes`. */
export const changesSince = z.strictObject({
  since: instant,
  changes: z.array(
    z.strictObject({
      at: instant,
      poamId: z.string(),
      systemId: z.string().nullable(),
      weakness: z.string().nullable(),
      entity: z.string(),
      entityId: z.string(),
      field: z.string().nullable(),
      before: json,
      after: json,
      direction: z.string(),
      journalId: z.number(),
    }),
  ),
  isCut: z.boolean(),
  findings: z.array(
    z.strictObject({
      systemId: z.string().nullable(),
      found: z.number(),
      fixed: z.number(),
      cameBack: z.number(),
      missing: z.number(),
      gone: z.number(),
    }),
  ),
  questions: z.array(
    z.strictObject({
      at: instant,
      poamId: z.string(),
      systemId: z.string().nullable(),
      code: z.string(),
      text: z.string(),
    }),
  ),
});
