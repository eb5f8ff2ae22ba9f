/**
 * What each kind of deviation needs (grc-formats 3.2: FedRAMP's request form, the DoD’s GRC system, C-PAT and ServiceNow side by side). Pure: a request is
 * refused by field, each with what to do about it, before anything is recorded.
 */
import { daysBetween } from '../../platform/timings/index.ts';
import { z } from 'zod';
import type { FieldFault } from '../../platform/errors/index.ts';
import {
  type DeviationKind,
  deviationKinds,
  requestTitles,
  severities,
} from '../../canonical/vocabulary/index.ts';
import { changeOf, readVector } from './vectors.ts';

const text = z.string().trim().min(1).max(10_000);
const day = z.iso.date('must be a day, YYYY-MM-DD');

/** What a kind needs beside the rationale; stored as it is (deviations.details). */
export const deviationDetails = z.strictObject({
  /** Of a false positive: what proves that the scanner is wrong. */
  proof: text.optional(),
  /** Of an operational requirement: what a fix would do to operations, and why the risk is accepted instead. */
  impact: text.optional(),
  acceptedBecause: text.optional(),
  /** Of a risk acceptance: under which conditions it holds. */
  conditions: text.optional(),
  /** Of a risk adjustment: the vector of the weakness, the one of this environment, and why each metric differs. */
  vectorBefore: text.optional(),
  vectorAfter: text.optional(),
  explanations: z.record(z.string(), text).optional(),
  mitigation: text.optional(),
  /** Of a vendor dependency. */
  product: text.optional(),
  vendor: text.optional(),
  checkedIn: day.optional(),
  contact: text.optional(),
  expectedFix: day.optional(),
});
export type DeviationDetails = z.output<typeof deviationDetails>;

export const deviationRequest = z.strictObject({
  kind: z.enum(deviationKinds),
  poam: z.string().min(1).max(50),
  /** Exactly these assets of it, by uuid, name or address; absent: the whole POA&M. */
  assets: z.array(z.string().trim().min(1).max(255)).min(1).max(1000).optional(),
  rationale: text,
  compensatingControls: text.optional(),
  /** The last day on which it holds. */
  until: day.optional(),
  /** When it is to be looked at again. */
  reviewOn: day.optional(),
  adjustedSeverity: z.enum(severities).optional(),
  details: deviationDetails.default({}),
  /** Files that are kept already. */
  evidence: z
    .array(z.strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/), name: z.string().min(1).max(255) }))
    .max(50)
    .default([]),
});
export type DeviationRequest = z.output<typeof deviationRequest>;

export interface RequestFacts {
  /** YYYY-MM-DD, in UTC. */
  readonly today: string;
  /** Of the POA&M; null: nobody rated it. */
  readonly severity: string | null;
  /** What is granted holds at most so many days; null: it may be without an end. */
  readonly longestDays: number | null;
}

type Judge = (asked: DeviationRequest, facts: RequestFacts) => readonly FieldFault[];

const fault = (field: string, message: string): FieldFault => ({ field, message });
const lacks = (value: string | undefined, field: string, message: string): FieldFault[] =>
  value === undefined ? [fault(field, message)] : [];

const dayMs = 86_400_000;
const instantOf = (date: string): number => Date.parse(`${date}T00:00:00Z`);
export const dayAfter = (date: string, days: number): string =>
  new Date(instantOf(date) + days * dayMs).toISOString().slice(0, 10);

/** A vendor is asked again at the latest so many days after the last time (FedRAMP completion guide, column Q). */
export const checkInDays = 30;

/** An end, where the rules want one, that lies ahead and not too far. */
const endOf: Judge = ({ until }, { today, longestDays }) => {
  if (until === undefined)
    return longestDays === null
      ? []
      : [fault('until', `is needed: it holds at most ${longestDays} days (${dayAfter(today, longestDays)})`)];
  if (until < today) return [fault('until', `${until} is past: give a day from ${today}`)];
  if (longestDays !== null && daysBetween(today, until) > longestDays)
    return [
      fault(
        'until',
        `${until} is more than ${longestDays} days ahead: give ${dayAfter(today, longestDays)} at the latest, and ask again then`,
      ),
    ];
  return [];
};

const rankOf = (severity: string | null): number =>
  severities.findIndex((each) => each.toLowerCase() === severity?.toLowerCase());

const vectorsOf: Judge = ({ details: { vectorBefore, vectorAfter, explanations = {} } }) => {
  if (vectorBefore === undefined || vectorAfter === undefined)
    return [
      ...lacks(
        vectorBefore,
        'vectorBefore',
        'is needed: the CVSS vector of the weakness, as NVD or the scanner has it',
      ),
      ...lacks(
        vectorAfter,
        'vectorAfter',
        'is needed: the same vector with the environmental metrics of this system',
      ),
    ];
  const [before, after] = [readVector(vectorBefore), readVector(vectorAfter)];
  if (typeof before === 'string' || typeof after === 'string')
    return [
      ...(typeof before === 'string' ? [fault('vectorBefore', before)] : []),
      ...(typeof after === 'string' ? [fault('vectorAfter', after)] : []),
    ];
  if (before.version !== after.version)
    return [
      fault(
        'vectorAfter',
        `is of CVSS ${after.version}, the other of ${before.version}: give both in one version`,
      ),
    ];
  const { changed, ofBase, ofTime } = changeOf(before, after);
  if (changed.length === 0)
    return [
      fault(
        'vectorAfter',
        'changes nothing: name the environmental metrics that differ here (MAV, MAC, CR, …)',
      ),
    ];
  return [
    ...ofBase.map((name) =>
      fault(
        'vectorAfter',
        `changes ${name}, which is of the weakness itself: use the environmental metric M${name} instead`,
      ),
    ),
    ...ofTime.map((name) =>
      fault('vectorAfter', `changes ${name}: a rating is not adjusted by metrics that change with time`),
    ),
    ...changed
      .filter((name) => (explanations[name] ?? '').trim() === '')
      .map((name) =>
        fault(
          'explanations',
          `say why ${name} is another here: each metric that changes has its explanation`,
        ),
      ),
  ];
};

/** Total: a new kind says what it needs. */
const needs: Readonly<Record<DeviationKind, Judge>> = {
  false_positive: (asked, facts) => [
    ...lacks(
      asked.details.proof,
      'proof',
      'is needed: what shows that the scanner is wrong (version found, setting, vendor statement)',
    ),
    ...(asked.evidence.length === 0
      ? [
          fault(
            'evidence',
            'is needed: attach at least one file (screenshot, package list, vendor statement)',
          ),
        ]
      : []),
    ...endOf(asked, facts),
  ],
  risk_acceptance: (asked, facts) => [
    ...lacks(
      asked.details.conditions,
      'conditions',
      'are needed: under which the risk is accepted (what must stay as it is)',
    ),
    ...endOf(asked, facts),
  ],
  operational_requirement: (asked, facts) => [
    ...lacks(asked.details.impact, 'impact', 'is needed: what a fix would do to operations'),
    ...lacks(
      asked.details.acceptedBecause,
      'acceptedBecause',
      'is needed: why the remaining risk is accepted unmitigated',
    ),
    ...lacks(
      asked.compensatingControls,
      'compensatingControls',
      'are needed: what reduces the risk meanwhile',
    ),
    ...(asked.reviewOn === undefined
      ? [fault('reviewOn', 'is needed: the day on which it is looked at again')]
      : asked.reviewOn < facts.today
        ? [fault('reviewOn', `${asked.reviewOn} is past`)]
        : asked.until !== undefined && asked.reviewOn > asked.until
          ? [fault('reviewOn', `lies after its last day, ${asked.until}`)]
          : []),
    ...endOf(asked, facts),
  ],
  risk_adjustment: (asked, facts) => [
    ...vectorsOf(asked, facts),
    ...lacks(asked.details.mitigation, 'mitigation', 'is needed: what makes the risk smaller here'),
    ...(asked.adjustedSeverity === undefined
      ? [fault('adjustedSeverity', 'is needed: the rating that is asked for')]
      : rankOf(facts.severity) >= 0 && rankOf(asked.adjustedSeverity) >= rankOf(facts.severity)
        ? [
            fault(
              'adjustedSeverity',
              `${asked.adjustedSeverity} is not lower than ${facts.severity ?? ''}: a higher rating needs no request, edit it in the POA&M`,
            ),
          ]
        : []),
    ...endOf(asked, facts),
  ],
  vendor_dependency: ({ details }, { today }) => [
    ...lacks(details.product, 'product', 'is needed: the product that waits for a fix'),
    ...lacks(details.vendor, 'vendor', 'is needed: who is to make the fix'),
    ...lacks(details.contact, 'contact', 'is needed: how and whom you asked, and what they said'),
    ...(details.checkedIn === undefined
      ? [fault('checkedIn', 'is needed: the day on which you last asked the vendor')]
      : details.checkedIn > today
        ? [fault('checkedIn', `${details.checkedIn} lies ahead`)]
        : daysBetween(details.checkedIn, today) > checkInDays
          ? [fault('checkedIn', `is more than ${checkInDays} days ago: ask the vendor again first`)]
          : []),
  ],
};

/** Fields that only some kinds have; given for another, they would be kept and mean nothing. */
const ownFields: Readonly<Record<keyof DeviationDetails, DeviationKind>> = {
  proof: 'false_positive',
  impact: 'operational_requirement',
  acceptedBecause: 'operational_requirement',
  conditions: 'risk_acceptance',
  vectorBefore: 'risk_adjustment',
  vectorAfter: 'risk_adjustment',
  explanations: 'risk_adjustment',
  mitigation: 'risk_adjustment',
  product: 'vendor_dependency',
  vendor: 'vendor_dependency',
  checkedIn: 'vendor_dependency',
  contact: 'vendor_dependency',
  expectedFix: 'vendor_dependency',
};

/** What a request lacks, or says that does not fit, by field; empty where it may be asked for. */
export function faultsOf(asked: DeviationRequest, facts: RequestFacts): readonly FieldFault[] {
  const strange = (Object.keys(asked.details) as (keyof DeviationDetails)[]) // parsed by a strict schema
    .filter((field) => asked.details[field] !== undefined && ownFields[field] !== asked.kind)
    .map((field) => fault(field, `belongs to ${requestTitles[ownFields[field]]}, not to this`));
  const adjusted =
    asked.adjustedSeverity !== undefined && asked.kind !== 'risk_adjustment'
      ? [fault('adjustedSeverity', 'belongs to a risk adjustment, not to this')]
      : [];
  return [...strange, ...adjusted, ...needs[asked.kind](asked, facts)];
}
