/** For an authorizing official: the risk in one page, the decisions that are asked, what risk stays, what changed. */
import type { Cell } from '../../../platform/paper/index.ts';
import type { PoamFacts, Snapshot } from '../snapshot/snapshot.ts';
import type { Draft } from './draft.ts';
import { numbersPart, takenWords, yearPart } from './numbers-part.ts';
import {
  boundariesPart,
  chapter,
  draftNotes,
  endingPart,
  lateOf,
  nameOf,
  type Part,
  poamsPart,
  requestsPart,
  said,
  tablePart,
  together,
} from './parts.ts';
import {
  byGravity,
  dayAfter,
  deviationTitles,
  idOf,
  isClosedLately,
  isNew,
  isOpen,
  type Rating,
  ratingOf,
  todayOf,
} from './standing.ts';

function ratingBars({ poams }: Snapshot): Part {
  const shown: readonly Rating[] = ['Critical', 'High', 'Medium', 'Low'];
  const bars = shown.map((rating) => {
    const value = poams.filter((poam) => isOpen(poam) && ratingOf(poam) === rating).length;
    return { of: rating, value, shown: value.toLocaleString('en') };
  });
  return said({
    kind: 'bars',
    title: 'Open POA&Ms by rating',
    alt: `Open POA&Ms by rating. ${bars.map(({ of, shown: n }) => `${of}: ${n}`).join('; ')}.`,
    head: ['Rating', 'Open POA&Ms'],
    bars,
  });
}

/** The gravest that are open: what an official is answerable for first. */
const gravest = 10;

const residualPart = (snapshot: Snapshot): Part =>
  tablePart(
    'Risk that was accepted or stays',
    [
      { title: 'POA&M', share: 3 },
      { title: 'Why', share: 1.6 },
      { title: 'Rating', share: 1.4 },
      { title: 'Until', share: 1.2 },
      { title: 'Compensating controls', share: 3 },
      { title: 'Approved by', share: 1.2 },
    ],
    snapshot.deviations
      .filter(({ state, kind }) => state === 'approved' && kind !== 'false_positive')
      .map((of): Cell[] => [
        nameOf(snapshot, of),
        deviationTitles[of.kind],
        of.adjusted === null ? of.severity : `${of.severity ?? 'not rated'} to ${of.adjusted}`,
        of.expiresOn ?? { text: 'no end', tone: 'bad' },
        of.controls ?? { text: 'none recorded', tone: 'quiet' },
        of.decidedBy,
      ]),
    { empty: 'No risk was accepted, adjusted or left to a vendor.' },
  );

const isRemaining = ({ residual }: PoamFacts): boolean => residual !== null;

const ratedResiduals = (snapshot: Snapshot): Part =>
  tablePart(
    'Open POA&Ms with a residual risk that somebody rated',
    [
      { title: 'POA&M', share: 1.5 },
      { title: 'Weakness', share: 4 },
      { title: 'Rating', share: 1 },
      { title: 'Residual risk', share: 1.3 },
      { title: 'Scheduled', share: 1.2 },
    ],
    snapshot.poams
      .filter((poam) => isOpen(poam) && isRemaining(poam))
      .toSorted(byGravity)
      .map((poam): Cell[] => [idOf(poam), poam.title, ratingOf(poam), poam.residual, poam.scheduledOn]),
    { empty: 'No open POA&M has a residual risk on record.' },
  );

function changedPart(snapshot: Snapshot): Part {
  const { from, to } = snapshot.period;
  const isIn = (day: string | null): boolean => day !== null && day >= from && day <= to;
  const decided = snapshot.deviations.filter(({ decidedOn }) => isIn(decidedOn)).length;
  const opened = snapshot.poams.filter((poam) => isNew(poam, snapshot)).length;
  const closed = snapshot.poams.filter((poam) => isClosedLately(poam, snapshot)).length;
  const moved = snapshot.poams.filter(
    ({ firstScheduledOn, scheduledOn }) => firstScheduledOn !== null && firstScheduledOn !== scheduledOn,
  );
  return together(
    said({
      kind: 'list',
      items: [
        `POA&Ms opened in the period: ${opened}.`,
        `POA&Ms closed in the period: ${closed}.`,
        `Deviations decided in the period: ${decided}.`,
        `Open POA&Ms whose first date was extended: ${moved.filter(isOpen).length}.`,
      ],
    }),
    tablePart(
      'Dates that were extended',
      [
        { title: 'POA&M', share: 1.5 },
        { title: 'Weakness', share: 4 },
        { title: 'First date', share: 1.3 },
        { title: 'Date now', share: 1.3 },
      ],
      moved
        .filter(isOpen)
        .toSorted(byGravity)
        .map((poam): Cell[] => [idOf(poam), poam.title, poam.firstScheduledOn, poam.scheduledOn]),
      { empty: 'No date of an open POA&M was extended.' },
    ),
  );
}

export function aoBriefing(snapshot: Snapshot): Draft {
  const today = todayOf(snapshot);
  const late = lateOf(snapshot).length;
  const requests = snapshot.deviations.filter(({ state }) => state === 'requested').length;
  const ending = snapshot.deviations.filter(
    ({ state, expiresOn }) => state === 'approved' && expiresOn !== null && expiresOn <= dayAfter(today, 90),
  ).length;
  const open = snapshot.poams.filter(isOpen);
  const { blocks, notes } = together(
    numbersPart(snapshot, [
      { metric: 'open-findings', measure: 'findings' },
      { metric: 'known-exploited', measure: 'past_due', title: 'Exploited, past due' },
      { metric: 'delayed-poams', measure: 'value', title: 'Delayed POA&Ms' },
      { metric: 'scan-coverage', measure: 'days_30', title: 'Scanned in 30 days' },
    ]),
    said({
      kind: 'list',
      items: [
        `${open.length.toLocaleString('en')} POA&Ms are open, ${late.toLocaleString('en')} of them past their scheduled completion.`,
        `${requests} ${requests === 1 ? 'decision is' : 'decisions are'} asked of you; ${ending} ${ending === 1 ? 'deviation' : 'deviations'} in force ${ending === 1 ? 'ends' : 'end'} within 90 days.`,
      ],
    }),
    ratingBars(snapshot),
    poamsPart(`The ${gravest} gravest that are open`, open.toSorted(byGravity).slice(0, gravest), snapshot, {
      why: false,
      empty: 'No POA&M is open.',
    }),
    said(chapter('Decisions asked')),
    requestsPart(snapshot, 'Deviations that wait for a decision'),
    endingPart(snapshot, 90),
    said(chapter('Residual risk')),
    residualPart(snapshot),
    ratedResiduals(snapshot),
    said(chapter('What changed')),
    changedPart(snapshot),
    said({ kind: 'text', text: takenWords(snapshot), tone: 'quiet' }),
    yearPart(snapshot, 'Overdue findings at the end of each month', [
      { of: { metric: 'overdue-findings', measure: 'value' }, name: 'Overdue' },
    ]),
    boundariesPart(snapshot),
  );
  return {
    title: 'Briefing for the authorizing official',
    fileWord: 'AO-Briefing',
    orientation: 'portrait',
    filters: [],
    blocks,
    notes: [...notes, ...draftNotes(snapshot)],
  };
}
