/**
 * The words of due-date policies: what a policy counts from, what its table asks about, and how it counts days. A policy is rows of the
 * database (docs/due-dates.md); these are the words that its rows may use.
 */
import { z } from 'zod';
import { severities } from '../vocabulary/index.ts';

/** What the clock of a policy starts with. */
export const dueBases = [
  /** The first of the findings. */
  'first_found',
  /** Likewise; where a vendor's fix is waited for, the day on which it was released. */
  'original_detection',
  /** When a person or program had evaluated exploitability, reachability and impact. */
  'evaluation_completed',
  /** The day on which the CVE was listed as exploited, or that of detection, whichever is earlier. */
  'kev_or_detection',
  /** The catalogue of exploited vulnerabilities gives the day itself. */
  'kev_due',
  /** A notice gives the day itself. */
  'comply_by',
] as const;
export type DueBasis = (typeof dueBases)[number];

/** How days are counted, and what becomes of a day on which nobody works. */
export const dayCounts = ['days', 'working_days', 'days_then_before', 'days_then_after'] as const;
export type DayCount = (typeof dayCounts)[number];

/** What becomes of a promised date when an earlier obligation arises: a person is asked, those who decide are, or it follows by itself. */
export const earlierRules = ['ask', 'approve', 'follow'] as const;
export type EarlierRule = (typeof earlierRules)[number];

/** Which severity its table is asked by: as it was found, or that of an approved risk adjustment. */
export const dueRatings = ['original', 'adjusted'] as const;

const yesNo = ['yes', 'no'] as const;

/** What the table of a policy may ask about a weakness, with the answers that there are; any of them may be unknown. */
export const dueConditions = {
  severity: severities,
  /** The CVE is in the catalogue of known exploited vulnerabilities. */
  kev: yesNo,
  /** The asset can be reached from public networks by anybody. */
  exposed: yesNo,
  /** An attacker can automate the exploitation. */
  automatable: yesNo,
  /** What an attacker gains: total or partial control. */
  impact: ['total', 'partial'],
  /** The EPSS score of the CVE is at least the one that the policy names. */
  epss: yesNo,
  class: ['A', 'B', 'C', 'D'],
  reachable: yesNo,
  exploitable: yesNo,
  agency_impact: ['N1', 'N2', 'N3', 'N4', 'N5'],
} as const;
export type DueCondition = keyof typeof dueConditions;
export type DueFacts = { readonly [C in DueCondition]?: (typeof dueConditions)[C][number] | undefined };

export const whenSchema = z.partialRecord(
  z.enum(Object.keys(dueConditions) as [DueCondition, ...DueCondition[]]), // its own keys
  z.string(),
);

const day = z.iso.date();

/** A row of a policy's table: under these conditions so many days; null: no date, and the remark says until when. */
export const policyTime = z.strictObject({
  when: whenSchema,
  days: z.number().min(0).max(3650).nullable(),
  remark: z.string().max(200).nullable(),
});

/** By when a weakness is to be evaluated: so many days after its detection, by the class of the boundary. */
export const evaluationTime = z.strictObject({
  class: z.enum(dueConditions.class),
  days: z.number().int().min(1).max(365),
});

/** A version of a policy, as it is shown and given. */
export const policyVersion = z.strictObject({
  policyId: z.string().regex(/^[a-z0-9][a-z0-9-]{1,48}$/),
  title: z.string().min(3).max(200),
  version: z.number().int().min(1),
  basis: z.enum(dueBases),
  counts: z.enum(dayCounts),
  calendar: z.string().max(50).nullable(),
  /** Not for national security systems. */
  civilianOnly: z.boolean(),
  whenEarlier: z.enum(earlierRules),
  rating: z.enum(dueRatings),
  /** The EPSS score from which the condition `epss` says yes; null: it does not ask for it. */
  epssFrom: z.number().min(0).max(1).nullable(),
  /** First day on which a clock may start; null: always. */
  effectiveFrom: day.nullable(),
  /** First day on which no clock starts any more; null: it is in force. */
  effectiveUntil: day.nullable(),
  graceUntil: day.nullable(),
  source: z.string().min(3).max(500),
  /** Whether the document was read; else by hearsay. */
  sourceRead: z.boolean(),
  times: z.array(policyTime).min(1).max(500),
  evaluations: z.array(evaluationTime).max(4),
});
export type PolicyVersion = z.infer<typeof policyVersion>;
export type PolicyTime = z.infer<typeof policyTime>;
