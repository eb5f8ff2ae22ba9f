import { z } from 'zod';
import {
  dayCounts,
  dueBases,
  dueConditions,
  earlierRules,
  policyTime,
  policyVersion,
} from '../../canonical/due-dates/index.ts';
import { severities } from '../../canonical/vocabulary/index.ts';
import { instant } from '../json/index.ts';

const use = z.strictObject({
  systemId: z.string().nullable(),
  policyId: z.string(),
  applies: z.boolean(),
  coversOpen: z.boolean(),
  reason: z.string().nullable(),
  setAt: instant,
  setBy: z.string(),
  endedAt: instant.nullable(),
});

/** `due-policies show`: versions, the newest first, and where it applies. */
export const duePolicy = z.strictObject({
  policyId: z.string(),
  versions: z.array(policyVersion.extend({ inForce: z.boolean() })),
  uses: z.array(use),
});

/** `due-policies list`. */
export const duePolicies = z.array(duePolicy);

/** `due-policies history`: which applied where, the newest first. */
export const duePolicyHistory = z.array(use);

/** `due-policies add`. */
export const duePolicyAdded = z.strictObject({ policyId: z.string(), version: z.number() });

/** A version as it is given: its number is the next of the policy. */
export const newDuePolicy = z.strictObject({
  ...policyVersion.omit({ version: true }).shape,
  counts: z.enum(dayCounts).default('days'),
  basis: z.enum(dueBases).default('first_found'),
  calendar: z.string().max(50).nullable().default(null),
  civilianOnly: z.boolean().default(false),
  whenEarlier: z.enum(earlierRules).default('ask'),
  effectiveFrom: z.iso.date().nullable().default(null),
  effectiveUntil: z.iso.date().nullable().default(null),
  graceUntil: z.iso.date().nullable().default(null),
  sourceRead: z.boolean().default(true),
  times: z
    .array(policyTime.extend({ remark: z.string().max(200).nullable().default(null) }))
    .min(1)
    .max(500),
});

/** What is to hold of a policy in a boundary, or by default. */
export const duePolicyUse = z.strictObject({
  policyId: z.string().min(1).max(50),
  /** null: what the default says. */
  applies: z.boolean().nullable(),
  coversOpen: z.boolean().default(false),
  reason: z.string().max(2000).nullable().default(null),
});

/** `due-policies set` without --yes: what it would do. */
export const duePolicyPreview = z.strictObject({
  looked: z.number(),
  earlier: z.number(),
  late: z.number(),
  items: z.array(
    z.strictObject({
      poamId: z.string(),
      systemId: z.string(),
      weakness: z.string(),
      dueOn: z.string(),
      wouldBe: z.string(),
      promised: z.string().nullable(),
      reason: z.string(),
    }),
  ),
});

const silences = [
  'not_in_force',
  'began_later',
  'no_cve',
  'national_security',
  'no_day_given',
  'no_row',
  'no_deadline',
] as const;

const answer = z.strictObject({
  policyId: z.string(),
  title: z.string(),
  version: z.number(),
  on: z.string().nullable(),
  latest: z.string().nullable(),
  silence: z.enum(silences).nullable(),
  basis: z.enum(dueBases),
  since: z.string().nullable(),
  days: z.number().nullable(),
  remark: z.string().nullable(),
  unknown: z.array(z.string()),
  facts: z.record(z.string(), z.string()),
  cve: z.string().nullable(),
  reason: z.string(),
});

/** `due-policies try`: what each policy says, the earliest first. */
export const dueAnswers = z.array(answer);

/** `due-policies explain`. */
export const dueExplanation = z.strictObject({
  poamId: z.string(),
  promised: z.string().nullable(),
  obligedBy: z.string().nullable(),
  since: instant.nullable(),
  proposed: z.string().nullable(),
  standsFor: z.string().nullable(),
  standsSince: instant.nullable(),
  standsBy: z.string().nullable(),
  standsReason: z.string().nullable(),
  isLate: z.boolean(),
  weaknesses: z.array(
    z.strictObject({
      identifier: z.string(),
      name: z.string().nullable(),
      severity: z.string(),
      detectedOn: z.string(),
      dueOn: z.string(),
      dueReason: z.string(),
      answers: dueAnswers,
    }),
  ),
  history: z.array(
    z.strictObject({
      since: instant,
      obligedBy: z.string(),
      policyId: z.string(),
      version: z.number(),
      reason: z.string(),
      weakness: z.string().nullable(),
    }),
  ),
});

/** A weakness that is made up, to see what policies say of it. What is left out is unknown. */
export const dueTrial = z.strictObject({
  systemId: z.string().max(50).nullable().default(null),
  /** Every policy that there is, not those of the boundary alone. */
  every: z.boolean().default(false),
  severity: z.enum(severities),
  detectedOn: z.iso.date(),
  kev: z.enum(dueConditions.kev).optional(),
  kevAdded: z.iso.date().optional(),
  kevDue: z.iso.date().optional(),
  automatable: z.enum(dueConditions.automatable).optional(),
  impact: z.enum(dueConditions.impact).optional(),
  exposed: z.enum(dueConditions.exposed).optional(),
  class: z.enum(dueConditions.class).optional(),
  nationalSecurity: z.enum(['yes', 'no']).optional(),
  evaluatedAt: z.iso.datetime().optional(),
  reachable: z.enum(dueConditions.reachable).optional(),
  exploitable: z.enum(dueConditions.exploitable).optional(),
  agencyImpact: z.enum(dueConditions.agency_impact).optional(),
  complyBy: z.iso.date().optional(),
});

/** `due-policies days`: own days, and the federal holidays of the year. */
export const freeDays = z.strictObject({
  own: z.array(
    z.strictObject({ calendar: z.string(), day: z.string(), isWorking: z.boolean(), title: z.string() }),
  ),
  federal: z.array(z.string()),
});

/** An own day; `title` null: it is none any more. */
export const freeDay = z.strictObject({
  calendar: z.string().min(1).max(50).default('federal'),
  day: z.iso.date(),
  isWorking: z.boolean().default(false),
  title: z.string().min(1).max(200).nullable(),
});

const yesNoNull = z.boolean().nullable().default(null);
const told = { setAt: instant, setBy: z.string(), reason: z.string().nullable() };

/** What is said of a boundary that due-date policies ask about; null: not known. */
export const boundaryDueFacts = z.strictObject({
  class: z.enum(dueConditions.class).nullable().default(null),
  nationalSecurity: yesNoNull,
  reason: z.string().max(2000).nullable().default(null),
});

/** How the weaknesses of a POA&M are evaluated; null: not known. */
export const dueEvaluation = z.strictObject({
  evaluatedAt: z.iso.datetime().nullable().default(null),
  exploitable: yesNoNull,
  reachable: yesNoNull,
  agencyImpact: z.enum(dueConditions.agency_impact).nullable().default(null),
  complyBy: z.iso.date().nullable().default(null),
  vendorReleasedOn: z.iso.date().nullable().default(null),
  note: z.string().max(2000).nullable().default(null),
});

/** Whether an asset can be reached from public networks by anybody; null: not known. */
export const exposureSaid = z.strictObject({
  exposed: z.boolean().nullable(),
  reason: z.string().max(2000).nullable().default(null),
});
/** `due-policies tell asset|zone`. */
export const exposureTold = z.strictObject({ subject: z.string(), exposed: z.boolean().nullable() });
/** The same of all of a network zone. */
export const zoneExposure = exposureSaid.extend({ zone: z.string().min(1).max(255) });

/** `due-policies facts`: what was said of a boundary, its assets and zones, the newest first. */
export const dueFacts = z.strictObject({
  boundary: z.array(
    z.strictObject({ class: z.string().nullable(), nationalSecurity: z.boolean().nullable(), ...told }),
  ),
  exposures: z.array(
    z.strictObject({
      asset: z.string().nullable(),
      zone: z.string().nullable(),
      exposed: z.boolean().nullable(),
      ...told,
    }),
  ),
});
