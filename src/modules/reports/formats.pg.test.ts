import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ReportWorld, reportWorld } from '../../../test/support/report-world.ts';
import { everywhere } from '../../canonical/access/index.ts';
import { brokenRules } from './oscal/fedramp-rules.ts';
import { oscalPoam } from './oscal/oscal-poam.ts';
import { oscalFaults, verFaults } from './published/schemas.ts';
import type { Snapshot } from './snapshot/snapshot.ts';
import { takeSnapshot } from './snapshot/take.ts';
import { verReport } from './ver/ver-report.ts';
import { deviationRequestForm } from './workbooks/deviation-form.ts';
import { openParts, readSheet, textOf } from './workbooks/package-parts.ts';

let world: ReportWorld;
let snapshot: Snapshot;
beforeAll(async () => {
  world = await reportWorld();
  snapshot = await takeSnapshot(world.app, {
    kind: 'test',
    parts: new Set(['poams', 'deviations'] as const),
    scope: everywhere,
    boundary: 'SYS-1',
    poamId: null,
    period: { from: '2026-11-01', to: '2026-11-27' },
    at: world.today,
    generator: 'Tieline 9.9',
    marking: 'CUI',
  });
});
afterAll(() => world[Symbol.asyncDispose]());
const jsonOf = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;

describe('the OSCAL POA&M', () => {
  it.each(['1.0.4', '1.2.1'] as const)(
    'of version %s fits the schema, and names each rule of FedRAMP that the record breaks',
    async (version) => {
      const { bytes, notes } = await oscalPoam(snapshot, { version, ssp: '' });
      const document = jsonOf(bytes);
      expect(await oscalFaults(document)).toEqual([]);
      const poam = document['plan-of-action-and-milestones'] as Record<string, { [key: string]: unknown }[]>;
      expect(poam['poam-items']?.length).toBe(6);
      expect(poam['risks']?.[0]).toMatchObject({
        title: 'Apache Log4j',
        status: 'deviation-requested',
        deadline: '2026-12-10T00:00:00Z',
      });
      expect(poam['risks']?.[0]?.['props']).toContainEqual({
        name: 'impacted-control-id',
        ns: 'https://fedramp.gov/ns/oscal',
        value: 'si-2',
      });
      const rules = notes
        .filter(({ code }) => code === 'rule_broken')
        .map(({ subject, detail }) => `${subject} ${detail}`);
      expect(rules).toContain('import-ssp has-import-ssp');
      expect(rules).toContain('V-1 has-timely-completion-date');
      expect(rules).toContain('V-5 risk-has-milestones');
      expect(rules.filter((rule) => rule.startsWith('V-1 '))).toEqual(['V-1 has-timely-completion-date']);
    },
  );

  it('gives an item the same ids in every report', async () => {
    const idsOf = async (at: string) => {
      const { bytes } = await oscalPoam({ ...snapshot, takenAt: at }, { version: '1.2.1', ssp: '' });
      return (jsonOf(bytes)['plan-of-action-and-milestones'] as { 'poam-items': { uuid: string }[] })[
        'poam-items'
      ].map(({ uuid }) => uuid);
    };
    const ids = await idsOf('2026-11-27T09:00:00.000Z');
    expect(new Set(ids).size).toBe(6);
    expect(await idsOf('2027-01-01T09:00:00.000Z')).toEqual(ids);
  });

  it('of nothing is refused, for the schema wants an item', async () => {
    await expect(oscalPoam({ ...snapshot, poams: [] }, { version: '1.0.4', ssp: '' })).rejects.toMatchObject({
      code: 'REPORT_EMPTY',
    });
  });

  it('rules find each fault that is put into a document without any', async () => {
    const whole = (
      changes: (
        risk: Record<string, unknown>,
        item: Record<string, unknown>,
        poam: Record<string, unknown>,
      ) => void,
    ) => {
      const task = {
        uuid: 't',
        type: 'milestone',
        title: 'm',
        description: 'd',
        timing: { 'on-date': { date: '2026-01-10T00:00:00Z' } },
      };
      const risk: Record<string, unknown> = {
        uuid: 'r',
        deadline: '2026-01-20T00:00:00Z',
        characterizations: [{ facets: [{ name: 'impact', value: 'high' }] }],
        remediations: [{ lifecycle: 'recommendation' }, { lifecycle: 'planned', tasks: [task] }],
        'related-observations': [{ 'observation-uuid': 'o' }],
        'risk-log': { entries: [{ title: 't', start: '2026-01-01T00:00:00Z' }] },
      };
      const item: Record<string, unknown> = {
        uuid: 'i',
        'related-risks': [{ 'risk-uuid': 'r' }],
        'related-observations': [{ 'observation-uuid': 'o' }],
      };
      const poam: Record<string, unknown> = {
        'import-ssp': { href: '#ssp' },
        'back-matter': {
          resources: [
            {
              uuid: 'ssp',
              props: [{ name: 'type', value: 'system-security-plan' }],
              rlinks: [{ 'media-type': 'text/xml' }],
            },
          ],
        },
        observations: [{ uuid: 'o', collected: '2026-01-01T00:00:00Z' }],
        risks: [risk],
        'poam-items': [item],
      };
      changes(risk, item, poam);
      return brokenRules({ 'plan-of-action-and-milestones': poam }).map(({ rule }) => rule);
    };
    expect(whole(() => undefined)).toEqual([]);
    expect(whole((risk) => delete risk['deadline'])).toEqual([
      'risk-has-deadline',
      'has-timely-completion-date',
    ]);
    expect(whole((risk) => (risk['deadline'] = 'soon'))).toContain('deadline-is-valid-datetime');
    expect(whole((risk) => (risk['deadline'] = '2026-02-20T00:00:00Z'))).toEqual([
      'has-timely-completion-date',
    ]);
    expect(whole((risk) => (risk['characterizations'] = []))).toContain(
      'has-risk-impact-characterization-facet',
    );
    expect(whole((risk) => (risk['remediations'] = []))).toEqual([
      'associated-risk-has-planned-response',
      'risk-has-recommendation',
      'risk-has-planned-response',
      'risk-has-milestones',
    ]);
    expect(whole((risk) => (risk['risk-log'] = { entries: [{}] }))).toEqual([
      'risk-log-entry-has-title',
      'risk-log-entry-has-start',
    ]);
    expect(whole((_, item) => (item['related-risks'] = []))).toEqual(['poam-item-has-associated-risk']);
    expect(
      whole((_, item) => (item['related-risks'] = [{ 'risk-uuid': 'r' }, { 'risk-uuid': 'x' }])),
    ).toEqual(['poam-item-has-one-associated-risk', 'associated-risk-has-target']);
    expect(whole((_, item) => (item['related-observations'] = [{ 'observation-uuid': 'x' }]))).toEqual([
      'related-observation-has-observation',
    ]);
    expect(whole((_, item) => delete item['related-observations'])).toEqual([
      'poam-item-has-related-observation',
    ]);
    expect(whole((_, __, poam) => delete poam['import-ssp'])).toEqual(['has-import-ssp']);
    expect(whole((_, __, poam) => (poam['import-ssp'] = {}))).toEqual(['has-import-ssp-href']);
    expect(whole((_, __, poam) => (poam['back-matter'] = {}))).toEqual([
      'has-import-ssp-internal-href',
      'has-system-security-plan-resource',
    ]);
    const timed = (timing: unknown) =>
      whole((risk) => {
        risk['remediations'] = [
          { lifecycle: 'recommendation' },
          { lifecycle: 'planned', tasks: [{ type: 'milestone', description: 'd', timing }] },
        ];
      });
    expect(timed(undefined)).toEqual(['milestone-has-timing']);
    expect(timed({})).toEqual(['milestone-has-timing-within-date-range']);
    expect(timed({ 'on-date': { date: 'x' } })).toEqual(['on-date-date-is-valid-datetime']);
    expect(
      timed({ 'within-date-range': { start: '2026-02-01T00:00:00Z', end: '2026-01-01T00:00:00Z' } }),
    ).toEqual(['within-date-range-start-precedes-end']);
    expect(brokenRules({})).toEqual([{ rule: 'document-is-plan-of-action-and-milestones', subject: '/' }]);
  });
});

describe('the FedRAMP vulnerability reports', () => {
  it.each(['detail', 'accepted', 'history'] as const)(
    'of kind %s fit the published schema once its references are repaired',
    async (kind) => {
      const { bytes } = await verReport(kind, snapshot, 'https://example.gov/package.json');
      expect(await verFaults(kind, jsonOf(bytes))).toEqual([]);
      // A host is what would help an attacker.
      expect(new TextDecoder().decode(bytes)).not.toContain('web-1');
    },
  );

  it('tell the rating, its history and what was reduced, and what is not evaluated is listed', async () => {
    const { bytes, notes } = await verReport('detail', snapshot, 'https://example.gov/package.json');
    const [first] = (jsonOf(bytes) as { vulnerabilities: object[] }).vulnerabilities;
    expect(first).toMatchObject({
      providerTrackingId: 'V-1',
      isLikelyExploitable: true,
      isInternetReachable: false,
      currentRating: 3,
      ratingHistory: [
        { reducedAt: '2026-11-02T00:00:00Z', rating: 4 },
        { reducedAt: '2026-11-10T00:00:00Z', rating: 3 },
      ],
      reductions: [{ reducedAt: '2026-11-10T00:00:00Z', rating: 3 }],
      overdueStatus: { isOverdue: false },
    });
    expect(notes).toContainEqual({ code: 'not_evaluated', subject: 'V-2' });
    expect(notes).toContainEqual({ code: 'left_out_status', subject: 'P-4', detail: 'Draft' });
  });

  it('move a vulnerability to the accepted ones 192 days after its evaluation', async () => {
    const acceptedAt = async (at: string) => {
      const { bytes } = await verReport(
        'accepted',
        { ...snapshot, takenAt: at },
        'https://example.gov/p.json',
      );
      return (jsonOf(bytes) as { acceptedVulnerabilities: object[] }).acceptedVulnerabilities.length;
    };
    expect(await acceptedAt('2027-05-13T00:00:00.000Z')).toBe(0);
    expect(await acceptedAt('2027-05-14T00:00:00.000Z')).toBe(1);
  });

  it('a broken one is named by field', async () => {
    expect(await verFaults('detail', { reportPeriod: {}, vulnerabilities: [{}] })).not.toEqual([]);
    const made = JSON.parse(
      await readFile(
        new URL('./published/fedramp-common-definitions-schema-2026-06-24.json', import.meta.url),
        'utf8',
      ),
    ) as object;
    expect(Object.keys(made)).toContain('$defs');
  });
});

describe('the deviation request form', () => {
  it('has a row for each request that waits, with the metrics of an adjustment in their columns', () => {
    const { bytes, notes } = deviationRequestForm(snapshot, { onlyOpen: true, snapshotId: 'a'.repeat(64) });
    const sheet = readSheet(textOf(openParts(bytes), 'xl/worksheets/sheet1.xml'), []);
    const headers = sheet.rows.find(({ number }) => number === 10)?.cells.map(({ text }) => text) ?? [];
    const row = Object.fromEntries(
      sheet.rows
        .find(({ number }) => number === 11)
        ?.cells.map(({ column, text }) => [headers[column - 1], text]) ?? [],
    );
    expect(row).toMatchObject({
      'POA&M ID': 'V-1',
      'Type of DR': 'RA',
      'Initial Risk Rating': 'High',
      'Requested Risk Rating': 'Moderate',
      'DR Rationale': '@behind the WAF',
      'RA: Modified Attack Vector (MAV)': 'A',
      'RA: Modified Attack Complexity (MAC)': 'H',
      'RA: Explanation of Adjusted Values': 'WAF\nMAV: only from inside',
      'Deviation Status': 'Pending',
    });
    expect(sheet.rows.some(({ number }) => number === 12)).toBe(false);
    expect(notes).toEqual([]);
    const all = deviationRequestForm(snapshot, { onlyOpen: false, snapshotId: 'a'.repeat(64) });
    expect(all.notes).toEqual([{ code: 'left_out_status', subject: 'V-2', detail: 'vendor dependency' }]);
  });
});
