import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { commandText } from '../../../test/support/command-over.ts';
import { makeScratchDirectory } from '../../../test/support/scratch-directory.ts';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasPoppler, objectsOf, readWithPoppler } from '../../../test/support/read-pdf.ts';
import { holder, type ReportWorld, reportWorld } from '../../../test/support/report-world.ts';
import { type Actor, everywhere, localOperator, nowhere, scopeFor } from '../../canonical/access/index.ts';
import { openWorkbook } from '../../platform/workbooks/index.ts';
import { fetchDashboard, printDashboard, takeMetrics } from '../metrics/index.ts';
import { askForReport, fetchReport, makeReport, openReport } from './index.ts';
import { reportKinds } from './kinds.ts';

let world: ReportWorld;
const file = Buffer.from('rpm -q openssl\n');
const fileHash = createHash('sha256').update(file).digest('hex');

/** What papers tell apart beside what the world of reports has: late work, evidence, exploited findings, differences, accounts. */
const more = [
  `insert into plugin_cves (cve, plugin_id) values ('CVE-2021-44228', '156032')`,
  `insert into exposures (asset_uuid, exposed, set_at, set_by, set_by_principal) values ('00000000-0000-0000-0000-000000000001', true, timestamptz '2026-11-01Z', 'Ben', 'ben')`,
  `update ingestion_vulnerabilities set finding_key = gen_random_uuid()`,
  `update ingestion_poams set scheduled_completion = '2026-11-20' where poam_id = 'P-2'`,
  `insert into poam_lives (poam_id, verified_at, closed_by_evidence_at, evidence)
   values ('P-3', timestamptz '2026-11-08Z', timestamptz '2026-11-09Z', '[{"asset": "web-1", "plugin": "93", "fixedAt": "2026-11-08T00:00:00Z", "after": "yes", "sawHost": "yes", "authenticated": "yes", "ranPlugin": "yes", "source": "Weekly scan"}]')`,
  `insert into sync_conflicts (entity_type, entity_id, field_name, conflict_type, resolution_status, created_at) values ('poam', 'P-1', 'comments', 'field', 'pending', timestamp '2026-11-17')`,
  `insert into principals (id, kind, name, display_name, created_by, last_sign_in_at) values ('00000000-0000-0000-0000-0000000000ab', 'person', 'eve', 'Eve Old', 'test', timestamptz '2026-01-05Z')`,
  `insert into grants (principal_id, role, reach, system_ids, granted_by, granted_at) values ('00000000-0000-0000-0000-0000000000ab', 'isso', 'boundaries', '{SYS-1}', 'Root', timestamptz '2026-01-01Z')`,
];

beforeAll(async () => {
  world = await reportWorld();
  for (const statement of more) await world.database.pool.query(statement);
  await world.app.files?.store.keep(Readable.from([file]), { maxBytes: 1000 });
  await world.database.pool.query(
    `insert into deviations (kind, poam_id, system_id, severity, is_whole_poam, state, rationale, details, requested_by, requested_by_principal, requested_at, decided_by, decided_at, ended_at)
     values ('operational_requirement', 'P-3', 'SYS-1', 'High', true, 'lapsed', 'needed until the fix', '{}', 'Ann', 'ann', timestamptz '2026-10-10Z', 'Dee', timestamptz '2026-10-11Z', timestamptz '2026-11-09Z')`,
  );
  await world.database.pool.query(
    `insert into deviation_files (deviation_id, sha256, file_name, added_by, added_at)
     select id, $1, 'proof of the fix.txt', 'Ann', now() from deviations where poam_id = 'P-3'`,
    [fileHash],
  );
  await takeMetrics(world.app);
});
afterAll(() => world[Symbol.asyncDispose]());

const ann = localOperator('ann');
const watch = { signal: new AbortController().signal, note: () => undefined };
const papers = Object.entries(reportKinds).flatMap(([kind, { format }]) => (format === 'pdf' ? [kind] : []));

async function make(template: string, parameters: Record<string, string> = {}, snapshot?: string) {
  const { id } = await askForReport(
    world.app,
    { actor: ann, scope: everywhere },
    { template, parameters: { boundary: 'SYS-1', ...parameters }, snapshot },
  );
  await makeReport(world.app, id, watch);
  const row = await fetchReport(world.app, ann, id);
  return { row, bytes: await buffer((await openReport(world.app, ann, id)).stream) };
}
/** Each kind as it is made without parameters of its own, once for all tests. */
const made = new Map<string, ReturnType<typeof make>>();
function usual(template: string): ReturnType<typeof make> {
  const report = made.get(template) ?? make(template);
  made.set(template, report);
  return report;
}
const wordsOf = async (bytes: Uint8Array): Promise<string> =>
  (await readWithPoppler(bytes)).pages.join('\n').replaceAll(/\s+/g, ' ');

describe('a report on paper', () => {
  it.each(papers)(
    '%s is tagged, marked and numbered on each page, and has the same bytes of the same snapshot',
    async (template) => {
      const { row, bytes } = await usual(template);
      const objects = objectsOf(bytes);
      for (const part of ['/StructTreeRoot', '/Lang (en-US)', '/S /H1', '/S /TH', '/Scope ', '/Outlines '])
        expect(objects.includes(part), part).toBe(true);
      expect(row.mediaType).toBe('application/pdf');
      expect((await make(template, {}, row.snapshot ?? '')).row.sha256).toBe(row.sha256);
      if (!hasPoppler) return;
      const read = await readWithPoppler(bytes);
      expect(read.info).toMatch(/Tagged: +yes/);
      expect(read.fonts.every(({ isEmbedded, hasUnicode }) => isEmbedded && hasUnicode)).toBe(true);
      for (const [index, text] of read.pages.entries()) {
        expect(text).toContain(`Page ${index + 1} of ${read.pages.length}`);
        expect(text).toContain('CUI // TEST');
        expect(text).toContain(`snapshot ${row.snapshot?.slice(0, 12)}`);
      }
      expect(read.pages.join(' ')).toContain('What this report leaves out');
    },
  );

  it.skipIf(!hasPoppler)(
    'the executive summary counts what is open, late and closed, and names who is to sign',
    async () => {
      const { row, bytes } = await make('executive-summary', { statement: 'Reviewed with the owner.' });
      const [first = ''] = (await readWithPoppler(bytes)).pages;
      expect(first).toMatch(/^ *Critical +1 +0 +1 +0 +0$/m);
      expect(first).toMatch(/^ *High +0 +1 +0 +0 +0$/m);
      expect(first).toMatch(/^ *All +4 +1 +4 +1 +0$/m);
      expect(first).toContain('1 POA&M is past the scheduled completion');
      expect(first).toContain('Reviewed with the owner.');
      expect(first).toContain('Authorizing official: Dee Ao');
      const words = await wordsOf(bytes);
      expect(words).toContain('Vendor dependency, approved: no fix yet');
      expect(words).toContain('CVE-2021-44228');
      expect(row.notes).toContainEqual({ code: 'left_out_draft', subject: 'P-4' });
    },
  );

  it.skipIf(!hasPoppler)(
    'the status of exploited vulnerabilities says what is exposed, what is unknown, and what is past due',
    async () => {
      const words = await wordsOf((await usual('kev-status')).bytes);
      expect(words).toMatch(/CVE-2021-44228 .*1 exposed, 1 unknown/);
      expect(words).toContain('examine for compromise');
    },
  );

  it.skipIf(!hasPoppler)(
    'the posture lists what is late, and a POA&M of another boundary is on no paper',
    async () => {
      const words = await wordsOf((await make('boundary-posture', { ahead: '14' })).bytes);
      expect(words).toContain('looking 14 days ahead');
      expect(words).toContain('Old OpenSSH');
      expect(words).toContain('Patch deployed');
      for (const template of papers)
        expect(await wordsOf((await usual(template)).bytes)).not.toContain('Elsewhere');
    },
  );

  it.skipIf(!hasPoppler)(
    'the agreement names the difference that is open, and the access review who has not signed in',
    async () => {
      expect(await wordsOf((await usual('sync-agreement')).bytes)).toMatch(
        /P-1 SYS-1 comments field 2026-11-17 00:00 10/,
      );
      const review = await wordsOf((await usual('access-review')).bytes);
      expect(review).toContain('Eve Old');
      expect(review).toContain('1 of them did not sign in within 35 days.');
    },
  );

  it('the register leaves out what is over, and says how many', async () => {
    expect((await usual('deviations-register')).row.notes).toEqual([{ code: 'left_out_over', subject: '1' }]);
    expect((await make('deviations-register', { state: 'all' })).row.notes).toEqual([]);
  });

  it('the access review is made by nobody who may not see the security log', async () => {
    const viewer = holder('Vic', ['SYS-1'], 'analyst');
    const scopeOf = (actor: Actor) => ({
      actor,
      scope: scopeFor(actor, 'report:create', world.today) ?? nowhere,
    });
    await expect(
      askForReport(world.app, scopeOf(viewer), {
        template: 'access-review',
        parameters: { boundary: 'SYS-1' },
      }),
    ).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  });

  it('a dashboard is printed with its tiles, their definitions and the marking', async () => {
    const dashboard = await fetchDashboard(
      world.app,
      { actor: ann, scope: everywhere },
      { id: 'executive', days: 30, system: 'SYS-1' },
    );
    const { bytes, fileName } = await printDashboard(world.app, dashboard, watch.signal);
    expect(fileName).toBe('executive-2026-11-27.pdf');
    expect(objectsOf(bytes)).toContain('/S /Figure');
    if (!hasPoppler) return;
    const words = await wordsOf(bytes);
    expect(words).toContain('What the numbers mean');
    expect(words).toContain('CUI // TEST');
  });

  it('a dashboard is written as PDF by the command, and a place that cannot be written is named', async () => {
    const folder = await makeScratchDirectory();
    const path = join(folder, 'executive.pdf');
    const { out } = await commandText(world.app, ['dashboards', 'export', 'executive', '--pdf', path]);
    expect(out).toContain(`Written: ${path}`);
    expect((await readFile(path)).subarray(0, 8).toString()).toBe('%PDF-1.7');
    const elsewhere = await commandText(world.app, [
      'dashboards',
      'export',
      'executive',
      '--pdf',
      join(folder, 'no', 'x.pdf'),
    ]);
    expect(elsewhere.err).toContain('could not be written');
    await rm(folder, { recursive: true });
  });
});

const unpack = async (template: string, parameters: Record<string, string> = {}) => {
  const { row, bytes } = await make(template, parameters);
  return { row, parts: new Map(Object.entries(unzipSync(bytes))) };
};
const packed = (parts: ReadonlyMap<string, Uint8Array>, path: string): string =>
  new TextDecoder().decode(parts.get(path));

/** POA&M, type, file and path of each row of a list of evidence. */
async function listedEvidence(parts: ReadonlyMap<string, Uint8Array>) {
  const bytes = Buffer.from(parts.get('Evidence-List.xlsx') ?? []);
  const { sheets } = await openWorkbook('Evidence-List.xlsx', bytes);
  const rows = await Array.fromAsync(sheets[0]?.rows() ?? []);
  return rows
    .filter(({ number }) => number > 6)
    .map(({ cells }) =>
      cells.flatMap(({ column, value }) =>
        column >= 2 && column <= 5 && value.kind === 'text' ? [value.text] : [],
      ),
    );
}

describe('the deviation request package', () => {
  const evidence = `evidence/${fileHash.slice(0, 12)}-proof_of_the_fix.txt`;

  it('holds the form, each file that was attached, and a list that shows which request has none', async () => {
    const { row, parts } = await unpack('deviation-package', { state: 'all' });
    expect([...parts.keys()].toSorted()).toEqual([
      'Deviation-Requests.xlsx',
      'Evidence-List.xlsx',
      'MANIFEST.sha256',
      evidence,
      'manifest.json',
    ]);
    expect(parts.get(evidence)).toEqual(new Uint8Array(file));
    expect(packed(parts, 'MANIFEST.sha256')).toContain(`${fileHash}  ${evidence}\n`);
    const listed = await listedEvidence(parts);
    expect(listed).toContainEqual(['V-3', 'OR', 'proof of the fix.txt', evidence]);
    expect(listed).toContainEqual(['V-1', 'RA', 'No file was attached']);
    expect(row.notes).toContainEqual({
      code: 'left_out_status',
      subject: 'V-2',
      detail: 'vendor dependency',
    });
  });

  it('of what waits to be decided holds nothing that is over, and no file of it', async () => {
    const { parts } = await unpack('deviation-package');
    expect([...parts.keys()]).not.toContain(evidence);
    expect((await listedEvidence(parts)).map(([poam]) => poam)).toEqual(['V-1']);
  });
});

describe('the closure evidence package', () => {
  it('holds what was completed in the period, with its files, and its manifest names the hash of each', async () => {
    const { row, parts } = await unpack('closure-evidence');
    const manifest = JSON.parse(packed(parts, 'manifest.json')) as {
      snapshot: string;
      files: { path: string; sha256: string; bytes: number }[];
    };
    expect(manifest.snapshot).toBe(row.snapshot);
    const evidence = `evidence/${fileHash.slice(0, 12)}-proof_of_the_fix.txt`;
    expect(manifest.files.map(({ path }) => path)).toEqual([
      'Closure-Evidence.pdf',
      evidence,
      'poams/P-3.json',
    ]);
    for (const { path, sha256, bytes } of manifest.files) {
      const part = parts.get(path) ?? new Uint8Array();
      expect(createHash('sha256').update(part).digest('hex')).toBe(sha256);
      expect(part.length).toBe(bytes);
    }
    expect(packed(parts, 'MANIFEST.sha256')).toContain(`${fileHash}  ${evidence}\n`);
    expect(parts.get(evidence)).toEqual(new Uint8Array(file));
    if (!hasPoppler) return;
    const words = await wordsOf(parts.get('Closure-Evidence.pdf') ?? new Uint8Array());
    expect(words).toMatch(/web-1 93 2026-11-08 00:00 yes yes yes yes Weekly scan/);
    expect(words).toContain('status In Progress Completed Jo Doe');
  });

  it('of one POA&M holds that one, whatever its state, and says that no evidence is on record', async () => {
    const { row, parts } = await unpack('closure-evidence', { poam: 'P-1' });
    expect([...parts.keys()]).toContain('poams/P-1.json');
    expect([...parts.keys()]).not.toContain('poams/P-3.json');
    expect(row.notes).toContainEqual({ code: 'no_evidence', subject: 'V-1' });
  });

  it('names a file that differs from its hash, and is made without it', async () => {
    await world.database.pool.query(
      `update stored_file_chunks c set bytes = set_byte(c.bytes, 3, get_byte(c.bytes, 3) # 1) from stored_files f where f.upload_id = c.upload_id and f.sha256 = $1`,
      [fileHash],
    );
    const { row, parts } = await unpack('closure-evidence');
    expect([...parts.keys()].some((path) => path.startsWith('evidence/'))).toBe(false);
    expect(row.notes).toContainEqual({
      code: 'file_missing',
      subject: 'proof of the fix.txt',
      detail: 'FILE_DAMAGED',
    });
    // That it differs was found while it was written: nothing of that attempt stays.
    const { rows: left } = await world.database.pool.query(
      `select c.upload_id from stored_file_chunks c where not exists (select from stored_files f where f.upload_id = c.upload_id)`,
    );
    expect(left).toEqual([]);
  });
});
