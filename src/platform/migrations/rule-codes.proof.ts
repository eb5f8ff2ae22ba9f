/** What the migration to codes does to rows that earlier versions wrote. */
import { readFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { composeApp } from '../../../test/support/compose-app.ts';
import { emptyDatabase, type ClonedDatabase } from '../../../test/support/database.ts';
import { undoOperation } from '../../review/operations/undo.ts';
import { fetchOperation, listLatestOperations } from '../../review/operations/operations.ts';
import {
  reasonSentence,
  reasonSentences,
  ruleSentence,
  ruleSentences,
} from '../../canonical/vocabulary/rule-codes.ts';
import { listApprovals } from '../../engine/approvals/approvals.sql.ts';
import {
  explainAsset,
  fetchAssetSummaries,
  type AssetExplanation,
} from '../../record/assets/asset-explanations.sql.ts';
import { countRecognised } from '../../ledger/operations/changes.sql.ts';
import { listConflicts } from '../../engine/conflicts/list-conflicts.sql.ts';
import { countCorrelations, listPersonDecisions } from '../../modules/correlation/correlations.sql.ts';
import { listJournal } from '../../ledger/operations/journal.sql.ts';
import { listMatchReviews } from '../../modules/correlation/match-reviews.sql.ts';
import { readMigrationFiles } from './files.ts';
import { migrate } from './migrate.ts';

const folder = join(import.meta.dirname, '../../../migrations');
const operation = '00000000-0000-4000-8000-000000000001';
const asset = (n: number): string => `00000000-0000-4000-9000-${String(n).padStart(12, '0')}`;

/** A database as the version before codes left it. */
async function databaseBefore(): Promise<ClonedDatabase> {
  const earlier = await mkdtemp(join(tmpdir(), 'tieline-earlier-'));
  for (const file of await readMigrationFiles(folder))
    if (file.name < '0035') await cp(join(folder, file.name), join(earlier, file.name));
  const old = await emptyDatabase();
  await migrate(old.pool, { folder: earlier });
  await rm(earlier, { recursive: true });
  await old.pool.query(`
    insert into external_systems (id, system_name, system_type, api_base_url, connection_config) values (1, 'grc', 'xacta', '', '{}');
    insert into ingestion_batches (batch_id, source_system, batch_type, operation_type, status) values ('${operation}', 'grc', 'sync', 'sync', 'completed');
    insert into ingestion_systems (uuid, system_id, name) values (gen_random_uuid(), 'S-1', 'one')`);
  return old;
}

interface OldChange {
  readonly by: string;
  readonly reason?: string | null;
  readonly entity?: string;
  readonly entityId?: string;
  readonly field?: string | null;
  readonly before?: string | null;
  readonly after?: string | null;
}

const writeChanges = (old: ClonedDatabase, changes: readonly OldChange[]): Promise<unknown> =>
  old.pool.query(
    `insert into sync_changes (operation_id, external_system_id, entity_type, entity_id, field_name, before_value, after_value, direction, decided_by, reason)
     select '${operation}', 1, coalesce(entity, 'poam'), coalesce("entityId", 'P-1'), field, to_jsonb(before), to_jsonb(after), 'inbound', by, reason
       from rows from (jsonb_to_recordset($1::jsonb) as (by text, reason text, entity text, "entityId" text, field text, before text, after text))
              with ordinality g(by, reason, entity, "entityId", field, before, after, n) order by n`,
    [JSON.stringify(changes)],
  );

const rows = async (old: ClonedDatabase, query: string): Promise<Record<string, unknown>[]> =>
  (await old.pool.query<Record<string, unknown>>(query)).rows;

async function explain(old: ClonedDatabase, uuid: string): Promise<AssetExplanation> {
  const summary = (await fetchAssetSummaries(old.db, [uuid])).get(uuid);
  if (!summary) throw new Error(`There is no asset ${uuid}.`);
  return explainAsset(old.db, summary);
}

/** Parameters of a sentence, as its kind has them. */
const filling = (sentence: string): Record<string, string | number> =>
  Object.fromEntries(
    [...sentence.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => [
      name,
      ['score', 'lead', 'limit', 'count', 'conflict', 'decision'].includes(name) ? 42 : `X (1) of "${name}"`,
    ]),
  );

const migration = readFileSync(join(folder, '0035_store_codes_of_rules.sql'), 'utf8');
/** Codes that came later were never stored as sentences. */
const isStored = (code: string): boolean => migration.includes(`'${code}'`);

it('every rule and every reason that an earlier version stored is its code, and is shown as it was', async () => {
  await using old = await databaseBefore();
  const rules = Object.entries(ruleSentences).filter(
    ([code]) => isStored(code) && code !== 'standing_decision',
  );
  // These two are worded otherwise since they were stored; nothing else is.
  const stored: Readonly<Record<string, string>> = { same_scanner_uuid: 'same Tenable uuid' };
  await writeChanges(
    old,
    rules.map(([code, sentence]) => ({ by: `rule:${stored[code] ?? sentence}` })),
  );
  const storedReasons = Object.entries(reasonSentences).filter(([code]) => isStored(code));
  const reasons = storedReasons.map(([code, sentence]) => ({
    code,
    params: filling(sentence),
    text: reasonSentence(code, filling(sentence)),
  }));
  await writeChanges(
    old,
    reasons.map(({ text }) => ({ by: 'rule:full read', reason: text })),
  );
  await old.pool.query(`insert into ingestion_assets (asset_uuid) values ('${asset(1)}')`);
  await old.pool.query(`
    insert into system_components (external_system_id, component_id, system_id, name) select 1, 'C-' || n, 'S-1', 'c' from generate_series(1, 200) n`);
  const given = JSON.stringify(reasons.map(({ text }, at) => ({ text, at: at + 1 })));
  for (const by of ['rule:weighted identifiers', 'isso'])
    await old.pool.query(
      `insert into asset_correlations (asset_uuid, component_id, decision, score, evidence, reason, decided_by)
       select '${asset(1)}', c.id, 'rejected', 1, '[]', g.text, $2 from jsonb_to_recordset($1::jsonb) g(text text, at int)
         join system_components c on c.component_id = 'C-' || (g.at + case when $2 = 'isso' then 100 else 0 end)`,
      [given, by],
    );
  for (const by of ['rule:weighted identifiers', 'isso'])
    await old.pool.query(
      `insert into asset_identity_decisions (external_system_id, external_id, asset_uuid, decision, reason, decided_by)
       select 1, 'E', '${asset(1)}', 'new', g.text, $2 from jsonb_to_recordset($1::jsonb) g(text text, at int) order by at`,
      [given, by],
    );
  await old.pool.query(
    `insert into match_reviews (kind, external_system_id, reason, settled_at, settled_by, outcome)
     select 'component', 1, g.text, now(), 'rule:settled itself', 'withdrawn' from jsonb_to_recordset($1::jsonb) g(text text, at int) order by at`,
    [given],
  );
  await old.pool.query(
    `insert into sync_conflicts (external_system_id, entity_type, entity_id, conflict_type, resolution_status, resolved_by, resolution)
     select 1, 'poam', 'P', 'field_mismatch', 'resolved', by, jsonb_build_object(key, g.text)
       from jsonb_to_recordset($1::jsonb) g(text text, at int), (values ('rule:settled itself', 'kept'), ('isso', 'choice')) k(by, key) order by by, at`,
    [given],
  );
  await migrate(old.pool, { folder });

  const journal = await listJournal(old.db, [operation], 0, 1_000);
  expect(journal.slice(0, rules.length).map(({ ruleCode, decidedBy }) => [ruleCode, decidedBy])).toEqual(
    rules.map(([code]) => [code, `rule:${ruleSentence(code)}`]),
  );
  expect(journal.slice(rules.length).map((row) => row.reason)).toEqual(reasons.map(({ text }) => text));
  const { components, decisions } = await explain(old, asset(1));
  const texts = reasons.map(({ text }) => text);
  expect(components.map((row) => row.reason).toSorted()).toEqual([...texts, ...texts].toSorted());
  expect(decisions.map((row) => row.reason)).toEqual([...texts, ...texts]);
  const reviews = await listMatchReviews(old.db, { all: true }, 1_000);
  expect(reviews.map((row) => row.reason)).toEqual(texts);
  expect(new Set(reviews.map((row) => row.settledBy))).toEqual(new Set(['rule:settled itself']));
  const conflicts = await listConflicts(old.db, { all: true }, 1_000);
  expect(conflicts.map(({ resolvedBy, resolution }) => [resolvedBy, resolution])).toEqual([
    ...texts.map((text) => ['isso', { choice: text }]),
    ...texts.map((text) => ['rule:settled itself', { kept: text }]),
  ]);

  // Each reason is a code where it was ever given.
  const coded = await rows(
    old,
    `select reason_code as code, reason_params as params from sync_changes where reason_code is not null union
     select reason_code, reason_params from asset_correlations where reason_code is not null union
     select reason_code, reason_params from asset_identity_decisions where reason_code is not null union
     select reason_code, reason_params from match_reviews where reason_code is not null union
     select resolution ->> 'code', null from sync_conflicts where resolution ? 'code'`,
  );
  const known = new Map(coded.map((row) => [String(row['code']), row['params'] ?? {}]));
  const elsewhere = ['no_longer_asked'];
  expect(
    reasons.filter(({ code }) => !known.has(code) && !elsewhere.includes(code)).map(({ code }) => code),
  ).toEqual([]);
  const compared = reasons.filter(({ code }) => known.has(code));
  expect(compared.map(({ code }) => [code, known.get(code)])).toEqual(
    compared.map(({ code, params }) => [code, params]),
  );
});

it('what a person wrote stays a person’s, though it looks like a rule or a reason of Tieline', async () => {
  await using old = await databaseBefore();
  await writeChanges(old, [
    { by: 'rule:x', reason: 'linked to a row that was there already' },
    { by: 'policy:x', reason: 'as the policy says' },
    { by: 'isso', reason: 'the remote shows it again' },
    { by: 'isso' },
    { by: 'policy:field bidirectional external_wins', reason: 'the value of the remote gives way to ours' },
    { by: 'rule:tenable reports it' },
    { by: 'rule:weakness by plugin and system', reason: 'due 2026-03-01 by fast; controls: RA-5' },
  ]);
  await old.pool.query(`
    insert into sync_plans (plan_id, external_system_id, content, content_sha256) values ('${asset(9)}', 1, '[]', '');
    insert into approvals (plan_id, requested_action, requested_by, status, reason, decided_by, decided_at) values
      ('${asset(9)}', 'a', 'tieline', 'withdrawn', 'what waits is no longer what was asked for', null, null),
      ('${asset(9)}', 'b', 'tieline', 'rejected', 'what waits is no longer what was asked for', 'isso', now())`);
  await migrate(old.pool, { folder });
  const journal = await listJournal(old.db, [operation], 0, 100);
  expect(
    journal.map(({ decidedByKind, decidedBy, ruleCode, reason, reasonCode }) => [
      decidedByKind,
      decidedBy,
      ruleCode,
      reason,
      reasonCode,
    ]),
  ).toEqual([
    ['person', 'rule:x', null, 'linked to a row that was there already', null],
    ['person', 'policy:x', null, 'as the policy says', null],
    ['person', 'isso', null, 'the remote shows it again', null],
    ['person', 'isso', null, null, null],
    [
      'policy',
      'policy:field bidirectional external_wins',
      null,
      'the value of the remote gives way to ours',
      'gives_way',
    ],
    ['rule', 'rule:the scanner reports it', 'scanner_reports', null, null],
    [
      'rule',
      'rule:weakness by plugin and system',
      'weakness_by_plugin',
      'due 2026-03-01 by fast; controls: RA-5',
      null,
    ],
  ]);
  expect(
    (await rows(old, 'select reason, reason_code as code from approvals order by id')).map(Object.values),
  ).toEqual([
    [null, 'no_longer_asked'],
    ['what waits is no longer what was asked for', null],
  ]);
  expect((await listApprovals(old.db, {}, 10)).map((row) => row.reason)).toEqual([
    'what waits is no longer what was asked for',
    'what waits is no longer what was asked for',
  ]);
});

it('an operation from before codes is counted, shown and undone as it was', async () => {
  await using old = await databaseBefore();
  const linked = 'linked to a row that was there already';
  await old.pool.query(
    `insert into ingestion_poams (poam_id, system_id, status, comments, remediation_plan) values ('P-1', 'S-1', 'Ongoing', 'theirs', 'spelled')`,
  );
  await writeChanges(old, [
    { by: 'rule:natural key', reason: linked, after: 'POAM-1' },
    { by: 'rule:full read', reason: 'the remote no longer shows it', before: 'POAM-1' },
    {
      by: 'rule:the remote moved it',
      reason: 'it stands there at the remote',
      field: 'system_id',
      before: 'S-0',
      after: 'S-1',
    },
    { by: 'rule:the remote changed it', field: 'comments', before: 'ours', after: 'theirs' },
    { by: "rule:the remote's own reading", field: 'remediation_plan', before: 'Spelled ', after: 'spelled' },
    {
      by: 'rule:same asset, plugin, port and protocol',
      reason: linked,
      entity: 'finding',
      entityId: '7',
      before: 'x',
    },
    { by: 'rule:same Tenable uuid', reason: linked, entity: 'asset', entityId: asset(1), before: 'x' },
    { by: 'isso', reason: linked, entity: 'asset', entityId: asset(2), field: 'link', after: 'x' },
  ]);
  const before = {
    recognised: await rows(
      old,
      `select entity_type, count(*)::int as n from sync_changes where reason = '${linked}' and decided_by like 'rule:%' group by 1 order by 1`,
    ),
    decider: await rows(
      old,
      `select decided_by from sync_changes where decided_by !~ '^(rule|policy):' limit 1`,
    ),
  };
  await migrate(old.pool, { folder });

  const recognised = await countRecognised(old.db, [operation]);
  expect(Object.entries(recognised).map(([entity_type, n]) => ({ entity_type, n }))).toEqual(
    before.recognised,
  );
  const app = composeApp(old, Buffer.alloc(32, 7).toString('base64'));
  const [listed] = await listLatestOperations(app, 10);
  expect(listed?.by).toBe(before.decider[0]?.['decided_by']);
  const { journal } = await fetchOperation(app, operation, { limit: 50 });
  expect(journal.entries.map(({ kind }) => kind)).toEqual([
    'linked',
    'missing',
    'changed',
    'changed',
    'changed',
    'linked',
    'linked',
    'changed',
  ]);

  const { fields, refused } = await undoOperation(app, operation, {
    by: 'isso',
    reason: undefined,
    planOnly: false,
  });
  expect(fields).toMatchObject([{ field: 'comments', before: 'theirs', after: 'ours' }]);
  expect(refused.map((each) => each.reason)).toEqual(
    expect.arrayContaining([
      'was linked to a record of the remote: `tieline links break` takes that back',
      'was missing at the remote, or came back there',
      'was moved at the remote: it is moved back there',
    ]),
  );
  expect(await rows(old, `select comments, remediation_plan as plan from ingestion_poams`)).toEqual([
    { comments: 'ours', plan: 'spelled' },
  ]);
});

it('matches from before codes are the rule’s or the person’s as before, also by a standing decision', async () => {
  await using old = await databaseBefore();
  await old.pool.query(`
    insert into ingestion_assets (asset_uuid) values ('${asset(1)}'), ('${asset(2)}'), ('${asset(3)}'), ('${asset(4)}');
    insert into sync_links (external_system_id, entity_type, entity_id, external_id)
      select 1, 'asset', asset_uuid::text, asset_uuid::text from ingestion_assets;
    insert into system_components (external_system_id, component_id, system_id, name) select 1, 'C-' || n, 'S-1', 'c' from generate_series(1, 4) n;
    insert into asset_correlations (asset_uuid, component_id, decision, score, evidence, reason, decided_by)
    select v.a::uuid, c.id, 'linked', 60, v.evidence::jsonb, v.reason, v.by
      from (values ('${asset(1)}', 'C-1', 'the only component that fits (score 60)', 'rule:weighted identifiers', '[{"kind": "fqdn"}]'),
                   ('${asset(2)}', 'C-2', 'standing decision 3 says so', 'rule:standing decision 3', '[]'),
                   ('${asset(3)}', 'C-3', 'decided by a person', 'isso', '[]'),
                   ('${asset(4)}', 'C-4', 'because', 'rule:of nobody', '[]')) v(a, c, reason, by, evidence)
      join system_components c on c.component_id = v.c`);
  await migrate(old.pool, { folder });
  expect(await countCorrelations(old.db)).toEqual({
    linked: 4,
    review: 0,
    unmatched: 0,
    linkedBy: { fqdn: 1, person: 3 },
  });
  expect(
    await rows(
      old,
      `select decided_by_kind as kind, decided_by as by, rule_code as rule, reason, reason_code as code, reason_params as params
                        from asset_correlations order by asset_uuid`,
    ),
  ).toEqual([
    {
      kind: 'rule',
      by: null,
      rule: 'weighted_identifiers',
      reason: null,
      code: 'only_component',
      params: { score: 60 },
    },
    {
      kind: 'rule',
      by: null,
      rule: 'standing_decision',
      reason: null,
      code: 'standing_says',
      params: { decision: 3 },
    },
    { kind: 'person', by: 'isso', rule: null, reason: null, code: 'person_decided', params: null },
    { kind: 'person', by: 'rule:of nobody', rule: null, reason: 'because', code: null, params: null },
  ]);
  expect((await listPersonDecisions(old.db, 1)).map((each) => each.assetUuid)).toEqual([asset(3), asset(4)]);
  expect((await explain(old, asset(2))).components).toMatchObject([
    { decidedBy: 'rule:standing decision 3', reason: 'standing decision 3 says so' },
  ]);
});
