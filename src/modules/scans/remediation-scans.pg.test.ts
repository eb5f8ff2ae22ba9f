import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cloneDatabase, type ClonedDatabase } from '../../../test/support/database.ts';
import { insertSystem } from '../../ledger/external-systems/external-systems.sql.ts';
import { beginOperation } from '../../ledger/operations/operations.sql.ts';
import {
  findSameScan,
  insertScan,
  listScanFindings,
  listScanMoves,
  listScans,
  listVerifiable,
  moveScan,
} from '../../record/remediation-scans/remediation-scans.sql.ts';
import { byRule } from '../../canonical/vocabulary/rule-codes.ts';

const asset = '2d520484-6b83-4c63-b3d0-bf094315cc0f';
const vuln = 'b666e9f5-fde7-4cd8-9c07-12c19246b616';
let database: ClonedDatabase;
let systemId: number;
let operationId: string;
let findingId: number;
beforeAll(async () => {
  database = await cloneDatabase();
  const { db, pool } = database;
  const system = await insertSystem(db, {
    name: 'tenable',
    type: 'tenable',
    url: 'https://tenable.example',
    config: {},
  });
  systemId = system?.id ?? 0;
  operationId = await beginOperation(db, { type: 'update', system: 'tenable' });
  await pool.query(
    `insert into ingestion_assets (asset_uuid, hostname) values ($1, 'web01'), (gen_random_uuid(), 'nameless')`,
    [asset],
  );
  const { rows } = await pool.query<{ id: number }>(
    `insert into ingestion_vulnerabilities (plugin_id, vulnerability_name, severity, severity_rank, asset_uuid, asset_ref, lifecycle_state, tenable_vuln_id, reported_by)
     values ('10114', 'ICMP', 'High', 3, $1::text, $1::text::uuid, 'open', $2, array[$3::int]) returning id`,
    [asset, vuln, systemId],
  );
  findingId = rows[0]?.id ?? 0;
});
beforeEach(async () => {
  await database.pool.query('delete from remediation_scans');
  await database.pool.query('delete from asset_identifiers');
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

const ask = (targets = ['10.0.0.1']): Promise<number> =>
  insertScan(database.db, {
    systemId,
    operationId,
    name: 'verify',
    targets,
    pluginIds: ['10114'],
    state: 'requested',
    requestedBy: 'isso',
    reason: undefined,
    findingIds: [findingId],
  });
const fetch = async (id: number) => {
  const [scan] = await listScans(database.db, { id }, 1);
  if (!scan) throw new Error(`no scan ${id}`);
  return scan;
};
const identify = (kind: string, value: string, lastSeen: string | null = null) =>
  database.pool.query(
    'insert into asset_identifiers (asset_uuid, kind, value, last_seen) values ($1, $2, $3, $4)',
    [asset, kind, value, lastSeen],
  );
const target = async (): Promise<string | null | undefined> =>
  (await listVerifiable(database.db, systemId, { by: 'findings', ids: [findingId], uuids: [] }, 10))[0]
    ?.target;

describe('a remediation scan on record', () => {
  it('a remediation scan on record moves only from the state in which it was seen, and each move is in the journal', async () => {
    const seen = await fetch(await ask());
    const move = {
      operationId,
      to: 'created',
      decidedBy: byRule('scan_server'),
      externalId: '601',
      over: false,
    } as const;
    expect(await moveScan(database.db, seen, move)).toBe(true);
    expect(await moveScan(database.db, seen, { ...move, externalId: '602' })).toBe(false);
    expect(await fetch(seen.id)).toMatchObject({ state: 'created', externalId: '601', findings: 1 });
    expect(await listScanMoves(database.db, seen.id)).toMatchObject([
      { state: 'created', by: "rule:the scanner's server says so" },
    ]);
    const over = { operationId, to: 'failed', decidedBy: byRule('scan_server'), over: true } as const;
    const problem = { message: 'no', remedy: 'yes', fields: [] };
    await moveScan(database.db, await fetch(seen.id), { ...over, problem });
    const failed = await fetch(seen.id);
    expect(failed).toMatchObject({ state: 'failed', externalId: '601', problem });
    expect(failed.settledAt).toBeInstanceOf(Date);
  });

  it('a remediation scan on record is recognized by system, machines and plugins, while it is not over', async () => {
    const wanted = { systemId, targets: ['10.0.0.1'], pluginIds: ['10114'] };
    const id = await ask();
    expect((await findSameScan(database.db, wanted))?.id).toBe(id);
    expect(await findSameScan(database.db, { ...wanted, targets: ['10.0.0.2'] })).toBeUndefined();
    const over = { operationId, to: 'failed', decidedBy: byRule('scan_server'), over: true } as const;
    await moveScan(database.db, await fetch(id), over);
    expect(await findSameScan(database.db, wanted)).toBeUndefined();
    expect(await listScans(database.db, { systemId, unfinished: true }, 10)).toEqual([]);
  });

  it('a remediation scan on record lists its findings, with how they stood and how they stand', async () => {
    const id = await ask();
    await database.pool.query(
      `update ingestion_vulnerabilities set lifecycle_state = 'fixed' where id = $1`,
      [findingId],
    );
    expect(await listScanFindings(database.db, id, 10)).toMatchObject([
      { findingId, hostname: 'web01', pluginId: '10114', stateBefore: 'open', lifecycleState: 'fixed' },
    ]);
    await database.pool.query(`update ingestion_vulnerabilities set lifecycle_state = 'open' where id = $1`, [
      findingId,
    ]);
  });
});

describe('a finding that may be verified', () => {
  it('a finding that may be verified is found by its number, by the uuid of the server, and by asset and plugin', async () => {
    const found = { findingId, severity: 'High', isReported: true, scannerId: vuln };
    const by = (query: Parameters<typeof listVerifiable>[2]) =>
      listVerifiable(database.db, systemId, query, 10);
    expect(await by({ by: 'findings', ids: [findingId], uuids: [] })).toMatchObject([found]);
    expect(await by({ by: 'findings', ids: [], uuids: [vuln] })).toMatchObject([found]);
    expect(await by({ by: 'assets', assets: [asset], plugins: ['10114'] })).toMatchObject([found]);
    expect(await by({ by: 'assets', assets: [asset], plugins: ['1'] })).toEqual([]);
    expect(await by({ by: 'poam', poam: 'POAM-1' })).toEqual([]);
    const other = await listVerifiable(
      database.db,
      systemId + 1,
      { by: 'findings', ids: [findingId], uuids: [] },
      1,
    );
    expect(other).toMatchObject([{ isReported: false }]);
  });

  it('a finding that may be verified is looked for at the address its machine was last seen with, else by name, never at the scanner itself', async () => {
    expect(await target()).toBe('web01');
    await identify('ip', '127.0.0.1', '2026-11-02');
    await identify('ip', '169.254.7.7', '2026-11-02');
    expect(await target()).toBe('web01');
    await identify('fqdn', 'web01.example', '2026-11-02');
    expect(await target()).toBe('web01.example');
    await identify('ip', 'fd00::1', '2026-11-03');
    expect(await target()).toBe('fd00::1');
    await identify('ip', '10.0.0.1', '2026-10-01');
    await identify('ip', '10.0.0.2', '2026-11-01');
    expect(await target()).toBe('10.0.0.2');
  });
});
