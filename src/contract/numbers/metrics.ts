/** Metrics: what they are, what they are now and were, and the records behind a number. */
import { z } from 'zod';
import {
  metricAggregates,
  metricCategories,
  metricDirections,
  metricLevels,
  metricRecordKinds,
  metricUnits,
  targetComparisons,
} from '../../canonical/metrics/index.ts';
import { instant, jsonObject } from '../json/index.ts';

const day = z.iso.date();
const dayText = z.string();
const breakdown = z.enum(['system', 'severity', 'band']);

const target = z.strictObject({
  comparison: z.enum(targetComparisons),
  target: z.number(),
  /** The target of the boundary comes before that of the organization, which comes before the one that ships. */
  from: z.enum(['boundary', 'organization', 'shipped']),
});

const measureWords = {
  key: z.string(),
  title: z.string(),
  unit: z.enum(metricUnits),
  aggregate: z.enum(metricAggregates),
  direction: z.enum(metricDirections),
};

const metricWords = {
  /** Null: somebody here defined it. */
  code: z.string().nullable(),
  name: z.string(),
  title: z.string(),
  category: z.enum(metricCategories),
  definition: z.string(),
  formula: z.string().nullable(),
  source: z.string().nullable(),
  kind: z.enum(metricRecordKinds),
  by: z.array(breakdown),
  isOwn: z.boolean(),
  definedBy: z.string().nullable(),
  /** SQL of the records that it counts. */
  query: z.string(),
};

export const metricRow = z
  .strictObject({
    ...metricWords,
    measures: z.array(
      z.strictObject({
        ...measureWords,
        target: target.nullable(),
        value: z.number().nullable(),
        isMet: z.boolean().nullable(),
        /** About 30 days before. */
        before: z.strictObject({ day: dayText, value: z.number() }).nullable(),
      }),
    ),
    organizationTarget: z.number().nullable(),
    /** The day of the values. */
    takenOn: dayText.nullable(),
    takenAt: instant.nullable(),
    isComputed: z.boolean(),
    /** What it needs and is not recorded here. */
    needs: z.string().nullable(),
    problem: z.string().nullable(),
  })
  .meta({ id: 'Metric' });
/** `metrics list`. */
export const metricList = z.strictObject({ items: z.array(metricRow) });

const point = z.strictObject({
  day: dayText,
  value: z.number(),
  /** Computed later from history, not taken on that day. */
  isComputed: z.boolean(),
});
const period = z.strictObject({
  from: dayText,
  to: dayText,
  days: z.number(),
  first: z.number().nullable(),
  last: z.number().nullable(),
  mean: z.number().nullable(),
});

/** `metrics values`. */
export const metricSeries = z
  .strictObject({
    metric: z.strictObject({
      code: z.string().nullable(),
      name: z.string(),
      title: z.string(),
      definition: z.string(),
    }),
    measure: z.strictObject(measureWords),
    from: dayText,
    to: dayText,
    by: breakdown.nullable(),
    target: target.nullable(),
    series: z.array(
      z.strictObject({
        /** The boundary, severity or band; null: the whole. */
        of: z.string().nullable(),
        points: z.array(point),
        met: z.number().nullable(),
        missed: z.number().nullable(),
      }),
    ),
    /** The straight line through the values, continued; no forecast of what will be. */
    continuation: z.array(z.strictObject({ day: dayText, value: z.number() })),
    comparison: z.strictObject({ now: period, before: period }).nullable(),
    begins: dayText.nullable(),
    remark: z.string().nullable(),
  })
  .meta({ id: 'MetricSeries' });

/** `metrics records`. */
export const metricRecordList = z
  .strictObject({
    metric: z.strictObject({ code: z.string().nullable(), name: z.string(), title: z.string() }),
    measure: z.strictObject(measureWords),
    kind: z.enum(metricRecordKinds),
    count: z.number(),
    items: z.array(
      z.strictObject({
        record: z.string(),
        key: z.string().nullable(),
        title: z.string().nullable(),
        systemId: z.string().nullable(),
        severity: z.string().nullable(),
        band: z.string().nullable(),
        amount: z.number().nullable(),
      }),
    ),
    /** For `after` of the next page; null: there is none. */
    next: z.string().nullable(),
    list: z.strictObject({ noun: z.string(), filter: z.record(z.string(), z.string()) }).nullable(),
    countedAt: instant,
  })
  .meta({ id: 'MetricRecords' });

/** `metrics take`. */
export const metricTake = z.strictObject({
  day: dayText,
  milliseconds: z.number(),
  metrics: z.array(
    z.strictObject({
      code: z.string().nullable(),
      name: z.string(),
      title: z.string(),
      values: z.number(),
      milliseconds: z.number(),
      lacks: z.array(z.string()),
      problem: z.string().optional(),
    }),
  ),
  /** Days of the past that were computed. */
  history: z.array(dayText),
});

/** Every aggregate of records but the one that only an audit has. */
export const ownAggregates = metricAggregates.filter((each) => each !== 'cora');

/** A metric of one's own, as it is tried and saved. */
export const newOwnMetric = z.strictObject({
  name: z.string().min(1).max(100),
  title: z.string().trim().min(1).max(200),
  definition: z.string().trim().min(1).max(4000),
  query: z.string().min(1).max(20_000),
  aggregate: z.enum(ownAggregates as [(typeof ownAggregates)[number], ...(typeof ownAggregates)[number][]]), // it is not empty
  unit: z.enum(metricUnits),
  direction: z.enum(metricDirections).default('none'),
  byBoundary: z.boolean().default(true),
  by: z
    .array(z.enum(['severity', 'band']))
    .max(2)
    .default([]),
});

/** `metrics try`, `metrics define`. */
export const metricTrial = z.strictObject({
  columns: z.array(z.string()),
  records: z.array(jsonObject),
  values: z.array(
    z.strictObject({
      level: z.enum(metricLevels),
      systemId: z.string().nullable(),
      severity: z.string().nullable(),
      band: z.string().nullable(),
      value: z.number(),
    }),
  ),
  milliseconds: z.number(),
});

/** A target; `aim` null takes it away. */
export const newMetricTarget = z.strictObject({
  measure: z.string().max(40).optional(),
  system: z.string().max(255).optional(),
  aim: z
    .strictObject({ comparison: z.enum(targetComparisons), target: z.number().min(-1e9).max(1e9) })
    .nullable(),
  reason: z.string().max(2000).optional(),
});

export const metricSeriesQuery = z.strictObject({
  measure: z.string().max(40).optional(),
  from: day.optional(),
  to: day.optional(),
  by: breakdown.optional(),
  system: z.string().min(1).max(255).optional(),
  /** A period to compare with. */
  againstFrom: day.optional(),
  againstTo: day.optional(),
});

export const metricRecordsQuery = z.strictObject({
  measure: z.string().max(40).optional(),
  system: z.string().min(1).max(255).optional(),
  severity: z.string().max(20).optional(),
  band: z.string().max(60).optional(),
  part: z.enum(['counted', 'base']).optional(),
  after: z.string().max(600).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
