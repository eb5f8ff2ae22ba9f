/** The policies that ship, as rows, each held against the document that it is taken from. */
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloneDatabase, type ClonedDatabase } from '../../../test/support/database.ts';
import type { PolicyVersion } from '../../canonical/due-dates/index.ts';
import { severities, type Severity } from '../../canonical/vocabulary/index.ts';
import { addDays } from './calendar/days.ts';
import { answersOf, type CveFacts, type DueInputs } from './due-date-of.ts';
import { reasonOfAnswer } from './due-reason.ts';
import { fetchRuleParts, listPolicyVersions, rulesFrom } from './policies.sql.ts';

let database: ClonedDatabase;
let versions: ReadonlyMap<string, PolicyVersion>;
beforeAll(async () => {
  database = await cloneDatabase();
  versions = new Map((await listPolicyVersions(database.db)).map((each) => [each.policyId, each]));
});
afterAll(() => database[Symbol.asyncDispose]());

function answer(policyId: string, inputs: Partial<DueInputs>) {
  const version = versions.get(policyId);
  if (!version) throw new Error(`no policy ${policyId}`);
  const [found] = answersOf(
    { severity: 'High', detectedOn: '2026-11-20', cves: [], ...inputs },
    { policies: [{ policyId, versions: [version], coversOpen: false }], calendars: new Map() },
  );
  if (!found) throw new Error('no answer');
  return found;
}
const daysBySeverity = (policyId: string, detectedOn: string): (number | null)[] =>
  (['Critical', 'High', 'Medium', 'Low', 'Info'] as const).map(
    (severity) => answer(policyId, { severity, detectedOn, exposed: 'yes' }).days,
  );

describe('the policies that ship', () => {
  it('nine policies ship, and the organization’s matrix alone applies by default', async () => {
    expect([...versions.keys()].toSorted()).toEqual([
      'cisa-bod-19-02',
      'cisa-bod-22-01',
      'cisa-bod-26-04',
      'dod-cat',
      'dod-iavm',
      'fedramp-rev5',
      'fedramp-vdr',
      'hhs-cms',
      'org-default',
    ]);
    const rules = rulesFrom(await fetchRuleParts(database.db))('any');
    expect(rules.policies.map((each) => each.policyId)).toEqual(['org-default']);
  });

  it('FedRAMP’s rules of 2026 want an evaluation within 14, 7, 5 and 2 days by class, and no other policy names one (VER-TFR-EVU)', () => {
    expect(versions.get('fedramp-vdr')?.evaluations).toEqual([
      { class: 'A', days: 14 },
      { class: 'B', days: 7 },
      { class: 'C', days: 5 },
      { class: 'D', days: 2 },
    ]);
    const naming = [...versions.values()].filter(({ evaluations }) => evaluations.length > 0);
    expect(naming.map(({ policyId }) => policyId)).toEqual(['fedramp-vdr']);
    expect(answer('fedramp-vdr', { detectedOn: '2026-12-10', class: 'C' }).evaluateBy).toBe('2026-12-15');
  });

  it('FedRAMP Rev 5 and the organization’s matrix go by an approved risk adjustment, and none that ships by EPSS (completion guide v2.2)', () => {
    const adjusted = { severity: 'Medium', deviation: 1 } as const;
    expect(answer('fedramp-rev5', { detectedOn: '2026-01-01', adjusted })).toMatchObject({
      days: 90,
      adjustment: 1,
    });
    expect(answer('hhs-cms', { detectedOn: '2026-01-01', adjusted })).toMatchObject({
      days: 30,
      adjustment: null,
    });
    const by = (rating: string) =>
      [...versions.values()].filter((each) => each.rating === rating).map(({ policyId }) => policyId);
    expect(by('adjusted').toSorted()).toEqual(['fedramp-rev5', 'org-default']);
    expect([...versions.values()].every(({ epssFrom }) => epssFrom === null)).toBe(true);
  });

  it('the organization’s matrix gives 7, 30, 90 and 180 days from first found, and none to informational findings (design, section 7)', () => {
    expect(daysBySeverity('org-default', '2026-01-01')).toEqual([7, 30, 90, 180, null]);
    const found = answer('org-default', { severity: 'Critical', detectedOn: '2026-01-01' });
    expect(found.on).toBe('2026-01-08');
    expect(reasonOfAnswer(found, 'Critical')).toBe(
      'organization matrix (version 1): critical within 7 days of first detection on 2026-01-01',
    );
  });

  it('FedRAMP Rev 5 gives 30, 30, 90 and 180 days from original detection until 2026-12-07: critical counts as high (Completion Guide v2.2)', () => {
    expect(daysBySeverity('fedramp-rev5', '2026-12-06')).toEqual([30, 30, 90, 180, null]);
    expect(answer('fedramp-rev5', { detectedOn: '2026-12-07' }).silence).toBe('not_in_force');
  });

  it('FedRAMP Rev 5 counts from the vendor’s release where its fix was waited for (Completion Guide v2.2, table 2 column P)', () => {
    expect(answer('fedramp-rev5', { vendorReleasedOn: '2026-12-01' }).on).toBe('2026-12-31');
  });

  it('HHS and CMS give 15, 30, 90 and 365 days (CISO Memorandum 20:01)', () => {
    expect(daysBySeverity('hhs-cms', '2026-01-01')).toEqual([15, 30, 90, 365, null]);
  });

  it('DoD categories give I 30, II 180, III 365 days: I is critical and high, II medium, III low and info (C-PAT)', () => {
    expect(daysBySeverity('dod-cat', '2026-01-01')).toEqual([30, 30, 180, 365, 365]);
    expect(answer('dod-cat', { severity: 'Critical' }).remark).toBe('CAT I');
  });

  it('an IAVM notice’s own comply-by date is the date (C-PAT admin documentation)', () => {
    expect(answer('dod-iavm', { complyBy: '2026-12-18' }).on).toBe('2026-12-18');
  });

  it('BOD 19-02 gives critical 15 and high 30 days to what faces the internet, and was revoked on 2026-06-10', () => {
    expect(daysBySeverity('cisa-bod-19-02', '2026-06-09')).toEqual([15, 30, null, null, null]);
    expect(answer('cisa-bod-19-02', { detectedOn: '2026-06-09', exposed: 'no' }).silence).toBe('no_row');
    expect(answer('cisa-bod-19-02', { detectedOn: '2026-06-10', exposed: 'yes' }).silence).toBe(
      'not_in_force',
    );
  });

  it('BOD 22-01 gives the catalogue’s own due date, also one before the day of listing, until it was revoked', () => {
    const cves = [
      { cve: 'CVE-2020-1472', kev: 'yes', kevAdded: '2021-11-03', kevDue: '2020-09-21' },
    ] as const;
    expect(answer('cisa-bod-22-01', { detectedOn: '2022-01-01', cves }).on).toBe('2020-09-21');
    expect(answer('cisa-bod-22-01', { cves }).silence).toBe('not_in_force');
  });
});

/** BOD 26-04, table 1: listed, exposed, automatable, total; then days, and F for forensics. */
const table = `
  NNNP -    YNNP 14   NYNP 60   NNYP 60   NNNT -    YYNP 14   YNYP 14   NYYP 14
  YNNT 14   NYNT 14   NNYT 60   YYYP 3    YYNT 3F   YNYT 3F   NYYT 3    YYYT 3F`
  .trim()
  .split(/\s+/);
const rows = Array.from({ length: 16 }, (_, n) => [table[2 * n] ?? '', table[2 * n + 1] ?? ''] as const);
const yes = (letter: string | undefined): 'yes' | 'no' => (letter === 'Y' ? 'yes' : 'no');
const listed: Partial<CveFacts> = { kevAdded: '2026-11-22' };
const cveOf = (row: string): CveFacts => ({
  cve: 'CVE-2026-1',
  kev: yes(row[0]),
  ...(row.startsWith('Y') ? listed : {}),
  automatable: yes(row[2]),
  impact: row.endsWith('T') ? 'total' : 'partial',
});

describe('BOD 26-04', () => {
  it('each of the 16 rows of BOD 26-04 gives the days of table 1, with forensics where it says so (CERT/CC, cisa_bod_26_04_1_0_0.csv)', () => {
    expect(rows.map(([row]) => row).every((row) => /^[YN]{3}[TP]$/.test(row))).toBe(true);
    expect(new Set(rows.map(([row]) => row)).size).toBe(16);
    for (const [row, expected] of rows) {
      const found = answer('cisa-bod-26-04', { cves: [cveOf(row)], exposed: yes(row[1]) });
      const days = expected === '-' ? null : Number.parseInt(expected, 10);
      expect([row, found.days, found.on]).toEqual([
        row,
        days,
        days === null ? null : addDays('2026-11-20', days),
      ]);
      expect(found.remark).toBe(
        expected === '-'
          ? 'fix on system upgrade'
          : expected.endsWith('F')
            ? 'with forensic investigation'
            : null,
      );
      expect(found.unknown).toEqual([]);
    }
  });

  it('an exposure that nobody knows keeps both answers of BOD 26-04, and proposes the earlier', () => {
    for (const [row] of rows) {
      const found = answer('cisa-bod-26-04', { cves: [cveOf(row)] });
      const [exposed, hidden] = (['yes', 'no'] as const).map((exposure) =>
        answer('cisa-bod-26-04', { cves: [cveOf(row)], exposed: exposure }),
      );
      expect([found.on, found.latest]).toEqual([exposed?.on, hidden?.on]);
      // Listed, automatable and total is three days with forensics, exposed or not: nothing is asked.
      const isSame = exposed?.on === hidden?.on && exposed?.remark === hidden?.remark;
      expect([row, found.unknown]).toEqual([row, isSame ? [] : ['exposed']]);
    }
  });

  it('BOD 26-04 counts from the listing or the detection, whichever is earlier, and never from before it began', () => {
    const log4shell = { ...cveOf('YYYT'), kevAdded: '2021-12-10' };
    const found = answer('cisa-bod-26-04', { cves: [log4shell], exposed: 'yes' });
    expect([found.since, found.on]).toEqual(['2026-06-10', '2026-06-13']);
    const later = answer('cisa-bod-26-04', {
      detectedOn: '2026-07-01',
      cves: [cveOf('YYYT')],
      exposed: 'yes',
    });
    expect([later.since, later.on]).toEqual(['2026-07-01', '2026-07-04']);
  });

  it('BOD 26-04 does not apply to national security systems', () => {
    expect(answer('cisa-bod-26-04', { cves: [cveOf('YYYT')], nationalSecurity: 'yes' }).silence).toBe(
      'national_security',
    );
  });

  const csv = '/work/shared/data/grc/cisa-bod-26-04-ssvc.csv';
  it.skipIf(!existsSync(csv))(
    'the rows of BOD 26-04 are those of CERT/CC’s file, where that is at hand',
    () => {
      const lines = readFileSync(csv, 'utf8').trim().split('\n').slice(1);
      expect(lines).toHaveLength(16);
      for (const line of lines) {
        const [, kev, exposed, automatable, impact, time = ''] = line.trim().split(',');
        const found = answer('cisa-bod-26-04', {
          exposed: exposed as 'yes',
          cves: [
            { cve: 'c', kev: kev as 'yes', automatable: automatable as 'yes', impact: impact as 'total' },
          ],
        });
        expect(found.days).toBe(time.startsWith('fix') ? null : Number.parseInt(time, 10));
      }
    },
  );
});

describe('FedRAMP vulnerability detection and response', () => {
  const evaluated = { detectedOn: '2026-12-08', evaluatedAt: '2026-12-10T20:00:00Z' };
  /** Class, then N5 to N2: reachable and exploitable, exploitable only, not exploitable. */
  const days: Record<'A' | 'B' | 'C' | 'D', readonly (readonly number[])[]> = {
    A: [
      [4, 8, 32],
      [8, 32, 64],
      [32, 64, 192],
      [96, 160, 192],
    ],
    B: [
      [4, 8, 32],
      [8, 32, 64],
      [32, 64, 192],
      [96, 160, 192],
    ],
    C: [
      [2, 4, 16],
      [4, 8, 64],
      [16, 32, 128],
      [48, 128, 192],
    ],
    D: [
      [0.5, 1, 8],
      [2, 8, 32],
      [8, 16, 64],
      [24, 96, 192],
    ],
  };

  it('each class, agency impact and reachability gives the days of VDR-TFR-PVR from the evaluation on (consolidated rules 2026)', () => {
    let asked = 0;
    for (const [level, byImpact] of Object.entries(days) as ['A', (typeof days)['A']][])
      for (const [n, [both, exploitable, neither]] of byImpact.entries())
        for (const [isExploitable, reachable, expected] of [
          ['yes', 'yes', both],
          ['yes', 'no', exploitable],
          ['no', 'yes', neither],
          ['no', 'no', neither],
        ] as const) {
          const agencyImpact = `N${5 - n}` as 'N5';
          const found = answer('fedramp-vdr', {
            ...evaluated,
            class: level,
            agencyImpact,
            exploitable: isExploitable,
            reachable,
          });
          expect([level, agencyImpact, isExploitable, reachable, found.days]).toEqual([
            level,
            agencyImpact,
            isExploitable,
            reachable,
            expected,
          ]);
          asked += 1;
        }
    expect(asked).toBe(64);
  });

  it('twelve hours count from the very time of the evaluation', () => {
    const worst = { class: 'D', agencyImpact: 'N5', exploitable: 'yes', reachable: 'yes' } as const;
    expect(answer('fedramp-vdr', { ...evaluated, ...worst }).on).toBe('2026-12-11');
    expect(answer('fedramp-vdr', { ...evaluated, evaluatedAt: '2026-12-10T08:00:00Z', ...worst }).on).toBe(
      '2026-12-10',
    );
  });

  it('what was not evaluated counts from its detection by the worst that it may be, and says what is not known', () => {
    const found = answer('fedramp-vdr', { detectedOn: '2026-12-08', class: 'C' });
    expect(found).toMatchObject({
      on: '2026-12-10',
      latest: null,
      unknown: ['reachable', 'exploitable', 'agency_impact', 'evaluated'],
    });
  });

  it('the rules of 2026 begin on 2026-12-07, and before say nothing', () => {
    expect(answer('fedramp-vdr', { detectedOn: '2026-12-06', class: 'C' }).silence).toBe('began_later');
  });

  it('negligible impact has no timeframe', () => {
    expect(answer('fedramp-vdr', { ...evaluated, class: 'A', agencyImpact: 'N1' })).toMatchObject({
      on: null,
      silence: 'no_deadline',
    });
  });
});

describe('every severity', () => {
  it('a severity has an answer or a silence by every policy, and no policy throws', () => {
    for (const policyId of versions.keys())
      for (const severity of severities as readonly Severity[]) {
        const found = answer(policyId, { severity });
        expect(found.on === null).toBe(found.silence !== null);
        expect(reasonOfAnswer(found, severity)).not.toMatch(/undefined|null/);
      }
  });
});
