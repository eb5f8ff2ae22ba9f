import type { EntityType } from '../../connectors/kit/index.ts';
import {
  canRead,
  canUpdate,
  canWrite,
  type ConnectedSystem,
  takesChanges,
} from '../../engine/connections/index.ts';
import { correlateAssets } from '../../modules/correlation/index.ts';
import { concludePlanning } from '../../engine/approvals/index.ts';
import { listLinkedEntities, readOrder } from '../../record/entities/index.ts';
import { openFactSink } from '../../modules/scanner-records/index.ts';
import { importEntity } from '../../engine/inbound/index.ts';
import { drainOutbox, planEdits, retryRefused, settleInFlight } from '../../engine/outbound/index.ts';
import { planAcceptances } from '../../modules/acceptances/index.ts';
import { planTags } from '../../modules/tags/index.ts';
import { planPoams } from '../../modules/poams/index.ts';
import { inTransaction } from '../../platform/postgres/index.ts';
import type { Step, SyncOptions } from '../../engine/run/index.ts';

/** The steps of a run, in order. With entities asked for, only what reads, concludes from or sends these. */
export function planSteps(systems: readonly ConnectedSystem[], options: SyncOptions): Step[] {
  const asked = (...entities: EntityType[]): boolean =>
    options.entities.length === 0 || entities.some((entity) => options.entities.includes(entity));
  const scannersFirst = systems.toSorted((a, b) => Number(canRead(b, 'asset')) - Number(canRead(a, 'asset')));
  const grc = systems.filter((system) => canRead(system, 'poam'));
  const writable = systems.filter(takesChanges);

  const editable = listLinkedEntities()
    .filter(({ outbound }) => outbound.edits)
    .map(({ name }) => name);

  const settle = writable.map((system): Step => ({
    system,
    name: 'settle',
    type: 'export',
    anew: true,
    run: (context, operationId) =>
      settleInFlight(context, system, operationId, (row) => asked(row.entity_type as EntityType)),
  }));
  const send = writable.map((system): Step => ({
    system,
    name: 'send',
    type: 'export',
    run: (context, operationId) =>
      drainOutbox(context, system, operationId, {
        wanted: (row) => asked(row.entity_type as EntityType), // the outbox holds entities only
        patient: false,
      }),
  }));
  const reads = scannersFirst.flatMap((system) =>
    readOrder()
      .map(({ name }) => name)
      .filter((entity) => canRead(system, entity) && asked(entity))
      .map((entity): Step => ({
        system,
        name: entity,
        type: 'import',
        run: async (context, operationId) => {
          await importEntity(context, { system, entity, operationId, full: options.full }, openFactSink);
        },
      })),
  );
  const conclusions = [
    ...(asked('asset', 'component')
      ? grc.map((system): Step => ({
          system,
          name: 'correlate',
          type: 'update',
          takesTurn: true,
          run: (context, operationId) => correlateAssets(context, system, operationId),
        }))
      : []),
    ...(asked('finding', 'poam')
      ? grc.map((system): Step => ({
          system,
          name: 'weaknesses',
          type: 'update',
          takesTurn: true,
          run: (context, operationId) => planPoams(context, system, operationId),
        }))
      : []),
    ...(asked('acceptance')
      ? systems
          .filter((system) => canWrite(system, 'acceptance'))
          .map((system): Step => ({
            system,
            name: 'acceptances',
            type: 'update',
            anew: true,
            run: (context, operationId) => planAcceptances(context, system, operationId),
          }))
      : []),
    ...(asked(...editable)
      ? systems
          .filter((system) => editable.some((entity) => canUpdate(system, entity)))
          .map((system): Step => ({
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
          }))
      : []),
    ...(asked('asset', 'asset_tag')
      ? systems
          .filter((system) => canWrite(system, 'asset_tag'))
          .map((system): Step => ({
            system,
            name: 'tags',
            type: 'update',
            run: (context, operationId) => planTags(context, system, operationId),
          }))
      : []),
  ];
  const approvals = writable.map((system): Step => ({
    system,
    name: 'approvals',
    type: 'export',
    anew: true,
    run: (context, operationId) =>
      inTransaction(context.pool, (tx) => concludePlanning(tx.db, system, operationId, options.entities)),
  }));
  return [...settle, ...reads, ...conclusions, ...approvals, ...send];
}
