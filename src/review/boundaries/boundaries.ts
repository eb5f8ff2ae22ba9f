/** The page of an authorization boundary. Each number is that of the list that it leads to. */
import type { Kysely } from 'kysely';
import type { Scope } from '../../canonical/access/index.ts';
import { type Agreement, poamList } from '../../canonical/lists/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import { type HistoryRow, listHistory } from '../../ledger/operations/index.ts';
import { parseFilter } from '../../platform/lists/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import {
  type BoundaryRow,
  type ComponentKind,
  type ComponentRow,
  type ControlRow,
  countComponents,
  findBoundaryRow,
  isBoundaryWithin,
  listComponents,
  listControls,
  listTopWeaknesses,
  type TopWeakness,
} from '../../record/boundaries/index.ts';
import { type BoardColumn, countBoard, facetPoams } from '../../record/poams/index.ts';
import type { App } from '../../engine/run/index.ts';
import { type FieldView, listFieldViews, type RemoteRecord } from '../records/index.ts';

export interface BoundaryDetail {
  readonly system: BoundaryRow;
  readonly version: string;
  readonly fields: readonly FieldView[];
  readonly remotes: readonly RemoteRecord[];
  /** Open POA&Ms by when they are due. */
  readonly board: readonly BoardColumn[];
  /** POA&Ms by how they stand between both sides. */
  readonly agreement: readonly { readonly value: Agreement | null; readonly count: number }[];
  readonly components: Readonly<Record<ComponentKind, number>>;
  readonly topWeaknesses: readonly TopWeakness[];
}

const unknown = (systemId: string): TielineError =>
  new TielineError('RECORD_UNKNOWN', `There is no system ${systemId}.`);

async function requireWithin(db: Kysely<Database>, scope: Scope, systemId: string): Promise<void> {
  if (!(await isBoundaryWithin(db, scope, systemId))) throw unknown(systemId);
}

/** @throws RECORD_UNKNOWN where it is not there or out of scope; so do all below. */
export async function fetchBoundary(app: App, scope: Scope, systemId: string): Promise<BoundaryDetail> {
  const { db } = app;
  const now = app.now();
  const filter = parseFilter(poamList.filters, [['system', systemId]], now);
  const [system, views, board, agreement, components, topWeaknesses] = await Promise.all([
    findBoundaryRow(db, scope, systemId, now),
    listFieldViews(app, scope, { entity: 'system', id: systemId }),
    countBoard(db, scope, { filter, now }),
    facetPoams(db, scope, { filter, now, by: 'agreement' }),
    countComponents(db, systemId),
    listTopWeaknesses(db, systemId, 10),
  ]);
  if (!system) throw unknown(systemId);
  return {
    system,
    ...views,
    board,
    agreement: agreement as BoundaryDetail['agreement'], // its words
    components,
    topWeaknesses,
  };
}

export async function listBoundaryControls(
  db: Kysely<Database>,
  scope: Scope,
  systemId: string,
  page: { readonly after?: string | undefined; readonly limit: number },
): Promise<ControlRow[]> {
  await requireWithin(db, scope, systemId);
  return listControls(db, systemId, page);
}

export async function listBoundaryComponents(
  db: Kysely<Database>,
  scope: Scope,
  systemId: string,
  page: { readonly kind: ComponentKind; readonly offset: number; readonly limit: number },
): Promise<{ readonly items: readonly ComponentRow[]; readonly total: number }> {
  await requireWithin(db, scope, systemId);
  return {
    items: await listComponents(db, systemId, page),
    total: (await countComponents(db, systemId))[page.kind],
  };
}

/** What happened to the record of the boundary itself, the latest first. */
export async function listBoundaryHistory(
  db: Kysely<Database>,
  scope: Scope,
  systemId: string,
  page: { readonly beforeId?: number | undefined; readonly limit: number },
): Promise<HistoryRow[]> {
  await requireWithin(db, scope, systemId);
  return listHistory(db, [{ entity: 'system', entityId: systemId }], page);
}
