import type { EntityType } from '../../connectors/kit/index.ts';
import { canRead, canUpdate, type ConnectedSystem, takesChanges } from '../../engine/connections/index.ts';
import { correlationStep } from '../../modules/correlation/index.ts';
import { concludePlanning } from '../../engine/approvals/index.ts';
import { listLinkedEntities, readOrder } from '../../record/entities/index.ts';
import { openFactSink } from '../../modules/scanner-records/index.ts';
import { importEntity } from '../../engine/inbound/index.ts';
import { drainOutbox, planEdits, retryRefused, settleInFlight } from '../../engine/outbound/index.ts';
import { acceptanceStep } from '../../modules/acceptances/index.ts';
import { deviationStep } from '../../modules/requests/index.ts';
import { controlStep } from '../../modules/controls/index.ts';
import { evidenceStep } from '../../modules/evidence/index.ts';
import { tagStep } from '../../modules/tags/index.ts';
import { lifeStep, weaknessStep } from '../../modules/poams/index.ts';
import { remediationStep } from '../../modules/remediation/index.ts';
import type { Conclusion, Step, SyncOptions } from '../../engine/run/index.ts';

/** Whether a run is to deal with any of these entities; one that names none deals with all. */
type Asked = (...entities: readonly EntityType[]) => boolean;

/** The steps of a run, in order. With entities asked for, only what reads, concludes from or sends these. */
export function planSteps(systems: readonly ConnectedSystem[], options: SyncOptions): Step[] {
  const asked: Asked = (...entities) =>
    options.entities.length === 0 || entities.some((entity) => options.entities.includes(entity));
  const scannersFirst = systems.toSorted((a, b) => Number(canRead(b, 'asset')) - Number(canRead(a, 'asset')));
  const writable = systems.filter(takesChanges);
  const conclusions = [
    correlationStep,
    remediationStep,
    weaknessStep,
    deviationStep,
    lifeStep,
    evidenceStep,
    controlStep,
    acceptanceStep,
    editStep(asked),
    tagStep,
  ];
  return [
    ...writable.map((system) => settleStep(system, asked)),
    ...scannersFirst.flatMap((system) => readSteps(system, asked, options)),
    ...conclusions.flatMap((conclusion) =>
      asked(...conclusion.entities)
        ? systems.filter((system) => conclusion.suits(system)).map((system) => conclusion.stepOf(system))
        : [],
    ),
    ...writable.map((system) => approvalStep(system, options)),
    ...writable.map((system) => sendStep(system, asked)),
  ];
}

/** What an earlier run sent without learning what became of it. */
function settleStep(system: ConnectedSystem, asked: Asked): Step {
  return {
    system,
    name: 'settle',
    type: 'export',
    anew: true,
    run: (context, operationId) =>
      settleInFlight(context, system, operationId, (row) => asked(row.entity_type as EntityType)),
  };
}

function readSteps(system: ConnectedSystem, asked: Asked, options: SyncOptions): Step[] {
  return readOrder()
    .map(({ name }) => name)
    .filter((entity) => canRead(system, entity) && asked(entity))
    .map((entity) => ({
      system,
      name: entity,
      type: 'import',
      run: async (context, operationId) => {
        await importEntity(context, { system, entity, operationId, full: options.full }, openFactSink);
      },
    }));
}

/** Edits of ours that the remote does not have yet. */
function editStep(asked: Asked): Conclusion {
  const editable = listLinkedEntities()
    .filter(({ outbound }) => outbound.edits || outbound.adds !== undefined)
    .map(({ name }) => name);
  return {
    entities: editable,
    suits: (system) => editable.some((entity) => canUpdate(system, entity)),
    stepOf: (system) => ({
      system,
      name: 'edits',
      type: 'update',
      anew: true,
      run: async (context, operationId) => {
        await planEdits(context, system, operationId);
        await retryRefused(
          context,
          system,
          operationId,
          editable.filter((entity) => asked(entity)),
        );
      },
    }),
  };
}

/** Asks for approval of what was planned, all of it at once. */
function approvalStep(system: ConnectedSystem, options: SyncOptions): Step {
  return {
    system,
    name: 'approvals',
    type: 'export',
    anew: true,
    run: (context, operationId) =>
      context.store.transaction((tx) => concludePlanning(tx.db, system, operationId, options.entities)),
  };
}

function sendStep(system: ConnectedSystem, asked: Asked): Step {
  return {
    system,
    name: 'send',
    type: 'export',
    run: (context, operationId) =>
      drainOutbox(context, system, operationId, {
        wanted: (row) => asked(row.entity_type as EntityType), // the outbox holds entities only
        patient: false,
      }),
  };
}
