import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloneDatabase } from '../../../test/support/database.ts';
import type { AssetRecord } from '../../canonical/record-fields/index.ts';
import { markAbsent } from '../../engine/inbound/absence.sql.ts';
import { countNewlyUnreported, listUnreportedAssets, renewReportingOfRead } from './asset-reporting.sql.ts';
import { beginAssetLoad } from './assets.sql.ts';
import { insertSystem } from '../../ledger/external-systems/external-systems.sql.ts';
import { beginOperation } from '../../ledger/operations/operations.sql.ts';

let database: Awaited<ReturnType<typeof cloneDatabase>>;
const systems: Record<string, number> = {};
beforeAll(async () => {
  database = await cloneDatabase();
  for (const [name, url] of [
    ['one', 'https://one.example'],
    ['two', 'https://two.example'],
    ['files', 'file:'],
  ] as const)
    systems[name] = (await insertSystem(database.db, { name, type: 'tenable_sc', url, config: {} }))?.id ?? 0;
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

const uuid = 'dddddddd-0000-4000-8000-000000000001';
const begin = () => beginOperation(database.db, { type: 'import', system: 'test', step: 'asset' });

/** A source reports the machine. @returns the operation. */
async function report(system: string, lastSeen: string, more: Partial<AssetRecord> = {}): Promise<string> {
  const operationId = await begin();
  await database.store.transaction(async (tx) => {
    const load = await beginAssetLoad(tx, {
      systemId: systems[system] ?? 0,
      operationId,
      systemType: 'tenable_sc',
      ownsIdentity: false,
    });
    const record = {
      asset_uuid: uuid,
      hostname: 'h0',
      last_seen: lastSeen,
      terminated_at: null,
      ...more,
    } as AssetRecord;
    await load.add({
      externalId: `${system}-h0`,
      record,
      identifiers: [{ kind: 'bios_uuid', value: 'b'.repeat(32) }],
      raw: { lastSeen, ...more },
    });
    await load.finish();
  });
  return operationId;
}
/** A full read of a system that does not show the machine. */
async function readWithout(system: string): Promise<string> {
  const operationId = await begin();
  const read = { systemId: systems[system] ?? 0, entity: 'asset', operationId };
  await database.store.transaction(async (tx) => {
    await markAbsent(tx.db, read, false);
    await renewReportingOfRead(tx, read);
  });
  return operationId;
}
async function state() {
  const { rows } = await database.pool.query<{ ended: boolean; unreported: boolean }>(
    `select terminated_at is not null as ended, unreported_since is not null as unreported from ingestion_assets where merged_into is null`,
  );
  return rows;
}

async function lifecycles(): Promise<string[]> {
  const { rows } = await database.pool.query<{ is: string }>(
    `select lifecycle_state || ' ' || count(*) as is from ingestion_vulnerabilities group by lifecycle_state order by 1`,
  );
  return rows.map((row) => row.is);
}

// One story in order: each step begins where the one before ended.
describe('an asset of several sources', () => {
  const ended = { terminated_at: '2026-05-02T00:00:00.000Z' };

  it('an asset of several sources lives while one reports it, though another saw it later and terminated it', async () => {
    await report('two', '2026-05-01T00:00:00.000Z');
    await report('files', '2026-04-01T00:00:00.000Z');
    await report('one', '2026-05-02T00:00:00.000Z', ended);
    expect(await state()).toEqual([{ ended: false, unreported: false }]);
    const { rows } = await database.pool.query(
      `select external_id, retired_at is not null as retired from sync_links where external_id <> 'files-h0' order by 1`,
    );
    expect(rows).toEqual([
      { external_id: 'one-h0', retired: true },
      { external_id: 'two-h0', retired: false },
    ]);
  });

  it('an asset of several sources is marked, with what is open on it and no finding closed, once the last one no longer shows it', async () => {
    await database.pool.query(
      `insert into ingestion_vulnerabilities (plugin_id, vulnerability_name, severity, severity_rank, asset_uuid, asset_ref, lifecycle_state, finding_key,
         external_system_id, state, first_found, last_found, raw_data)
       select '10' || n, 'x', 'High', rank, $1::text, $1::uuid, 'open', gen_random_uuid(), $2, 'Open', '2026-04-01', '2026-05-01', '{}'
         from unnest('{0,3,3,4}'::int[]) with ordinality given(rank, n)`,
      [uuid, systems['one']],
    );
    const operationId = await readWithout('two');
    expect(await state()).toEqual([{ ended: true, unreported: true }]);
    expect(await listUnreportedAssets(database.db, 10)).toMatchObject([
      {
        assetUuid: uuid,
        hostname: 'h0',
        ended: 'terminated',
        sources: ['files', 'one', 'two'],
        openCritical: 1,
        openHigh: 2,
        openFindings: 4,
      },
    ]);
    // It counts no longer as open, and nobody says that it was fixed.
    expect(await lifecycles()).toEqual(['gone 4']);
    expect(await countNewlyUnreported(database.db, [operationId])).toBe(1);
    expect(await countNewlyUnreported(database.db, [await readWithout('two')])).toBe(0);
  });

  it('an asset of several sources is not revived by a file that was scanned before that, but by one from after', async () => {
    await report('files', '2026-04-02T00:00:00.000Z');
    expect(await state()).toEqual([{ ended: true, unreported: true }]);
    await report('files', '2030-01-01T00:00:00.000Z');
    expect(await state()).toEqual([{ ended: false, unreported: false }]);
    expect(await lifecycles()).toEqual(['open 4']);
  });

  it('an asset of several sources is revived by a source that shows it again in a read of changes', async () => {
    await database.pool.query(`delete from asset_sources where external_system_id = $1`, [systems['files']]);
    await readWithout('two');
    expect(await state()).toEqual([{ ended: true, unreported: true }]);
    await report('two', '2026-06-01T00:00:00.000Z');
    expect(await state()).toEqual([{ ended: false, unreported: false }]);
  });
});
