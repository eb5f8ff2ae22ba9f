/** `metrics try|define|remove|target`. */
import { text as readAll } from 'node:stream/consumers';
import { localOperator } from '../../../canonical/access/index.ts';
import {
  type MetricAggregate,
  type MetricDirection,
  type MetricUnit,
  type TargetComparison,
  targetComparisons,
} from '../../../canonical/metrics/index.ts';
import {
  defineOwnMetric,
  type OwnMetric,
  removeOwnMetric,
  setTarget,
  type Trial,
  tryOwnMetric,
} from '../../../modules/metrics/index.ts';
import { shownText, TielineError } from '../../../platform/errors/index.ts';
import { decider } from '../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { type DecisionFlags, oneOf, readNamedFile } from '../kit/flags.ts';
import { counted } from '../kit/table.ts';
import { valueText } from './metrics.view.ts';

interface OwnFlags extends DecisionFlags {
  readonly title?: string;
  readonly definition: string;
  readonly sql: string;
  readonly aggregate: MetricAggregate;
  readonly unit: MetricUnit;
  readonly better: MetricDirection;
  readonly whole: boolean;
  /** Severity and band. */
  readonly per?: string[];
}

const sqlOf = ({ host }: CommandContext, file: string): Promise<string> =>
  file === '-' ? readAll(host.terminal.in) : readNamedFile(file);

async function ownOf(
  context: CommandContext,
  name: string,
  { title, definition, sql, aggregate, unit, better, whole, per }: OwnFlags,
): Promise<OwnMetric> {
  return {
    name,
    title: title ?? name,
    definition,
    query: await sqlOf(context, sql),
    aggregate,
    unit,
    direction: better,
    byBoundary: !whole,
    by: (per ?? []).flatMap((word) => (word === 'severity' || word === 'band' ? [word] : [])),
  };
}

function show(
  context: CommandContext,
  flags: GlobalFlags,
  { trial, unit }: { trial: Trial; unit: MetricUnit },
): void {
  if (flags.json) {
    context.printJson('metricTrial', trial);
    return;
  }
  const rows = trial.values.map(({ level, systemId, severity, band, value }) => [
    systemId ?? level,
    shownText([severity, band].filter((each) => each !== null).join(', ')),
    valueText(value, unit),
  ]);
  context.print(
    `Columns: ${trial.columns.join(', ')}\n${counted(trial.values.length, 'value')} in ${Math.round(trial.milliseconds)} ms\n\n${fittedTable(['OF', 'BY', 'VALUE'], rows, context.width)}`,
  );
}

export async function tryMetric(
  context: CommandContext,
  flags: OwnFlags,
  [name]: readonly [string],
): Promise<void> {
  const metric = await ownOf(context, name, flags);
  const trial = await context.host.withApp(flags, (app) => tryOwnMetric(app, metric));
  show(context, flags, { trial, unit: metric.unit });
  if (!flags.json) context.print('\nNothing was saved. `tieline metrics define` saves it.');
}

export async function defineMetric(
  context: CommandContext,
  flags: OwnFlags,
  [name]: readonly [string],
): Promise<void> {
  const metric = await ownOf(context, name, flags);
  const trial = await context.host.withApp(flags, (app) =>
    defineOwnMetric(app, localOperator(decider(flags).by), metric),
  );
  show(context, flags, { trial, unit: metric.unit });
  if (!flags.json)
    context.print(
      `\nSaved. A worker takes it from now on; \`tieline metrics take ${name}\` does it at once.`,
    );
}

export async function removeMetric(
  context: CommandContext,
  flags: GlobalFlags,
  [name]: readonly [string],
): Promise<void> {
  await context.host.withApp(flags, (app) => removeOwnMetric(app, name));
  context.print(`${name} is taken no more. Its values are kept.`);
}

type TargetFlags = DecisionFlags & { readonly measure?: string; readonly system?: string };

export async function setMetricTarget(
  context: CommandContext,
  flags: TargetFlags,
  [metric, comparison, value]: readonly [string, string, string | undefined],
): Promise<void> {
  const { by, reason } = decider(flags);
  const aim = comparison === 'none' ? null : aimOf(comparison, value);
  await context.host.withApp(flags, (app) =>
    setTarget(app, localOperator(by), { metric, measure: flags.measure, system: flags.system, aim, reason }),
  );
  const where = flags.system === undefined ? 'the organization' : flags.system;
  context.print(
    aim === null
      ? `${metric} has no target of its own for ${where}.`
      : `Target of ${metric} for ${where}: ${comparison} ${aim.target}.`,
  );
}

function aimOf(
  comparison: string,
  value: string | undefined,
): { comparison: TargetComparison; target: number } {
  const target = value === undefined || value.trim() === '' ? Number.NaN : Number(value);
  if (!Number.isFinite(target))
    throw new TielineError('USAGE', `A target is a number, not "${value ?? ''}".`, {
      remedy: 'For example: tieline metrics target M22 at_most 10',
    });
  return { comparison: oneOf('comparison', targetComparisons)(comparison), target };
}
