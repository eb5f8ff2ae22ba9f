/**
 * The monthly executive summary (FedRAMP ConMon deliverables, grc-formats 5.1): a first page that an authorizing official can sign under, and
 * behind it what it rests on.
 */
import type { Cell } from '../../../platform/paper/index.ts';
import type { PoamFacts, Snapshot } from '../snapshot/snapshot.ts';
import type { Draft } from './draft.ts';
import { measureOf, numbersPart, takenWords, yearPart } from './numbers-part.ts';
import {
  boundariesPart,
  chapter,
  coveragePart,
  draftNotes,
  lateOf,
  type Part,
  poamsPart,
  requestsPart,
  said,
  tablePart,
  together,
  vendorsPart,
} from './parts.ts';
import { valueWords } from '../../../canonical/metrics/index.ts';
import { exploitedPart } from './exploited-part.ts';
import {
  dayAfter,
  idOf,
  isBehindObligation,
  isClosedLately,
  isNew,
  isOpen,
  type Rating,
  ratingOf,
  ratings,
  todayOf,
} from './standing.ts';

const counted = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

/** New, closed and open by rating. */
function countsPart(snapshot: Snapshot): Part {
  const today = todayOf(snapshot);
  const late = new Set(lateOf(snapshot));
  const row = (name: string, poams: readonly PoamFacts[]): (string | number)[] => [
    name,
    poams.filter((poam) => isNew(poam, snapshot)).length,
    poams.filter((poam) => isClosedLately(poam, snapshot)).length,
    poams.filter(isOpen).length,
    poams.filter((poam) => late.has(poam)).length,
    poams.filter((poam) => isBehindObligation(poam, today)).length,
  ];
  const of = (rating: Rating): readonly PoamFacts[] =>
    snapshot.poams.filter((poam) => ratingOf(poam) === rating);
  const rows = ratings
    .filter((rating) => ['Critical', 'High', 'Medium', 'Low'].includes(rating) || of(rating).length > 0)
    .map((rating) => row(rating, of(rating)));
  return said({
    kind: 'table',
    title: 'POA&Ms by rating',
    columns: [
      { title: 'Rating', share: 2 },
      { title: 'New in period', share: 1.2, align: 'right' },
      { title: 'Closed in period', share: 1.2, align: 'right' },
      { title: 'Open', share: 1, align: 'right' },
      { title: 'Late', share: 1, align: 'right' },
      { title: 'Behind an obligation', share: 1.3, align: 'right' },
    ],
    rows: [
      ...rows,
      row('All', snapshot.poams).map((cell): Cell => ({
        text: typeof cell === 'number' ? cell.toLocaleString('en') : cell,
        tone: 'strong',
      })),
    ],
    empty: 'No POA&M is on record.',
  });
}

/** What an official must know to sign, in sentences. */
function summaryList(snapshot: Snapshot): readonly string[] {
  const today = todayOf(snapshot);
  const late = lateOf(snapshot);
  const excused = new Set(
    snapshot.deviations.filter(({ state }) => state === 'approved').map(({ poamId }) => poamId),
  );
  const unsaid = late.filter(({ poamId }) => !excused.has(poamId)).length;
  const requests = snapshot.deviations.filter(({ state }) => state === 'requested').length;
  const ending = snapshot.deviations.filter(
    ({ state, expiresOn }) => state === 'approved' && expiresOn !== null && expiresOn <= dayAfter(today, 90),
  ).length;
  const expired = snapshot.boundaries.filter(
    ({ authorizedUntil }) => authorizedUntil !== null && authorizedUntil < today,
  );
  const behind = snapshot.poams.filter((poam) => isBehindObligation(poam, today)).length;
  const exploited = snapshot.exploited?.filter(({ late: n }) => n > 0).length;
  return [
    late.length === 0
      ? 'No POA&M is past its scheduled completion.'
      : `${counted(late.length, 'POA&M is', 'POA&Ms are')} past the scheduled completion, ${unsaid} of them without an approved deviation.`,
    ...(behind === 0
      ? []
      : [
          `${counted(behind, 'POA&M is', 'POA&Ms are')} promised in time, and later than a policy obliges to.`,
        ]),
    `${counted(requests, 'deviation')} ${requests === 1 ? 'waits' : 'wait'} for a decision; ${counted(ending, 'deviation')} in force ${ending === 1 ? 'ends' : 'end'} within 90 days.`,
    exploited === undefined
      ? 'Nothing is known of exploited vulnerabilities: the catalogue was never loaded.'
      : exploited === 0
        ? 'No vulnerability of the KEV catalogue is open past the date that applies.'
        : `${counted(exploited, 'vulnerability', 'vulnerabilities')} of the KEV catalogue ${exploited === 1 ? 'is' : 'are'} open past the date that applies.`,
    ...expired.map(
      ({ name, authorizedUntil }) => `The authorization of ${name} ended on ${authorizedUntil}.`,
    ),
  ];
}

/** Thresholds of FedRAMP's ConMon performance management (table 1): from where a deficiency report or a corrective action plan is due. */
const triggers: readonly {
  readonly what: string;
  readonly metric: string;
  readonly measure: string;
  readonly from: number;
  readonly comes: string;
}[] = [
  {
    what: 'High items older than 30 days',
    metric: 'old-high-weaknesses',
    measure: 'over_30',
    from: 5,
    comes: 'detailed finding review',
  },
  {
    what: 'High items older than 60 days',
    metric: 'old-high-weaknesses',
    measure: 'over_60',
    from: 5,
    comes: 'corrective action plan',
  },
  {
    what: 'Moderate items older than 90 days',
    metric: 'old-moderate-weaknesses',
    measure: 'over_90',
    from: 10,
    comes: 'detailed finding review',
  },
  {
    what: 'Moderate items older than 120 days',
    metric: 'old-moderate-weaknesses',
    measure: 'over_120',
    from: 10,
    comes: 'corrective action plan',
  },
  {
    what: 'Growth since authorization',
    metric: 'growth-since-authorization',
    measure: 'value',
    from: 20,
    comes: 'detailed finding review',
  },
];

function triggersPart(snapshot: Snapshot): Part {
  const rows = triggers.map(({ what, metric, measure, from, comes }): Cell[] => {
    const found = measureOf(snapshot, { metric, measure });
    const value = found?.measure.value ?? null;
    const unit = found?.measure.unit ?? 'count';
    const isReached = value !== null && value >= from;
    return [
      what,
      value === null ? { text: 'no value', tone: 'quiet' } : valueWords(value, unit),
      `${valueWords(from, unit)} or more`,
      value === null ? 'not known' : isReached ? { text: `reached: ${comes}`, tone: 'bad' } : 'not reached',
    ];
  });
  const scans =
    measureOf(snapshot, { metric: 'credentialed-scans', measure: 'value' })?.measure.value ?? null;
  const unauthenticated = scans === null ? null : 100 - scans;
  rows.push([
    'Machines scanned without credentials',
    unauthenticated === null ? { text: 'no value', tone: 'quiet' } : valueWords(unauthenticated, 'percent'),
    '10% or more',
    unauthenticated === null
      ? 'not known'
      : unauthenticated >= 10
        ? { text: 'reached: detailed finding review', tone: 'bad' }
        : 'not reached',
  ]);
  return said({
    kind: 'table',
    title: 'Triggers of FedRAMP ConMon performance management',
    columns: [
      { title: 'Trigger', share: 3 },
      { title: 'Now', share: 1, align: 'right' },
      { title: 'Threshold', share: 1.2, align: 'right' },
      { title: 'Standing', share: 2.2 },
    ],
    rows,
    empty: '',
  });
}

const closedPart = (snapshot: Snapshot): Part =>
  tablePart(
    'Closed in the period',
    [
      { title: 'POA&M', share: 1.4 },
      { title: 'Weakness', share: 4 },
      { title: 'Rating', share: 1 },
      { title: 'Scheduled', share: 1.2 },
      { title: 'Completed', share: 1.2 },
    ],
    snapshot.poams
      .filter((poam) => isClosedLately(poam, snapshot))
      .map((poam): Cell[] => [idOf(poam), poam.title, ratingOf(poam), poam.scheduledOn, poam.completedOn]),
    { empty: 'No POA&M was closed in the period.' },
  );

const firstPage = (snapshot: Snapshot, statement: string): Part =>
  together(
    numbersPart(snapshot, [
      { metric: 'open-findings', measure: 'findings' },
      { metric: 'overdue-findings', measure: 'value', title: 'Overdue findings' },
      { metric: 'known-exploited', measure: 'past_due', title: 'Exploited, past due' },
      { metric: 'closed-on-time', measure: 'value', title: 'Closed on time' },
      { metric: 'delayed-poams', measure: 'value', title: 'Delayed POA&Ms' },
      { metric: 'scan-coverage', measure: 'days_30', title: 'Scanned in 30 days' },
      { metric: 'credentialed-scans', measure: 'value', title: 'With credentials' },
      { metric: 'data-agreement', measure: 'value', title: 'Scanner and GRC agree' },
    ]),
    countsPart(snapshot),
    said({ kind: 'list', items: summaryList(snapshot) }),
    statement === '' ? said() : said({ kind: 'text', text: statement }),
    said({
      kind: 'signatures',
      of: [
        ['ISSO', snapshot.boundaries.length === 1 ? (snapshot.boundaries[0]?.isso ?? null) : null],
        [
          'Authorizing official',
          snapshot.boundaries.length === 1 ? (snapshot.boundaries[0]?.authorizingOfficial ?? null) : null,
        ],
      ],
    }),
  );

/** @param statement of the ISSO, printed over the signatures. */
export function executiveSummary(snapshot: Snapshot, statement: string): Draft {
  const { blocks, notes } = together(
    firstPage(snapshot, statement),
    said({ kind: 'newPage' }),
    boundariesPart(snapshot),
    said(chapter('Late items')),
    poamsPart('Past their scheduled completion', lateOf(snapshot), snapshot, {
      why: true,
      empty: 'Nothing is late.',
    }),
    said(chapter('Twelve months'), { kind: 'text', text: takenWords(snapshot), tone: 'quiet' }),
    yearPart(snapshot, 'Open findings at the end of each month', [
      { of: { metric: 'open-findings', measure: 'findings' }, name: null },
    ]),
    yearPart(snapshot, 'New and closed findings by month', [
      { of: { metric: 'monthly-flow', measure: 'new' }, name: 'New' },
      { of: { metric: 'monthly-flow', measure: 'closed' }, name: 'Closed' },
    ]),
    said(chapter('Triggers')),
    triggersPart(snapshot),
    said(chapter('Deviations')),
    requestsPart(snapshot, 'Deviations that wait for a decision'),
    vendorsPart(snapshot),
    said(chapter('Known exploited vulnerabilities')),
    exploitedPart(snapshot),
    said(chapter('Scans')),
    coveragePart(snapshot),
    said(chapter('What changed')),
    poamsPart(
      'New in the period',
      snapshot.poams.filter((poam) => isNew(poam, snapshot)),
      snapshot,
      { why: false, empty: 'No POA&M is new.' },
    ),
    closedPart(snapshot),
  );
  return {
    title: 'Monthly executive summary',
    fileWord: 'Executive-Summary',
    orientation: 'portrait',
    filters: [],
    blocks,
    notes: [...notes, ...draftNotes(snapshot)],
  };
}
