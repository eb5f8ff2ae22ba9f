/** Rules of boundaries over a real record: what each kind fits, what a change moves, who answers for a shared asset. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClonedDatabase } from '../../../test/support/database.ts';
import { databaseWithConnection } from '../../../test/support/one-connection.ts';
import { everywhere } from '../../canonical/access/index.ts';
import type { Condition } from '../../canonical/boundary-rules/index.ts';
import type { Store } from '../../platform/postgres/index.ts';
import { openStore } from '../../platform/postgres/store.ts';
import { correlate } from '../correlation/index.ts';
import { listWeaknesses } from '../weaknesses/list-weaknesses.sql.ts';
import { gatherWeakFindings } from '../weaknesses/rules/weak-findings.sql.ts';
import { listRulesInForce } from '../../record/weaknesses/index.ts';
import { changeRule, listBoundaryRules, previewRuleChange, type RuleToMake } from './index.ts';

let database: ClonedDatabase;
let store: Store;
let grc = 0;
const now = new Date('2026-11-27T00:00:00Z');
const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const run = async (query: string, ...values: unknown[]) =>
  (await database.pool.query<Record<string, unknown>>(query, values)).rows;

/** web1 to web3 and db1: each with an address of its own network. */
const machines = [
  [1, 'web1', '10.1.0.11'],
  [2, 'web2', '10.1.0.12'],
  [3, 'web3', '10.2.0.13'],
  [4, 'db1', '2001:db8:4::14'],
] as const;

beforeAll(async () => {
  const { database: made, systemId } = await databaseWithConnection();
  [database, grc, store] = [made, systemId, openStore(made.pool)];
  await run(`insert into ingestion_batches (batch_id, source_system) values ($1, 'grc')`, uuid(1));
  for (const [n, id] of ['S1', 'S2', 'S3'].entries()) {
    await run(
      `insert into ingestion_systems (system_id, uuid, name) values ($1, $2, $3)`,
      id,
      uuid(900 + n),
      `System ${id}`,
    );
    await run(
      `insert into sync_links (external_system_id, entity_type, entity_id, external_id) values ($1, 'system', $2, $3)`,
      grc,
      id,
      `X-${id}`,
    );
  }
  for (const [n, name, address] of machines) {
    await run(
      `insert into ingestion_assets (asset_uuid, tenable_asset_uuid, hostname) values ($1, $2, $3)`,
      uuid(n),
      uuid(n),
      name.toUpperCase(),
    );
    await run(
      `insert into asset_identifiers (asset_uuid, kind, value) values ($1, 'ip', $2), ($1, 'fqdn', $3)`,
      uuid(n),
      address,
      `${name}.prod.example`,
    );
  }
  await run(
    `insert into ingestion_asset_tags (asset_uuid, tag_key, tag_value) values ($1, 'Environment', 'Production')`,
    uuid(1),
  );
  await run(
    `insert into ingestion_asset_tags (asset_uuid, tag_key, tag_value) values ($1, 'Owner', 'Ops')`,
    uuid(2),
  );
  await run(
    `insert into assets_extended (asset_uuid, cost_center, compliance_scope, data_classification)
     values ($1, 'CC-1', '{FISMA,PCI DSS}', 'CUI')`,
    uuid(2),
  );
  await run(
    `insert into asset_sources (external_system_id, external_id, asset_uuid, record, identifiers, raw_json)
     values ($1, 'r7', $2, '{}', '[]', '{"repository": {"id": "7", "name": "Enclave"}}')`,
    grc,
    uuid(3),
  );
}, 60_000);
afterAll(() => database[Symbol.asyncDispose]());

const rule = (
  systemId: string,
  conditions: readonly Condition[],
  more: Partial<RuleToMake> = {},
): RuleToMake => ({
  systemId,
  priority: 100,
  role: 'responsible',
  conditions,
  note: null,
  ...more,
});
const network = (...values: string[]): Condition => ({ kind: 'network', values });
const make = (made: RuleToMake) =>
  changeRule({ store, now: () => now }, { kind: 'make', rule: made }, { by: 'issm', scope: everywhere });
const end = (ruleId: number) =>
  changeRule({ store, now: () => now }, { kind: 'end', ruleId }, { by: 'issm', scope: everywhere });
const preview = (made: RuleToMake) =>
  previewRuleChange({ store, now: () => now }, { kind: 'make', rule: made }, everywhere);
/** Systems that have a weakness. */
const weakSystems = () =>
  store.transaction(async ({ db }) => {
    await gatherWeakFindings(db, grc, { rules: await listRulesInForce(db), now });
    return (await listWeaknesses(db, grc, now)).map(({ systemId }) => systemId);
  });
const sync = () => store.transaction((tx) => correlate(tx, grc, uuid(1)));
/** Where each machine is, as the record says: its main system, then every membership with its role. */
const places = async () =>
  Object.fromEntries(
    (
      await run(
        `select lower(a.hostname) as name, concat_ws(' ', coalesce(a.system_id, '-'),
                (select string_agg(s.system_id || ':' || coalesce(s.asset_role, 'none'), ' ' order by s.system_id) from ingestion_system_assets s where s.asset_uuid = a.asset_uuid)) as place
           from ingestion_assets a order by 1`,
      )
    ).map(({ name, place }) => [name, place]),
  );
const nowhere = { web1: '-', web2: '-', web3: '-', db1: '-' };

describe('what a condition fits', () => {
  const cases: readonly (readonly [Condition, readonly string[]])[] = [
    [network('10.1.0.0/16'), ['WEB1', 'WEB2']],
    [network('10.2.0.13', '2001:db8::/32'), ['DB1', 'WEB3']],
    [{ kind: 'tag', values: ['environment:production'] }, ['WEB1']],
    [{ kind: 'tag', values: ['Owner'] }, ['WEB2']],
    [{ kind: 'repository', values: ['7'] }, ['WEB3']],
    [{ kind: 'repository', values: ['xacta/enclave'] }, ['WEB3']],
    [{ kind: 'repository', values: ['other/7'] }, []],
    [{ kind: 'name', values: ['WEB?.prod.*'] }, ['WEB1', 'WEB2', 'WEB3']],
    [{ kind: 'name', values: ['web_.prod.example'] }, []],
    [{ kind: 'asset', values: ['db1.prod.example', uuid(1)] }, ['DB1', 'WEB1']],
    [{ kind: 'compliance_scope', values: ['pci dss'] }, ['WEB2']],
    [{ kind: 'data_classification', values: ['cui'] }, ['WEB2']],
    [{ kind: 'cost_center', values: ['cc-1'] }, ['WEB2']],
  ];
  it.each(cases)('%j fits the assets %j', async (condition, fits) => {
    const { moves } = await preview(rule('S1', [condition]));
    expect(moves.map(({ hostname }) => hostname)).toEqual(fits);
  });

  it('all conditions of a rule must fit', async () => {
    const both = rule('S1', [network('10.1.0.0/16'), { kind: 'name', values: ['*2*'] }]);
    expect((await preview(both)).moves.map(({ hostname }) => hostname)).toEqual(['WEB2']);
  });

  it('a condition that cannot be meant is refused with its field, and nothing is saved', async () => {
    await expect(
      make(rule('S1', [network('10.1.0.0/33'), { kind: 'name', values: ['*'] }])),
    ).rejects.toMatchObject({
      code: 'USAGE',
      fields: [{ field: 'network' }, { field: 'name' }],
    });
    await expect(make(rule('S1', []))).rejects.toMatchObject({ code: 'USAGE' });
    expect(await listBoundaryRules(database.db, everywhere, { all: true })).toEqual([]);
  });
});

// One story in order: each step begins where the one before ended.
describe('a rule and what it moves', () => {
  let first = 0;

  it('a preview says what would move, and leaves nothing behind', async () => {
    const effect = await preview(rule('S1', [network('10.1.0.0/16')]));
    expect(effect).toMatchObject({
      moved: 2,
      asked: 0,
      moves: [
        { hostname: 'WEB1', before: [], after: [{ systemId: 'S1', role: 'responsible' }] },
        { hostname: 'WEB2' },
      ],
    });
    expect(await places()).toEqual(nowhere);
    expect(await listBoundaryRules(database.db, everywhere, { all: true })).toEqual([]);
  });

  it('a rule that is made moves just what its preview said, and its decisions keep the evidence', async () => {
    const shown = await preview(rule('S1', [network('10.1.0.0/16')]));
    const made = await make(rule('S1', [network('10.1.0.0/16')]));
    first = made.ruleId;
    expect(made.effect).toEqual(shown);
    expect(await places()).toEqual({ ...nowhere, web1: 'S1 S1:responsible', web2: 'S1 S1:responsible' });
    expect(
      await run(
        `select decision, evidence, reason_code from boundary_decisions where asset_uuid = $1`,
        uuid(1),
      ),
    ).toEqual([
      {
        decision: 'linked',
        evidence: [{ kind: 'network', value: '10.1.0.0/16', found: '10.1.0.11' }],
        reason_code: 'boundary_rule_fits',
      },
    ]);
    await sync();
    expect(await places()).toEqual({ ...nowhere, web1: 'S1 S1:responsible', web2: 'S1 S1:responsible' });
  });

  it('an effect that is not the one that was shown is refused', async () => {
    const refused = changeRule(
      { store, now: () => now },
      { kind: 'make', rule: rule('S3', [network('10.2.0.0/16')]) },
      { by: 'issm', scope: everywhere, sha256: '0'.repeat(64) },
    );
    await expect(refused).rejects.toMatchObject({ code: 'PLAN_MOVED' });
    expect((await places())['web3']).toBe('-');
  });

  it('a rule of another boundary with the same priority leaves the asset to a person, in neither boundary', async () => {
    const { effect, ruleId } = await make(rule('S2', [{ kind: 'tag', values: ['Environment:Production'] }]));
    expect(effect).toMatchObject({
      moved: 1,
      moves: [{ hostname: 'WEB1', before: [{ systemId: 'S1' }], after: [] }],
      asked: 1,
      questions: [{ hostname: 'WEB1', systemIds: ['S1', 'S2'] }],
    });
    expect((await places())['web1']).toBe('-');
    expect(await run(`select kind, reason_code from match_reviews where settled_at is null`)).toEqual([
      { kind: 'boundary', reason_code: 'boundary_rules_contest' },
    ]);
    expect((await end(ruleId)).effect).toMatchObject({ moved: 1, settled: 1 });
    expect(await run(`select outcome from match_reviews where kind = 'boundary'`)).toEqual([
      { outcome: 'withdrawn' },
    ]);
  });

  it('the component that an asset is takes it out of the boundary of a rule, and gives it back when it is gone', async () => {
    await run(
      `insert into system_components (external_system_id, component_id, name, system_id) values ($1, 'CMP-1', 'web two', 'S3')`,
      grc,
    );
    await run(
      `insert into component_identifiers (component_id, kind, value) select id, 'fqdn', 'web2.prod.example' from system_components where component_id = 'CMP-1'`,
    );
    await sync();
    expect((await places())['web2']).toBe('S3 S3:none');
    expect(
      await run(`select decision, reason_code from boundary_decisions where asset_uuid = $1`, uuid(2)),
    ).toEqual([{ decision: 'rejected', reason_code: 'boundary_component_first' }]);
    await run(`delete from system_components where component_id = 'CMP-1'`);
    await sync();
    expect((await places())['web2']).toBe('S1 S1:responsible');
  });

  it('a finding on a shared asset makes a weakness where the role says responsible, and none where it is inherited', async () => {
    await make(rule('S2', [network('10.1.0.11')], { role: 'inherited' }));
    expect((await places())['web1']).toBe('S1 S1:responsible S2:inherited');
    await run(`insert into scan_plugins (plugin_id, name, raw_json) values ('20001', 'Weak', '{}')`);
    await run(
      `insert into ingestion_vulnerabilities (asset_uuid, asset_ref, plugin_id, vulnerability_name, severity, severity_rank, lifecycle_state,
         external_system_id, first_found, last_found, finding_key, state, raw_data)
       values ($1::text, $1::uuid, '20001', 'x', 'High', 3, 'open', $2, '2026-11-01', '2026-11-20', gen_random_uuid(), 'Open', '{}')`,
      uuid(1),
      grc,
    );
    expect(await weakSystems()).toEqual(['S1']);
  });

  it('when the rule of who answers for an asset ends, the boundary that inherited it asks, and answers for nothing', async () => {
    const { effect } = await end(first);
    expect(effect).toMatchObject({ moved: 2, questions: [{ hostname: 'WEB1', systemIds: ['S2'] }] });
    expect(await places()).toEqual(nowhere);
    expect(await weakSystems()).toEqual([]);
    expect(
      await run(`select reason_code from match_reviews where kind = 'boundary' and settled_at is null`),
    ).toEqual([{ reason_code: 'boundary_nobody_responsible' }]);
  });

  it('what the owner of the record assigned stays through a rule that agrees, and after it', async () => {
    await run(`update ingestion_assets set system_id = 'S3' where asset_uuid = $1`, uuid(4));
    const { ruleId } = await make(rule('S3', [network('2001:db8::/32')]));
    await end(ruleId);
    expect((await places())['db1']).toBe('S3');
  });
});

describe('a rule that fits many assets', () => {
  it('a rule over 20,000 assets moves them all: what is known of them is read once, not for each of them', async () => {
    await run(
      `insert into ingestion_assets (asset_uuid, hostname) select ('00000000-0000-4000-9000-' || lpad(n::text, 12, '0'))::uuid, 'lab' || n from generate_series(1, 20000) n`,
    );
    await run(
      `insert into asset_identifiers (asset_uuid, kind, value)
       select asset_uuid, 'ip', '10.9.' || (substr(hostname, 4)::int / 250) || '.' || (substr(hostname, 4)::int % 250) from ingestion_assets where hostname like 'lab%'`,
    );
    await run('analyze ingestion_assets, asset_identifiers');
    expect((await preview(rule('S1', [network('10.9.0.0/16')]))).moved).toBe(20_000);
  }, 120_000);
});
