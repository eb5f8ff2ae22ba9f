/** A server over a database with the same records in two boundaries, and tokens of whoever a test needs. */
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { composeApp, type TestApp } from './compose-app.ts';
import type { ClonedDatabase } from './database.ts';
import { asProgram, type Caller, type TestServer, testServer } from './http-server.ts';
import { makeScratchDirectory } from './scratch-directory.ts';
import { databaseWithConnection } from './one-connection.ts';
import { everywhere, type Grant, type Scope } from '../../src/canonical/access/index.ts';
import type { Origin } from '../../src/ledger/security/index.ts';
import { addAccount, giveGrant, makeToken } from '../../src/operate/accounts/index.ts';

export const machine: Origin = {
  way: 'local',
  actor: { principalId: 'local:root', name: 'root', kind: 'local' },
};
export const within = (...systemIds: string[]): Scope => ({
  kind: 'boundaries',
  systemIds,
  unassigned: false,
});

/** What each boundary holds, by its number; every name and text of the second one says `zulu`, and nothing else does. */
const words = `(values (1, 'alfa'), (2, 'zulu')) b(n, word)`;
const asset = `('00000000-0000-0000-0000-00000000000' || n)::uuid`;
const operation = `'00000000-0000-0000-0000-000000000001'`;

const planItem = `jsonb_build_object('system', 'xacta', 'entity', 'poam', 'record', upper(word) || '-1', 'kind', 'update', 'direction', 'outbound', 'field', 'comments',
   'before', 'old', 'after', word, 'reason', 'edited here', 'decidedBy', 'J. Doe', 'needsApproval', false, 'key', 'key ' || n)`;

/** @param systemId of the connection. */
const statements = (systemId: number): string[] => [
  `insert into ingestion_systems (system_id, name, uuid) select 'SYS-' || n, word || ' system', gen_random_uuid() from ${words}`,
  `insert into ingestion_batches (batch_id, source_system, batch_type, operation_type, status) values (${operation}, 'test', 'poam', 'import', 'completed')`,
  `insert into ingestion_assets (asset_uuid, hostname, system_id) select ${asset}, word || '-web', 'SYS-' || n from ${words}`,
  `insert into ingestion_poams (poam_id, system_id, weakness_description, status, weakness_risk_level, poc, scheduled_completion)
   select upper(word) || '-' || s, 'SYS-' || n, 'Weakness ' || s || ' of ' || word, 'Open', 'High', word || ' owner', timestamp '2027-01-01' + s * interval '1 day'
     from ${words} cross join generate_series(1, 5) s order by n, s`,
  `insert into ingestion_poam_milestones (poam_id, milestone_description, scheduled_completion, status)
   select upper(word) || '-1', 'Step of ' || word, timestamp '2027-01-01', 'Pending' from ${words} order by n`,
  `insert into ingestion_poam_assets (poam_id, asset_uuid) select upper(word) || '-1', ${asset} from ${words}`,
  `insert into ingestion_vulnerabilities (finding_key, state, plugin_id, vulnerability_name, severity, asset_uuid, asset_ref, port, protocol, lifecycle_state, severity_rank, poam_id)
   select ('00000000-0000-0000-0000-0000000000f' || n)::uuid, 'Open', '100' || n, word || ' flaw', 'High', ${asset}::text::uuid, ${asset}, 443, 'tcp', 'open', 3, (select id from ingestion_poams where poam_id = upper(word) || '-1') from ${words}`,
  `insert into work_tasks (what, entity_type, entity_id, system_id, made_at, made_by) select 'ask about ' || word, 'poam', upper(word) || '-1', 'SYS-' || n, '2026-11-20Z', 'J. Doe' from ${words} order by n`,
  `insert into alerts (alert_id, alert_type, severity, title, description, status, subject, system_id, entity_type, entity_id, facts)
   select ${asset}, 'promise_due', 'High', 'POA&M of ' || word || ' is due', word, 'active', word, 'SYS-' || n, 'poam', upper(word) || '-1', '{}' from ${words} order by n`,
  `insert into security_events_extended (event_id, event_type, severity, source_system, outcome, object_type, object_id, boundary, source_way, occurred_at)
   select ${asset}, 'record_changed', 'Info', 'tieline', 'attempted', 'poam', upper(word) || '-1', 'SYS-' || n, 'session', timestamptz '2026-11-20Z' from ${words} order by n`,
  `insert into sync_links (external_system_id, entity_type, entity_id, external_id) select ${systemId}, 'poam', upper(word) || '-1', word || '-there' from ${words}`,
  `insert into sync_conflicts (entity_type, entity_id, conflict_type, field_name, external_system_id, resolution_status)
   select 'poam', upper(word) || '-1', 'field_mismatch', 'comments', ${systemId}, 'pending' from ${words} order by n`,
  `insert into sync_outbox (external_system_id, entity_type, entity_id, change_kind, payload, idempotency_key, operation_id, reason, state)
   select ${systemId}, 'poam', upper(word) || '-1', 'update', jsonb_build_object('comments', word), 'key ' || n, ${operation}, 'edited here: ' || word, 'pending' from ${words} order by n`,
  `insert into sync_changes (operation_id, entity_type, entity_id, field_name, before_value, after_value, direction, decided_by_kind, decided_by, changed_at)
   select ${operation}, 'poam', upper(word) || '-1', 'comments', '"old"', to_jsonb(word), 'inbound', 'person', 'J. Doe', timestamptz '2026-11-20Z' from ${words}`,
  `insert into system_components (external_system_id, component_id, name, system_id) select ${systemId}, word || '-part', word || ' part', 'SYS-' || n from ${words}`,
  `insert into asset_correlations (asset_uuid, component_id, decision, score, evidence, decided_by_kind, rule_code)
   select ${asset}, c.id, 'review', 40, '[]', 'rule', 'correlation' from ${words} join system_components c on c.component_id = word || '-part'`,
  `insert into match_reviews (kind, external_system_id, asset_uuid, operation_id, reason_code)
   select 'component', ${systemId}, ${asset}, ${operation}, null from ${words} order by n`,
  `insert into kept_plans (plan_id, sha256, head, item_count, made_by, made_by_principal, expires_at)
   select ${asset}, repeat('0', 64), '{"systems": ["xacta"], "entities": [], "full": false}', 1, 'J. Doe', 'p', now() + interval '1 day' from ${words}`,
  `insert into kept_plan_groups (plan_id, group_number, danger, danger_rank, content_sha256, sample)
   select ${asset}, 1, 'updates', 5, repeat(n::text, 64), ${planItem} from ${words}`,
  `insert into kept_plan_items (plan_id, item_number, group_number, system_id, entity_id, title, item)
   select ${asset}, 1, 1, 'SYS-' || n, upper(word) || '-1', 'Weakness of ' || word, ${planItem} from ${words}`,
  `insert into sync_plans (plan_id, external_system_id, content, content_sha256, operation_id, system_id, is_by_boundary)
   select ${asset}, ${systemId}, '[]', repeat('0', 64), ${operation}, 'SYS-' || n, true from ${words}`,
  `insert into approvals (approval_id, plan_id, requested_action, requested_by) select ${asset}, ${asset}, 'send what waits in ' || word, 'rule:approval' from ${words}`,
  `insert into approvals (approval_id, subject_kind, subject_id, system_id, severity, asked, content_sha256, levels, requested_action, requested_by, requested_by_principal)
   select ('00000000-0000-0000-0000-0000000000e' || n)::uuid, 'completion', upper(word) || '-1', 'SYS-' || n, 'Medium',
          jsonb_build_object('rationale', word || ' is fixed', 'lines', jsonb_build_array(jsonb_build_object('field', 'status', 'before', 'Open', 'after', 'Completed'))),
          repeat('0', 64), '[{"roles": ["isso"], "needs": "one"}]', 'complete ' || upper(word) || '-1', 'J. Doe', 'p' from ${words}`,
  `insert into generated_reports (report_id, template_id, report_name, report_type, report_format, system_ids)
   select ${asset}, t.id, word, 'fedramp-poam', 'xlsx', array['SYS-' || n] from ${words} cross join report_templates t where t.template_name = 'fedramp-poam'`,
  `insert into deviations (kind, poam_id, system_id, severity, is_whole_poam, rationale, expires_on, requested_by, requested_by_principal, requested_at)
   select 'risk_acceptance', upper(word) || '-1', 'SYS-' || n, 'High', true, word || ' is replaced soon', date '2027-03-01', 'J. Doe', 'p', timestamptz '2026-11-20Z' from ${words} order by n`,
];

export interface HttpWorld extends TestServer {
  readonly app: TestApp;
  readonly database: ClonedDatabase;
  /** A program with these grants. @param limit of its token. */
  program(grants: readonly Pick<Grant, 'gives' | 'scope'>[], limit?: Scope): Promise<Caller>;
}

export async function httpWorld(options: { readonly isDemo?: boolean } = {}): Promise<HttpWorld> {
  const { database, systemId } = await databaseWithConnection();
  for (const statement of statements(systemId)) await database.pool.query(statement);
  const uploads = await makeScratchDirectory();
  const app: TestApp = {
    ...composeApp(database, randomBytes(32).toString('base64')),
    uploads: { directory: uploads, maxBytes: 1_000_000 },
  };
  const server = await testServer(app, options);
  let programs = 0;
  return {
    ...server,
    app,
    database,
    async program(grants, limit = everywhere) {
      const name = `program-${(programs += 1)}`;
      await addAccount(app, { kind: 'service', name }, machine);
      for (const grant of grants) await giveGrant(app, name, grant, machine);
      const { token } = await makeToken(app, name, { name, scope: limit }, machine);
      return asProgram(token);
    },
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await rm(uploads, { recursive: true, force: true });
      await database[Symbol.asyncDispose]();
    },
  };
}
