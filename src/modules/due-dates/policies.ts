/** Policies as people see and change them: which there are, which apply where, and what a change of that would do. */
import { type Actor, isWithin, type Scope } from '../../canonical/access/index.ts';
import { dueConditions, type PolicyVersion } from '../../canonical/due-dates/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import type { App } from '../../engine/run/index.ts';
import { withOperation } from '../../ledger/operations/index.ts';
import { federalHolidays } from './calendar/calendar.ts';
import { listTiedWeaknesses } from './dated-weaknesses.sql.ts';
import { dueDatesFrom, gatherInputs } from './due-dates.ts';
import { listPolicyStarts, type PolicyStart } from './policy-starts.ts';
import {
  fetchCalendars,
  fetchRuleParts,
  insertPolicyVersion,
  listCalendarDays,
  listPolicyUses,
  listPolicyVersions,
  type PolicyUse,
  replacePolicyUse,
  type RuleParts,
  setCalendarDay,
  type UseToSet,
} from './policies.sql.ts';

export interface PolicyView {
  readonly policyId: string;
  /** The newest first. */
  readonly versions: readonly (PolicyVersion & { readonly inForce: boolean })[];
  /** By default (`systemId` null), and of boundaries that decide otherwise. */
  readonly uses: readonly PolicyUse[];
  /** Plans of versions that begin, the newest first. */
  readonly starts: readonly PolicyStart[];
}

const isSeen =
  (scope: Scope) =>
  ({ systemId }: { readonly systemId: string | null }): boolean =>
    systemId === null || isWithin(scope, systemId);

const inForceOn = (day: string, { effectiveFrom, effectiveUntil }: PolicyVersion): boolean =>
  (effectiveFrom === null || effectiveFrom <= day) && (effectiveUntil === null || day < effectiveUntil);

/** Every policy with its versions, and where it applies as far as the scope reaches. */
export async function listDuePolicies(app: App, scope: Scope): Promise<PolicyView[]> {
  const today = app.now().toISOString().slice(0, 10);
  const uses = (await listPolicyUses(app.db, 'now')).filter(isSeen(scope));
  const starts = await listPolicyStarts(app.db, scope);
  const byPolicy = Map.groupBy(await listPolicyVersions(app.db), (each) => each.policyId);
  return [...byPolicy].map(([policyId, versions]) => ({
    policyId,
    versions: versions.map((each) => ({ ...each, inForce: inForceOn(today, each) })),
    uses: uses.filter((each) => each.policyId === policyId),
    starts: starts.filter((each) => each.policyId === policyId).map(({ policyId: _own, ...start }) => start),
  }));
}

/** @throws RECORD_UNKNOWN. */
export async function fetchDuePolicy(app: App, scope: Scope, policyId: string): Promise<PolicyView> {
  const found = (await listDuePolicies(app, scope)).find((each) => each.policyId === policyId);
  if (!found) throw unknownPolicy(policyId);
  return found;
}

const unknownPolicy = (policyId: string): TielineError =>
  new TielineError('RECORD_UNKNOWN', `There is no due-date policy ${policyId}.`);

/** Which policies ever applied where, as far as the scope reaches, the newest first. */
export const listPolicyHistory = async (app: App, scope: Scope): Promise<PolicyUse[]> =>
  (await listPolicyUses(app.db, 'ever')).filter(isSeen(scope)).slice(0, 1000);

const operation = (actor: Actor, step: string) =>
  ({
    type: 'update',
    system: 'tieline',
    step,
    metadata: { principalId: actor.principalId, by: actor.name },
  }) as const;

/**
 * Adds a policy, or a new version of one; what is there is never changed.
 * @returns the version. @throws EDIT_REFUSED that names the row and what it may say.
 */
export async function addPolicyVersion(
  app: App,
  actor: Actor,
  given: Omit<PolicyVersion, 'version'>,
): Promise<{ readonly policyId: string; readonly version: number }> {
  const calendars = await fetchCalendars(app.db);
  const faults = given.times.flatMap(({ when }, n) =>
    Object.entries(when).flatMap(([condition, value]) => {
      const values: readonly string[] = dueConditions[condition as keyof typeof dueConditions]; // held to these by the schema
      return values.includes(value)
        ? []
        : [
            {
              field: `times[${n}].when.${condition}`,
              message: `"${value}" is not possible; expected ${values.join(', ')}`,
            },
          ];
    }),
  );
  if (given.calendar !== null && !calendars.has(given.calendar))
    faults.push({ field: 'calendar', message: `is unknown; there are ${[...calendars.keys()].join(', ')}` });
  if (given.epssFrom === null && given.times.some(({ when }) => 'epss' in when))
    faults.push({
      field: 'epssFrom',
      message: 'is needed: its table asks for epss; give the score from which that is yes',
    });
  if (new Set(given.evaluations.map((each) => each.class)).size < given.evaluations.length)
    faults.push({ field: 'evaluations', message: 'names a class twice' });
  if (given.evaluations.length > 0 && given.basis !== 'evaluation_completed')
    faults.push({
      field: 'evaluations',
      message: `has no effect with the basis ${given.basis}, whose clock waits for no evaluation: use the basis evaluation_completed, or leave it out`,
    });
  if (given.counts !== 'days' && given.calendar === null)
    faults.push({ field: 'calendar', message: `is needed to count ${given.counts}` });
  if (
    given.effectiveFrom !== null &&
    given.effectiveUntil !== null &&
    given.effectiveUntil <= given.effectiveFrom
  )
    faults.push({ field: 'effectiveUntil', message: 'is not after effectiveFrom' });
  if (faults.length > 0)
    throw new TielineError('EDIT_REFUSED', 'The policy was not saved.', { fields: faults });
  return app.store.transaction(({ db }) =>
    withOperation(db, operation(actor, 'due-date policy'), async ({ count }) => {
      const version = await insertPolicyVersion(db, given, { name: actor.name, now: app.now() });
      await count({ read: 1, created: 1 });
      return { policyId: given.policyId, version };
    }),
  );
}

export interface UsePreview {
  /** Weaknesses of open POA&Ms that were looked at. */
  readonly looked: number;
  /** Those that would be due earlier: each a new obligation with the next sync. */
  readonly earlier: number;
  /** Those of them whose POA&M promises a later day than that. */
  readonly late: number;
  /** The first of them. */
  readonly items: readonly {
    readonly poamId: string;
    readonly systemId: string;
    readonly weakness: string;
    readonly dueOn: string;
    readonly wouldBe: string;
    readonly promised: string | null;
    readonly reason: string;
  }[];
}

const shownItems = 200;

const withUse = (parts: RuleParts, use: UseToSet): RuleParts => ({
  ...parts,
  uses: [
    ...parts.uses.filter((each) => each.policyId !== use.policyId || each.systemId !== use.systemId),
    ...(use.applies === null ? [] : [{ ...use, applies: use.applies, setAt: new Date(0) }]),
  ],
  // What it would do once the plan of a version of its own that begins later is approved.
  agreedPolicy: use.policyId,
});

/** What would become of open POA&Ms if a policy were used so. Nothing is changed. @throws RECORD_UNKNOWN. */
export async function previewPolicyUse(app: App, scope: Scope, use: UseToSet): Promise<UsePreview> {
  const parts = await fetchRuleParts(app.db);
  if (!parts.versions.some((each) => each.policyId === use.policyId)) throw unknownPolicy(use.policyId);
  const weaknesses = await listTiedWeaknesses(app.db, scope, use.systemId);
  const inputsOf = await gatherInputs(app.db, weaknesses);
  const anywayOf = dueDatesFrom(parts, inputsOf);
  const dueDatesOf = dueDatesFrom(withUse(parts, use), inputsOf);
  const moved = weaknesses.flatMap((weakness) => {
    const due = dueDatesOf(weakness);
    // What the next sync would date earlier anyway is not of this use.
    return due.on < weakness.dueOn && due.on < anywayOf(weakness).on ? [{ weakness, due }] : [];
  });
  return {
    looked: weaknesses.length,
    earlier: moved.length,
    late: moved.filter(({ weakness, due }) => weakness.promised !== null && weakness.promised > due.on)
      .length,
    items: moved.slice(0, shownItems).map(({ weakness, due }) => ({
      poamId: weakness.poamId,
      systemId: weakness.systemId,
      weakness: weakness.identifier,
      dueOn: weakness.dueOn,
      wouldBe: due.on,
      promised: weakness.promised,
      reason: due.reason,
    })),
  };
}

/** Says where a policy applies. What follows from it for open POA&Ms is recorded by the next sync. @throws RECORD_UNKNOWN. */
export async function setPolicyUse(app: App, actor: Actor, use: UseToSet): Promise<void> {
  if (!(await listPolicyVersions(app.db)).some((each) => each.policyId === use.policyId))
    throw unknownPolicy(use.policyId);
  await app.store.transaction(({ db }) =>
    withOperation(db, operation(actor, 'due-date policy use'), async ({ count }) => {
      await replacePolicyUse(db, use, { name: actor.name, now: app.now() });
      await count({ read: 1, updated: 1 });
    }),
  );
}

export interface FreeDay {
  readonly calendar: string;
  readonly day: string;
  readonly isWorking: boolean;
  readonly title: string;
}

/** Own days of the calendars, and the federal holidays of a year. */
export const listFreeDays = async (
  app: App,
  year: number,
): Promise<{ readonly own: readonly FreeDay[]; readonly federal: readonly string[] }> => ({
  own: await listCalendarDays(app.db),
  federal: federalHolidays(year),
});

/** @param set null: the day is taken off the calendar. @throws RECORD_UNKNOWN. */
export async function changeFreeDay(
  app: App,
  actor: Actor,
  given: { readonly calendar: string; readonly day: string },
  set: { readonly isWorking: boolean; readonly title: string } | null,
): Promise<void> {
  if (!(await fetchCalendars(app.db)).has(given.calendar))
    throw new TielineError('RECORD_UNKNOWN', `There is no calendar ${given.calendar}.`);
  await app.store.transaction(({ db }) =>
    withOperation(db, operation(actor, 'calendar'), async ({ count }) => {
      await setCalendarDay(db, given, set, { name: actor.name, now: app.now() });
      await count({ read: 1, updated: 1 });
    }),
  );
}
