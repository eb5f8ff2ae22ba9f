import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { commandOver, commandText } from '../../../test/support/command-over.ts';
import { everywhere, localOperator } from '../../canonical/access/index.ts';
import { forgetOld } from '../../operate/worker/index.ts';
import { countInbox } from '../../review/inbox/index.ts';
import {
  acknowledgePrivacyRequest,
  annotateRecord,
  appealPrivacyRequest,
  closePrivacyRequest,
  disagreeWithRefusal,
  fetchPrivacyRequest,
  findPrivacySearch,
  grantPrivacyRequest,
  identifySubject,
  leaveOutHits,
  listDisclosures,
  listPrivacyHits,
  listStatementsWith,
  makePrivacyCopy,
  openPrivacyCopy,
  receivePrivacyRequest,
  recordDisclosure,
  refusePrivacyRequest,
  reviewPrivacyRequest,
  runPrivacySearch,
  startPrivacySearch,
} from './index.ts';
import { by, jane, privacyWorld, watch } from '../../../test/support/privacy-world.ts';

const world = privacyWorld();

describe('a privacy request', () => {
  it('is due by federal working days: acknowledged in 10, answered in 30, its appeal decided in 30', async () => {
    const request = await world.received();
    // Christmas, New Year's Day, Martin Luther King's and Washington's birthday lie between.
    expect(request).toMatchObject({ status: 'received', due: '2026-12-11', answerBy: '2027-01-12' });
    expect(await acknowledgePrivacyRequest(world.app, request.id, { by })).toMatchObject({
      due: '2027-01-12',
    });
    world.today = '2027-01-13';
    expect(await fetchPrivacyRequest(world.app.db, request.id, world.app.now())).toMatchObject({
      isLate: true,
    });
    const reader = { actor: localOperator('x'), now: world.app.now() };
    const waiting = await countInbox(world.app.db, everywhere, reader, {});
    expect(waiting.find(({ kind }) => kind === 'privacy_request')).toMatchObject({ count: 1 });
  });

  it('says by field what a step lacks, and takes none out of order', async () => {
    const { id } = await world.received();
    const fields = async (work: Promise<unknown>) =>
      work.then(
        () => 'done',
        (error: { fields: { field: string }[] }) => error.fields.map(({ field }) => field),
      );
    expect(
      await fields(identifySubject(world.app, id, { how: 'in_person', consent: 'written', by })),
    ).toEqual(['status']);
    expect(await fields(startPrivacySearch(world.app, id, { terms: [], by }))).toEqual(['status']);
    expect(await fields(startPrivacySearch(world.app, id, { terms: ['x'], by }))).toEqual(['terms']);
    expect(await fields(grantPrivacyRequest(world.app, id, { partly: true, by, reason: ' ' }))).toEqual([
      'reason',
    ]);
    expect(
      await fields(receivePrivacyRequest(world.app, { type: 'amendment', subjectId: 'jdoe' }, by)),
    ).toEqual(['asked']);
    expect(await fields(world.received('erasure'))).toEqual(['type']);
    const abroad = { ...world.app, acceptsNonUsPrivacy: true };
    const erasure = { type: 'erasure', subjectId: 'jdoe' } as const;
    expect(await fields(receivePrivacyRequest(abroad, erasure, by))).toEqual(['isNonUs']);
    expect(await receivePrivacyRequest(abroad, { ...erasure, isNonUs: true }, by)).toMatchObject({
      status: 'received',
    });
    const searched = await world.verified();
    await startPrivacySearch(world.app, searched, { terms: [], by });
    expect(await fields(reviewPrivacyRequest(world.app, searched, { by }))).toEqual(['search']);
    const found = await world.reviewed();
    expect(await fields(grantPrivacyRequest(world.app, found, { partly: false, by }))).toEqual(['copy']);
  });

  it('is granted with a copy that holds what was found, says what was left out, and is accounted for', async () => {
    await recordDisclosure(world.app.db, {
      nature: 'report',
      what: 'POA&M workbook',
      purpose: 'oversight',
      recipient: 'OIG',
      authority: '5 U.S.C. 552a(b)(1)',
      subjects: ['JDOE'],
      scope: everywhere,
      at: world.app.now(),
      by,
    });
    const id = await world.reviewed();
    const [hit] = await listPrivacyHits(world.app, id, { table: 'data_access_logs', limit: 10 });
    expect(hit?.row).toMatchObject({ user_name: 'jdoe' });
    await leaveOutHits(world.app, id, { hits: [hit?.id ?? ''], because: 'k2', by });
    await makePrivacyCopy(world.app, id, by);
    const html = await text((await openPrivacyCopy(world.app, id, 'html')).stream);
    const json = JSON.parse(await text((await openPrivacyCopy(world.app, id, 'json')).stream)) as {
      tables: { table: string; rows: { poam_id?: string }[] }[];
      leftOut: unknown[];
    };
    const poams = json.tables.find(({ table }) => table === 'public.ingestion_poams');
    expect(poams?.rows.map((row) => row.poam_id)).toEqual(['P-7']);
    expect(json.tables.find(({ table }) => table === 'public.data_access_logs')?.rows).toEqual([]);
    expect(json.leftOut).toEqual([{ table: 'public.data_access_logs', because: 'k2', rows: 1 }]);
    expect(html).toContain('<html lang="en">');
    expect(html).toContain('DOE, Jane');
    expect(html).toContain('exempt: investigatory material');
    expect(html).toContain('POA&amp;M workbook');
    expect(html).not.toContain('Roe');
    expect(await grantPrivacyRequest(world.app, id, { partly: false, by })).toMatchObject({
      status: 'granted',
      due: null,
    });
    expect(await listDisclosures(world.app.db, { of: ['jdoe'], limit: 10 })).toMatchObject([
      {
        nature: 'privacy_copy',
        recipient: 'Jane Doe',
        authority: '5 U.S.C. 552a(d)(1)',
        keepUntil: '2031-11-27',
      },
      { what: 'POA&M workbook' },
    ]);
    expect(await listDisclosures(world.app.db, { of: ['somebody else'], limit: 10 })).toEqual([]);
    expect(await closePrivacyRequest(world.app, id, { withdrawn: false, by })).toMatchObject({
      status: 'closed',
      next: [],
    });
  });

  it('is refused with a reason code, appealed within 30 working days, and the statement of disagreement stays with the record', async () => {
    const id = await world.reviewed('amendment');
    const refusal = {
      exemption: 'record_is_accurate',
      reason: 'It is right.',
      appealTo: 'Privacy Office',
      by,
    } as const;
    expect(await refusePrivacyRequest(world.app, id, refusal)).toMatchObject({
      status: 'refused',
      response: { decision: 'refused', exemption: 'record_is_accurate', appealTo: 'Privacy Office' },
    });
    expect(await appealPrivacyRequest(world.app, id, { grounds: 'I married.', by })).toMatchObject({
      status: 'appealed',
      due: '2027-01-12',
    });
    const { searchId } = await startPrivacySearch(world.app, id, { terms: ['Doe-Smith'], by });
    expect(await fetchPrivacyRequest(world.app.db, id, world.app.now())).toMatchObject({
      status: 'appealed',
      due: '2027-01-12',
    });
    await runPrivacySearch(world.app, searchId, watch);
    await refusePrivacyRequest(world.app, id, refusal);
    const records = [{ entity: 'poam', id: 'P-7', systemId: 'SYS-1' }];
    await disagreeWithRefusal(world.app, id, { statement: 'I am Jane Doe-Smith.', records, by });
    expect(await listStatementsWith(world.app.db, { entity: 'poam', id: 'P-7' })).toMatchObject([
      { kind: 'disagreement', statement: 'I am Jane Doe-Smith.', request: id },
    ]);
    const shown = await commandText(world.app, ['poams', 'show', 'P-7']);
    expect(shown.out).toContain(`privacy request ${id}: I am Jane Doe-Smith.`);
    expect((await commandOver(world.app, ['poams', 'show', 'P-7'])).json).toMatchObject({
      statements: [{ kind: 'disagreement', request: id }],
    });
    expect(
      (await fetchPrivacyRequest(world.app.db, id, world.app.now())).steps.map(({ step }) => step),
    ).toEqual('receive acknowledge identify search review refuse appeal search refuse disagree'.split(' '));
  });

  it('annotates what is never changed, and leaves it as it is', async () => {
    const id = await world.reviewed('amendment');
    const to = { entity: 'data_access_logs', id: '1', systemId: null };
    const before = (await world.database.pool.query('select * from data_access_logs order by id'))
      .rows as unknown[];
    expect(await annotateRecord(world.app, id, { note: 'It was somebody else.', to, by })).toMatchObject({
      statements: [{ kind: 'annotation', entity: 'data_access_logs', recordId: '1' }],
    });
    expect((await world.database.pool.query('select * from data_access_logs order by id')).rows).toEqual(
      before,
    );
  });
});

describe('the search', () => {
  it('looks through every table there is, a new one too, and says of each what was done', async () => {
    await world.database.pool.query(`
      create schema if not exists elsewhere;
      create table elsewhere.brand_new (made bytea, seen jsonb, tags text[]);
      insert into elsewhere.brand_new values (null, '{"a": [{"who": "JANE.DOE@agency.example"}]}', null), (null, null, '{x,jdoe}'), (null, '{}', '{}');
      create table elsewhere.numbers (n integer);`);
    try {
      const id = await world.reviewed();
      const search = await findPrivacySearch(world.app, id);
      const of = (name: string) => search?.tables.find(({ table }) => table === name);
      expect(of('ingestion_poams')).toMatchObject({ rowsRead: 20, rowsFound: 1, isDone: true });
      expect(of('data_access_logs')).toMatchObject({ rowsRead: 2, rowsFound: 1 });
      expect(of('brand_new')).toMatchObject({ rowsRead: 3, rowsFound: 2, leftOutColumns: ['made'] });
      expect(of('numbers')).toMatchObject({ notSearchedBecause: 'no_text' });
      expect(of('privacy_search_hits')).toMatchObject({ notSearchedBecause: 'own_search' });
      expect(of('file store')).toMatchObject({ notSearchedBecause: 'file_store' });
      const { rows } = await world.database.pool.query<{ n: number }>(`
        select count(*)::int as n from pg_class c join pg_namespace s on s.oid = c.relnamespace
         where c.relkind in ('r', 'p', 'm', 'f') and not c.relispartition and s.nspname !~ '^pg_' and s.nspname <> 'information_schema'`);
      expect(search?.tables.length).toBe((rows[0]?.n ?? 0) + 1);
      expect(search?.tables.filter((each) => !each.isDone && each.notSearchedBecause === null)).toEqual([]);
      expect(await listPrivacyHits(world.app, id, { table: 'elsewhere.brand_new', limit: 10 })).toMatchObject(
        [{ row: { seen: { a: [{ who: 'JANE.DOE@agency.example' }] } } }, { row: { tags: ['x', 'jdoe'] } }],
      );
    } finally {
      await world.database.pool.query('drop schema elsewhere cascade');
    }
  });

  it('continues after it was stopped in the middle of a table, and finds each row once', async () => {
    await world.database.pool.query(`
      insert into ingestion_poams (poam_id, system_id, status, weakness_description)
      select 'Q-' || n, 'SYS-1', 'Open', case when n % 100 = 0 then 'seen by jdoe' else 'weakness' end from generate_series(1, 12000) n`);
    const id = await world.verified();
    const { searchId } = await startPrivacySearch(world.app, id, { terms: [], by });
    const stop = new AbortController();
    let pages = 0;
    // Stopped once the first page of the table is committed.
    const note = ({ step }: { readonly step: string }): void => {
      if (step === 'ingestion_poams' && ++pages === 2) stop.abort(new Error('killed'));
    };
    await expect(runPrivacySearch(world.app, searchId, { signal: stop.signal, note })).rejects.toThrow(
      'killed',
    );
    const before = (await findPrivacySearch(world.app, id))?.tables.find(
      (each) => each.table === 'ingestion_poams',
    );
    expect(before).toMatchObject({ rowsRead: 5000, isDone: false });
    expect((await findPrivacySearch(world.app, id))?.endedAt).toBeNull();
    const again = await startPrivacySearch(world.app, id, { terms: [], by });
    expect(again.searchId).toBe(searchId);
    await runPrivacySearch(world.app, searchId, watch);
    const table = (await findPrivacySearch(world.app, id))?.tables.find(
      (each) => each.table === 'ingestion_poams',
    );
    expect(table).toMatchObject({ rowsRead: 12_020, rowsFound: 121, isDone: true });
    const { rows } = await world.database.pool.query<{ n: number; once: number }>(
      `
      select count(*)::int as n, count(distinct row_key)::int as once from privacy_search_hits where search_table_id = $1`,
      [table?.id],
    );
    expect(rows).toEqual([{ n: 121, once: 121 }]);
  });
});

it('a search that two processes do at once finds each row once, and counts it once', async () => {
  await world.database.pool.query(`
    insert into ingestion_poams (poam_id, system_id, status, weakness_description)
    select 'Q-' || n, 'SYS-1', 'Open', case when n % 100 = 0 then 'seen by jdoe' else 'weakness' end from generate_series(1, 22000) n`);
  const id = await world.verified();
  const { searchId } = await startPrivacySearch(world.app, id, { terms: [], by });
  // As a worker that was killed, whose last page the database still reads, and the one after it.
  await Promise.all([1, 2].map(() => runPrivacySearch(world.app, searchId, watch)));
  const table = (await findPrivacySearch(world.app, id))?.tables.find(
    (each) => each.table === 'ingestion_poams',
  );
  expect(table).toMatchObject({ rowsRead: 22_020, rowsFound: 221, isDone: true });
  const { rows } = await world.database.pool.query<{ hits: number; once: number; counted: number }>(
    `select count(*)::int as hits, count(distinct (h.search_table_id, h.row_key))::int as once,
            (select sum(t.rows_found)::int from privacy_search_tables t where t.search_id = $1) as counted
       from privacy_search_hits h join privacy_search_tables t on t.id = h.search_table_id where t.search_id = $1`,
    [searchId],
  );
  expect(rows[0]?.once).toBe(rows[0]?.hits);
  expect(rows[0]?.counted).toBe(rows[0]?.hits);
});

describe('the accounting of disclosures', () => {
  const report = { nature: 'report', what: 'Report', scope: everywhere, by } as const;

  it('lets nothing out without purpose, recipient and authority', async () => {
    await expect(
      recordDisclosure(world.app.db, {
        ...report,
        purpose: '',
        recipient: ' ',
        authority: '',
        at: world.app.now(),
      }),
    ).rejects.toMatchObject({
      fields: [{ field: 'purpose' }, { field: 'recipient' }, { field: 'authority' }],
    });
    expect(await listDisclosures(world.app.db, { limit: 10 })).toEqual([]);
  });

  it('is kept for five years', async () => {
    const full = { ...report, purpose: 'audit', recipient: 'OIG', authority: 'law' };
    await recordDisclosure(world.app.db, { ...full, at: world.app.now() });
    world.today = '2031-11-27';
    await forgetOld(world.app);
    expect(await listDisclosures(world.app.db, { limit: 10 })).toHaveLength(1);
    world.today = '2031-11-28';
    await forgetOld(world.app);
    expect(await listDisclosures(world.app.db, { limit: 10 })).toEqual([]);
  });
});

describe('the privacy commands', () => {
  it('take a request from receipt to closing', async () => {
    const done = async (...args: string[]) => {
      const outcome = await commandOver(world.app, ['privacy', ...args]);
      expect([args, outcome.code, outcome.err]).toEqual([args, 0, '']);
      return outcome.json as { id: number; status: string };
    };
    const { id } = await done('receive', 'jdoe', '--name', 'Jane Doe', '--mail', jane.mail);
    const n = String(id);
    await done('acknowledge', n);
    await done('identify', n, '--pending');
    await done('identify', n, '--how', 'notarized', '--consent', 'written');
    await done('search', n);
    await done('review', n);
    await done('review', n, '--leave-out-table', 'data_access_logs', '--because', 'not_of_person');
    await done('review', n, '--copy');
    const shown = await commandText(world.app, ['privacy', 'search', n, '--show']);
    expect(shown.out).toMatch(/ingestion_poams +20 +1/);
    expect(shown.out).toContain('only looks alike');
    expect(shown.out).toMatch(/Not searched:[\s\S]*file store/);
    const granted = await done(
      'grant',
      n,
      '--partly',
      '--because',
      'not_of_person',
      '--reason',
      'Rows of another.',
      '--appeal-to',
      'Privacy Office',
    );
    expect(granted.status).toBe('partly_granted');
    expect((await commandText(world.app, ['privacy', 'show', n])).out).toContain(
      `tieline privacy appeal ${n}`,
    );
    expect(await done('close', n)).toMatchObject({ status: 'closed' });
    expect((await commandOver(world.app, ['privacy', 'list'])).json).toMatchObject({ total: 0 });
    expect((await commandOver(world.app, ['privacy', 'disclosures', '--of', 'jdoe'])).json).toMatchObject({
      total: 1,
    });
    expect((await commandText(world.app, ['privacy', 'close', n])).code).toBe(2);
  });
});
