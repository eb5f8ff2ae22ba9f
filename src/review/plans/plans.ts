/** Plans: what a sync would do, shown before it is done, and then done exactly so or not at all (decision 0010). */
import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import { type FieldFault, TielineError } from '../../platform/errors/index.ts';
import { scalarText } from '../../platform/values/index.ts';
import {
  type EntityType,
  planDocument,
  type PlanDocument,
  type PlanItem,
} from '../../canonical/vocabulary/index.ts';
import type { FieldMapping } from '../../canonical/mapping/index.ts';
import { listSystems } from '../../ledger/external-systems/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { type Operation, withOperation } from '../../ledger/operations/index.ts';
import { comparePlans, planText, type PlanDifference } from './compare-plans.ts';
import {
  type App,
  type Caller,
  errorOf,
  type RunEnvironment,
  type Step,
  type SyncOptions,
  throughOutages,
  underWholeLock,
  watched,
  withSystems,
} from '../../engine/run/index.ts';
import { concludePlanning } from '../../engine/approvals/index.ts';
import { drainOutbox } from '../../engine/outbound/index.ts';
import { type ConnectedSystem, takesChanges } from '../../engine/connections/index.ts';
import { concludeRun, type SyncOutcome } from '../../runs/sync/index.ts';
import { rehearse, stepCounts, type Rehearsal } from './rehearse.ts';
import { entityName, isEntity } from '../../record/entities/index.ts';
import { type MadePlan, showItems } from './show-items.ts';

const checksum = (items: readonly PlanItem[]): string =>
  createHash('sha256').update(planText(items)).digest('hex');

/**
 * Shows what a sync with these options would do now: both sides are read, nothing is written on either.
 * @throws what a sync throws that cannot be overcome.
 */
export async function planSync(app: App, options: SyncOptions, caller: Caller): Promise<PlanDocument> {
  return (await makePlan(app, options, caller)).document;
}

/** As `planSync`, with what a plan that is kept shows of its items beside the document. */
export async function makePlan(app: App, options: SyncOptions, caller: Caller): Promise<MadePlan> {
  return throughOutages(app, caller.signal, () =>
    withSystems(app, options, caller, (environment) =>
      underWholeLock(environment, (held) => planWith(held, options, caller)),
    ),
  );
}

/** Shows what a sync of one system would do if its mappings were others: over all its records, since all are concerned. */
export async function planWithMappings(
  app: App,
  given: {
    readonly system: string;
    readonly entities: readonly EntityType[];
    readonly mappings: readonly FieldMapping[];
  },
  caller: Caller,
): Promise<PlanDocument> {
  const options = { systems: [given.system], entities: given.entities, full: true };
  return withSystems(app, options, caller, (environment) => {
    const systems = environment.systems.map((system) => ({ ...system, mappings: given.mappings }));
    return underWholeLock(environment, (held) => planWith({ ...held, systems }, options, caller));
  }).then(({ document }) => document);
}

/** As `planSync`, over systems that are connected already, under the lock of the caller. */
async function planWith(
  environment: RunEnvironment,
  options: SyncOptions,
  caller: Pick<Caller, 'begun'>,
): Promise<MadePlan> {
  const by = environment.by === undefined ? {} : { metadata: { by: environment.by } };
  return withOperation(environment.db, { type: 'plan', system: 'tieline', ...by }, async (operation) => {
    caller.begun?.(operation.id);
    const plan = await watched({ ...environment, operationId: operation.id }, (context) =>
      rehearse(context, options, operation.id, async (rehearsal) => {
        const pauses = await pausesOf(rehearsal.within.db, environment, options);
        const document = documentOf(environment, options, rehearsal, pauses);
        const shown = await showItems(rehearsal.within.db, document.items, rehearsal.places);
        return { keep: false, result: { operationId: operation.id, document, shown } };
      }),
    );
    const { items, sha256 } = plan.document;
    operation.conclude({ metadata: { items: items.length, sha256 } });
    return plan;
  });
}

/** What a person paused: the plan says so, or its reader would take it for what the next sync does. */
async function pausesOf(
  db: Kysely<Database>,
  environment: RunEnvironment,
  options: SyncOptions,
): Promise<Pick<PlanDocument, 'sendingPaused' | 'leftOut'>> {
  const planned = new Set(environment.systems.map((system) => system.name));
  const rows = await listSystems(db);
  const names = (some: typeof rows): string[] => some.map((row) => row.system_name);
  return {
    sendingPaused: names(
      rows.filter((row) => row.sending_paused_at !== null && planned.has(row.system_name)),
    ),
    leftOut:
      options.systems.length > 0
        ? []
        : names(rows.filter((row) => row.sync_paused_at !== null && !planned.has(row.system_name))),
  };
}

function documentOf(
  environment: RunEnvironment,
  options: SyncOptions,
  rehearsal: Pick<Rehearsal, 'items' | 'steps' | 'untaken'>,
  pauses: Pick<PlanDocument, 'sendingPaused' | 'leftOut'>,
): PlanDocument {
  return {
    format: 'tieline-plan-1',
    madeAt: environment.now().toISOString(),
    systems: environment.systems.map((system) => system.name),
    ...pauses,
    entities: [...options.entities],
    full: options.full,
    steps: stepCounts(rehearsal.steps),
    items: [...rehearsal.items],
    untaken: [...rehearsal.untaken],
    sha256: checksum(rehearsal.items),
  };
}

/** Reads a plan as it was written. @throws TielineError PLAN_INVALID naming what is wrong with it. */
export function parsePlan(text: string): PlanDocument {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw new TielineError('PLAN_INVALID', 'The file is not JSON.', { cause });
  }
  const parsed = planDocument.safeParse(content);
  if (!parsed.success)
    throw new TielineError('PLAN_INVALID', 'The file is not a plan of this version.', {
      fields: parsed.error.issues
        .slice(0, 20)
        .map((issue) => ({ field: issue.path.join('.') || '(whole file)', message: issue.message })),
    });
  const unknown = parsed.data.entities.filter((name) => !isEntity(name));
  if (unknown.length > 0)
    throw new TielineError('PLAN_INVALID', 'The file is not a plan of this version.', {
      fields: unknown.map((name) => ({
        field: 'entities',
        message: `${name} is not an entity of the record`,
      })),
    });
  if (checksum(parsed.data.items) !== parsed.data.sha256)
    throw new TielineError(
      'PLAN_INVALID',
      'The plan was changed after it was made: its checksum does not fit.',
    );
  return parsed.data;
}

/**
 * Does exactly what the plan shows: the sync is run again in one transaction, which is committed only if the result is the same
 * items; then these, and no others, are sent. Changes for which a policy asks approval wait for it.
 * @param caller.by the user's name, kept with the operation.
 * @throws TielineError PLAN_MOVED naming what moved; nothing was written then.
 */
export async function applyPlan(
  app: App,
  plan: PlanDocument,
  caller: Caller & { readonly by: string },
): Promise<SyncOutcome> {
  const options: SyncOptions = {
    systems: plan.systems,
    entities: plan.entities.map((name) => entityName(name)),
    full: plan.full,
  };
  return withSystems(app, options, caller, (environment) =>
    underWholeLock(environment, (held) => applyWith(held, options, plan, caller)),
  );
}

async function applyWith(
  environment: RunEnvironment,
  options: SyncOptions,
  plan: PlanDocument,
  caller: Pick<Caller, 'begun'> & { readonly by: string },
): Promise<SyncOutcome> {
  const startedAt = environment.now();
  const systems = environment.systems.map((system) => system.name);
  const metadata = { plan: plan.sha256, appliedBy: caller.by, systems };
  const outcome = await withOperation(
    environment.db,
    { type: 'sync', system: 'tieline', metadata },
    async (operation) => {
      caller.begun?.(operation.id);
      return watched({ ...environment, operationId: operation.id }, async (context) => {
        await carryOut(context, options, plan, operation);
        const sending = environment.systems.filter(takesChanges);
        const run = { operation, resumed: false, startedAt };
        return concludeRun(
          context,
          run,
          sending.map((system) => sendPlanned(system, plan)),
        );
      });
    },
  );
  const [first, ...others] = outcome.failures;
  if (first) throw errorOf([first, ...others]);
  return outcome;
}

/** Does all of a plan but sending, in one transaction. @throws PLAN_MOVED; nothing was written then. */
async function carryOut(
  environment: RunEnvironment,
  options: SyncOptions,
  plan: PlanDocument,
  { id }: Operation,
): Promise<void> {
  const moved = await rehearse(environment, options, id, async ({ items, within }) => {
    const differences = comparePlans(plan.items, items);
    if (differences.length > 0) return { keep: false, result: differences };
    for (const system of environment.systems) await concludePlanning(within.db, system, id, options.entities);
    return { keep: true, result: differences };
  });
  if (moved.length > 0) throw planMoved(moved);
}

/** The step that sends what the plan shows for a system, and nothing else. */
function sendPlanned(system: ConnectedSystem, plan: PlanDocument): Step {
  const keys = new Set(plan.items.flatMap((item) => item.key ?? []));
  return {
    system,
    name: 'send',
    type: 'export',
    run: (context, operationId) =>
      drainOutbox(context, system, operationId, {
        wanted: (row) => keys.has(row.idempotency_key),
        patient: false,
      }),
  };
}

const namedAtMost = 20;
const shown = (value: unknown): string => {
  const text = typeof value === 'string' ? JSON.stringify(value) : (JSON.stringify(value) ?? 'nothing');
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
};

function planMoved(differences: readonly PlanDifference[]): TielineError {
  const fields = differences.slice(0, namedAtMost).map(({ how, planned, now }): FieldFault => {
    const item = planned ?? now;
    const field = [item?.system ?? '', item?.entity, item?.record, item?.field].filter(Boolean).join(' ');
    const step = (each: PlanItem | undefined): string =>
      `${each?.direction ?? ''} ${each?.kind ?? ''}, ${shown(each?.before)} → ${shown(each?.after)}`;
    const messages = {
      changed: `planned: ${step(planned)}; now: ${step(now)}`,
      gone: `planned, and no longer due: ${step(planned)}`,
      new: `due now, and not planned: ${step(now)}`,
    };
    return { field: scalarText(field), message: messages[how] };
  });
  const more = differences.length - fields.length;
  return new TielineError(
    'PLAN_MOVED',
    `The plan is not applied: ${differences.length} ${differences.length === 1 ? 'item' : 'items'} moved since it was made${more > 0 ? ` (${more} more than are named here)` : ''}.`,
    { fields },
  );
}
