/**
 * NVD's API and feeds, version 2.0: yearly and `modified` files and pages of the API hold the same records. They are gigabytes, read record
 * by record.
 */
import { z } from 'zod';
import {
  type CveFacts,
  type CveReport,
  type CvssRating,
  type CvssVersion,
  cvssVersions,
} from '../../../record/intelligence/index.ts';
import { openJsonMember } from '../../../platform/http/index.ts';
import { isJsonObject } from '../../../platform/values/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { readVector } from '../cvss.ts';
import { cvePattern, feedFault, quoted } from '../feed-fault.ts';
import type { FeedFile } from '../feed-file.ts';
import { type Note, parseRecord, type ReportReading } from './reading.ts';
import { pointsOf, ssvcOptions } from './ssvc-points.ts';
import { onlyDocument } from './text-of-document.ts';

const metric = z.looseObject({
  source: z.string().default('unknown'),
  type: z.string().optional(),
  cvssData: z.looseObject({
    vectorString: z.string(),
    baseScore: z.number().min(0).max(10),
    baseSeverity: z.string().optional(),
  }),
  baseSeverity: z.string().optional(),
});
const day = z.iso.date('expected a day, YYYY-MM-DD');
const described = z.array(z.looseObject({ lang: z.string(), value: z.string() }));

const nvdRecord = z.looseObject({
  id: z.string().regex(cvePattern, 'expected CVE-YYYY-NNNN'),
  published: z.string().optional(),
  lastModified: z.string(),
  vulnStatus: z.string().optional(),
  descriptions: described.default([]),
  cisaExploitAdd: day.optional(),
  cisaActionDue: day.optional(),
  cisaRequiredAction: z.string().optional(),
  cisaVulnerabilityName: z.string().optional(),
  metrics: z
    .looseObject({
      cvssMetricV2: z.array(metric).optional(),
      cvssMetricV30: z.array(metric).optional(),
      cvssMetricV31: z.array(metric).optional(),
      cvssMetricV40: z.array(metric).optional(),
      ssvcV203: z
        .array(
          z.looseObject({
            ssvcData: z.looseObject({ timestamp: z.string().optional(), options: ssvcOptions }),
          }),
        )
        .optional(),
    })
    .default({}),
  weaknesses: z.array(z.looseObject({ description: described })).default([]),
  references: z.array(z.looseObject({ tags: z.array(z.string()).optional() })).default([]),
});
type NvdRecord = z.output<typeof nvdRecord>;

const oldForm =
  'This is the feed of version 1.1, which NVD has ended. Load version 2.0: nvdcve-2.0-YEAR.json.gz, nvdcve-2.0-modified.json.gz, or pages of the API.';

/** @throws FEED_INVALID naming record and field. */
export async function readNvd(file: FeedFile, note: Note): Promise<ReportReading> {
  const document = await onlyDocument(file);
  const member = await openJsonMember(document.bytes(), 'vulnerabilities');
  if (!member || member.head['format'] !== 'NVD_CVE')
    throw feedFault(
      {
        file: file.name,
        where: 'the document',
        field: 'format',
        message: `${quoted(member?.head['format'])}: expected "NVD_CVE" and a list "vulnerabilities"`,
      },
      oldForm,
    );
  const { timestamp, version } = member.head;
  return {
    kind: 'reports',
    issue: {
      version: typeof version === 'string' ? version : null,
      date: typeof timestamp === 'string' ? instantOf(timestamp) : null,
    },
    isWhole: false,
    reports: (async function* (): AsyncGenerator<CveReport> {
      let n = 0;
      try {
        for await (const record of member.records) {
          const at = { file: file.name, where: `vulnerabilities[${n}]` };
          const inner = isJsonObject(record['cve']) ? record['cve'] : record;
          yield reportOf(parseRecord(nvdRecord, inner, at), note);
          n += 1;
        }
      } catch (error) {
        throw asFeedFault(file.name, error);
      }
    })(),
  };
}

/** The reader of lists knows nothing of feeds. */
function asFeedFault(file: string, error: unknown): unknown {
  if (!(error instanceof TielineError) || error.code !== 'REMOTE_UNEXPECTED') return error;
  return new TielineError(
    'FEED_INVALID',
    `${file} was not loaded: nothing of it was stored. ${error.message}`,
    {
      cause: error,
      remedy: 'Fetch the file again: it was cut or changed on its way.',
    },
  );
}

/** NVD writes instants of UTC without a zone. */
const instantOf = (text: string): string | null => {
  const at = Date.parse(/(?:Z|[+-]\d{2}:?\d{2})$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(at) ? null : new Date(at).toISOString();
};

function reportOf(record: NvdRecord, note: Note): CveReport {
  const tags = new Set(record.references.flatMap((reference) => reference.tags ?? []));
  const isRejected = record.vulnStatus === 'Rejected';
  const text = record.descriptions.find(({ lang }) => lang === 'en')?.value;
  const cwes = record.weaknesses
    .flatMap(({ description }) => description.map(({ value }) => value))
    .filter((value) => /^CWE-\d+$/.test(value));
  const [assessed] = record.metrics.ssvcV203 ?? [];
  const ssvc = assessed && pointsOf(assessed.ssvcData.options, assessed.ssvcData.timestamp);
  const published = record.published === undefined ? null : instantOf(record.published);
  const modified = instantOf(record.lastModified);
  const facts: CveFacts = {
    ...(record.vulnStatus === undefined ? {} : { status: record.vulnStatus }),
    ...(isRejected ? { rejected: true } : { cvss: ratingsOf(record, note) }),
    ...(ssvc ? { ssvc } : {}),
    ...(record.cisaExploitAdd === undefined ? {} : { kev: kevOf(record, record.cisaExploitAdd) }),
    ...(text === undefined ? {} : { description: text }),
    ...(cwes.length === 0 ? {} : { cwes: [...new Set(cwes)].toSorted() }),
    ...(published === null ? {} : { published }),
    ...(tags.has('Exploit') ? { exploit: true } : {}),
    ...(tags.has('Patch') ? { patch: true } : {}),
  };
  return { cve: record.id, reportedAt: modified, facts };
}

function kevOf(record: NvdRecord, added: string): NonNullable<CveFacts['kev']> {
  return {
    added,
    due: record.cisaActionDue ?? null,
    ransomware: null,
    name: record.cisaVulnerabilityName ?? null,
    action: record.cisaRequiredAction ?? null,
    vendor: null,
    product: null,
  };
}

const keyOf = {
  '2.0': 'cvssMetricV2',
  '3.0': 'cvssMetricV30',
  '3.1': 'cvssMetricV31',
  '4.0': 'cvssMetricV40',
} as const satisfies Record<CvssVersion, string>;

/** Of each version NVD's own rating, or else the first one. */
function ratingsOf(record: NvdRecord, note: Note): NonNullable<CveFacts['cvss']> {
  const ratings: Partial<Record<CvssVersion, CvssRating>> = {};
  for (const version of cvssVersions) {
    const given = record.metrics[keyOf[version]] ?? [];
    const chosen = given.find(({ type }) => type === 'Primary') ?? given[0];
    if (!chosen) continue;
    const { vectorString, baseScore, baseSeverity = chosen.baseSeverity } = chosen.cvssData;
    const read = readVector(version, vectorString);
    if (!read)
      note(`${record.id}: ${quoted(vectorString)} is no vector of CVSS ${version}; its score was kept`);
    ratings[version] = {
      ...(read ?? { vector: vectorString, attack_vector: null, exploitability: null, impact: null }),
      score: baseScore,
      severity: baseSeverity?.toLowerCase() ?? read?.severity ?? null,
      source: chosen.source,
    };
  }
  return ratings;
}
