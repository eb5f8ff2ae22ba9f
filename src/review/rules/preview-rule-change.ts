/**
 * What a change of a weakness rule would make of POA&Ms: the conclusion itself, run over the record under the new version in one transaction
 * that is rolled back (as plans are, `review/plans/rehearse.ts`). Nothing is read from the systems, and nothing is kept.
 */
import type { Actor, Scope } from '../../canonical/access/index.ts';
import type { WeaknessRule } from '../../canonical/weakness-rule/index.ts';
import {
  type App,
  type Caller,
  type RunEnvironment,
  underWholeLock,
  withSystems,
} from '../../engine/run/index.ts';
import { withOperation } from '../../ledger/operations/index.ts';
import { weaknessStep } from '../../modules/poams/index.ts';
import { previewRule, type RulePreview, setRuleWithin } from '../../modules/weaknesses/index.ts';
import type { Store } from '../../platform/postgres/index.ts';
import { listPoamOutcomes, type PoamOutcome } from '../../record/weaknesses/index.ts';
import { runStep } from '../../runs/sync/index.ts';

export interface RuleChangePreview extends RulePreview {
  /** How many POA&Ms come to what. */
  readonly outcomes: Readonly<Record<PoamOutcome['outcome'], number>>;
  /** The first of them, the gravest changes first. */
  readonly poams: readonly PoamOutcome[];
}

interface Edit {
  readonly systemId: string | null;
  readonly rule: WeaknessRule | null;
}

const shownAtMost = 500;
const order: readonly PoamOutcome['outcome'][] = [
  'ended',
  'merged',
  'split',
  'made',
  'continued',
  'reworded',
];

/** @throws what `setRule` throws, and SYNC_RUNNING while a sync is at work. */
export async function previewRuleChange(
  app: App,
  { actor, scope }: { readonly actor: Actor; readonly scope: Scope },
  edit: Edit,
  caller: Caller,
): Promise<RuleChangePreview> {
  const counts = await previewRule(app, scope, edit);
  // A system that cannot be connected has no part in it: nothing is asked of any.
  const outcomes = await withSystems(
    app,
    { systems: [] },
    caller,
    (environment) =>
      underWholeLock(environment, (held) =>
        held.store.asOne(async (within) => {
          const since = app.now();
          const operationId = await rehearseRule(held, within, { actor, scope, edit });
          const result = await listPoamOutcomes(within.db, {
            systemIds: counts.boundaries,
            since,
            operationId,
          });
          return { keep: false, result };
        }),
      ),
    () => true,
  );
  const number = (outcome: PoamOutcome['outcome']): number =>
    outcomes.filter((each) => each.outcome === outcome).length;
  return {
    ...counts,
    outcomes: {
      made: number('made'),
      split: number('split'),
      merged: number('merged'),
      ended: number('ended'),
      continued: number('continued'),
      reworded: number('reworded'),
    },
    poams: outcomes
      .toSorted((a, b) => order.indexOf(a.outcome) - order.indexOf(b.outcome))
      .slice(0, shownAtMost),
  };
}

/** Concludes about weaknesses as if the version were in force. @returns the operation that did. */
async function rehearseRule(
  environment: RunEnvironment,
  within: Store,
  { actor, scope, edit }: { readonly actor: Actor; readonly scope: Scope; readonly edit: Edit },
): Promise<string> {
  await within.transaction((tx) =>
    setRuleWithin(environment, tx, { actor, scope, edit: { ...edit, reason: 'a preview' } }),
  );
  const spec = { type: 'plan', system: 'tieline' } as const;
  return withOperation(within.db, spec, async ({ id: operationId }) => {
    const context = { ...environment, store: within, db: within.db, operationId, callsUnder: operationId };
    for (const system of environment.systems)
      if (weaknessStep.suits(system)) await runStep(context, weaknessStep.stepOf(system));
    return operationId;
  });
}
