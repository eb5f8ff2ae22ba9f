/** POA&Ms out to each format and in again are no change: of many POA&Ms, in every state, with awkward texts. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloneDatabase, type ClonedDatabase } from '../../../test/support/database.ts';
import { everywhere } from '../../canonical/access/index.ts';
import { poamStatuses, severities } from '../../canonical/vocabulary/index.ts';
import { madeWorkbook } from '../../platform/workbooks/made-workbook.test-support.ts';
import { approvePoamImport, planPoamFile, type PoamImport } from '../poam-files/index.ts';
import { poamFormat, type PoamFormatName } from '../poam-formats/index.ts';
import { oscalPoam } from './oscal/oscal-poam.ts';
import type { Rendered } from './rendered.ts';
import type { Snapshot } from './snapshot/snapshot.ts';
import { takeSnapshot } from './snapshot/take.ts';
import { emassWorkbook } from './workbooks/emass-workbook.ts';
import { fedrampPoamWorkbook } from './workbooks/fedramp-workbook.ts';

let database: ClonedDatabase;
beforeAll(async () => {
  database = await cloneDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());
const query = async (sql: string, ...values: unknown[]): Promise<Record<string, unknown>[]> =>
  (await database.pool.query<Record<string, unknown>>(sql, values)).rows;
const app = () => ({
  db: database.db,
  store: database.store,
  now: () => new Date('2026-11-27T08:00:00Z'),
});
const by = { name: 'Ann', principalId: 'p-1', scope: everywhere };

const texts = [
  'Patch it',
  '=1+1',
  '+1 & <b> "x"',
  'two\nlines',
  ' blanks  within  ',
  '-',
  'N/A',
  'a; b, c',
  'äöü 漢字 \u{1F600}',
  `long ${'word '.repeat(900)}`,
];
const controls = ['SI-2', 'SI-2; RA-5', 'AC-2(1)', 'CM-6b', 'AC-17 (2), IA-5', null];
const ratings = [...severities, null, 'Moderate', 'Very High'];
const at = <T>(list: readonly T[], index: number): T => list[index % list.length] as T; // never empty

/** A boundary with as many POA&Ms; each field runs through its values at a pace of its own, so that they meet in many ways. */
async function boundaryOf(name: string, count: number): Promise<void> {
  await query(
    `insert into ingestion_systems (system_id, uuid, name, responsible_organization) values ($1, gen_random_uuid(), $1, 'Example Org')`,
    name,
  );
  await query(
    `insert into ingestion_assets (asset_uuid, hostname, system_id) select gen_random_uuid(), $1 || '-host-' || n, $1 from generate_series(1, 5) n`,
    name,
  );
  for (let n = 0; n < count; n += 1) {
    const id = `${name}-${n}`;
    const status = at(poamStatuses, n);
    await query(
      `insert into ingestion_poams (poam_id, xacta_poam_id, system_id, weakness_description, status, weakness_risk_level, risk_rating, residual_risk_level,
                                    likelihood, impact, threat_relevance, scheduled_completion, actual_completion, original_detection_date, poc, security_control,
                                    source_of_discovery, resources_required, remediation_plan, comments, deviation_rationale, cost_estimate, created_at, updated_at, ingestion_source)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, '2026-11-01', '2026-11-02', 'test')`,
      id,
      n % 3 === 0 ? null : `X-${id}`,
      name,
      n % 4 === 0 ? `Weakness ${n}` : `Weakness ${n}\n${at(texts, n)}`,
      status,
      at(ratings, n),
      at(ratings, n * 3 + 1),
      at([null, ...ratings], n * 5),
      at([null, 'High', 'Medium', 'Very Low', 'Probable'], n),
      at([null, 'Low', 'Critical'], n),
      at([null, 'Moderate', 'Unlikely'], n),
      n % 7 === 6 ? null : `2027-0${(n % 9) + 1}-15`,
      status === 'Completed' ? '2026-11-09' : null,
      n % 5 === 4 ? null : `2026-0${(n % 9) + 1}-03`,
      at(['Jo Doe', null, 'Org, Jo Doe, 555-0100', 'jo@example.mil'], n),
      at(controls, n),
      at(['scanner', null, 'ACAS plugin 1'], n),
      at([null, ...texts], n * 2),
      at([null, ...texts], n * 3),
      at([...texts, null], n * 7),
      at([null, 'because'], n),
      at([null, '$5,000'], n),
    );
    await query(
      `insert into ingestion_poam_assets (poam_id, asset_uuid) select $1, asset_uuid from ingestion_assets where system_id = $2 order by hostname limit $3`,
      id,
      name,
      n % 4,
    );
    for (let c = 0; c < n % 3; c += 1)
      await query(
        `insert into ingestion_poam_cves (poam_id, cve_id) values ($1, $2)`,
        id,
        `CVE-2026-${1000 + c}`,
      );
    for (let m = 0; m < n % 4; m += 1)
      await query(
        `insert into ingestion_poam_milestones (poam_id, milestone_id, milestone_description, scheduled_completion, actual_completion, status, comments, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, '2026-11-01')`,
        id,
        m === 0 ? null : `M-${id}-${m}`,
        m === 2 ? `Step ${m}\nof ${n}` : `Step ${m} of ${n}`,
        m === 1 && n % 5 === 0 ? null : `2026-12-1${m}`,
        m === 0 && n % 2 === 0 ? '2026-11-20' : null,
        m === 0 && n % 2 === 0 ? 'Completed' : at(['Pending', 'In Progress', 'Cancelled'], n + m),
        at([null, 'a comment'], m + n),
      );
  }
  await query(
    `insert into deviations (kind, poam_id, system_id, severity, is_whole_poam, state, rationale, details, adjusted_severity, requested_by, requested_by_principal, requested_at, decided_by, decided_at)
     select (array['risk_adjustment','false_positive','operational_requirement','vendor_dependency','risk_acceptance'])[1 + n % 5], $1 || '-' || n, $1, 'High', true,
            case when n % 2 = 0 then 'requested' else 'approved' end, 'why ' || n, '{"product": "P"}', case when n % 5 = 0 then 'Low' end, 'Ann', 'ann',
            timestamptz '2026-11-10Z', case when n % 2 = 1 then 'Ben' end, case when n % 2 = 1 then timestamptz '2026-11-11Z' end
       from generate_series(0, ${count} - 1, 4) n`,
    name,
  );
}

const snapshotOf = (boundary: string): Promise<Snapshot> =>
  takeSnapshot(app(), {
    kind: 'test',
    parts: new Set(['poams', 'deviations'] as const),
    scope: everywhere,
    boundary,
    poamId: null,
    period: { from: '2026-11-01', to: '2026-11-27' },
    at: app().now(),
    generator: 'Tieline 9.9',
    marking: 'CUI',
  });

const template = (layout: PoamFormatName): Buffer =>
  madeWorkbook({
    sheets: [
      { name: 'POA&M', rows: [undefined, undefined, poamFormat(layout).columns.map(({ header }) => header)] },
    ],
  });
const snapshotId = 'a'.repeat(64);
const emass = (layout: PoamFormatName) => (snapshot: Snapshot) =>
  emassWorkbook({ snapshot, snapshotId }, template(layout));
const writers: Readonly<Record<string, (snapshot: Snapshot) => Promise<Rendered>>> = {
  fedramp: (snapshot) => fedrampPoamWorkbook(snapshot, { lateOnly: false, provider: 'CSP', snapshotId }),
  'emass-1': emass('rmf-import-1'),
  'emass-2': emass('rmf-import-2'),
  'emass-3': emass('rmf-import-3'),
  'emass-export': emass('rmf-export'),
  'emass-pasted': (snapshot) => emassWorkbook({ snapshot, snapshotId }, undefined),
  'oscal-1.0.4': (snapshot) => oscalPoam(snapshot, { version: '1.0.4', ssp: '' }),
  'oscal-1.2.1': (snapshot) => oscalPoam(snapshot, { version: '1.2.1', ssp: '' }),
};

const planned = (boundary: string, { bytes, fileName }: Rendered, source?: string): Promise<PoamImport> =>
  planPoamFile(
    app(),
    {
      name: fileName,
      bytes: Buffer.from(bytes),
      boundary,
      newBoundary: undefined,
      source,
      acceptMissing: true,
      way: 'command',
    },
    by,
  );

const count = 48;
const kept = [
  'source_of_discovery',
  'resources_required',
  'scheduled_completion',
  'poc',
  'risk_rating',
  'deviation_rationale',
  'original_detection_date',
  'residual_risk_level',
  'threat_relevance',
  'likelihood',
  'remediation_plan',
  'comments',
  'cost_estimate',
];
const saysLoss = new Set(['unsaid_field', 'no_choice', 'cut', 'left_out_status']);

/** Of each POA&M the fields that say something, by its description. */
const fieldsOf = async (boundary: string): Promise<ReadonlyMap<string, Record<string, unknown>>> =>
  new Map(
    (
      await query(
        `select weakness_description as what, coalesce(xacta_poam_id, poam_id) as subject, to_jsonb(p) as row from ingestion_poams p where system_id = $1`,
        boundary,
      )
    ).map(({ what, subject, row }) => [String(what), { ...(row as object), subject }]),
  );

describe.each(Object.entries(writers))('POA&Ms as %s', (name, write) => {
  const boundary = `B-${name}`;
  it('that go out and come in again change nothing but what the file calls them; and what was taken in goes out again the same', async () => {
    await boundaryOf(boundary, count);
    const first = await write(await snapshotOf(boundary));
    const plan = await planned(boundary, first);
    const shown = (of: PoamImport): unknown[] =>
      (of.plan?.items ?? [])
        .filter(({ kind }) => kind !== 'link')
        .map(({ kind, entity, record, field, before, after }) => [
          kind,
          entity,
          record,
          field,
          before,
          after,
        ]);
    expect(plan.heldRows).toEqual([]);
    expect(shown(plan)).toEqual([]);
    expect(plan.plan?.items.length).toBeGreaterThan(0);
    await approvePoamImport(app(), by, plan.id);
    expect(await planned(boundary, first)).toMatchObject({ state: 'unchanged' });
    const second = await write(await snapshotOf(boundary));
    expect(await planned(boundary, second)).toMatchObject({ state: 'unchanged' });
  });

  it('that come to a boundary where they are not known have every field, or the report lists that its format has no place for it', async () => {
    const fresh = `F-${name}`;
    await query(
      `insert into ingestion_systems (system_id, uuid, name) values ($1, gen_random_uuid(), $1)`,
      fresh,
    );
    const snapshot = await snapshotOf(boundary);
    // Else eMASS has not given the items ids yet, and they wait until it has.
    const named = snapshot.poams.map((poam) => ({
      ...poam,
      inFiles: { emass: { id: `9-${poam.poamId}`, beside: {} } },
    }));
    const report = await write({ ...snapshot, poams: named });
    const plan = await planned(fresh, report, `fresh ${name}`);
    await approvePoamImport(app(), by, plan.id);
    const [there, here] = [await fieldsOf(boundary), await fieldsOf(fresh)];
    expect(plan.heldRows).toEqual([]);
    expect(here.size).toBeGreaterThan(count / 2);
    for (const [what, after] of here)
      for (const field of kept) {
        const before = there.get(what);
        if (!before?.[field] || after[field]) continue;
        const listed = report.notes.filter(
          ({ code, subject }) => subject === before['subject'] && saysLoss.has(code),
        );
        expect([what, field, listed.length > 0]).toEqual([what, field, true]);
      }
  });
});
