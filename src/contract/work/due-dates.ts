import { z } from 'zod';
import {
  dayCounts,
  dueBases,
  dueConditions,
  dueRatings,
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
  whenEarlier: z.enum(earlierRules).nullable(),
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
  /** Plans of versions that begin: whether they date what was open before, by boundary, the newest first. */
  starts: z.array(
    z.strictObject({
      version: z.number(),
      systemId: z.string(),
      approvalId: z.string(),
      status: z.enum(['pending', 'approved', 'rejected', 'withdrawn', 'expired']),
      poams: z.number(),
      what: z.string(),
      askedAt: instant,
      decidedBy: z.string().nullable(),
      reason: z.string().nullable(),
    }),
  ),
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
  rating: z.enum(dueRatings).default('original'),
  epssFrom: z.number().min(0).max(1).nullable().default(null),
  effectiveFrom: z.iso.date().nullable().default(null),
  effectiveUntil: z.iso.date().nullable().default(null),
  graceUntil: z.iso.date().nullable().default(null),
  sourceRead: z.boolean().default(true),
  times: z
    .array(policyTime.extend({ remark: z.string().max(200).nullable().default(null) }))
    .min(1)
    .max(500),
  evaluations: policyVersion.shape.evaluations.default([]),
});

/** What is to hold of a policy in a boundary, or by default. */
export const duePolicyUse = z.strictObject({
  policyId: z.string().min(1).max(50),
  /** null: what the default says. */
  applies: z.boolean().nullable(),
  coversOpen: z.boolean().default(false),
  /** What becomes of a promised date when it gives an earlier one; null: as the default says, else as the policy says. */
  whenEarlier: z.enum(earlierRules).nullable().default(null),
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
  'not_approved',
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
  /** The approved risk adjustment that it goes by: the number of the deviation. */
  adjustment: z.number().nullable(),
  /** By when it wants the weakness to be evaluated; null: it does not, or it was. */
  evaluateBy: z.string().nullable(),
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
  /** The request to pull its promised date in, as long as it waits. */
  asked: z.strictObject({ approvalId: z.string(), on: z.string(), since: instant }).nullable(),
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
  epss: z.number().min(0).max(1).optional(),
  /** The rating of an approved risk adjustment. */
  adjusted: z.enum(severities).optional(),
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

/** `due-policies unanswered`: what due dates hang on and nobody has said, by POA&M. */
export const dueUnanswered = z.strictObject({
  items: z.array(
    z.strictObject({
      poamId: z.string(),
      systemId: z.string().nullable(),
      weakness: z.string(),
      unknown: z.array(z.string()),
      since: instant,
      /** By when a policy wants it to be evaluated; null: none does, or it was. */
      evaluateBy: z.string().nullable(),
      isEvaluationLate: z.boolean(),
    }),
  ),
  total: z.number(),
});

/** Network zones of assets, and whether they are publicly exposed; null: nobody has said. */
export const dueZones = z.array(
  z.strictObject({
    zone: z.string(),
    assets: z.number(),
    exposed: z.boolean().nullable(),
    setAt: instant.nullable(),
    setBy: z.string().nullable(),
    reason: z.string().nullable(),
  }),
);

/** What people said that the due date of a POA&M hangs on; null: not known. */
export const dueSaidOfPoam = z.strictObject({
  evaluation: z
    .strictObject({
      evaluatedAt: z.iso.datetime(),
      exploitable: z.boolean().nullable(),
      reachable: z.boolean().nullable(),
      agencyImpact: z.string().nullable(),
      complyBy: z.string().nullable(),
      vendorReleasedOn: z.string().nullable(),
      note: z.string().nullable(),
      setAt: instant,
      setBy: z.string(),
    })
    .nullable(),
  class: z.string().nullable(),
  nationalSecurity: z.boolean().nullable(),
  assets: z.array(
    z.strictObject({
      assetUuid: z.string(),
      hostname: z.string().nullable(),
      zone: z.string().nullable(),
      exposed: z.boolean().nullable(),
      by: z.enum(['asset', 'zone']).nullable(),
    }),
  ),
  unknown: z.array(z.string()),
});
