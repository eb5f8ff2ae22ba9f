/** Rules of alerts as people set them: thresholds for every boundary, and where one boundary differs. */
import { type Kysely, sql } from 'kysely';
import { isWithin, type Scope } from '../../canonical/access/index.ts';
import {
  type AlertDirection,
  byPerson,
  type RuledAlertKind,
  severities,
} from '../../canonical/vocabulary/index.ts';
import { recordChanges, withDecision } from '../../ledger/operations/index.ts';
import { recordSecurityEvent } from '../../ledger/security/index.ts';
import { type FieldFault, TielineError } from '../../platform/errors/index.ts';
import type { Database, Store } from '../../platform/postgres/index.ts';
import type { Json } from '../../platform/values/index.ts';
import { alertKindSpecs } from './alert-kinds.ts';
import {
  type AlertLevel,
  type AlertRule,
  deleteAlertRule,
  findAlertRule,
  saveAlertRule,
} from './rules.sql.ts';

interface Working {
  readonly store: Store;
  readonly now: () => Date;
}
interface Asker {
  /** Where they may set rules. */
  readonly scope: Scope;
  readonly name: string;
}

export interface RuleWish {
  readonly kind: RuledAlertKind;
  readonly metric?: string | null | undefined;
  /** `ingestion_systems.system_id`; null: every boundary without a rule of its own. */
  readonly systemId: string | null;
  readonly levels: readonly AlertLevel[];
  /** Of a metric only: on which side of the threshold it alerts. */
  readonly direction?: AlertDirection | undefined;
  readonly isEnabled: boolean;
  readonly reason: string;
}

function requireReach({ scope }: Asker, systemId: string | null): void {
  if (systemId === null ? scope.kind === 'everywhere' : isWithin(scope, systemId)) return;
  throw new TielineError(
    'NOT_ALLOWED',
    systemId === null
      ? 'Rules for every system are set by who may set them everywhere.'
      : `You may not set rules of ${systemId}.`,
  );
}

function faultsOf(
  { kind, metric, systemId, levels, reason }: RuleWish,
  direction: AlertDirection,
): FieldFault[] {
  const spec = alertKindSpecs[kind];
  const ats = levels.map(({ at }) => at);
  const bySeverity = levels.map(({ severity }) => severity);
  const ordered = levels
    .toSorted((one, other) => severities.indexOf(one.severity) - severities.indexOf(other.severity))
    .map(({ at }) => at);
  const rises = ordered.every(
    (at, index) =>
      index === 0 ||
      (direction === 'above' ? at > (ordered[index - 1] ?? at) : at < (ordered[index - 1] ?? at)),
  );
  return [
    ...(reason.trim() === '' ? [{ field: 'reason', message: 'say why the rule is set so' }] : []),
    ...(kind === 'metric' && !metric ? [{ field: 'metric', message: 'name the metric' }] : []),
    ...(kind !== 'metric' && metric
      ? [{ field: 'metric', message: 'only a rule of kind metric has one' }]
      : []),
    ...(systemId !== null && spec.reach === 'installation'
      ? [{ field: 'system', message: `${kind} is about the installation and has one rule` }]
      : []),
    ...(levels.length === 0 ? [{ field: 'levels', message: 'give at least one, such as High=24' }] : []),
    ...(ats.some((at) => !Number.isFinite(at) || Math.abs(at) > 1e9)
      ? [{ field: 'levels', message: 'a threshold must be a number' }]
      : []),
    ...(new Set(bySeverity).size < bySeverity.length
      ? [{ field: 'levels', message: 'each severity once' }]
      : []),
    ...(rises
      ? []
      : [
          {
            field: 'levels',
            message: `a graver severity needs a ${direction === 'above' ? 'higher' : 'lower'} threshold`,
          },
        ]),
  ];
}

/** What must be there: the boundary, and the metric. */
async function requireThere(db: Kysely<Database>, { metric, systemId }: RuleWish): Promise<void> {
  const { rows } = await sql<{ system: boolean; metric: boolean }>`
    select ${systemId}::text is null or exists (select from ingestion_systems s where s.system_id = ${systemId}) as system,
           ${metric ?? null}::text is null or exists (select from metrics_definitions d where d.metric_name = ${metric ?? null}) as metric`.execute(
    db,
  );
  const faults = [
    ...(rows[0]?.system === false
      ? [{ field: 'system', message: `there is no system ${systemId ?? ''}` }]
      : []),
    ...(rows[0]?.metric === false
      ? [{ field: 'metric', message: `there is no metric ${metric ?? ''}: see \`tieline metrics list\`` }]
      : []),
  ];
  if (faults.length > 0) throw new TielineError('USAGE', 'The rule was not set.', { fields: faults });
}

const journalled = (rule: AlertRule | undefined): Json =>
  rule === undefined
    ? null
    : {
        isEnabled: rule.isEnabled,
        direction: rule.direction,
        levels: rule.levels.map(({ at, severity }) => ({ at, severity })),
      };

const nameOf = ({ kind, metric, systemId }: Pick<AlertRule, 'kind' | 'metric' | 'systemId'>): string =>
  [kind, metric, systemId].filter((part) => part !== null).join(' ');

/** Sets a rule, in the place of the one that is there. @throws TielineError NOT_ALLOWED; USAGE naming each fault. */
export async function setAlertRule(
  { store, now }: Working,
  asker: Asker,
  wish: RuleWish,
): Promise<AlertRule> {
  requireReach(asker, wish.systemId);
  return store.transaction(async ({ db }) => {
    const { kind, systemId, levels, isEnabled, reason } = wish;
    const metric = wish.metric ?? null;
    const before = await findAlertRule(db, { kind, metric, systemId });
    const direction =
      kind === 'metric' ? (wish.direction ?? before?.direction ?? 'above') : alertKindSpecs[kind].direction;
    const faults = faultsOf(wish, direction);
    if (faults.length > 0) throw new TielineError('USAGE', 'The rule was not set.', { fields: faults });
    await requireThere(db, wish);
    return withDecision(db, { system: 'tieline', step: 'set a rule of alerts' }, async (operationId) => {
      const rule = await saveAlertRule(db, {
        kind,
        metric,
        systemId,
        direction,
        levels,
        isEnabled,
        reason,
        changedBy: asker.name,
        changedAt: now(),
      });
      await journal(db, { operationId, before, after: rule, by: asker.name, reason });
      if (before?.isEnabled === true && !isEnabled)
        await recordSecurityEvent(db, {
          kind: 'policy_loosened',
          at: now(),
          origin: { way: 'none', actor: { principalId: asker.name, name: asker.name, kind: 'local' } },
          object: { type: 'alert_rule', id: nameOf(rule), boundary: systemId ?? undefined },
          details: { changes: ['switched off'], reason },
        });
      return rule;
    });
  });
}

/** Ends the rule of a boundary or of a metric; what is shipped for all can be switched off and not removed. @throws as `setAlertRule`; RECORD_UNKNOWN. */
export async function removeAlertRule(
  { store }: Working,
  asker: Asker,
  { reason, ...place }: Pick<AlertRule, 'kind' | 'metric' | 'systemId'> & { readonly reason: string },
): Promise<void> {
  requireReach(asker, place.systemId);
  if (place.systemId === null && place.kind !== 'metric')
    throw new TielineError('USAGE', 'The rule was not removed.', {
      fields: [{ field: 'kind', message: 'the rule of every system can be switched off, and not removed' }],
    });
  await store.transaction(async ({ db }) => {
    const before = await findAlertRule(db, place);
    if (!before) throw new TielineError('RECORD_UNKNOWN', `There is no rule ${nameOf(place)}.`);
    await withDecision(db, { system: 'tieline', step: 'remove a rule of alerts' }, async (operationId) => {
      await deleteAlertRule(db, before.id);
      await journal(db, { operationId, before, after: undefined, by: asker.name, reason });
    });
  });
}

async function journal(
  db: Kysely<Database>,
  {
    operationId,
    before,
    after,
    by,
    reason,
  }: {
    readonly operationId: string;
    readonly before: AlertRule | undefined;
    readonly after: AlertRule | undefined;
    readonly by: string;
    readonly reason: string;
  },
): Promise<void> {
  const named = after ?? before;
  if (!named) return;
  await recordChanges(db, { systemId: null, operationId }, [
    {
      entity: 'alert_rule',
      entityId: nameOf(named),
      field: 'rule',
      before: journalled(before),
      after: journalled(after),
      direction: 'internal',
      decidedBy: byPerson(by),
      ...(reason.trim() === '' ? {} : { reason }),
    },
  ]);
}
