/** The week of an ISSO: what is due, what is late, what waits for a word, milestones, deviations that end, coverage. */
import { daysBetween } from '../../../platform/timings/index.ts';
import { questionSentence, requestTitles, type RequestKind } from '../../../canonical/vocabulary/index.ts';
import type { Cell } from '../../../platform/paper/index.ts';
import type { Snapshot, WaitingFacts } from '../snapshot/snapshot.ts';
import type { Draft } from './draft.ts';
import { numbersPart } from './numbers-part.ts';
import {
  nameOf,
  boundariesPart,
  chapter,
  coveragePart,
  draftNotes,
  dueCell,
  endingPart,
  lateOf,
  type Part,
  poamsPart,
  said,
  tablePart,
  together,
  whenWords,
} from './parts.ts';
import { dayAfter, idOf, isBehindObligation, isOpen, todayOf } from './standing.ts';

const isRequest = (what: string): what is RequestKind => Object.hasOwn(requestTitles, what);
const sentenceOf = ({ what, about, code, params }: WaitingFacts): string => {
  if (what === 'question') return questionSentence(code ?? '', params ?? {});
  return isRequest(what) ? `Asks for ${requestTitles[what]}: ${about}` : about;
};

function waitingPart(snapshot: Snapshot): Part {
  const today = todayOf(snapshot);
  return tablePart(
    'Requests and questions',
    [
      { title: 'What', share: 2.6 },
      { title: 'It says', share: 4.4 },
      { title: 'By', share: 1.2 },
      { title: 'Since', share: 1.2 },
      { title: 'Days', share: 0.7, align: 'right' },
    ],
    snapshot.waiting.map((of): Cell[] => [
      of.what === 'question'
        ? nameOf(snapshot, { poamId: of.about })
        : isRequest(of.what)
          ? `Request: ${requestTitles[of.what]}`
          : of.what.replaceAll('_', ' '),
      sentenceOf(of),
      of.by === '' ? 'Tieline' : of.by,
      of.since.slice(0, 10),
      daysBetween(of.since, today),
    ]),
    { empty: 'Nothing waits.' },
  );
}

function milestonesPart(snapshot: Snapshot, until: string): Part {
  const today = todayOf(snapshot);
  const rows = snapshot.poams
    .filter(isOpen)
    .flatMap((poam) =>
      poam.milestones
        .filter(
          ({ scheduledOn, completedOn, status }) =>
            completedOn === null &&
            status !== 'Completed' &&
            status !== 'Cancelled' &&
            scheduledOn !== null &&
            scheduledOn <= until,
        )
        .map((milestone) => ({ poam, milestone })),
    )
    .toSorted((one, other) =>
      (one.milestone.scheduledOn ?? '').localeCompare(other.milestone.scheduledOn ?? ''),
    )
    .map(({ poam, milestone }): Cell[] => [
      idOf(poam),
      milestone.text,
      dueCell(milestone.scheduledOn, today),
      whenWords(milestone.scheduledOn, today),
      poam.contact,
    ]);
  return tablePart(
    'Milestones that are late or due',
    [
      { title: 'POA&M', share: 1.5 },
      { title: 'Milestone', share: 4.5 },
      { title: 'Due', share: 1.2 },
      { title: 'When', share: 1.3 },
      { title: 'Contact', share: 1.6 },
    ],
    rows,
    { empty: 'No milestone is late or due.' },
  );
}

/** @param days how far ahead it looks. */
export function boundaryPosture(snapshot: Snapshot, days: number): Draft {
  const today = todayOf(snapshot);
  const until = dayAfter(today, days);
  const due = snapshot.poams.filter(
    (poam) =>
      isOpen(poam) && poam.scheduledOn !== null && poam.scheduledOn >= today && poam.scheduledOn <= until,
  );
  const undated = snapshot.poams.filter((poam) => isOpen(poam) && poam.scheduledOn === null);
  const behind = snapshot.poams.filter((poam) => isBehindObligation(poam, today));
  const { blocks, notes } = together(
    numbersPart(snapshot, [
      { metric: 'open-findings', measure: 'findings' },
      { metric: 'overdue-findings', measure: 'value', title: 'Overdue findings' },
      { metric: 'delayed-poams', measure: 'delayed', title: 'Delayed POA&Ms' },
      { metric: 'scan-coverage', measure: 'days_7', title: 'Scanned in 7 days' },
    ]),
    said(chapter('Due and late')),
    poamsPart(`Due within ${days} days`, due, snapshot, {
      why: false,
      empty: `Nothing is due within ${days} days.`,
    }),
    poamsPart('Past their scheduled completion', lateOf(snapshot), snapshot, {
      why: true,
      empty: 'Nothing is late.',
    }),
    poamsPart('In time, and behind the date that a policy obliges to', behind, snapshot, {
      why: false,
      empty: 'Nothing is behind an obligation.',
    }),
    poamsPart('Open without a date', undated, snapshot, {
      why: false,
      empty: 'Everything that is open has a date.',
    }),
    said(chapter('Waiting for an answer')),
    waitingPart(snapshot),
    said(chapter('Milestones')),
    milestonesPart(snapshot, until),
    said(chapter('Deviations')),
    endingPart(snapshot, 90),
    said(chapter('Scans')),
    coveragePart(snapshot),
    boundariesPart(snapshot),
  );
  return {
    title: 'Boundary posture',
    fileWord: 'Boundary-Posture',
    orientation: 'portrait',
    filters: [`looking ${days} days ahead`],
    blocks,
    notes: [...notes, ...draftNotes(snapshot)],
  };
}
