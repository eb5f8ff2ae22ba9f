/** The security log as text. */
import type { SecurityEventDetail, SecurityEventRow } from '../../../ledger/security/index.ts';
import type { Verified } from '../../../operate/security-log/index.ts';
import { shownText } from '../../../platform/errors/index.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { minuteText } from '../kit/instants.ts';
import { counted, table } from '../kit/table.ts';

const secondText = (at: Date): string => at.toISOString().slice(0, 19).replace('T', ' ');
const endText = ({ outcome, failureReason }: SecurityEventRow): string =>
  failureReason === null ? outcome : `${outcome}: ${shownText(failureReason)}`;

export const eventTable = (rows: readonly SecurityEventRow[], width: number | undefined): string =>
  fittedTable(
    ['ID', 'AT (UTC)', 'SEVERITY', 'WHAT', 'WHO', 'FROM', 'OBJECT', 'ENDED'],
    rows.map((row) => [
      row.id.slice(0, 8),
      secondText(row.occurredAt),
      row.severity,
      row.title,
      shownText(row.who ?? '–'),
      row.address ?? row.way,
      shownText(row.objectId ?? '–'),
      endText(row),
    ]),
    width,
  );

const investigationText = (event: SecurityEventRow): string => {
  if (event.investigatedBy === null) return 'not investigated';
  const by = `by ${shownText(event.investigatedBy)}: ${shownText(event.notes ?? '')}`;
  if (event.isFalsePositive) return `harmless, ${minuteText(event.resolvedAt)} UTC, ${by}`;
  return event.resolvedAt ? `resolved ${minuteText(event.resolvedAt)} UTC, ${by}` : `being looked at ${by}`;
};

export function eventText(event: SecurityEventDetail, width: number | undefined): string {
  const facts: [string, string | null][] = [
    ['event', event.id],
    [
      'happened',
      `${event.occurredAt.toISOString()}${event.detectedAt > event.occurredAt ? `, noticed ${event.detectedAt.toISOString()}` : ''}`,
    ],
    ['who', event.who === null ? null : shownText(event.who)],
    ['signed in by', event.way],
    ['from', event.address],
    ['at', event.source],
    [
      'object',
      event.objectId === null ? null : `${event.objectType ?? ''} ${shownText(event.objectId)}`.trim(),
    ],
    ['system', event.systemId],
    ['asset', event.assetId],
    ['request', event.relatedId],
    ['details', Object.keys(event.details).length === 0 ? null : shownText(JSON.stringify(event.details))],
    [
      'evidence',
      event.isChained
        ? 'a link of the chain'
        : 'from before the log was chained, so nothing proves that it is unchanged',
    ],
    ['investigation', investigationText(event)],
  ];
  return [
    `${event.severity}  ${event.title}: ${endText(event)}`,
    ...facts.flatMap(([name, value]) => (value === null ? [] : [`  ${name.padEnd(14)}${value}`])),
    ...(event.related.length === 0 ? [] : ['', 'Related events', eventTable(event.related, width)]),
  ].join('\n');
}

const begunText = ({ begun }: Verified): string[] =>
  Object.entries(begun).flatMap(([log, from]) =>
    from === null
      ? []
      : [
          `${log} is chained since ${minuteText(from.at)} UTC${from.lastIdBefore > 0 ? `; rows up to ${from.lastIdBefore} are older, and nothing proves that they are unchanged` : ''}.`,
        ],
  );

const shownFaults = 50;

export function verifiedText(verified: Verified): string {
  const { rows, chains, tookMs, faults, faultCount, tampered, keptHeadsAt, signedHeadAt } = verified;
  const more = faultCount - Math.min(faults.length, shownFaults);
  return [
    `${counted(rows, 'row')} in ${counted(chains, 'chain')}, verified in ${(tookMs / 1000).toFixed(1)} s: ${tampered === 0 ? 'unbroken.' : `${counted(tampered, 'fault')}.`}`,
    ...begunText(verified),
    keptHeadsAt === null
      ? 'No heads are kept on this machine yet: a worker or server writes them.'
      : `Compared with the heads kept here of ${keptHeadsAt.slice(0, 16).replace('T', ' ')} UTC${signedHeadAt === null ? '' : `, and those signed up to ${minuteText(signedHeadAt)} UTC`}.`,
    ...(faults.length === 0
      ? []
      : [
          '',
          table(
            ['FAULT', 'LOG', 'WHERE'],
            faults.slice(0, shownFaults).map(({ kind, log, says }) => [kind.replace('_', ' '), log, says]),
          ),
        ]),
    ...(more > 0 ? [`… and ${more} more; --json names the first 500.`] : []),
  ].join('\n');
}
