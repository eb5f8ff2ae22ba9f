/**
 * A record as it was at an earlier moment: what it is today, with what changed since taken back. Pure.
 *
 * Only what conditions read and history tells of is taken back; a condition that reads anything else is refused before (`unreplayable.ts`).
 */
import { canonicalStatus, poamStandingOf } from '../../../canonical/vocabulary/index.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../platform/values/index.ts';
import type { History } from './history.sql.ts';
import { written } from './written.ts';

const at = (value: Json | undefined): number =>
  typeof value === 'string' ? Date.parse(value) : Number.POSITIVE_INFINITY;

/** The state of a finding at that moment; undefined: it had not been seen yet. */
function findingState(part: JsonObject, history: History, moment: number): string | undefined {
  if (at(part['first_found']) > moment) return undefined;
  const isGone = part['state'] === 'missing' || part['state'] === 'gone';
  if (isGone && at(part['missing']) <= moment) return written(part['state']);
  const row = part['row'] ?? part['id'];
  const before = (history.states.get(Number(row)) ?? []).filter((change) => change.at <= moment);
  return before.at(-1)?.state ?? 'open';
}

const day = (value: Json): Json =>
  typeof value === 'string' ? `${value.slice(0, 10)}T00:00:00.000Z` : value;

/** The value of a column at that moment: what the first change after it found there. @returns undefined: as it is today. */
function columnAt(history: History, key: string, column: string, moment: number): Json | undefined {
  const after = (history.journal.get(key) ?? []).find(
    (change) => change.field === column && change.at > moment,
  );
  return after?.before;
}

function poamAt(part: JsonObject, history: History, moment: number): JsonObject {
  const key = `poam ${written(part['id'])}`;
  const status = columnAt(history, key, 'status', moment);
  const taken: Record<string, Json> = {};
  if (status !== undefined) {
    const word = typeof status === 'string' ? status : null;
    taken['state'] = word === null ? null : canonicalStatus('status', word);
    taken['open'] = poamStandingOf(word) === 'live';
  }
  for (const [field, column] of [
    ['due', 'scheduled_completion'],
    ['completed', 'actual_completion'],
  ] as const) {
    const value = columnAt(history, key, column, moment);
    if (value !== undefined) taken[field] = day(value);
  }
  for (const [field, column] of [
    ['severity', 'weakness_risk_level'],
    ['owner', 'poc'],
    ['controls', 'security_control'],
  ] as const) {
    const value = columnAt(history, key, column, moment);
    if (value !== undefined) taken[field] = value;
  }
  const milestones = Array.isArray(part['milestones'])
    ? {
        milestones: part['milestones'].map((each) =>
          isJsonObject(each) ? milestoneAt(each, history, moment) : each,
        ),
      }
    : {};
  return { ...part, ...taken, ...milestones, ...findingsAt(part, history, moment) };
}

function milestoneAt(part: JsonObject, history: History, moment: number): JsonObject {
  const key = `milestone ${written(part['id'])}`;
  const state = columnAt(history, key, 'status', moment);
  const due = columnAt(history, key, 'scheduled_completion', moment);
  return {
    ...part,
    ...(state === undefined ? {} : { state }),
    ...(due === undefined ? {} : { due: day(due) }),
  };
}

/** The findings of a list as they were; those not seen yet are not in it. */
function findingsAt(part: JsonObject, history: History, moment: number): JsonObject {
  const { findings } = part;
  if (!Array.isArray(findings)) return {};
  return {
    findings: findings.flatMap((each): JsonObject[] => {
      if (!isJsonObject(each)) return [];
      const state = findingState(each, history, moment);
      return state === undefined ? [] : [{ ...each, state }];
    }),
  };
}

/** The POA&M that answered it, if it had been made by then. */
function answeredAt(part: JsonObject, history: History, moment: number): JsonObject {
  const { poam } = part;
  if (!isJsonObject(poam) || at(poam['created']) > moment) return { poam: null, on_poam: false };
  return { poam: poamAt(poam, history, moment) };
}

function dueAt(weakness: Json | undefined, part: JsonObject, history: History, moment: number): JsonObject {
  const known = history.obligations.get(Number(weakness)) ?? [];
  const [first] = known;
  if (!first) return {};
  const last = known.filter((each) => each.at <= moment).at(-1) ?? first;
  const changed = 'due_changed' in part ? { due_changed: new Date(last.at).toISOString() } : {};
  return { due: day(last.due), ...changed };
}

function findingAt(part: JsonObject, history: History, moment: number): JsonObject | undefined {
  const state = findingState(part, history, moment);
  if (state === undefined) return undefined;
  const before = (history.states.get(Number(part['row'])) ?? []).filter((change) => change.at <= moment);
  const lastOf = (word: string): string | null => {
    const found = before.filter((change) => change.state === word).at(-1);
    return found ? new Date(found.at).toISOString() : null;
  };
  return {
    ...part,
    ...answeredAt(part, history, moment),
    ...dueAt(part['weakness'], part, history, moment),
    state,
    open: state === 'open' || state === 'reopened',
    fixed: lastOf('fixed'),
    reopened: lastOf('reopened'),
    times_reopened: before.filter((change) => change.state === 'reopened').length,
  };
}

function weaknessAt(part: JsonObject, history: History, moment: number): JsonObject | undefined {
  if (at(part['detected']) > moment) return undefined;
  const listed = findingsAt(part, history, moment);
  const states = Array.isArray(listed['findings'])
    ? listed['findings'].map((each) => (isJsonObject(each) ? each['state'] : null))
    : [];
  const cves = Array.isArray(part['cves']) ? part['cves'].map(String) : [];
  const changes = cves.flatMap((cve) => history.feeds.get(cve) ?? []);
  const before = changes.filter((change) => change.at <= moment);
  const later = changes.filter((change) => change.at > moment && change.field === 'kev_added');
  const kevChanged = Math.max(...before.map((change) => change.at));
  return {
    ...part,
    ...listed,
    ...answeredAt(part, history, moment),
    ...dueAt(part['id'], part, history, moment),
    open: states.some((state) => state === 'open' || state === 'reopened'),
    // One that was listed since had not been; one whose listing was taken back since had been.
    kev:
      later.length > 0
        ? later.some((change) => change.before !== null) || isListedBefore(before)
        : (part['kev'] ?? false),
    kev_changed: before.length > 0 ? new Date(kevChanged).toISOString() : null,
  };
}

const isListedBefore = (changes: readonly { readonly field: string; readonly after: Json }[]): boolean =>
  changes.filter(({ field }) => field === 'kev_added').at(-1)?.after !== undefined &&
  changes.filter(({ field }) => field === 'kev_added').at(-1)?.after !== null;

function deviationAt(part: JsonObject, history: History, moment: number): JsonObject | undefined {
  if (at(part['requested']) > moment) return undefined;
  const state = columnAt(history, `deviation ${written(part['id'])}`, 'state', moment);
  return { ...part, ...(state === undefined ? {} : { state }), ...answeredAt(part, history, moment) };
}

/** @returns the record at that moment; undefined: it was not there yet. */
export function rewound(plain: JsonObject, history: History, now: Date): JsonObject | undefined {
  const moment = now.getTime();
  const parts: Readonly<Record<string, (part: JsonObject) => JsonObject | undefined>> = {
    finding: (part) => findingAt(part, history, moment),
    weakness: (part) => weaknessAt(part, history, moment),
    poam: (part) => (at(part['created']) > moment ? undefined : poamAt(part, history, moment)),
    deviation: (part) => deviationAt(part, history, moment),
    asset: (part) => (at(part['first_seen']) > moment ? undefined : part),
  };
  const taken: Record<string, Json> = {};
  for (const [name, part = null] of Object.entries(plain)) {
    const back = parts[name];
    if (back === undefined || !isJsonObject(part)) {
      taken[name] = part;
      continue;
    }
    const before = back(part);
    if (before === undefined) return undefined;
    taken[name] = before;
  }
  return taken;
}
