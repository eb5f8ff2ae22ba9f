/** Files of POA&Ms: planned, approved, imported again, updated, missing. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Cells, emassFile, item } from './fedramp-file.test-support.ts';
import { approvePoamImport, discardPoamImport, fetchPoamImport, listPoamImports } from './index.ts';
import { oscalFile } from './oscal-file.test-support.ts';
import {
  app,
  by,
  database,
  fedramp,
  heldAt,
  milestones,
  now,
  plan,
  poams,
  query,
  take,
  setUpPoamFiles,
} from './poam-file-world.test-support.ts';

setUpPoamFiles();

describe('a FedRAMP workbook', () => {
  it('is shown first and changes nothing; approved, its rows are POA&Ms with milestones, and again it is no change', async () => {
    const bytes = fedramp([item('V-1'), item('V-2', { rawSeverity: 'Low' })], {
      closed: [item('V-3', { statusOn: { day: '2026-05-01' } })],
    });
    const planned = await plan(bytes);
    expect(planned).toMatchObject({
      state: 'planned',
      boundary: now.boundary,
      source: `fedramp ${now.boundary}`,
      plan: { counts: { created: 9, updated: 0, conflicts: 0, missing: 0, held: 0 } },
    });
    expect(await poams()).toEqual([]);
    expect(
      await query('select from external_systems where system_name = $1', `fedramp ${now.boundary}`),
    ).toEqual([]);

    expect(await approvePoamImport(app(), by, planned.id)).toMatchObject({
      state: 'imported',
      settledBy: 'Ann',
    });
    expect(await poams()).toEqual([
      {
        id: 'V-1',
        what: 'Weakness of V-1\nV-1: the package is outdated',
        status: 'Open',
        severity: 'High',
        due: '2026-07-05',
        done: null,
        poc: 'Ann Lee',
        comments: 'none yet',
      },
      {
        id: 'V-2',
        what: 'Weakness of V-2\nV-2: the package is outdated',
        status: 'Open',
        severity: 'Low',
        due: '2026-07-05',
        done: null,
        poc: 'Ann Lee',
        comments: 'none yet',
      },
      {
        id: 'V-3',
        what: 'Weakness of V-3\nV-3: the package is outdated',
        status: 'Completed',
        severity: 'High',
        due: '2026-07-05',
        done: '2026-05-01',
        poc: 'Ann Lee',
        comments: 'none yet',
      },
    ]);
    expect((await milestones()).slice(0, 2)).toEqual([
      { what: 'Test the patch', due: '2026-03-01', status: 'Pending' },
      { what: 'Roll it out', due: '2026-06-01', status: 'Pending' },
    ]);
    expect(await plan(bytes)).toMatchObject({ state: 'unchanged', plan: { items: [] } });
    await expect(approvePoamImport(app(), by, planned.id)).rejects.toMatchObject({
      code: 'POAM_IMPORT_MOVED',
    });
  });

  it('updates by field what a later file says otherwise, and leaves what a person edited here since', async () => {
    await take(fedramp([item('V-1'), item('V-2')]));
    await query(
      `update ingestion_poams set poc = 'Bob' where system_id = $1 and xacta_poam_id = 'V-1'`,
      now.boundary,
    );
    const later = await plan(
      fedramp([item('V-1', { comments: 'patch is there', rawSeverity: 'Moderate' }), item('V-2')]),
    );
    expect(later.plan?.items).toMatchObject([
      { kind: 'update', record: 'V-1', field: 'comments', before: 'none yet', after: 'patch is there' },
      { kind: 'update', record: 'V-1', field: 'weakness_risk_level', before: 'High', after: 'Medium' },
    ]);
    await approvePoamImport(app(), by, later.id);
    expect((await poams())[0]).toMatchObject({ poc: 'Bob', comments: 'patch is there', severity: 'Medium' });
  });

  it('holds a field that both sides edited as a conflict, with both values', async () => {
    await take(fedramp([item('V-1')]));
    await query(`update ingestion_poams set poc = 'Bob' where system_id = $1`, now.boundary);
    const both = await take(fedramp([item('V-1', { pointOfContact: 'Cyd', comments: 'x' })]));
    expect(both.plan?.counts).toMatchObject({ conflicts: 1, updated: 1 });
    expect((await poams())[0]).toMatchObject({ poc: 'Bob', comments: 'x' });
    expect(
      await query(
        `select c.field_name as field, c.internal_value as ours, c.external_value as theirs from sync_conflicts c
           join external_systems s on s.id = c.external_system_id where s.system_name = $1 and c.resolution_status = 'pending'`,
        `fedramp ${now.boundary}`,
      ),
    ).toEqual([{ field: 'poc', ours: 'Bob', theirs: 'Cyd' }]);
  });

  it('marks as missing what is gone from the file, deletes nothing, and refuses a file in which too much is gone', async () => {
    const all = Array.from({ length: 25 }, (_, index) => item(`V-${index + 1}`, { milestones: null }));
    await take(fedramp(all));
    const less = await take(fedramp(all.slice(1)));
    expect(less.plan?.counts.missing).toBe(1);
    expect(
      await query(
        `select external_id as id from sync_links l join external_systems s on s.id = l.external_system_id
                         where s.system_name = $1 and missing_since is not null`,
        `fedramp ${now.boundary}`,
      ),
    ).toEqual([{ id: 'V-1' }]);
    expect(await poams()).toHaveLength(25);
    await expect(plan(fedramp(all.slice(23)))).rejects.toMatchObject({ code: 'TOO_MANY_MISSING' });
    expect((await plan(fedramp(all.slice(23)), { acceptMissing: true })).plan?.counts.missing).toBe(22);
  });

  it('recognizes POA&Ms of the boundary by their ids, and words that the layout writes for ours are no change', async () => {
    await query(
      `insert into ingestion_poams (poam_id, xacta_poam_id, system_id, weakness_description, status, weakness_risk_level, scheduled_completion)
       values ($1, 'POAM-9', $2, E'Weakness of V-1\\nV-1: the package is outdated', 'In Progress', 'Critical', '2026-07-05')`,
      `own-${now.number}`,
      now.boundary,
    );
    const first = await take(
      fedramp([
        item('POAM-9', { weaknessName: 'Weakness of V-1', description: 'V-1: the package is outdated' }),
      ]),
    );
    expect(
      first.plan?.items.filter(({ entity, kind }) => entity === 'poam' && kind !== 'update'),
    ).toMatchObject([{ kind: 'link', record: 'POAM-9' }]);
    expect(await poams()).toMatchObject([
      { id: 'POAM-9', status: 'In Progress', severity: 'Critical', poc: 'Ann Lee' },
    ]);
    const low = await plan(
      fedramp([
        item('POAM-9', {
          weaknessName: 'Weakness of V-1',
          description: 'V-1: the package is outdated',
          rawSeverity: 'Low',
        }),
      ]),
    );
    expect(low.plan?.items).toMatchObject([
      { field: 'weakness_risk_level', before: 'Critical', after: 'Low' },
    ]);
  });

  it('is refused where approving it would change something else than was shown', async () => {
    await take(fedramp([item('V-1')]));
    const planned = await plan(fedramp([item('V-1', { comments: 'new' })]));
    await query(`update ingestion_poams set comments = 'mine' where system_id = $1`, now.boundary);
    await expect(approvePoamImport(app(), by, planned.id)).rejects.toMatchObject({
      code: 'POAM_IMPORT_MOVED',
    });
    expect((await poams())[0]).toMatchObject({ comments: 'mine' });
    expect(await discardPoamImport(app(), by, planned.id)).toMatchObject({ state: 'discarded' });
  });

  it('needs a now.boundary that is there, or makes one where that is asked for', async () => {
    const bytes = fedramp([item('V-1')], { system: 'Nobody knows' });
    await expect(plan(bytes, { boundary: undefined })).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('Nobody knows') as string,
    });
    expect(
      await plan(fedramp([item('V-1')], { system: `Cloud ${now.number}` }), { boundary: undefined }),
    ).toMatchObject({ boundary: now.boundary });
    const made = await take(bytes, { boundary: undefined, newBoundary: `New Cloud ${now.number}` });
    expect(made).toMatchObject({ state: 'imported', boundary: `New-Cloud-${now.number}` });
    expect(
      await query('select name from ingestion_systems where system_id = $1', `New-Cloud-${now.number}`),
    ).toEqual([{ name: `New Cloud ${now.number}` }]);
  });

  it('is seen only by who sees its boundary', async () => {
    const { id } = await plan(fedramp([item('V-1')]));
    const other = {
      scope: { kind: 'boundaries', systemIds: ['elsewhere'], unassigned: false },
      principalId: 'p-2',
    } as const;
    await expect(fetchPoamImport(app(), other, id)).rejects.toMatchObject({ code: 'RECORD_UNKNOWN' });
    await expect(approvePoamImport(app(), { ...by, scope: other.scope }, id)).rejects.toMatchObject({
      code: 'RECORD_UNKNOWN',
    });
    expect(
      (await listPoamImports(database.db, other, { limit: 100 })).filter((row) => row.id === id),
    ).toEqual([]);
  });
});

describe('eMASS workbooks', () => {
  const emass = (id: string, more: Cells = {}): Cells => ({
    itemId: id,
    description: `Flaw ${id}`,
    controls: 'SI-2.1',
    status: 'Ongoing',
    scheduledOn: '07/05/2026',
    detectorSource: 'ACAS',
    pointOfContact: 'Org, Ann Lee',
    rawSeverity: 'High',
    severity: 'High',
    ...more,
  });

  it('of the form with 32 columns have a row a milestone, with the item repeated or left empty', async () => {
    const first = { milestoneId: 'm1', milestoneText: 'Buy it', milestoneScheduledOn: '03/01/2026' };
    await take(
      emassFile('rmf-import-3', [
        { ...emass('101'), ...first },
        {
          milestoneId: 'm2',
          milestoneText: 'Install it',
          milestoneScheduledOn: '04/01/2026',
          milestoneStatus: 'Completed',
        },
        { ...emass('102', { status: 'Risk Accepted' }), ...first, milestoneId: 'm3' },
        {
          ...emass('102', { status: 'Risk Accepted' }),
          milestoneId: 'm4',
          milestoneText: 'Look again',
          milestoneScheduledOn: '05/01/2026',
        },
      ]),
    );
    expect((await poams()).map(({ id, status, severity }) => [id, status, severity])).toEqual([
      ['101', 'In Progress', 'High'],
      ['102', 'Risk Accepted', 'High'],
    ]);
    expect(await milestones()).toEqual([
      { what: 'Buy it', due: '2026-03-01', status: 'Pending' },
      { what: 'Install it', due: '2026-04-01', status: 'Completed' },
      { what: 'Buy it', due: '2026-03-01', status: 'Pending' },
      { what: 'Look again', due: '2026-05-01', status: 'Pending' },
    ]);
  });

  it.each(['rmf-import-1', 'rmf-import-2'] as const)(
    'of the form %s have days behind texts',
    async (layout) => {
      await take(
        emassFile(layout, [
          emass('7', {
            status: 'Completed 10/02/2026',
            rawSeverity: 'II',
            milestones: 'Patch tested 10/01/2026',
          }),
        ]),
      );
      expect(await poams()).toMatchObject([
        { id: '7', status: 'Completed', done: '2026-10-02', severity: 'Medium' },
      ]);
      expect(await milestones()).toEqual([{ what: 'Patch tested', due: '2026-10-01', status: 'Pending' }]);
    },
  );

  it('that are exports say with a dash that there is nothing; an empty cell changes nothing', async () => {
    const bytes = (comments: string | null): Buffer =>
      emassFile(
        'rmf-export',
        [emass('9', { comments, pointOfContact: comments === '-' ? null : 'Org, Ann Lee' })],
        12,
      );
    await take(bytes('first'));
    const planned = await plan(bytes('-'));
    expect(planned.plan?.items).toMatchObject([{ field: 'comments', before: 'first', after: null }]);
  });

  it('hold a new item without an id, and know one by its description', async () => {
    await query(
      `insert into ingestion_poams (poam_id, system_id, weakness_description, status) values ($1, $2, 'Flaw 5', 'Open')`,
      `own-${now.number}`,
      now.boundary,
    );
    const taken = await take(
      emassFile('rmf-import-3', [emass('', { description: 'Flaw 5' }), emass('', { description: 'Flaw 6' })]),
    );
    expect(heldAt(taken)).toEqual([
      'POA&M!A9 the item has no id, and no POA&M of the boundary has its description',
    ]);
    expect(await query('select poc, status from ingestion_poams where system_id = $1', now.boundary)).toEqual(
      [{ poc: 'Org, Ann Lee', status: 'Open' }],
    );
  });
});

describe('an item that went to eMASS without an id', () => {
  it('is known again by its description once eMASS has given it one, with its milestones, and is no second POA&M', async () => {
    await query(
      `insert into ingestion_poams (poam_id, system_id, weakness_description, status, scheduled_completion) values ($1, $2, E'Flaw 5\nfound', 'Open', '2026-07-05')`,
      `own-${now.number}`,
      now.boundary,
    );
    await query(
      `insert into ingestion_poam_milestones (poam_id, milestone_description, scheduled_completion, status) values ($1, 'Buy it', '2026-03-01', 'Pending')`,
      `own-${now.number}`,
    );
    const cells = (id: string, milestoneId: string | null): Cells => ({
      itemId: id,
      description: 'Flaw 5\nfound',
      status: 'Ongoing',
      scheduledOn: '07/05/2026',
      milestoneId,
      milestoneText: 'Buy it',
      milestoneScheduledOn: '03/01/2026',
    });
    await take(emassFile('rmf-import-3', [cells('', null)]));
    const exported = await take(emassFile('rmf-export', [cells('12345', '77')], 12));
    expect(exported).toMatchObject({
      heldRows: [],
      plan: { counts: { created: 0, conflicts: 0, missing: 0 } },
    });
    expect(await poams()).toHaveLength(1);
    expect(await milestones()).toHaveLength(1);
    expect(
      await query(
        `select l.entity_type as of, l.external_id as id from sync_links l join external_systems s on s.id = l.external_system_id
          where s.system_name = $1 and l.entity_type <> 'system' and l.retired_at is null and l.missing_since is null order by 1`,
        `emass ${now.boundary}`,
      ),
    ).toEqual([
      { of: 'milestone', id: '12345/77' },
      { of: 'poam', id: '12345' },
    ]);
  });
});

describe('an OSCAL plan', () => {
  it.each(['1.0.4', '1.2.1'])(
    'of version %s is read with risk, observation and tasks; unknown properties are kept',
    async (version) => {
      const bytes = oscalFile(version);
      await take(bytes, { name: 'poam.json' });
      expect(await poams()).toEqual([
        {
          id: 'V-7',
          what: 'Outdated kernel\nThe kernel lacks a fix.',
          status: 'In Progress',
          severity: 'High',
          due: '2026-07-05',
          done: null,
          poc: null,
          comments: null,
        },
      ]);
      expect(await milestones()).toEqual([{ what: 'Test it', due: '2026-03-01', status: 'Pending' }]);
      expect(
        await query(
          `select r.beside #>> '{item,props,1,value}' as kept from poam_file_records r join external_systems s on s.id = r.external_system_id where s.system_name = $1`,
          `oscal ${now.boundary}`,
        ),
      ).toEqual([{ kept: 'PRB001' }]);
      expect(await plan(bytes, { name: 'poam.json' })).toMatchObject({ state: 'unchanged' });
    },
  );

  it('holds an item whose risk has an unknown status', async () => {
    const taken = await take(oscalFile('1.2.1', { riskStatus: 'pondering' }), { name: 'poam.json' });
    expect(heldAt(taken)).toEqual([
      'poam-items!/poam-items/0 the status "pondering" of its risk is none that is known',
    ]);
  });
});

const samples = new URL('../../../../shared/data/grc/', import.meta.url);
describe.skipIf(!existsSync(samples))('published files (skipped where ../shared/data is absent)', () => {
  it.each([
    ['fedramp-poam-v2.1-filled-sample.xlsx', 19],
    ['emass-poam-system-export-made-up.xlsx', 2],
    ['oscal-poam-nist-ifa.json', 2],
    ['oscal-poam-fedramp-rev5-template.json', 2],
  ])('%s is imported, and again no change', async (name, count) => {
    const bytes = readFileSync(new URL(name, samples));
    const taken = await take(bytes, { name });
    expect(taken).toMatchObject({ state: 'imported', heldRows: [] });
    expect(await poams()).toHaveLength(count);
    expect(await plan(bytes, { name })).toMatchObject({ state: 'unchanged' });
  });
});
