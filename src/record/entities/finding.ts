import { insertHeldRecords, noCounts, recordCounts } from '../../ledger/operations/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import { countNotShown, markNotShown, renewAllExposure } from '../findings/index.ts';
import { defineEntity, type WholeRead } from './define-entity.ts';

export const finding = defineEntity({
  name: 'finding',
  kind: 'fact',
  title: { one: 'finding', many: 'findings' },
  readTurn: 30,
  absence: 'none',
  readsAhead: true,
  async whenReadWhole(tx, read) {
    await settleNotShown(tx, read);
    await renewAllExposure(tx);
  },
});

/**
 * Findings that a full read did not show are marked, unless something of it could not be imported. Too many at once are not believed: then
 * none is marked, and a person is told.
 */
async function settleNotShown(tx: Tx, read: WholeRead): Promise<void> {
  if (read.incomplete) return;
  const { expected, missing } = await countNotShown(tx, read);
  if (missing === 0) return;
  const allowed = Math.max(read.absence.atLeast, Math.floor((expected * read.absence.sharePercent) / 100));
  if (missing <= allowed || read.absence.accept) {
    await markNotShown(tx, read);
    return;
  }
  await recordCounts(tx.db, read.operationId, { ...noCounts, read: 1, held: 1 });
  await insertHeldRecords(tx.db, read.operationId, [
    {
      table: 'ingestion_vulnerabilities',
      identifier: 'findings not shown',
      type: 'missing',
      message: `${missing} of ${expected} open findings were not in the last full read; more than ${allowed} at once are not believed, and none was marked. If they are gone there: tieline sync run --full --accept-missing`,
      raw: { expected, missing, allowed },
    },
  ]);
}
