/** Every deviation with what was asked, decided and proven: one that an auditor can tick off. */
import type { Block, Cell } from '../../../platform/paper/index.ts';
import type { DeviationFacts, Snapshot } from '../snapshot/snapshot.ts';
import type { Draft } from './draft.ts';
import { chapter, dueCell, endingPart, nameOf, type Part, said, tablePart, together } from './parts.ts';
import { deviationTitles, isLiving, todayOf } from './standing.ts';

const wordsOf = (key: string): string =>
  key
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase();
const shown = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : typeof value === 'object' && value !== null
      ? Object.entries(value)
          .map(([key, each]) => `${key}: ${shown(each)}`)
          .join('; ')
      : String(value);

/** One deviation in full. */
function entry(snapshot: Snapshot, of: DeviationFacts): Block[] {
  const details = Object.entries(of.details)
    .filter(([, value]) => value !== null && value !== '')
    .map(
      ([key, value]) => [wordsOf(key).replace(/^./, (first) => first.toUpperCase()), shown(value)] as const,
    );
  const ended =
    of.endedOn === null
      ? []
      : [['Ended', `${of.endedOn}${of.endReason === null ? '' : `: ${of.endReason}`}`] as const];
  return [
    { kind: 'heading', level: 2, text: `DR-${of.id} ${deviationTitles[of.kind]}, ${of.state}` },
    {
      kind: 'facts',
      title: `DR-${of.id}`,
      items: [
        ['POA&M', nameOf(snapshot, of)],
        ['Boundary', of.systemId ?? 'in none'],
        [
          'Covers',
          of.isWholePoam
            ? 'the whole POA&M'
            : of.assets.length > 12
              ? `${of.assets.slice(0, 12).join(', ')} and ${of.assets.length - 12} more`
              : of.assets.join(', '),
        ],
        [
          'Rating',
          of.adjusted === null ? of.severity : `${of.severity ?? 'not rated'}, to be ${of.adjusted}`,
        ],
        ['Asked by', `${of.requestedBy} on ${of.requestedOn}`],
        [
          'Decided by',
          of.decidedBy === null ? 'nobody yet' : `${of.decidedBy} on ${of.decidedOn ?? 'an unknown day'}`,
        ],
        ['Ends', of.expiresOn],
        ['Review', of.reviewOn],
        ['Rationale', of.rationale],
        ['Compensating controls', of.controls],
        ['Decision', of.decision],
        ...details,
        ...of.checkIns.slice(-3).map(({ on, note }) => [`Check-in ${on}`, note] as const),
        [
          'Evidence',
          of.files.length === 0
            ? { text: 'none attached', tone: 'bad' }
            : of.files.map(({ name, sha256 }) => `${name} (SHA-256 ${sha256.slice(0, 12)})`).join('\n'),
        ],
        ...ended,
      ],
    },
  ];
}

function countsPart(snapshot: Snapshot): Part {
  const counts = Object.entries(deviationTitles).map(([kind, title]): Cell[] => {
    const of = snapshot.deviations.filter((each) => each.kind === kind);
    const inState = (...states: readonly string[]): number =>
      of.filter(({ state }) => states.includes(state)).length;
    return [
      title,
      inState('requested'),
      inState('approved'),
      inState('rejected'),
      inState('withdrawn', 'expired', 'lapsed'),
    ];
  });
  return said({
    kind: 'table',
    title: 'By kind',
    columns: [
      { title: 'Kind', share: 2 },
      { title: 'Waiting', share: 1, align: 'right' },
      { title: 'In force', share: 1, align: 'right' },
      { title: 'Rejected', share: 1, align: 'right' },
      { title: 'Over', share: 1, align: 'right' },
    ],
    rows: counts,
    empty: '',
  });
}

/** One a row. */
const registerPart = (snapshot: Snapshot, chosen: readonly DeviationFacts[]): Part =>
  tablePart(
    'Register',
    [
      { title: 'Deviation', share: 0.9 },
      { title: 'Kind', share: 1.6 },
      { title: 'State', share: 1 },
      { title: 'POA&M', share: 3.6 },
      { title: 'Boundary', share: 1.1 },
      { title: 'Rating', share: 1.3 },
      { title: 'Asked', share: 1.1 },
      { title: 'Decided', share: 1.1 },
      { title: 'Decided by', share: 1.2 },
      { title: 'Ends', share: 1.1 },
      { title: 'Evidence', share: 0.8, align: 'right' },
    ],
    chosen.map((of): Cell[] => [
      `DR-${of.id}`,
      deviationTitles[of.kind],
      of.state,
      nameOf(snapshot, of),
      of.systemId ?? 'in none',
      of.adjusted === null ? of.severity : `${of.severity ?? '?'} to ${of.adjusted}`,
      of.requestedOn,
      of.decidedOn,
      of.decidedBy,
      of.state === 'approved' ? dueCell(of.expiresOn, todayOf(snapshot)) : of.expiresOn,
      of.files.length,
    ]),
    { empty: 'No deviation is on record.', most: Infinity },
  );

/** @param livingOnly whether those that are over are left out. */
export function deviationsRegister(snapshot: Snapshot, livingOnly: boolean): Draft {
  const chosen = snapshot.deviations.filter((of) => !livingOnly || isLiving(of));
  const over = snapshot.deviations.length - chosen.length;
  const { blocks, notes } = together(
    countsPart(snapshot),
    registerPart(snapshot, chosen),
    endingPart(snapshot, 90),
    chosen.length === 0
      ? said()
      : said(chapter('Each in full'), ...chosen.flatMap((of) => entry(snapshot, of))),
  );
  return {
    title: 'Deviations register',
    fileWord: 'Deviations-Register',
    orientation: 'landscape',
    filters: [livingOnly ? 'those that wait or are in force' : 'all, whatever became of them'],
    blocks,
    notes: [...notes, ...(over > 0 ? [{ code: 'left_out_over' as const, subject: String(over) }] : [])],
  };
}
