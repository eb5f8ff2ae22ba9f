/** Alerts, rules and deliveries as text. */
import type {
  AlertDetail,
  AlertRow,
  AlertRule,
  Channel,
  DeliveryRow,
} from '../../../modules/alerts/index.ts';
import { alertKindSpecs } from '../../../modules/alerts/index.ts';
import type { Digest } from '../../../operate/digests/index.ts';
import { shownText } from '../../../platform/errors/index.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { minuteText } from '../kit/instants.ts';
import { table } from '../kit/table.ts';

const stateText = ({ state, acknowledgedBy, suppressedUntil }: AlertRow): string =>
  state === 'acknowledged'
    ? `acknowledged by ${shownText(acknowledgedBy ?? '')}`
    : state === 'suppressed'
      ? `suppressed until ${minuteText(suppressedUntil)}`
      : state;

export const alertTable = (rows: readonly AlertRow[], width: number | undefined): string =>
  fittedTable(
    ['ID', 'SEVERITY', 'WHAT', 'SYSTEM', 'STATE', 'OF', 'SINCE (UTC)'],
    rows.map((row) => [
      row.id.slice(0, 8),
      row.severity,
      shownText(row.title),
      row.systemId ?? '–',
      stateText(row),
      shownText(row.assignedTo ?? 'anybody'),
      minuteText(row.raisedAt),
    ]),
    width,
  );

const valueText = (value: unknown): string =>
  value === null || value === undefined
    ? 'nothing'
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);

export function alertText(alert: AlertDetail, width: number | undefined): string {
  const { severity, title, description, threshold, value, unit, story, deliveries } = alert;
  const head = [
    `${severity}  ${shownText(title)}`,
    `  ${stateText(alert)}, of ${shownText(alert.assignedTo ?? 'anybody')}, raised ${minuteText(alert.raisedAt)} UTC`,
    ...(alert.systemId === null ? [] : [`  system ${alert.systemId}`]),
    ...(value === null ? [] : [`  now ${value} ${unit}, threshold ${threshold ?? '–'}: ${alert.means}`]),
    ...(alert.resolution === null
      ? []
      : [
          `  over ${minuteText(alert.resolvedAt)}, closed by ${alert.resolvedBy ?? 'tieline'}: ${shownText(alert.resolution)}`,
        ]),
    '',
    ...(description ?? '').split('\n').map((line) => `  ${shownText(line)}`),
  ];
  const moments = table(
    ['AT (UTC)', 'WHAT', 'BY', 'WHY'],
    story.map(({ at, field, before, after, by, reason }) => [
      minuteText(at),
      `${field.replaceAll('_', ' ')}: ${valueText(before)} → ${valueText(after)}`,
      by,
      reason ?? '',
    ]),
  );
  return [
    head.join('\n'),
    moments,
    ...(deliveries.length === 0 ? [] : [deliveryTable(deliveries, width)]),
  ].join('\n\n');
}

export const deliveryTable = (rows: readonly DeliveryRow[], width: number | undefined): string =>
  fittedTable(
    ['WRITTEN (UTC)', 'CHANNEL', 'WHAT', 'TO', 'STATE', 'WHY'],
    rows.map((row) => [
      minuteText(row.createdAt),
      row.channel,
      row.event,
      shownText(row.recipient ?? '–'),
      row.state === 'sent'
        ? `sent ${minuteText(row.sentAt)}`
        : row.state === 'pending' && row.attempts > 0
          ? `tried ${row.attempts} times, again ${minuteText(row.notBefore)}`
          : row.state,
      shownText(row.failure ?? ''),
    ]),
    width,
  );

export const ruleTable = (rows: readonly AlertRule[], width: number | undefined): string =>
  fittedTable(
    ['KIND', 'OF', 'LEVELS', 'UNIT', 'STATE'],
    rows.map(({ kind, metric, systemId, direction, levels, isEnabled }) => [
      metric === null ? kind : `${kind} ${metric}`,
      systemId ?? 'all',
      levels.map(({ at, severity }) => `${severity}=${at}`).join(' '),
      `${alertKindSpecs[kind].unit} (${direction})`.trim(),
      isEnabled ? 'on' : 'off',
    ]),
    width,
  );

export const channelTable = (rows: readonly Channel[], width: number | undefined): string =>
  fittedTable(
    ['NAME', 'TYPE', 'FROM', 'ALERTS', 'SETTINGS', 'STATE'],
    rows.map(({ name, kind, leastSeverity, alertKinds, systemIds, settings, isEnabled }) => [
      name,
      kind,
      leastSeverity,
      [
        alertKinds.length === 0 ? 'every kind' : alertKinds.join(','),
        ...(systemIds.length === 0 ? [] : [systemIds.join(',')]),
      ].join(' of '),
      shownText(
        Object.entries(settings)
          .map(
            ([key, value]) =>
              `${key}=${Array.isArray(value) ? value.map(valueText).join(',') : valueText(value)}`,
          )
          .join(' '),
      ),
      isEnabled ? 'on' : 'off',
    ]),
    width,
  );

export const digestTable = (rows: readonly Digest[]): string =>
  table(
    ['PERSON', 'TO', 'WHEN (UTC)', 'HOLDS', 'NEXT', 'THE LAST'],
    rows.map(({ person, address, rhythm, hour, namesRecords, nextAt, lastSentAt, lastOutcome }) => [
      person,
      address ?? 'no address: tieline users set',
      `${rhythm} at ${String(hour).padStart(2, '0')}:00`,
      namesRecords ? 'counts and titles' : 'counts',
      minuteText(nextAt),
      lastOutcome === null
        ? '–'
        : `${lastOutcome.replaceAll('_', ' ')}${lastSentAt === null ? '' : `, sent ${minuteText(lastSentAt)}`}`,
    ]),
  );
