/** What people say that due dates hang on: of a boundary, a weakness, an asset or a network zone. Nothing said is overwritten. */
import { type Actor, isWithin, type Scope } from '../../canonical/access/index.ts';
import { byPerson } from '../../canonical/vocabulary/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import type { App } from '../../engine/run/index.ts';
import { recordChanges, withOperation } from '../../ledger/operations/index.ts';
import { findPoamSystem } from '../../record/poams/index.ts';
import {
  type EvaluationToSave,
  insertBoundaryFacts,
  insertEvaluations,
  insertExposure,
  listFacts,
  type Sayer,
  type ToldFacts,
} from './facts.sql.ts';
import { fetchSaidOfPoam, type SaidOfPoam } from './unanswered.sql.ts';

const sayer = (app: App, actor: Actor): Sayer => ({
  name: actor.name,
  principalId: actor.principalId,
  now: app.now(),
});
const operation = (actor: Actor, step: string) =>
  ({
    type: 'update',
    system: 'tieline',
    step,
    metadata: { principalId: actor.principalId, by: actor.name },
  }) as const;

/** Says of a boundary its class and whether it is a national security system; null is not known. It exists and is in scope. */
export async function setBoundaryFacts(
  app: App,
  actor: Actor,
  systemId: string,
  facts: {
    readonly class: string | null;
    readonly nationalSecurity: boolean | null;
    readonly reason: string | null;
  },
): Promise<void> {
  await app.store.transaction(({ db }) =>
    withOperation(db, operation(actor, 'due-date facts'), async ({ count }) => {
      await insertBoundaryFacts(db, systemId, facts, sayer(app, actor));
      await count({ read: 1, updated: 1 });
    }),
  );
}

/**
 * Evaluates the weaknesses that a POA&M answers. The next sync judges them by it.
 * @param facts.evaluatedAt ISO in UTC; null: now. @throws RECORD_UNKNOWN, EDIT_REFUSED where it answers none.
 */
export async function evaluatePoam(
  app: App,
  actor: Actor,
  scope: Scope,
  {
    poamId,
    ...facts
  }: Omit<EvaluationToSave, 'evaluatedAt'> & {
    readonly poamId: string;
    readonly evaluatedAt: string | null;
  },
): Promise<void> {
  const poam = await findPoamSystem(app.db, poamId);
  if (!poam || !isWithin(scope, poam.systemId))
    throw new TielineError('RECORD_UNKNOWN', `There is no POA&M ${poamId}.`);
  const given = { ...facts, evaluatedAt: facts.evaluatedAt ?? app.now().toISOString() };
  await app.store.transaction(({ db }) =>
    withOperation(db, operation(actor, 'evaluate weakness'), async ({ id: operationId, count }) => {
      const weaknesses = await insertEvaluations(db, poamId, given, sayer(app, actor));
      if (weaknesses === 0)
        throw new TielineError('EDIT_REFUSED', 'Nothing was evaluated.', {
          fields: [{ field: 'poam', message: 'answers no weakness' }],
        });
      await recordChanges(db, { systemId: null, operationId }, [
        {
          entity: 'poam',
          entityId: poamId,
          field: 'evaluation',
          after: given,
          direction: 'internal',
          decidedBy: byPerson(actor.name),
          ...(facts.note === null ? {} : { reason: facts.note }),
        },
      ]);
      await count({ read: weaknesses, updated: weaknesses });
    }),
  );
}

/** What was said of a POA&M so far, to be said anew: what is left out of an evaluation is unknown again. @throws RECORD_UNKNOWN. */
export async function listSaidOfPoam(
  { db }: Pick<App, 'db'>,
  scope: Scope,
  poamId: string,
): Promise<SaidOfPoam> {
  const poam = await findPoamSystem(db, poamId);
  if (!poam || !isWithin(scope, poam.systemId))
    throw new TielineError('RECORD_UNKNOWN', `There is no POA&M ${poamId}.`);
  return fetchSaidOfPoam(db, scope, poamId);
}

/** Says of an asset, or of all of a network zone, whether it can be reached from public networks; null: not known. */
export async function setExposure(
  app: App,
  actor: Actor,
  of: { readonly assetUuid: string | null; readonly zone: string | null },
  said: { readonly exposed: boolean | null; readonly reason: string | null },
): Promise<void> {
  await app.store.transaction(({ db }) =>
    withOperation(db, operation(actor, 'exposure'), async ({ count }) => {
      await insertExposure(db, of, said, sayer(app, actor));
      await count({ read: 1, updated: 1 });
    }),
  );
}

/** What was said of a boundary and of zones, the newest first. */
export const listToldFacts = (app: App, systemId: string): Promise<ToldFacts> => listFacts(app.db, systemId);
