/** Whether both sides say the same, who decided where they did not, and what changed in the period. */
import { daysBetween } from '../../../platform/timings/index.ts';
import { decidedText } from '../../../canonical/vocabulary/index.ts';
import type { Cell } from '../../../platform/paper/index.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Draft } from './draft.ts';
import { numbersPart } from './numbers-part.ts';
import { chapter, type Part, said, tablePart, together } from './parts.ts';
import { todayOf } from './standing.ts';

const plain = (word: string | null): string => (word ?? '').replaceAll('_', ' ');
const timeOf = (at: string): string => at.slice(0, 16).replace('T', ' ');

function differencesPart(snapshot: Snapshot): Part {
  const today = todayOf(snapshot);
  const conflicts = snapshot.agreement?.conflicts ?? [];
  const columns = [
    { title: 'POA&M', share: 1.6 },
    { title: 'Boundary', share: 1.2 },
    { title: 'Field', share: 2 },
    { title: 'Kind', share: 1.6 },
    { title: 'Since (UTC)', share: 1.5 },
  ] as const;
  return together(
    tablePart(
      'Where they differ',
      [...columns, { title: 'Days', share: 0.7, align: 'right' }],
      conflicts
        .filter(({ settledAt }) => settledAt === null)
        .map((of): Cell[] => [
          of.record,
          of.systemId,
          plain(of.field),
          plain(of.kind),
          timeOf(of.since),
          daysBetween(of.since, today),
        ]),
      { empty: 'Both sides agree on every POA&M that is linked.' },
    ),
    tablePart(
      'Settled in the period, and by whom',
      [...columns, { title: 'Settled (UTC)', share: 1.5 }, { title: 'By', share: 2.2 }],
      conflicts
        .filter(({ settledAt }) => settledAt !== null)
        .map((of): Cell[] => [
          of.record,
          of.systemId,
          plain(of.field),
          plain(of.kind),
          timeOf(of.since),
          timeOf(of.settledAt ?? ''),
          decidedText(of.settledBy ?? ''),
        ]),
      { empty: 'Nothing was settled in the period.' },
    ),
  );
}

const directions: Readonly<Record<string, string>> = {
  inbound: 'taken from the other side',
  outbound: 'sent to the other side',
  internal: 'made here',
};

function changesPart({ agreement }: Snapshot): Part {
  const changes = agreement?.changes ?? [];
  const inAll = agreement?.changesInAll ?? 0;
  const cut = inAll - changes.length;
  return {
    blocks: [
      {
        kind: 'table',
        title: `Changes of POA&Ms, the newest first (${inAll.toLocaleString('en')})`,
        columns: [
          { title: 'At (UTC)', share: 1.5 },
          { title: 'POA&M', share: 1.6 },
          { title: 'Field', share: 2.2 },
          { title: 'Direction', share: 1.9 },
          { title: 'Decided by', share: 3 },
        ],
        rows: changes.map((of): Cell[] => [
          timeOf(of.at),
          of.record,
          plain(of.field),
          directions[of.direction] ?? plain(of.direction),
          decidedText(of.by),
        ]),
        empty: 'No POA&M changed in the period.',
      },
    ],
    notes:
      cut > 0
        ? [
            {
              code: 'shortened',
              subject: 'Changes of POA&Ms',
              detail: `the latest ${changes.length} of ${inAll}; all are in tieline changes`,
            },
          ]
        : [],
  };
}

export function syncAgreement(snapshot: Snapshot): Draft {
  const { linked, unlinked, differing } = snapshot.agreement?.poams ?? {
    linked: 0,
    unlinked: 0,
    differing: 0,
  };
  const agreeing = linked - Math.min(linked, differing);
  const { blocks, notes } = together(
    numbersPart(snapshot, [
      { metric: 'data-agreement', measure: 'value', title: 'Scanner and GRC agree' },
      { metric: 'data-agreement', measure: 'oldest', title: 'Oldest disagreement' },
    ]),
    said(chapter('Agreement'), {
      kind: 'bars',
      title: 'POA&Ms by agreement',
      alt: `${agreeing} linked POA&Ms agree, ${differing} differ, ${unlinked} are not linked.`,
      head: ['Standing', 'POA&Ms'],
      bars: [
        ['Linked, both sides agree', agreeing],
        ['With an open difference', differing],
        ['Not linked to the GRC system', unlinked],
      ].map(([of, value]) => ({
        of: String(of),
        value: Number(value),
        shown: Number(value).toLocaleString('en'),
      })),
    }),
    differencesPart(snapshot),
    said(chapter('Changes')),
    changesPart(snapshot),
  );
  return {
    title: 'Sync agreement and audit',
    fileWord: 'Sync-Agreement',
    orientation: 'landscape',
    filters: [],
    blocks,
    notes,
  };
}
