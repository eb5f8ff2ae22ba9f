import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { commandOver, commandText } from '../../../test/support/command-over.ts';
import { composeApp, type TestApp } from '../../../test/support/compose-app.ts';
import { cloneDatabase, type ClonedDatabase, emptyTables } from '../../../test/support/database.ts';
import { type Actor, everywhere, localOperator, type Scope } from '../../canonical/access/index.ts';
import { listProposals, proposeNow } from '../../modules/controls/index.ts';
import { countInbox, listInbox } from '../inbox/index.ts';
import { decideProposal, editControl, fetchControl, monthsAfter } from './index.ts';

let database: ClonedDatabase;
let app: TestApp;
const now = new Date('2026-11-27T09:00:00Z');
const issm: Actor = { ...localOperator('root'), name: 'issm' };
const second: Scope = { kind: 'boundaries', systemIds: ['SYS-2'], unassigned: false };
const rows = async (query: string): Promise<Record<string, unknown>[]> =>
  (await database.pool.query<Record<string, unknown>>(query)).rows;

beforeAll(async () => {
  database = await cloneDatabase();
  app = { ...composeApp(database, Buffer.alloc(32, 1).toString('base64')), now: () => now };
});
afterAll(() => database[Symbol.asyncDispose]());
beforeEach(async () => {
  await emptyTables(database.pool);
  await database.pool.query(`
    insert into ingestion_systems (system_id, name, uuid) select 'SYS-' || n, 'System ' || n, gen_random_uuid() from generate_series(1, 2) n;
    insert into ingestion_controls (control_id, system_id, implementation_status, control_origination, last_assessed) values
      ('SI-2', 'SYS-1', 'Implemented', 'System Specific', '2026-08-31'), ('SC-13', 'SYS-1', 'Partially Implemented', 'Hybrid', null),
      ('PE-3', 'SYS-1', 'Implemented', 'Inherited', null), ('SI-2', 'SYS-2', 'Implemented', null, null);
    insert into ingestion_poams (poam_id, system_id, status, weakness_risk_level, security_control, weakness_description) values
      ('P-1', 'SYS-1', 'Open', 'High', 'si-02', 'Old library'), ('P-2', 'SYS-1', 'Completed', 'High', 'SC-13', 'Weak cipher'),
      ('P-3', 'SYS-1', 'Open', 'Low', 'PE-3', 'Door'), ('P-4', 'SYS-2', 'Completed', 'Low', 'SI-2', 'Elsewhere')`);
});

const proposed = async (scope: Scope = everywhere) =>
  (await listProposals(database.db, scope, { waits: true, limit: 99 })).map(
    ({ systemId, controlId, present, proposed: to }) => [systemId, controlId, present, to],
  );
const statusOf = async (control: string) =>
  (
    await rows(
      `select implementation_status from ingestion_controls where system_id = 'SYS-1' and control_id = '${control}'`,
    )
  )[0]?.['implementation_status'];
const idOf = async (control: string): Promise<number> =>
  (await listProposals(database.db, everywhere, { waits: true, limit: 99 })).find(
    ({ controlId }) => controlId === control,
  )?.id ?? 0;

describe('the status of a control', () => {
  it('is proposed from open and closed weaknesses, changes nothing by itself, and is a row of the inbox', async () => {
    expect(await proposeNow(app, everywhere, undefined)).toEqual({ looked: 4, opened: 2, lapsed: 0 });
    expect(await proposed()).toEqual([
      ['SYS-1', 'SI-2', 'Implemented', 'Partially Implemented'],
      ['SYS-1', 'SC-13', 'Partially Implemented', 'Implemented'],
    ]);
    expect(await proposed(second)).toEqual([]);
    expect([await statusOf('SI-2'), await statusOf('SC-13')]).toEqual([
      'Implemented',
      'Partially Implemented',
    ]);
    expect(await proposeNow(app, everywhere, undefined)).toMatchObject({ opened: 0, lapsed: 0 });
    const reader = { actor: localOperator('issm'), now };
    expect(await countInbox(database.db, everywhere, reader)).toContainEqual(
      expect.objectContaining({ kind: 'control_proposal', count: 2 }),
    );
    expect(await countInbox(database.db, second, reader)).not.toContainEqual(
      expect.objectContaining({ kind: 'control_proposal', count: 2 }),
    );
  });

  it('is set by who accepts it, with the reason, and its history keeps the proposal', async () => {
    await proposeNow(app, everywhere, undefined);
    const id = await idOf('SI-2');
    await expect(decideProposal(app, issm, second, { id, accepted: true })).rejects.toMatchObject({
      code: 'RECORD_UNKNOWN',
    });
    const done = await decideProposal(app, issm, everywhere, { id, accepted: true, reason: 'agreed' });
    expect(done).toMatchObject({
      proposal: { settlement: 'accepted', settledBy: 'issm' },
      edit: { changes: [{ field: 'implementation_status', after: 'Partially Implemented' }] },
    });
    expect(await statusOf('SI-2')).toBe('Partially Implemented');
    await expect(decideProposal(app, issm, everywhere, { id, accepted: true })).rejects.toMatchObject({
      fields: [{ message: 'was accepted by issm already' }],
    });
    const control = await fetchControl(app, everywhere, { systemId: 'SYS-1', controlId: 'si-2' });
    expect(control.under).toMatchObject([{ id: 'P-1', isOpen: true, severity: 'High' }]);
    expect(control.proposals).toMatchObject([
      { proposed: 'Partially Implemented', facts: { open: ['P-1'] } },
    ]);
    expect(
      await rows(
        `select field_name, after_value, decided_by, reason from sync_changes where entity_type = 'control' order by id`,
      ),
    ).toMatchObject([
      { field_name: 'implementation_status', after_value: 'Partially Implemented', decided_by: 'issm' },
    ]);
  });

  it('that was refused is proposed again only when a graver weakness opens, and a refusal needs a reason', async () => {
    await proposeNow(app, everywhere, undefined);
    const id = await idOf('SI-2');
    await expect(decideProposal(app, issm, everywhere, { id, accepted: false })).rejects.toMatchObject({
      fields: [{ field: 'reason' }],
    });
    await decideProposal(app, issm, everywhere, {
      id,
      accepted: false,
      reason: 'one library is no practice',
    });
    await database.pool.query(
      `insert into ingestion_poams (poam_id, system_id, status, weakness_risk_level, security_control) values ('P-5', 'SYS-1', 'Open', 'Medium', 'SI-2')`,
    );
    await proposeNow(app, everywhere, undefined);
    expect((await proposed()).map(([, control]) => control)).toEqual(['SC-13']);
    await database.pool.query(
      `insert into ingestion_poams (poam_id, system_id, status, weakness_risk_level, security_control) values ('P-6', 'SYS-1', 'Open', 'Critical', 'SI-2; RA-5')`,
    );
    expect(await proposeNow(app, everywhere, 'SYS-1')).toMatchObject({ opened: 1 });
    expect((await proposed()).map(([, control]) => control)).toEqual(
      expect.arrayContaining(['SC-13', 'SI-2']),
    );
  });

  it('lapses when its reason is gone', async () => {
    await proposeNow(app, everywhere, undefined);
    await database.pool.query(`update ingestion_poams set status = 'Cancelled' where poam_id = 'P-1'`);
    expect(await proposeNow(app, everywhere, undefined)).toMatchObject({ lapsed: 1 });
    expect((await proposed()).map(([, control]) => control)).toEqual(['SC-13']);
  });
});

describe('the next assessment of a control', () => {
  it('falls on the last day of a month that has no such day', () => {
    expect(monthsAfter('2026-08-31', 6)).toBe('2027-02-28');
    expect(monthsAfter('2028-02-29', 12)).toBe('2029-02-28');
    expect(monthsAfter('2026-11-27', 36)).toBe('2029-11-27');
    expect(monthsAfter('2026-12-31', 2)).toBe('2027-02-28');
  });

  it('follows from its interval and the last one, is kept, and is in the inbox 30 days before', async () => {
    const named = { systemId: 'SYS-1', controlId: 'SI-2' };
    await editControl(app, issm, everywhere, {
      ...named,
      changes: {
        assessment_frequency_months: 3,
        evidence_required: ['scan report', 'patch policy'],
        automation_level: 'semi-automated',
      },
    });
    const read = async () =>
      (
        await rows(
          `select assessment_frequency_months as every, next_assessment_date::text as next, evidence_required as evidence, automation_level as level
             from ingestion_controls where system_id = 'SYS-1' and control_id = 'SI-2'`,
        )
      )[0];
    expect(await read()).toEqual({
      every: 3,
      next: '2026-11-30',
      evidence: ['scan report', 'patch policy'],
      level: 'semi-automated',
    });
    const { items } = await listInbox(
      database.db,
      everywhere,
      { actor: localOperator('issm'), now },
      { filter: {}, sort: { by: 'since', descending: false }, limit: 9 },
    );
    expect(items).toMatchObject([{ kind: 'control_assessment' }]);
    await expect(
      editControl(app, issm, everywhere, { ...named, changes: { assessment_frequency_months: -1 } }),
    ).rejects.toMatchObject({ code: 'EDIT_REFUSED' });
    await expect(
      editControl(app, issm, second, { ...named, changes: { automation_level: 'x' } }),
    ).rejects.toMatchObject({ code: 'RECORD_UNKNOWN' });
  });

  it('and its proposals are shown and decided on the command line', async () => {
    const set = [
      '--set',
      'assessment_frequency_months=12',
      '--set',
      'evidence_required=scan report; tickets',
    ];
    expect((await commandOver(app, ['controls', 'edit', 'SYS-1', 'SI-2', ...set])).code).toBe(0);
    expect((await commandOver(app, ['controls', 'propose'])).json).toMatchObject({ opened: 2 });
    expect((await commandText(app, ['controls', 'list', 'SYS-1'])).out).toMatch(
      /SI-2 +Implemented +Partially Implemented .*2027-08-31 .*scan report; tickets/,
    );
    const listed = await commandOver(app, ['controls', 'proposals', '--system', 'SYS-1']);
    const [first] = listed.json as { id: number; controlId: string }[];
    expect((await commandText(app, ['controls', 'show', 'SYS-1', 'SI-2'])).out).toContain(
      'because 1 open under it: P-1',
    );
    expect((await commandText(app, ['controls', 'refuse', String(first?.id)])).code).toBe(2);
    const accepted = await commandOver(app, ['controls', 'accept', String(first?.id), '--by', 'issm']);
    expect(accepted).toMatchObject({ code: 0, json: { proposal: { settlement: 'accepted' } } });
    expect((await commandText(app, ['controls', 'list', 'SYS-9'])).code).toBe(2);
  });
});
