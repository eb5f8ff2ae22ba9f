/** The whole story of a POA&M in the order of time: its journal and that of its milestones, its findings, questions, requests, what was sent. */
import type { Scope } from '../../../canonical/access/index.ts';
import { questionSentence } from '../../../canonical/vocabulary/index.ts';
import type { App } from '../../../engine/run/index.ts';
import type { HistoryRow } from '../../../ledger/operations/index.ts';
import { type Json, scalarText } from '../../../platform/values/index.ts';
import { findingsUnder } from '../../../record/poams/index.ts';
import { listPoamHistory } from '../read-poam.ts';
import {
  type Asked,
  type FindingEvent,
  listAsked,
  listConfirmed,
  listFindingEvents,
  listNeighbours,
  listRequestEvents,
  type Neighbour,
  type RequestEvent,
} from './story.sql.ts';

export interface StoryItem {
  readonly at: Date;
  readonly kind: 'change' | 'finding' | 'question' | 'request' | 'sent';
  readonly what: string;
  readonly by: string | null;
  readonly reason: string | null;
}

const shown = (value: Json): string => {
  if (value === null) return 'nothing';
  const text = typeof value === 'object' ? JSON.stringify(value) : scalarText(value);
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
};

function changeItem({
  entity,
  entityId,
  field,
  before,
  after,
  at,
  decidedBy,
  reason,
}: HistoryRow): StoryItem {
  const who = entity === 'milestone' ? `milestone ${entityId}: ` : '';
  const what =
    field === null
      ? after === null
        ? 'no longer there'
        : before === null
          ? 'made'
          : 'linked'
      : `${field}: ${shown(before)} → ${shown(after)}`;
  return { at, kind: 'change', what: `${who}${what}`, by: decidedBy, reason };
}

const findingWords = { found: 'first found', fixed: 'fixed', reopened: 'found again' } as const;

const findingItem = ({ at, what, plugin, asset, isConcluded }: FindingEvent): StoryItem => ({
  at,
  kind: 'finding',
  what: `plugin ${plugin} ${findingWords[what]} on ${asset}`,
  by: null,
  reason: isConcluded ? 'what a scan with credentials no longer showed' : null,
});

const askedItems = ({ at, code, params, settledAt, settledBy, settlement }: Asked): StoryItem[] => [
  { at, kind: 'question', what: `asked: ${questionSentence(code, params)}`, by: null, reason: null },
  ...(settledAt === null
    ? []
    : [
        {
          at: settledAt,
          kind: 'question' as const,
          what: settledBy === null ? 'the question is over' : `answered: ${settlement ?? ''}`,
          by: settledBy,
          reason: null,
        },
      ]),
];

const requestItems = ({
  at,
  by,
  action,
  status,
  decidedAt,
  decidedBy,
  reason,
}: RequestEvent): StoryItem[] => [
  { at, kind: 'request', what: `asked to ${action}`, by, reason: null },
  ...(decidedAt === null
    ? []
    : [{ at: decidedAt, kind: 'request' as const, what: `${status}: ${action}`, by: decidedBy, reason }]),
];

const neighbourItem = ({ at, poamId, which }: Neighbour): StoryItem => ({
  at,
  kind: 'change',
  what: which === 'before' ? `follows POA&M ${poamId}, which was completed` : `POA&M ${poamId} follows it`,
  by: null,
  reason: 'the weakness was found again',
});

/**
 * Events of its findings, the latest first. Findings that came back after it was completed are under a later POA&M now: what befell them
 * until that was made belongs to this one.
 */
async function eventsOf(
  db: App['db'],
  poamId: string,
  later: readonly Neighbour[],
  limit: number,
): Promise<FindingEvent[]> {
  const idsUnder = async (poamIds: readonly string[]): Promise<number[]> =>
    (await findingsUnder(db, poamIds)).map(({ id }) => id);
  const own = await idsUnder([poamId]);
  const events = await listFindingEvents(db, { ids: own }, limit);
  const [next] = later;
  if (!next) return events;
  const known = new Set(own);
  const passedOn = (await idsUnder(later.map((each) => each.poamId))).filter((id) => !known.has(id));
  const before = await listFindingEvents(db, { ids: passedOn, until: next.at }, limit);
  return [...events, ...before].toSorted((a, b) => b.at.getTime() - a.at.getTime());
}

/** The latest so many items, the earliest of them first. @throws RECORD_UNKNOWN where it is not there or out of scope. */
export async function tellPoam(
  app: App,
  scope: Scope,
  poamId: string,
  page: { readonly limit: number },
): Promise<StoryItem[]> {
  const { db } = app;
  const journal = await listPoamHistory(app, scope, poamId, page);
  const neighbours = await listNeighbours(db, poamId);
  const later = neighbours.filter(({ which }) => which === 'after');
  const [events, asked, requests, confirmed] = await Promise.all([
    eventsOf(db, poamId, later, page.limit),
    listAsked(db, poamId, page.limit),
    listRequestEvents(db, poamId, page.limit),
    listConfirmed(db, poamId, page.limit),
  ]);
  // Each comes with its latest first; what bears the same time stays in its own order.
  return [
    ...[...later.slice(0, 1), ...neighbours.filter(({ which }) => which === 'before')].map(neighbourItem),
    ...journal.toReversed().map(changeItem),
    ...events.toReversed().map(findingItem),
    ...asked.toReversed().flatMap(askedItems),
    ...requests.toReversed().flatMap(requestItems),
    ...confirmed.toReversed().map(({ at, connection, kind, fields }): StoryItem => ({
      at,
      kind: 'sent',
      what: `${connection} confirmed ${kind === 'create' ? 'that it has it' : fields.join(', ')}`,
      by: null,
      reason: null,
    })),
  ]
    .toSorted((a, b) => a.at.getTime() - b.at.getTime())
    .slice(-page.limit);
}
