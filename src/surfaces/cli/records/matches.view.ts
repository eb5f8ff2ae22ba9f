/** Matches that a person decides: as a list, and one with its candidates and evidence. */
import {
  type findStandingMatches,
  type MatchReview,
  type MatchSettled,
  proposedOf,
} from '../../../review/matches/index.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { dayText } from '../kit/instants.ts';
import { counted } from '../kit/table.ts';

/** Reasons name assets by their whole uuid; a person reads the beginning. */
const shorten = (text: string): string =>
  text.replaceAll(/([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '$1');

export const settledAsset = ({ asset, assetName }: MatchSettled): string =>
  assetName === null ? (asset ?? '') : `${assetName} (${asset?.slice(0, 8) ?? ''})`;

function rowOf(match: MatchReview): string[] {
  const proposed = proposedOf(match);
  const [best] = proposed;
  const more = proposed.length > 1 ? `, ${proposed.length - 1} more` : '';
  const named = (name: string | null, uuid: string): string => `${name ?? '(no name)'} ${uuid.slice(0, 8)}`;
  const [asset, mayBe] =
    match.kind === 'duplicate'
      ? [
          proposed.map((each) => named(each.name, each.choice)).join(', '),
          `one machine, ${match.componentId ?? ''}`,
        ]
      : [
          named(match.assetName, match.assetUuid ?? ''),
          match.kind === 'component'
            ? `${best?.choice ?? ''}${more}`
            : match.kind === 'boundary'
              ? `in ${proposed.map((each) => each.choice).join(' or ')}`
              : `asset ${named(best?.name ?? null, best?.choice ?? '')}${more}`,
        ];
  const state = match.outcome === null ? '' : ` (${match.outcome} by ${match.settledBy ?? '–'})`;
  return [
    String(match.id),
    match.system,
    asset,
    mayBe,
    String(best?.score ?? ''),
    dayText(match.openedAt),
    `${shorten(match.reason ?? '')}${state}`,
  ];
}

/** @param width of the terminal. */
export const matchesTable = (rows: readonly MatchReview[], width: number | undefined): string =>
  fittedTable(['ID', 'SYSTEM', 'ASSET', 'MAY BE', 'SCORE', 'SINCE', 'WHY'], rows.map(rowOf), width);

function questionOf(match: MatchReview): string {
  const asset = `${match.assetName ?? '(no name)'} (${match.assetUuid ?? ''})`;
  switch (match.kind) {
    case 'component':
      return `Which component of ${match.system} is ${asset}?${match.componentId === null ? '' : ` It is matched to ${match.componentId} now, and stays so until you decide.`}`;
    case 'duplicate':
      return `These assets share component ${match.componentId ?? ''} of ${match.system}: are they one machine?`;
    case 'identity':
      return `${match.system} reports ${match.externalId ?? ''}, which became ${asset}: is it an asset that is known?`;
    case 'boundary':
      return `In which system is ${asset}? It is in none of them until you decide.`;
  }
}

function candidateLines(match: MatchReview, each: MatchReview['candidates'][number]): string[] {
  const facts = [
    each.name,
    each.systemId === null ? 'of no system' : `of ${each.systemId}`,
    each.score === null ? null : `score ${each.score}`,
    each.heldBy.length > 0 ? `has asset ${each.heldBy.join(', ')} now` : null,
    each.decision === 'linked' && match.kind === 'component' ? 'the present match' : null,
  ].filter((fact) => fact !== null);
  return [
    '',
    `  ${each.choice}  ${facts.join(', ')}`,
    ...(each.reason === null ? [] : [`      ${each.reason}`]),
    ...each.evidence.map(({ kind, value, weight, note }) =>
      match.kind === 'boundary'
        ? `      ${kind.replaceAll('_', ' ')} ${value}: ${note ?? ''}`
        : `      ${kind}${value === '' ? '' : ` ${value}`}: ${weight}${note === undefined ? '' : ` (${note})`}`,
    ),
  ];
}

/** What can be decided, each command with what it says below it, so that both fit a terminal. */
function nextLines({ id, kind }: MatchReview): string[] {
  const lines = {
    component: [
      [`accept ${id} CHOICE`, 'it is this one; assets that have it share it (--replace: they leave it)'],
      [`reject ${id} [CHOICE]`, 'it is not this one, or none of those under review'],
      [`always ${id} CHOICE`, 'also what has the same uuid, MAC address or FQDN later'],
    ],
    duplicate: [
      [`accept ${id}`, 'one machine: both stay with the component'],
      [`reject ${id} ASSET`, 'this one is another machine, and leaves the component'],
    ],
    identity: [
      [`accept ${id} ASSET`, 'it is this asset: the two are merged'],
      [`reject ${id}`, 'it is none of them'],
    ],
    boundary: [
      [`accept ${id} SYSTEM`, 'it is in this one, which answers for it'],
      [`reject ${id} [SYSTEM]`, 'it is not in this one, or in none of those that are asked about'],
      [`always ${id} SYSTEM`, 'also what the same rules fit later: a rule that comes before them'],
    ],
  }[kind];
  return lines.flatMap(([words = '', what = '']) => [`tieline matches ${words}`, `    ${what}`]);
}

export function matchLines(match: MatchReview): string[] {
  const settled = match.outcome === null ? '' : `, ${match.outcome} by ${match.settledBy ?? '–'}`;
  return [
    `Match ${match.id}, since ${dayText(match.openedAt)}${settled}`,
    questionOf(match),
    ...(match.reason === null ? [] : [`Why: ${match.reason}`]),
    ...match.candidates.flatMap((each) => candidateLines(match, each)),
    ...(match.settledAt === null ? ['', ...nextLines(match)] : []),
  ];
}

/** Standing decisions. @param width of the terminal. */
export function standingTable(
  rows: Awaited<ReturnType<typeof findStandingMatches>>,
  width: number | undefined,
): string {
  return fittedTable(
    ['ID', 'SYSTEM', 'COMPONENT', 'WHATEVER HAS', 'SINCE', 'BY', 'REASON'],
    rows.map((row) => [
      String(row.id),
      row.system,
      `${row.componentId}${row.componentRow === null ? ' (not there)' : ''}`,
      row.evidence.map(({ kind, value }) => `${kind} ${value}`).join(' or '),
      dayText(row.decidedAt),
      row.decidedBy,
      row.reason ?? '',
    ]),
    width,
  );
}

/** What another list reports about matches that it does not show. */
export const otherMatches = (n: number): string =>
  n > 0 ? `${counted(n, 'match', 'matches')} in all wait for a decision: tieline matches list` : '';
