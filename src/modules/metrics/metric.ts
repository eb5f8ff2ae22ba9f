/**
 * What a metric is. Its SQL gives the records that it is about, one row each, and the number is an aggregate over them: so a value always leads
 * to the records behind it, because both come from one query. Rejected: SQL that gives numbers, with a second query for the records, which
 * drift apart.
 *
 * Columns of the records:
 *   record     text: the key of the record
 *   system_id  its authorization boundary, or null. A record of two boundaries is two rows
 *   main       true on one row of each record, which counts for the organization
 *   severity   word, or null
 *   band       what else it is broken down by, or null
 *   counted    whether it is in the number (of a share: above the line)
 *   base       whether it is in what the number is a share of (below the line)
 *   amount     what is summed or averaged, or null
 */
import type {
  MetricAggregate,
  MetricCategory,
  MetricDirection,
  MetricRecordKind,
  MetricUnit,
  TargetComparison,
} from '../../canonical/metrics/index.ts';
import type { Lack } from './lacks.ts';

/** One number of a metric. */
export interface Measure {
  readonly key: string;
  readonly title: string;
  readonly unit: MetricUnit;
  readonly aggregate: MetricAggregate;
  readonly direction: MetricDirection;
  /** The target that ships, where a standard names one. */
  readonly target?: { readonly comparison: TargetComparison; readonly target: number };
  /** SQL of the records, over the relations of `facts`; `:now` and `:today` are the moment. Without it: those of the metric. */
  readonly records?: string;
  /** What its records are, and those that it is a share of, where they are others than the metric's. */
  readonly kind?: MetricRecordKind;
  readonly baseKind?: MetricRecordKind;
  /** The list that shows exactly the counted records, and its filter. */
  readonly list?: {
    readonly noun: 'findings' | 'poams' | 'deviations';
    readonly filter: Readonly<Record<string, string>>;
  };
}

export interface Metric {
  readonly code: string;
  readonly name: string;
  readonly title: string;
  readonly category: MetricCategory;
  /** In words, as its reader is told. */
  readonly definition: string;
  readonly formula: string;
  readonly source: string;
  readonly kind: MetricRecordKind;
  /** What it is broken down by beside the boundary. */
  readonly by: readonly ('severity' | 'band')[];
  readonly records: string;
  readonly measures: readonly [Measure, ...Measure[]];
  /** What must be recorded for it to say anything. */
  readonly needs?: readonly Lack[];
  /** Whether days of the past can be computed: from the history of findings, or from dates and the journal of POA&Ms. */
  readonly history?: 'findings' | 'poams';
}

export type Catalogue = readonly Metric[];

/** What came of taking a metric. */
export interface TakenMetric {
  readonly code: string | null;
  readonly name: string;
  readonly title: string;
  /** How many values were kept. */
  readonly values: number;
  readonly milliseconds: number;
  /** What it needs and is not recorded here. */
  readonly lacks: readonly string[];
  readonly problem?: string;
}
