/** What the business says about an asset, as a person enters it; the next sync sends it to the servers that a mapping names. */
import { type FieldFault, TielineError } from '../../platform/errors/index.ts';
import type { Json, JsonObject } from '../../platform/values/index.ts';
import { assetContextRecord, sentOnlyFields } from '../../canonical/record-fields/index.ts';
import {
  beginAssetContext,
  type Decider,
  fetchPresentAsset,
  listSystemsOfAsset,
} from '../../record/assets/index.ts';
import { recordChanges, withDecision } from '../../ledger/operations/index.ts';
import { listSystems } from '../../ledger/external-systems/index.ts';
import { fetchRows, linkedEntity, updateRows } from '../../record/entities/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import { lookUpPolicy } from '../../canonical/policy/index.ts';
import { sameValue } from '../../engine/merge/index.ts';
import type { App } from '../../engine/run/index.ts';
import { fetchPolicies } from '../../engine/policies/index.ts';
import { readRecordFacts } from '../../record/policy-facts/index.ts';
import { byPerson } from '../../canonical/vocabulary/index.ts';

const entity = 'asset_context';
const { fields: editable, derived } = linkedEntity(entity);

export interface AssetContext {
  readonly assetUuid: string;
  readonly hostname: string | null;
  /** What people say, by field. */
  readonly said: JsonObject;
  /** What follows from the record, by field: its component and system in the GRC system, its rating as last read. */
  readonly known: JsonObject;
}

/** @param wanted the beginning of an asset's uuid, or anything that it is known by. @throws USAGE if none or several fit. */
export async function showContext(app: App, wanted: string): Promise<AssetContext> {
  const { assetUuid, hostname } = await fetchPresentAsset(app, wanted);
  const row = (await fetchRows(app.db, entity, [assetUuid])).get(assetUuid)?.row ?? {};
  const pick = (fields: readonly string[]): JsonObject =>
    Object.fromEntries(fields.map((field) => [field, row[field] ?? null]));
  return { assetUuid, hostname, said: pick(editable), known: pick([...derived, 'acr_rated']) };
}

export interface ContextOutcome {
  readonly assetUuid: string;
  readonly changes: readonly { readonly field: string; readonly before: Json; readonly after: Json }[];
  /** Absent where nothing changed. */
  readonly operationId: string | undefined;
}

/**
 * Sets fields of an asset's context. @param given by field, as typed; empty: the field is cleared.
 * @throws USAGE naming each field that is unknown, has an impossible value, or is decided by a remote alone.
 */
export async function setContext(
  app: App,
  wanted: string,
  given: Readonly<Record<string, string>>,
  decided: Decider,
): Promise<ContextOutcome> {
  const { assetUuid } = await fetchPresentAsset(app, wanted);
  const values = parseGiven(given);
  return app.store.transaction(async (tx) => {
    await refuseInbound(tx, assetUuid, Object.keys(values));
    await beginAssetContext(tx.db, assetUuid);
    const row = (await fetchRows(tx.db, entity, [assetUuid])).get(assetUuid)?.row ?? {};
    const changes = Object.entries(values).flatMap(([field, after]) => {
      const before = row[field] ?? null;
      return sameValue(before, after) ? [] : [{ field, before, after: after ?? null }];
    });
    if (changes.length === 0) return { assetUuid, changes, operationId: undefined };
    return withDecision(tx.db, { system: 'tieline', step: 'set asset context' }, async (operationId) => {
      const columns = Object.fromEntries(changes.map(({ field, after }) => [field, after]));
      await updateRows(tx.db, entity, [{ entityId: assetUuid, columns }]);
      await recordChanges(
        tx.db,
        { systemId: null, operationId },
        changes.map((change) => ({
          ...change,
          entity,
          entityId: assetUuid,
          direction: 'internal' as const,
          decidedBy: byPerson(decided.by),
          ...(decided.reason === undefined ? {} : { reason: decided.reason }),
        })),
      );
      return { assetUuid, changes, operationId };
    });
  });
}

/** Texts as a person types them, as values of their fields. @throws USAGE naming each that is wrong. */
function parseGiven(given: Readonly<Record<string, string>>): JsonObject {
  const faults: FieldFault[] = [];
  const values: JsonObject = {};
  for (const [field, typed] of Object.entries(given)) {
    if (!editable.includes(field)) {
      const message = derived.includes(field)
        ? 'follows from what the asset was matched to: `tieline links make` changes that'
        : `is not a field of it; they are ${editable.join(', ')}`;
      faults.push({ field, message });
      continue;
    }
    const value = valueOf(field, typed.trim());
    const parsed = assetContextRecord.partial().safeParse({ [field]: value });
    if (parsed.success) values[field] = value;
    else faults.push(...parsed.error.issues.map((issue) => ({ field, message: issue.message })));
  }
  if (faults.length > 0) throw new TielineError('USAGE', 'Nothing was changed.', { fields: faults });
  return values;
}

function valueOf(field: string, typed: string): Json {
  if (typed === '') return null;
  if (field === 'acr_override') return Number(typed);
  if (field !== 'compliance_scope') return typed;
  return typed
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

/** An edit of a field that a remote alone decides would be reverted by the next sync: refused where it is made. */
async function refuseInbound(tx: Tx, assetUuid: string, fields: readonly string[]): Promise<void> {
  const names = new Map((await listSystems(tx.db)).map((system) => [system.id, system.system_name]));
  for (const systemId of await listSystemsOfAsset(tx.db, assetUuid)) {
    const policies = await fetchPolicies(tx.db, systemId);
    const factsOf = await readRecordFacts(tx.db, policies, entity, [assetUuid]);
    const owned = fields.filter(
      (field) =>
        !sentOnlyFields(entity).includes(field) &&
        lookUpPolicy(policies, entity, field, factsOf(assetUuid)).direction === 'inbound',
    );
    if (owned.length === 0) continue;
    const owner = names.get(systemId) ?? `system ${systemId}`;
    throw new TielineError('USAGE', 'Nothing was changed.', {
      fields: owned.map((field) => ({ field, message: `${owner} alone decides it, by policy` })),
      remedy: `Edit it in ${owner}, or change the policy: \`tieline policies set ${owner} ${entity} FIELD --direction bidirectional\`.`,
    });
  }
}
