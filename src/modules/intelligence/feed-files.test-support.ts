/** Small files of feeds, written for a test. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

export interface KevEntryOfTest {
  readonly cve: string;
  readonly added?: string;
  readonly due?: string;
  readonly ransomware?: 'Known' | 'Unknown';
}

/** A catalogue of KEV. */
export const kevText = (version: string, entries: readonly KevEntryOfTest[]): string =>
  JSON.stringify({
    title: 'catalogue',
    catalogVersion: version,
    dateReleased: `${version.replaceAll('.', '-')}T17:00:00.0000Z`,
    count: entries.length,
    vulnerabilities: entries.map(
      ({ cve, added = '2026-11-01', due = '2026-11-22', ransomware = 'Unknown' }) => ({
        cveID: cve,
        vendorProject: 'Acme',
        product: 'Anvil',
        vulnerabilityName: `Acme Anvil ${cve}`,
        dateAdded: added,
        shortDescription: 'It falls.',
        requiredAction: 'Apply updates.',
        dueDate: due,
        knownRansomwareCampaignUse: ransomware,
        cwes: ['CWE-20'],
      }),
    ),
  });

/** EPSS scores of a day. */
export const epssText = (
  day: string,
  scores: Readonly<Record<string, string>>,
  model = 'v2026.06.15',
): string =>
  [
    `#model_version:${model},score_date:${day}T12:00:26Z`,
    'cve,epss,percentile',
    ...Object.entries(scores).map(([cve, score]) => `${cve},${score},0.5`),
    '',
  ].join('\n');

export interface NvdRecordOfTest {
  readonly id: string;
  readonly modified?: string;
  readonly status?: string;
  readonly vector?: string;
  readonly score?: number;
  readonly tags?: readonly string[];
  readonly more?: object;
}

/** A page or feed of NVD. */
export const nvdText = (records: readonly NvdRecordOfTest[]): string =>
  JSON.stringify({
    resultsPerPage: records.length,
    startIndex: 0,
    totalResults: records.length,
    format: 'NVD_CVE',
    version: '2.0',
    timestamp: '2026-11-20T00:00:00.000',
    vulnerabilities: records.map(
      ({ id, modified = '2026-11-10T00:00:00.000', status = 'Analyzed', vector, score, tags, more }) => ({
        cve: {
          id,
          published: '2026-01-01T00:00:00.000',
          lastModified: modified,
          vulnStatus: status,
          descriptions: [{ lang: 'en', value: `about ${id}` }],
          metrics:
            vector === undefined
              ? {}
              : {
                  cvssMetricV31: [
                    {
                      source: 'nvd@nist.gov',
                      type: 'Primary',
                      cvssData: {
                        version: '3.1',
                        vectorString: vector,
                        baseScore: score,
                        baseSeverity: 'CRITICAL',
                      },
                    },
                  ],
                },
          references: tags === undefined ? [] : [{ url: 'https://example.com/', tags }],
          ...more,
        },
      }),
    ),
  });

/** Writes a file, packed where its name says so. @returns its path. */
export async function fileIn(folder: string, name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, name.endsWith('.gz') ? gzipSync(text) : text);
  return path;
}
