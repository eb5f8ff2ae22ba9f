/**
 * What becomes of alerts, as a pure rule: of what conditions found, the rules in force and the alerts that are open. One alert a subject:
 * raised once, updated while it holds, resolved when it no longer does. A person's acknowledgement ends when the alert becomes graver, and a
 * suppression with its time.
 */
import {
  type AlertKind,
  type AlertState,
  type Reason,
  reasonOf,
  severities,
  type Severity,
} from '../../canonical/vocabulary/index.ts';
import type { Candidate } from './conditions.sql.ts';
import type { AlertLevel, AlertRule } from './rules.sql.ts';

export interface OpenAlert {
  readonly alertId: string;
  readonly kind: AlertKind;
  readonly subject: string;
  readonly systemId: string | null;
  readonly severity: Severity;
  readonly state: Exclude<AlertState, 'resolved'>;
  readonly title: string;
  readonly threshold: number | null;
  readonly value: number | null;
  readonly suppressedUntil: Date | null;
  readonly updatedAt: Date | null;
}

/** Half a day: an alert of another machine whose value stands still is not taken for one that nobody reports any more. */
const touchedMs = 43_200_000;

/** A candidate that passes a threshold. */
export interface Passing extends Candidate {
  readonly ruleId: number;
  readonly severity: Severity;
  readonly threshold: number;
}

export interface ChangedAlert extends Passing {
  readonly alertId: string;
  readonly severityBefore: Severity;
  readonly stateBefore: OpenAlert['state'];
  readonly state: OpenAlert['state'];
  /** Whether people are told: it became graver, or its suppression is over. */
  readonly tells: 'graver' | 'returned' | null;
}

export interface ResolvedAlert {
  readonly alert: OpenAlert;
  readonly reason: Reason;
}

export interface Decided {
  readonly raised: readonly Passing[];
  readonly changed: readonly ChangedAlert[];
  readonly resolved: readonly ResolvedAlert[];
}

const rank = (severity: Severity): number => severities.indexOf(severity);

/** The gravest level that the value reaches. */
export function levelOf(
  { direction, levels }: Pick<AlertRule, 'direction' | 'levels'>,
  value: number,
): AlertLevel | undefined {
  return levels
    .filter(({ at }) => (direction === 'above' ? value >= at : value <= at))
    .toSorted(
      (one, other) =>
        rank(other.severity) - rank(one.severity) ||
        (direction === 'above' ? other.at - one.at : one.at - other.at),
    )[0];
}

/** The threshold short of which nothing alerts, over all rules of a kind; undefined: none is in force. */
export function loosestOf(rules: readonly AlertRule[]): number | undefined {
  const ats = rules.filter(({ isEnabled }) => isEnabled).flatMap(({ levels }) => levels.map(({ at }) => at));
  if (ats.length === 0) return undefined;
  return rules[0]?.direction === 'below' ? Math.max(...ats) : Math.min(...ats);
}

/** The rule of the boundary, else that of all. */
export const ruleFor = (
  rules: readonly AlertRule[],
  { systemId, metric }: { readonly systemId: string | null; readonly metric: string | null },
): AlertRule | undefined =>
  rules.find((rule) => rule.metric === metric && rule.systemId === systemId) ??
  rules.find((rule) => rule.metric === metric && rule.systemId === null);

const metricOf = (kind: AlertKind, { entityId }: Candidate): string | null =>
  kind === 'metric' ? entityId : null;

export function passing(
  kind: AlertKind,
  rules: readonly AlertRule[],
  candidates: readonly Candidate[],
): Passing[] {
  return candidates.flatMap((candidate) => {
    const rule = ruleFor(rules, { systemId: candidate.systemId, metric: metricOf(kind, candidate) });
    const level = rule?.isEnabled ? levelOf(rule, candidate.value) : undefined;
    return rule && level
      ? [{ ...candidate, ruleId: rule.id, severity: level.severity, threshold: level.at }]
      : [];
  });
}

/** @param found of one kind: all of its candidates. @param open its open alerts, as far as this evaluation answers for them. */
export function decide(
  kind: AlertKind,
  found: { readonly rules: readonly AlertRule[]; readonly candidates: readonly Candidate[] },
  open: readonly OpenAlert[],
  now: Date,
): Decided {
  const passed = passing(kind, found.rules, found.candidates);
  const known = new Map(open.map((alert) => [alert.subject, alert]));
  const holds = new Set(passed.map(({ subject }) => subject));
  return {
    raised: passed.filter(({ subject }) => !known.has(subject)),
    changed: passed.flatMap((each) => {
      const alert = known.get(each.subject);
      return alert ? [changeOf(alert, each, now)].filter((change) => change !== undefined) : [];
    }),
    resolved: open
      .filter(({ subject }) => !holds.has(subject))
      .map((alert) => ({ alert, reason: whyOver(alert, found) })),
  };
}

function changeOf(alert: OpenAlert, found: Passing, now: Date): ChangedAlert | undefined {
  const isGraver = rank(found.severity) > rank(alert.severity);
  const isSuppressed =
    alert.state === 'suppressed' && alert.suppressedUntil !== null && alert.suppressedUntil > now;
  const isOver = alert.state === 'suppressed' && !isSuppressed;
  const state = isSuppressed ? 'suppressed' : isOver || isGraver ? 'active' : alert.state;
  const isSame =
    state === alert.state &&
    found.severity === alert.severity &&
    found.value === alert.value &&
    found.threshold === alert.threshold &&
    alert.updatedAt !== null &&
    now.getTime() - alert.updatedAt.getTime() < touchedMs;
  if (isSame) return undefined;
  return {
    ...found,
    alertId: alert.alertId,
    severityBefore: alert.severity,
    stateBefore: alert.state,
    state,
    tells: isSuppressed ? null : isOver ? 'returned' : isGraver ? 'graver' : null,
  };
}

function whyOver(
  { subject, systemId, kind }: OpenAlert,
  { rules, candidates }: { readonly rules: readonly AlertRule[]; readonly candidates: readonly Candidate[] },
): Reason {
  const still = candidates.find((candidate) => candidate.subject === subject);
  const rule = ruleFor(rules, { systemId, metric: still ? metricOf(kind, still) : null });
  if (still && !rule?.isEnabled) return reasonOf('alert_rule_off');
  if (!rules.some(({ isEnabled }) => isEnabled)) return reasonOf('alert_rule_off');
  return still ? reasonOf('alert_within', { value: Number(still.value.toFixed(2)) }) : reasonOf('alert_gone');
}
