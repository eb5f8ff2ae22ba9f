/** CISA's catalogue of known exploited vulnerabilities, as JSON. It has some thousand entries and is read whole. */
import { z } from 'zod';
import type { CveReport } from '../../../record/intelligence/index.ts';
import { messageOf, TielineError } from '../../../platform/errors/index.ts';
import { cvePattern, feedFault } from '../feed-fault.ts';
import type { FeedFile } from '../feed-file.ts';
import { parseRecord, type ReportReading } from './reading.ts';
import { textOfOnly } from './text-of-document.ts';

const day = z.iso.date('expected a day, YYYY-MM-DD');

const catalogue = z.looseObject({
  catalogVersion: z.string().min(1),
  dateReleased: z.string().optional(),
  count: z.int().optional(),
  vulnerabilities: z.array(z.unknown()),
});

const entry = z.looseObject({
  cveID: z.string().regex(cvePattern, 'expected CVE-YYYY-NNNN'),
  vendorProject: z.string().optional(),
  product: z.string().optional(),
  vulnerabilityName: z.string().optional(),
  dateAdded: day,
  shortDescription: z.string().optional(),
  requiredAction: z.string().optional(),
  dueDate: day.optional(),
  knownRansomwareCampaignUse: z.string().optional(),
  cwes: z.array(z.string()).optional(),
});

/** @throws FEED_INVALID. */
export async function readKev(file: FeedFile): Promise<ReportReading> {
  const text = await textOfOnly(file);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new TielineError(
      'FEED_INVALID',
      `${file.name} was not loaded: it is no JSON (${messageOf(error)}).`,
      {
        cause: error,
        remedy:
          'Load the JSON form of the catalogue, known_exploited_vulnerabilities.json; the CSV form is not read.',
      },
    );
  }
  const whole = parseRecord(catalogue, parsed, { file: file.name, where: 'the catalogue' });
  if (whole.count !== undefined && whole.count !== whole.vulnerabilities.length)
    throw feedFault(
      {
        file: file.name,
        where: 'the catalogue',
        field: 'count',
        message: `it says ${whole.count}, and ${whole.vulnerabilities.length} entries follow: the file was cut`,
      },
      'Fetch the file again.',
    );
  const entries = whole.vulnerabilities.map((each, n) =>
    reportOf(parseRecord(entry, each, { file: file.name, where: `vulnerabilities[${n}]` })),
  );
  return {
    kind: 'reports',
    issue: { version: whole.catalogVersion, date: dateOf(whole.dateReleased, whole.catalogVersion) },
    isWhole: true,
    reports: (async function* () {
      for (const each of entries) yield await Promise.resolve(each);
    })(),
  };
}

/** Catalogue versions are days with dots. */
function dateOf(released: string | undefined, version: string): string | null {
  if (released !== undefined && !Number.isNaN(Date.parse(released))) return new Date(released).toISOString();
  const day = version.replaceAll('.', '-');
  return /^\d{4}-\d{2}-\d{2}$/.test(day) ? `${day}T00:00:00Z` : null;
}

function reportOf(each: z.output<typeof entry>): CveReport {
  const use = each.knownRansomwareCampaignUse?.trim().toLowerCase();
  return {
    cve: each.cveID,
    reportedAt: null,
    facts: {
      kev: {
        added: each.dateAdded,
        due: each.dueDate ?? null,
        ransomware: use === undefined ? null : use === 'known',
        name: each.vulnerabilityName ?? null,
        action: each.requiredAction ?? null,
        vendor: each.vendorProject ?? null,
        product: each.product ?? null,
      },
      ...(each.shortDescription === undefined ? {} : { description: each.shortDescription }),
      ...(each.cwes === undefined || each.cwes.length === 0 ? {} : { cwes: each.cwes }),
    },
  };
}
