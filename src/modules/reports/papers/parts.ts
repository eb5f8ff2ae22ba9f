/** Parts that several papers have: boundaries, POA&Ms, deviations, coverage. */
import { daysBetween } from '../../../platform/timings/index.ts';
import type { Block, Cell, Column } from '../../../platform/paper/index.ts';
import type { ReportNote } from '../rendered.ts';
import type { BoundaryFacts, DeviationFacts, PoamFacts, Snapshot } from '../snapshot/snapshot.ts';
import {
  byGravity,
  dayAfter,
  deviationTitles,
  idOf,
  isLate,
  isLiving,
  ratingOf,
  reasonOf,
  todayOf,
} from './standing.ts';

export interface Part {
  readonly blocks: readonly Block[];
  readonly notes: readonly ReportNote[];
}
export const together = (...parts: readonly Part[]): Part => ({
  blocks: parts.flatMap(({ blocks }) => blocks),
  notes: parts.flatMap(({ notes }) => notes),
});
export const said = (...blocks: readonly Block[]): Part => ({ blocks, notes: [] });
export const chapter = (text: string): Block => ({ kind: 'heading', level: 1, text });

/** A long table of a summary is cut, and what was cut is counted on paper and with the report. A register has every row. */
export const mostRows = 400;

export function tablePart(
  title: string,
  columns: readonly [Column, ...Column[]],
  rows: readonly (readonly Cell[])[],
  { empty, most = mostRows }: { readonly empty: string; readonly most?: number },
): Part {
  const isCut = rows.length > most;
  return {
    blocks: [{ kind: 'table', title, columns, rows: isCut ? rows.slice(0, most) : rows, empty }],
    notes: isCut
      ? [
          {
            code: 'shortened',
            subject: title,
            detail: `the first ${most} of ${rows.length.toLocaleString('en')} rows`,
          },
        ]
      : [],
  };
}

const factsOf = (of: BoundaryFacts): readonly (readonly [string, Cell])[] => [
  ['System', `${of.name} (${of.systemId})`],
  ['Status', of.status],
  ['Impact level', of.impact],
  ['FedRAMP class', of.class],
  ['Organization', of.organization],
  ['System owner', of.owner],
  ['ISSO', of.isso],
  ['Authorizing official', of.authorizingOfficial],
  ['Authorized on', of.authorizedOn],
  ['Authorization ends', of.authorizedUntil],
];

/** Of one boundary its facts, of several a row each. */
export function boundariesPart({ boundaries }: Snapshot, title = 'System'): Part {
  const [only, second] = boundaries;
  if (only && !second) return said(chapter(title), { kind: 'facts', title, items: factsOf(only) });
  const part = tablePart(
    'Authorization boundaries',
    [
      { title: 'Boundary', share: 3 },
      { title: 'Status', share: 1.3 },
      { title: 'Impact', share: 1.1 },
      { title: 'ISSO', share: 1.6 },
      { title: 'Authorizing official', share: 1.6 },
      { title: 'Authorization ends', share: 1.2 },
    ],
    boundaries.map((of) => [
      `${of.name} (${of.systemId})`,
      of.status,
      of.impact,
      of.isso,
      of.authorizingOfficial,
      of.authorizedUntil,
    ]),
    { empty: 'No boundary is covered.' },
  );
  return together(said(chapter('Systems')), part);
}

/** A day that is over is red. */
export const dueCell = (day: string | null, today: string): Cell =>
  day === null ? { text: 'no date', tone: 'quiet' } : day < today ? { text: day, tone: 'bad' } : day;

/** `12 days late`, `in 3 days`. */
export function whenWords(day: string | null, today: string): string {
  if (day === null) return '';
  const days = daysBetween(today, day);
  if (days === 0) return 'today';
  return days < 0
    ? `${-days} ${days === -1 ? 'day' : 'days'} late`
    : `in ${days} ${days === 1 ? 'day' : 'days'}`;
}

/** POA&Ms, the gravest first. @param why whether the reason why they are late is a column. */
export function poamsPart(
  title: string,
  poams: readonly PoamFacts[],
  snapshot: Snapshot,
  { why, empty }: { readonly why: boolean; readonly empty: string },
): Part {
  const today = todayOf(snapshot);
  const columns: readonly [Column, ...Column[]] = [
    { title: 'POA&M', share: 1.9 },
    { title: 'Weakness', share: 4 },
    { title: 'Rating', share: 1 },
    { title: 'Due', share: 1.25 },
    ...(why
      ? [
          { title: 'Days late', share: 0.7, align: 'right' as const },
          { title: 'Reason', share: 3.4 },
        ]
      : [
          { title: 'Status', share: 1.5 },
          { title: 'Contact', share: 1.6 },
        ]),
  ];
  const deviations = Map.groupBy(snapshot.deviations, ({ poamId }) => poamId);
  const rows = poams.toSorted(byGravity).map((poam): Cell[] => {
    const reason = why ? reasonOf(poam, deviations.get(poam.poamId) ?? []) : null;
    return [
      idOf(poam),
      poam.title,
      ratingOf(poam),
      dueCell(poam.scheduledOn, today),
      ...(why
        ? [
            poam.scheduledOn === null ? null : Math.max(0, daysBetween(poam.scheduledOn, today)),
            reason ?? ({ text: 'no reason recorded', tone: 'bad' } as const),
          ]
        : [poam.status, poam.contact ?? ({ text: 'none recorded', tone: 'quiet' } as const)]),
    ];
  });
  return tablePart(title, columns, rows, { empty });
}

/** Deviations that wait for a decision. */
export function requestsPart(snapshot: Snapshot, title: string): Part {
  const today = todayOf(snapshot);
  const rows = snapshot.deviations
    .filter(({ state }) => state === 'requested')
    .map((deviation): Cell[] => {
      return [
        `DR-${deviation.id}`,
        deviationTitles[deviation.kind],
        nameOf(snapshot, deviation),
        deviation.adjusted === null
          ? (deviation.severity ?? '')
          : `${deviation.severity ?? 'not rated'} to ${deviation.adjusted}`,
        deviation.rationale,
        deviation.requestedBy,
        daysBetween(deviation.requestedOn, today),
      ];
    });
  return tablePart(
    title,
    [
      { title: 'Request', share: 0.8 },
      { title: 'Asks for', share: 1.5 },
      { title: 'POA&M', share: 2.8 },
      { title: 'Rating', share: 1.2 },
      { title: 'Rationale', share: 2.8 },
      { title: 'By', share: 1 },
      { title: 'Days waiting', share: 0.8, align: 'right' },
    ],
    rows,
    { empty: 'No deviation waits for a decision.' },
  );
}

/** Deviations in force that end soon. */
export function endingPart(snapshot: Snapshot, days: number): Part {
  const today = todayOf(snapshot);
  const until = dayAfter(today, days);
  const rows = snapshot.deviations
    .filter(({ state, expiresOn }) => state === 'approved' && expiresOn !== null && expiresOn <= until)
    .toSorted((one, other) => (one.expiresOn ?? '').localeCompare(other.expiresOn ?? ''))
    .map((deviation): Cell[] => [
      `DR-${deviation.id}`,
      deviationTitles[deviation.kind],
      nameOf(snapshot, deviation),
      dueCell(deviation.expiresOn, today),
      whenWords(deviation.expiresOn, today),
      deviation.decidedBy,
    ]);
  return tablePart(
    `Deviations that end within ${days} days`,
    [
      { title: 'Deviation', share: 0.9 },
      { title: 'Kind', share: 1.6 },
      { title: 'POA&M', share: 3.6 },
      { title: 'Ends', share: 1.1 },
      { title: 'When', share: 1.1 },
      { title: 'Approved by', share: 1.3 },
    ],
    rows,
    { empty: `No deviation ends within ${days} days.` },
  );
}

const names = new WeakMap<Snapshot, ReadonlyMap<string, string>>();

/** A POA&M by its id and title, as its readers know it. */
export function nameOf(snapshot: Snapshot, { poamId }: Pick<DeviationFacts, 'poamId'>): string {
  const known =
    names.get(snapshot) ??
    new Map(snapshot.poams.map((poam) => [poam.poamId, `${idOf(poam)}: ${poam.title}`] as const));
  names.set(snapshot, known);
  return known.get(poamId) ?? poamId;
}

/** A vendor must have been asked within 30 days (FedRAMP, completion guide, column P). */
const checkInDays = 30;

/** Vendor dependencies in force with their last check-in. */
export function vendorsPart(snapshot: Snapshot): Part {
  const today = todayOf(snapshot);
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  const living = snapshot.deviations.filter(
    (deviation) => deviation.kind === 'vendor_dependency' && isLiving(deviation),
  );
  const isBehind = ({ checkIns }: DeviationFacts): boolean => {
    const last = checkIns.at(-1)?.on;
    return last === undefined || daysBetween(last, today) > checkInDays;
  };
  const part = tablePart(
    'Vendor dependencies and their last check-in',
    [
      { title: 'POA&M', share: 3 },
      { title: 'Vendor and product', share: 2 },
      { title: 'Last check-in', share: 1.2 },
      { title: 'What the vendor said', share: 3 },
    ],
    living.map((deviation): Cell[] => {
      const last = deviation.checkIns.at(-1);
      const on: Cell =
        last === undefined
          ? { text: 'never', tone: 'bad' }
          : isBehind(deviation)
            ? { text: last.on, tone: 'bad' }
            : last.on;
      return [
        nameOf(snapshot, deviation),
        [text(deviation.details['vendor']), text(deviation.details['product'])].filter(Boolean).join(', '),
        on,
        last?.note ?? null,
      ];
    }),
    { empty: 'Nothing waits for a vendor.' },
  );
  const notes = living
    .filter(isBehind)
    .map(({ poamId }) => ({ code: 'vendor_check_in' as const, subject: poamId }));
  return together(part, { blocks: [], notes });
}

/** Scan coverage by boundary. */
export function coveragePart({ coverage, boundaries }: Snapshot): Part {
  const names = new Map(boundaries.map(({ systemId, name }) => [systemId, `${name} (${systemId})`]));
  const share = (part: number, whole: number): Cell =>
    whole === 0 ? { text: 'no assets', tone: 'quiet' } : `${((part / whole) * 100).toFixed(1)}%`;
  return tablePart(
    'Scan coverage of the last 30 days',
    [
      { title: 'Boundary', share: 3 },
      { title: 'Assets', share: 1, align: 'right' },
      { title: 'Seen', share: 1, align: 'right' },
      { title: 'Seen, share', share: 1, align: 'right' },
      { title: 'With credentials', share: 1.2, align: 'right' },
      { title: 'Of those seen', share: 1.1, align: 'right' },
    ],
    coverage.map((of) => [
      of.systemId === null ? 'In no boundary' : (names.get(of.systemId) ?? of.systemId),
      of.assets,
      of.seenLately,
      share(of.seenLately, of.assets),
      of.authenticated,
      share(of.authenticated, of.seenLately),
    ]),
    { empty: 'No asset is on record here.' },
  );
}

export const lateOf = (snapshot: Snapshot): readonly PoamFacts[] => {
  const today = todayOf(snapshot);
  return snapshot.poams.filter((poam) => isLate(poam, today));
};

/** Drafts are nobody's promise yet: they are left out and named. */
export const draftNotes = ({ poams }: Snapshot): ReportNote[] =>
  poams
    .filter(({ status }) => status === 'Draft')
    .map((poam) => ({ code: 'left_out_draft', subject: idOf(poam) }));
