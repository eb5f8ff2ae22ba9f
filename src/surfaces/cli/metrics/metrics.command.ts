import {
  metricAggregates,
  metricDirections,
  metricUnits,
  targetComparisons,
} from '../../../canonical/metrics/index.ts';
import type { CommandSpec, FirstLevel, OptionSpec } from '../kit/command.ts';
import { byOption, decisionOptions, leavingOptions, limitOption, oneOf, several } from '../kit/flags.ts';

const measure: OptionSpec = {
  flags: '--measure <key>',
  description: 'which number of it (default: the first)',
};
const system: OptionSpec = { flags: '--system <system>', description: 'only of this authorization boundary' };
const csv: readonly OptionSpec[] = [
  { flags: '--csv', description: 'as CSV', default: false },
  ...leavingOptions,
];
const words = { severity: 'severity', band: 'band' } as const;

const list: CommandSpec = {
  name: 'list',
  reads: true,
  description:
    'every metric: its value, target, and how it moved in 30 days; what it needs where there is none',
  isDefault: true,
  options: csv,
  action: async () => (await import('./metrics.actions.ts')).showMetrics,
};

const show: CommandSpec = {
  name: 'show',
  reads: true,
  arguments: '<metric>',
  description: 'what a metric says: definition, formula, source, measures, and the SQL of its records',
  examples: ['metrics show M04'],
  action: async () => (await import('./metrics.actions.ts')).showMetric,
};

const values: CommandSpec = {
  name: 'values',
  arguments: '<metric>',
  description: 'a metric over time, compared with another period, and the straight line continued',
  options: [
    measure,
    { flags: '--from <day>', description: 'YYYY-MM-DD (default: 90 days ago)' },
    { flags: '--to <day>', description: 'YYYY-MM-DD (default: today)' },
    { flags: '--by <what>', description: 'a series for each', choices: ['system', 'severity', 'band'] },
    system,
    { flags: '--against <period>', description: 'compare with a period, FROM..TO' },
    ...csv,
  ],
  examples: [
    'metrics values M08 --by severity',
    'metrics values M22 --system SYS-001 --from 2026-11-01 --against 2026-10-01..2026-10-31',
  ],
  action: async () => (await import('./metrics.actions.ts')).showValues,
};

const records: CommandSpec = {
  name: 'records',
  arguments: '<metric>',
  description: 'the records behind a number, as they are now',
  options: [
    measure,
    system,
    { flags: '--severity <severity>', description: 'only of this severity' },
    { flags: '--band <band>', description: 'only of this band' },
    { flags: '--base', description: 'what the number is a share of', default: false },
    limitOption(500, 50),
  ],
  examples: ['metrics records M04 --system SYS-001'],
  action: async () => (await import('./metrics.actions.ts')).showRecords,
};

const take: CommandSpec = {
  name: 'take',
  arguments: '[metrics...]',
  description: 'take metrics now: all, or those named; a worker does it once a day',
  options: [
    { flags: '--history', description: 'compute the last year too, where it has no values', default: false },
  ],
  examples: ['metrics take', 'metrics take M04 M22', 'metrics take --history'],
  action: async () => (await import('./metrics.actions.ts')).take,
};

const own: readonly OptionSpec[] = [
  { flags: '--title <text>', description: 'as it is shown (default: its name)' },
  { flags: '--definition <text>', description: 'what it says, for its readers', required: true },
  {
    flags: '--sql <file>',
    description: 'file with the SELECT of its records; - is standard input',
    required: true,
  },
  {
    flags: '--aggregate <how>',
    description: `how the number is made: ${metricAggregates.filter((each) => each !== 'cora').join(', ')}`,
    parse: oneOf('aggregate', metricAggregates),
    default: 'count',
  },
  {
    flags: '--unit <unit>',
    description: metricUnits.join(', '),
    parse: oneOf('unit', metricUnits),
    default: 'count',
  },
  {
    flags: '--better <direction>',
    description: 'where a better number lies: down, up, none',
    parse: oneOf('direction', metricDirections),
    default: 'none',
  },
  {
    flags: '--per <what>',
    description: 'also broken down by severity or band; may be given twice',
    choices: Object.keys(words),
    parse: several,
  },
  {
    flags: '--whole',
    description: 'no values by boundary: only who sees everything sees it',
    default: false,
  },
];

const tryIt: CommandSpec = {
  name: 'try',
  arguments: '<name>',
  description: 'run a metric of your own as it would be taken, and keep nothing',
  options: own,
  examples: ['metrics try open-in-lab --definition "Open findings of the lab" --sql lab.sql'],
  action: async () => (await import('./own-metrics.actions.ts')).tryMetric,
};

const define: CommandSpec = {
  name: 'define',
  arguments: '<name>',
  description: 'try a metric of your own and save it; it is taken from then on',
  options: [...own, byOption],
  examples: [
    'metrics define open-in-lab --definition "Open findings of the lab" --sql lab.sql --better down',
  ],
  action: async () => (await import('./own-metrics.actions.ts')).defineMetric,
};

const remove: CommandSpec = {
  name: 'remove',
  arguments: '<name>',
  description: 'take a metric of your own no more; its values are kept',
  action: async () => (await import('./own-metrics.actions.ts')).removeMetric,
};

const target: CommandSpec = {
  name: 'target',
  arguments: '<metric> <comparison> [value]',
  description: `set what is aimed at: ${targetComparisons.join(', ')} a value; none takes the target away`,
  options: [measure, system, ...decisionOptions],
  examples: [
    'metrics target M22 at_most 10',
    'metrics target M22 at_most 5 --system SYS-001',
    'metrics target M22 none',
  ],
  action: async () => (await import('./own-metrics.actions.ts')).setMetricTarget,
};

export const metrics: FirstLevel = {
  commands: [list, show, values, records, take, target, tryIt, define, remove],
};
