/** An asset explained: its sources, what it is known by, its components, each decision about who it is. */
import { shownText } from '../../../platform/errors/index.ts';
import type { AssetExplanation, IdentityDecisionRow } from '../../../review/assets/index.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { minuteText } from '../kit/instants.ts';
import { counted } from '../kit/table.ts';

/** @param width of the terminal. */
export function explanationLines(explanation: AssetExplanation, width: number | undefined): string[] {
  const { absorbed, decisions } = explanation;
  return [
    ...headLines(explanation),
    ...sourceLines(explanation, width),
    ...componentLines(explanation, width),
    ...(absorbed.length > 0 ? ['', `Turned out to be this one: ${absorbed.join(', ')}`] : []),
    '',
    decisions.length > 0
      ? 'Decisions about its identity'
      : 'No decision about its identity: no other asset shared an identifier with it.',
    ...decisions.flatMap(decisionLines),
  ];
}

function headLines({ asset }: AssetExplanation): string[] {
  const ended = asset.deletedAt ? ', deleted at its server' : asset.terminatedAt ? ', terminated' : '';
  const system = asset.systemId ? `, of ${asset.systemId}` : ', of no system';
  return [
    `${shownText(asset.hostname ?? '(no name)')}  ${asset.assetUuid}${system}${ended}`,
    ...(asset.mergedInto ? [`Is ${asset.mergedInto} since it was merged.`] : []),
    ...(asset.unreportedSince
      ? [
          `No source has reported it since ${minuteText(asset.unreportedSince)} UTC; its findings are as they were last seen.`,
        ]
      : []),
  ];
}

function sourceLines({ sources, identifiers }: AssetExplanation, width: number | undefined): string[] {
  return [
    '',
    counted(sources.length, 'source'),
    ...(sources.length === 0
      ? []
      : [
          fittedTable(
            ['SOURCE', 'CALLS IT', 'LAST SAW IT (UTC)', 'FINDINGS'],
            sources.map((each) => [
              each.system,
              each.externalId,
              minuteText(each.lastSeen),
              String(each.findings),
            ]),
            width,
          ),
        ]),
    '',
    counted(identifiers.length, 'identifier'),
    ...(identifiers.length === 0
      ? []
      : [
          fittedTable(
            ['KIND', 'VALUE', 'LAST SEEN WITH IT (UTC)'],
            identifiers.map((each) => [each.kind, each.value, minuteText(each.lastSeen)]),
            width,
          ),
        ]),
  ];
}

function componentLines({ components }: AssetExplanation, width: number | undefined): string[] {
  if (components.length === 0) return [];
  const rows = components.map((each) => [
    each.system,
    each.componentId,
    each.decision,
    String(each.score),
    `${each.reason} (${each.decidedBy})`,
  ]);
  return ['', 'Components', fittedTable(['SYSTEM', 'COMPONENT', 'DECISION', 'SCORE', 'WHY'], rows, width)];
}

function decisionLines(row: IdentityDecisionRow): string[] {
  const settled = row.settledBy === null ? '' : `; settled by ${row.settledBy}`;
  return [
    `  ${minuteText(row.decidedAt)}  ${row.decision}  ${row.system} ${row.externalId} → ${row.assetUuid.slice(0, 8)}: ${row.reason} (${row.decidedBy}${settled})`,
    ...row.candidates.flatMap((candidate) =>
      (candidate.evidence ?? []).map(
        ({ kind, value, weight, note }) =>
          `      ${candidate.assetUuid.slice(0, 8)}  ${kind}${value === '' ? '' : ` ${value}`}: ${weight}${note === undefined ? '' : ` (${note})`}`,
      ),
    ),
  ];
}
