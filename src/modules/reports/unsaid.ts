/** Fields of a POA&M that a format has no place for. */
import { idOf } from './named-facts.ts';
import type { ReportNote } from './rendered.ts';
import type { PoamFacts } from './snapshot/snapshot.ts';

const titles = {
  rating: 'Severity',
  relevance: 'Threat Relevance',
  likelihood: 'Likelihood',
  impact: 'Impact',
  residual: 'Residual Risk Level',
  deviationRationale: 'Deviation Rationale',
  cost: 'Cost',
} as const satisfies Partial<Record<keyof PoamFacts, string>>;

/** Notes of those fields that say something. */
export const unsaidNotes = (poam: PoamFacts, fields: readonly (keyof typeof titles)[]): ReportNote[] =>
  fields.flatMap((field) =>
    poam[field] === null ? [] : [{ code: 'unsaid_field', subject: idOf(poam), field: titles[field] }],
  );
