import type { BundleMade, FeedStatus, LoadOutcome } from '../../../modules/intelligence/index.ts';
import { shownLines, shownText } from '../../../platform/errors/index.ts';
import { type CveDetail, type CveRow, cvssVersions } from '../../../record/intelligence/index.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { dayText, minuteText } from '../kit/instants.ts';
import { counted } from '../kit/table.ts';

const number = (n: number): string => n.toLocaleString('en-US');

/** What a manifest lists. */
export const bundleLines = ({ manifest, files }: BundleMade): string[] => [
  ...files.map(({ feed, file, date, sha256 }) =>
    shownText(
      `${feed.padEnd(6)}${file}${date === null ? '' : `, of ${date.slice(0, 10)}`}, ${sha256.slice(0, 12)}`,
    ),
  ),
  shownText(
    `${manifest} lists ${counted(files.length, 'file')}. Next, on the other side: tieline intelligence load bundle FOLDER`,
  ),
];

/** What a load came to. */
export function loadLines(outcome: LoadOutcome): string[] {
  const of = outcome.feedDate === null ? '' : ` of ${dayText(outcome.feedDate)}`;
  const version = outcome.version === null ? '' : `, version ${outcome.version}`;
  if (outcome.outcome === 'already loaded')
    return [shownText(`${outcome.feed}${of}${version}: loaded already; nothing was changed.`)];
  const parts = [
    `${number(outcome.read)} read`,
    `${number(outcome.changed)} changed`,
    `${number(outcome.unchanged)} unchanged`,
    outcome.older > 0 ? `${number(outcome.older)} left out, since what is stored is newer` : '',
    outcome.withdrawn > 0 ? `${number(outcome.withdrawn)} withdrawn` : '',
    outcome.plugins > 0 ? `${counted(outcome.plugins, 'plugin')} renewed` : '',
  ];
  const more = outcome.noteCount - outcome.notes.length;
  return [
    shownText(`${outcome.feed}${of}${version}: ${parts.filter(Boolean).join(', ')}`),
    ...outcome.notes.map((note) => `  ${shownText(note)}`),
    ...(more > 0 ? [`  and ${number(more)} more of this kind`] : []),
  ];
}

/** How the feeds stand. */
export function statusLines(
  feeds: readonly FeedStatus[],
  {
    assessed,
    width,
  }: {
    readonly assessed: { readonly at: Date; readonly findings: number } | null;
    readonly width: number | undefined;
  },
): string[] {
  const rows = feeds.map(({ feed, load, ageDays, isOld, source }) => [
    feed,
    load?.version ?? '–',
    dayText(load?.feedDate ?? null),
    ageDays === null ? '–' : `${counted(ageDays, 'day')}${isOld ? ', old' : ''}`,
    load === null ? '–' : number(load.read),
    load === null ? 'never' : minuteText(load.loadedAt),
    source?.enabled ? minuteText(source.nextRunAt) : 'by hand',
  ]);
  const old = feeds.filter(({ isOld }) => isOld).map(({ feed }) => feed);
  const never = feeds.every(({ load }) => load === null);
  return [
    fittedTable(['FEED', 'VERSION', 'OF', 'AGE', 'ROWS', 'LOADED (UTC)', 'NEXT (UTC)'], rows, width),
    '',
    ...feeds.flatMap(({ feed, source }) =>
      source?.lastOutcome
        ? [shownText(`${feed}, by itself, ${minuteText(source.lastRunAt)}: ${source.lastOutcome}`)]
        : [],
    ),
    assessed === null
      ? 'Risk scores were never computed: tieline risk assess'
      : `Risk scores of ${counted(assessed.findings, 'open finding')}, of ${minuteText(assessed.at)} UTC.`,
    old.length > 0
      ? `Old: ${old.join(', ')}. Load a newer file: tieline intelligence load ${old[0] ?? ''} FILE`
      : never
        ? 'Nothing is loaded yet: tieline intelligence load kev FILE'
        : 'Next: tieline intelligence show CVE-…',
  ];
}

const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 2 : 1)}%`;

function newestScore({ cvss }: CveRow): string {
  const version = cvssVersions.toReversed().find((each) => cvss[each] !== undefined);
  const rating = version === undefined ? undefined : cvss[version];
  return rating === undefined ? '–' : `${rating.score.toFixed(1)} (${version})`;
}

/** CVEs as a table. */
export function cveTable(rows: readonly CveRow[], width: number | undefined): string {
  return fittedTable(
    ['CVE', 'CVSS', 'EPSS', 'KEV', 'EXPLOITATION', 'PLUGINS', 'WHAT'],
    rows.map((row) => [
      row.cve,
      newestScore(row),
      row.epss === null ? '–' : percent(row.epss),
      row.kevAdded ?? (row.kevWithdrawnOn === null ? '–' : 'withdrawn'),
      row.exploitation ?? '–',
      number(row.plugins),
      row.kevName ?? row.description?.slice(0, 80) ?? '–',
    ]),
    width,
  );
}

const yesNo = (value: boolean | null): string => (value === null ? 'unknown' : value ? 'yes' : 'no');

function kevText(cve: CveDetail): string {
  if (cve.kevAdded !== null)
    return `listed ${cve.kevAdded}, due ${cve.kevDue ?? 'not said'}; used by ransomware: ${cve.kevRansomware === null ? 'not said' : cve.kevRansomware ? 'yes' : 'not known'}`;
  return cve.kevWithdrawnOn === null ? 'not listed' : `withdrawn on ${cve.kevWithdrawnOn}`;
}

/** All that is known of a CVE. */
export function cveLines(cve: CveDetail): string[] {
  const facts: readonly (readonly [string, string])[] = [
    ['KEV', kevText(cve)],
    ...cvssVersions.toReversed().flatMap((version) => {
      const rating = cve.cvss[version];
      return rating
        ? [
            [
              `CVSS ${version}`,
              `${rating.score.toFixed(1)} ${rating.severity ?? ''}  ${rating.vector}  by ${rating.source}`,
            ] as const,
          ]
        : [];
    }),
    [
      'EPSS',
      cve.epss === null
        ? 'unknown'
        : `${percent(cve.epss)}, higher than ${percent(cve.epssPercentile ?? 0)} of all, of ${cve.epssDate ?? '–'} by model ${cve.epssModel ?? '–'}`,
    ],
    [
      'SSVC',
      `exploitation ${cve.exploitation ?? 'unknown'}, automatable ${cve.automatable ?? 'unknown'}, technical impact ${cve.technicalImpact ?? 'unknown'}${cve.ssvcAt === null ? '' : `; assessed ${dayText(cve.ssvcAt)}, from ${cve.ssvcSource ?? '–'}`}`,
    ],
    ['Exploit known', yesNo(cve.exploitKnown)],
    ['Patch available', cve.patchAvailable === true ? 'yes' : 'not said'],
    ['Published', dayText(cve.publishedAt)],
    ['NVD status', cve.nvdStatus ?? '–'],
  ];
  const column = Math.max(...facts.map(([title]) => title.length)) + 2;
  return [
    `${cve.cve}${cve.isRejected ? '  (rejected)' : ''}  ${shownText(cve.kevName ?? '')}`.trimEnd(),
    ...(cve.description === null ? [] : ['', shownLines(cve.description), '']),
    ...facts.map(([title, text]) => `${title.padEnd(column)}${shownText(text)}`),
    ...section(
      'Feeds',
      cve.reports.map(
        (each) =>
          `${each.feed}: ${each.withdrawnAt ? `withdrawn ${dayText(each.withdrawnAt)}` : each.reportedAt ? `changed ${dayText(each.reportedAt)}` : `listed, known since ${dayText(each.firstLoadedAt)}`}, loaded ${minuteText(each.loadedAt)} from ${each.source}`,
      ),
    ),
    ...section(
      'Changes',
      cve.changes
        .slice(0, 20)
        .map(
          (each) =>
            `${minuteText(each.at)}  ${each.field}: ${JSON.stringify(each.before)} → ${JSON.stringify(each.after)} (${each.feed} ${each.version ?? ''})`,
        ),
    ),
    ...section(
      'Found by',
      cve.foundBy.map(
        (each) =>
          `plugin ${each.pluginId}, ${each.name}: ${counted(each.open, 'open finding')} on ${counted(each.assets, 'asset')}`,
      ),
    ),
  ];
}

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${shownText(line)}`)];
