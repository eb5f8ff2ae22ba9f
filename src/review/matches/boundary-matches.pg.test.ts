/** In which boundary an asset is, said by a person where rules contest it: accepted, rejected, or made a rule. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { composeApp, type TestApp } from '../../../test/support/compose-app.ts';
import type { ClonedDatabase } from '../../../test/support/database.ts';
import { databaseWithConnection } from '../../../test/support/one-connection.ts';
import { everywhere, type Scope } from '../../canonical/access/index.ts';
import { changeRule, listBoundaryRules } from '../../modules/boundary-rules/index.ts';
import { explainMatches } from '../boundary-rules/index.ts';
import { acceptMatch, decideMatch, fetchMatch, findMatches, rejectMatch } from './index.ts';

let database: ClonedDatabase;
let app: TestApp;
const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const run = async (query: string, ...values: unknown[]) =>
  (await database.pool.query<Record<string, unknown>>(query, values)).rows;
const decided = { by: 'isso', reason: 'seen in the rack' };
const ask = { merges: everywhere } as const;

beforeAll(async () => {
  const made = await databaseWithConnection();
  database = made.database;
  app = composeApp(database, randomBytes(32).toString('base64'));
  for (const [n, id] of ['S1', 'S2'].entries()) {
    await run(
      `insert into ingestion_systems (system_id, uuid, name) values ($1, $2, $3)`,
      id,
      uuid(900 + n),
      `System ${id}`,
    );
    await run(
      `insert into sync_links (external_system_id, entity_type, entity_id, external_id) values ($1, 'system', $2, $3)`,
      made.systemId,
      id,
      `X-${id}`,
    );
  }
  for (const n of [1, 2]) {
    await run(`insert into ingestion_assets (asset_uuid, hostname) values ($1, $2)`, uuid(n), `web${n}`);
    await run(
      `insert into asset_identifiers (asset_uuid, kind, value) values ($1, 'ip', $2)`,
      uuid(n),
      `10.1.0.${n}`,
    );
  }
}, 60_000);
afterAll(() => database[Symbol.asyncDispose]());

beforeEach(async () => {
  await run('delete from match_reviews');
  await run('delete from boundary_decisions');
  await run('delete from boundary_rules');
  for (const [systemId, value] of [
    ['S1', '10.1.0.0/16'],
    ['S2', '10.1.0.1/32'],
  ] as const)
    await changeRule(
      app,
      {
        kind: 'make',
        rule: {
          systemId,
          priority: 50,
          role: 'responsible',
          conditions: [{ kind: 'network', values: [value] }],
          note: null,
        },
      },
      { by: 'issm', scope: everywhere },
    );
});
const mainOf = async (n: number) =>
  (await run(`select system_id from ingestion_assets where asset_uuid = $1`, uuid(n)))[0]?.['system_id'];

describe('a match that asks in which boundary an asset is', () => {
  it('the match shows each boundary with what of its rule fits, and the asset is in none of them meanwhile', async () => {
    const matches = await findMatches(app, {}, 10);
    expect(matches).toMatchObject([
      {
        kind: 'boundary',
        assetName: 'web1',
        candidates: [
          {
            choice: 'S1',
            name: 'System S1',
            evidence: [{ kind: 'network', value: '10.1.0.0/16', note: '10.1.0.1' }],
          },
          { choice: 'S2' },
        ],
      },
    ]);
    expect([await mainOf(1), await mainOf(2)]).toEqual([null, 'S1']);
  });

  it('accepting a boundary puts the asset there for good, and every later decision names the person', async () => {
    await acceptMatch(app, 'web1', { ...ask, choice: 'S2' }, decided);
    expect(await mainOf(1)).toBe('S2');
    expect(await findMatches(app, {}, 10)).toEqual([]);
    expect(await explainMatches(app, everywhere, 'web1')).toMatchObject({
      memberships: [{ systemId: 'S2', role: 'responsible', isMain: true, by: 'rule' }],
      decisions: [
        { systemId: 'S2', decision: 'linked', decidedBy: 'isso', reason: 'seen in the rack' },
        { systemId: 'S1', decision: 'rejected', reasonCode: 'boundary_person_first' },
      ],
    });
  });

  it('rejecting a boundary leaves the asset to the other; rejecting all leaves it in none', async () => {
    await rejectMatch(app, 'web1', 'S2', decided);
    expect(await mainOf(1)).toBe('S1');
    await run(`delete from boundary_decisions where decided_by_kind = 'person'`);
    await changeRule(
      app,
      {
        kind: 'make',
        rule: {
          systemId: 'S2',
          priority: 50,
          role: 'responsible',
          conditions: [{ kind: 'asset', values: ['web1'] }],
          note: null,
        },
      },
      { by: 'issm', scope: everywhere },
    );
    await rejectMatch(app, 'web1', undefined, decided);
    expect(await mainOf(1)).toBeNull();
    expect(await findMatches(app, {}, 10)).toEqual([]);
  });

  it('always makes a rule that comes before those that contest, and it holds for the next asset that both fit', async () => {
    const { ruleId } = await acceptMatch(app, 'web1', { ...ask, choice: 'S2', always: true }, decided);
    const rules = await listBoundaryRules(database.db, everywhere, {});
    expect(rules[0]).toMatchObject({
      id: ruleId,
      systemId: 'S2',
      priority: 49,
      conditions: [
        { kind: 'network', values: ['10.1.0.0/16'] },
        { kind: 'network', values: ['10.1.0.1/32'] },
      ],
    });
    await run(`delete from boundary_decisions where decided_by_kind = 'person'`);
    await changeRule(
      app,
      { kind: 'end', ruleId: rules.find(({ systemId, id }) => systemId === 'S2' && id !== ruleId)?.id ?? 0 },
      { by: 'issm', scope: everywhere },
    );
    expect(await mainOf(1)).toBe('S2');
  });

  it('always is refused to who may not change policies, and where no priority is left', async () => {
    const [match] = await findMatches(app, {}, 1);
    const said = {
      decision: 'accept',
      choice: 'S1',
      always: true,
      replaces: false,
      merges: everywhere,
    } as const;
    const decide = (rules: Scope | undefined) =>
      decideMatch(app, everywhere, match?.id ?? 0, { ...said, rules }, decided);
    await expect(decide(undefined)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await run('update boundary_rules set priority = 1');
    await expect(decide(everywhere)).rejects.toMatchObject({ code: 'USAGE' });
    expect((await fetchMatch(app, String(match?.id))).settledAt).toBeNull();
  });
});
