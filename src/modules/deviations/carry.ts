/**
 * What a deviation does on both sides: a rule at each scanner's server for each asset and plugin that it is about, and no more; and what the
 * POA&M says of it, which the GRC system is sent like any edit.
 *
 * Each rule bears the last day of its deviation, so that the server itself ends it, also where Tieline does not run that day.
 */
import type { ConnectorDeclaration } from '../../connectors/kit/index.ts';
import {
  byPerson,
  byRule,
  type Decider,
  type DeviationKind,
  type acceptanceKinds,
} from '../../canonical/vocabulary/index.ts';
import { recordChanges } from '../../ledger/operations/index.ts';
import { markRecordsEdited } from '../../ledger/links/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import type { JsonObject } from '../../platform/values/index.ts';
import { insertRows, updateRows } from '../../record/entities/index.ts';
import { ruleComment } from './describe.ts';
import type { DeviationRow } from './deviations.sql.ts';
import { findSameRules, insertRules, listRulesOf } from './rules.sql.ts';
import type { RuleToMake } from './scope.sql.ts';

type AcceptanceKind = (typeof acceptanceKinds)[number];

/** Which rule a kind is at a scanner's server; null: none, it hides nothing there. */
export const carriedAs: Readonly<Record<DeviationKind, AcceptanceKind | null>> = {
  false_positive: 'false_positive',
  risk_adjustment: 'recast',
  risk_acceptance: 'accepted',
  operational_requirement: 'accepted',
  vendor_dependency: null,
};
export const carriedKinds = (Object.keys(carriedAs) as DeviationKind[]).filter(
  (kind) => carriedAs[kind] !== null,
);

const endOfDay = (day: string | null): string | null => (day === null ? null : `${day}T23:59:59`);

type RuleRow = Readonly<Record<'kind' | 'plugin_id' | 'scope', string>> &
  Readonly<Record<'severity' | 'expires_at', string | null>> &
  JsonObject;

/**
 * Makes rules. One that somebody made at the server before it was approved, and that does just the same, becomes the deviation's own, with its
 * last day: a server takes no second rule for the same. @returns the key of each.
 */
async function makeOrTake(tx: Tx, systemId: number, rows: readonly RuleRow[]): Promise<readonly string[]> {
  const there = await findSameRules(
    tx.db,
    systemId,
    rows.map(({ kind, plugin_id: pluginId, scope, severity }) => ({ kind, pluginId, scope, severity })),
  );
  const fresh = await insertRows(
    tx.db,
    'acceptance',
    rows.filter((_row, n) => (there[n] ?? null) === null),
  );
  const made = fresh.values();
  const ids = rows.map((_row, n) => String(there[n] ?? made.next().value ?? ''));
  const taken = rows.flatMap(({ expires_at }, n) =>
    (there[n] ?? null) === null ? [] : [{ entityId: ids[n] ?? '', columns: { expires_at } }],
  );
  await updateRows(tx.db, 'acceptance', taken);
  const entityIds = taken.map(({ entityId }) => entityId);
  await markRecordsEdited(tx.db, { entity: 'acceptance', entityIds });
  return ids;
}

/** @param operationId of the step. */
export async function makeRules(
  tx: Tx,
  system: { readonly id: number; readonly scopeOf: NonNullable<ConnectorDeclaration['acceptanceScope']> },
  operationId: string,
  wanted: readonly { readonly deviation: DeviationRow; readonly rule: RuleToMake }[],
): Promise<number> {
  if (wanted.length === 0) return 0;
  const rows = wanted.map(({ deviation, rule }) => ({
    external_system_id: system.id,
    name: `Tieline deviation ${deviation.id}, plugin ${rule.pluginId}, asset ${rule.assetUuid.slice(0, 8)}`,
    kind: carriedAs[deviation.kind] ?? 'accepted',
    plugin_id: rule.pluginId,
    repository: null,
    ...system.scopeOf(rule.externalId),
    severity: deviation.kind === 'risk_adjustment' ? deviation.adjustedSeverity : null,
    comment: ruleComment(deviation),
    expires_at: endOfDay(deviation.expiresOn),
    status: 'active',
    requested_by: deviation.requestedBy,
    created_at: 'now',
    updated_at: 'now',
  }));
  const ids = await makeOrTake(tx, system.id, rows);
  await insertRules(
    tx.db,
    wanted.map(({ deviation, rule }, n) => ({
      deviationId: deviation.id,
      acceptanceId: Number(ids[n]),
      systemId: system.id,
      assetUuid: rule.assetUuid,
      pluginId: rule.pluginId,
    })),
  );
  await recordChanges(
    tx.db,
    { systemId: system.id, operationId },
    wanted.map(({ deviation }, n) => ({
      entity: 'acceptance',
      entityId: ids[n] ?? '',
      after: rows[n],
      direction: 'internal',
      decidedBy: byPerson(deviation.decidedBy ?? deviation.requestedBy),
      reason: deviation.rationale,
    })),
  );
  return ids.length;
}

/** Gives the rules of a deviation another last day; the next sync tells the servers. */
export async function moveRuleEnds(
  tx: Tx,
  { id, expiresOn }: Pick<DeviationRow, 'id' | 'expiresOn'>,
  next: string | null,
  { operationId, decidedBy }: { readonly operationId: string; readonly decidedBy: Decider },
): Promise<void> {
  const rules = (await listRulesOf(tx.db, [id])).filter(({ status }) => status === 'active');
  const entityIds = rules.map(({ acceptanceId }) => String(acceptanceId));
  await updateRows(
    tx.db,
    'acceptance',
    entityIds.map((entityId) => ({ entityId, columns: { expires_at: endOfDay(next) } })),
  );
  await recordChanges(
    tx.db,
    { systemId: null, operationId },
    entityIds.map((entityId) => ({
      entity: 'acceptance',
      entityId,
      field: 'expires_at',
      before: endOfDay(expiresOn),
      after: endOfDay(next),
      direction: 'internal',
      decidedBy,
    })),
  );
  await markRecordsEdited(tx.db, { entity: 'acceptance', entityIds });
}

/** Ends the rules of a deviation; the next sync ends them at the servers. */
export async function endRules(
  tx: Tx,
  deviation: Pick<DeviationRow, 'id'>,
  end: { readonly operationId: string; readonly decidedBy: Decider; readonly reason: string },
): Promise<void> {
  const rules = (await listRulesOf(tx.db, [deviation.id])).filter(({ status }) => status === 'active');
  await updateRows(
    tx.db,
    'acceptance',
    rules.map(({ acceptanceId }) => ({
      entityId: String(acceptanceId),
      columns: { status: 'withdrawn' },
    })),
  );
  await recordChanges(
    tx.db,
    { systemId: null, operationId: end.operationId },
    rules.map(({ acceptanceId }) => ({
      entity: 'acceptance',
      entityId: String(acceptanceId),
      field: 'status',
      before: 'active',
      after: 'withdrawn',
      direction: 'internal',
      decidedBy: end.decidedBy,
      reason: end.reason,
    })),
  );
}

/** Ends the rule that somebody made at a scanner's server; the next sync ends it there. */
export async function endFoundRule(
  tx: Tx,
  { foundRule }: Pick<DeviationRow, 'foundRule'>,
  end: {
    readonly operationId: string;
    readonly by: string | undefined;
    readonly reason: string | undefined;
  },
): Promise<void> {
  if (foundRule === null) return;
  const entityId = String(foundRule);
  await updateRows(tx.db, 'acceptance', [{ entityId, columns: { status: 'withdrawn' } }]);
  await recordChanges(tx.db, { systemId: null, operationId: end.operationId }, [
    {
      entity: 'acceptance',
      entityId,
      field: 'status',
      before: 'active',
      after: 'withdrawn',
      direction: 'internal',
      decidedBy: end.by === undefined ? byRule('deviation_ended') : byPerson(end.by),
      ...(end.reason === undefined ? {} : { reason: end.reason }),
    },
  ]);
  await markRecordsEdited(tx.db, { entity: 'acceptance', entityIds: [entityId] });
}

export interface PoamWords {
  readonly poamId: string;
  /** What is said of deviations so far. */
  readonly before: string | null;
  /** A line more; undefined: the GRC system decided, and its words stay as they are. */
  readonly line: string | undefined;
  /** Its rating, where that changes. */
  readonly rating?: { readonly before: string | null; readonly after: string | null };
}

/** A GRC system takes a text of some thousand characters; beyond this, the oldest of our own lines leave. */
const longest = 3_500;
const isOurs = (line: string): boolean => /deviation \d+\)$/.test(line);

/** The text with a line more. What others wrote stays; our own lines are kept whole in the list of deviations. */
function withLine(before: string | null, line: string): string {
  const lines = before === null || before.trim() === '' ? [] : before.split('\n');
  while ([...lines, line].join('\n').length > longest) {
    const oldest = lines.findIndex(isOurs);
    if (oldest === -1) break;
    lines.splice(oldest, 1);
  }
  return [...lines, line].join('\n');
}

/** Writes into the POA&M what is decided; the next sync sends it to the GRC system. */
export async function tellPoam(
  tx: Tx,
  { poamId, before, line, rating }: PoamWords,
  decision: {
    readonly operationId: string;
    readonly by: string | undefined;
    readonly reason: string | undefined;
  },
): Promise<void> {
  const fields = [
    ...(line === undefined ? [] : [{ field: 'deviation_rationale', before, after: withLine(before, line) }]),
    ...(rating === undefined ? [] : [{ field: 'risk_rating', before: rating.before, after: rating.after }]),
  ];
  if (fields.length === 0) return;
  await updateRows(tx.db, 'poam', [
    { entityId: poamId, columns: Object.fromEntries(fields.map((each) => [each.field, each.after])) },
  ]);
  await recordChanges(
    tx.db,
    { systemId: null, operationId: decision.operationId },
    fields.map((each) => ({
      entity: 'poam',
      entityId: poamId,
      ...each,
      direction: 'internal',
      decidedBy: decision.by === undefined ? byRule('deviation_ended') : byPerson(decision.by),
      ...(decision.reason === undefined ? {} : { reason: decision.reason }),
    })),
  );
  await markRecordsEdited(tx.db, { entity: 'poam', entityIds: [poamId] });
}
