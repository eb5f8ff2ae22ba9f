/** Deviations in words. */
import { roles } from '../../../canonical/access/index.ts';
import {
  type DeviationAsked,
  type DeviationDetail,
  deviationNames,
  type ListedDeviation,
} from '../../../modules/deviations/index.ts';
import { isJsonObject, scalarText } from '../../../platform/values/index.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { minuteText } from '../kit/instants.ts';
import { shortValue } from '../kit/short-value.ts';
import { counted } from '../kit/table.ts';
import { wrapped } from '../decisions/described-change.ts';
import type { CsvColumn } from '../lists/write-csv.ts';

const where = ({ isWholePoam, assetCount }: ListedDeviation): string =>
  isWholePoam ? `whole (${counted(assetCount, 'asset')})` : counted(assetCount, 'asset');

/** @param width of the terminal. */
export function deviationsTable(rows: readonly ListedDeviation[], width: number | undefined): string {
  return fittedTable(
    ['ID', 'KIND', 'POA&M', 'SYSTEM', 'ON', 'STATE', 'UNTIL', 'ASKED BY', 'WHY'],
    rows.map((row) => [
      String(row.id),
      deviationNames[row.kind],
      row.poamId,
      row.boundary ?? '',
      where(row),
      row.state,
      row.expiresOn ?? 'no end',
      row.requestedBy,
      shortValue(row.rationale),
    ]),
    width,
  );
}

export const deviationColumns: readonly CsvColumn<ListedDeviation>[] = [
  { head: 'id', cell: (row) => row.id },
  { head: 'kind', cell: (row) => row.kind },
  { head: 'poam', cell: (row) => row.poamId },
  { head: 'boundary', cell: (row) => row.boundary },
  { head: 'weakness', cell: (row) => row.weakness },
  { head: 'severity', cell: (row) => row.severity },
  { head: 'state', cell: (row) => row.state },
  { head: 'is whole poam', cell: (row) => row.isWholePoam },
  { head: 'asset count', cell: (row) => row.assetCount },
  { head: 'rationale', cell: (row) => row.rationale },
  { head: 'compensating controls', cell: (row) => row.compensatingControls },
  { head: 'adjusted severity', cell: (row) => row.adjustedSeverity },
  { head: 'expires on', cell: (row) => row.expiresOn },
  { head: 'review on', cell: (row) => row.reviewOn },
  { head: 'requested by', cell: (row) => row.requestedBy },
  { head: 'requested at', cell: (row) => row.requestedAt },
  { head: 'decided by', cell: (row) => row.decidedBy },
  { head: 'decided in', cell: (row) => row.decidedIn },
  { head: 'decided at', cell: (row) => row.decidedAt },
  { head: 'ended at', cell: (row) => row.endedAt },
  { head: 'end reason', cell: (row) => row.endReason },
  { head: 'files', cell: (row) => row.files },
];

const labelled = (label: string, text: string | null): string[] =>
  text === null || text === ''
    ? []
    : wrapped(text, 58).map((line, at) => `  ${(at === 0 ? label : '').padEnd(24)}${line}`);

/** `accepted_because`, as a label: `accepted because`. */
const words = (field: string): string => field.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

const detailsOf = ({ details }: DeviationDetail): string[] =>
  Object.entries(details).flatMap(([field, value]) =>
    isJsonObject(value)
      ? Object.entries(value).flatMap(([metric, why]) => labelled(metric, scalarText(why ?? '')))
      : labelled(words(field), scalarText(value ?? '')),
  );

function decision(deviation: DeviationDetail): string[] {
  const { decidedBy, decidedAt, decidedIn, decisionReason, endedAt, endedBy, endReason, state, approvalId } =
    deviation;
  const said = decisionReason === null ? '' : `: ${decisionReason}`;
  const decided = state === 'rejected' ? 'rejected' : 'approved';
  return [
    ...(decidedAt === null
      ? []
      : labelled(
          decided,
          `${decidedBy ?? ''}, ${minuteText(decidedAt)} UTC${decidedIn === null || said.includes(decidedIn) ? '' : `, in ${decidedIn}`}${said}`,
        )),
    ...(endedAt === null
      ? []
      : labelled(
          state,
          `${minuteText(endedAt)} UTC${endedBy === null ? '' : ` by ${endedBy}`}${endReason === null ? '' : `: ${endReason}`}`,
        )),
    ...(state === 'requested' && approvalId !== null
      ? labelled('waits', `tieline approvals show ${approvalId.slice(0, 8)}`)
      : []),
  ];
}

export function deviationLines(deviation: DeviationDetail): string[] {
  const { assets, evidence, rules, checkIns, notices } = deviation;
  return [
    `Deviation ${deviation.id}: ${deviationNames[deviation.kind]} of ${deviation.poamId} (${deviation.state})`,
    ...labelled('weakness', deviation.weakness),
    ...labelled('asked for', deviation.movedFrom),
    ...labelled('system', deviation.boundaryName ?? deviation.boundary),
    ...labelled('severity', deviation.severity),
    ...labelled('rated', deviation.adjustedSeverity),
    ...labelled(
      'on',
      assets
        .slice(0, 20)
        .map(({ hostname, assetUuid, open }) => `${hostname ?? assetUuid} (${counted(open, 'open finding')})`)
        .join(', '),
    ),
    ...labelled('until', deviation.expiresOn ?? 'no end'),
    ...labelled('looked at again', deviation.reviewOn),
    ...labelled('asked', `${deviation.requestedBy}, ${minuteText(deviation.requestedAt)} UTC`),
    ...labelled('why', deviation.rationale),
    ...labelled('compensating controls', deviation.compensatingControls),
    ...detailsOf(deviation),
    ...decision(deviation),
    ...evidence.flatMap(({ name, sha256, addedBy }) =>
      labelled('evidence', `${name} (${sha256.slice(0, 12)}, ${addedBy})`),
    ),
    ...rules.flatMap(({ connection, hostname, assetUuid, pluginId, status, isThere }) =>
      labelled(
        'rule',
        `plugin ${pluginId} on ${hostname ?? assetUuid} at ${connection}: ${status === 'withdrawn' ? 'withdrawn' : isThere ? 'in force' : 'to be sent'}`,
      ),
    ),
    ...checkIns.flatMap(({ on, by, note }) => labelled('vendor asked', `${on} by ${by}: ${note}`)),
    ...labelled('ask the vendor again', deviation.nextCheckIn),
    ...notices.flatMap(({ text }) => labelled('to do', text)),
  ];
}

/** After a request. */
export function askedLines({ id, action, state, turn, approvalId }: DeviationAsked): string[] {
  if (state === 'approved') return [`Deviation ${id} holds: ${action}.`];
  const who = turn.map((role) => roles[role].title).join(' or ');
  return [
    `Deviation ${id} is asked for: ${action}.`,
    `Decides: ${who === '' ? 'see tieline deciders list' : who}. Next: tieline approvals show ${(approvalId ?? '').slice(0, 8)}`,
  ];
}
