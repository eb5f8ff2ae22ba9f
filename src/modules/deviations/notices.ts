/** What a person is to know or do about a deviation, as a pure rule over its dates and what is known of its findings. */
import { daysBetween } from '../../platform/timings/index.ts';
import type { DeviationRow } from './deviations.sql.ts';
import { checkInDays, dayAfter } from './requirements.ts';

export const noticeKinds = [
  'ends_in_30',
  'ends_in_7',
  'check_in_due',
  'review_due',
  'plugin_changed',
  'not_sent',
  'adjust_due',
  'found_there',
  'ended_there',
] as const;
export type NoticeKind = (typeof noticeKinds)[number];

export interface Notice {
  readonly kind: NoticeKind;
  /** The day, the number or the name that its sentence says. */
  readonly about: string;
}

/** As a row of the inbox says it; `{}` stands for what it is about. */
export const noticeSentences: Readonly<Record<NoticeKind, string>> = {
  ends_in_30: 'ends on {}',
  ends_in_7: 'ends on {}, within a week',
  check_in_due: 'the vendor was to be asked again by {}',
  review_due: 'was to be looked at again on {}',
  plugin_changed: 'the check {} was changed since: look whether it is still false',
  not_sent: 'not sent: no scanner holds it for {} of its assets',
  found_there: 'made at the scanner ({}), and nobody approved it: ask for it here, or end it',
  ended_there:
    'ended or given another day at the scanner for {} of its assets: withdraw it here, or set it right there',
  adjust_due: 'a High weakness that waits for its vendor is to be adjusted by {}',
};

export interface NoticeFacts {
  /** YYYY-MM-DD, in UTC. */
  readonly today: string;
  /** When the vendor was last asked. */
  readonly lastCheckIn: string | undefined;
  /** A plugin under it that was changed since it was approved. */
  readonly changedPlugin: string | undefined;
  /** Assets with open findings on which no scanner holds it. */
  readonly notSent: number;
  /** Whether an approved risk adjustment stands beside it on the POA&M. */
  readonly isAdjusted: boolean;
}

type Noticed = Pick<DeviationRow, 'state' | 'kind' | 'expiresOn' | 'reviewOn' | 'severity' | 'requestedAt'>;

/** FedRAMP: a High weakness that depends on its vendor is adjusted to Moderate within so many days. */
const adjustDays = 30;
const isGrave = (severity: string | null): boolean => severity === 'High' || severity === 'Critical';

export function noticesOf(deviation: Noticed, facts: NoticeFacts): readonly Notice[] {
  if (deviation.state !== 'approved') return [];
  const { today } = facts;
  const notices: Notice[] = [];
  const { expiresOn, reviewOn } = deviation;
  if (expiresOn !== null) {
    const left = daysBetween(today, expiresOn);
    if (left <= 7) notices.push({ kind: 'ends_in_7', about: expiresOn });
    else if (left <= 30) notices.push({ kind: 'ends_in_30', about: expiresOn });
  }
  if (reviewOn !== null && reviewOn <= today) notices.push({ kind: 'review_due', about: reviewOn });
  if (deviation.kind === 'vendor_dependency') {
    const requested = deviation.requestedAt.toISOString().slice(0, 10);
    const next = dayAfter(facts.lastCheckIn ?? requested, checkInDays);
    if (next <= today) notices.push({ kind: 'check_in_due', about: next });
    if (isGrave(deviation.severity) && !facts.isAdjusted)
      notices.push({ kind: 'adjust_due', about: dayAfter(requested, adjustDays) });
  }
  if (facts.changedPlugin !== undefined) notices.push({ kind: 'plugin_changed', about: facts.changedPlugin });
  if (facts.notSent > 0) notices.push({ kind: 'not_sent', about: String(facts.notSent) });
  return notices;
}
