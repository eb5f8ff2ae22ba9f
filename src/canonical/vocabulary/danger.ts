/** How much a person should look at a change before letting it happen: the most dangerous first. One table for plans and approvals. */
import { isJsonObject, type Json } from '../../platform/values/index.ts';
import { severities } from './vocabulary.ts';

export const dangers = [
  'ends_poam',
  'later_or_lower',
  'accepts_risk',
  'creates',
  'updates',
  'tags',
  'links',
  'held',
] as const;
export type Danger = (typeof dangers)[number];

/** What each is, for the head of a plan and the groups below it. */
export const dangerTitles: Readonly<Record<Danger, string>> = {
  ends_poam: 'completes or cancels a record',
  later_or_lower: 'moves a date later, or lowers a severity',
  accepts_risk: 'accepts a risk, or calls a finding false',
  creates: 'creates a record',
  updates: 'changes a record',
  tags: 'sets tags',
  links: 'links records, or marks them as missing',
  held: 'waits for a person to settle a conflict',
};

export interface JudgedChange {
  readonly entity: string;
  readonly kind: 'create' | 'update' | 'link' | 'missing' | 'conflict';
  readonly field: string | null;
  readonly before: Json;
  readonly after: Json;
}

const word = (value: Json): string => (typeof value === 'string' ? value.trim().toLowerCase() : '');
const ending: ReadonlySet<string> = new Set([
  'completed',
  'cancelled',
  'canceled',
  'closed',
  'not applicable',
]);
const accepting: ReadonlySet<string> = new Set([
  'risk accepted',
  'false positive',
  'operational requirement',
]);
const statuses: ReadonlySet<string> = new Set(['status']);
const promises: ReadonlySet<string> = new Set(['scheduled_completion', 'expires_at', 'due_date']);
const severityFields: ReadonlySet<string> = new Set([
  'weakness_risk_level',
  'risk_rating',
  'residual_risk_level',
  'severity',
]);
/** What is an acceptance when it is made, and what only sets tags. */
const acceptances: ReadonlySet<string> = new Set(['acceptance']);
const tagging: ReadonlySet<string> = new Set(['asset_tag']);

const rankOf = (value: Json): number => severities.findIndex((each) => each.toLowerCase() === word(value));

function isLaterOrLower(field: string, before: Json, after: Json): boolean {
  if (promises.has(field)) return word(before) !== '' && (after === null || word(after) > word(before));
  if (!severityFields.has(field)) return false;
  return rankOf(before) > rankOf(after) && rankOf(before) >= 0;
}

/** @param change of one field, or of a whole record (`field` null; `after` is then what it says). */
export function dangerOf(change: JudgedChange): Danger {
  const { entity, kind, field, before, after } = change;
  if (kind === 'conflict') return 'held';
  if (kind === 'link' || kind === 'missing') return 'links';
  if (tagging.has(entity)) return 'tags';
  if (acceptances.has(entity) && kind === 'create') return 'accepts_risk';
  if (field === null && isJsonObject(after)) {
    const status = word(after['status'] ?? null);
    return accepting.has(status) ? 'accepts_risk' : ending.has(status) ? 'ends_poam' : 'creates';
  }
  if (field === null) return kind === 'create' ? 'creates' : 'updates';
  if (statuses.has(field) && ending.has(word(after))) return 'ends_poam';
  if (statuses.has(field) && accepting.has(word(after))) return 'accepts_risk';
  return isLaterOrLower(field, before, after) ? 'later_or_lower' : 'updates';
}

export const dangerRank = (danger: Danger): number => dangers.indexOf(danger);
