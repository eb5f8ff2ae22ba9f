/** Why a POA&M is due when it is: what it promises, by which day it is obliged, what every policy says, and how that came to be. */
import { type Actor, isWithin, type Scope } from '../../canonical/access/index.ts';
import { byPerson } from '../../canonical/vocabulary/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import { listRequests, withdrawRequest } from '../../engine/approvals/index.ts';
import type { App } from '../../engine/run/index.ts';
import { recordChanges, withOperation } from '../../ledger/operations/index.ts';
import { settleQuestions } from '../../record/poam-life/index.ts';
import { findPoamSystem } from '../../record/poams/index.ts';
import {
  findPoamDates,
  listObligations,
  listWeaknessesOf,
  type ObligationRow,
  type PoamDates,
  savePromiseStands,
} from './dated-weaknesses.sql.ts';
import { answersOf, type DueAnswer, type DueInputs } from './due-date-of.ts';
import { fetchAnswers } from './due-dates.ts';
import { reasonOfAnswer } from './due-reason.ts';
import { fetchRuleParts, rulesFrom } from './policies.sql.ts';

/** A policy's answer with its reason in words. */
export interface ReasonedAnswer extends DueAnswer {
  readonly reason: string;
}

export interface DueExplanation extends PoamDates {
  readonly poamId: string;
  /** Whether it promises a later day than it is obliged to. */
  readonly isLate: boolean;
  /** The request to pull its promised date in, as long as it waits for those who decide. */
  readonly asked: { readonly approvalId: string; readonly on: string; readonly since: Date } | null;
  readonly weaknesses: readonly {
    readonly identifier: string;
    readonly name: string | null;
    readonly severity: string;
    readonly detectedOn: string;
    readonly dueOn: string;
    readonly dueReason: string;
    /** What each policy that applies says now, the earliest first. */
    readonly answers: readonly ReasonedAnswer[];
  }[];
  readonly history: readonly ObligationRow[];
}

const unknownPoam = (poamId: string): TielineError =>
  new TielineError('RECORD_UNKNOWN', `There is no POA&M ${poamId}.`);

async function requireWithin(app: Pick<App, 'db'>, scope: Scope, poamId: string): Promise<PoamDates> {
  const poam = await findPoamSystem(app.db, poamId);
  const dates = poam && isWithin(scope, poam.systemId) ? await findPoamDates(app.db, poamId) : undefined;
  if (!dates) throw unknownPoam(poamId);
  return dates;
}

/** @throws RECORD_UNKNOWN where it is not there or out of scope. */
export async function explainDueDate(app: App, scope: Scope, poamId: string): Promise<DueExplanation> {
  const dates = await requireWithin(app, scope, poamId);
  const weaknesses = await listWeaknessesOf(app.db, poamId);
  const answersFor = await fetchAnswers(app.db, weaknesses);
  return {
    poamId,
    ...dates,
    isLate: dates.promised !== null && dates.obligedBy !== null && dates.promised > dates.obligedBy,
    asked: await findAsked(app.db, poamId),
    weaknesses: weaknesses.map((weakness) => ({
      identifier: weakness.identifier,
      name: weakness.name,
      severity: weakness.severity,
      detectedOn: weakness.detectedOn,
      dueOn: weakness.dueOn,
      dueReason: weakness.dueReason,
      answers: answersFor(weakness),
    })),
    history: await listObligations(app.db, poamId),
  };
}

async function findAsked(db: App['db'], poamId: string): Promise<DueExplanation['asked']> {
  const subject = { kind: 'due_date', id: poamId } as const;
  const [request] = await listRequests(db, { status: 'pending', subject }, 1);
  const on = request?.lines.find(({ field }) => field === 'scheduled_completion')?.after;
  return request && on !== undefined
    ? { approvalId: request.approvalId, on, since: request.requestedAt }
    : null;
}

/** A promised date that stands although its POA&M is obliged earlier, as somebody said. */
export interface StandingPromise {
  readonly poamId: string;
  readonly by: string;
  readonly reason: string;
  readonly now: Date;
}

/**
 * Keeps that the promised date stands, in the transaction of the decision: the POA&M leaves the inbox until another obligation arises, and stays
 * late against this one, with who said so and why. Nothing where it promises no later day than it is obliged to.
 */
export async function keepPromise(
  db: App['db'],
  operationId: string,
  { poamId, by, reason, now }: StandingPromise,
): Promise<void> {
  const dates = await findPoamDates(db, poamId);
  const { promised = null, obligedBy = null } = dates ?? {};
  if (promised === null || obligedBy === null || promised <= obligedBy) return;
  await savePromiseStands(db, poamId, { by, at: now, reason });
  await settleQuestions(db, [poamId], { by, settlement: 'stands' }, ['due_earlier']);
  await recordChanges(db, { systemId: null, operationId }, [
    {
      entity: 'poam',
      entityId: poamId,
      field: 'obliged_by',
      before: obligedBy,
      after: `${promised} stands`,
      direction: 'internal',
      decidedBy: byPerson(by),
      reason,
    },
  ]);
}

/**
 * A person says that the promised date stands although the POA&M is obliged earlier: it leaves the inbox until another obligation
 * arises. The obligation stays, and so does what is said of it. @throws RECORD_UNKNOWN, EDIT_REFUSED.
 */
export async function letPromiseStand(
  app: App,
  actor: Actor,
  scope: Scope,
  given: { readonly poamId: string; readonly reason: string },
): Promise<void> {
  const dates = await requireWithin(app, scope, given.poamId);
  const { promised, obligedBy } = dates;
  if (promised === null || obligedBy === null || promised <= obligedBy)
    throw new TielineError('EDIT_REFUSED', 'Nothing was changed.', {
      fields: [{ field: 'scheduled_completion', message: 'is not later than the POA&M is obliged to' }],
    });
  await app.store.transaction(({ db }) =>
    withOperation(
      db,
      {
        type: 'update',
        system: 'tieline',
        step: 'promise stands',
        metadata: { principalId: actor.principalId, by: actor.name },
      },
      async ({ id: operationId, count }) => {
        await keepPromise(db, operationId, { ...given, by: actor.name, now: app.now() });
        const subject = { kind: 'due_date', id: given.poamId } as const;
        const why = { by: actor.name, reason: given.reason };
        await withdrawRequest(db, operationId, subject, { how: 'withdrawn', at: app.now(), ...why });
        await count({ read: 1, updated: 1 });
      },
    ),
  );
}

/** What every policy of a boundary, or all that there are, would say of a weakness that is made up. */
export async function tryDueDate(
  app: App,
  scope: Scope,
  given: { readonly systemId: string | null; readonly every: boolean; readonly inputs: DueInputs },
): Promise<ReasonedAnswer[]> {
  if (given.systemId !== null && !isWithin(scope, given.systemId))
    throw new TielineError('RECORD_UNKNOWN', `There is no system ${given.systemId}.`);
  const parts = await fetchRuleParts(app.db);
  const all = [...new Set(parts.versions.map((each) => each.policyId))].map((policyId) => ({
    systemId: null,
    policyId,
    applies: true,
    coversOpen: false,
    setAt: new Date(0),
  }));
  const rules = given.every ? rulesFrom({ ...parts, uses: all })(null) : rulesFrom(parts)(given.systemId);
  return answersOf(given.inputs, rules).map((answer) => ({
    ...answer,
    reason: reasonOfAnswer(answer, given.inputs.severity),
  }));
}
