/** How the values of a field are compared: what in their spelling is not a difference. SPEC.md, section 2. */
import { TielineError } from '../../platform/errors/index.ts';

/**
 * `text`: white space, and case of mail addresses. `word`: of a value list; also its case and how its parts are joined.
 * `controls`: identifiers of controls in any order, with any separator, in any spelling. `list`: the same of other words, whose
 * case counts. `day`: a date, whatever its time says; the day is the writer's.
 */
export type Comparison = 'text' | 'word' | 'controls' | 'list' | 'day';

/** Fields that are not plain text; of the same name in every entity that has them. */
const comparisons: Record<string, Comparison> = {
  // Words of value lists.
  status: 'word',
  implementation_status: 'word',
  assessment_status: 'word',
  control_origination: 'word',
  risk_rating: 'word',
  weakness_risk_level: 'word',
  residual_risk_level: 'word',
  threat_relevance: 'word',
  likelihood: 'word',
  impact: 'word',
  confidentiality_impact: 'word',
  integrity_impact: 'word',
  availability_impact: 'word',
  kind: 'word',
  severity: 'word',
  protocol: 'word',
  deviation_kind: 'word',
  deviation_status: 'word',
  deviation_rating: 'word',

  security_control: 'controls',
  affected_assets: 'list',
  cves: 'list',
  compliance_scope: 'list',
  evidence_required: 'list',

  scheduled_completion: 'day',
  actual_completion: 'day',
  original_detection_date: 'day',
  next_assessment_date: 'day',
  deviation_decided_on: 'day',
  deviation_expires_on: 'day',
};

/** Adds those of an entity's own fields. @throws INTERNAL where another entity compares a field of the name otherwise. */
export function registerComparisons(ofFields: Readonly<Record<string, Comparison>>): void {
  for (const [field, as] of Object.entries(ofFields)) {
    if ((comparisons[field] ?? as) !== as)
      throw new TielineError('INTERNAL', `The field ${field} is compared as ${comparisons[field]} already.`);
    comparisons[field] = as;
  }
}

export function comparisonOf(field: string): Comparison {
  return comparisons[field] ?? 'text';
}
