/**
 * When a weakness is due. Pure.
 *
 * Each policy that applies gives an answer of its own: its clock starts on a day (basis), its table gives days under conditions. What is
 * not known of a weakness stays unknown: the table is asked for every value that it may have, the earliest and the latest date are both
 * kept, and the earliest is proposed. Of all policies the earliest date wins; every other answer is kept beside it.
 *
 * Rejected: to take a default for what is unknown (not exposed, not automatable). It would be a date that nobody decided.
 */
import {
  type DueBasis,
  type DueCondition,
  dueConditions,
  type DueFacts,
  type PolicyTime,
  type PolicyVersion,
} from '../../canonical/due-dates/index.ts';
import type { Severity } from '../../canonical/vocabulary/index.ts';
import { type Calendar, countDays } from './calendar/calendar.ts';
import type { AppliedPolicy, CveFacts, DueAnswer, DueDate, DueInputs, Silence } from './due-inputs.ts';
import { addDays, dayAfter, earlierOf, laterOf } from './calendar/days.ts';

export type { AppliedPolicy, CveFacts, DueAnswer, DueDate, DueInputs, Silence } from './due-inputs.ts';

interface Clock {
  /** On which day it started. */
  readonly on: string;
  /** ISO, where the very time is known. */
  readonly at?: string | undefined;
  /** By which day it is decided which version is in force. */
  readonly forcedOn: string;
}

const daysAreGiven = (basis: DueBasis): boolean => basis === 'kev_due' || basis === 'comply_by';

/** @param cve the CVE that is judged, where the policy is about CVEs. */
const clocks: Readonly<
  Record<DueBasis, (inputs: DueInputs, cve: CveFacts | undefined) => Clock | undefined>
> = {
  first_found: ({ detectedOn }) => ({ on: detectedOn, forcedOn: detectedOn }),
  original_detection: ({ detectedOn, vendorReleasedOn }) => ({
    on: vendorReleasedOn === undefined ? detectedOn : laterOf(detectedOn, vendorReleasedOn),
    forcedOn: detectedOn,
  }),
  // Not evaluated yet: the clock may have started with detection, no later.
  evaluation_completed: ({ detectedOn, evaluatedAt }) => {
    const on = evaluatedAt === undefined ? detectedOn : laterOf(detectedOn, evaluatedAt.slice(0, 10));
    return { on, at: evaluatedAt?.startsWith(on) ? evaluatedAt : undefined, forcedOn: on };
  },
  kev_or_detection: ({ detectedOn }, cve) => ({
    on: cve?.kevAdded === undefined ? detectedOn : earlierOf(detectedOn, cve.kevAdded),
    forcedOn: cve?.kevAdded === undefined ? detectedOn : laterOf(detectedOn, cve.kevAdded),
  }),
  kev_due: ({ detectedOn }, cve) =>
    cve?.kevDue === undefined
      ? undefined
      : { on: cve.kevDue, forcedOn: laterOf(detectedOn, cve.kevAdded ?? detectedOn) },
  comply_by: ({ detectedOn, complyBy }) =>
    complyBy === undefined ? undefined : { on: complyBy, forcedOn: detectedOn },
};

const aboutCves: readonly DueCondition[] = ['kev', 'automatable', 'impact', 'epss'];
const isAboutCves = ({ basis, times }: PolicyVersion): boolean =>
  basis === 'kev_or_detection' ||
  basis === 'kev_due' ||
  times.some(({ when }) => aboutCves.some((each) => each in when));

/** What an approved risk adjustment says, where the policy goes by it. */
const adjustmentFor = ({ rating, times }: PolicyVersion, { adjusted }: DueInputs): DueInputs['adjusted'] =>
  rating === 'adjusted' && times.some(({ when }) => 'severity' in when) ? adjusted : undefined;

/** Whether a score reaches what the policy names; a CVE without a score is unknown. */
const epssFor = ({ epssFrom }: PolicyVersion, epss: number | undefined): 'yes' | 'no' | undefined =>
  epss === undefined || epssFrom === null ? undefined : epss >= epssFrom ? 'yes' : 'no';

function factsOf(policy: PolicyVersion, inputs: DueInputs, cve: CveFacts | undefined): DueFacts {
  return {
    severity: adjustmentFor(policy, inputs)?.severity ?? inputs.severity,
    epss: epssFor(policy, cve?.epss),
    kev: cve?.kev,
    automatable: cve?.automatable,
    impact: cve?.impact,
    exposed: inputs.exposed,
    class: inputs.class,
    reachable: inputs.reachable,
    exploitable: inputs.exploitable,
    agency_impact: inputs.agencyImpact,
  };
}

/** The rows that the table may give, one for each way in which what is unknown may be; undefined: none fits then. */
interface Rows {
  readonly possible: readonly (PolicyTime | undefined)[];
  readonly unknown: readonly DueCondition[];
  readonly asked: readonly DueCondition[];
}

const conditions = Object.keys(dueConditions) as DueCondition[]; // its own keys
const tables = new WeakMap<PolicyVersion, Map<string, Rows>>();

/** Kept by policy and facts: a hundred thousand weaknesses have a few hundred combinations of them. */
function rowsOf(policy: PolicyVersion, facts: DueFacts): Rows {
  const known = tables.get(policy) ?? new Map<string, Rows>();
  tables.set(policy, known);
  const asked = conditions.filter((each) => policy.times.some(({ when }) => each in when));
  const key = asked.map((each) => facts[each] ?? '?').join(' ');
  const found = known.get(key) ?? lookUp(policy, asked, facts);
  known.set(key, found);
  return found;
}

function lookUp(policy: PolicyVersion, asked: readonly DueCondition[], facts: DueFacts): Rows {
  let ways: Readonly<Record<string, string>>[] = [{}];
  for (const each of asked) {
    const value = facts[each];
    const values: readonly string[] = value === undefined ? dueConditions[each] : [value];
    ways = ways.flatMap((way) => values.map((one) => ({ ...way, [each]: one })));
  }
  const fits = (time: PolicyTime, way: Readonly<Record<string, string>>): boolean =>
    Object.entries(time.when).every(([condition, value]) => way[condition] === value);
  const found = ways.map((way) => policy.times.find((time) => fits(time, way)));
  // Two rows that say the same are one.
  const possible = [
    ...new Map(
      found.map((time) => [JSON.stringify([time?.days, time?.remark, time === undefined]), time]),
    ).values(),
  ];
  // What is unknown and makes no difference is not asked for.
  const unknown = possible.length < 2 ? [] : asked.filter((each) => facts[each] === undefined);
  return { possible, unknown, asked };
}

/** The version in force on a day; the newest of them. */
function versionOn(versions: readonly PolicyVersion[], day: string): PolicyVersion | undefined {
  return versions
    .filter(
      ({ effectiveFrom, effectiveUntil }) =>
        (effectiveFrom === null || effectiveFrom <= day) && (effectiveUntil === null || day < effectiveUntil),
    )
    .toSorted((a, b) => b.version - a.version)[0];
}

export interface DueRules {
  readonly policies: readonly AppliedPolicy[];
  readonly calendars: ReadonlyMap<string, Calendar>;
}

/** Which version of a policy speaks, and from when it counts; or why it says nothing. */
type Chosen =
  | { readonly policy: PolicyVersion; readonly clock: Clock }
  | { readonly policy: PolicyVersion; readonly silence: Silence };

function choose(applied: AppliedPolicy, inputs: DueInputs, cve: CveFacts | undefined): Chosen {
  const [first] = applied.versions;
  if (!first) throw new Error(`Policy ${applied.policyId} has no version.`);
  const clockOf = ({ basis }: PolicyVersion): Clock | undefined => clocks[basis](inputs, cve);
  const inForce = applied.versions.find((each) => {
    const clock = clockOf(each);
    return clock !== undefined && versionOn(applied.versions, clock.forcedOn) === each;
  });
  // The one that began after the clock had started: it counts where the boundary lets it count for what was open.
  const later = applied.versions
    .filter((each) => (each.effectiveFrom ?? '') > (clockOf(each)?.forcedOn ?? inputs.detectedOn))
    .toSorted((a, b) => ((a.effectiveFrom ?? '') < (b.effectiveFrom ?? '') ? -1 : 1))[0];
  const policy = inForce ?? later ?? first;
  if (policy.civilianOnly && inputs.nationalSecurity === 'yes')
    return { policy, silence: 'national_security' };
  const clock = clockOf(policy);
  if (!clock) return { policy, silence: 'no_day_given' };
  if (inForce === undefined) {
    if (!later) return { policy, silence: 'not_in_force' };
    if (!applied.coversOpen) return { policy, silence: 'began_later' };
    if (applied.unapproved?.includes(later.version) === true) return { policy, silence: 'not_approved' };
  }
  return { policy, clock };
}

/** The date that a row gives. A policy does not count days before it began. */
function dateBy(
  policy: PolicyVersion,
  time: PolicyTime | undefined,
  { since, at }: { readonly since: string; readonly at: string | undefined },
  calendars: DueRules['calendars'],
): string | null {
  const days = time?.days ?? null;
  if (days === null) return null;
  if (!Number.isInteger(days) && at?.startsWith(since) === true) return dayAfter(at, days);
  const calendar = policy.calendar === null ? undefined : calendars.get(policy.calendar);
  return countDays(since, Math.floor(days), { counts: policy.counts, calendar });
}

const silent = (policy: PolicyVersion, silence: Silence, cve: CveFacts | undefined): DueAnswer => ({
  policyId: policy.policyId,
  title: policy.title,
  version: policy.version,
  on: null,
  latest: null,
  silence,
  basis: policy.basis,
  since: null,
  days: null,
  remark: null,
  unknown: [],
  facts: {},
  cve: cve?.cve ?? null,
  adjustment: null,
  evaluateBy: null,
});

/** One policy's answer for a weakness, or for one CVE of it. */
function answerFor(
  applied: AppliedPolicy,
  inputs: DueInputs,
  cve: CveFacts | undefined,
  calendars: DueRules['calendars'],
): DueAnswer {
  const chosen = choose(applied, inputs, cve);
  const { policy } = chosen;
  if ('silence' in chosen) return silent(policy, chosen.silence, cve);
  const { clock } = chosen;
  const given = daysAreGiven(policy.basis);
  const since = given || policy.effectiveFrom === null ? clock.on : laterOf(clock.on, policy.effectiveFrom);
  const facts = factsOf(policy, inputs, cve);
  const rows = rowsOf(policy, facts);
  const dates = rows.possible
    .map((time) => ({ time, on: dateBy(policy, time, { since, at: clock.at }, calendars) }))
    .toSorted(byDate);
  const best = dates.find((each) => each.time !== undefined);
  if (!best) return silent(policy, 'no_row', cve);
  const isEvaluated = policy.basis !== 'evaluation_completed' || inputs.evaluatedAt !== undefined;
  return {
    ...silent(policy, 'no_deadline', cve),
    silence: best.on === null ? 'no_deadline' : null,
    on: best.on,
    latest: isEvaluated ? (dates.at(-1)?.on ?? null) : null,
    since,
    days: given ? null : (best.time?.days ?? null),
    remark: best.time?.remark ?? null,
    unknown: [...rows.unknown, ...(isEvaluated ? [] : ['evaluated'])],
    facts: Object.fromEntries(rows.asked.map((each) => [each, facts[each] ?? 'unknown'])),
    adjustment: adjustmentFor(policy, inputs)?.deviation ?? null,
    evaluateBy: isEvaluated ? null : evaluateBy(policy, inputs),
  };
}

/** By when a weakness that nobody has evaluated is to be: of a boundary whose class is not known, the earliest that it may be. */
function evaluateBy({ evaluations, effectiveFrom }: PolicyVersion, inputs: DueInputs): string | null {
  const days = evaluations
    .filter((each) => inputs.class === undefined || each.class === inputs.class)
    .map((each) => each.days);
  if (days.length === 0) return null;
  const { detectedOn } = inputs;
  return addDays(effectiveFrom === null ? detectedOn : laterOf(detectedOn, effectiveFrom), Math.min(...days));
}

const byDate = (a: { readonly on: string | null }, b: { readonly on: string | null }): number =>
  a.on === b.on ? 0 : a.on === null ? 1 : b.on === null ? -1 : a.on < b.on ? -1 : 1;

/** The earliest of a policy's answers over the CVEs of the weakness; of those without a date, the one that says most. */
function answerOf(applied: AppliedPolicy, inputs: DueInputs, calendars: DueRules['calendars']): DueAnswer {
  if (!applied.versions.some(isAboutCves)) return answerFor(applied, inputs, undefined, calendars);
  const rank = ({ silence }: DueAnswer): number => (silence === null ? 0 : silence === 'no_deadline' ? 1 : 2);
  const best = inputs.cves
    .map((cve) => answerFor(applied, inputs, cve, calendars))
    .toSorted((a, b) => byDate(a, b) || rank(a) - rank(b))[0];
  return best ?? silent(choose(applied, inputs, undefined).policy, 'no_cve', undefined);
}

/** What each policy says, the earliest date first, then those without one. */
export function answersOf(inputs: DueInputs, { policies, calendars }: DueRules): DueAnswer[] {
  return policies.map((applied) => answerOf(applied, inputs, calendars)).toSorted(byDate);
}

/** When a weakness is due by the policies that apply; undefined where none of them gives a date. */
export function dueDateOf(inputs: DueInputs, rules: DueRules): DueDate | undefined {
  const answers = answersOf(inputs, rules);
  const [first] = answers;
  return first && first.on !== null
    ? { on: first.on, answer: { ...first, on: first.on }, answers }
    : undefined;
}

/** Where no policy gives a date: a weakness is never without one, since without it nobody would be told of it. */
const usualDays: Readonly<Record<Severity, number>> = {
  Critical: 7,
  High: 30,
  Medium: 90,
  Low: 180,
  Info: 365,
};

/** The date by the usual days from its detection, with what each policy answered beside it. */
export function dueWithoutPolicy(inputs: DueInputs, rules: DueRules): DueDate {
  const { severity, detectedOn } = inputs;
  const days = usualDays[severity];
  const on = countDays(detectedOn, days, { counts: 'days' });
  const answer = {
    policyId: 'org-default',
    title: 'organization matrix',
    version: 1,
    on,
    latest: on,
    silence: null,
    basis: 'first_found',
    since: detectedOn,
    days,
    remark: null,
    unknown: [],
    facts: { severity },
    cve: null,
    adjustment: null,
    evaluateBy: null,
  } as const;
  return { on, answer, answers: [...answersOf(inputs, rules), answer] };
}
