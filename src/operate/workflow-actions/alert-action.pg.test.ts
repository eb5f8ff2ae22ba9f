/** Alerts that workflows raise: once for each record, listed and delivered as all are, and over when somebody says so. */
import { describe, expect, it } from 'vitest';
import { commandOver } from '../../../test/support/command-over.ts';
import { setUpWorkflows, yamlOf } from '../../../test/support/workflow-bench.ts';
import { evaluateAlerts } from '../../modules/alerts/index.ts';

const bench = setUpWorkflows();
const say = (severity: string, more = ''): string =>
  yamlOf(`  - {id: say, action: alert, with: {title: 'Look at {poam.id}', severity: ${severity}${more}}}`);
const alerts = async (): Promise<unknown> =>
  (
    await bench.run(
      `select title, severity, status, system_id, entity_type, entity_id, resolved_by from alerts where alert_type in ('workflow', 'promise_due') order by entity_id, id`,
    )
  ).rows;
const told = async (): Promise<string[]> =>
  (await bench.run('select event from alert_deliveries order by created_at, delivery_id')).rows.map(
    ({ event }: { event: string }) => event,
  );
const open = {
  title: 'Look at P-1',
  severity: 'Medium',
  status: 'active',
  system_id: 'SYS-2',
  entity_type: 'poam',
  entity_id: 'P-1',
  resolved_by: null,
};
const channel = () =>
  bench.run(`insert into alert_channels (name, kind, settings, least_severity, alert_kinds, system_ids, is_enabled, changed_by, changed_at)
             values ('soc', 'webhook', '{"url": "https://soc.example.gov/hook"}', 'Info', '{workflow}', '{}', true, 'test', now())`);

describe('an alert of a workflow', () => {
  it('is raised once for each record, and told anew only when it becomes graver', async () => {
    await channel();
    await bench.make(say('Medium'));
    const [first, second] = [await bench.start('P-1', 'P-2'), await bench.start('P-1')];
    expect(await bench.outcomes(first.runs[0])).toContain('say done');
    expect(await bench.outcomes(second.runs[0])).toContain('say nothing_to_do');
    expect(await alerts()).toEqual([
      open,
      { ...open, title: 'Look at P-2', system_id: 'SYS-1', entity_id: 'P-2' },
    ]);
    expect(await told()).toEqual(['raised', 'raised']);

    await bench.make(say('Critical'));
    await bench.start('P-1');
    expect(await alerts()).toMatchObject([{ ...open, severity: 'Critical' }, {}]);
    expect(await told()).toEqual(['raised', 'raised', 'graver']);
  });

  it('changes nothing where the workflow simulates', async () => {
    await bench.make(say('Medium'), 'simulate');
    const { runs } = await bench.start('P-1');
    expect(await bench.outcomes(runs[0])).toContain('say would_do');
    expect(await alerts()).toEqual([]);
  });

  it('stays where rules are evaluated, is listed, waits in the inbox, and is over when a person says so', async () => {
    await bench.make(say('High'));
    await bench.start('P-1');
    await evaluateAlerts(bench.app, { heavy: true });
    const listed = await commandOver(bench.app, ['alerts', 'list', '--filter', 'kind=workflow']);
    expect(listed.json).toMatchObject({ items: [{ title: 'Look at P-1', state: 'active', value: null }] });
    const inbox = await commandOver(bench.app, ['inbox']);
    expect(JSON.stringify(inbox.json)).toContain('High: Look at P-1');

    const { id } = (listed.json as { items: { id: string }[] }).items[0] ?? { id: '' }; // of the contract
    expect((await commandOver(bench.app, ['alerts', 'resolve', id])).code).toBe(2);
    const over = await commandOver(bench.app, [
      'alerts',
      'resolve',
      id,
      '--reason',
      'patched',
      '--by',
      'sam',
    ]);
    expect(over.json).toMatchObject({ state: 'resolved', resolvedBy: 'sam', resolution: 'patched' });
    await bench.start('P-1');
    expect(await alerts()).toMatchObject([{ status: 'resolved' }, { status: 'active' }]);
  });

  it('is over when its workflow says so, and where there is none that is nothing to do', async () => {
    await channel();
    await bench.make(say('High'));
    await bench.start('P-1');
    await bench.make(yamlOf('  - {id: end, action: alert, with: {resolve: true}}'));
    const first = await bench.start('P-1');
    expect(await bench.outcomes(first.runs[0])).toContain('end done');
    expect(await alerts()).toMatchObject([{ status: 'resolved', resolved_by: 'olga' }]);
    expect(await told()).toEqual(['raised', 'resolved']);
    const again = await bench.start('P-1');
    expect(await bench.outcomes(again.runs[0])).toContain('end nothing_to_do');
  });

  it('of a rule is not resolved by hand', async () => {
    await bench.run(
      `insert into alerts (alert_type, severity, title, status, subject, created_at) values ('promise_due', 'High', 'due', 'active', 'P-1', now())`,
    );
    const { rows } = await bench.run('select alert_id::text as id from alerts');
    const refused = await commandOver(bench.app, [
      'alerts',
      'resolve',
      rows[0].id as string,
      '--reason',
      'x',
    ]);
    expect(refused.code).toBe(2);
    expect(await alerts()).toMatchObject([{ status: 'active' }]);
  });
});
