/** Workbooks of our own: metrics with their definitions, exploited vulnerabilities, controls, agreement. A sheet a table, each under what the report is of. */
import { comparisonWords } from '../../../canonical/metrics/index.ts';
import { mediaTypes, type Rendered, type ReportNote } from '../rendered.ts';
import { type About, shownAbout } from '../shown-about.ts';
import type { MetricFacts, Snapshot } from '../snapshot/snapshot.ts';
import type { CellValue } from './cells.ts';
import { plainWorkbook, type PlainSheet } from './plain-workbook.ts';

type Cell = string | number | boolean | null | undefined | { readonly day: string | null };

function cellOf(value: Cell): CellValue | undefined {
  if (value === null || value === undefined || value === '') return undefined;
  if (typeof value === 'string') return { text: value };
  if (typeof value === 'number') return { number: value };
  if (typeof value === 'boolean') return { text: value ? 'Yes' : 'No' };
  return value.day === null ? undefined : { day: value.day };
}

interface Table {
  readonly name: string;
  readonly title: string;
  readonly columns: readonly (readonly [header: string, width: number])[];
  readonly rows: readonly (readonly Cell[])[];
}

const sheetOf = (about: About, { name, title, columns, rows }: Table): PlainSheet => ({
  name,
  above: [
    about.marking,
    title,
    `Covers: ${about.covers}. Period: ${about.period}`,
    `Data as of: ${about.asOf}`,
    `Made by: ${about.generator}, snapshot ${about.snapshot}`,
  ],
  headerRow: 7,
  columns: columns.map(([header, width]) => ({ header, width })),
  rows: rows.map((row) => row.map(cellOf)),
});

function workbookOf(
  { snapshot, snapshotId }: { readonly snapshot: Snapshot; readonly snapshotId: string },
  name: string,
  { tables, notes = [] }: { readonly tables: readonly Table[]; readonly notes?: readonly ReportNote[] },
): Rendered {
  const about = shownAbout(snapshot, snapshotId);
  const place = (snapshot.boundary ?? 'all').replaceAll(/[^\w-]+/g, '-');
  return {
    bytes: plainWorkbook(
      tables.map((table) => sheetOf(about, table)),
      { snapshot, snapshotId, about },
    ),
    fileName: `${name}-${place}-${snapshot.takenAt.slice(0, 10)}.xlsx`,
    mediaType: mediaTypes.xlsx,
    notes,
  };
}

interface Making {
  readonly snapshot: Snapshot;
  readonly snapshotId: string;
}

/** What a measure says, why it says nothing, and how it stands against its target. */
function measureRows(metric: MetricFacts): (readonly Cell[])[] {
  const why = metric.problem ?? metric.needs;
  return metric.measures.map((measure) => [
    metric.code,
    metric.title,
    measure.title,
    measure.value,
    measure.unit,
    measure.target === null ? null : `${comparisonWords[measure.target.comparison]} ${measure.target.target}`,
    measure.isMet === null ? null : measure.isMet ? 'met' : 'missed',
    measure.before?.value,
    { day: measure.before?.day ?? null },
    { day: metric.takenOn },
    measure.value === null ? (why ?? 'never taken') : why,
  ]);
}

const definitionsTable = (metrics: NonNullable<Making['snapshot']['metrics']>['metrics']): Table => ({
  name: 'Definitions',
  title: 'Metrics: what each means and where it comes from',
  columns: [
    ['No', 8],
    ['Metric', 36],
    ['Category', 16],
    ['Definition', 60],
    ['Formula', 60],
    ['Source', 40],
    ['Computed afterwards', 14],
  ],
  rows: metrics.map(({ code, title, category, definition, formula, source, isComputed }) => [
    code,
    title,
    category,
    definition,
    formula,
    source,
    isComputed,
  ]),
});

/** @returns values with targets, definitions, and the months of those that are drawn over time. */
export function metricsPack(making: Making): Rendered {
  const { metrics = [], series = [], months = [] } = making.snapshot.metrics ?? {};
  const titles = new Map(metrics.map(({ name, title }) => [name, title]));
  const missing = metrics.filter(({ measures }) => measures.every(({ value }) => value === null));
  return workbookOf(making, 'Metrics', {
    tables: [
      {
        name: 'Values',
        title: 'Metrics: values and targets',
        columns: [
          ['No', 8],
          ['Metric', 36],
          ['Measure', 26],
          ['Value', 12],
          ['Unit', 10],
          ['Target', 16],
          ['Target is', 10],
          ['Before', 12],
          ['Before: day', 12],
          ['Day', 12],
          ['Not known', 44],
        ],
        rows: metrics.flatMap(measureRows),
      },
      definitionsTable(metrics),
      {
        name: 'Months',
        title: 'Metrics: the last value of each month',
        columns: [
          ['Metric', 36],
          ['Measure', 22],
          ['Of', 16],
          ...months.map((month) => [month, 11] as const),
        ],
        rows: series.map(({ metric, measure, of, months: points }) => [
          titles.get(metric) ?? metric,
          measure,
          of,
          ...months.map((month) => points.find((point) => point.month === month)?.value),
        ]),
      },
    ],
    notes: missing.map(({ code, name, problem, needs }) => ({
      code: 'no_value' as const,
      subject: code ?? name,
      ...((problem ?? needs) === null ? {} : { detail: problem ?? needs ?? '' }),
    })),
  });
}

/** One row a CVE that is known to be exploited and open here. */
export function exploitedWorkbook(making: Making): Rendered {
  const { exploited } = making.snapshot;
  return workbookOf(making, 'KEV', {
    tables: [
      {
        name: 'Exploited',
        title: 'Known exploited vulnerabilities that are open',
        columns: [
          ['CVE', 18],
          ['Name', 50],
          ['In the catalogue since', 14],
          ['Due by the catalogue', 14],
          ['Due here', 12],
          ['Assets', 9],
          ['Exposed', 9],
          ['Exposure unknown', 11],
          ['Late', 9],
          ['Without POA&M', 11],
          ['POA&Ms', 30],
          ['First found', 12],
          ['Ransomware', 12],
          ['Automatable', 12],
          ['Technical impact', 12],
        ],
        rows: (exploited ?? []).map((each) => [
          each.cve,
          each.name,
          { day: each.addedOn },
          { day: each.catalogueDue },
          { day: each.dueOn },
          each.assets,
          each.exposed,
          each.exposureUnknown,
          each.late,
          each.withoutPoam,
          each.poams.join('\n'),
          { day: each.firstFound },
          each.ransomware,
          each.automatable ?? 'unknown',
          each.technicalImpact ?? 'unknown',
        ]),
      },
    ],
    notes: exploited === null ? [{ code: 'catalogue_missing', subject: 'KEV' }] : [],
  });
}

/** Each control of the boundaries with what is known of it. */
export function controlsWorkbook(making: Making): Rendered {
  return workbookOf(making, 'Controls', {
    tables: [
      {
        name: 'Controls',
        title: 'Control posture',
        columns: [
          ['Boundary', 16],
          ['Control', 12],
          ['Title', 44],
          ['Implementation', 20],
          ['Assessment', 20],
          ['Next assessment', 14],
          ['Open weaknesses', 12],
          ['Evidence', 10],
        ],
        rows: making.snapshot.controls.map((each) => [
          each.systemId,
          each.controlId,
          each.title,
          each.implementation ?? 'unknown',
          each.assessment ?? 'unknown',
          { day: each.nextOn?.slice(0, 10) ?? null },
          each.openWeaknesses,
          each.evidence,
        ]),
      },
    ],
  });
}

const minute = (instant: string | null): string | null => instant?.slice(0, 16).replace('T', ' ') ?? null;

const conflictsTable = (conflicts: NonNullable<Making['snapshot']['agreement']>['conflicts']): Table => ({
  name: 'Conflicts',
  title: 'Conflicts that are open, or were settled in the period',
  columns: [
    ['Record', 24],
    ['Boundary', 16],
    ['Field', 26],
    ['Kind', 18],
    ['Since (UTC)', 18],
    ['Settled (UTC)', 18],
    ['Settled by', 24],
  ],
  rows: conflicts.map((each) => [
    each.record,
    each.systemId,
    each.field,
    each.kind.replaceAll('_', ' '),
    minute(each.since),
    minute(each.settledAt) ?? 'open',
    each.settledBy,
  ]),
});

/** Whether both sides agree, who decided where they did not, and what changed in the period. */
export function agreementWorkbook(making: Making): Rendered {
  const { agreement } = making.snapshot;
  const { conflicts = [], changes = [], changesInAll = 0, poams } = agreement ?? {};
  return workbookOf(making, 'Agreement', {
    tables: [
      {
        name: 'Agreement',
        title: 'POA&Ms of both sides',
        columns: [
          ['POA&Ms', 40],
          ['Number', 12],
        ],
        rows: [
          ['Linked to another system', poams?.linked],
          ['Known here only', poams?.unlinked],
          ['Both sides differ, a person is asked', poams?.differing],
          ['Changes in the period', changesInAll],
        ],
      },
      conflictsTable(conflicts),
      {
        name: 'Changes',
        title: `Changes of POA&Ms: the latest ${changes.length} of ${changesInAll}`,
        columns: [
          ['At (UTC)', 18],
          ['Record', 24],
          ['Field', 26],
          ['Direction', 14],
          ['By', 24],
        ],
        rows: changes.map((each) => [minute(each.at), each.record, each.field, each.direction, each.by]),
      },
    ],
    notes:
      changesInAll > changes.length
        ? [
            {
              code: 'changes_cut',
              subject: 'Changes',
              detail: `${changes.length} of ${changesInAll}; give a shorter period`,
            },
          ]
        : [],
  });
}
