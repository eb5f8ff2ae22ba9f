/** What starts runs by itself, each over a real database: metrics, schedules, scans, feeds, findings, and workflows that start each other. */
import { describe, expect, it } from 'vitest';
import { workflowPartsOf } from '../../../operate/workflows/index.ts';
import { setUpWorkflows, task, yamlOf } from '../../../../test/support/workflow-bench.ts';
import { everywhere } from '../../../canonical/access/index.ts';
import { listWorkflows } from '../index.ts';
import { startScheduled } from './due.ts';

const bench = setUpWorkflows();

const started = (trigger: string, { record = 'poam', more = '', steps = task('look') } = {}): string =>
  yamlOf(steps, more).replace('{by_hand: true}', trigger).replace('record: poam', `record: ${record}`);

describe('a metric', () => {
  /** The values of one take, `SYS-1` first: of the boundaries, and beside them those that no threshold is about. */
  const take = async (daysAgo: number, ...values: number[]) => {
    const at = `tieline_now() - interval '${daysAgo} days'`;
    await bench.run(`
      insert into metrics_definitions (metric_name, metric_category, calculation_method, is_own, measures)
        values ('overdue', 'x', 'x', true, '[{"key": "share"}, {"key": "count"}]') on conflict do nothing;
      insert into metrics_takes (metric_id, taken_on, taken_at, milliseconds) select id, (${at})::date, ${at}, 1 from metrics_definitions;
      insert into metrics_values (metric_id, measure, calculated_at, taken_on, level, system_id, severity, band, value)
        select d.id, v.measure, (${at}) at time zone 'UTC', (${at})::date, v.level, v.system, v.severity, v.band, v.value
          from metrics_definitions d, (values ('share', 'organization', null, null, null, 99),
            ('count', 'boundary', 'SYS-1', null, null, 99), ('share', 'boundary', 'SYS-1', 'High', null, 99),
            ('share', 'boundary', 'SYS-1', null, 'late', 99)
            ${values.map((value, at_) => `, ('share', 'boundary', 'SYS-${at_ + 1}', null, null, ${value})`).join('')}
          ) v(measure, level, system, severity, band, value)`);
  };

  it('starts a run for a boundary when its newest value comes to lie beyond the threshold, and not while it stays there', async () => {
    await take(3, 5, 20);
    await bench.make(started('{metric: overdue, above: 10}', { record: 'system' }));
    await bench.lookAndWork();
    expect(await bench.runs()).toEqual([]);
    await take(2, 12, 21);
    await bench.lookAndWork();
    expect(await bench.runs()).toEqual(['metric SYS-1 completed']);
    await take(1, 13, 3);
    await bench.lookAndWork();
    await take(0, 14, 22);
    await bench.lookAndWork();
    expect(await bench.runs()).toEqual(['metric SYS-1 completed', 'metric SYS-2 completed']);
  });

  it('that nobody takes any more, or whose take failed, starts nothing', async () => {
    await take(3, 5);
    await bench.make(started('{metric: overdue, above: 10}', { record: 'system' }));
    await bench.look();
    await take(1, 50);
    await bench.run(
      `update metrics_takes set problem = 'broken' where taken_on > tieline_now() - interval '2 days'`,
    );
    await bench.look();
    expect(await bench.runs()).toEqual([]);
    await bench.run(
      `update metrics_takes set problem = null; update metrics_definitions set ended_at = now()`,
    );
    await bench.look();
    expect(await bench.runs()).toEqual([]);
  });
});

describe('a schedule', () => {
  const daily = started(`{schedule: '0 6 * * *'}`, { more: 'when: poam.id != "P-3"' });

  it('starts a run for each record of which the condition is true, once each time', async () => {
    await bench.make(daily);
    expect((await listWorkflows(bench.app, everywhere)).items).toMatchObject([{ trigger: '0 6 * * *' }]);
    await bench.lookAndWork();
    expect(await bench.runs()).toEqual([]);
    bench.passDays(1);
    await bench.lookAndWork();
    await bench.lookAndWork();
    expect((await bench.runs()).toSorted()).toEqual(
      ['1', '2', '4', '5', '6'].map((n) => `schedule P-${n} completed`),
    );
  });

  it('is still due while its runs are started, so that a process that is killed then loses none', async () => {
    await bench.make(daily);
    bench.passDays(1);
    const parts = workflowPartsOf(bench.app);
    const isDue = async (): Promise<number> => {
      const at = bench.app.now().toISOString();
      return bench.countOf(`workflows where next_run_at <= '${at}'`);
    };
    const seen: number[] = [];
    // Twelve hundred more records make a second page; there the process is stopped.
    await bench.run(
      `insert into ingestion_poams (poam_id, system_id, status) select 'Q-' || n, 'SYS-1', 'Open' from generate_series(1, 1200) n;
       update workflows set run_limit = 10000`,
    );
    await startScheduled(
      bench.app,
      {
        ...parts,
        candidates: async (db, kind, page) => {
          seen.push(await isDue());
          if (page.after !== undefined) throw new Error('killed');
          return parts.candidates(db, kind, page);
        },
      },
      bench.signal,
    );
    expect(seen).toEqual([1, 1]);
    expect(await bench.countOf('workflow_executions')).toBeGreaterThan(900);
    await startScheduled(bench.app, parts, bench.signal);
    expect(await bench.countOf('workflow_executions')).toBe(1_205);
    expect(await isDue()).toBe(0);
  });
});

describe('an event', () => {
  const weakness = (id: number, plugin: string, poam: string | null) => `
    insert into weaknesses (id, system_id, identifier, plugin_id, title, severity, detected_on, due_on, due_reason, control_reason, poam_id)
      overriding system value select ${id}, 'SYS-1', '${plugin}', '${plugin}', 'flaw ${plugin}', 'High', '2026-11-01', '2026-12-01', 'test', 'test',
             (select id from ingestion_poams where poam_id = ${poam === null ? 'null' : `'${poam}'`});`;
  const plugin = (id: string, cve: string) => `
    insert into scan_plugins (plugin_id, name, cves, raw_json) values ('${id}', 'flaw', '{${cve}}', '{}');
    insert into plugin_cves (cve, plugin_id) values ('${cve}', '${id}');`;

  it('of a scan that was imported starts runs for the boundaries of the machines that it covered', async () => {
    await bench.make(started('{event: scan.completed}', { record: 'system' }));
    await bench.look();
    const batch = '00000000-0000-0000-0000-0000000000b1';
    const web = '00000000-0000-0000-0000-000000000001';
    await bench.run(`
      insert into ingestion_assets (asset_uuid, hostname, system_id) values ('${web}', 'web', 'SYS-1'), (gen_random_uuid(), 'other', 'SYS-2');
      insert into ingestion_batches (batch_id, source_system, operation_type, batch_type, status) values ('${batch}', 'file', 'import', 'scan file', 'completed');
      insert into external_systems (system_name, system_type, api_base_url, connection_config) values ('scans', 'file', '', '{}');
      insert into scan_scopes (sha256, scope) values (repeat('0', 64), '{}');
      insert into scan_coverage (asset_uuid, ended_at, scope_id, external_system_id, operation_id)
        select '${web}', now(), s.id, e.id, '${batch}' from scan_scopes s, external_systems e;
      insert into tieline_events (kind, subject) values ('operation.finished', '${batch}')`);
    for (const _again of [1, 2]) await bench.catchUp();
    expect(await bench.runs()).toEqual(['scan.completed SYS-1 completed']);
  });

  it('of a feed starts runs for the weaknesses whose CVEs the load changed, and of the first load for all that have one', async () => {
    await bench.make(started('{event: feed.loaded}', { record: 'weakness' }));
    await bench.run(`${plugin('100', 'CVE-2026-1')}${plugin('200', 'CVE-2026-2')}
      insert into scan_plugins (plugin_id, name, cves, raw_json) values ('300', 'flaw', '{}', '{}');
      ${weakness(1, '100', 'P-1')}${weakness(2, '200', 'P-2')}${weakness(3, '300', 'P-3')}`);
    await bench.look();
    const load = (more: string) =>
      bench.run(`
      insert into intelligence_loads (feed, source, loaded_at, loaded_by, rows_read, rows_changed, rows_unchanged, sha256, bytes)
        values ('kev', 'file', now(), 'test', 1, 1, 0, repeat('0', 64), 1);${more}`);
    await load('');
    for (const _again of [1, 2]) await bench.catchUp();
    expect((await bench.runs()).toSorted()).toEqual(['feed.loaded 1 completed', 'feed.loaded 2 completed']);
    await load(`insert into cve_changes (cve, field_name, after_value, load_id, changed_at)
                  select 'CVE-2026-2', 'kev_added', '"2026-11-26"', max(id), now() from intelligence_loads`);
    for (const _again of [1, 2]) await bench.catchUp();
    expect((await bench.runs()).slice(2)).toEqual(['feed.loaded 2 completed']);
  });

  it('of a finding is about the POA&M that it is tied to by itself, and the one of its weakness', async () => {
    await bench.make(started('{event: finding.opened}'));
    await bench.look();
    const finding = (n: number, poam: string) => `
      insert into ingestion_vulnerabilities (finding_key, state, asset_uuid, plugin_id, vulnerability_name, severity, lifecycle_state, severity_rank, poam_id)
        values ('00000000-0000-0000-0000-0000000000f${n}', 'Open', gen_random_uuid(), '100', 'flaw', 'High', 'open', 3, ${poam});`;
    await bench.run(`${plugin('100', 'CVE-2026-1')}${weakness(1, '100', 'P-2')}
      ${finding(1, `(select id from ingestion_poams where poam_id = 'P-1')`)}${finding(2, 'null')}
      insert into weakness_findings select 1, id from ingestion_vulnerabilities where finding_key::text like '%f2'`);
    for (const _again of [1, 2]) await bench.catchUp();
    expect((await bench.runs()).toSorted()).toEqual([
      'finding.opened P-1 completed',
      'finding.opened P-2 completed',
    ]);
  });
});

describe('workflows that start each other', () => {
  it('are cut when a run lies too deep, and that is counted and told apart from runs that started', async () => {
    // Saving refuses such a circle; one that arises beside that (an action of another version) ends here.
    await bench.make(started('{event: poam.changed}'));
    await bench.look();
    const change = (depth: number, poam: string) => `
      with made as (insert into workflow_executions (execution_id, workflow_id, status, started_at, version, mode, record_kind, record_id, depth, trigger_key)
             select gen_random_uuid(), id, 'completed', '2020-01-01', 1, 'live', 'poam', '${poam}', ${depth}, 'before ${depth}' from workflows returning execution_id),
           op as (insert into ingestion_batches (batch_id, source_system, operation_type, status, correlation_id)
             select gen_random_uuid(), 'test', 'update', 'completed', execution_id from made returning batch_id)
      insert into sync_changes (operation_id, entity_type, entity_id, field_name, direction, decided_by, decided_by_kind)
        select batch_id, 'poam', '${poam}', 'severity', 'internal', 'test', 'person' from op;`;
    await bench.run(change(4, 'P-1'));
    await bench.run(change(5, 'P-2'));
    for (const _again of [1, 2]) await bench.catchUp();
    const { rows } = await bench.run(
      `select record_id as record, depth, status, execution_id as id from workflow_executions where started_at > '2020-01-02' order by record_id`,
    );
    expect(rows).toMatchObject([
      { record: 'P-1', depth: 5, status: 'completed' },
      { record: 'P-2', depth: 6, status: 'failed' },
    ]);
    const cut = await bench.runOf((rows[1] as { id: string }).id);
    expect(cut.problem).toContain('6 deep');
    expect(cut.trace).toMatchObject([{ outcome: 'cut', code: 'too_deep', why: cut.problem }]);
    expect(bench.counted).toContainEqual(expect.objectContaining({ started: 1, cut: 1 }));
  });
});
