import type { Json, JsonObject } from '../../model/json.ts';
import { deriveUuid } from '../../model/derived-uuid.ts';
import type { EntityPolicy } from '../../model/policy.ts';
import { dueDateFor } from '../../model/due-dates.ts';
import { composePoam, controlsFor, poamId, poamKey, type ControlRule } from '../../model/weakness.ts';
import { recordChanges } from '../../store/changes.ts';
import { hasHeldRecords } from '../../store/held-records.ts';
import { insertRows } from '../../store/negotiated.ts';
import { findStep, noCounts, recordCounts, type Counts } from '../../store/operations.ts';
import { findReadState } from '../../store/reads.ts';
import { enqueueChanges, supersedeUnsent, type OutboundChange } from '../../store/outbox.ts';
import { needsApproval } from '../../sync/approval.ts';
import { addPoamAssets, addPoamCves } from '../../store/poams.ts';
import { inTransaction, type Tx } from '../../store/transaction.ts';
import {
  listControlIds,
  listControlRules,
  listPoamsLackingAssets,
  listWeaknesses,
  saveWeaknesses,
  tieFindings,
  type WeaknessRow,
  type WeaknessToSave,
} from '../../store/weaknesses.ts';
import type { ConnectedSystem } from '../connections/connected-system.ts';
import type { RunContext } from '../runs/run-context.ts';

interface Controls {
  readonly rules: readonly ControlRule[];
  readonly bySystem: ReadonlyMap<string, ReadonlySet<string>>;
}

interface PlannedWeakness {
  readonly weakness: WeaknessRow;
  readonly save: Omit<WeaknessToSave, 'poamId'>;
  readonly control: string | undefined;
  readonly due: { readonly on: string; readonly reason: string };
}

/** Due date and controls of a weakness; undefined where no policy gives a due date. */
function plan(weakness: WeaknessRow, controls: Controls): PlannedWeakness | undefined {
  const due = dueDateFor(weakness.severity, weakness.detectedOn);
  if (!due) return undefined;
  const matched = controlsFor(weakness, controls.rules);
  const known = controls.bySystem.get(weakness.systemId);
  // The GRC system refuses a control that the system does not have; where it has none of them, the person decides.
  const control = matched.controls.find((each) => known?.has(each.toUpperCase()));
  return {
    weakness,
    control,
    due,
    save: {
      systemId: weakness.systemId,
      pluginId: weakness.pluginId,
      severity: weakness.severity,
      detectedOn: weakness.detectedOn,
      dueOn: due.on,
      dueReason: due.reason,
      controls: matched.controls,
      controlReason: matched.reason,
    },
  };
}

/**
 * Turns weaknesses into POA&Ms (design section 7): one that has none gets one, written here and put into the outbox in
 * one transaction; one that a POA&M of somebody else answers already is tied to that; where machines have joined a
 * weakness, they are added to its POA&M.
 */
export async function planPoams(
  context: RunContext,
  system: ConnectedSystem,
  operationId: string,
): Promise<void> {
  const source = { systemId: system.id, operationId };
  const today = context.now().toISOString().slice(0, 10);
  const counts = await inTransaction(context.pool, async (tx) => {
    const weaknesses = await listWeaknesses(tx.db, system.id);
    const controls = { rules: await listControlRules(tx.db), bySystem: await listControlIds(tx.db) };
    const planned = weaknesses.flatMap((weakness) => plan(weakness, controls) ?? []);
    const unanswered = planned.filter(({ weakness }) => weakness.poamId === null);
    // A POA&M that could not be taken in may be the very answer; a second one for the same weakness would be wrong.
    const fresh = (await knowsEveryPoam(context, tx, system)) ? unanswered : [];
    const waiting = unanswered.length - fresh.length;
    const recognized = planned.filter(({ weakness }) => weakness.poamId !== null);

    await createPoams(tx, { ...source, policies: system.policies }, fresh, today);
    await saveWeaknesses(tx.db, [
      ...fresh.map(({ weakness, save }) => ({ ...save, poamId: poamId(weakness) })),
      ...recognized.map(({ weakness, save }) => ({ ...save, poamId: weakness.poamId ?? '' })),
    ]);
    const answered = [...fresh, ...recognized].map(({ weakness }) => ({
      weakness,
      poam: weakness.poamId ?? poamId(weakness),
    }));
    await addPoamAssets(
      tx.db,
      answered.flatMap(({ weakness, poam }) => weakness.assets.map((value) => ({ poamId: poam, value }))),
    );
    await addPoamCves(
      tx.db,
      answered.flatMap(({ weakness, poam }) => weakness.cves.map((value) => ({ poamId: poam, value }))),
    );
    await tieFindings(tx.db);
    const extended = await sendMissingAssets(tx, { ...source, policies: system.policies });
    await recordTies(tx, source, recognized);
    const outcome: Counts = {
      ...noCounts,
      read: weaknesses.length,
      created: fresh.length,
      updated: extended,
      held: waiting,
      unchanged: weaknesses.length - fresh.length - extended - waiting,
    };
    await recordCounts(tx.db, operationId, outcome);
    return outcome;
  });
  context.report({ system: system.name, step: 'poams', state: 'working', counts });
}

/** Whether the GRC system's POA&Ms were all read and taken in, in this run or, if it did not read them, in an earlier one. */
async function knowsEveryPoam(context: RunContext, tx: Tx, system: ConnectedSystem): Promise<boolean> {
  const read = await findStep(tx.db, context.operationId, system.name, 'poam');
  if (read) return !(await hasHeldRecords(tx.db, read.batch_id));
  return typeof (await findReadState(tx.db, system.id, 'poam'))?.mark === 'string';
}

interface OutboundSource {
  readonly systemId: number;
  readonly operationId: string;
  readonly policies: readonly EntityPolicy[];
}

async function createPoams(
  tx: Tx,
  source: OutboundSource,
  planned: readonly PlannedWeakness[],
  today: string,
): Promise<void> {
  const composed = planned.map((each) => ({
    ...each,
    id: poamId(each.weakness),
    proposal: composePoam(each.weakness, {
      due: each.due,
      control: each.control,
      poc: each.weakness.poc,
      today,
    }),
  }));
  const stamped = { created_at: 'now', updated_at: 'now' };
  await insertRows(
    tx.db,
    'poam',
    composed.map(({ id, weakness, proposal }): JsonObject => ({
      poam_id: id,
      system_id: weakness.systemId,
      ingestion_source: 'tieline',
      ingestion_batch_id: source.operationId,
      weakness_detection_source: 'Tenable Vulnerability Management',
      sync_status: 'pending',
      ...stamped,
      ...proposal.poam,
    })),
  );
  await insertRows(
    tx.db,
    'milestone',
    composed.flatMap(({ id, proposal }) =>
      proposal.milestones.map((milestone): JsonObject => ({
        poam_id: id,
        status: 'Pending',
        created_at: 'now',
        ...milestone,
      })),
    ),
  );
  await recordChanges(
    tx.db,
    source,
    composed.map(({ id, due, save, proposal }) => ({
      entity: 'poam',
      entityId: id,
      after: proposal.poam,
      direction: 'internal',
      decidedBy: 'rule:weakness by plugin and system',
      reason: `due ${due.on} by ${due.reason}; controls: ${save.controlReason}`,
    })),
  );
  await enqueueChanges(
    tx.db,
    source,
    composed.map(({ id, weakness, proposal }): OutboundChange => ({
      entity: 'poam',
      entityId: id,
      kind: 'create',
      parentExternalId: weakness.systemExternalId,
      idempotencyKey: poamKey(weakness),
      reason: `${weakness.findings} open ${weakness.severity.toLowerCase()} findings of plugin ${weakness.pluginId} on ${weakness.assets.length} assets of ${weakness.systemId}`,
      payload: {
        ...proposal.poam,
        affected_assets: [...weakness.assets],
        cves: [...weakness.cves],
        milestones: proposal.milestones.map((milestone): Json => ({ ...milestone, status: 'Pending' })),
      },
      needsApproval: needsApproval(source.policies, {
        entity: 'poam',
        kind: 'create',
        fields: Object.keys(proposal.poam),
        severity: weakness.severity,
      }),
    })),
  );
}

/** A machine joined a weakness: its POA&M in the GRC system must list it too. */
async function sendMissingAssets(tx: Tx, source: OutboundSource): Promise<number> {
  const lacking = await listPoamsLackingAssets(tx.db, source.systemId);
  const changes = lacking.map((poam): OutboundChange => ({
    entity: 'poam',
    entityId: poam.poamId,
    kind: 'update',
    externalId: poam.externalId,
    ...(poam.version === null ? {} : { baseVersion: poam.version }),
    idempotencyKey: deriveUuid('poam assets', String(source.systemId), poam.externalId, ...poam.assets),
    reason: 'the weakness is on machines that the POA&M does not list',
    payload: { affected_assets: poam.assets },
    before: { affected_assets: poam.listed },
    needsApproval: needsApproval(source.policies, {
      entity: 'poam',
      kind: 'update',
      fields: ['affected_assets'],
      severity: poam.severity ?? undefined,
    }),
  }));
  const records = {
    entityIds: lacking.map((poam) => poam.poamId),
    keep: changes.map((change) => change.idempotencyKey),
  };
  await supersedeUnsent(tx.db, { systemId: source.systemId, entity: 'poam' }, records, {
    field: 'affected_assets',
    named: true,
  });
  return enqueueChanges(tx.db, source, changes);
}

/** Says once, in the journal, that a POA&M of somebody else was recognised as the answer to a weakness. */
async function recordTies(
  tx: Tx,
  source: { systemId: number; operationId: string },
  recognized: readonly PlannedWeakness[],
): Promise<void> {
  await recordChanges(
    tx.db,
    source,
    recognized
      .filter(({ weakness }) => !weakness.tied)
      .map(({ weakness }) => ({
        entity: 'poam',
        entityId: weakness.poamId ?? '',
        field: 'weakness',
        after: `${weakness.systemId} plugin ${weakness.pluginId}`,
        direction: 'internal',
        decidedBy: 'rule:its source names the plugin',
        reason: 'recognised, so that the weakness is in the record once',
      })),
  );
}
