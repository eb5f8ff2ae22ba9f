/** What a report is told, checked field by field. Pure. */
import { type FieldFault, TielineError } from '../../platform/errors/index.ts';
import { commonParameters, type ParameterSpec, reportKind, type ReportKindName } from './kinds.ts';

/** The period and boundary of a report, and what its kind asks beside. */
export interface ReportParameters {
  readonly boundary: string | null;
  readonly from: string;
  readonly to: string;
  readonly poam: string | null;
  /** All of them as they are kept. */
  readonly all: Readonly<Record<string, string>>;
}

const isDay = (text: string): boolean => {
  const at = new Date(`${text}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
};

function faultOf(spec: ParameterSpec, value: string): FieldFault | undefined {
  const field = spec.name;
  if (spec.type === 'file')
    return { field, message: 'is a file: give it with --fill PATH, or on the page of reports' };
  if (spec.type === 'day' && !isDay(value)) return { field, message: `"${value}" is not a day, YYYY-MM-DD` };
  if (spec.choices && !spec.choices.includes(value))
    return { field, message: `"${value}" is not one of ${spec.choices.join(', ')}` };
  if (value.length > 2000) return { field, message: 'is longer than 2,000 characters' };
  return undefined;
}

const dayOf = (at: Date): string => at.toISOString().slice(0, 10);
/** The usual period: the last thirty days. */
const usualDays = 30;

/** @throws TielineError REPORT_INVALID naming each parameter that does not fit. */
export function readParameters(
  kind: ReportKindName,
  given: Readonly<Record<string, string | undefined>>,
  now: Date,
): ReportParameters {
  const { parameters: own, boundary: wants } = reportKind(kind);
  const specs = [...commonParameters, ...own];
  const faults: FieldFault[] = [];
  const all: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === '' || name === 'boundary') continue;
    const spec = specs.find((each) => each.name === name);
    const fault = spec
      ? faultOf(spec, value)
      : {
          field: name,
          message: `is no parameter of this report: it takes ${['boundary', ...specs.map((each) => each.name)].join(', ')}`,
        };
    if (fault) faults.push(fault);
    else all[name] = value;
  }
  for (const spec of own) {
    if (spec.default !== undefined && spec.default !== '') all[spec.name] ??= spec.default;
    if (spec.isRequired && all[spec.name] === undefined)
      faults.push({ field: spec.name, message: `is needed: ${spec.title.toLowerCase()}` });
  }
  const to = all['to'] ?? dayOf(now);
  const from = all['from'] ?? dayOf(new Date(Date.parse(`${to}T00:00:00Z`) - usualDays * 86_400_000));
  if (faults.length === 0 && from > to) faults.push({ field: 'from', message: `${from} is after ${to}` });
  const boundary = given['boundary'] === undefined || given['boundary'] === '' ? null : given['boundary'];
  if (wants === 'one' && boundary === null && all['poam'] === undefined)
    faults.push({ field: 'boundary', message: 'is needed: this report is about one authorization boundary' });
  if (faults.length > 0)
    throw new TielineError('REPORT_INVALID', 'The report was not made.', { fields: faults });
  const kept = { ...all, from, to, ...(boundary === null ? {} : { boundary }) };
  return { boundary, from, to, poam: all['poam'] ?? null, all: kept };
}
