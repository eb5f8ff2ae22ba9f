/**
 * What the server makes of what it is sent: trimmed texts, status and risk words in its own case, control ids in NIST's
 * writing. A reading therefore differs from what was written, as it does with real GRC systems.
 */
import type { FieldError, MilestoneFields, PoamFields } from './records.ts';

/** undefined: not said. A wrong type is reported and read as null. */
type Reader<T> = (value: unknown, field: string, errors: FieldError[]) => T;

const text: Reader<string | null> = (value, field, errors) => {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string') {
    errors.push({ field, rule: 'type', message: `${field} must be a text` });
    return null;
  }
  const trimmed = value.replaceAll(/[ \t]+$/gm, '').trim();
  return trimmed === '' ? null : trimmed;
};

/** "Risk Accepted" → "risk_accepted" */
const word: Reader<string | null> = (value, field, errors) =>
  text(value, field, errors)
    ?.toLowerCase()
    .replaceAll(/[\s-]+/g, '_') ?? null;

/** "HIGH" → "high", "Very High" → "very high" */
const lower: Reader<string | null> = (value, field, errors) =>
  text(value, field, errors)
    ?.toLowerCase()
    .replaceAll(/[\s_]+/g, ' ') ?? null;

/** "very high" → "Very High" */
const title: Reader<string | null> = (value, field, errors) =>
  lower(value, field, errors)?.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase()) ?? null;

const texts: Reader<string[]> = (value, field, errors) => {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) {
    errors.push({ field, rule: 'type', message: `${field} must be a list of texts` });
    return [];
  }
  return [...new Set(value.flatMap((each, index) => text(each, `${field}[${index}]`, errors) ?? []))];
};

/** "si-2; ra-5" → "SI-2, RA-5"; "si-2.1" → "SI-2(1)" */
const controls: Reader<string | null> = (value, field, errors) => {
  const ids = controlIds(text(value, field, errors));
  return ids.length === 0 ? null : ids.join(', ');
};

/** The single control ids of a POA&M's security_control, in NIST's writing. */
export function controlIds(value: string | null): string[] {
  return (value ?? '')
    .split(/[,;]/)
    .map((each) => each.trim().toUpperCase())
    .filter((each) => each !== '')
    .map((each) => each.replace(/^([A-Z]{2})-0*(\d+)(?:\.0*(\d+)|\s*\(0*(\d+)\))?$/, controlId));
}

function controlId(
  _all: string,
  family: string,
  number: string,
  dotted?: string,
  bracketed?: string,
): string {
  const enhancement = dotted ?? bracketed;
  return enhancement === undefined ? `${family}-${number}` : `${family}-${number}(${enhancement})`;
}

/** Every field that a client may say of a POA&M, with how the server reads it; the compiler misses none. */
const poamReaders: { readonly [K in keyof PoamFields]-?: Reader<Exclude<PoamFields[K], undefined>> } = {
  external_uid: text,
  weakness_description: text,
  source: text,
  security_control: controls,
  resources: text,
  scheduled_completion: text,
  completion_date: text,
  poc: text,
  status: word,
  risk_rating: lower,
  deviation_rationale: text,
  original_detection_date: text,
  weakness_severity: title,
  residual_risk: title,
  threat_relevance: title,
  likelihood: title,
  impact: title,
  mitigation_strategy: text,
  comments: text,
  affected_assets: texts,
  cve_references: texts,
  cost_estimate: text,
  deviation_type: word,
  deviation_status: word,
  deviation_reference: text,
  deviation_summary: text,
  deviation_decided_by: text,
  deviation_decided_on: text,
  deviation_expires_on: text,
  adjusted_risk_rating: lower,
};

const milestoneReaders: { readonly [K in keyof MilestoneFields]: Reader<MilestoneFields[K]> } = {
  description: text,
  target_date: text,
  status: word,
  completion_date: text,
  comments: text,
};

/** A POA&M from a request body: the whole item, a field left out is blank. Wrong types are added to `errors`. */
export function readPoam(body: object, errors: FieldError[]): PoamFields {
  const read = readWith<PoamFields>(poamReaders, body, '', errors);
  // Shown only where somebody said something of a deviation.
  const unsaid = Object.keys(read).filter(
    (field) => /^(deviation_(?!rationale)|adjusted_)/.test(field) && !(field in body),
  );
  return { ...read, ...Object.fromEntries(unsaid.map((field) => [field, undefined])) };
}

/** @param prefix put before field names in errors: "milestones[0]." */
export function readMilestone(body: object, prefix: string, errors: FieldError[]): MilestoneFields {
  return readWith<MilestoneFields>(milestoneReaders, body, prefix, errors);
}

/** What a client may say of a control: its title, family and inheritance come from the catalog and the provider. */
export interface ControlFields {
  implementation_status: string | null;
  assessment_status: string | null;
  responsible_role: string | null;
  last_assessed: string | null;
  implementation_guidance: string | null;
  residual_risk: string | null;
}

export function readControl(body: object, errors: FieldError[]): ControlFields {
  return readWith<ControlFields>(
    {
      implementation_status: word,
      assessment_status: word,
      responsible_role: text,
      last_assessed: text,
      implementation_guidance: text,
      residual_risk: lower,
    },
    body,
    '',
    errors,
  );
}

function readWith<T extends object>(
  readers: { readonly [K in keyof T]-?: Reader<Exclude<T[K], undefined>> },
  body: object,
  prefix: string,
  errors: FieldError[],
): T {
  const given = new Map<string, unknown>(Object.entries(body));
  const read = Object.entries(readers).map(([field, reader]) => [
    field,
    (reader as Reader<unknown>)(given.get(field), `${prefix}${field}`, errors),
  ]);
  return Object.fromEntries(read) as T; // one reader for each key of T, each of the key's type
}
