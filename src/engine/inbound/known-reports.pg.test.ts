/** A report that says what it said the last time is passed; whatever makes it mean something else makes it be merged again. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cloneDatabase, type ClonedDatabase } from '../../../test/support/database.ts';
import { xactaConnector } from '../../connectors/xacta/connector.ts';
import { scalarText, type JsonObject } from '../../platform/values/json.ts';
import type { FieldMapping } from '../../canonical/mapping/mapping.ts';
import type { EntityPolicy } from '../../canonical/policy/policy.ts';
import { insertSystem } from '../../ledger/external-systems/external-systems.sql.ts';
import { beginOperation, type Counts } from '../../ledger/operations/operations.sql.ts';
import { mapperFrom } from '../../engine/inbound/mapper.ts';
import { openLinkedSink, reportDigests } from './linked-sink.ts';
import { fetchStandingReports } from './standing-reports.ts';
import type { MapperOf } from '../../record/entities/sink.ts';
import { saveLinks } from '../../record/entities/rows/known-reports.sql.ts';

let database: ClonedDatabase;
let systemId = 0;
let otherId = 0;
let operationId = '';
let number = 0;
/** The POA&M and the system of the current test. */
let id = '';
let inside = '';

const { mappings } = xactaConnector.declaration;

beforeAll(async () => {
  database = await cloneDatabase();
  const add = async (name: string): Promise<number> =>
    (await insertSystem(database.db, { name, type: 'xacta', url: `https://${name}.example`, config: {} }))
      ?.id ?? 0;
  systemId = await add('one');
  otherId = await add('two');
  operationId = await beginOperation(database.db, { type: 'import', system: 'one', step: 'poam' });
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

const report = (more: JsonObject = {}): JsonObject => ({
  id,
  system_id: inside,
  weakness_description: 'Old library',
  status: 'ongoing',
  comments: 'as agreed',
  ...more,
});

interface Taken {
  readonly counts: Counts;
  /** How many records were mapped. */
  readonly mapped: number;
}

async function take(
  entity: 'poam' | 'system',
  raw: JsonObject,
  given: { readonly mappings?: readonly FieldMapping[]; readonly policies?: readonly EntityPolicy[] } = {},
): Promise<Taken> {
  let mapped = 0;
  const inner = mapperFrom(given.mappings ?? mappings);
  const counting: MapperOf = (of, schema) => {
    const map = inner(of, schema);
    const noting = (each: JsonObject) => {
      mapped += 1;
      return map(each);
    };
    return Object.assign(noting, { edition: map.edition, paths: map.paths });
  };
  const source = {
    systemId,
    systemType: 'xacta',
    operationId,
    policies: given.policies ?? [],
    echo: undefined,
  };
  const record = { externalId: scalarText(raw['id']), version: '1', raw };
  // What a full read knows before it begins, and what a page finds, are the same.
  const standing = await fetchStandingReports(database.db, { systemId, entity: entity });
  const stands = standing?.(record.externalId, reportDigests(entity, source, counting)(record)) ?? false;
  const { counts } = await database.store.transaction(async (tx) => {
    const sink = openLinkedSink(tx, entity, source, counting);
    await sink.add(record);
    return sink.finish();
  });
  expect(stands).toBe(mapped === 0);
  return { counts, mapped };
}

/** The POA&M's row, as text columns. */
async function rowOf(): Promise<Record<string, unknown>> {
  const { rows } = await database.pool.query<Record<string, unknown>>(
    'select * from ingestion_poams where poam_id = $1',
    [id],
  );
  return rows[0] ?? {};
}
const linkOf = async (): Promise<Record<string, unknown>> => {
  const { rows } = await database.pool.query<Record<string, unknown>>(
    `select * from sync_links where entity_type = 'poam' and external_id = $1 and external_system_id = $2`,
    [id, systemId],
  );
  return rows[0] ?? {};
};
const edit = (text: string, ...values: unknown[]): Promise<unknown> => database.pool.query(text, values);

const passed = { mapped: 0, counts: { read: 1, unchanged: 1, updated: 0, created: 0, held: 0, failed: 0 } };

beforeEach(async () => {
  number += 1;
  id = `P-${number}`;
  inside = `S-${number}`;
  await take('system', { id: inside, name: `System ${number}` });
  await take('poam', report());
});

describe('an unchanged report', () => {
  it('an unchanged report is skipped, and counts as unchanged', async () => {
    expect(await take('poam', report())).toEqual(passed);
  });

  it('an unchanged report is merged when the row was edited here, and skipped again after that', async () => {
    await edit(`update ingestion_poams set comments = 'edited here' where poam_id = $1`, id);
    expect(await take('poam', report())).toMatchObject({ mapped: 1, counts: { unchanged: 1 } });
    expect((await rowOf())['comments']).toBe('edited here');
    expect(await take('poam', report())).toEqual(passed);
  });

  it('an unchanged report is merged when a policy changed, and again when it is changed back', async () => {
    await edit(`update ingestion_poams set comments = 'edited here' where poam_id = $1`, id);
    await take('poam', report());
    const policies: EntityPolicy[] = [{ entity: 'poam', direction: 'inbound', fields: {} }];
    expect(await take('poam', report(), { policies })).toMatchObject({ mapped: 1 });
    expect(await take('poam', report(), { policies })).toEqual(passed);
    expect(await take('poam', report())).toMatchObject({ mapped: 1 });
  });

  it('an unchanged report is merged when a mapping changed', async () => {
    const other = mappings.map((each) =>
      each.entityType === 'poam' && each.internalField === 'comments'
        ? { ...each, externalField: 'remarks' }
        : each,
    );
    const said = report({ remarks: 'in another place' });
    await take('poam', said);
    expect(await take('poam', said, { mappings: other })).toMatchObject({
      mapped: 1,
      counts: { updated: 1 },
    });
    expect((await rowOf())['comments']).toBe('in another place');
  });

  it('an unchanged report is merged when our stored record of it is gone from the row', async () => {
    await edit('update ingestion_poams set raw_json = null where poam_id = $1', id);
    expect(await take('poam', report())).toMatchObject({ counts: { updated: 1 } });
    expect((await rowOf())['raw_json']).toMatchObject({ id });
  });

  it('an unchanged report is merged again when a machine that it lists becomes known here, and when its list is shortened here', async () => {
    const machine = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
    const said = report({ affected_assets: [machine] });
    await take('poam', said);
    expect(await take('poam', said)).toEqual(passed);
    await edit(`insert into ingestion_assets (asset_uuid, hostname) values ($1, 'host')`, machine);
    expect(await take('poam', said)).toMatchObject({ counts: { updated: 1 } });
    expect(await take('poam', said)).toEqual(passed);
    await edit('delete from ingestion_poam_assets where poam_id = $1', id);
    expect(await take('poam', said)).toMatchObject({ counts: { updated: 1 } });
  });

  it('an unchanged report that lists several CVEs and machines is skipped, and merged when one is gone here', async () => {
    const machines = [1, 2].map((n) => `00000000-0000-4000-800${n}-${String(number).padStart(12, '0')}`);
    for (const machine of machines)
      await edit(`insert into ingestion_assets (asset_uuid, hostname) values ($1, 'host')`, machine);
    const said = report({
      affected_assets: machines,
      cve_references: ['CVE-2026-1', 'CVE-2026-2', 'CVE-2026-3'],
    });
    await take('poam', said);
    expect(await take('poam', said)).toEqual(passed);
    await edit(
      `with gone as (delete from ingestion_poam_cves where poam_id = $1 returning cve_id)
       insert into ingestion_poam_cves (poam_id, cve_id) select $1, cve_id from gone order by cve_id desc`,
      id,
    );
    expect(await take('poam', said)).toEqual(passed);
    await edit(`delete from ingestion_poam_cves where poam_id = $1 and cve_id = 'CVE-2026-2'`, id);
    expect(await take('poam', said)).toMatchObject({ mapped: 1, counts: { updated: 1 } });
    expect(await take('poam', said)).toEqual(passed);
  });

  it('an unchanged report is merged while a field of it is in conflict, which is held each time', async () => {
    await edit(`update ingestion_poams set comments = 'edited here' where poam_id = $1`, id);
    const said = report({ comments: 'edited there' });
    expect((await take('poam', said)).counts.held).toBe(1);
    expect((await take('poam', said)).counts.held).toBe(1);
    expect((await linkOf())['report_digest']).toBeNull();
    await edit(`update ingestion_poams set comments = 'edited there' where poam_id = $1`, id);
    expect((await take('poam', said)).counts.held).toBe(0);
    expect(await take('poam', said)).toEqual(passed);
  });

  it('an unchanged report ends the conflict about one that could not be read in between', async () => {
    const open = async (): Promise<number> => {
      const { rows } = await database.pool.query(
        `select from sync_conflicts where entity_id = $1 and conflict_type = 'unmappable_value' and resolution_status = 'pending'`,
        [id],
      );
      return rows.length;
    };
    expect((await take('poam', report({ status: 'nobody knows' }))).counts.failed).toBe(1);
    expect(await open()).toBe(1);
    await take('poam', report());
    expect(await open()).toBe(0);
    expect(await take('poam', report())).toEqual(passed);
  });

  it('an unchanged report is merged when its link had ended or was missing, and lives again', async () => {
    for (const column of ['missing_since', 'retired_at']) {
      await edit(
        `update sync_links set ${column} = now() where entity_type = 'poam' and external_id = $1`,
        id,
      );
      await take('poam', report());
      expect((await linkOf())[column]).toBeNull();
    }
  });

  it('an unchanged report is merged when what both sides agreed on was moved by a decision', async () => {
    await saveLinks(database.db, { systemId, entity: 'poam', operationId }, [
      { entityId: id, externalId: id, base: { comments: 'something else' }, version: '1' },
    ]);
    expect(await take('poam', report())).toMatchObject({ mapped: 1 });
  });

  it('an unchanged report is merged when the system that it names is another one of ours', async () => {
    await take('system', { id: `${inside}-b`, name: `System ${number} b` });
    await edit(`delete from sync_links where entity_type = 'system' and external_id = $1`, `${inside}-b`);
    await edit(
      `update sync_links set entity_id = $2 where entity_type = 'system' and external_id = $1`,
      inside,
      `${inside}-b`,
    );
    expect(await take('poam', report())).toMatchObject({ counts: { updated: 1 } });
    expect((await rowOf())['system_id']).toBe(`${inside}-b`);
  });

  it('an unchanged report is merged as long as another external system has the row too', async () => {
    await saveLinks(database.db, { systemId: otherId, entity: 'poam', operationId }, [
      { entityId: id, externalId: `other-${id}`, base: {}, version: null },
    ]);
    await take('poam', report());
    expect(await take('poam', report())).toMatchObject({ mapped: 1 });
  });

  it('an unchanged report leaves the time of the last agreement as it was', async () => {
    const { confirmed_at: before } = await linkOf();
    await edit(`update ingestion_poams set comments = 'edited here' where poam_id = $1`, id);
    await take('poam', report());
    await take('poam', report());
    expect((await linkOf())['confirmed_at']).toEqual(before);
  });
});
