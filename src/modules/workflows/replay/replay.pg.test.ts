import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloneDatabase, type ClonedDatabase } from '../../../../test/support/database.ts';
import { everywhere, type Scope } from '../../../canonical/access/index.ts';
import type { WorkflowDefinition } from '../../../canonical/workflow/index.ts';
import { shippedWorkflows } from '../catalogue/index.ts';
import { readYaml } from '../definition/index.ts';
import { replayWorkflow } from './index.ts';

let database: ClonedDatabase;
const now = new Date('2026-11-27T12:00:00Z');
const key = (n: number): string => `00000000-0000-0000-0000-0000000000f${n}`;
const web = '00000000-0000-0000-0000-000000000001';

beforeAll(async () => {
  database = await cloneDatabase();
  await database.pool.query(`
    insert into ingestion_batches (batch_id, source_system) values ('00000000-0000-0000-0000-0000000000b1', 'test');
    insert into ingestion_systems (system_id, name, uuid) values ('SYS-1', 'Payroll', gen_random_uuid()), ('SYS-2', 'Other', gen_random_uuid());
    insert into ingestion_assets (asset_uuid, hostname, system_id) values ('${web}', 'web1', 'SYS-1');
    insert into ingestion_poams (poam_id, system_id, status, weakness_risk_level, scheduled_completion, created_at) values
      ('P-1', 'SYS-1', 'Completed', 'High', '2026-12-20', '2026-09-01'), ('P-2', 'SYS-2', 'Open', 'Low', '2026-10-10', '2026-11-20');
    insert into sync_changes (operation_id, entity_type, entity_id, field_name, before_value, after_value, direction, decided_by, changed_at)
      select '00000000-0000-0000-0000-0000000000b1', 'poam', 'P-1', f, b::jsonb, a::jsonb, 'internal', 'test', t::timestamptz
        from (values ('scheduled_completion', '"2026-10-10"', '"2026-12-20"', '2026-10-15 10:00Z'), ('status', '"Open"', '"Completed"', '2026-11-10 10:00Z')) x(f, b, a, t);
    insert into ingestion_vulnerabilities (finding_key, state, plugin_id, vulnerability_name, severity, asset_uuid, asset_ref, port, protocol, lifecycle_state, severity_rank, first_found, last_found, last_fixed, poam_id)
      select '${key(1)}', 'Fixed', '100', 'flaw', 'High', '${web}', '${web}', 443, 'tcp', 'fixed', 3, '2026-09-10', '2026-10-25', '2026-11-05', id from ingestion_poams where poam_id = 'P-1';
    insert into finding_state_changes (vulnerability_id, state, occurred_at) select id, s, t::timestamp from ingestion_vulnerabilities,
      (values ('fixed', '2026-10-01'), ('reopened', '2026-10-20'), ('fixed', '2026-11-05')) x(s, t);
  `);
});
afterAll(() => database[Symbol.asyncDispose]());

function definition(yaml: string): WorkflowDefinition {
  const read = readYaml(yaml);
  if (!read.definition) throw new Error(read.problems[0]?.message);
  return read.definition;
}
const poams = (
  when: string,
  steps = '[{id: tell, action: comment, with: {say: "{poam.id} was due {poam.due}"}}]',
  trigger = "{schedule: '0 6 * * *'}",
) =>
  definition(
    `{name: trial, title: trial, trigger: ${trigger}, record: poam, when: '${when}', steps: ${steps}}`,
  );
const replay = (trial: WorkflowDefinition, scope: Scope = everywhere, days = 90) =>
  replayWorkflow({ db: database.db, now: () => now }, scope, trial, { days });

describe('a replay', () => {
  it('sees each day as it was: the status, the day and the findings of then', async () => {
    const late = await replay(poams('poam.open && has(poam.due) && daysSince(poam.due) >= 1'));
    // P-1 was late from 11 October until its day was moved on the 15th; P-2 was made late, on 20 November.
    const days = (id: string) =>
      late.items.filter(({ recordId }) => recordId === id).map(({ at }) => at.toISOString().slice(0, 10));
    expect(days('P-1')).toEqual(['2026-10-11', '2026-10-12', '2026-10-13', '2026-10-14', '2026-10-15']);
    expect(days('P-2')).toEqual([
      '2026-11-20',
      '2026-11-21',
      '2026-11-22',
      '2026-11-23',
      '2026-11-24',
      '2026-11-25',
      '2026-11-26',
      '2026-11-27',
    ]);
    expect(late).toMatchObject({ runs: 13, looked: 2, unreplayable: [], busiest: { runs: 1 } });
    expect(late.items[0]?.steps).toEqual([
      { id: 'tell', says: 'comment: P-1 was due 2026-10-10', outcome: 'would_do' },
    ]);
    const fixed = await replay(
      poams('poam.open && poam.findings.size() > 0 && poam.findings.all(f, f.state == "fixed")'),
    );
    expect(
      fixed.items.map(({ at }) => at.toISOString().slice(0, 10)).filter((day) => day < '2026-10-21'),
    ).toHaveLength(19);
    expect(fixed.items.at(-1)?.at.toISOString()).toBe('2026-11-10T06:00:00.000Z');
  });

  it('plays an event each time that it happened, and the finding as it was then', async () => {
    const trial = definition(`{name: back, title: back, trigger: {event: finding.reopened}, record: finding,
      when: 'finding.state == "reopened" && finding.poam.state == "open" && finding.times_reopened == 1',
      steps: [{id: reopen, action: reopen_poam, with: {reason: back}}]}`);
    const found = await replay(trial);
    expect(found.items).toMatchObject([
      { at: new Date('2026-10-20T00:00:00Z'), recordId: key(1), boundary: 'SYS-1' },
    ]);
  });

  it('looks only at what the reader may see', async () => {
    const scope: Scope = { kind: 'boundaries', systemIds: ['SYS-2'], unassigned: false };
    const late = await replay(poams('poam.open && has(poam.due) && daysSince(poam.due) >= 1'), scope);
    expect(new Set(late.items.map(({ recordId }) => recordId))).toEqual(new Set(['P-2']));
  });

  it('says which field cannot be played again, and makes nothing up', async () => {
    const asked = await replay(poams('poam.open && poam.questions.size() > 0'));
    expect(asked).toMatchObject({
      runs: 0,
      looked: 0,
      unreplayable: [
        {
          place: 'when',
          field: 'poam.questions',
          why: 'is kept only as it is now, so it is known from today on',
        },
      ],
    });
    expect((await replay(poams('true', undefined, '{by_hand: true}'))).unreplayable).toMatchObject([
      { place: 'trigger', field: 'a start by hand' },
    ]);
  });

  it('tells steps up to the first that asks or waits, and says of one whose condition cannot be told', async () => {
    const steps = `[{id: one, action: comment, with: {say: x}, when: poam.failed_pushes > 0}, {id: two, action: comment, with: {say: y}, when: poam.severity == "low"},
      {id: ask, approve: {ask: "complete {poam.id}", levels: [{who: [isso]}]}}, {id: three, action: comment, with: {say: z}}]`;
    const late = await replay(poams('poam.open && daysSince(poam.due) == 1', steps));
    expect(late.items[0]?.steps).toEqual([
      { id: 'one', says: 'comment: x', outcome: 'unknown' },
      { id: 'two', says: 'comment: y', outcome: 'skipped' },
      { id: 'ask', says: 'asks to complete P-1', outcome: 'would_ask' },
    ]);
    expect(late.unreplayable).toMatchObject([{ place: 'one', field: 'poam.failed_pushes' }]);
  });

  it('plays each of the shipped workflows over the same months, or says why it cannot', async () => {
    const played: string[] = [];
    for (const { definition: shipped, number } of shippedWorkflows()) {
      const found = await replay(shipped);
      const isStopped = found.unreplayable.some(({ place }) => place === 'when' || place === 'trigger');
      expect(isStopped ? found.looked : 0, number).toBe(0);
      if (!isStopped) played.push(number);
    }
    expect(played).toEqual(expect.arrayContaining(['W01', 'W05', 'W06', 'W09']));
  });
});
