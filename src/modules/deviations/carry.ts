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
import { insertRows, updateRows } from '../../record/entities/index.ts';
import { ruleComment } from './describe.ts';
import type { DeviationRow } from './deviations.sql.ts';
import { insertRules, listRulesOf } from './rules.sql.ts';
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
    expires_at: deviation.expiresOn === null ? null : `${deviation.expiresOn}T23:59:59`,
    status: 'active',
    requested_by: deviation.requestedBy,
    created_at: 'now',
    updated_at: 'now',
  }));
  const ids = await insertRows(tx.db, 'acceptance', rows);
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

export interface PoamWords {
  readonly poamId: string;
  /** What is said of deviations so far. */
  readonly before: string | null;
  /** A line more. */
  readonly line: string;
  /** Its rating, where that changes. */
  readonly rating?: { readonly before: string | null; readonly after: string | null };
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
  const after = before === null || before.trim() === '' ? line : `${before}\n${line}`;
  const fields = [
    { field: 'deviation_rationale', before, after },
    ...(rating === undefined ? [] : [{ field: 'risk_rating', before: rating.before, after: rating.after }]),
  ];
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
