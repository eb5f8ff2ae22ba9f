/** Every kind of rule over a real database: raised once, updated, resolved with the reason. */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TestApp } from '../../../test/support/compose-app.ts';
import { everywhere, type Scope } from '../../canonical/access/index.ts';
import { detectionKinds, ruledAlertKinds } from '../../canonical/vocabulary/index.ts';
import { cases } from '../../../test/support/alert-cases.ts';
import { alertWorld, hours, operator } from '../../../test/support/alert-world.ts';
import { evaluateAlerts, fetchAlert, listAlertRules, removeAlertRule, setAlertRule } from './index.ts';

const world = alertWorld();

describe('a rule', () => {
  it.each(cases)(
    'of $kind raises once, updates, and resolves with the reason',
    async ({ kind, begin, first, worse, second, end, reason }) => {
      expect(await world.evaluate(kind)).toMatchObject({ raised: 0, failed: [] });
      await world.run(begin);
      expect(await world.evaluate(kind)).toMatchObject({ raised: 1, failed: [] });
      const [raised] = await world.openAlerts();
      expect(raised).toMatchObject({ kind, state: 'active', ...first });
      expect(await world.evaluate(kind)).toMatchObject({ raised: 0, changed: 0, resolved: 0 });
      if (typeof worse === 'string') await world.run(worse);
      else world.now = hours(worse);
      expect(await world.evaluate(kind)).toMatchObject({ raised: 0, changed: 1, failed: [] });
      expect(await world.openAlerts()).toMatchObject([{ id: raised?.id, ...second }]);
      await world.run(end);
      expect(await world.evaluate(kind)).toMatchObject({ resolved: 1, failed: [] });
      expect(await world.openAlerts()).toEqual([]);
      const over = await fetchAlert(world.database.db, operator, raised?.id ?? '');
      expect(over).toMatchObject({
        state: 'resolved',
        resolvedAt: world.now,
        resolution: expect.stringContaining(reason) as string,
      });
      expect(over.story.filter(({ field }) => field === 'status').map(({ after }) => after)).toEqual([
        'active',
        'resolved',
      ]);
      await world.run(`delete from alert_rules where kind = 'metric'`);
    },
  );

  it('of a partition that is missing raises and resolves', async () => {
    await world.run(
      'drop table if exists performance_metrics_2026_12; drop table if exists performance_metrics_2026_11',
    );
    expect(await world.evaluate('partition_missing')).toMatchObject({ failed: [] });
    const missing = (await world.openAlerts()).find(({ entityId }) => entityId === 'performance_metrics');
    expect(missing).toMatchObject({
      severity: 'High',
      value: 2,
      title: 'performance_metrics has no partition for 2 months: rows go to its default partition',
    });
    await world.run(
      `create table performance_metrics_2026_11 partition of performance_metrics for values from ('2026-11-01Z') to ('2026-12-01Z')`,
    );
    await world.evaluate('partition_missing');
    expect(await fetchAlert(world.database.db, operator, missing?.id ?? '')).toMatchObject({
      value: 1,
      state: 'active',
    });
    await world.run(
      `create table performance_metrics_2026_12 partition of performance_metrics for values from ('2026-12-01Z') to ('2027-01-01Z')`,
    );
    await world.evaluate('partition_missing');
    expect(await fetchAlert(world.database.db, operator, missing?.id ?? '')).toMatchObject({
      state: 'resolved',
    });
  });

  it('of a disk and of the capacity of the database raises, updates and resolves', async () => {
    const { rows } = await world.database.pool.query<{ bytes: number }>(
      'select pg_database_size(current_database()) as bytes',
    );
    const bytes = Number(rows[0]?.bytes);
    const watching = (share: number): TestApp => ({
      ...world.app,
      machine: {
        directories: [{ what: 'the data directory', path: world.folder }],
        certificates: [],
        databaseCapacityBytes: bytes / share,
        readsRemoteCertificates: false,
      },
    });
    await world.run(
      `update alert_rules set levels = '[{"at": 75, "severity": "Medium"}, {"at": 95, "severity": "Critical"}, {"at": 0.0001, "severity": "Low"}]' where kind = 'disk_filling'`,
    );
    await evaluateAlerts(watching(0.8), { heavy: true, kinds: ['disk_filling'] });
    const found = await world.openAlerts();
    expect(found.find(({ entityType }) => entityType === 'disk')?.title).toMatch(
      /^The disk of the data directory on .* is \d+ % full$/,
    );
    expect(found.find(({ entityType }) => entityType === 'database')).toMatchObject({ severity: 'Medium' });
    await evaluateAlerts(watching(0.99), { heavy: true, kinds: ['disk_filling'] });
    expect((await world.openAlerts()).find(({ entityType }) => entityType === 'database')).toMatchObject({
      severity: 'Critical',
    });
    await evaluateAlerts(world.app, { heavy: true, kinds: ['disk_filling'] });
    await world.run(
      `update alert_rules set levels = '[{"at": 75, "severity": "Medium"}, {"at": 85, "severity": "High"}, {"at": 95, "severity": "Critical"}]' where kind = 'disk_filling'`,
    );
    await evaluateAlerts(watching(0.01), { heavy: true, kinds: ['disk_filling'] });
    expect((await world.openAlerts()).filter(({ entityType }) => entityType === 'database')).toEqual([]);
  });

  it('of a certificate tells how many days it has left', async () => {
    const path = join(world.folder, 'cert.pem');
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '10',
        '-subj',
        '/CN=here',
        '-keyout',
        join(world.folder, 'key.pem'),
        '-out',
        path,
      ],
      { stdio: 'ignore' },
    );
    const ends = new Date(Date.now() + 10 * 86_400_000);
    world.now = new Date(ends.getTime() - 8.5 * 86_400_000);
    const watching: TestApp = {
      ...world.app,
      machine: {
        directories: [],
        certificates: [{ of: 'this server', path }],
        readsRemoteCertificates: false,
      },
    };
    await evaluateAlerts(watching, { heavy: true, kinds: ['certificate_ending'] });
    expect(await world.openAlerts()).toMatchObject([
      { severity: 'Medium', value: 8, entityId: 'this server' },
    ]);
    world.now = new Date(ends.getTime() - 1.5 * 86_400_000);
    await evaluateAlerts(watching, { heavy: true, kinds: ['certificate_ending'] });
    expect(await world.openAlerts()).toMatchObject([{ severity: 'High', value: 1 }]);
    // What cannot be read says nothing: the alert stays.
    rmSync(path);
    expect(await evaluateAlerts(watching, { heavy: true, kinds: ['certificate_ending'] })).toMatchObject({
      resolved: 0,
    });
  });

  it('has a case in these tests, whatever its kind', () => {
    // Detections: detections.pg.test.ts.
    const own = ['partition_missing', 'disk_filling', 'certificate_ending', ...detectionKinds];
    expect([...cases.map(({ kind }) => kind), ...own].toSorted()).toEqual([...ruledAlertKinds].toSorted());
  });

  it('of a boundary counts there in place of the one of all, and can be switched off and removed', async () => {
    await world.run(
      `update ingestion_poams set scheduled_completion = '2026-12-20'; insert into ingestion_poams (poam_id, system_id, status, scheduled_completion) values ('P-2', 'SYS-2', 'Open', '2026-12-20')`,
    );
    const asker = { scope: everywhere, name: 'issm' };
    const wish = {
      kind: 'promise_due',
      systemId: 'SYS-1',
      levels: [{ at: 30, severity: 'Medium' }],
      isEnabled: true,
      reason: 'we plan a month ahead',
    } as const;
    await setAlertRule(world.app, asker, wish);
    await world.evaluate('promise_due');
    expect(await world.openAlerts()).toMatchObject([{ entityId: 'P-1', severity: 'Medium', threshold: 30 }]);
    await setAlertRule(world.app, asker, { ...wish, isEnabled: false });
    await world.evaluate('promise_due');
    expect(await world.openAlerts()).toEqual([]);
    await setAlertRule(world.app, asker, wish);
    await world.evaluate('promise_due');
    await removeAlertRule(world.app, asker, {
      kind: 'promise_due',
      metric: null,
      systemId: 'SYS-1',
      reason: 'like the others',
    });
    await world.evaluate('promise_due');
    expect(await world.openAlerts()).toEqual([]);
    const { rows } = await world.database.pool.query(
      `select entity_id, decided_by, reason from sync_changes where entity_type = 'alert_rule' order by id`,
    );
    expect(rows).toHaveLength(4);
    expect(rows[0]).toMatchObject({
      entity_id: 'promise_due SYS-1',
      decided_by: 'issm',
      reason: 'we plan a month ahead',
    });
  });

  it.each([
    ['levels', { levels: [] }],
    [
      'levels',
      {
        levels: [
          { at: 3, severity: 'High' },
          { at: 1, severity: 'Medium' },
        ],
      },
    ],
    [
      'levels',
      {
        levels: [
          { at: 3, severity: 'High' },
          { at: 5, severity: 'High' },
        ],
      },
    ],
    ['reason', { reason: ' ' }],
    ['system', { systemId: 'SYS-9' }],
    ['metric', { kind: 'metric' }],
    ['system', { kind: 'feed_old', systemId: 'SYS-1', levels: [{ at: 1, severity: 'High' }] }],
  ] as const)('that is wrong in %s is refused and named', async (field, wrong) => {
    const wish = {
      kind: 'promise_due',
      systemId: null,
      levels: [{ at: 5, severity: 'High' }],
      isEnabled: true,
      reason: 'because',
      ...wrong,
    } as const;
    await expect(setAlertRule(world.app, { scope: everywhere, name: 'issm' }, wish)).rejects.toMatchObject({
      code: 'USAGE',
      fields: expect.arrayContaining([expect.objectContaining({ field })]) as unknown,
    });
  });

  it('of another boundary, or of all, is not set by who may set those of one', async () => {
    const asker = {
      scope: { kind: 'boundaries', systemIds: ['SYS-1'], unassigned: false } as Scope,
      name: 'isso',
    };
    for (const systemId of [null, 'SYS-2'])
      await expect(
        setAlertRule(world.app, asker, {
          kind: 'promise_due',
          systemId,
          levels: [{ at: 5, severity: 'High' }],
          isEnabled: true,
          reason: 'r',
        }),
      ).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    expect(
      (await listAlertRules(world.database.db, asker.scope)).every(
        ({ systemId }) => systemId === null || systemId === 'SYS-1',
      ),
    ).toBe(true);
  });

  it('of a metric keeps its direction when only its levels are changed', async () => {
    await world.run(
      `insert into metrics_definitions (metric_name, metric_category, calculation_method, unit_of_measure) values ('coverage', 'assurance', 'share', 'percent')`,
    );
    const asker = { scope: everywhere, name: 'issm' };
    const wish = {
      kind: 'metric',
      metric: 'coverage',
      systemId: null,
      isEnabled: true,
      reason: 'r',
    } as const;
    const falling = [
      { at: 90, severity: 'Medium' },
      { at: 50, severity: 'Critical' },
    ] as const;
    await setAlertRule(world.app, asker, { ...wish, direction: 'below', levels: falling });
    const again = await setAlertRule(world.app, asker, {
      ...wish,
      levels: [{ at: 80, severity: 'Medium' }, falling[1]],
    });
    expect(again).toMatchObject({ direction: 'below', levels: [{ at: 80 }, { at: 50 }] });
    await expect(
      setAlertRule(world.app, asker, { ...wish, levels: [falling[1], { at: 90, severity: 'Critical' }] }),
    ).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('that fails leaves its alerts as they are, and the others are evaluated', async () => {
    await world.run(
      `update ingestion_poams set scheduled_completion = '2026-12-01'; ${cases.find(({ kind }) => kind === 'feed_old')?.begin ?? ''}`,
    );
    await world.evaluate('promise_due');
    await world.run('alter table poam_due_dates rename to poam_due_dates_away');
    try {
      const evaluated = await evaluateAlerts(world.app, { heavy: true });
      expect(evaluated?.failed.map(({ kind }) => kind)).toEqual(['promise_due', 'obligation_due']);
    } finally {
      await world.run('alter table poam_due_dates_away rename to poam_due_dates');
    }
    expect((await world.openAlerts()).map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['promise_due', 'feed_old']),
    );
  });

  it('is evaluated by one process at a time', async () => {
    await world.run(`update ingestion_poams set scheduled_completion = '2026-12-01'`);
    const both = await Promise.all([world.evaluate('promise_due'), world.evaluate('promise_due')]);
    expect(both.reduce((sum, each) => sum + (each?.raised ?? 0), 0)).toBe(1);
  });
});
